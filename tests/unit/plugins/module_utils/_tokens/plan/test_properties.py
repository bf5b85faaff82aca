# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every plan, over any mix of tokens, files and declarations."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.listing import Listing
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.context import Context
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Create,
    Delete,
    Deliver,
    Name,
    Patch,
    Purpose,
    RemoveFile,
    Step,
    Verify,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import FIRST_ID
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.cases import (
    CONTEXTS,
    DECLARATIONS,
    FEWER,
    IDS,
    IN_FORCE,
    TOKENS,
    Case,
    cases,
    creations,
    deletions,
    patches,
    related,
    selected,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.world import World
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, NOW, OWNER, id_of


def meaning_of(token: Token) -> dict[str, Any]:
    """What a token means to a user, without what is not set."""
    fields = {
        "name": token.name,
        "description": token.description or None,
        "status": token.status,
        "scope": frozenset(token.comparable()["scope"]),
        "expiration_date": token.expiration_date,
    }
    return {field: value for field, value in fields.items() if value is not None}


@given(cases() | cases(recreate="state_change") | cases(IN_FORCE, recreate="state_change", name="x", token_id=None))
def test_a_second_run_has_nothing_to_do(case: Case) -> None:
    """Promise 1."""
    # That one replaces in every run, as it says.
    assume(case.declared.recreate != "always" or case.declared.state == "absent")
    world = case.world_after
    again = plan(case.declared, Listing(world.tokens), replace(case.context, file=world.file, held=world.held), OWNER)
    assert again.steps == ()
    assert again.changed_fields == []
    assert again.superseded == ()
    assert not again.rotation.due


@FEWER
@given(cases())
def test_what_exists_afterwards_is_as_declared(case: Case) -> None:
    declared = case.declared
    found = selected(declared, case.world_after)
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
        assert set(token.comparable()["scope"]) == set(declared.scope)
    if declared.never_expires:
        assert token.expiration_date is None


@FEWER
@given(cases(state="present") | cases(IN_FORCE, state="present", name="x", token_id=None, recreate="state_change"))
def test_every_place_holds_the_secret_of_the_token(case: Case) -> None:
    world = case.world_after
    [token] = selected(case.declared, world)
    holdings = [world.held] if world.held is not None else []
    if world.file is not None:
        assert world.file.exists
        assert world.file.attributes == world.file.wanted
        holdings.append(world.file.holding)
    for holding in holdings:
        assert holding.identity == token.id or (
            holding.identity is None and (holding.accepted or (holding.opaque and token.status == "inactive"))
        )


@FEWER
@given(cases(state="absent"))
def test_no_file_holds_the_secret_of_a_deleted_token(case: Case) -> None:
    world, deleted = case.world_after, {token.id for token in deletions(case.plan)}
    if world.file is not None and world.file.exists:
        assert world.file.holding.identity not in deleted


@FEWER
@given(cases(state="present", recreate="always", token_id=None) | cases(state="present", token_id=None))
def test_the_secret_of_another_token_is_not_overwritten(case: Case) -> None:
    """A token file that holds the secret of an unexpired token of another name is refused."""
    before, after = case.world.file, case.world_after.file
    held = [token for token in case.tokens if before is not None and token.id == before.holding.identity]
    for token in held:
        if not token.is_expired(NOW) and not related(case.declared.name, token):
            assert after == before


@FEWER
@given(cases(state="present") | cases(IN_FORCE, state="present", name="x", token_id=None))
def test_a_lifetime_that_has_no_effect_is_warned_about(case: Case) -> None:
    """Promise 3."""
    declared, planned = case.declared, case.plan
    [token] = selected(declared, case.world_after)
    remaining = token.expiration_date - NOW if token.expiration_date is not None else None
    is_exceeded = declared.expires_in is not None and (
        remaining is None or remaining > declared.expires_in + timedelta(minutes=1)
    )
    assert is_exceeded == any("(expires_in)" in warning for warning in planned.warnings)
    is_without_effect = declared.rotate_before is not None and token.expiration_date is None
    assert is_without_effect == any("rotate_before has no effect" in warning for warning in planned.warnings)


@FEWER
@given(cases())
def test_what_is_not_declared_is_left_alone(case: Case) -> None:
    """Promise 10: a patch changes just what is declared and differs, except for the retirement of a token."""
    declared, planned = case.declared, case.plan
    for step in patches(planned):
        assert all(getattr(step.token, field) != value for field, value in step.changes.items())
        if step.purpose is not Purpose.UPDATE:
            assert set(step.changes) in ({"name"}, {"status"})
            continue
        assert set(step.changes) <= {"name", "description", "status"}
        assert all(getattr(declared, field) == value for field, value in step.changes.items())
    if declared.state == "present" and planned.before is not None and planned.after is not None:
        for field in ("description", "status", "scope"):
            if getattr(declared, field) is None:
                assert getattr(planned.after, field) == getattr(planned.before, field)


@FEWER
@given(cases())
def test_each_write_has_the_purpose_that_its_token_shows(case: Case) -> None:
    declared, planned = case.declared, case.plan
    current = {token.id for token in selected(declared, case.world)}
    for step in planned.writes:
        if declared.state == "absent":
            assert step.purpose is Purpose.REMOVE
        elif step.token.id not in current:
            assert step.purpose is Purpose.CLEAN_UP
        elif planned.creates:
            assert step.purpose is (
                Purpose.FREE_NAME if isinstance(step, Patch) and "name" in step.changes else Purpose.RETIRE
            )
        else:
            assert step.purpose is Purpose.UPDATE


@FEWER
@given(cases())
def test_no_other_token_is_touched(case: Case) -> None:
    """Promise 10."""
    declared = case.declared
    for step in case.plan.writes:
        assert step.token in case.tokens
        assert step.token.id == declared.token_id if declared.token_id else related(declared.name, step.token)
    if declared.token_id is None:
        others = [token for token in case.tokens if not related(declared.name, token)]
        assert [token for token in case.world_after.tokens if not related(declared.name, token)] == others


@FEWER
@given(cases(state="absent") | cases(token_id=id_of(1)))
def test_nothing_is_created_for_an_id_or_for_an_absent_token(case: Case) -> None:
    assert creations(case.plan) == []
    assert not any(isinstance(step, (Deliver, Verify, Name)) for step in case.plan.steps)


@FEWER
@given(cases(state="present", recreate="never", rotate_before=None))
def test_nothing_is_replaced_unless_that_is_allowed(case: Case) -> None:
    """Promise 3."""
    touched = {step.token.id for step in case.plan.writes if step.purpose is not Purpose.CLEAN_UP}
    found = {token.id for token in selected(case.declared, case.world)}
    assert not creations(case.plan) or not found
    assert touched <= found
    assert not found & {token.id for token in deletions(case.plan)}


@given(cases(), IDS)
def test_the_callers_token_is_not_revoked(case: Case, caller: str) -> None:
    """Promise 11."""
    declared = case.declared
    freely = plan(
        replace(declared, allow_self_revoke=True), Listing(case.tokens), replace(case.context, caller_id=None), OWNER
    )
    revoked = {token.id for token in deletions(freely)}
    revoked |= {step.token.id for step in patches(freely) if step.changes.get("status") == "inactive"}
    revoked |= {entry.token.id for entry in freely.superseded}
    context = replace(case.context, caller_id=caller)
    if declared.allow_self_revoke or caller not in revoked:
        steps = plan(declared, Listing(case.tokens), context, OWNER).steps
        assert sorted(map(repr, steps)) == sorted(map(repr, freely.steps))
        # Once it is revoked, Losant accepts no request of the task.
        ending = [step for step in steps if isinstance(step, (Patch, Delete)) and step.token.id == caller]
        requesting = [step for step in steps if not isinstance(step, RemoveFile)]
        assert caller not in revoked or requesting[-1] is ending[-1]
    else:
        with pytest.raises(PlanError, match="allow_self_revoke"):
            plan(declared, Listing(case.tokens), context, OWNER)


@FEWER
@given(DECLARATIONS, TOKENS, CONTEXTS)
def test_two_unexpired_tokens_of_the_name_always_fail(
    declared: Declaration, tokens: list[ApiToken], context: Context
) -> None:
    """Promise 2."""
    both = [ApiToken(id_of(8), "x"), ApiToken(id_of(9), "x", status="inactive", expiration_date=NOW + DAY)]
    declared = replace(declared, name="x", token_id=None)
    several = selected(declared, World((*tokens, *both), NOW))
    with pytest.raises(PlanError) as caught:
        plan(declared, Listing([*both, *tokens]), context, OWNER)
    assert sorted(caught.value.failure["ids"]) == sorted(token.id for token in several)


@FEWER
@given(cases())
def test_the_changed_fields_are_those_that_changed(case: Case) -> None:
    declared, planned = case.declared, case.plan
    if declared.state == "absent":
        assert planned.changed_fields == []
        return
    [token] = selected(declared, case.world_after)
    existing = selected(declared, case.world)
    old, new = meaning_of(existing[0]) if existing else {}, meaning_of(token)
    changed = {field for field in {*old, *new} if old.get(field) != new.get(field)}
    assert set(planned.changed_fields) == changed
    assert len(planned.changed_fields) == len(changed)


@FEWER
@given(cases())
def test_check_mode_predicts_the_tokens(case: Case) -> None:
    """Promise 9."""
    planned, world = case.plan, case.world_after
    found = selected(case.declared, world)
    if planned.after is None:
        assert found == []
        return
    [token] = found
    assert token.comparable() == planned.after.comparable()
    assert (token.id == id_of(FIRST_ID)) == planned.creates == (planned.after.id == "")
    for entry in planned.superseded:
        kept = [token for token in world.tokens if token.id == entry.token.id]
        assert bool(kept) == (entry.action != "deleted")
        for token in kept:
            assert token.name == entry.name
            assert entry.action == "kept" or token.status == "inactive"


@FEWER
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(case: Case, random: Any) -> None:
    shuffled = list(case.tokens)
    random.shuffle(shuffled)
    assert replace(case, tokens=shuffled).plan == case.plan


@FEWER
@given(DECLARATIONS, TOKENS, CONTEXTS, st.frozensets(st.sampled_from(["post", "patch", "delete"])))
def test_nothing_but_the_promised_exceptions(
    declared: Declaration, tokens: list[ApiToken], context: Context, lacking: frozenset[str]
) -> None:
    with contextlib.suppress(PlanError, InvalidOptionError):
        steps = plan(declared, Listing(tokens), replace(context, lacking=lacking), OWNER).steps
        # Creating, delivering, verifying and naming a token, a look for others, and two steps for each that exists.
        assert len(steps) <= 5 + 2 * len(tokens)


@FEWER
@given(cases(), st.frozensets(st.sampled_from(["post", "patch", "delete"]), min_size=1))
def test_no_plan_needs_an_action_that_the_access_token_lacks(case: Case, lacking: frozenset[str]) -> None:
    """Promise 9: check mode is refused like the real run."""
    context = replace(case.context, lacking=lacking)
    steps: tuple[Step, ...] = ()
    named: set[str] = set()
    try:
        steps = plan(case.declared, Listing(case.tokens), context, OWNER).steps
    except PlanError as error:
        named = {scope.rpartition(".")[2] for scope in error.failure["scopes"]}
    assert named <= lacking
    needed = {step.action for step in steps if isinstance(step, (Patch, Delete))}
    needed |= {"post" for step in steps if isinstance(step, Create)} | {
        "patch" for step in steps if isinstance(step, Name)
    }
    assert not needed & lacking


@FEWER
@given(cases())
def test_a_new_token_is_not_expired_from_the_start(case: Case) -> None:
    for step in creations(case.plan):
        assert not step.token.is_expired(NOW)
        assert set(step.fields) <= {"name", "description", "status", "scope", "expiration_date"}
        assert all(value is not None for value in step.fields.values())
