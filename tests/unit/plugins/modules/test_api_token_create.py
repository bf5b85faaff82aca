# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``api_token`` creates a token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    methods,
    posted,
    the_token,
    without_token,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Sandbox

#: The requests of a task that creates a token.
REQUESTS = {"true": ["GET", "POST", "PATCH", "GET"], "false": ["GET", "POST", "GET"]}


def test_the_requests_of_a_creation(sandbox: Sandbox, either_way: Task, staged: str) -> None:
    sandbox.seed(tokens=[{"name": f"other {number}"} for number in range(20)])
    either_way(name="x")
    assert methods(sandbox) == REQUESTS[staged]


def test_only_the_name_is_sent_by_default(sandbox: Sandbox, api_token: Task) -> None:
    result = api_token(name="x")
    assert posted(sandbox) == [{"name": "x"}]
    assert result["api_token"]["scope"] == ["all.Application"]
    assert result["api_token"]["status"] == "active"
    assert result["api_token"]["expiration_date"] is None
    assert result["api_token"]["description"] is None


def test_every_declared_field_is_sent(sandbox: Sandbox, api_token: Task) -> None:
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


def test_the_returned_token_is_as_losant_shows_it(sandbox: Sandbox, api_token: Task) -> None:
    result = api_token(name="x", scope=["devices.get"])
    created = the_token(sandbox)
    assert result["api_token"] == {
        "id": created["id"],
        "api_token_id": created["id"],
        "name": "x",
        "description": None,
        "status": "active",
        "scope": ["devices.get"],
        "expiration_date": None,
        "expired": False,
        "superseded": False,
        "pending": False,
        "creation_date": created["creationDate"],
        "last_updated": created["lastUpdated"],
        "owner_id": sandbox.application_id,
        "owner_type": "application",
        "creator_id": created["creatorId"],
        "creator_type": created["creatorType"],
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
        ("2027-01-01T04:00:00+05:30", "2026-12-31T22:30:00.000Z"),
        ("2027-06-30T12:00:00.123987Z", "2027-06-30T12:00:00.123Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_expiration_date_is_sent_as_losant_writes_times(
    sandbox: Sandbox, api_token: Task, given: str, sent: str
) -> None:
    api_token(name="x", expiration_date=given)
    assert posted(sandbox) == [{"name": "x", "expirationDate": sent}]


@pytest.mark.parametrize(
    ("given", "date"), [("90d", "2027-02-22T08:00:00.000Z"), ("1d12h15s", "2026-11-25T20:00:15.000Z")]
)
def test_expires_in_counts_from_now(sandbox: Sandbox, api_token: Task, given: str, date: str) -> None:
    api_token(name="x", expires_in=given)
    assert the_token(sandbox)["expirationDate"] == date


def test_with_an_empty_expiration_date_a_token_never_expires(sandbox: Sandbox, api_token: Task) -> None:
    api_token(name="x", expiration_date="")
    assert posted(sandbox) == [{"name": "x"}]


def test_a_token_created_without_a_declared_scope_is_warned_about(rehearsed: Rehearsed) -> None:
    (warning,) = rehearsed(name="x")["warnings"]
    assert "'x'" in warning
    assert "all.Application" in warning
    assert rehearsed(name="y", scope=["devices.get"])["warnings"] == []


def test_an_existing_token_without_a_declared_scope_is_not(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x")
    assert api_token(name="x", description="d")["warnings"] == []


@pytest.mark.parametrize(("scope", "nearest"), [("devices.gett", "'devices.get'"), ("qqqqqqqqqqqqqqqq", None)])
def test_an_unknown_scope_is_sent_with_a_warning(
    sandbox: Sandbox, api_token: Task, scope: str, nearest: str | None
) -> None:
    """It may be newer than the collection."""
    created = {"id": "a" * 24, "name": "x", "scope": [scope]}
    sandbox.fault("status", method="POST", status=201, body={**created, "token": "s"})
    (warning,) = api_token(name="x", scope=[scope], staged="false")["warnings"]
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


@pytest.mark.parametrize("name", [" padded ", "a*b?[c]{d}", "Zoë 東京 🦜", "a/b\\c?d=e&f#g%20", "line\nbreak\ttab"])
def test_a_name_is_sent_unchanged(sandbox: Sandbox, api_token: Task, name: str) -> None:
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


def test_created_shows_whether_a_new_secret_exists(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    assert rehearsed(name="x", scope=["devices.get"])["created"] is True
    assert rehearsed(name="x", scope=["devices.get"])["created"] is False
    assert rehearsed(name="x", description="d")["created"] is False
    assert rehearsed(name="x", recreate="always")["created"] is True
    assert rehearsed(name="x", state="absent")["created"] is False


@pytest.mark.parametrize("return_token", [None, True, False])
def test_with_a_token_file_the_secret_is_returned_only_on_request(
    api_token: Task, tmp_path: Path, return_token: bool | None
) -> None:
    path = tmp_path / "token"
    result = api_token(name="x", scope=["devices.get"], token_file=str(path), return_token=return_token)
    secret = path.read_text(encoding="utf-8")
    assert result.get("token") == (secret if return_token else None)
    assert secret not in without_token(result)
    assert result["warnings"] == []


def test_a_secret_that_nobody_gets_is_warned_about(rehearsed: Rehearsed) -> None:
    result = rehearsed(name="x", scope=["devices.get"], return_token=False)
    assert "token" not in result
    assert ["cannot be read again" in warning for warning in result["warnings"]] == [True]


def test_losants_limit_of_tokens_is_shown(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.switch(token_limit=0)
    assert "API token limit has been reached" in failing_api_token(name="x")["msg"]
    assert sandbox.tokens() == []


def test_numbers_and_lists_in_a_string_are_converted(sandbox: Sandbox, api_token: Task) -> None:
    numbers: dict[str, Any] = {"name": 5, "description": 7.5, "scope": "devices.get,device.get"}
    api_token(**numbers)
    assert posted(sandbox) == [{"name": "5", "description": "7.5", "scope": ["devices.get", "device.get"]}]
