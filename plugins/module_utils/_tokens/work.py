# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InternalError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination

from .api import TokenApi
from .apply.adoption import give_way
from .apply.executor import Applied
from .apply.outcomes import superseded_after
from .apply.writer import Writer
from .caller import Caller
from .declaration import Declaration
from .errors import PreparedConflictError
from .listing import Listing
from .plan.context import Context
from .plan.copies import Copy, copies_of
from .plan.holdings import FileState, Holding
from .plan.planner import plan
from .plan.steps import Plan
from .token import Token


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

    ``path``: with the host, for messages; ``token_id``: that the secret in it belongs to; ``secret``: what it holds if that says no id.
    """

    path: str
    exists: bool = False
    token_id: str | None = None
    secret: Secret | None = None
    attributes: t.Mapping[str, t.Any] = field(default_factory=dict)
    wanted: t.Mapping[str, t.Any] = field(default_factory=dict)


class Work:
    """One declaration on its way: look at the places of its secret, plan, and when that is carried out, conclude.

    :param staged: auto, true or false
    :param file: where a new secret is delivered to
    :param copies: files that other tasks write; a new token is created only if none of them holds the secret
    :param check: refuses a plan that Losant would refuse, or that cannot be meant
    """

    def __init__(
        self,
        declared: Declaration,
        staged: str = "auto",
        file: Destination | None = None,
        copies: t.Sequence[FoundFile] = (),
        check: t.Callable[[Plan], None] | None = None,
    ) -> None:
        self.declared = declared
        self.file = file
        self._staged = staged
        self._found_copies = copies
        self._check = check
        self._file_state: FileState | None = None
        self._held: Holding | None = None
        self._copies: tuple[FileState, ...] = ()
        self._context: Context | None = None
        self._plan: Plan | None = None

    @property
    def plan(self) -> Plan:
        """The plan, when it is made."""
        if self._plan is None:
            raise InternalError("A plan is needed before it is made.")
        return self._plan

    @property
    def has_places(self) -> bool:
        """Whether there is a place to look at."""
        return self.file is not None or self.declared.held_token is not None

    def look(self, api: TokenApi, *, dry: bool) -> None:
        """Look at the places that should hold the secret."""
        self._file_state = _state_of(self.file, api) if self.file is not None else None
        self._held = _held(self.declared, api)
        if self.file is not None and not dry:
            self.file.remove_leftovers()

    def make_plan(self, tokens: Listing, api: TokenApi, caller: Caller, *, dry: bool) -> None:
        """Plan what to do, and check that the file can be changed as planned."""
        self._copies = tuple(_state_of_copy(copy, api) for copy in self._found_copies)
        context = Context(
            api.now(),
            caller.token_id,
            caller.stages(self._staged),
            caller.lacking,
            self._file_state,
            self._held,
            dry,
            self._copies,
        )
        self._context = context
        planned = _planned(self.declared, tokens, context, api)
        if self._check is not None:
            self._check(planned)
        self._plan = _checked(planned, self.file) if self.file is not None else planned
        if self.file is not None and (dry or not planned.steps):
            self.file.discard()

    def outcome(self, applied: Applied | None = None) -> Outcome:
        """What results. ``applied``: None if nothing was to be done, or it is a dry run."""
        planned = self.plan
        now = t.cast("Context", self._context).now
        copies = copies_of(planned, self._copies)
        if applied is None:
            return Outcome(planned, planned.result, now, self._file_state, copies=copies)
        done = replace(
            planned,
            superseded=superseded_after(planned.superseded, applied.outcomes),
            warnings=(*planned.warnings, *applied.warnings),
        )
        return Outcome(done, applied.token, now, self._file_state, applied.secret, copies)

    def explained(self, error: LosantError) -> LosantError:
        """The error of a plan that could not be carried out."""
        # A warning about a misspelt scope explains why Losant refuses it.
        error.warnings = (*self.plan.warnings, *error.warnings)
        return error


def _planned(declared: Declaration, tokens: Listing, context: Context, api: TokenApi) -> Plan:
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
    identity = api.owner.kind.identity_in(secret)
    # An API token that is not a JWT says nothing, so Losant is asked with it.
    opaque = identity is None and secret.is_sendable()
    return Holding(identity, opaque, opaque and api.accepts(secret))
