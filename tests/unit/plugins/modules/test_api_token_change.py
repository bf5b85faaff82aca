# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``api_token`` finds a token, and changes what Losant can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import FUTURE, PAST
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    UNKNOWN_ID,
    bodies,
    ids,
    methods,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

EXISTING: dict[str, Any] = {"description": "old", "status": "active"}


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ({"description": ""}, {"description": ""}),
        ({"description": "old", "status": "inactive"}, {"status": "inactive"}),
        ({"description": "new", "status": "active"}, {"description": "new"}),
        ({"description": "new", "status": "inactive"}, {"description": "new", "status": "inactive"}),
    ],
    ids=str,
)
def test_one_patch_with_what_differs(
    sandbox: Sandbox, api_token: Task, declared: dict[str, Any], sent: dict[str, Any]
) -> None:
    sandbox.seed_token("x", **EXISTING)
    result = api_token(name="x", **declared)
    assert methods(sandbox) == ["GET", "PATCH"]
    assert bodies(sandbox, "PATCH") == [sent]
    assert sorted(result["changed_fields"]) == sorted(sent)
    assert result["changed"]
    assert not result["created"]
    assert "token" not in result
    assert {**EXISTING, **declared}.items() <= the_token(sandbox).items()


def test_one_patch_for_a_token_that_is_selected_by_its_id(sandbox: Sandbox, api_token: Task) -> None:
    token = sandbox.seed_token("x", **EXISTING)
    api_token(api_token_id=token["id"], description="new", status="active")
    assert methods(sandbox) == ["GET", "PATCH"]
    assert bodies(sandbox, "PATCH") == [{"description": "new"}]


def test_the_diff_of_an_update(sandbox: Sandbox, api_token: Task) -> None:
    token = sandbox.seed_token("x", **EXISTING, scope=["devices.get", "device.get"], expirationDate=FUTURE)
    before = {
        "id": token["id"],
        "name": "x",
        **EXISTING,
        "scope": ["device.get", "devices.get"],
        "expiration_date": FUTURE,
    }
    result = api_token(name="x", status="inactive")
    assert result["diff"] == {"before": before, "after": {**before, "status": "inactive"}}


def test_the_order_of_scopes_does_not_matter(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", scope=["devices.get", "device.get"])
    assert not api_token(name="x", scope=["device.get", "devices.get"])["changed"]


@pytest.mark.parametrize("when", ["2027-06-30T12:00:00Z", "2027-06-30T05:30:00-06:30", "2027-06-30T12:00:00.0009Z"])
def test_dates_are_compared_as_instants(sandbox: Sandbox, api_token: Task, when: str) -> None:
    sandbox.seed_token("x", expirationDate=FUTURE)
    assert not api_token(name="x", expiration_date=when)["changed"]


@pytest.mark.parametrize("spelling", ["api_token_id", "id", "apiTokenId"])
def test_an_id_selects_and_the_name_is_set(sandbox: Sandbox, api_token: Task, spelling: str) -> None:
    token = sandbox.seed_token("x")
    result = api_token(**{spelling: token["id"]}, name="y")
    assert writes(sandbox) == [("PATCH", token["id"])]
    assert bodies(sandbox, "PATCH") == [{"name": "y"}]
    assert result["changed_fields"] == ["name"]
    assert result["api_token"]["name"] == the_token(sandbox)["name"] == "y"


def test_an_id_selects_among_tokens_of_one_name(sandbox: Sandbox, api_token: Task) -> None:
    _first, second, _third = (sandbox.seed_token("x") for _time in range(3))
    api_token(api_token_id=second["id"], name="x", description="the second")
    assert writes(sandbox) == [("PATCH", second["id"])]


@pytest.mark.parametrize("status", ["active", "inactive"])
def test_a_rename_to_a_taken_name_is_refused(sandbox: Sandbox, failing_api_token: Task, status: str) -> None:
    token, other = sandbox.seed_token("x"), sandbox.seed_token("y", status=status)
    result = failing_api_token(api_token_id=token["id"], name="y", description="d")
    assert result["failure"]["ids"] == [token["id"], other["id"]]
    assert other["id"] in result["msg"]
    assert writes(sandbox) == []


def test_the_name_of_an_expired_token_is_free(sandbox: Sandbox, api_token: Task) -> None:
    token, _expired = sandbox.seed_token("x"), sandbox.seed_token("y", expirationDate=PAST)
    api_token(api_token_id=token["id"], name="y")
    assert not api_token(name="y")["changed"]


@pytest.mark.parametrize("more", [{}, {"name": "x"}], ids=["only the id", "with the name"])
def test_an_unknown_id_fails(sandbox: Sandbox, failing_api_token: Task, more: dict[str, Any]) -> None:
    sandbox.seed_token("x")
    result = failing_api_token(api_token_id=UNKNOWN_ID, **more)
    assert UNKNOWN_ID in result["msg"]
    assert methods(sandbox) == ["GET"]


def test_the_id_of_an_expired_token_fails(sandbox: Sandbox, failing_api_token: Task) -> None:
    token = sandbox.seed_token("x", expirationDate=PAST)
    result = failing_api_token(api_token_id=token["id"], description="d")
    assert PAST in result["msg"]
    assert token["id"] in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize(
    "options",
    [{"recreate": "always"}, {"recreate": "state_change", "scope": ["devices.get"], "name": "y"}],
    ids=str,
)
def test_a_token_that_is_selected_by_its_id_cannot_be_replaced(
    sandbox: Sandbox, failing_api_token: Task, options: dict[str, Any]
) -> None:
    token = sandbox.seed_token("x")
    result = failing_api_token(api_token_id=token["id"], **options)
    assert token["id"] in result["msg"]
    assert "Declare it by name alone" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("status", ["active", "inactive"])
def test_only_unexpired_tokens_can_be_ambiguous(sandbox: Sandbox, api_token: Task, status: str) -> None:
    current = sandbox.seed_token("x", status=status)
    for _time in range(2):
        sandbox.seed_token("x", expirationDate=PAST)
    result = api_token(name="x", description="d")
    assert result["api_token"]["id"] == current["id"]
    assert writes(sandbox) == [("PATCH", current["id"])]
    assert len(sandbox.tokens()) == 3


def test_absent_deletes_the_token_and_shows_it_in_the_diff(sandbox: Sandbox, api_token: Task) -> None:
    token, other = sandbox.seed_token("x"), sandbox.seed_token("y")
    result = api_token(name="x", state="absent")
    assert methods(sandbox) == ["GET", "DELETE"]
    assert ids(sandbox.tokens()) == [other["id"]]
    assert (result["api_token"], result["changed_fields"]) == (None, [])
    assert result["diff"]["before"]["id"] == token["id"]
    assert result["diff"]["after"] == {}


def test_absent_by_name_deletes_expired_tokens_too(sandbox: Sandbox, api_token: Task) -> None:
    expired = [sandbox.seed_token("x", expirationDate=PAST)["id"] for _time in range(2)]
    current = sandbox.seed_token("x")["id"]
    other = sandbox.seed_token("y", expirationDate=PAST)["id"]
    api_token(name="x", state="absent")
    assert sorted(path for _method, path in writes(sandbox)) == sorted([*expired, current])
    assert ids(sandbox.tokens()) == [other]


@pytest.mark.parametrize("more", [{}, {"name": "x"}], ids=["only the id", "with the name"])
def test_absent_by_id_deletes_only_that_token(sandbox: Sandbox, api_token: Task, more: dict[str, Any]) -> None:
    expired, other = sandbox.seed_token("x", expirationDate=PAST), sandbox.seed_token("x")
    api_token(api_token_id=expired["id"], state="absent", **more)
    assert ids(sandbox.tokens()) == [other["id"]]


def test_absent_of_an_unknown_id_changes_nothing(sandbox: Sandbox, api_token: Task) -> None:
    assert not api_token(api_token_id=UNKNOWN_ID, state="absent")["changed"]
    assert methods(sandbox) == ["GET"]


def test_absent_ignores_the_declared_fields(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x")
    api_token(name="x", state="absent", scope=["devices.get"], description="d", expires_in="1d", recreate="always")
    assert methods(sandbox) == ["GET", "DELETE"]
    assert sandbox.tokens() == []


def test_a_token_that_someone_else_deleted_meanwhile_is_absent(sandbox: Sandbox, api_token: Task) -> None:
    token = sandbox.seed_token("x")
    sandbox.fault("mutate", method="DELETE", delete=[token["id"]])
    assert api_token(name="x", state="absent")["changed"]
    assert sandbox.tokens() == []


@pytest.mark.parametrize("options", [{"state": "absent"}, {"status": "inactive"}], ids=str)
def test_a_change_whose_response_is_lost_is_sent_again(
    sandbox: Sandbox, api_token: Task, options: dict[str, Any]
) -> None:
    sandbox.seed_token("x")
    sandbox.fault("reset_after", method="DELETE")
    sandbox.fault("reset_after", method="PATCH")
    assert api_token(name="x", **options)["changed"]
    assert [token["status"] for token in sandbox.tokens()] == ([] if "state" in options else ["inactive"])


def test_a_token_can_rename_and_describe_itself(sandbox: Sandbox, api_token: Task) -> None:
    me = sandbox.seed_token("me")
    api_token(api_token_id=me["id"], name="myself", description="d", access_token=me["token"])
    assert the_token(sandbox)["name"] == "myself"
