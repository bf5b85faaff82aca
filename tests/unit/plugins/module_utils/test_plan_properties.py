# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every plan, over any mix of tokens, files and declarations."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import Surroundings, plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Delete,
    Deliver,
    Name,
    Patch,
    RemoveFile,
    Verify,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.memory_api import FIRST_ID
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.plan_cases import (
    AROUND,
    DECLARATIONS,
    IDS,
    TOKENS,
    Case,
    cases,
    creations,
    deletions,
    living,
    patches,
    related,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, NOW, id_of
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.world import World, stages_of


def after(case: Case) -> World:
    """The world when the case's plan is carried out."""
    return stages_of(case.plan.steps, case.world)[-1]


def of_meaning(token: Token) -> dict[str, Any]:
    """What a token is for a user, without what is not set."""
    fields = {
        "name": token.name,
        "description": token.description or None,
        "status": token.status,
        "scope": frozenset(token.scope),
        "expiration_date": token.expiration_date,
    }
    return {field: value for field, value in fields.items() if value is not None}


@given(cases() | cases(recreate="state_change"))
def test_applying_a_plan_leaves_nothing_to_plan(case: Case) -> None:
    """Promise 1."""
    # That one replaces in every run, as it says.
    assume(case.declared.recreate != "always" or case.declared.state == "absent")
    world = after(case)
    again = plan(case.declared, world.tokens, NOW, replace(case.around, file=world.file))
    assert again.steps == ()
    assert again.changed_fields == []
    assert again.superseded == ()
    assert not again.rotation.due


@given(cases())
def test_what_is_left_is_as_declared(case: Case) -> None:
    declared = case.declared
    found = living(declared, after(case))
    if declared.state == "absent":
        assert found == []
        return
    [token] = found
    for field in ("name", "status", "expiration_date"):
        if getattr(declared, field) is not None:
            assert getattr(token, field) == getattr(declared, field)
    if declared.description is not None:
        assert (token.description or "") == declared.description
    if declared.scope is not None:
        assert set(token.scope) == set(declared.scope)
    if declared.never_expires:
        assert token.expiration_date is None


@given(cases(state="present"))
def test_the_file_holds_what_is_there(case: Case) -> None:
    world = after(case)
    [token] = living(case.declared, world)
    if world.file is not None:
        assert world.file.exists
        assert world.file.token_id == token.id or (world.file.token_id is None and world.file.accepted)
        assert world.file.attributes == world.file.wanted


@given(cases(state="absent"))
def test_no_file_holds_the_secret_of_what_is_gone(case: Case) -> None:
    world, gone = after(case), {token.id for token in deletions(case.plan)}
    if world.file is not None and world.file.exists:
        assert world.file.token_id not in gone


@given(cases())
def test_what_is_not_declared_is_left_alone(case: Case) -> None:
    """Promise 10: what retires a token aside, a patch changes just what is declared and differs."""
    declared, made = case.declared, case.plan
    retired = {entry.token.id for entry in made.superseded}
    retired |= {made.before.id} if made.makes_token and made.before else set()
    for step in patches(made):
        assert all(getattr(step.token, field) != value for field, value in step.changes.items())
        if step.token.id in retired:
            assert set(step.changes) in ({"name"}, {"status"})
            continue
        assert set(step.changes) <= {"name", "description", "status"}
        assert all(getattr(declared, field) == value for field, value in step.changes.items())
    if declared.state == "present" and made.before is not None and made.after is not None:
        for field in ("description", "status", "scope"):
            if getattr(declared, field) is None:
                assert getattr(made.after, field) == getattr(made.before, field)


@given(cases())
def test_no_other_token_is_touched(case: Case) -> None:
    """Promise 10."""
    declared = case.declared
    for step in case.plan.steps:
        if isinstance(step, (Patch, Delete)):
            assert step.token in case.tokens
            assert (
                step.token.id == declared.api_token_id if declared.api_token_id else related(declared.name, step.token)
            )
    if declared.api_token_id is None:
        others = [token for token in case.tokens if not related(declared.name, token)]
        assert [token for token in after(case).tokens if not related(declared.name, token)] == others


@given(cases(state="absent") | cases(api_token_id=id_of(1)))
def test_nothing_is_made_for_an_id_or_where_nothing_shall_be(case: Case) -> None:
    assert creations(case.plan) == []
    assert not any(isinstance(step, (Deliver, Verify, Name)) for step in case.plan.steps)


@given(cases(state="present", recreate="never", rotate_before=None))
def test_nothing_is_replaced_unless_it_is_told_to(case: Case) -> None:
    """Promise 3."""
    touched = {step.token.id for step in case.plan.steps if isinstance(step, (Patch, Delete)) and not step.cleaning}
    found = {token.id for token in living(case.declared, case.world)}
    assert not creations(case.plan) or not found
    assert touched <= found
    assert not found & {token.id for token in deletions(case.plan)}


@given(cases(), IDS)
def test_the_callers_token_is_not_revoked(case: Case, caller: str) -> None:
    """Promise 11."""
    declared = case.declared
    freely = plan(replace(declared, allow_self_revoke=True), case.tokens, NOW, replace(case.around, caller_id=None))
    revoked = {token.id for token in deletions(freely)}
    revoked |= {step.token.id for step in patches(freely) if step.changes.get("status") == "inactive"}
    revoked |= {entry.token.id for entry in freely.superseded}
    around = replace(case.around, caller_id=caller)
    if declared.allow_self_revoke or caller not in revoked:
        steps = plan(declared, case.tokens, NOW, around).steps
        assert sorted(map(repr, steps)) == sorted(map(repr, freely.steps))
        # Once it is revoked, nothing can be asked of Losant any more.
        ending = [step for step in steps if isinstance(step, (Patch, Delete)) and step.token.id == caller]
        asking = [step for step in steps if not isinstance(step, RemoveFile)]
        assert caller not in revoked or asking[-1] is ending[-1]
    else:
        with pytest.raises(PlanError, match="allow_self_revoke"):
            plan(declared, case.tokens, NOW, around)


@given(DECLARATIONS, TOKENS, AROUND)
def test_two_living_tokens_of_the_name_always_fail(
    declared: Declaration, tokens: list[Token], around: Surroundings
) -> None:
    """Promise 2."""
    both = [Token(id_of(8), "x"), Token(id_of(9), "x", status="inactive", expiration_date=NOW + DAY)]
    declared = replace(declared, name="x", api_token_id=None)
    several = living(declared, World((*tokens, *both), NOW))
    with pytest.raises(PlanError) as caught:
        plan(declared, [*both, *tokens], NOW, around)
    assert sorted(caught.value.failure["ids"]) == sorted(token.id for token in several)


@given(cases())
def test_the_changed_fields_are_those_that_changed(case: Case) -> None:
    declared, made = case.declared, case.plan
    if declared.state == "absent":
        assert made.changed_fields == []
        return
    [token] = living(declared, after(case))
    there = living(declared, case.world)
    old, new = of_meaning(there[0]) if there else {}, of_meaning(token)
    changed = {field for field in {*old, *new} if old.get(field) != new.get(field)}
    assert set(made.changed_fields) == changed
    assert len(made.changed_fields) == len(changed)


@given(cases())
def test_what_is_foretold_comes_true(case: Case) -> None:
    """Promise 9: check mode shows what the real run does."""
    made, world = case.plan, after(case)
    found = living(case.declared, world)
    if made.after is None:
        assert found == []
        return
    [token] = found
    assert token.comparable() == made.after.comparable()
    assert (token.id == id_of(FIRST_ID)) == made.makes_token == (made.after.id == "")
    for entry in made.superseded:
        kept = [token for token in world.tokens if token.id == entry.token.id]
        assert bool(kept) == (entry.action != "deleted")
        for token in kept:
            assert token.name == entry.name
            assert entry.action == "kept" or token.status == "inactive"
    if case.around.file is not None and world.file is not None:
        foretold = case.around.file.after(made)
        assert (foretold.exists, foretold.attributes) == (world.file.exists, world.file.attributes)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(case: Case, random: Any) -> None:
    shuffled = list(case.tokens)
    random.shuffle(shuffled)
    assert replace(case, tokens=shuffled).plan == case.plan


@given(DECLARATIONS, TOKENS, AROUND)
def test_nothing_but_the_promised_exceptions(declared: Declaration, tokens: list[Token], around: Surroundings) -> None:
    with contextlib.suppress(PlanError, InvalidOptionError):
        # Creating, delivering, verifying and naming a token, and two steps for each that is there.
        assert len(plan(declared, tokens, NOW, around).steps) <= 4 + 2 * len(tokens)


@given(cases())
def test_a_token_that_is_made_is_not_expired_from_the_start(case: Case) -> None:
    for step in creations(case.plan):
        assert not step.token.is_expired(NOW)
        assert set(step.fields) <= {"name", "description", "status", "scope", "expiration_date"}
        assert all(value is not None for value in step.fields.values())
