# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state after a run, as a user and as Losant see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ansible_collections.losant.platform.tests.faults.scenarios import Prepared
from ansible_collections.losant.platform.tests.support.entries import result_of
from ansible_collections.losant.platform.tests.support.promises import shown_by
from ansible_collections.losant.platform.tests.support.running import Result
from ansible_collections.losant.platform.tests.support.tokens import base_name, is_pending
from losant_sandbox.client import Json, Sandbox


@dataclass(frozen=True)
class Observation:
    """The state after a run. ``secrets`` are all that users hold then, by id; ``result`` is None after a crash, and
    ``crashed`` is true if this or an earlier run ended so; ``earlier``: the results of the phases before the last one;
    ``prepared_id``: of the token that the phase prepare created.
    """

    prepared: Prepared
    result: Result | None
    tokens: list[Json]
    usable_ids: frozenset[str]
    requests: list[Json]
    history: list[list[Json]]
    in_file: str | None
    crashed: bool
    secrets: dict[str, str] = field(default_factory=dict)
    earlier: tuple[Result, ...] = ()
    prepared_id: str | None = None

    @property
    def singles(self) -> tuple[Observation, ...]:
        """What was seen of each declaration of one token."""
        return tuple(self._of(part) for part in self.prepared.parts) or (self,)

    def _of(self, part: Prepared) -> Observation:
        name = part.scenario.name
        return replace(
            self,
            prepared=part,
            result=None if self.result is None else result_of(self.result, name),
            tokens=[token for token in self.tokens if base_name(token) == name],
            in_file=part.held_in_file(),
            earlier=tuple(result_of(result, name) for result in self.earlier),
            prepared_id=part.store.prepared_id,
        )

    @property
    def results(self) -> tuple[Result, ...]:
        """What every task of the run returned."""
        return (*self.earlier, self.result or {})

    @property
    def warned(self) -> bool:
        return any(result.get("warnings") for result in self.results)

    @property
    def failed(self) -> bool:
        return self.result is not None and bool(self.result.get("failed"))

    @property
    def shown(self) -> str:
        """All that the run shows to the user, except the secret."""
        return "\n".join(map(shown_by, self.results))

    @property
    def declared(self) -> str:
        return str(self.prepared.options.get("name", ""))

    def names_by_id(self) -> dict[str, str]:
        """The names of all tokens that existed before or that were usable, without a suffix."""
        appeared = [token for usable in self.history for token in usable]
        return {token["id"]: base_name(token) for token in (*self.prepared.before.values(), *appeared)}

    def related(self) -> list[Json]:
        """The tokens of the declared name, with or without a suffix."""
        return [token for token in self.tokens if base_name(token) == self.declared]

    def current(self) -> list[Json]:
        """The usable tokens of exactly the declared name."""
        return [token for token in self.tokens if token["name"] == self.declared and token["id"] in self.usable_ids]

    def old(self) -> Json | None:
        """The token that was in force before, if it still exists."""
        return next((token for token in self.tokens if token["id"] == self.prepared.old_id), None)

    def served(self) -> bool:
        """Whether somebody has the secret of a usable token of the name, in the file if there is one."""
        held = {
            token["id"] for token in self.related() if token["id"] in self.usable_ids and token["id"] in self.secrets
        }
        if self.in_file is None:
            return bool(held)
        return any(self.secrets[token_id] == self.in_file for token_id in held)

    def prepared_token(self) -> Json | None:
        """The token that the phase prepare created, if it still exists."""
        return next((token for token in self.tokens if token["id"] == self.prepared_id), None)

    def orphans(self) -> list[Json]:
        """The usable tokens whose secret nobody has."""
        return [token for token in self.tokens if token["id"] in self.usable_ids and token["id"] not in self.secrets]

    def mentions(self, token: Json) -> bool:
        """Whether the error or a warning names a token: by its id, its pending name, or as a new one of its name."""
        noun = self.prepared.scenario.kind.noun
        name = token["name"] if is_pending(token) else f"new {noun} named {token['name']!r}"
        return token["id"] in self.shown or name in self.shown


def look(sandbox: Sandbox, prepared: Prepared, results: list[Result], before: Observation | None = None) -> Observation:
    """Look at everything after a run, and end all faults. ``before`` is what was seen after the run before it.

    ``results``: of its tasks; the last one is missing if the process was killed.
    """
    requests = sandbox.requests()
    sandbox.clear_faults()
    kind = prepared.scenario.kind
    history = kind.usable(sandbox)
    held = prepared.held_in_file()
    secrets = {**prepared.secrets, **(before.secrets if before else {})}
    result = results[-1] if results else None
    for secret in {secret for part in prepared.singles for secret in _given(part, result or {})}:
        token_id = kind.id_of(sandbox, secret) if secret else None
        if secret and token_id is not None and kind.accepts(sandbox, secret):
            secrets[token_id] = secret
    return Observation(
        prepared,
        result,
        kind.listed(sandbox),
        frozenset(token["id"] for token in (history[-1] if history else [])),
        requests,
        history,
        held,
        result is None or (before is not None and before.crashed),
        secrets,
        tuple(results[:-1]),
        prepared.store.prepared_id,
    )


def _given(part: Prepared, result: Result) -> set[str | None]:
    """What those have who read the file of a declaration, and the result of its task or what its phases delivered."""
    if part.scenario.phases:
        return {part.held_in_file(), *part.store.given}
    return {part.held_in_file(), part.scenario.kind.delivered_by(result_of(result, part.scenario.name))}
