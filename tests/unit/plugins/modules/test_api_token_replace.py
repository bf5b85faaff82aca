# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``api_token`` replaces a token, staged and direct: the new one first, then the old one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, FUTURE, PAST
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    born,
    ids,
    methods,
    posted,
    the_token,
    without_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

SCOPE = ["devices.get"]


@pytest.fixture
def api_token(either_way: Task) -> Task:
    return either_way


@pytest.fixture
def failing_api_token(failing_either_way: Task) -> Task:
    return failing_either_way


def test_state_change_replaces_only_a_difference(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x", scope=SCOPE)
    assert not api_token(name="x", scope=SCOPE, recreate="state_change")["changed"]
    api_token(name="x", scope=SCOPE, description="d", recreate="state_change")
    assert writes(sandbox) == [("PATCH", old["id"])]
    api_token(name="x", scope=["device.get"], recreate="state_change")
    assert the_token(sandbox)["id"] != old["id"]


def _replacing(staged: str, old: str, new: str) -> list[tuple[str, str]]:
    """The writes that replace a token. Staged, the old one gives its name to the new one before it goes."""
    naming = [("PATCH", old), ("PATCH", new)] if staged == "true" else []
    return [("POST", "tokens"), *naming, ("DELETE", old)]


def test_the_order_of_requests(sandbox: Sandbox, api_token: Task, staged: str) -> None:
    old = sandbox.seed_token("x")
    result = api_token(name="x", scope=SCOPE, recreate="state_change")
    assert writes(sandbox) == _replacing(staged, old["id"], result["api_token"]["id"])
    # One reading before, and one when the new token has its name.
    requests = methods(sandbox)
    assert requests[:2] == ["GET", "POST"]
    assert requests[-2:] == ["GET", "DELETE"]
    assert requests.count("GET") == 2


def test_what_is_not_declared_is_taken_over(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token(
        "x", description="d", status="inactive", scope=SCOPE, creationDate=EARLIER, expirationDate=FUTURE
    )
    result = api_token(name="x", recreate="always")
    life = {"expirationDate": "2027-07-30T12:00:00.000Z"}  # as many days from now as the old one had from its making
    assert posted(sandbox) == [{"name": "x", "description": "d", "status": "inactive", "scope": SCOPE, **life}]
    assert result["changed_fields"] == ["expiration_date"]
    assert ["inactive" in warning for warning in result["warnings"]] == [True]


def test_what_is_declared_wins(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", description="d", status="inactive", scope=["device.get"], expirationDate=FUTURE)
    declared: dict[str, Any] = {"description": "", "status": "active", "scope": SCOPE}
    api_token(name="x", **declared, expires_in="1d", recreate="always")
    assert posted(sandbox) == [{"name": "x", **declared, "expirationDate": "2026-11-25T08:00:00.000Z"}]


def test_a_token_for_ever_is_replaced_by_one_for_ever(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    assert api_token(name="x", recreate="always")["changed_fields"] == []
    assert posted(sandbox)[0].keys() == {"name", "status", "scope"}


def test_an_empty_expiration_date_replaces_an_end(sandbox: Sandbox, api_token: Task) -> None:
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


def test_the_new_secret_works_and_the_old_one_does_not(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x")
    new = api_token(name="x", recreate="always")["token"]
    statuses = [sandbox.call("GET", sandbox.tokens_path, token=secret).status_code for secret in (old["token"], new)]
    assert statuses == [401, 200]


def test_always_replaces_in_every_run(sandbox: Sandbox, api_token: Task) -> None:
    made = [api_token(name="x", recreate="always")["api_token"]["id"] for _time in range(3)]
    assert len(set(made)) == 3
    assert ids(sandbox.tokens()) == made[-1:]


def test_an_expired_token_is_replaced_whatever_recreate_says(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x", scope=SCOPE, description="d", creationDate=EARLIER, expirationDate=PAST)
    result = api_token(name="x", scope=["device.get"])
    assert [write for write in writes(sandbox) if write[0] != "PATCH"] == [("POST", "tokens"), ("DELETE", old["id"])]
    assert the_token(sandbox)["name"] == "x"
    assert result["api_token"]["description"] == "d"
    assert result["diff"]["before"] == {}


def test_several_expired_tokens_are_superseded_by_one(sandbox: Sandbox, api_token: Task) -> None:
    times = ["2026-08-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-09-01T00:00:00Z"]
    old = [sandbox.seed_token("x", description=when, creationDate=when, expirationDate=PAST)["id"] for when in times]
    result = api_token(name="x", expires_in="1d")
    assert writes(sandbox)[0] == ("POST", "tokens")
    assert sorted(path for method, path in writes(sandbox) if method == "DELETE") == sorted(old)
    assert result["api_token"]["description"] == times[1]  # the youngest hands over
    assert the_token(sandbox)["id"] == result["api_token"]["id"]


def test_the_expired_go_with_a_replaced_token(sandbox: Sandbox, api_token: Task, staged: str) -> None:
    expired = sandbox.seed_token("x", description="expired", creationDate=EARLIER, expirationDate=PAST)
    alive = sandbox.seed_token("x", description="alive", creationDate="2026-09-01T00:00:00Z")
    result = api_token(name="x", recreate="always")
    *before, last = _replacing(staged, alive["id"], result["api_token"]["id"])
    assert writes(sandbox) == [*before, ("DELETE", expired["id"]), last]
    assert result["api_token"]["description"] == "alive"


@pytest.mark.parametrize("created", [PAST, "2026-11-24T08:00:00Z", "2030-01-01T00:00:00Z"])
def test_a_life_that_makes_no_sense_is_not_taken_over(sandbox: Sandbox, failing_api_token: Task, created: str) -> None:
    sandbox.seed_token("x", creationDate=created, expirationDate=PAST)
    result = failing_api_token(name="x")
    assert "expires_in" in result["msg"]
    assert writes(sandbox) == []


def test_a_life_that_makes_no_sense_does_not_matter_when_one_is_declared(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", creationDate=PAST, expirationDate=PAST)
    assert api_token(name="x", expires_in="1d")["changed"]
    assert not api_token(name="x", expires_in="1d")["changed"]


def test_a_life_that_is_not_known_has_to_be_declared(sandbox: Sandbox, failing_api_token: Task) -> None:
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


#: Losant did not delete the old token: it says so, or the list shows so. ``tests/faults`` has all other faults.
FAILURES: list[dict[str, Any]] = [{"kind": "status", "status": 403}, {"kind": "status", "status": 500}]
#: After these the old token may still be deleted.
DOUBTS: list[dict[str, Any]] = [{"kind": "reset_before"}, {"kind": "not_object"}]


@pytest.mark.parametrize("fault", FAILURES, ids=str)
def test_if_the_old_one_cannot_go_the_new_one_does(
    sandbox: Sandbox, failing_api_token: Task, fault: dict[str, Any]
) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault(**fault, method="DELETE", path=f".*/{old['id']}", when="before", times=None)
    result = failing_api_token(name="x", recreate="always")
    assert ids(sandbox.tokens()) == [old["id"]]
    assert the_token(sandbox)["name"] == "x"
    (_old, new) = born(sandbox)
    assert f"{new} was removed again" in result["msg"]


@pytest.mark.parametrize("fault", FAILURES, ids=str)
def test_if_neither_can_go_the_new_one_is_delivered(sandbox: Sandbox, api_token: Task, fault: dict[str, Any]) -> None:
    """Promise 5."""
    old = sandbox.seed_token("x")
    sandbox.fault(**fault, method="DELETE", when="before", times=None)
    result = api_token(name="x", recreate="always")
    (warning,) = result["warnings"]
    assert set(ids(sandbox.tokens())) == {old["id"], result["api_token"]["id"]}
    assert [token_id for token_id in ids(sandbox.tokens()) if token_id not in warning] == []
    assert accepts(sandbox, result["token"])
    assert old["token"] not in without_token(result)
    sandbox.clear_faults()
    assert api_token(name="x")["changed"]
    assert the_token(sandbox)["id"] == result["api_token"]["id"]


#: What somebody else does to the old one while it is replaced.
ENDS: list[dict[str, Any]] = [{"delete": True}, {"status": "inactive"}, {"expirationDate": PAST}]


@pytest.mark.parametrize("end", ENDS, ids=str)
@pytest.mark.parametrize("fault", FAILURES, ids=str)
def test_if_the_old_one_is_of_no_use_any_more_the_new_one_stays(
    sandbox: Sandbox, api_token: Task, fault: dict[str, Any], end: dict[str, Any]
) -> None:
    """Promise 6: whatever Losant says to its removal."""
    old = sandbox.seed_token("x")
    sandbox.fault(**fault, method="DELETE", when="before", times=None)
    sandbox.fault("mutate", method="POST", delete=[old["id"]])
    if "delete" not in end:
        sandbox.fault("mutate", method="GET", skip=1, create=[{"name": "x", **end, "id": old["id"]}])
    result = api_token(name="x", recreate="always", retries=0)
    assert accepts(sandbox, result["token"])


@pytest.mark.parametrize("fault", DOUBTS, ids=str)
@pytest.mark.parametrize("goes", [False, True], ids=["stays", "goes later"])
def test_if_the_old_one_may_go_yet_the_new_one_stays(
    sandbox: Sandbox, api_token: Task, fault: dict[str, Any], goes: bool
) -> None:
    """Promise 6: with the new one removed and the old one deleted after all, there would be none."""
    old = sandbox.seed_token("x")
    sandbox.fault(**fault, method="DELETE", when="before", times=None)
    result = api_token(name="x", recreate="always", retries=1)
    (warning,) = result["warnings"]
    assert old["id"] in warning
    assert result["api_token"]["id"] in warning
    assert result["superseded"] == [
        {
            "id": old["id"],
            "name": "x ~superseded:2026-11-24T08:00:00Z",
            "action": "kept",
            "until": "2026-11-24T08:00:00.000Z",
        }
    ]
    assert accepts(sandbox, result["token"])
    sandbox.clear_faults()
    if goes:
        sandbox.call("DELETE", f"{sandbox.tokens_path}/{old['id']}")
    # A later run finds it by its mark.
    assert api_token(name="x")["changed"] is not goes
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert not api_token(name="x")["changed"]


def test_an_expired_one_that_cannot_go_goes_with_the_next(sandbox: Sandbox, api_token: Task) -> None:
    expired, _alive = sandbox.seed_token("x", expirationDate=PAST), sandbox.seed_token("x", scope=SCOPE)
    sandbox.fault("status", method="DELETE", path=f".*/{expired['id']}", status=403)
    result = api_token(name="x", recreate="always")
    assert ids(sandbox.tokens()) == [expired["id"], result["api_token"]["id"]]
    (warning,) = result["warnings"]
    assert expired["id"] in warning
    assert "goes when the next one is made" in warning
    later = api_token(name="x", recreate="always")
    assert ids(sandbox.tokens()) == [later["api_token"]["id"]]


@pytest.mark.parametrize("kind", ["reset_after", "empty"])
def test_if_the_old_one_went_without_an_answer_the_new_one_is_delivered(
    sandbox: Sandbox, api_token: Task, kind: str
) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault(kind, method="DELETE", when="after", times=None)
    result = api_token(name="x", recreate="always")
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]] != [old["id"]]
    assert sandbox.call("GET", sandbox.tokens_path, token=result["token"]).status_code == 200


def test_if_nothing_is_known_the_new_one_is_delivered_and_both_are_named(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault("status", method="DELETE", status=500, times=None)
    sandbox.fault("status", method="GET", skip=2, status=500, times=None)
    result = api_token(name="x", recreate="always")
    (warning,) = result["warnings"]
    assert set(ids(sandbox.tokens())) == {old["id"], result["api_token"]["id"]}
    assert [token_id for token_id in ids(sandbox.tokens()) if token_id not in warning] == []
    assert accepts(sandbox, result["token"])


def test_someone_else_deleted_the_old_one_meanwhile(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault("mutate", method="POST", delete=[old["id"]])
    result = api_token(name="x", recreate="always")
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]]


def test_a_token_can_replace_itself(sandbox: Sandbox, api_token: Task, staged: str) -> None:
    me = sandbox.seed_token("me")
    result = api_token(name="me", recreate="always", access_token=me["token"], allow_self_revoke=True)
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]]
    assert writes(sandbox) == _replacing(staged, me["id"], result["api_token"]["id"])
