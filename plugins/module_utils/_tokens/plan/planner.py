# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import replace
from types import MappingProxyType

from ..declaration import Declaration
from ..listing import Listing
from ..naming import check_room_for_suffix, read_superseded
from ..owner import Owner
from ..scopes import scope_warnings
from ..token import Token
from .assessment import Assessment, assess, rotation_with_replacement, settled, window_warnings
from .checks import (
    check_agree,
    check_file_is_free,
    check_found,
    check_not_expired,
    check_permitted,
    check_selected_by_name,
    check_self_revoke,
    check_unique,
    check_window,
)
from .cleanup import CleanUp, clean_up
from .context import Context
from .differences import split
from .matching import Matches, match
from .phases import (
    abort,
    check_can_prepare,
    check_prepared_first,
    find_delivered,
    find_prepared,
    prepare,
    refuse_creation,
)
from .replacement import new_token_fields, retire
from .rotation import NOT_DUE, Rotation, rotation_of
from .steps import (
    Adopt,
    CheckConflicts,
    Create,
    Delete,
    Deliver,
    FixFile,
    Name,
    Patch,
    Plan,
    Purpose,
    RemoveFile,
    Step,
    Verify,
)


def plan(declared: Declaration, tokens: Listing, context: Context, owner: Owner) -> Plan:
    """The steps that lead from what exists to what is declared. Pure: it asks nothing and changes nothing.

    :param tokens: all tokens of the owner
    :raises PlanError: the declaration cannot be met, or must not be
    :raises ConflictError: a concurrent run prepares the same token, or created it
    :raises InvalidOptionError: an option has a value that the tokens rule out
    """
    if declared.phase == "prepare":
        delivered = find_delivered(declared, tokens, context)
        if delivered is not None:
            return Plan(before=delivered, after=delivered, prepared_id=delivered.id)
    if declared.phase == "abort":
        planned = abort(declared, tokens, context.now)
    else:
        planner = _Planner(declared, tokens, _in_phase(declared, context), owner)
        planned = planner.of_one() if declared.selects_one else planner.by_name()
    if declared.phase == "prepare":
        check_can_prepare(planned, tokens, context, owner)
    if not declared.allow_self_revoke:
        check_self_revoke(planned, context.caller_id)
    check_permitted(planned, declared, owner, context.lacking)
    if declared.phase == "prepare":
        return prepare(planned, context.now)
    return replace(planned, steps=_caller_last(planned.steps, context))


def _in_phase(declared: Declaration, context: Context) -> Context:
    """The context of a task that has phases: what is prepared is always staged."""
    if declared.phase == "all":
        return context
    # When the secret is delivered, the store holds the new one already.
    return replace(context, staged=True, held=None if declared.prepared_id is not None else context.held)


class _New(t.NamedTuple):
    """A new token: how it comes to be and gets its name, why it is needed, and what to say about it."""

    token: Token
    obtaining: tuple[Step, ...]
    naming: tuple[Step, ...]
    rotation: Rotation
    warnings: tuple[str, ...] = ()


class _Planner:
    """Plans one declaration: it matches, assesses, then writes steps."""

    def __init__(self, declared: Declaration, tokens: Listing, context: Context, owner: Owner) -> None:
        self._declared = declared
        self._tokens = tokens
        self._context = context
        self._owner = owner

    def of_one(self) -> Plan:
        """The plan for a token that is selected by more than its name."""
        declared, now = self._declared, self._context.now
        found = self._tokens.selected(declared.token_id, declared.identity)
        check_agree(declared, found)
        if declared.state == "absent":
            return self._absent([found] if found else [], found)
        token = check_found(declared, found, self._owner.resource)
        check_not_expired(token, now)
        if declared.name is not None and declared.name != token.name:
            check_unique(declared.name, [token, *match(declared.name, self._tokens, now).unexpired], "would be")
        check_file_is_free(match(_bare(token.name), self._tokens, now), self._tokens, self._context)
        assessment = assess(declared, token, self._context)
        if assessment.rotation.reason is not None:
            check_selected_by_name(token, assessment.rotation.reason)
        return self._updated(assessment)

    def by_name(self) -> Plan:
        """The plan for the tokens of a name."""
        declared = self._declared
        matches = match(t.cast("str", declared.name), self._tokens, self._context.now)
        check_unique(t.cast("str", declared.name), matches.unexpired)
        if declared.state == "absent":
            # The current token is deleted last: the task may authenticate with it.
            tokens = [*matches.pending, *matches.superseded, *matches.expired, *matches.unexpired]
            expired = matches.expired[-1] if matches.expired else None
            return self._absent(tokens, matches.current or expired)
        check_file_is_free(matches, self._tokens, self._context)
        compare = assess
        if declared.prepared_id is not None:
            noun = self._owner.resource.noun
            prepared = find_prepared(declared, matches, self._tokens, self._context.now, noun)
            if prepared.name != declared.name:
                return self._committed(matches.without_pending(prepared), prepared)
            compare = settled
        assessment = compare(declared, matches.current, self._context) if matches.current else None
        if assessment is None or assessment.must_be_replaced:
            return self._created(matches, assessment)
        leftovers = self._leftovers(matches, creating=False)
        updated = self._updated(assessment)
        return replace(
            updated,
            steps=(*updated.steps, *leftovers.steps),
            superseded=leftovers.superseded,
            warnings=(*updated.warnings, *leftovers.warnings),
        )

    def _absent(self, tokens: t.Sequence[Token], before: Token | None) -> Plan:
        steps: list[Step] = [Delete(token, Purpose.REMOVE) for token in tokens]
        file = self._context.file
        if file is not None and file.exists and any(map(file.holding.is_of, tokens)):
            steps.append(RemoveFile())
        return Plan(steps=tuple(steps), before=before)

    def _updated(self, assessment: Assessment) -> Plan:
        """Change what can be changed of an existing token."""
        token, file = assessment.token, self._context.file
        steps: list[Step] = [Patch(token, assessment.changes, Purpose.UPDATE)] if assessment.changes else []
        if file is not None and not file.has_wanted_attributes:
            steps.append(FixFile())
        return Plan(
            tuple(steps),
            before=token,
            after=replace(token, **assessment.changes),
            rotation=assessment.rotation,
            warnings=(*assessment.warnings, *self._scope_warnings()),
        )

    def _created(self, matches: Matches, assessment: Assessment | None) -> Plan:
        """Create a token, and retire the one that it replaces only when the new one is in force."""
        declared, context, resource = self._declared, self._context, self._owner.resource
        rotation = assessment.rotation if assessment is not None else self._rotation_of_expired(matches)
        if declared.phase == "commit" and not context.dry:
            refuse_creation(t.cast("str", declared.name), rotation.reason, resource)
        fields = new_token_fields(declared, matches.predecessor, context.now, resource)
        token = _planned(fields, self._owner)
        later = resource.set_later(fields)
        if token.expiration_date is not None:
            check_window(declared.rotate_before, token.expiration_date - context.now)
        if context.staged:
            check_room_for_suffix(token.name)
        if declared.phase == "commit":
            # Nothing was prepared, as the prepare of check mode writes nothing. Otherwise it would be this token.
            return self._in_force(matches, _New(token, (Adopt(token),), _naming(token.name), rotation))
        warnings = tuple(_creation_warnings(declared, fields, matches.predecessor, self._owner))
        create = Create(resource.set_on_creation(fields), token, context.staged)
        handing_over = tuple(self._handing_over(token))
        if context.staged:
            new = _New(token, (create, *handing_over), _naming(token.name, later), rotation, warnings)
        else:
            # Naming it again is how to set what POST does not take.
            naming = (Name(token.name, later),) if later else ()
            new = _New(token, (create, CheckConflicts(token.name), *handing_over), naming, rotation, warnings)
        return self._in_force(matches, new)

    def _committed(self, matches: Matches, prepared: Token) -> Plan:
        """Give the prepared token its name, and what else can be changed of it; then retire the one that it replaces."""
        declared, now = self._declared, self._context.now
        check_prepared_first(matches.current, prepared)
        changes, _create_only = split(declared, prepared)
        token, name = replace(prepared, **changes), changes.pop("name")
        if matches.current is not None:
            rotation = rotation_with_replacement(declared, matches.current, now)
        else:
            rotation = self._rotation_of_expired(matches)
        return self._in_force(matches, _New(token, (Adopt(prepared),), _naming(name, changes), rotation))

    def _in_force(self, matches: Matches, new: _New) -> Plan:
        """Bring a new token in force, and retire the one that it replaces."""
        declared, now, old = self._declared, self._context.now, matches.current
        purpose = Purpose.RETIRE_AFTER_DELIVERY if declared.phase == "commit" else Purpose.RETIRE
        staged = self._context.staged
        retirement = retire(old, declared, now, staged=staged, purpose=purpose) if old is not None else None
        leftovers = self._leftovers(matches, creating=True)
        return Plan(
            # The name becomes free before the new token gets it, and the old token is valid to the last.
            (
                *new.obtaining,
                *(retirement.before_naming if retirement else ()),
                *new.naming,
                *leftovers.steps,
                *(retirement.after_naming if retirement else ()),
            ),
            before=old,
            after=new.token,
            rotation=new.rotation,
            superseded=(*((retirement.superseded,) if retirement else ()), *leftovers.superseded),
            warnings=(
                *new.warnings,
                *window_warnings(declared, new.token),
                *leftovers.warnings,
                *self._scope_warnings(),
            ),
        )

    def _leftovers(self, matches: Matches, *, creating: bool) -> CleanUp:
        leftovers = clean_up(matches, self._declared, self._context, self._owner, creating=creating)
        # The commit says what it cannot clean up.
        return leftovers._replace(warnings=()) if self._declared.phase == "prepare" else leftovers

    def _scope_warnings(self) -> list[str]:
        return scope_warnings(self._declared.scope or (), self._owner.token_scopes)

    def _handing_over(self, token: Token) -> t.Iterator[Step]:
        if self._context.file is not None:
            yield Deliver()
        if self._declared.verify and token.status == "active":
            yield Verify(self._declared.device_id)

    def _rotation_of_expired(self, matches: Matches) -> Rotation:
        if not matches.expired:
            return NOT_DUE
        return rotation_of(matches.expired[-1], self._declared.rotate_before, self._context.now)


def _naming(name: str, changes: t.Mapping[str, t.Any] = MappingProxyType({})) -> tuple[Step, ...]:
    """Name the new token, and then look for concurrent runs: whoever names second sees the first."""
    return (Name(name, dict(changes)), CheckConflicts(name))


def _planned(fields: t.Mapping[str, t.Any], owner: Owner) -> Token:
    return owner.kind(**{"id": "", **owner.defaults, **fields})


def _caller_last(steps: t.Sequence[Step], context: Context) -> tuple[Step, ...]:
    """Put the step that ends the access token's own token last: afterwards nothing can be asked of Losant."""

    def place(step: Step) -> int:
        if isinstance(step, (Patch, Delete)):
            return int(step.ends_token and step.token.id.lower() == context.caller_id)
        # A file that holds the secret of that token is needed until then.
        held = context.file is not None and context.file.holding.identity == context.caller_id
        return 2 if held and context.caller_id is not None and isinstance(step, RemoveFile) else 0

    return tuple(sorted(steps, key=place))


def _bare(name: str) -> str:
    former = read_superseded(name)
    return former.name if former is not None else name


def _creation_warnings(
    declared: Declaration, fields: t.Mapping[str, t.Any], predecessor: Token | None, owner: Owner
) -> t.Iterator[str]:
    label = f"{owner.resource.label} {declared.name!r}"
    if not any(fields.get(option) for option in owner.limits):
        yield f"No {' or '.join(owner.limits)} is declared for {label}, {owner.unlimited}"
    if declared.status is not None or predecessor is None:
        return
    if read_superseded(predecessor.name) and predecessor.status == "inactive":
        yield (
            f"The new {label} is active. Its predecessor ({predecessor.id}) is inactive, perhaps only"
            " because it was replaced. Declare status."
        )
    if fields.get("status") == "inactive":
        yield (
            f"The new {label} is inactive, as its predecessor ({predecessor.id}) was. Losant refuses it"
            " until status=active is declared."
        )
