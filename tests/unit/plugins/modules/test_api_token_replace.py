# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``api_token`` replaces a token: it creates the new one first, and then retires the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, FUTURE, PAST
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    ids,
    methods,
    posted,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

SCOPE = ["devices.get"]


def test_state_change_replaces_only_a_difference(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x", scope=SCOPE)
    assert not api_token(name="x", scope=SCOPE, recreate="state_change")["changed"]
    api_token(name="x", scope=SCOPE, description="d", recreate="state_change")
    assert writes(sandbox) == [("PATCH", old["id"])]
    api_token(name="x", scope=["device.get"], recreate="state_change")
    assert the_token(sandbox)["id"] != old["id"]


def _replacing(staged: str, old: str, new: str) -> list[tuple[str, str]]:
    """The writes that replace a token. Staged, the old one frees its name for the new one."""
    naming = [("PATCH", old), ("PATCH", new)] if staged == "true" else []
    return [("POST", "tokens"), *naming, ("DELETE", old)]


def test_the_order_of_requests(sandbox: Sandbox, either_way: Task, staged: str) -> None:
    old = sandbox.seed_token("x")
    result = either_way(name="x", scope=SCOPE, recreate="state_change")
    assert writes(sandbox) == _replacing(staged, old["id"], result["api_token"]["id"])
    # The list is read before, and when the new token has its name.
    requests = methods(sandbox)
    assert requests[:2] == ["GET", "POST"]
    assert requests[-2:] == ["GET", "DELETE"]
    assert requests.count("GET") == 2


def test_the_new_token_inherits_what_is_not_declared(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token(
        "x", description="d", status="inactive", scope=SCOPE, creationDate=EARLIER, expirationDate=FUTURE
    )
    result = api_token(name="x", recreate="always")
    life = {"expirationDate": "2027-07-30T12:00:00.000Z"}  # as many days from now as the old one had from its creation
    assert posted(sandbox) == [{"name": "x", "description": "d", "status": "inactive", "scope": SCOPE, **life}]
    assert result["changed_fields"] == ["expiration_date"]
    assert ["inactive" in warning for warning in result["warnings"]] == [True]


def test_declared_fields_are_not_inherited(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", description="d", status="inactive", scope=["device.get"], expirationDate=FUTURE)
    declared: dict[str, Any] = {"description": "", "status": "active", "scope": SCOPE}
    api_token(name="x", **declared, expires_in="1d", recreate="always")
    assert posted(sandbox) == [{"name": "x", **declared, "expirationDate": "2026-11-25T08:00:00.000Z"}]


def test_a_token_without_expiration_is_replaced_by_one_without(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    assert api_token(name="x", recreate="always")["changed_fields"] == []
    assert posted(sandbox)[0].keys() == {"name", "status", "scope"}


def test_an_empty_expiration_date_removes_the_expiration(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", expirationDate=FUTURE)
    result = api_token(name="x", expiration_date="", recreate="state_change")
    assert result["api_token"]["expiration_date"] is None
    assert "expirationDate" not in the_token(sandbox)


def test_the_diff_of_a_replacement(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x", scope=["device.get"])
    result = api_token(name="x", scope=SCOPE, recreate="state_change")
    rest = {"name": "x", "description": "", "status": "active", "expiration_date": None}
    assert result["diff"] == {
        "before": {"id": old["id"], **rest, "scope": ["device.get"]},
        "after": {"id": "(new)", **rest, "scope": SCOPE},
    }
    assert result["changed_fields"] == ["scope"]


def test_losant_accepts_the_new_secret_and_not_the_old_one(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x")
    new = api_token(name="x", recreate="always")["token"]
    statuses = [sandbox.call("GET", sandbox.tokens_path, token=secret).status_code for secret in (old["token"], new)]
    assert statuses == [401, 200]


def test_always_replaces_in_every_run(sandbox: Sandbox, api_token: Task) -> None:
    created = [api_token(name="x", recreate="always")["api_token"]["id"] for _time in range(3)]
    assert len(set(created)) == 3
    assert ids(sandbox.tokens()) == created[-1:]


def test_an_expired_token_is_replaced_whatever_recreate_says(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x", scope=SCOPE, description="d", creationDate=EARLIER, expirationDate=PAST)
    result = api_token(name="x", scope=["device.get"])
    assert [write for write in writes(sandbox) if write[0] != "PATCH"] == [("POST", "tokens"), ("DELETE", old["id"])]
    assert the_token(sandbox)["name"] == "x"
    assert result["api_token"]["description"] == "d"
    assert result["diff"]["before"] == {"superseded": [f"x ({old['id']}), active"]}
    assert result["diff"]["after"]["superseded"] == []


def test_several_expired_tokens_are_superseded_by_one(sandbox: Sandbox, api_token: Task) -> None:
    times = ["2026-08-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-09-01T00:00:00Z"]
    old = [sandbox.seed_token("x", description=when, creationDate=when, expirationDate=PAST)["id"] for when in times]
    result = api_token(name="x", expires_in="1d")
    assert writes(sandbox)[0] == ("POST", "tokens")
    assert sorted(path for method, path in writes(sandbox) if method == "DELETE") == sorted(old)
    assert result["api_token"]["description"] == times[1]  # that of the youngest
    assert the_token(sandbox)["id"] == result["api_token"]["id"]


def test_expired_tokens_are_deleted_with_the_replaced_one(sandbox: Sandbox, either_way: Task, staged: str) -> None:
    expired = sandbox.seed_token("x", description="expired", creationDate=EARLIER, expirationDate=PAST)
    old = sandbox.seed_token("x", description="unexpired", creationDate="2026-09-01T00:00:00Z")
    result = either_way(name="x", recreate="always")
    *before, last = _replacing(staged, old["id"], result["api_token"]["id"])
    assert writes(sandbox) == [*before, ("DELETE", expired["id"]), last]
    assert result["api_token"]["description"] == "unexpired"


@pytest.mark.parametrize("created", [PAST, "2030-01-01T00:00:00Z"])
def test_a_token_that_was_expired_from_the_start_has_no_lifetime_to_inherit(
    sandbox: Sandbox, failing_api_token: Task, created: str
) -> None:
    sandbox.seed_token("x", creationDate=created, expirationDate=PAST)
    result = failing_api_token(name="x")
    assert "expires_in" in result["msg"]
    assert writes(sandbox) == []


def test_then_a_lifetime_must_be_declared(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", creationDate=PAST, expirationDate=PAST)
    assert api_token(name="x", expires_in="1d")["changed"]
    assert not api_token(name="x", expires_in="1d")["changed"]


def test_an_unknown_lifetime_cannot_be_inherited(sandbox: Sandbox, failing_api_token: Task) -> None:
    item = {"id": "a" * 24, "name": "x", "scope": SCOPE, "expirationDate": FUTURE}
    sandbox.fault("status", method="GET", status=200, body={"items": [item], "count": 1, "totalCount": 1}, times=None)
    result = failing_api_token(name="x", recreate="always")
    assert "expires_in" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("recreate", ["always", "state_change"])
def test_a_date_that_has_passed_is_refused(sandbox: Sandbox, failing_api_token: Task, recreate: str) -> None:
    sandbox.seed_token("x")
    result = failing_api_token(name="x", expiration_date=PAST, recreate=recreate)
    assert PAST in result["msg"]
    assert writes(sandbox) == []


def test_somebody_else_deletes_the_old_token_meanwhile(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault("mutate", method="POST", delete=[old["id"]])
    result = api_token(name="x", recreate="always")
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]]


def test_a_token_can_replace_itself(sandbox: Sandbox, either_way: Task, staged: str) -> None:
    me = sandbox.seed_token("me")
    result = either_way(name="me", recreate="always", access_token=me["token"], allow_self_revoke=True)
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]]
    assert writes(sandbox) == _replacing(staged, me["id"], result["api_token"]["id"])
