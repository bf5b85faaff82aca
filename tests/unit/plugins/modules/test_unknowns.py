# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nobody has published everything about the API. Whichever way an unknown turns out, tasks converge."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.environment import set_time
from ansible_collections.losant.platform.tests.support.times import EARLIER, FUTURE, PAST, START
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    GENEROUS,
    SPARSE,
    UNSORTED,
    ids,
    methods,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Sandbox

#: Each value that is not the default is in one of these. A value that hides other behaviour is alone.
SWITCHES: dict[str, dict[str, Any]] = {
    "defaults": {},
    "sparse": {**SPARSE, "empty_scope": "default", "past_expiration": "reject"},
    "generous": {**GENEROUS, "other_scope_families": "accept", "token_not_found_title": "Token"},
    "unsorted": UNSORTED,
    "strict": {
        "self_delete": "forbid",
        "self_patch": "forbid",
        "escalation": "forbid",
        "inactive_token_status": 403,
        "deleted_token_status": 403,
        "unknown_application_status": 403,
        "foreign_application_status": 403,
    },
    "opaque": {"token_format": "opaque"},
    "without Date": {"date_header": "absent"},
}


@pytest.mark.parametrize("switches", SWITCHES.values(), ids=SWITCHES)
def test_a_whole_life_converges(
    sandbox: Sandbox, rehearsed: Rehearsed, api_token: Task, api_token_info: Task, switches: dict[str, Any]
) -> None:
    sandbox.switch(**switches)
    # With escalation forbidden, only what the caller has can be granted.
    (caller,) = sandbox.seed(callers=[{"scope": ["all.User", "all.Application", "devices.get"]}])["callers"]
    sandbox.seed(
        tokens=[{"name": "other"}, {"name": "X"}, {"name": "xx", "description": "d", "expirationDate": FUTURE}]
    )
    declared: dict[str, Any] = {"name": "x", "access_token": caller["token"]}
    for step in (
        {},
        {"description": "d"},
        {"status": "inactive"},
        {"description": ""},
        {"status": "active", "description": ""},
        {"scope": ["devices.get"], "recreate": "state_change"},
        {"expiration_date": FUTURE, "recreate": "state_change"},
        {"expiration_date": "", "recreate": "state_change"},
        {"state": "absent"},
    ):
        options: dict[str, Any] = {**declared, **step}
        assert rehearsed(**options)["changed"]
        assert not api_token(**options)["changed"]
        present = [token["id"] for token in sandbox.tokens() if token["name"] == "x"]
        assert ids(api_token_info(name="x")["api_tokens"]) == present
        assert len(present) == (step.get("state") != "absent")


@pytest.mark.parametrize("switches", SWITCHES.values(), ids=SWITCHES)
def test_an_expired_token_is_superseded(sandbox: Sandbox, api_token: Task, switches: dict[str, Any]) -> None:
    sandbox.switch(**switches)
    (caller,) = sandbox.seed(callers=[{"scope": ["all.User", "devices.get"]}])["callers"]
    sandbox.seed_token("x", creationDate=EARLIER, expirationDate=PAST, scope=["devices.get"])
    options: dict[str, Any] = {"name": "x", "access_token": caller["token"]}
    made = api_token(**options)
    assert the_token(sandbox)["id"] == made["api_token"]["id"]
    assert not api_token(**options)["changed"]


@pytest.mark.parametrize("unset", ["absent", "null"])
def test_what_is_not_set_is_null_either_way(
    sandbox: Sandbox, api_token: Task, api_token_info: Task, unset: str
) -> None:
    sandbox.switch(unset_fields=unset)
    made = api_token(name="x")["api_token"]
    (listed,) = api_token_info()["api_tokens"]
    assert made == listed
    assert (made["description"], made["expiration_date"]) == (None, None)


def test_a_description_cleared_is_the_same_as_none(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x")
    result = api_token(name="x", description="")
    assert (result["changed"], result["api_token"]["description"]) == (False, None)


@pytest.mark.parametrize(("hours", "expired"), [(2, True), (-2, False)], ids=["ahead", "behind"])
def test_without_a_date_header_the_clock_of_the_machine_counts(
    sandbox: Sandbox, api_token_info: Task, monkeypatch: pytest.MonkeyPatch, hours: int, expired: bool
) -> None:
    sandbox.switch(date_header="absent")
    sandbox.seed_token("x", expirationDate="2026-11-24T09:00:00Z" if expired else PAST)
    set_time(monkeypatch, lambda: START + timedelta(hours=hours))
    result = api_token_info(name="x")
    assert [token["expired"] for token in result["api_tokens"]] == [expired]
    # How wrong the clock is cannot be known.
    assert result["warnings"] == []


def test_with_a_slow_clock_a_stale_pending_token_is_deleted(
    sandbox: Sandbox, rehearsed: Rehearsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = sandbox.seed_token("x ~pending:0123456789abcdef", creationDate="2026-11-24T07:00:00Z")
    sandbox.seed_token("x")
    set_time(monkeypatch, lambda: START - timedelta(hours=2))
    result = rehearsed(name="x")
    assert writes(sandbox) == [("DELETE", pending["id"])]
    assert result["diff"]["before"]["superseded"] == [f"{pending['name']} ({pending['id']}), active"]
    assert result["diff"]["after"]["superseded"] == []


def test_keys_that_are_new_do_no_harm(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", defaultRole="none", orgRoles=[], lastUsed=5, somethingNew={"token": "secret"})
    result = api_token(name="x", description="d")
    assert "somethingNew" not in result["api_token"]
    assert methods(sandbox) == ["GET", "PATCH"]


def test_unknown_values_of_known_keys_do_no_harm(sandbox: Sandbox, api_token: Task, api_token_info: Task) -> None:
    sandbox.seed_token("x", scope=["new.scope", "all.User"], status="suspended", creatorType="robot")
    assert not api_token(name="x")["changed"]
    assert not api_token(name="x", scope=["all.User", "new.scope"])["changed"]
    (token,) = api_token_info()["api_tokens"]
    assert (token["status"], token["creator_type"], token["scope"]) == (
        "suspended",
        "robot",
        ["new.scope", "all.User"],
    )
    assert api_token(name="x", status="active")["changed_fields"] == ["status"]


def test_an_access_token_without_an_id_can_revoke_itself(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.switch(token_format="opaque")
    me = sandbox.seed_token("me")
    assert api_token(name="me", state="absent", access_token=me["token"])["changed"]
    assert writes(sandbox) == [("DELETE", me["id"])]


@pytest.mark.parametrize("payload", ["", "e30", "bnVsbA", "!!!", "eyJzdWIiOjV9"])
def test_a_secret_that_only_looks_like_a_jwt_does_no_harm(sandbox: Sandbox, api_token: Task, payload: str) -> None:
    me = sandbox.seed_token("me", token=f"eyJhbGciOiJub25lIn0.{payload}.c2ln")
    assert api_token(name="me", description="d", access_token=me["token"])["changed"]


def test_the_id_in_the_secret_can_be_in_capitals(sandbox: Sandbox, failing_api_token: Task) -> None:
    payload = base64.urlsafe_b64encode(json.dumps({"sub": "AB" * 12}).encode()).decode().rstrip("=")
    me = sandbox.seed_token("me", id="ab" * 12, token=f"e30.{payload}.c2ln")
    failing_api_token(name="me", state="absent", access_token=me["token"])
    assert writes(sandbox) == []
