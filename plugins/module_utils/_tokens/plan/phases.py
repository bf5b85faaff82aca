# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What the phases prepare, commit and abort plan otherwise than a whole task."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.durations import format_duration

from ..declaration import Declaration
from ..errors import ConflictError, PreparedConflictError
from ..listing import Listing, age
from ..naming import is_pending, pending_name
from ..owner import Owner
from ..token import Resource, Token
from .checks import NOTHING_WRITTEN, PlanError, described_differences, shown
from .context import Context
from .differences import split
from .matching import PENDING_LIMIT, Matches, match
from .rotation import exceeds_lifetime
from .steps import CheckConflicts, Create, Delete, Plan, Purpose, Verify

#: In place of a nonce, in a name that is only planned.
_NEW = "(new)"


def prepare(whole: Plan, now: datetime) -> Plan:
    """The part of a whole plan that creates the token. Nothing else is written."""
    create = next((step for step in whole.steps if isinstance(step, Create)), None)
    if create is None:
        current = None if whole.before is None or whole.before.is_expired(now) else whole.before
        return Plan(before=current, after=current, rotation=whole.rotation, warnings=whole.warnings)
    name = create.token.name
    return Plan(
        # Two simultaneous runs are noticed before the secret of the second one is used.
        (create, CheckConflicts(name), *(step for step in whole.steps if isinstance(step, Verify))),
        after=replace(create.token, name=pending_name(name, _NEW)),
        rotation=whole.rotation,
        warnings=whole.warnings,
    )


def find_delivered(declared: Declaration, tokens: Listing, context: Context) -> Token | None:
    """The pending token whose secret the declared place holds: an earlier run delivered it, and did not commit it."""
    held = context.held.identity if context.held is not None else None
    if declared.state == "absent" or declared.name is None or declared.selects_one or held is None:
        return None
    matches = match(declared.name, tokens, context.now)
    held_id = next((token.id for token in matches.pending if token.identity == held), None)
    if held_id is None:
        return None
    try:
        delivered = find_prepared(replace(declared, prepared_id=held_id), matches, tokens, context.now)
        check_prepared_first(matches.current, delivered)
    except (PlanError, ConflictError):
        return None  # what cannot be committed is no reason not to create another one
    return delivered


def check_can_prepare(whole: Plan, tokens: Listing, context: Context, owner: Owner) -> None:
    """Refuse to prepare a token that could not be committed, or that another run prepares already.

    :raises PlanError: the access token, or ``staged``, rules it out
    :raises ConflictError: another pending token of the name is fresh
    """
    if whole.after is None or not whole.creates:
        return
    lacking = [owner.scope_of(action, of_list=False) for action in ("delete", "patch") if action in context.lacking]
    if lacking:
        raise PlanError(
            f"{whole.after.title} cannot be prepared: the scopes in access_token lack {' and '.join(lacking)}."
            f" {NOTHING_WRITTEN} Use an access token with {owner.list_resource}.* and {owner.token_resource}.*, or with"
            f" {owner.families[0]}.",
            scopes=lacking,
        )
    if not context.staged:
        raise PlanError(
            f"{whole.after.title} cannot be prepared: phase=prepare creates in stages. {NOTHING_WRITTEN} Set staged=true, or"
            f" staged=auto with an access token whose scopes allow it to change and to delete {whole.after.resource.noun}s."
        )
    for pending in match(whole.after.name, tokens, context.now).fresh_pending(context.now)[:1]:
        raise _is_pending_already(pending, context.now)


def _is_pending_already(pending: Token, now: datetime) -> ConflictError:
    old, wait = "", "an hour"
    if pending.creation_date is not None:
        old = f", and was created {format_duration(now - pending.creation_date)} ago"
        wait = format_duration(PENDING_LIMIT - (now - pending.creation_date))
    return ConflictError(
        f"{pending.title} is pending{old}: another run is creating or delivering it. {NOTHING_WRITTEN} Finish it with"
        f" phase=commit and prepared_id={pending.id}, delete it with phase=abort and that prepared_id, or wait until it is"
        f" an hour old, which is in {wait}.",
        ids=[pending.id],
    )


def find_prepared(
    declared: Declaration, matches: Matches, tokens: Listing, now: datetime, noun: str = "token"
) -> Token:
    """The token to commit: a pending one of the declared name, or one that was committed before.

    :raises PlanError: it cannot be committed, or is not what is declared
    """
    name = t.cast("str", declared.name)
    prepared = tokens.by_id(declared.prepared_id)
    problem = _problem(prepared, name) if prepared is None or prepared.name != name else None
    if prepared is not None and problem is None:
        if prepared.is_expired(now):
            problem = f"it expired at {shown(prepared.expiration_date)}"
        elif prepared.name != name and prepared.status != "active" and not _may_be_inactive(declared, matches):
            problem = f"it is {prepared.status}"
    if prepared is None or problem is not None:
        raise PlanError(
            f"The prepared {noun} {declared.prepared_id} of {name!r} cannot be committed: {problem}. {NOTHING_WRITTEN} Run"
            f" phase=prepare again, deliver the new secret, and commit that {noun}.",
            ids=[declared.prepared_id],
        )
    if prepared.name != name:
        _check_as_declared(declared, prepared, now)
    return prepared


def _problem(token: Token | None, name: str) -> str | None:
    """Why a token is not a pending one of a name."""
    if token is None:
        return "it does not exist. Someone deleted it, or a run did because it was an hour old"
    if is_pending(token.name, name):
        return None
    return (
        f"it is pending for another name: {token.name!r}" if is_pending(token.name) else f"it is named {token.name!r}"
    )


def _may_be_inactive(declared: Declaration, matches: Matches) -> bool:
    """Whether an inactive token is declared, or inherited."""
    if declared.status is not None:
        return declared.status == "inactive"
    return matches.predecessor is not None and matches.predecessor.status == "inactive"


def _check_as_declared(declared: Declaration, prepared: Token, now: datetime) -> None:
    """Refuse a token that was prepared for another declaration."""
    _mutable, create_only = split(declared, prepared)
    pairs = [described_differences(prepared, create_only)] if create_only else []
    if declared.expires_in is not None and exceeds_lifetime(prepared, declared.expires_in, now):
        until = shown(prepared.expiration_date)
        pairs.append(f"expiration_date is {until}, expires_in is {format_duration(declared.expires_in)}")
        create_only = {**create_only, "expires_in": declared.expires_in}
    if pairs:
        raise PlanError(
            f"{prepared.title} was prepared for another declaration: {'; '.join(pairs)}. {NOTHING_WRITTEN} Commit it with the"
            f" declaration that it was prepared for, or delete it with phase=abort and prepared_id={prepared.id}, and run"
            " phase=prepare again.",
            fields=list(create_only),
        )


def check_prepared_first(current: Token | None, prepared: Token) -> None:
    """Refuse to replace a token that another run created since the prepared one was created.

    :raises PreparedConflictError: there is one
    """
    if current is None or age(current) < age(prepared):
        return
    raise PreparedConflictError(
        f"A concurrent run created {current.label} since {prepared.id} was prepared. That run was first, so this task"
        f" deletes the prepared {prepared.resource.noun}.",
        prepared,
        ids=[current.id],
    )


def refuse_creation(name: str, reason: str | None, resource: Resource) -> t.NoReturn:
    """Refuse to commit what was not prepared.

    :param reason: why the current token must be replaced; None if none exists
    """
    needed = "does not exist" if reason is None else f"has to be replaced ({reason})"
    raise PlanError(
        f"{resource.title} {name!r} {needed}, and prepared_id is not set: phase=commit creates none. {NOTHING_WRITTEN} Run phase=prepare with the same"
        " declaration, deliver the secret, and pass the prepared_id that it returns.",
        reason=reason,
    )


def abort(declared: Declaration, tokens: Listing, now: datetime) -> Plan:
    """The plan to delete a prepared token. All others are left alone.

    :raises PlanError: the token is not a pending one of the declared name
    """
    if declared.selects_one:
        current = tokens.selected(declared.token_id, declared.identity)
    else:
        unexpired = match(t.cast("str", declared.name), tokens, now).unexpired
        # Which of several is the current one is not for this phase to say.
        current = unexpired[0] if len(unexpired) == 1 else None
    prepared = tokens.by_id(declared.prepared_id)
    if prepared is None:
        return Plan(before=current, after=current)
    problem = _problem(prepared, t.cast("str", declared.name))
    if problem is not None:
        raise PlanError(
            f"The {prepared.resource.noun} {prepared.id} is not aborted: {problem}. {NOTHING_WRITTEN} phase=abort deletes only a"
            f" pending one of the declared name. If it must be deleted, set state=absent and"
            f" {prepared.resource.id_option}={prepared.id}.",
            ids=[prepared.id],
        )
    return Plan((Delete(prepared, Purpose.REMOVE),), before=prepared, bystander=current)
