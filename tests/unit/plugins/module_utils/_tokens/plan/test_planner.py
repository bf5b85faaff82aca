# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is planned, case by case. test_plan_properties.py says what holds in every case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import Surroundings, plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Create, Delete, Patch, Plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    NOW,
    expired,
    id_of,
    token,
)


def planned(*tokens: Token, name: str | None = "x", caller: str | None = None, **declared: Any) -> Plan:
    return plan(Declaration(name=name, **declared), tokens, NOW, Surroundings(caller_id=caller))


def refusal_of(*tokens: Token, **declared: Any) -> PlanError:
    with pytest.raises(PlanError) as caught:
        planned(*tokens, **declared)
    return caught.value


def created(made: Plan) -> dict[str, Any]:
    """What the first step, which creates, sends."""
    step = made.steps[0]
    assert isinstance(step, Create)
    assert step.token == made.after
    return dict(step.fields)


class TestCreate:
    def test_with_a_name_alone(self) -> None:
        made = planned()
        assert created(made) == {"name": "x"}
        assert made.before is None
        assert made.after == Token(id="", name="x", owner_type="application")
        assert made.changed_fields == ["name", "status", "scope"]
        assert made.makes_token

    def test_without_a_scope_there_is_a_warning(self) -> None:
        [warning] = planned().warnings
        assert "all.Application" in warning

    def test_with_everything(self) -> None:
        declared: dict[str, Any] = {"description": "d", "status": "inactive", "scope": ("devices.get",)}
        made = planned(**declared, expiration_date=NOW + DAY)
        assert created(made) == {"name": "x", **declared, "expiration_date": NOW + DAY}
        assert made.changed_fields == ["name", "description", "status", "scope", "expiration_date"]
        assert made.warnings == ()

    @pytest.mark.parametrize(("now", "expires"), [(NOW, NOW + DAY), (NOW + timedelta(microseconds=999999), NOW + DAY)])
    def test_a_life_is_counted_from_the_whole_second(self, now: datetime, expires: datetime) -> None:
        made = plan(Declaration(name="x", expires_in=DAY), [], now)
        assert created(made)["expiration_date"] == expires

    @pytest.mark.parametrize("when", [NOW, NOW - timedelta(milliseconds=1), NOW - 999 * DAY])
    def test_a_date_that_is_past_is_refused(self, when: datetime) -> None:
        with pytest.raises(InvalidOptionError, match="is past"):
            planned(expiration_date=when)

    def test_a_life_beyond_all_calendars_is_refused(self) -> None:
        with pytest.raises(InvalidOptionError, match="9999"):
            planned(expires_in=timedelta(days=999_999_999))

    def test_a_wait_beyond_all_calendars_is_refused(self) -> None:
        with pytest.raises(InvalidOptionError, match="superseded_after reaches beyond the year 9999"):
            planned(token(), recreate="always", superseded_after=timedelta(days=9_999_999))

    def test_an_unknown_scope_has_a_warning(self) -> None:
        [warning] = planned(scope=("devices.got",)).warnings
        assert "'devices.got'" in warning


class TestPresent:
    @pytest.mark.parametrize(
        "declared",
        [
            {},
            {"description": "d"},
            {"status": "active"},
            {"scope": ("b.get", "a.get")},
            {"expiration_date": NOW + DAY},
            {"expiration_date": NOW + DAY, "recreate": "state_change"},
            {"expires_in": 99 * DAY},
            {"expires_in": 99 * DAY, "recreate": "state_change"},
            {"api_token_id": id_of(1)},
            {"api_token_id": id_of(1), "name": None},
        ],
    )
    def test_what_is_met_needs_nothing(self, declared: dict[str, Any]) -> None:
        """Promise 1."""
        there = token(description="d", scope=("a.get", "b.get"), expiration_date=NOW + DAY)
        made = planned(there, **declared)
        assert made.steps == ()
        assert made.before == made.after == there
        assert made.changed_fields == []
        assert not made.makes_token

    @pytest.mark.parametrize(
        "changes",
        [
            {"description": "new"},
            {"description": ""},
            {"status": "inactive"},
            {"description": "", "status": "inactive"},
        ],
    )
    def test_what_can_be_changed_is_patched(self, changes: dict[str, Any]) -> None:
        there = token(description="d")
        made = planned(there, **changes)
        assert made.steps == (Patch(there, changes),)
        assert made.changed_fields == sorted(changes)

    def test_an_empty_description_is_none(self) -> None:
        assert planned(token(description=None), description="").steps == ()

    def test_an_inactive_token_is_present(self) -> None:
        """Promise 8."""
        there = token(status="inactive")
        assert planned(there).steps == ()
        assert planned(there, status="inactive").steps == ()
        assert planned(there, status="active").steps == (Patch(there, {"status": "active"}),)

    def test_a_rename_by_id(self) -> None:
        there = token(1, "old")
        made = planned(there, name="new", api_token_id=id_of(1))
        assert made.steps == (Patch(there, {"name": "new"}),)
        assert made.changed_fields == ["name"]

    def test_a_rename_to_a_name_that_is_taken_is_refused(self) -> None:
        error = refusal_of(token(1, "old"), token(2, "new"), name="new", api_token_id=id_of(1))
        assert error.failure["ids"] == [id_of(1), id_of(2)]

    def test_a_rename_to_a_name_that_only_an_expired_one_has(self) -> None:
        made = planned(token(1, "old"), expired(2, "new"), name="new", api_token_id=id_of(1))
        assert [type(step) for step in made.steps] == [Patch]

    def test_an_id_is_compared_without_case(self) -> None:
        there = token(id="ABCDEF" * 4)
        assert planned(there, name=None, api_token_id="abcdef" * 4).before == there

    def test_names_are_compared_exactly(self) -> None:
        for name in ("X", "x ", "x*", "*", "xx"):
            assert planned(token(1, name)).makes_token


class TestRefusals:
    @pytest.mark.parametrize("state", ["present", "absent"])
    @pytest.mark.parametrize("number", [2, 5])
    def test_several_of_one_name(self, state: str, number: int) -> None:
        """Promise 2."""
        tokens = [token(index) for index in range(number)]
        error = refusal_of(*tokens, state=state)
        assert error.failure["ids"] == [there.id for there in tokens]
        assert all(there.id in str(error) for there in tokens)
        assert "Nothing was written" in str(error)

    def test_an_id_that_is_not_there(self) -> None:
        assert id_of(9) in str(refusal_of(token(1), api_token_id=id_of(9)))

    def test_an_id_of_an_expired_token(self) -> None:
        error = refusal_of(expired(1), api_token_id=id_of(1))
        assert "expired at 2026-11-24T07:59:59.000Z" in str(error)

    @pytest.mark.parametrize(
        ("declared", "field", "values"),
        [
            ({"scope": ("b.get", "a.get")}, "scope", ["[all.Application]", "[a.get, b.get]"]),
            ({"expiration_date": NOW + DAY}, "expiration_date", ["none", format_time(NOW + DAY)]),
        ],
    )
    def test_a_difference_that_can_not_be_changed(
        self, declared: dict[str, Any], field: str, values: list[str]
    ) -> None:
        """Promise 3: the message names each field with both values."""
        error = refusal_of(token(), **declared)
        assert f"{field} is {values[0]}, declared is {values[1]}" in str(error)
        assert error.failure["fields"] == [field]
        assert "recreate=state_change" in str(error)

    def test_all_such_differences_are_named(self) -> None:
        """Promise 3."""
        error = refusal_of(token(expiration_date=NOW + DAY), scope=("a.get",), never_expires=True, description="new")
        assert error.failure["fields"] == ["scope", "expiration_date"]
        assert "declared is none" in str(error)

    @pytest.mark.parametrize("recreate", ["state_change", "always"])
    def test_a_replacement_by_id(self, recreate: str) -> None:
        error = refusal_of(token(), api_token_id=id_of(1), scope=("a.get",), recreate=recreate)
        assert "api_token_id" in str(error)

    @pytest.mark.parametrize("declared", [{"state": "absent"}, {"status": "inactive"}, {"recreate": "always"}])
    @pytest.mark.parametrize("by_id", [False, True])
    def test_the_callers_own_token(self, declared: dict[str, Any], by_id: bool) -> None:
        """Promise 11."""
        if by_id and "recreate" in declared:
            declared = {**declared, "state": "absent"}
        selector = {"name": None, "api_token_id": id_of(1)} if by_id else {}
        there = token(id=id_of(1))
        assert "allow_self_revoke" in str(refusal_of(there, caller=id_of(1), **selector, **declared))
        assert planned(there, caller=id_of(1), allow_self_revoke=True, **selector, **declared).steps
        assert planned(there, caller=id_of(2), **selector, **declared).steps

    @pytest.mark.parametrize("declared", [{}, {"description": "new"}, {"status": "active"}])
    def test_the_callers_own_token_may_be_changed_otherwise(self, declared: dict[str, Any]) -> None:
        planned(token(status="inactive"), caller=id_of(1), **declared)


class TestReplace:
    FIELDS: ClassVar[dict[str, Any]] = {"description": "d", "status": "inactive", "scope": ("a.get",)}

    def test_the_new_one_comes_first(self) -> None:
        """Promise 6."""
        there = token()
        made = planned(there, scope=("devices.get",), recreate="state_change")
        assert [type(step) for step in made.steps] == [Create, Delete]
        assert made.steps[1] == Delete(there, otherwise="x ~superseded:2026-11-24T08:00:00Z")
        assert made.before == there
        assert made.changed_fields == ["scope"]

    def test_what_is_not_declared_is_taken_over(self) -> None:
        there = token(**self.FIELDS, creation_date=NOW - 3 * DAY, expiration_date=NOW + 4 * DAY)
        made = planned(there, recreate="always")
        assert created(made) == {"name": "x", **self.FIELDS, "expiration_date": NOW + 7 * DAY}
        assert made.changed_fields == ["expiration_date"]

    @pytest.mark.parametrize(
        ("declared", "expected"),
        [
            ({"never_expires": True}, None),
            ({"expires_in": 2 * DAY}, NOW + 2 * DAY),
            ({"expiration_date": NOW + 5 * DAY}, NOW + 5 * DAY),
            ({}, NOW + 7 * DAY),
        ],
    )
    def test_what_is_declared_wins(self, declared: dict[str, Any], expected: datetime | None) -> None:
        there = token(creation_date=NOW - 3 * DAY, expiration_date=NOW + 4 * DAY)
        fields = created(planned(there, recreate="always", **declared))
        assert fields.get("expiration_date") == expected

    def test_an_expired_one_is_replaced(self) -> None:
        """Promise 8."""
        there = expired(**self.FIELDS)
        made = planned(there)
        assert created(made) == {"name": "x", **self.FIELDS, "expiration_date": NOW + 10 * DAY}
        assert made.steps[1:] == (Delete(there, cleaning=True),)
        assert made.before is None

    def test_the_youngest_expired_one_is_the_one_to_take_over_from(self) -> None:
        tokens = [expired(1, description="old", creation_date=NOW - 30 * DAY), expired(2, description="young")]
        for order in (tokens, tokens[::-1]):
            made = planned(*order)
            assert created(made)["description"] == "young"
            assert made.steps[1:] == (Delete(tokens[0], cleaning=True), Delete(tokens[1], cleaning=True))

    def test_expired_ones_stay_as_long_as_nothing_is_made(self) -> None:
        assert planned(token(1), expired(2)).steps == ()

    def test_expired_ones_go_with_the_one_that_is_replaced(self) -> None:
        made = planned(token(1), expired(2), recreate="always")
        assert [step.token.id for step in made.steps if isinstance(step, Delete)] == [id_of(2), id_of(1)]

    def test_a_life_of_unknown_length_must_be_declared(self) -> None:
        there = expired(creation_date=None)
        assert "expires_in" in str(refusal_of(there))
        assert planned(there, expires_in=DAY).makes_token

    @pytest.mark.parametrize("life", [timedelta(0), -DAY, timedelta(milliseconds=1)])
    def test_a_life_that_never_was_must_be_declared(self, life: timedelta) -> None:
        there = expired(creation_date=NOW - DAY, expiration_date=NOW - DAY + life)
        now = NOW + timedelta(milliseconds=500)
        with pytest.raises(PlanError, match="expires_in"):
            plan(Declaration(name="x"), [there], now)
        assert plan(Declaration(name="x", never_expires=True), [there], now).makes_token


class TestAbsent:
    def test_nothing_is_there(self) -> None:
        made = planned(token(1, "other"), state="absent")
        assert (made.steps, made.before, made.after, made.changed_fields) == ((), None, None, [])

    def test_by_name_with_all_expired_ones(self) -> None:
        tokens = [token(1), expired(2), expired(3)]
        made = planned(*tokens, state="absent")
        assert {step.token.id for step in made.steps if isinstance(step, Delete)} == {there.id for there in tokens}
        assert made.steps[-1] == Delete(tokens[0])
        assert made.before == tokens[0]
        assert made.after is None
        assert made.changed_fields == []

    @pytest.mark.parametrize("there", [token(1), expired(1)])
    def test_by_id_that_one_alone(self, there: Token) -> None:
        made = planned(there, token(2), expired(3), state="absent", api_token_id=id_of(1))
        assert made.steps == (Delete(there),)

    def test_by_an_id_that_is_not_there(self) -> None:
        assert planned(token(1), state="absent", api_token_id=id_of(9)).steps == ()

    def test_what_else_is_declared_does_not_matter(self) -> None:
        declared: dict[str, Any] = {"scope": ("a.get",), "recreate": "always", "description": "d"}
        assert [type(step) for step in planned(token(1), state="absent", **declared).steps] == [Delete]


def test_a_plan_is_an_error_of_the_collection() -> None:
    assert issubclass(PlanError, LosantError)
    assert PlanError("x").failure == {"kind": "declaration"}
