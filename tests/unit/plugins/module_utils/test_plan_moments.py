# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds at every moment: between the steps of a plan, and as time goes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import waiting
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import rotation_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Create,
    Delete,
    Deliver,
    Name,
    Patch,
    Plan,
    Verify,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.plan_cases import (
    HOUR,
    IN_FORCE,
    MILLISECOND,
    Case,
    cases,
    creations,
    deletions,
    living,
    related,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, NOW
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.world import World, stages_of

REPLACING = st.one_of(
    cases(state="present"), cases(IN_FORCE, state="present", recreate="always", api_token_id=None, name="x")
)
#: Cases with a token of the name that is active and unexpired.
WORKING = IN_FORCE.map(lambda token: replace(token, status="active"))


@given(
    cases(WORKING, state="present", recreate="state_change", api_token_id=None, name="x", status=None)
    | cases(WORKING, state="present", recreate="always", api_token_id=None, name="x", status="active")
)
def test_there_is_always_a_token_that_works(case: Case) -> None:
    """Promise 6: if a living token of the name works, one does between all steps."""
    made = case.plan
    for number, world in enumerate(stages_of(made.steps, case.world)):
        undelivered = any(isinstance(step, (Deliver, Verify)) for step in made.steps[number:])
        works = [
            token.id
            for token in world.tokens
            if token.status == "active"
            and not token.is_expired(NOW)
            and related(case.declared.name, token)
            and not (undelivered and token.id == world.new)
        ]
        assert works


@given(REPLACING)
def test_a_new_token_comes_before_all_that_hurts(case: Case) -> None:
    """Promise 6."""
    made = case.plan
    assert len(creations(made)) <= 1
    if not creations(made):
        return
    kinds = [type(step) for step in made.steps]
    assert kinds[0] is Create
    # Delivered and verified before anything else is changed, and before it gets its name.
    proofs = [kind for kind in kinds if kind in (Deliver, Verify)]
    assert kinds[1 : 1 + len(proofs)] == proofs == [kind for kind in (Deliver, Verify) if kind in proofs]
    assert (Deliver in kinds) == (case.around.file is not None)
    assert kinds.count(Name) == int(case.around.stages)
    # The one in force is the last to lose its use.
    there = {token.id for token in living(case.declared, case.world)}
    hurting = [
        number
        for number, step in enumerate(made.steps)
        if (isinstance(step, Delete) and step.token.id in there)
        or (isinstance(step, Patch) and step.token.id in there and "status" in step.changes)
    ]
    assert hurting in ([], [len(made.steps) - 1])
    assert not any(step.cleaning for step in made.steps if isinstance(step, (Patch, Delete)) and step.token.id in there)


@given(REPLACING)
def test_no_name_is_borne_twice(case: Case) -> None:
    """Promise 2: staged, not even between two steps; otherwise only until the old one is gone."""
    made = case.plan
    stages = stages_of(made.steps, case.world)
    named = [[t for t in world.tokens if t.name == case.declared.name and not t.is_expired(NOW)] for world in stages]
    assert len(named[-1]) <= max(1, len(named[0]) if case.declared.api_token_id else 1)
    if case.around.stages and len(named[0]) <= 1:
        assert all(len(tokens) <= 1 for tokens in named)


@given(cases(state="present", api_token_id=None, name="x"))
def test_what_was_replaced_is_kept_until_its_time_is_over(case: Case) -> None:
    """No superseded token goes before the time in its name, and a pending one not within the hour."""
    for token in deletions(case.plan):
        wait = waiting(token.name)
        assert wait is None or (wait.until is not None and wait.until <= NOW)
        if "~pending:" in token.name:
            assert token.creation_date is not None
            assert token.creation_date <= NOW - HOUR


@given(cases(IN_FORCE, state="present", recreate="always", api_token_id=None, name="x"))
def test_what_becomes_of_the_old_one(case: Case) -> None:
    made, declared = case.plan, case.declared
    there = living(declared, case.world)
    assert made.makes_token
    after = stages_of(made.steps, case.world)[-1]
    old = next((token for token in after.tokens if token.id == there[0].id), None)
    if declared.superseded == "delete" and not declared.superseded_after:
        assert old is None
        return
    assert old is not None
    wait = waiting(old.name)
    assert wait is not None
    if declared.superseded == "keep":
        wanted = there[0].expiration_date
        assert wait.until is None if wanted is None else wait.until is not None and wait.until >= wanted
        assert old.status == there[0].status
        return
    assert wait.until == NOW + declared.superseded_after
    assert old.status == ("inactive" if not declared.superseded_after else there[0].status)


def settled(case: Case, world: World) -> tuple[World, Plan] | None:
    """The world after a plan at its moment, after which nothing is left to plan; None if it can't be planned."""
    try:
        made = plan(case.declared, world.tokens, world.now, replace(case.around, caller_id=None, file=world.file))
    except (PlanError, InvalidOptionError):
        return None
    world = stages_of(made.steps, world)[-1]
    again = plan(case.declared, world.tokens, world.now, replace(case.around, caller_id=None, file=world.file))
    assert again.steps == ()
    return world, made


def moments(world: World) -> list[datetime]:
    """The moments at which something becomes due, by what the tokens tell: their dates, and the times in their names."""
    found = {token.expiration_date for token in world.tokens}
    found |= {token.creation_date + HOUR for token in world.tokens if token.creation_date}
    found |= {wait.until for token in world.tokens if (wait := waiting(token.name))}
    return sorted(moment for moment in found if moment is not None and moment > world.now)


@given(cases(recreate="never", api_token_id=None) | cases(recreate="state_change", api_token_id=None), st.data())
def test_as_time_goes_by_each_run_leaves_nothing_to_do(case: Case, data: st.DataObject) -> None:
    """Promise 1, at later and later moments: those at which something becomes due, and those around them."""
    world = case.world
    for _turn in range(8):
        step = settled(case, world)
        if step is None:
            # What can't be planned now, such as a date that is past, has written nothing.
            return
        world, _made = step
        due = moments(world)
        if not due:
            return
        shift = data.draw(st.sampled_from([-MILLISECOND, 0 * DAY, MILLISECOND, DAY]))
        world = replace(world, now=max(world.now, due[0] + shift))


@given(cases(state="present", never_expires=True, expires_in=None, expiration_date=None, api_token_id=None))
def test_in_the_end_nothing_is_due_and_nothing_is_left_over(case: Case) -> None:
    """A token without an end stays, and all that it took the place of goes."""
    assume(case.declared.recreate == "state_change")
    world = replace(case.world, now=NOW + 999 * DAY)
    for _turn in range(2):
        step = settled(case, world)
        assume(step is not None)
        assert step is not None
        world = replace(step[0], now=step[0].now + 999 * DAY)
    step = settled(case, world)
    assert step is not None
    world, made = step
    assert made.steps == ()
    rest = [token for token in world.tokens if related(case.declared.name, token) and token.name != case.declared.name]
    assert not [token for token in rest if "~pending:" in token.name and token.creation_date is not None]
    if case.declared.superseded == "delete":
        assert all(wait.until is None for token in rest if (wait := waiting(token.name)))
    if case.declared.superseded == "deactivate":
        over = [token for token in rest if (wait := waiting(token.name)) and wait.until is not None]
        assert all(token.status == "inactive" or token.is_expired(world.now) for token in over)


ENDING = IN_FORCE.map(lambda token: replace(token, expiration_date=NOW + 9 * DAY))


@given(cases(ENDING, state="present", api_token_id=None, name="x", rotate_before=DAY, recreate="never", scope=None))
def test_rotation_is_due_from_the_moment_that_is_told(case: Case) -> None:
    due_at = case.plan.rotation.due_at
    assume(due_at is not None and due_at > NOW)
    assert due_at is not None
    [token] = living(case.declared, case.world)
    assert not rotation_of(token, case.declared.rotate_before, due_at - MILLISECOND).due
    assert rotation_of(token, case.declared.rotate_before, due_at).due
