# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every plan, over any mix of tokens and declarations."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._plan import (
    MUTABLE,
    Create,
    Delete,
    Patch,
    Plan,
    PlanError,
    plan,
)
from ansible_collections.losant.platform.plugins.module_utils._token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.memory_api import FIRST_ID, carry_out
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, NOW, id_of

MILLISECOND = timedelta(milliseconds=1)
NAMES = st.sampled_from(["x", "y"])
IDS = st.integers(min_value=1, max_value=4).map(id_of)
DESCRIPTIONS = st.sampled_from([None, "", "a", "b"])
STATUSES = st.sampled_from(["active", "inactive"])
SCOPES = st.lists(
    st.sampled_from(["devices.get", "device.get", "all.Application", "new.scope"]), unique=True, max_size=3
)
MOMENTS = st.sampled_from([NOW - 9 * DAY, NOW - MILLISECOND, NOW, NOW + MILLISECOND, NOW + DAY, NOW + 9 * DAY])
PASTS = st.sampled_from([None, NOW, NOW - MILLISECOND, NOW - DAY, NOW - 99 * DAY])

TOKENS = st.lists(
    st.builds(
        Token,
        id=IDS,
        name=NAMES,
        description=DESCRIPTIONS,
        status=STATUSES,
        scope=SCOPES.map(tuple),
        expiration_date=st.none() | MOMENTS,
        creation_date=PASTS,
    ),
    max_size=4,
    unique_by=lambda token: token.id,
)
LIVES = st.one_of(
    st.just({}),
    st.just({"never_expires": True}),
    st.builds(lambda moment: {"expiration_date": moment}, MOMENTS),
    st.builds(lambda life: {"expires_in": life}, st.sampled_from([timedelta(seconds=1), DAY, 9 * DAY])),
)
SELECTORS = st.one_of(
    st.builds(lambda name: {"name": name}, NAMES),
    st.builds(lambda token_id: {"api_token_id": token_id}, IDS),
    st.builds(lambda name, token_id: {"name": name, "api_token_id": token_id}, NAMES, IDS),
)
DECLARATIONS = st.builds(
    lambda selector, life, **more: Declaration(**selector, **life, **more),
    SELECTORS,
    LIVES,
    state=st.sampled_from(["present", "present", "present", "absent"]),
    description=DESCRIPTIONS,
    status=st.none() | STATUSES,
    scope=st.none() | SCOPES.filter(bool).map(tuple),
    recreate=st.sampled_from(["never", "state_change", "always"]),
    allow_self_revoke=st.booleans(),
)
CALLERS = st.none() | IDS


Case = tuple[Declaration, list[Token]]


@st.composite
def cases(draw: st.DrawFn, /, **fixed: Any) -> Case:
    """A declaration that can be met, and the tokens that there are."""
    declared, tokens = replace(draw(DECLARATIONS), **fixed), draw(TOKENS)
    # Most mixes that can't be planned hold a token too many.
    for others in range(len(tokens), -1, -1):
        kept = [token for number, token in enumerate(tokens) if number < others or token.id == declared.api_token_id]
        try:
            plan(declared, kept, NOW)
        except (PlanError, InvalidOptionError):
            continue
        return declared, kept
    assume(False)
    raise AssertionError


def deletions(made: Plan) -> list[Token]:
    return [step.token for step in made.steps if isinstance(step, Delete)]


def creations(made: Plan) -> list[Create]:
    return [step for step in made.steps if isinstance(step, Create)]


def patches(made: Plan) -> list[Patch]:
    return [step for step in made.steps if isinstance(step, Patch)]


def living(declared: Declaration, tokens: list[Token]) -> list[Token]:
    """The unexpired tokens that the declaration selects."""
    if declared.api_token_id is not None:
        selected = [token for token in tokens if token.id == declared.api_token_id]
    else:
        selected = [token for token in tokens if token.name == declared.name]
    return [token for token in selected if token.expiration_date is None or token.expiration_date > NOW]


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
    declared, tokens = case
    # That one replaces in every run, as it says.
    assume(declared.recreate != "always" or declared.state == "absent")
    after = carry_out(plan(declared, tokens, NOW).steps, tokens)
    again = plan(declared, after, NOW)
    assert again.steps == ()
    assert again.changed_fields == []


@given(cases())
def test_what_is_left_is_as_declared(case: Case) -> None:
    declared, tokens = case
    after = carry_out(plan(declared, tokens, NOW).steps, tokens)
    found = living(declared, after)
    if declared.state == "absent":
        assert found == []
        return
    [token] = found
    if declared.name is not None:
        assert token.name == declared.name
    if declared.description is not None:
        assert (token.description or "") == declared.description
    if declared.status is not None:
        assert token.status == declared.status
    if declared.scope is not None:
        assert set(token.scope) == set(declared.scope)
    if declared.never_expires:
        assert token.expiration_date is None
    if declared.expiration_date is not None:
        assert token.expiration_date == declared.expiration_date


@given(cases())
def test_what_is_not_declared_is_left_alone(case: Case) -> None:
    """Promise 10."""
    declared, tokens = case
    made = plan(declared, tokens, NOW)
    for step in patches(made):
        assert set(step.changes) <= set(MUTABLE)
        assert all(getattr(declared, field) == value for field, value in step.changes.items())
        assert all(getattr(step.token, field) != value for field, value in step.changes.items())
    if declared.state == "present" and made.before is not None and made.after is not None:
        for field in ("description", "status", "scope"):
            if getattr(declared, field) is None:
                assert getattr(made.after, field) == getattr(made.before, field)


@given(cases())
def test_no_other_token_is_touched(case: Case) -> None:
    """Promise 10."""
    declared, tokens = case
    for step in plan(declared, tokens, NOW).steps:
        assert isinstance(step, Create) or step.token in tokens
        if declared.api_token_id is not None:
            assert step.token.id == declared.api_token_id
        else:
            assert step.token.name == declared.name


@given(cases(state="present") | cases(state="present", recreate="always", api_token_id=None, name="x"))
def test_there_is_always_a_token_that_works(case: Case) -> None:
    """Promise 6: a new one is made before any living one is deleted."""
    declared, tokens = case
    made = plan(declared, tokens, NOW)
    assert len(creations(made)) <= 1
    gone = [token for token in deletions(made) if not token.is_expired(NOW)]
    assert len(gone) <= 1
    if deletions(made):
        assert isinstance(made.steps[0], Create)
    # The one in force is the last to go.
    assert gone == [token for token in deletions(made)[-1:] if not token.is_expired(NOW)]


@given(cases(state="absent") | cases(api_token_id=id_of(1)))
def test_nothing_is_made_for_an_id_or_where_nothing_shall_be(case: Case) -> None:
    declared, tokens = case
    assert creations(plan(declared, tokens, NOW)) == []


@given(cases(state="present", recreate="never"))
def test_nothing_is_replaced_unless_it_is_told_to(case: Case) -> None:
    """Promise 3."""
    declared, tokens = case
    assert all(token.is_expired(NOW) for token in deletions(plan(declared, tokens, NOW)))


@given(cases(), IDS)
def test_the_callers_token_is_not_revoked(case: Case, caller: str) -> None:
    """Promise 11."""
    declared, tokens = case
    made = plan(declared, tokens, NOW)
    revoked = [token.id for token in deletions(made)]
    revoked += [step.token.id for step in patches(made) if step.changes.get("status") == "inactive"]
    if declared.allow_self_revoke or caller not in revoked:
        assert plan(declared, tokens, NOW, caller) == made
    else:
        with pytest.raises(PlanError, match="allow_self_revoke"):
            plan(declared, tokens, NOW, caller)


@given(DECLARATIONS, TOKENS, CALLERS)
def test_two_living_tokens_of_the_name_always_fail(
    declared: Declaration, tokens: list[Token], caller: str | None
) -> None:
    """Promise 2."""
    both = [Token(id_of(8), "x"), Token(id_of(9), "x", status="inactive", expiration_date=NOW + DAY)]
    declared = replace(declared, name="x", api_token_id=None)
    several = living(declared, [*tokens, *both])
    with pytest.raises(PlanError) as caught:
        plan(declared, [*both, *tokens], NOW, caller)
    assert sorted(caught.value.failure["ids"]) == sorted(token.id for token in several)


@given(cases())
def test_no_name_becomes_ambiguous(case: Case) -> None:
    declared, tokens = case
    made = plan(declared, tokens, NOW)
    if declared.name is None or not made.steps:
        return
    named = Declaration(name=declared.name)
    before, after = living(named, tokens), living(named, carry_out(made.steps, tokens))
    assert len(after) <= max(1, len(before))


@given(cases())
def test_the_changed_fields_are_those_that_changed(case: Case) -> None:
    declared, tokens = case
    made = plan(declared, tokens, NOW)
    found = living(declared, carry_out(made.steps, tokens))
    if declared.state == "absent":
        assert made.changed_fields == []
        return
    after = of_meaning(found[0])
    there = living(declared, tokens)
    before = of_meaning(there[0]) if there else {}
    changed = {field for field in {*before, *after} if before.get(field) != after.get(field)}
    assert set(made.changed_fields) == changed
    assert len(made.changed_fields) == len(changed)


@given(cases())
def test_what_is_foretold_comes_true(case: Case) -> None:
    """Promise 9: check mode shows what the real run does."""
    declared, tokens = case
    made = plan(declared, tokens, NOW)
    found = living(declared, carry_out(made.steps, tokens))
    if made.after is None:
        assert found == []
        return
    [token] = found
    assert token.comparable() == made.after.comparable()
    assert (token.id == id_of(FIRST_ID)) == made.makes_token == (made.after.id == "")


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(case: Case, random: Any) -> None:
    declared, tokens = case
    made = plan(declared, tokens, NOW)
    shuffled = list(tokens)
    random.shuffle(shuffled)
    assert plan(declared, shuffled, NOW) == made


@given(DECLARATIONS, TOKENS, CALLERS)
def test_nothing_but_the_promised_exceptions(declared: Declaration, tokens: list[Token], caller: str | None) -> None:
    with contextlib.suppress(PlanError, InvalidOptionError):
        assert len(plan(declared, tokens, NOW, caller).steps) <= 1 + len(tokens)


@given(cases())
def test_a_token_that_is_made_is_not_expired_from_the_start(case: Case) -> None:
    declared, tokens = case
    for step in creations(plan(declared, tokens, NOW)):
        assert not step.token.is_expired(NOW)
        assert set(step.fields) <= {"name", "description", "status", "scope", "expiration_date"}
        assert all(value is not None for value in step.fields.values())
