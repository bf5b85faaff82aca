# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which steps are planned, case by case. test_properties.py says what holds in every case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    CheckConflicts,
    Create,
    Delete,
    Deliver,
    FixFile,
    Name,
    Patch,
    Purpose,
    RemoveFile,
    Verify,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.planning import (
    fields_sent,
    file_with,
    no_file,
    planned,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    NOW,
    SECOND,
    expired,
    id_of,
    pending,
    superseded,
    token,
)

NAME_NOW = "x ~superseded:2026-11-24T08:00:00Z"


class TestCreate:
    def test_with_a_name_alone(self) -> None:
        result = planned()
        assert fields_sent(result) == {"name": "x"}
        assert result.before is None
        assert result.after == ApiToken(id="", name="x", owner_type="application")
        assert result.changed_fields == ["name", "status", "scope"]
        assert result.creates

    def test_with_everything(self) -> None:
        declared: dict[str, Any] = {"description": "d", "status": "inactive", "scope": ("devices.get",)}
        result = planned(**declared, expiration_date=NOW + DAY)
        assert fields_sent(result) == {"name": "x", **declared, "expiration_date": NOW + DAY}
        assert result.changed_fields == ["name", "description", "status", "scope", "expiration_date"]
        assert result.warnings == ()

    def test_without_a_scope_the_task_warns(self) -> None:
        [warning] = planned().warnings
        assert "all.Application" in warning
        assert "List the scopes that it needs." in warning

    def test_an_unknown_scope_is_warned_about(self) -> None:
        [warning] = planned(scope=("devices.got",)).warnings
        assert "'devices.got'" in warning

    def test_a_lifetime_counts_from_the_whole_second(self) -> None:
        result = planned(now=NOW + timedelta(microseconds=999_999), expires_in=DAY)
        assert fields_sent(result)["expiration_date"] == NOW + DAY

    @pytest.mark.parametrize("staged", [False, True])
    def test_the_order_of_all_steps(self, staged: bool) -> None:
        result = planned(file=no_file(), verify=True, staged=staged)
        staged_steps = [Create, Deliver, Verify, Name, CheckConflicts]
        direct_steps = [Create, CheckConflicts, Deliver, Verify]
        assert [type(step) for step in result.steps] == (staged_steps if staged else direct_steps)
        [create] = [step for step in result.steps if isinstance(step, Create)]
        assert create.staged is staged
        assert (result.creates, result.delivers, result.removes_file) == (True, True, False)

    def test_an_inactive_token_is_not_verified(self) -> None:
        """Losant accepts no secret of an inactive token."""
        assert not any(isinstance(step, Verify) for step in planned(verify=True, status="inactive").steps)

    def test_a_staged_name_must_leave_room_for_the_suffix(self) -> None:
        assert planned(name="x" * 255).creates
        with pytest.raises(InvalidOptionError, match="Choose a shorter name"):
            planned(name="x" * 255, staged=True)


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
            {"token_id": id_of(1)},
            {"token_id": id_of(1), "name": None},
        ],
        ids=str,
    )
    def test_a_declaration_that_is_met_needs_nothing(self, declared: dict[str, Any]) -> None:
        """Promise 1."""
        existing = token(description="d", scope=("a.get", "b.get"), expiration_date=NOW + DAY)
        result = planned(existing, **declared)
        assert result.steps == ()
        assert result.before == result.after == existing
        assert result.changed_fields == []
        assert not result.creates

    @pytest.mark.parametrize(
        "changes",
        [
            {"description": "new"},
            {"description": ""},
            {"status": "inactive"},
            {"description": "", "status": "inactive"},
        ],
        ids=str,
    )
    def test_what_can_be_changed_is_patched(self, changes: dict[str, Any]) -> None:
        existing = token(description="d")
        result = planned(existing, **changes)
        assert result.steps == (Patch(existing, changes, Purpose.UPDATE),)
        assert result.changed_fields == sorted(changes)

    def test_an_empty_description_equals_none(self) -> None:
        assert planned(token(description=None), description="").steps == ()

    def test_an_inactive_token_is_present_and_is_activated_only_if_that_is_declared(self) -> None:
        """Promise 8."""
        existing = token(status="inactive")
        assert planned(existing).steps == ()
        assert planned(existing, status="inactive").steps == ()
        assert planned(existing, status="active").steps == (Patch(existing, {"status": "active"}, Purpose.UPDATE),)

    def test_a_rename_by_id(self) -> None:
        existing = token(1, "old")
        result = planned(existing, name="new", token_id=id_of(1))
        assert result.steps == (Patch(existing, {"name": "new"}, Purpose.UPDATE),)
        assert result.changed_fields == ["name"]

    def test_a_rename_to_the_name_of_an_expired_token(self) -> None:
        result = planned(token(1, "old"), expired(2, "new"), name="new", token_id=id_of(1))
        assert [type(step) for step in result.steps] == [Patch]

    def test_an_id_is_compared_without_case(self) -> None:
        existing = token(id="ABCDEF" * 4)
        assert planned(existing, name=None, token_id="abcdef" * 4).before == existing

    @pytest.mark.parametrize("name", ["X", "x ", "x*", "*", "xx"])
    def test_names_are_compared_exactly(self, name: str) -> None:
        assert planned(token(1, name)).creates

    def test_the_attributes_of_a_file_are_corrected(self) -> None:
        wrong = file_with(Holding(id_of(1)), attributes={"mode": "0644"}, wanted={"mode": "0600"})
        assert planned(token(), file=wrong).steps == (FixFile(),)


class TestReplace:
    FIELDS: ClassVar[dict[str, Any]] = {"description": "d", "status": "inactive", "scope": ("a.get",)}

    def test_the_new_token_is_created_before_the_old_one_is_deleted(self) -> None:
        """Promise 6."""
        existing = token()
        result = planned(existing, scope=("devices.get",), recreate="state_change")
        assert result.steps[1:] == (CheckConflicts("x"), Delete(existing, Purpose.RETIRE, fallback_name=NAME_NOW))
        assert isinstance(result.steps[0], Create)
        assert result.before == existing
        assert result.changed_fields == ["scope"]

    @pytest.mark.parametrize(
        ("declared", "retirement"),
        [
            ({}, [Delete(token(), Purpose.RETIRE, NAME_NOW)]),
            ({"superseded": "deactivate"}, [Patch(token(), {"status": "inactive"}, Purpose.RETIRE)]),
            ({"superseded": "keep"}, []),
        ],
        ids=["delete", "deactivate", "keep"],
    )
    def test_staged_the_name_is_freed_and_given_before_the_retirement(
        self, declared: dict[str, Any], retirement: list[Any]
    ) -> None:
        """Promise 2: at no moment do two tokens have the name."""
        until = "never" if declared.get("superseded") == "keep" else NAME_NOW.partition(":")[2]
        free = Patch(token(), {"name": f"x ~superseded:{until}"}, Purpose.FREE_NAME)
        result = planned(token(), recreate="always", staged=True, **declared)
        assert [*result.steps[1:]] == [free, Name("x"), CheckConflicts("x"), *retirement]

    def test_what_is_not_declared_is_inherited(self) -> None:
        existing = token(**self.FIELDS, creation_date=NOW - 3 * DAY, expiration_date=NOW + 4 * DAY)
        result = planned(existing, recreate="always")
        assert fields_sent(result) == {"name": "x", **self.FIELDS, "expiration_date": NOW + 7 * DAY}
        assert result.changed_fields == ["expiration_date"]

    def test_an_expired_token_does_not_count_as_present(self) -> None:
        """Promise 8."""
        existing = expired(**self.FIELDS)
        result = planned(existing)
        assert fields_sent(result) == {"name": "x", **self.FIELDS, "expiration_date": NOW + 10 * DAY}
        assert result.writes == (Delete(existing, Purpose.CLEAN_UP),)
        assert result.before is None
        assert (result.rotation.due, result.rotation.reason) == (True, "expired")

    def test_a_new_token_inherits_from_the_youngest_expired_one(self) -> None:
        tokens = [expired(1, description="old", creation_date=NOW - 30 * DAY), expired(2, description="young")]
        for order in (tokens, tokens[::-1]):
            result = planned(*order)
            assert fields_sent(result)["description"] == "young"
            assert result.writes == tuple(Delete(token, Purpose.CLEAN_UP) for token in tokens)

    def test_expired_tokens_stay_until_one_is_created(self) -> None:
        assert planned(token(1), expired(2)).steps == ()
        result = planned(token(1), expired(2), recreate="always")
        assert [(step.token.id, step.purpose) for step in result.writes] == [
            (id_of(2), Purpose.CLEAN_UP),
            (id_of(1), Purpose.RETIRE),
        ]

    @pytest.mark.parametrize(
        ("old", "status", "words"),
        [
            (expired(status="inactive"), "inactive", "is inactive, as its predecessor"),
            (superseded(1, NOW, status="inactive"), "active", "is active. Its predecessor"),
        ],
        ids=["expired", "superseded"],
    )
    def test_the_status_of_an_inactive_predecessor_is_mentioned(self, old: ApiToken, status: str, words: str) -> None:
        result = planned(old, scope=("devices.get",))
        assert result.after is not None
        assert result.after.status == status
        [warning] = result.warnings
        assert words in warning
        assert id_of(1) in warning
        assert planned(old, scope=("devices.get",), status=status).warnings == ()

    @pytest.mark.parametrize("superseded", ["delete", "deactivate"])
    def test_a_grace_period_beyond_the_calendar_is_refused(self, superseded: str) -> None:
        with pytest.raises(InvalidOptionError, match="superseded_after reaches beyond the year 9999"):
            planned(token(), recreate="always", superseded=superseded, superseded_after=timedelta(days=9_999_999))

    def test_a_token_that_expires_at_the_end_of_the_calendar_is_kept(self) -> None:
        last = datetime.max.replace(tzinfo=NOW.tzinfo)
        result = planned(token(expiration_date=last), recreate="always", superseded="keep", expires_in=DAY)
        [entry] = result.superseded
        assert (entry.name, entry.until) == ("x ~superseded:9999-12-31T23:59:59Z", last)


class TestAbsent:
    def test_nothing_exists(self) -> None:
        result = planned(token(1, "other"), state="absent")
        assert (result.steps, result.before, result.after, result.changed_fields) == ((), None, None, [])

    def test_by_name_with_all_leftovers_and_the_current_one_last(self) -> None:
        tokens = [pending(1), superseded(2, NOW), superseded(3, None), expired(4), token(5)]
        result = planned(token(6, "y"), *tokens, state="absent")
        assert {step.token.id for step in result.writes} == {existing.id for existing in tokens}
        assert result.steps[-1] == Delete(tokens[-1], Purpose.REMOVE)
        assert (result.before, result.after, result.changed_fields) == (tokens[-1], None, [])

    @pytest.mark.parametrize("existing", [token(1), expired(1)], ids=["unexpired", "expired"])
    def test_by_id_that_one_alone(self, existing: ApiToken) -> None:
        result = planned(existing, token(2), expired(3), state="absent", token_id=id_of(1))
        assert result.steps == (Delete(existing, Purpose.REMOVE),)

    def test_by_an_id_that_does_not_exist(self) -> None:
        assert planned(token(1), state="absent", token_id=id_of(9)).steps == ()

    def test_what_else_is_declared_does_not_matter(self) -> None:
        declared: dict[str, Any] = {"scope": ("a.get",), "recreate": "always", "rotate_before": DAY, "expires_in": DAY}
        result = planned(token(1), state="absent", **declared)
        assert (result.steps, result.warnings) == ((Delete(token(1), Purpose.REMOVE),), ())

    @pytest.mark.parametrize(
        ("holding", "is_removed"),
        [
            (Holding(id_of(1)), True),
            (Holding(id_of(2)), False),
            (Holding(opaque=True, accepted=True), True),
            (Holding(opaque=True), False),
            (Holding(), False),
        ],
        ids=["this token's", "another one's", "opaque and accepted", "opaque and refused", "no secret"],
    )
    def test_a_file_is_removed_only_if_it_holds_the_secret(self, holding: Holding, is_removed: bool) -> None:
        result = planned(token(1), state="absent", file=file_with(holding))
        assert (RemoveFile() in result.steps) is result.removes_file is is_removed

    def test_a_file_that_does_not_exist_is_not_removed(self) -> None:
        assert not planned(token(1), state="absent", file=no_file()).removes_file


class TestOwnTokenLast:
    """Once the token that the task authenticates with is revoked, Losant accepts nothing more."""

    def test_among_several_that_are_deleted(self) -> None:
        tokens = [token(1), superseded(2, None)]
        result = planned(*tokens, state="absent", caller_id=id_of(2), allow_self_revoke=True)
        assert [step.token.id for step in result.writes] == [id_of(1), id_of(2)]

    def test_the_file_with_its_secret_is_needed_until_then(self) -> None:
        file = file_with(Holding(id_of(1)))
        result = planned(token(1), state="absent", caller_id=id_of(1), allow_self_revoke=True, file=file)
        assert [type(step) for step in result.steps] == [Delete, RemoveFile]

    def test_a_leftover_that_is_its_own_token(self) -> None:
        tokens = [token(1), superseded(2, NOW - SECOND)]
        case: dict[str, Any] = {"caller_id": id_of(2), "allow_self_revoke": True}
        result = planned(*tokens, recreate="always", **case)
        assert [step.token.id for step in result.writes] == [id_of(1), id_of(2)]
