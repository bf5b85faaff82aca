# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a new token inherits, and how the old one is retired."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.replacement import (
    new_token_fields,
    retire,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Delete,
    Patch,
    Purpose,
    Superseded,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    NOW,
    expired,
    superseded,
    token,
)

OLD: dict[str, Any] = {"description": "d", "status": "inactive", "scope": ("a.get",)}
LAST_SECOND = datetime.max.replace(microsecond=0, tzinfo=UTC)
NAME_NOW = "x ~superseded:2026-11-24T08:00:00Z"
NAME_TOMORROW = "x ~superseded:2026-11-25T08:00:00Z"


def fields(predecessor: ApiToken | None = None, **declared: Any) -> dict[str, Any]:
    return new_token_fields(Declaration(name="x", **declared), predecessor, NOW, ApiToken.resource)


class TestNewTokenFields:
    def test_without_a_predecessor_only_what_is_declared(self) -> None:
        assert fields() == {"name": "x"}
        assert fields(status="inactive", description="") == {"name": "x", "status": "inactive", "description": ""}

    def test_what_is_not_declared_is_inherited(self) -> None:
        assert fields(token(**OLD)) == {"name": "x", **OLD}
        existing = token(**OLD, creation_date=NOW - 2 * DAY, expiration_date=NOW + DAY)
        assert fields(existing) == {"name": "x", **OLD, "expiration_date": NOW + 3 * DAY}

    @pytest.mark.parametrize("declared", [{"description": ""}, {"status": "active"}, {"scope": ("b.get",)}], ids=str)
    def test_what_is_declared_is_not_inherited(self, declared: dict[str, Any]) -> None:
        assert fields(token(**OLD), **declared) == {"name": "x", **OLD, **declared}

    @pytest.mark.parametrize("until", [NOW, None])
    def test_the_status_of_a_superseded_token_is_not_inherited(self, until: Any) -> None:
        assert "status" not in fields(superseded(1, until, **OLD))
        assert fields(superseded(1, until, **OLD), status="inactive")["status"] == "inactive"
        assert fields(superseded(1, until, **OLD))["scope"] == ("a.get",)

    def test_the_name_is_the_declared_one(self) -> None:
        assert fields(superseded(1, NOW))["name"] == "x"

    def test_an_empty_scope_cannot_be_inherited(self) -> None:
        with pytest.raises(PlanError, match="Declare scope"):
            fields(token(scope=()))
        assert fields(token(scope=()), scope=("a.get",))["scope"] == ("a.get",)


class TestLifetime:
    OLD = token(creation_date=NOW - 3 * DAY, expiration_date=NOW + 4 * DAY)

    @pytest.mark.parametrize(
        ("declared", "expected"),
        [
            ({"never_expires": True}, None),
            ({"expires_in": 2 * DAY}, NOW + 2 * DAY),
            ({"expiration_date": NOW + 5 * DAY}, NOW + 5 * DAY),
            ({}, NOW + 7 * DAY),
        ],
        ids=str,
    )
    def test_the_declared_lifetime_or_that_of_the_old_token(
        self, declared: dict[str, Any], expected: datetime | None
    ) -> None:
        assert fields(self.OLD, **declared).get("expiration_date") == expected

    def test_the_lifetime_is_inherited_to_the_second(self) -> None:
        later = NOW + timedelta(milliseconds=900)
        assert (
            new_token_fields(Declaration(name="x"), self.OLD, later, ApiToken.resource)["expiration_date"]
            == NOW + 7 * DAY
        )

    @pytest.mark.parametrize(
        ("times", "words"),
        [
            ({"creation_date": None}, "Losant does not show when it was created"),
            ({"creation_date": NOW}, "it was expired from the start"),
            ({"creation_date": NOW - timedelta(seconds=1)}, "it was expired from the start"),
            ({"creation_date": NOW, "expiration_date": LAST_SECOND}, "would expire beyond the year 9999"),
        ],
        ids=["unknown", "negative", "zero", "to the end of the calendar"],
    )
    def test_a_lifetime_that_cannot_be_inherited(self, times: dict[str, Any], words: str) -> None:
        later = NOW + timedelta(seconds=1)
        old = expired(**times)
        with pytest.raises(PlanError, match=words) as caught:
            new_token_fields(Declaration(name="x"), old, later, ApiToken.resource)
        assert "Declare expires_in or expiration_date." in str(caught.value)
        declared = Declaration(name="x", expires_in=DAY)
        assert new_token_fields(declared, old, later, ApiToken.resource)["expiration_date"] == later + DAY

    def test_a_declared_lifetime_beyond_the_calendar(self) -> None:
        with pytest.raises(InvalidOptionError, match="expires_in reaches beyond the year 9999"):
            fields(expires_in=timedelta(days=999_999_999))


def retired(old: ApiToken, *, staged: bool, **declared: Any) -> tuple[list[Any], list[Any], Superseded]:
    result = retire(old, Declaration(name="x", **declared), NOW, staged=staged)
    return [*result.before_naming], [*result.after_naming], result.superseded


class TestRetire:
    @pytest.mark.parametrize("staged", [False, True])
    def test_delete(self, staged: bool) -> None:
        before, after, entry = retired(token(), staged=staged)
        assert before == ([Patch(token(), {"name": NAME_NOW}, Purpose.FREE_NAME)] if staged else [])
        assert after == [Delete(token(), Purpose.RETIRE, fallback_name=NAME_NOW)]
        assert entry == Superseded(token(), "x", "deleted")

    @pytest.mark.parametrize("staged", [False, True])
    @pytest.mark.parametrize("status", ["active", "inactive"])
    def test_deactivate(self, staged: bool, status: str) -> None:
        old = token(status=status)
        before, after, entry = retired(old, staged=staged, superseded="deactivate")
        assert before == [Patch(old, {"name": NAME_NOW}, Purpose.FREE_NAME)]
        assert after == ([Patch(old, {"status": "inactive"}, Purpose.RETIRE)] if status == "active" else [])
        assert entry == Superseded(old, NAME_NOW, "deactivated")

    @pytest.mark.parametrize("expiration", [None, NOW + DAY])
    def test_keep_for_as_long_as_the_token_lives(self, expiration: datetime | None) -> None:
        old = token(expiration_date=expiration)
        name = NAME_TOMORROW if expiration else "x ~superseded:never"
        before, after, entry = retired(old, staged=True, superseded="keep", superseded_after=9 * DAY)
        assert (before, after) == ([Patch(old, {"name": name}, Purpose.FREE_NAME)], [])
        assert entry == Superseded(old, name, "kept", expiration)

    @pytest.mark.parametrize("superseded", ["delete", "deactivate"])
    def test_a_grace_period_leaves_the_rest_to_a_later_run(self, superseded: str) -> None:
        before, after, entry = retired(token(), staged=False, superseded=superseded, superseded_after=DAY)
        assert (before, after) == ([Patch(token(), {"name": NAME_TOMORROW}, Purpose.FREE_NAME)], [])
        assert entry == Superseded(token(), NAME_TOMORROW, "kept", NOW + DAY)

    @pytest.mark.parametrize(
        ("staged", "declared"),
        [
            (True, {}),
            (False, {"superseded": "keep"}),
            (False, {"superseded": "deactivate"}),
            (False, {"superseded_after": DAY}),
        ],
        ids=["staged", "keep", "deactivate", "grace period"],
    )
    def test_a_name_without_room_for_the_suffix(self, staged: bool, declared: dict[str, Any]) -> None:
        with pytest.raises(InvalidOptionError, match="Choose a shorter name"):
            retired(token(name="x" * 223), staged=staged, **declared)
        assert retired(token(name="x" * 222), staged=staged, **declared)[0]

    def test_a_long_name_that_needs_no_suffix(self) -> None:
        """There is no name then that shows a later run which token is the old one."""
        _before, [delete], _entry = retired(token(name="x" * 255), staged=False)
        assert delete.fallback_name is None
