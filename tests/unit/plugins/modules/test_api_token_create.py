# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``api_token`` makes a token, staged and direct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, posted, the_token

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

#: The requests of a task that makes a token where there was none.
REQUESTS = {"true": ["GET", "POST", "PATCH", "GET"], "false": ["GET", "POST", "GET"]}
SECONDS = {"45s": "08:00:45", "30m": "08:30:00", "12h": "20:00:00", "1h30m15s": "09:30:15"}


@pytest.fixture
def api_token(either_way: Task) -> Task:
    return either_way


@pytest.fixture
def failing_api_token(failing_either_way: Task) -> Task:
    return failing_either_way


def test_the_requests_of_a_creation(sandbox: Sandbox, api_token: Task, staged: str) -> None:
    sandbox.seed(tokens=[{"name": f"other {number}"} for number in range(20)])
    api_token(name="x")
    assert methods(sandbox) == REQUESTS[staged]


def test_only_the_name_is_sent_by_default(sandbox: Sandbox, api_token: Task) -> None:
    result = api_token(name="x")
    assert posted(sandbox) == [{"name": "x"}]
    assert result["api_token"]["scope"] == ["all.Application"]
    assert result["api_token"]["status"] == "active"
    assert result["api_token"]["expiration_date"] is None
    assert result["api_token"]["description"] is None


def test_all_that_is_declared_is_sent(sandbox: Sandbox, api_token: Task) -> None:
    declared: dict[str, Any] = {
        "name": "x",
        "description": "d",
        "status": "inactive",
        "scope": ["devices.get", "device.*"],
    }
    result = api_token(**declared, expiration_date="2027-06-30T12:00:00Z")
    assert posted(sandbox) == [{**declared, "expirationDate": "2027-06-30T12:00:00.000Z"}]
    assert declared.items() <= result["api_token"].items()
    assert result["api_token"]["expiration_date"] == "2027-06-30T12:00:00.000Z"


def test_the_object_is_the_one_that_losant_made(sandbox: Sandbox, api_token: Task) -> None:
    result = api_token(name="x", scope=["devices.get"])
    made = the_token(sandbox)
    assert result["api_token"] == {
        "id": made["id"],
        "api_token_id": made["id"],
        "name": "x",
        "description": None,
        "status": "active",
        "scope": ["devices.get"],
        "expiration_date": None,
        "expired": False,
        "superseded": False,
        "pending": False,
        "creation_date": made["creationDate"],
        "last_updated": made["lastUpdated"],
        "owner_id": sandbox.application_id,
        "owner_type": "application",
        "creator_id": made["creatorId"],
        "creator_type": made["creatorType"],
        "creator_name": None,
    }


def test_changed_fields_and_diff_of_a_new_token(api_token: Task) -> None:
    result = api_token(name="x", scope=["devices.get"])
    assert sorted(result["changed_fields"]) == ["name", "scope", "status"]
    assert result["diff"] == {
        "before": {},
        "after": {
            "id": "(new)",
            "name": "x",
            "description": "",
            "status": "active",
            "scope": ["devices.get"],
            "expiration_date": None,
        },
    }


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("2027-06-30T12:00:00Z", "2027-06-30T12:00:00.000Z"),
        ("2027-06-30T12:00:00+00:00", "2027-06-30T12:00:00.000Z"),
        ("2027-06-30T14:00:00+02:00", "2027-06-30T12:00:00.000Z"),
        ("2027-01-01T04:00:00+05:30", "2026-12-31T22:30:00.000Z"),
        ("2027-06-30T12:00:00.1Z", "2027-06-30T12:00:00.100Z"),
        ("2027-06-30T12:00:00.123987Z", "2027-06-30T12:00:00.123Z"),
        ("2027-06-30t12:00:00z", "2027-06-30T12:00:00.000Z"),
        ("2027-06-30 12:00:00Z", "2027-06-30T12:00:00.000Z"),
        ("2028-02-29T00:00:00-01:00", "2028-02-29T01:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_expiration_date_is_sent_as_losant_writes_times(
    sandbox: Sandbox, api_token: Task, given: str, sent: str
) -> None:
    api_token(name="x", expiration_date=given)
    assert posted(sandbox) == [{"name": "x", "expirationDate": sent}]


@pytest.mark.parametrize(
    ("given", "date"),
    [
        *((given, f"2026-11-24T{time}.000Z") for given, time in SECONDS.items()),
        ("90d", "2027-02-22T08:00:00.000Z"),
        ("2w", "2026-12-08T08:00:00.000Z"),
        ("1d12h", "2026-11-25T20:00:00.000Z"),
        ("0d1h", "2026-11-24T09:00:00.000Z"),
    ],
)
def test_expires_in_counts_from_now(sandbox: Sandbox, api_token: Task, given: str, date: str) -> None:
    api_token(name="x", expires_in=given)
    assert the_token(sandbox)["expirationDate"] == date


def test_expires_in_is_never_compared(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", expirationDate="2026-11-24T08:00:01Z")
    assert not api_token(name="x", expires_in="90d", recreate="state_change")["changed"]


def test_an_empty_expiration_date_makes_a_token_for_ever(sandbox: Sandbox, api_token: Task) -> None:
    api_token(name="x", expiration_date="")
    assert posted(sandbox) == [{"name": "x"}]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_token_made_without_a_scope_gets_a_warning(api_token: Task, check: bool) -> None:
    (warning,) = api_token(name="x", _check=check)["warnings"]
    assert "'x'" in warning
    assert "all.Application" in warning
    assert api_token(name="y", scope=["devices.get"], _check=check)["warnings"] == []


def test_a_token_that_is_there_without_a_declared_scope_gets_no_warning(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x")
    assert api_token(name="x", description="d")["warnings"] == []


@pytest.mark.parametrize(
    ("scope", "nearest"),
    [
        ("devices.gett", "'devices.get'"),
        ("Devices.Get", "'devices.get'"),
        ("all.application", "'all.Application'"),
        ("all.Application.reads", "'all.Application.read'"),
        ("qqqqqqqqqqqqqqqq", None),
    ],
)
def test_an_unknown_scope_is_sent_with_a_warning(
    sandbox: Sandbox, api_token: Task, scope: str, nearest: str | None
) -> None:
    made = {"id": "a" * 24, "name": "x", "scope": [scope]}
    sandbox.fault("status", method="POST", status=201, body={**made, "token": "s"})
    sandbox.fault("status", method="PATCH", status=200, body=made)
    (warning,) = api_token(name="x", scope=[scope])["warnings"]
    assert repr(scope) in warning
    assert ("nearest" in warning) is (nearest is not None)
    assert nearest is None or nearest in warning
    assert posted(sandbox) == [{"name": "x", "scope": [scope]}]


def test_a_scope_that_losant_refuses_fails_with_the_nearest_known_one(
    sandbox: Sandbox, failing_api_token: Task
) -> None:
    result = failing_api_token(name="x", scope=["devices.gett"])
    assert "apiToken.scope" in result["msg"]
    assert ["'devices.get'" in warning for warning in result["warnings"]] == [True]
    assert sandbox.tokens() == []


def test_duplicate_scopes_are_sent_once(sandbox: Sandbox, api_token: Task) -> None:
    api_token(name="x", scope=["devices.get", "device.get", "devices.get"])
    assert posted(sandbox)[0]["scope"] == ["devices.get", "device.get"]


@pytest.mark.parametrize(
    "name",
    [
        "x" * 222,
        "a",
        " padded ",
        "*",
        "a*b?[c]{d}",
        "Zoë 東京 🦜",
        "a/b\\c?d=e&f#g%20",
        "line\nbreak\ttab",
        "'\"; --",
        "{{ x }}",
    ],
)
def test_a_name_is_taken_as_it_is(sandbox: Sandbox, api_token: Task, name: str) -> None:
    assert api_token(name=name, scope=["devices.get"])["api_token"]["name"] == name
    assert the_token(sandbox)["name"] == name
    assert not api_token(name=name, scope=["devices.get"])["changed"]


def test_names_are_compared_exactly(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed(tokens=[{"name": name} for name in ("X", "x ", " x", "xx", "x\n", "é")])
    assert api_token(name="x")["changed"]
    assert api_token(name="e\u0301")["changed"]
    assert not api_token(name="X")["changed"]


def test_another_applications_tokens_do_not_count(sandbox: Sandbox, api_token: Task) -> None:
    (other,) = sandbox.seed(applications=[{"id": "d" * 24}])["applications"]
    sandbox.seed_token("x", applicationId=other["id"])
    result = api_token(name="x")
    assert result["changed"]
    assert result["api_token"]["owner_id"] == sandbox.application_id


def test_an_id_in_capitals_is_the_same_id(sandbox: Sandbox, api_token: Task) -> None:
    token = sandbox.seed_token("x", id="ab" * 12)
    assert not api_token(application_id=sandbox.application_id.upper(), api_token_id=token["id"].upper())["changed"]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_secret_that_is_not_returned_is_warned_of(api_token: Task, check: bool) -> None:
    result = api_token(name="x", scope=["devices.get"], return_token=False, _check=check)
    assert "token" not in result
    assert ["can't be read again" in warning for warning in result["warnings"]] == [True]


def test_recreate_of_nothing_just_makes_it(sandbox: Sandbox, api_token: Task, staged: str) -> None:
    api_token(name="x", recreate="always")
    assert methods(sandbox) == REQUESTS[staged]
    assert the_token(sandbox)["name"] == "x"


def test_a_plan_over_the_limit_of_tokens_says_so(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.switch(token_limit=0)
    assert "API token limit has been reached" in failing_api_token(name="x")["msg"]
    assert sandbox.tokens() == []


def test_options_are_typed_for_any(sandbox: Sandbox, api_token: Task) -> None:
    numbers: dict[str, Any] = {"name": 5, "description": 7.5, "scope": "devices.get,device.get"}
    api_token(**numbers)
    assert posted(sandbox) == [{"name": "5", "description": "7.5", "scope": ["devices.get", "device.get"]}]
