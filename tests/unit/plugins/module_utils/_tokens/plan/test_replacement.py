# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.replacement import new_token_fields
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    NOW,
    expired,
    superseded,
    token,
)

OLD: dict[str, Any] = {"description": "d", "status": "inactive", "scope": ("a.get",)}


def fields(predecessor: Token | None = None, **declared: Any) -> dict[str, Any]:
    return new_token_fields(Declaration(name="x", **declared), predecessor, NOW)


def test_without_a_predecessor_only_what_is_declared() -> None:
    assert fields() == {"name": "x"}
    assert fields(status="inactive", description="") == {"name": "x", "status": "inactive", "description": ""}


def test_what_is_not_declared_is_taken_over() -> None:
    assert fields(token(**OLD)) == {"name": "x", **OLD}
    there = token(**OLD, creation_date=NOW - 2 * DAY, expiration_date=NOW + DAY)
    assert fields(there) == {"name": "x", **OLD, "expiration_date": NOW + 3 * DAY}


@pytest.mark.parametrize("declared", [{"description": ""}, {"status": "active"}, {"scope": ("b.get",)}])
def test_what_is_declared_wins(declared: dict[str, Any]) -> None:
    assert fields(token(**OLD), **declared) == {"name": "x", **OLD, **declared}


@pytest.mark.parametrize("until", [NOW, None])
def test_the_status_of_a_superseded_one_says_nothing(until: Any) -> None:
    assert "status" not in fields(superseded(1, until, **OLD))
    assert fields(superseded(1, until, **OLD), status="inactive")["status"] == "inactive"
    assert fields(superseded(1, until, **OLD))["scope"] == ("a.get",)


def test_the_name_is_the_declared_one() -> None:
    assert fields(superseded(1, NOW))["name"] == "x"


def test_an_empty_scope_can_not_be_taken_over() -> None:
    with pytest.raises(PlanError, match="Declare scope"):
        fields(token(scope=()))
    assert fields(token(scope=()), scope=("a.get",))["scope"] == ("a.get",)


def test_the_length_of_a_life_is_taken_over_to_the_second() -> None:
    there = expired(creation_date=NOW - 3 * DAY, expiration_date=NOW - DAY)
    later = NOW + timedelta(milliseconds=900)
    assert new_token_fields(Declaration(name="x"), there, later)["expiration_date"] == NOW + 2 * DAY


@pytest.mark.parametrize("declared", [{"never_expires": True}, {"expires_in": DAY}, {"expiration_date": NOW + DAY}])
def test_a_declared_life_needs_no_other(declared: dict[str, Any]) -> None:
    there = expired(creation_date=None)
    assert fields(there, **declared).get("expiration_date") == (None if "never_expires" in declared else NOW + DAY)


@pytest.mark.parametrize("times", [{"creation_date": None}, {"creation_date": NOW}])
def test_a_life_of_no_use_must_be_declared(times: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match="Declare expires_in or expiration_date"):
        fields(expired(**times))


def test_a_life_that_ends_beyond_all_calendars() -> None:
    with pytest.raises(InvalidOptionError, match="9999"):
        fields(expires_in=timedelta(days=999_999_999))
