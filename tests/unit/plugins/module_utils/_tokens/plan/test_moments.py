# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds at every moment: between the steps of a plan, and in later runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.listing import Listing
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import read_superseded
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.context import Context
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    CheckConflicts,
    Create,
    Delete,
    Deliver,
    Name,
    Patch,
    Plan,
    Purpose,
    Verify,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.cases import (
    FEWER,
    IN_FORCE,
    Case,
    cases,
    creations,
    deletions,
    related,
    selected,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.planning import planned
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.world import World, stages_of
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    HOUR,
    MILLISECOND,
    NOW,
    OWNER,
)

REPLACING = st.one_of(
    cases(state="present"), cases(IN_FORCE, state="present", recreate="always", token_id=None, name="x")
)
#: Cases with a token of the name that is active and unexpired.
WORKING = IN_FORCE.map(lambda token: replace(token, status="active"))


@given(
    cases(WORKING, state="present", recreate="state_change", token_id=None, name="x", status=None)
    | cases(WORKING, state="present", recreate="always", token_id=None, name="x", status="active")
)
def test_a_usable_token_exists_at_every_moment(case: Case) -> None:
    """Promise 6: if an unexpired token of the name works, one does between all steps."""
    planned = case.plan
    for number, world in enumerate(stages_of(planned.steps, case.world)):
        undelivered = any(isinstance(step, (Deliver, Verify)) for step in planned.steps[number:])
        works = [
            token.id
            for token in world.tokens
            if token.status == "active"
            and not token.is_expired(NOW)
            and related(case.declared.name, token)
            and not (undelivered and token.id == world.new)
        ]
        assert works


@FEWER
@given(REPLACING)
def test_the_old_token_is_retired_last(case: Case) -> None:
    """Promise 6."""
    planned = case.plan
    assert len(creations(planned)) <= 1
    if not creations(planned):
        return
    # A look for concurrent runs changes nothing: directly after the creation, or after the naming.
    kinds = [type(step) for step in planned.steps if not isinstance(step, CheckConflicts)]
    [place] = [number for number, step in enumerate(planned.steps) if isinstance(step, CheckConflicts)]
    assert isinstance(planned.steps[place - 1], Name if case.context.staged else Create)
    assert kinds[0] is Create
    # Delivered and verified before anything else is changed, and before it gets its name.
    handing_over = [kind for kind in kinds if kind in (Deliver, Verify)]
    assert kinds[1 : 1 + len(handing_over)] == handing_over
    assert handing_over in ([], [Deliver], [Verify], [Deliver, Verify])
    assert (Deliver in kinds) == (case.context.file is not None)
    assert kinds.count(Name) == int(case.context.staged)
    # Until the last step, the old one is valid.
    current = {token.id for token in selected(case.declared, case.world)}
    ending = [
        number
        for number, step in enumerate(planned.steps)
        if isinstance(step, (Patch, Delete)) and step.token.id in current and step.ends_token
    ]
    assert ending in ([], [len(planned.steps) - 1])
    assert not any(step.purpose is Purpose.CLEAN_UP for step in planned.writes if step.token.id in current)


@FEWER
@given(REPLACING)
def test_no_two_tokens_have_the_name(case: Case) -> None:
    """Promise 2: staged, not even between two steps; otherwise only until the old one is deleted."""
    planned = case.plan
    stages = stages_of(planned.steps, case.world)
    named = [[t for t in world.tokens if t.name == case.declared.name and not t.is_expired(NOW)] for world in stages]
    assert len(named[-1]) <= max(1, len(named[0]) if case.declared.token_id else 1)
    if case.context.staged and len(named[0]) <= 1:
        assert all(len(tokens) <= 1 for tokens in named)


@FEWER
@given(cases(state="present", token_id=None, name="x"))
def test_a_superseded_token_is_kept_until_its_grace_period_is_over(case: Case) -> None:
    """No superseded token is deleted before the time in its name, and no pending one within the hour."""
    for token in deletions(case.plan):
        former = read_superseded(token.name)
        assert former is None or (former.until is not None and former.until <= NOW)
        if "~pending:" in token.name:
            assert token.creation_date is not None
            assert token.creation_date <= NOW - HOUR


@FEWER
@given(cases(IN_FORCE, state="present", recreate="always", token_id=None, name="x"))
def test_the_old_token_is_superseded_as_declared(case: Case) -> None:
    planned, declared = case.plan, case.declared
    existing = selected(declared, case.world)
    assert planned.creates
    after = stages_of(planned.steps, case.world)[-1]
    old = next((token for token in after.tokens if token.id == existing[0].id), None)
    if declared.superseded == "delete" and not declared.superseded_after:
        assert old is None
        return
    assert old is not None
    former = read_superseded(old.name)
    assert former is not None
    if declared.superseded == "keep":
        wanted = existing[0].expiration_date
        assert former.until is None if wanted is None else former.until is not None and former.until >= wanted
        assert old.status == existing[0].status
        return
    assert former.until == NOW + declared.superseded_after
    assert old.status == ("inactive" if not declared.superseded_after else existing[0].status)


def context_of(case: Case, world: World) -> Context:
    return replace(case.context, now=world.now, caller_id=None, file=world.file, held=world.held)


def settled(case: Case, world: World) -> tuple[World, Plan] | None:
    """The world after a plan at its moment, after which nothing is left to plan; None if it cannot be planned."""
    try:
        planned = plan(case.declared, Listing(world.tokens), context_of(case, world), OWNER)
    except (PlanError, InvalidOptionError):
        return None
    world = stages_of(planned.steps, world)[-1]
    again = plan(case.declared, Listing(world.tokens), context_of(case, world), OWNER)
    assert again.steps == ()
    return world, planned


def moments(world: World) -> list[datetime]:
    """The moments at which something becomes due, by the dates of tokens, and the times in their names."""
    found = {token.expiration_date for token in world.tokens}
    found |= {token.creation_date + HOUR for token in world.tokens if token.creation_date}
    found |= {former.until for token in world.tokens if (former := read_superseded(token.name))}
    return sorted(moment for moment in found if moment is not None and moment > world.now)


@given(cases(recreate="never", token_id=None) | cases(recreate="state_change", token_id=None), st.data())
def test_each_later_run_leaves_nothing_to_do(case: Case, data: st.DataObject) -> None:
    """Promise 1, at later and later moments: those at which something becomes due, and those around them."""
    world = case.world
    for _turn in range(8):
        step = settled(case, world)
        if step is None:
            # What cannot be planned now, such as a date that has passed, has written nothing.
            return
        world, _planned = step
        due = moments(world)
        if not due:
            return
        shift = data.draw(st.sampled_from([-MILLISECOND, 0 * DAY, MILLISECOND, DAY]))
        world = replace(world, now=max(world.now, due[0] + shift))


@FEWER
@given(
    cases(
        recreate="state_change",
        state="present",
        never_expires=True,
        expires_in=None,
        expiration_date=None,
        token_id=None,
    )
)
def test_in_the_end_nothing_is_due_and_no_leftover_exists(case: Case) -> None:
    """A token that never expires stays, and all that it replaced is deleted."""
    world = replace(case.world, now=NOW + 999 * DAY)
    for _turn in range(2):
        step = settled(case, world)
        assume(step is not None)
        assert step is not None
        world = replace(step[0], now=step[0].now + 999 * DAY)
    step = settled(case, world)
    assert step is not None
    world, planned = step
    assert planned.steps == ()
    rest = [token for token in world.tokens if related(case.declared.name, token) and token.name != case.declared.name]
    assert not [token for token in rest if "~pending:" in token.name and token.creation_date is not None]
    if case.declared.superseded == "delete":
        assert all(former.until is None for token in rest if (former := read_superseded(token.name)))
    if case.declared.superseded == "deactivate":
        over = [token for token in rest if (former := read_superseded(token.name)) and former.until is not None]
        assert all(token.status == "inactive" or token.is_expired(world.now) for token in over)


EXPIRING = IN_FORCE.map(lambda token: replace(token, expiration_date=NOW + 9 * DAY))


@FEWER
@given(EXPIRING, st.timedeltas(timedelta(0), 8 * DAY).map(lambda window: window // MILLISECOND * MILLISECOND))
def test_rotation_is_due_from_the_moment_that_is_reported(token: ApiToken, window: timedelta) -> None:
    due_at = planned(token, rotate_before=window).rotation.due_at
    assert due_at is not None
    assert not planned(token, rotate_before=window, now=due_at - MILLISECOND).rotation.due
    # At its very expiration the token is no longer the current one.
    assert planned(token, rotate_before=window, now=due_at, expires_in=9 * DAY).rotation.due
