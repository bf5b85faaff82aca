# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run left, as a user and as Losant see it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from ansible_collections.losant.platform.plugins.module_utils._tokens.jwt import token_id_of
from ansible_collections.losant.platform.tests.faults.running import Result
from ansible_collections.losant.platform.tests.faults.scenarios import NOW, Prepared
from losant_sandbox.client import Json, Sandbox

_MARK = re.compile(r" ~(pending|superseded):\S+\Z")


@dataclass(frozen=True)
class Seen:
    """The state after a run. ``secrets`` are all that users hold by now, by id; ``result`` is None after a crash, and
    ``crashed`` tells that this or an earlier run ended so.
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

    @property
    def failed(self) -> bool:
        return self.result is not None and bool(self.result.get("failed"))

    @property
    def told(self) -> str:
        """All that the run tells the user but the secret."""
        return json.dumps({k: v for k, v in (self.result or {}).items() if k != "token"}, ensure_ascii=False)

    @property
    def declared(self) -> str:
        return str(self.prepared.options["name"])

    def kin(self) -> list[Json]:
        """The tokens of the declared name and its marks."""
        return [token for token in self.tokens if bare_name(token["name"]) == self.declared]

    def bearing(self) -> list[Json]:
        """The usable tokens of the very name."""
        return [token for token in self.tokens if token["name"] == self.declared and token["id"] in self.usable_ids]

    def old(self) -> Json | None:
        """The token that was in force before, if it is still there."""
        return next((token for token in self.tokens if token["id"] == self.prepared.old_id), None)

    def served(self) -> bool:
        """Whether somebody has the secret of a usable token of the name or its marks, in the file if there is one."""
        held = {token["id"] for token in self.kin() if token["id"] in self.usable_ids and token["id"] in self.secrets}
        if self.in_file is None:
            return bool(held)
        return any(self.secrets[token_id] == self.in_file for token_id in held)

    def orphans(self) -> list[Json]:
        """The usable tokens whose secret nobody has."""
        return [token for token in self.tokens if token["id"] in self.usable_ids and token["id"] not in self.secrets]

    def mentions(self, token: Json) -> bool:
        """Whether the error or a warning names a token: by its id, its pending name, or as a new one of its name."""
        name = token["name"] if is_pending(token) else f"new token named {token['name']!r}"
        return token["id"] in self.told or name in self.told


def look(sandbox: Sandbox, prepared: Prepared, result: Result | None, before: Seen | None = None) -> Seen:
    """Look at everything after a run, and end all faults. ``before`` is what was seen after the run before it."""
    requests = sandbox.requests()
    sandbox.clear_faults()
    history = [change["usable"].get(sandbox.application_id, []) for change in sandbox.history()]
    held = prepared.held_in_file()
    secrets = {**prepared.secrets, **(before.secrets if before else {})}
    for secret in (held, (result or {}).get("token")):
        token_id = token_id_of(secret) if secret else None
        if secret and token_id is not None and _is_taken(sandbox, secret):
            secrets[token_id] = secret
    return Seen(
        prepared,
        result,
        sandbox.tokens(),
        frozenset(token["id"] for token in (history[-1] if history else [])),
        requests,
        history,
        held,
        result is None or (before is not None and before.crashed),
        secrets,
    )


def bare_name(name: str) -> str:
    """A name without a mark behind it."""
    return _MARK.sub("", name)


def is_pending(token: Json) -> bool:
    match = _MARK.search(token["name"])
    return match is not None and match[1] == "pending"


def is_over(token: Json) -> bool:
    """Whether a token has expired when scenarios begin. Times of the API can be compared as texts."""
    return str(token.get("expirationDate") or NOW) < NOW


def _is_taken(sandbox: Sandbox, secret: str) -> bool:
    """Whether the sandbox takes a secret. It is asked when the requests have been looked at."""
    return sandbox.call("GET", "/applications", token=secret).status_code != 401
