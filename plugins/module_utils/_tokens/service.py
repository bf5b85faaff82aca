# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination

from .api import TokenApi
from .apply.adoption import give_way, not_committed
from .apply.executor import apply
from .apply.outcomes import superseded_after
from .apply.writer import Writer
from .declaration import Declaration
from .errors import PreparedConflictError
from .jwt import scopes_of, token_id_of
from .owner import WRITING
from .plan.context import Context
from .plan.copies import Copy, copies_of
from .plan.holdings import FileState, Holding
from .plan.planner import plan
from .plan.steps import Plan
from .token import Token


@dataclass(frozen=True)
class Caller:
    """What the access token says about itself.

    ``token_id``: its own id, if known; ``permitted``: the writing actions that its scopes allow, None if it does not say.
    """

    token_id: str | None
    permitted: frozenset[str] | None

    @classmethod
    def of(cls, access_token: Secret, api: TokenApi) -> Caller:
        """Read the access token."""
        scopes = scopes_of(access_token)
        return cls(token_id_of(access_token), api.owner.permitted(scopes) if scopes else None)

    @property
    def lacking(self) -> frozenset[str]:
        """The writing actions that its scopes are known not to allow."""
        return WRITING - self.permitted if self.permitted is not None else frozenset()

    def stages(self, staged: str) -> bool:
        """Whether to create tokens staged. ``staged``: auto, true or false."""
        if staged == "auto":
            return self.permitted is not None and self.permitted >= {"patch", "delete"}
        return staged == "true"


@dataclass(frozen=True)
class Outcome:
    """What a declaration resulted in. ``token``: the one after the task; ``secret``: None if no token was created.

    ``now``: when the plan was made, by Losant's clock; ``file_before``: None if no ``token_file`` is declared; ``copies``: the
    files that other tasks have to write.
    """

    plan: Plan
    token: Token | None
    now: datetime
    file_before: FileState | None = None
    secret: Secret | None = None
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True)
class FoundFile:
    """A token file that other tasks look at and write.

    ``path``: with the host, for messages; ``token_id``: of the secret in it; ``secret``: what it holds if that says no id.
    """

    path: str
    exists: bool = False
    token_id: str | None = None
    secret: Secret | None = None
    attributes: t.Mapping[str, t.Any] = field(default_factory=dict)
    wanted: t.Mapping[str, t.Any] = field(default_factory=dict)


def ensure(
    declared: Declaration,
    api: TokenApi,
    caller: Caller,
    system: System,
    file: Destination | None = None,
    *,
    staged: str = "auto",
    dry: bool,
    copies: t.Sequence[FoundFile] = (),
) -> Outcome:
    """Read, plan, and unless it is a dry run, apply.

    :param file: where a new secret is delivered to
    :param copies: files that other tasks write; a new token is created only if none of them holds the secret
    """
    file_state = _state_of(file, api) if file is not None else None
    held = _held(declared, api)
    if file is not None and not dry:
        file.remove_leftovers()
    tokens = _read(declared, api)
    others = tuple(_state_of_copy(copy, api) for copy in copies)
    context = Context(api.now(), caller.token_id, caller.stages(staged), caller.lacking, file_state, held, dry, others)
    planned = _planned(declared, tokens, context, api)
    if file is not None:
        planned = _checked(planned, file)
    if dry or not planned.steps:
        if file is not None:
            file.discard()
        return Outcome(planned, planned.result, context.now, file_state, copies=copies_of(planned, others))
    try:
        applied = apply(planned, api, {token.id: token.name for token in tokens}, system, file, caller.token_id)
    except LosantError as error:
        # A warning about a misspelt scope explains why Losant refuses it.
        error.warnings = (*planned.warnings, *error.warnings)
        raise
    done = replace(
        planned,
        superseded=superseded_after(planned.superseded, applied.outcomes),
        warnings=(*planned.warnings, *applied.warnings),
    )
    return Outcome(done, applied.token, context.now, file_state, applied.secret, copies_of(planned, others))


def _read(declared: Declaration, api: TokenApi) -> list[Token]:
    try:
        return api.all()
    except RequestError as error:
        if declared.phase != "commit" or declared.prepared_id is None:
            raise
        failure = error
    raise not_committed(failure, f"The prepared token {declared.prepared_id} was not changed.")


def _planned(declared: Declaration, tokens: t.Sequence[Token], context: Context, api: TokenApi) -> Plan:
    try:
        return plan(declared, tokens, context, api.owner)
    except PreparedConflictError as error:
        if context.dry:
            raise
        conflict = error
    raise give_way(conflict, Writer(api, context.caller_id).write, context.caller_id)


def _held(declared: Declaration, api: TokenApi) -> Holding | None:
    """What ``held_token`` is. It counts for no prepared token: the place may hold the new secret already."""
    if declared.held_token is None or declared.prepared_id is not None or declared.phase == "abort":
        return None
    return _holding(declared.held_token, api)


def _checked(planned: Plan, file: Destination) -> Plan:
    """Check that the file can be changed as planned, and add what is to be known about its place."""
    if planned.removes_file:
        file.check_removal()
    if not planned.delivers:
        return planned
    file.check()
    return replace(planned, warnings=(*planned.warnings, *file.warnings))


def _state_of(file: Destination, api: TokenApi) -> FileState:
    found = file.inspect()
    if found.secret is None:
        return FileState(file.path, wanted=found.wanted)
    return FileState(file.path, True, _holding(found.secret, api), found.attributes, found.wanted)


def _state_of_copy(found: FoundFile, api: TokenApi) -> FileState:
    holding = _holding(found.secret, api) if found.secret is not None else Holding(found.token_id)
    return FileState(found.path, found.exists, holding, found.attributes, found.wanted)


def _holding(secret: Secret, api: TokenApi) -> Holding:
    token_id = token_id_of(secret)
    # A secret that is not a JWT says nothing, so Losant is asked with it.
    opaque = token_id is None and secret.is_sendable()
    return Holding(token_id, opaque, opaque and api.accepts(secret))


@dataclass(frozen=True)
class Selection:
    """Which tokens to find. ``query`` goes to Losant; ``name``, ``api_token_id`` and ``expires_within`` are compared here."""

    query: t.Mapping[str, str]
    per_page: int
    page: int | None = None
    name: str | None = None
    api_token_id: str | None = None
    expires_within: timedelta | None = None

    def selects(self, token: Token, now: datetime) -> bool:
        """Whether a token is one of them."""
        return (
            (self.name is None or token.name == self.name)
            and (self.api_token_id is None or token.id.lower() == self.api_token_id)
            and (self.expires_within is None or _expires(token, now, self.expires_within))
        )


def _expires(token: Token, now: datetime, span: timedelta) -> bool:
    return token.expiration_date is not None and token.expiration_date - now <= span


@dataclass(frozen=True)
class Found:
    """The tokens found, in Losant's order. ``total_count``: how many Losant counts before the comparisons made here."""

    tokens: list[Token]
    total_count: int | None
    now: datetime


def find(selection: Selection, api: TokenApi) -> Found:
    """The tokens that a selection leaves."""
    total_count: int | None
    if selection.page is None:
        tokens = list(api.iterate(selection.query, selection.per_page))
        total_count = len(tokens)
    else:
        tokens, total_count = api.page(selection.query, selection.page, selection.per_page)
    now = api.now()
    return Found([token for token in tokens if selection.selects(token, now)], total_count, now)
