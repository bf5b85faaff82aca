# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import (
    LONGEST,
    check_markable,
    superseded_name,
    waiting,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import (
    CREATE_ONLY,
    MUTABLE,
    action_of,
    differences,
    named,
    refuse_ambiguous,
    refuse_create_only,
    refuse_expired,
    refuse_missing_id,
    refuse_replacing_by_id,
    refuse_self_revoke,
    refuse_token_file,
    refuse_unpermitted,
    refuse_window,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.file_state import FileState
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.matching import Kin, kin_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.replacement import new_token_fields
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import (
    ALWAYS,
    DIFFERS,
    NOT_DUE,
    TOKEN_FILE,
    Rotation,
    rotation_of,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Create,
    Delete,
    Deliver,
    FixFile,
    Name,
    Patch,
    Plan,
    RemoveFile,
    Step,
    Superseded,
    Verify,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.scopes import scope_warnings
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import DEFAULT_SCOPE, DEFAULT_STATUS, Token


@dataclass(frozen=True)
class Surroundings:
    """What a plan depends on beside the declaration and the tokens.

    ``caller_id``: the id of the token that the task authenticates with, if known; ``file``: None if no ``token_file`` is
    declared; ``stages``: new tokens bear a pending name until their secret is delivered; ``lacking``: which of the actions
    patch and delete the access token is known not to be allowed.
    """

    caller_id: str | None = None
    file: FileState | None = None
    stages: bool = False
    lacking: frozenset[str] = frozenset()


NOTHING_ELSE = Surroundings()


def plan(declared: Declaration, tokens: t.Sequence[Token], now: datetime, around: Surroundings = NOTHING_ELSE) -> Plan:
    """The steps that make it so. Pure: it asks nothing and changes nothing.

    :param tokens: all tokens of the application
    :raises PlanError: it can't be so, or must not be done
    """
    planner = _Planner(declared, now, around)
    made = planner.by_id(tokens) if declared.api_token_id is not None else planner.by_name(tokens)
    if not declared.allow_self_revoke:
        refuse_self_revoke(made, around.caller_id)
    refuse_unpermitted(made, declared, around.lacking)
    made = replace(made, steps=_caller_last(made.steps, around))
    if declared.state == "absent":
        return made
    return replace(made, warnings=(*made.warnings, *planner.warnings, *scope_warnings(declared.scope or ())))


class _Planner:
    """Plans one declaration at one moment."""

    def __init__(self, declared: Declaration, now: datetime, around: Surroundings) -> None:
        self._declared = declared
        self._now = now
        self._file = around.file
        self._stages = around.stages
        self._lacking = around.lacking
        self.warnings: list[str] = []

    def by_id(self, tokens: t.Sequence[Token]) -> Plan:
        declared = self._declared
        token = next((token for token in tokens if token.id.lower() == declared.api_token_id), None)
        if declared.state == "absent":
            return self._absent([token] if token else [], token)
        if token is None:
            refuse_missing_id(declared.api_token_id)
        if token.is_expired(self._now):
            refuse_expired(token)
        if declared.name is not None and declared.name != token.name:
            refuse_ambiguous(declared.name, [token, *kin_of(declared.name, tokens, self._now).living], "would have")
        reason = self._reason(token)
        if reason is not None:
            refuse_replacing_by_id(token)
        return self._changed(token)

    def by_name(self, tokens: t.Sequence[Token]) -> Plan:
        name = t.cast("str", self._declared.name)
        kin = kin_of(name, tokens, self._now)
        refuse_ambiguous(name, kin.living, "have")
        token = kin.living[0] if kin.living else None
        if self._declared.state == "absent":
            # The token in use, if it is among them, must be the last to go.
            former = kin.expired[-1] if kin.expired else None
            return self._absent([*kin.pending, *kin.waiting, *kin.expired, *kin.living], token or former)
        if token is None or self._reason(token) is not None:
            return self._created(kin)
        changed = self._changed(token)
        cleaning = self._cleaning(kin)
        return replace(
            changed, steps=(*changed.steps, *(step for step, _entry in cleaning)), superseded=_entries(cleaning)
        )

    def _absent(self, doomed: list[Token], before: Token | None) -> Plan:
        steps: list[Step] = [Delete(token) for token in doomed]
        if self._file is not None and any(self._file.exists and self._file.holds(token) for token in doomed):
            steps.append(RemoveFile())
        return Plan(steps=tuple(steps), before=before)

    def _reason(self, token: Token) -> str | None:
        """Why an unexpired token is to be replaced, if it is; refuses what must not be ignored."""
        declared = self._declared
        differing = [field for field in CREATE_ONLY if field in differences(declared, token)]
        status = declared.status or token.status
        unheld = self._file is not None and not self._file.may_hold(replace(token, status=status))
        rotation = rotation_of(token, declared.rotate_before, self._now)
        if declared.recreate == "always":
            return ALWAYS
        if rotation.due:
            return rotation.reason
        if declared.recreate == "never" and differing:
            refuse_create_only(declared, token, differing)
        if declared.recreate == "never" and unheld:
            refuse_token_file(token, exists=self._file is not None and self._file.exists)
        return DIFFERS if differing else TOKEN_FILE if unheld else None

    def _changed(self, token: Token) -> Plan:
        """Change what can be changed of a token that is there."""
        changes = {field: value for field, value in differences(self._declared, token).items() if field in MUTABLE}
        steps: list[Step] = [Patch(token, changes)] if changes else []
        if self._file is not None and not self._file.right_attributes:
            steps.append(FixFile())
        rotation = rotation_of(token, self._declared.rotate_before, self._now)
        return Plan(tuple(steps), before=token, after=replace(token, **changes), rotation=rotation)

    def _created(self, kin: Kin) -> Plan:
        """Make a token, and retire the one that it replaces only when the new one is in place."""
        declared = self._declared
        old = kin.living[0] if kin.living else None
        fields = new_token_fields(declared, kin.predecessor, self._now)
        token = Token(
            **{"id": "", "status": DEFAULT_STATUS, "scope": DEFAULT_SCOPE, "owner_type": "application", **fields}
        )
        if declared.rotate_before is not None and token.expiration_date is not None:
            refuse_window(declared.rotate_before, token.expiration_date - self._now)
        steps: list[Step] = [Create(fields, token, self._stages)]
        if self._file is not None:
            steps.append(Deliver())
        if declared.verify and token.status == "active":
            steps.append(Verify())
        if self._stages:
            check_markable(token.name)
        cleaning = self._cleaning(kin, creating=True)
        freeing, final, entry = self._retirement(old) if old is not None else ((), (), None)
        # The name becomes free before the new token gets it, and the old token is of use to the last.
        steps += [*freeing, *([Name(token.name)] if self._stages else []), *(step for step, _entry in cleaning), *final]
        return Plan(
            tuple(steps),
            before=old,
            after=token,
            rotation=self._rotation(kin, old),
            superseded=(*((entry,) if entry else ()), *_entries(cleaning)),
            warnings=tuple(_creation_warnings(declared, fields, kin.predecessor)),
        )

    def _rotation(self, kin: Kin, old: Token | None) -> Rotation:
        if old is not None:
            due = rotation_of(old, self._declared.rotate_before, self._now)
            return due._replace(due=True, reason=self._reason(old))
        if kin.expired:
            return rotation_of(kin.expired[-1], self._declared.rotate_before, self._now)
        return NOT_DUE

    def _retirement(self, old: Token) -> tuple[tuple[Step, ...], tuple[Step, ...], Superseded]:
        """What becomes of the token in force: the steps before its successor gets the name, and those after that."""
        declared = self._declared
        name = t.cast("str", declared.name)
        later = bool(declared.superseded_after)
        if declared.superseded == "keep":
            check_markable(name)
            marked = superseded_name(name, old.expiration_date)
            return (Patch(old, {"name": marked}),), (), Superseded(old, marked, "kept", old.expiration_date)
        until = _end_of_wait(self._now, declared.superseded_after)
        marked = superseded_name(name, until)
        if later or self._stages or declared.superseded != "delete":
            check_markable(name)
        if later:
            return (Patch(old, {"name": marked}),), (), Superseded(old, marked, "kept", until)
        if declared.superseded == "deactivate":
            deactivate = (Patch(old, {"status": "inactive"}),) if old.status == "active" else ()
            return (Patch(old, {"name": marked}),), deactivate, Superseded(old, marked, "deactivated")
        # Staged, a run that dies between the two finds its way from the name; otherwise that could not be told apart.
        rename = (Patch(old, {"name": marked}),) if self._stages else ()
        return (
            rename,
            (Delete(old, otherwise=marked if len(name) <= LONGEST else None),),
            Superseded(old, old.name, "deleted"),
        )

    def _cleaning(self, kin: Kin, *, creating: bool = False) -> list[tuple[Step, Superseded | None]]:
        """What earlier runs left: superseded tokens whose time is over, and the pending ones of runs that died."""
        steps: list[tuple[Step, Superseded | None]] = []
        delete = self._declared.superseded == "delete"
        for token in kin.expired if creating and delete else ():
            steps.append((Delete(token, cleaning=True), Superseded(token, token.name, "deleted")))
        for token in kin.waiting:
            wait = waiting(token.name)
            if wait is None or not wait.is_over(self._now):
                continue
            if delete:
                steps.append((Delete(token, cleaning=True), Superseded(token, token.name, "deleted")))
            elif (
                self._declared.superseded == "deactivate"
                and token.status == "active"
                and not token.is_expired(self._now)
            ):
                changes = {"status": "inactive"}
                steps.append((Patch(token, changes, cleaning=True), Superseded(token, token.name, "deactivated")))
        steps += [(Delete(token, cleaning=True), None) for token in kin.abandoned(self._now)]
        return [(step, entry) for step, entry in steps if self._may(step)]

    def _may(self, step: Step) -> bool:
        """Whether the access token may tidy up so; if not, the user shall know of it."""
        if not isinstance(step, (Delete, Patch)) or action_of(step) not in self._lacking:
            return True
        self.warnings.append(
            f"{named(step.token)} is a leaving of an earlier run. access_token may not remove it, as its scopes lack"
            f" applicationApiToken.{action_of(step)}."
        )
        return False


def _caller_last(steps: t.Sequence[Step], around: Surroundings) -> tuple[Step, ...]:
    """Nothing can be asked of Losant any more once the task has ended the token that it authenticates with."""

    def ended(step: Step) -> Token | None:
        if isinstance(step, Delete) or (isinstance(step, Patch) and step.changes.get("status") == "inactive"):
            return step.token if step.token.id.lower() == around.caller_id else None
        return None

    callers = [token for token in map(ended, steps) if token is not None]
    # A file that holds the secret of that token is of use until then.
    held = around.file is not None and any(map(around.file.holds, callers))
    return tuple(
        sorted(steps, key=lambda step: 2 if held and isinstance(step, RemoveFile) else int(ended(step) is not None))
    )


def _end_of_wait(now: datetime, wait: timedelta) -> datetime:
    try:
        return now + wait
    except OverflowError:
        pass
    raise InvalidOptionError("superseded_after reaches beyond the year 9999.", option="superseded_after")


def _entries(cleaning: t.Iterable[tuple[Step, Superseded | None]]) -> tuple[Superseded, ...]:
    return tuple(entry for _step, entry in cleaning if entry is not None)


def _creation_warnings(
    declared: Declaration, fields: t.Mapping[str, t.Any], predecessor: Token | None
) -> t.Iterator[str]:
    if "scope" not in fields:
        yield (
            f"No scope is declared for the API token {declared.name!r}, so Losant grants it {', '.join(DEFAULT_SCOPE)}:"
            " everything in the application. List what it needs in scope."
        )
    if (
        declared.status is None
        and predecessor is not None
        and waiting(predecessor.name)
        and predecessor.status == "inactive"
    ):
        yield (
            f"The new API token {declared.name!r} is active. The one before it ({predecessor.id}) is inactive, perhaps only"
            " because it was replaced. Declare status to have it as you want it."
        )
    if declared.status is None and fields.get("status") == "inactive" and predecessor is not None:
        yield (
            f"The new API token {declared.name!r} is inactive, as the one before it ({predecessor.id}). Losant refuses it"
            " until status=active is declared."
        )
