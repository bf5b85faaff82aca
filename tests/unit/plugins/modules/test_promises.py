# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises that the collection makes, each by its number, for modules and tasks. Other files look at the details."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support import running
from ansible_collections.losant.platform.tests.support.times import EARLIER, FUTURE, PAST
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    bodies,
    counts,
    methods,
    shown,
    text_of,
    the_token,
    without_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import SetTime, Task, Way
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Sandbox

Options = dict[str, Any]


@pytest.fixture(params=[running.run_module, running.run_action], ids=["module", "task"])
def way(request: pytest.FixtureRequest) -> Way:
    """On a host, and on the controller."""
    chosen: Way = request.param
    return chosen


DESCRIPTIONS: list[Options] = [{}, {"description": ""}, {"description": "What for?\n*[é]*"}]
STATUSES: list[Options] = [{}, {"status": "active"}, {"status": "inactive"}]
SCOPES: list[Options] = [{}, {"scope": ["devices.get"]}, {"scope": ["devices.get", "device.*", "devices.get"]}]
LIFETIMES: list[Options] = [
    {},
    {"expiration_date": FUTURE},
    {"expiration_date": "2027-06-30T14:00:00.1239+02:00"},
    {"expiration_date": ""},
    {"expires_in": "1w2d3h4m5s"},
]


def _merged(*parts: Options) -> Options:
    return {key: value for part in parts for key, value in part.items()}


#: Every pair of two options' values is in one of these. Every combination is planned in test_plan_properties.py.
COMBINATIONS = [
    _merged(
        DESCRIPTIONS[number],
        STATUSES[(number + lifetime) % 3],
        SCOPES[(number + 2 * lifetime) % 3],
        LIFETIMES[lifetime],
    )
    for number in range(3)
    for lifetime in range(len(LIFETIMES))
]


@pytest.mark.parametrize("options", COMBINATIONS, ids=str)
def test_promise_01_what_was_created_is_not_created_again(sandbox: Sandbox, api_token: Task, options: Options) -> None:
    made = api_token(name="x", **options)
    for recreate in ("never", "state_change"):
        sandbox.clear_requests()
        again = api_token(name="x", **options, recreate=recreate)
        assert methods(sandbox) == ["GET"]
        assert (made["changed"], again["changed"], again["changed_fields"]) == (True, False, [])
        assert again["api_token"] == made["api_token"]
        assert again["diff"]["before"] == again["diff"]["after"]


@pytest.mark.parametrize("selector", ["name", "id", "rename"])
@pytest.mark.parametrize(
    ("existing", "options"),
    [
        ({}, {}),
        ({}, {"description": "", "status": "active"}),
        ({}, {"description": "What for?\n*[é]*", "status": "inactive"}),
        ({"description": "old", "status": "inactive"}, {}),
        ({"description": "old", "status": "inactive"}, {"description": "", "status": "active"}),
    ],
    ids=str,
)
def test_promise_01_what_was_found_is_changed_once(
    sandbox: Sandbox, api_token: Task, selector: str, existing: Options, options: Options
) -> None:
    token_id = sandbox.seed_token("x", **existing)["id"]
    selectors: dict[str, Options] = {
        "name": {"name": "x"},
        "id": {"api_token_id": token_id},
        "rename": {"api_token_id": token_id, "name": "y"},
    }
    first = api_token(**selectors[selector], **options)
    sandbox.clear_requests()
    second = api_token(**selectors[selector], **options)
    assert methods(sandbox) == ["GET"]
    assert not second["changed"]
    assert second["api_token"] == first["api_token"]


@pytest.mark.parametrize(
    "existing", [{}, {"expirationDate": PAST, "creationDate": EARLIER}], ids=["unexpired", "expired"]
)
@pytest.mark.parametrize("selector", ["name", "id"])
def test_promise_01_what_was_removed_is_not_removed_again(
    sandbox: Sandbox, api_token: Task, existing: Options, selector: str
) -> None:
    token_id = sandbox.seed_token("x", **existing)["id"]
    options = {"name": "x"} if selector == "name" else {"api_token_id": token_id}
    assert api_token(**options, state="absent")["changed"]
    sandbox.clear_requests()
    again = api_token(**options, state="absent")
    assert methods(sandbox) == ["GET"]
    assert (again["changed"], again["api_token"], again["changed_fields"]) == (False, None, [])


@pytest.mark.parametrize("recreate", ["never", "state_change"])
@pytest.mark.parametrize("lifetime", [{}, {"expires_in": "30d"}, {"expiration_date": ""}], ids=str)
def test_promise_01_what_replaced_an_expired_token_stays(
    sandbox: Sandbox, api_token: Task, recreate: str, lifetime: Options
) -> None:
    sandbox.seed_token("x", creationDate=EARLIER, expirationDate=PAST)
    first = api_token(name="x", recreate=recreate, **lifetime)
    second = api_token(name="x", recreate=recreate, **lifetime)
    assert (first["changed"], second["changed"]) == (True, False)
    assert second["api_token"]["id"] == first["api_token"]["id"]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"state": "absent"},
        {"status": "inactive"},
        {"scope": ["devices.get"], "recreate": "state_change"},
        {"recreate": "always"},
    ],
    ids=str,
)
def test_promise_02_two_tokens_of_the_name_are_refused(
    sandbox: Sandbox, failing_api_token: Task, options: Options, check: bool
) -> None:
    first, second = sandbox.seed_token("x"), sandbox.seed_token("x", status="inactive")
    result = failing_api_token(name="x", **options, _check=check)
    assert first["id"] in result["msg"]
    assert second["id"] in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize(
    ("existing", "declared", "shown"),
    [
        ({"scope": ["devices.get"]}, {"scope": ["device.get"]}, ["scope", "devices.get", "device.get"]),
        ({}, {"scope": ["devices.get"]}, ["scope", "all.Application", "devices.get"]),
        ({"expirationDate": FUTURE}, {"expiration_date": ""}, ["expiration_date", FUTURE, "none"]),
        ({}, {"expiration_date": FUTURE}, ["expiration_date", "none", FUTURE]),
        (
            {"expirationDate": FUTURE, "scope": ["devices.get"]},
            {"expiration_date": "2027-06-30T12:00:00.001Z", "scope": ["devices.get", "device.get"]},
            ["scope", "[devices.get]", "device.get, devices.get", "expiration_date", FUTURE, "12:00:00.001Z"],
        ),
    ],
)
@pytest.mark.parametrize("more", [{}, {"description": "new", "status": "inactive"}], ids=["alone", "with others"])
def test_promise_03_a_difference_of_scope_or_expiration_is_shown(
    sandbox: Sandbox, failing_api_token: Task, existing: Options, declared: Options, shown: list[str], more: Options
) -> None:
    token = sandbox.seed_token("x", **existing)
    result = failing_api_token(name="x", **declared, **more)
    assert [part for part in [*shown, token["id"], "recreate"] if part not in result["msg"]] == []
    assert writes(sandbox) == []


@pytest.mark.parametrize("recreate", ["never", "state_change", "always"])
def test_promise_03_recreate_decides(sandbox: Sandbox, api_token: Task, recreate: str) -> None:
    old = sandbox.seed_token("x", scope=["devices.get"])
    result = api_token(name="x", scope=["devices.get"], recreate=recreate)
    assert (result["api_token"]["id"] != old["id"]) is (recreate == "always")


@pytest.mark.parametrize("return_token", [True, False])
@pytest.mark.parametrize("existing", [[], [{}], [{"expirationDate": PAST, "creationDate": EARLIER}]], ids=str)
def test_promise_04_the_secret_is_in_token_alone(
    sandbox: Sandbox, api_token: Task, existing: list[Options], return_token: bool
) -> None:
    for fields in existing:
        sandbox.seed_token("x", **fields)
    sandbox.switch(token_format="opaque")
    result = api_token(name="x", recreate="always", return_token=return_token)
    assert ("token" in result) is return_token
    if return_token:
        assert sandbox.call("GET", sandbox.tokens_path, token=result["token"]).status_code == 200
        assert result["token"] not in without_token(result)


def test_promise_05_a_new_secret_is_delivered(sandbox: Sandbox, api_token: Task) -> None:
    secret = api_token(name="x", expires_in="1h")["token"]
    assert sandbox.call("GET", sandbox.tokens_path, token=secret).status_code == 200


@pytest.mark.parametrize("kind", ["reset_after", "not_json"])
def test_promise_05_a_secret_that_did_not_arrive_is_reported(
    sandbox: Sandbox, failing_api_token: Task, kind: str
) -> None:
    sandbox.fault(kind, method="POST", when="after")
    result = failing_api_token(name="x", staged="false")
    assert the_token(sandbox)["id"] in result["msg"]


@pytest.mark.parametrize(
    "options", [{"recreate": "always"}, {"recreate": "state_change", "scope": ["devices.get"]}], ids=str
)
def test_promise_06_a_usable_token_at_every_moment(
    sandbox: Sandbox, either_way: Task, options: Options, staged: str
) -> None:
    sandbox.seed_token("x")
    result = either_way(name="x", **options)
    assert counts(sandbox) == ([1, 2, 2, 2, 1] if staged == "true" else [1, 2, 1])
    assert the_token(sandbox)["id"] == result["api_token"]["id"]


@pytest.mark.parametrize(("method", "status"), [*product(["POST", "DELETE"], [403, 429, 500])])
def test_promise_06_a_step_that_fails_leaves_the_old_one(
    sandbox: Sandbox, failing_either_way: Task, method: str, status: int
) -> None:
    old = sandbox.seed_token("x", description="old")
    sandbox.fault("status", method=method, path=f".*({old['id']}|tokens)", status=status, times=None)
    failing_either_way(name="x", recreate="always", description="new")
    # Staged, it had another name for a while.
    assert {**the_token(sandbox), "lastUpdated": old["lastUpdated"]} == shown(old)
    assert sandbox.call("GET", sandbox.tokens_path, token=old["token"]).status_code == 200


@pytest.mark.parametrize("kind", ["reset_after", "cut", "lie_length", "not_json", "empty", "not_object"])
def test_promise_07_a_lost_response_is_not_asked_for_again(
    sandbox: Sandbox, failing_api_token: Task, kind: str
) -> None:
    sandbox.fault(kind, method="POST", when="after", times=None)
    result = failing_api_token(name="x", staged="false", retries=3)
    assert len(bodies(sandbox, "POST")) == 1
    assert the_token(sandbox)["id"] in result["msg"]


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("when", ["before", "after"])
def test_promise_07_a_post_of_unknown_effect_is_not_repeated(
    sandbox: Sandbox, failing_api_token: Task, status: int, when: str
) -> None:
    sandbox.fault("status", method="POST", status=status, when=when, times=None)
    result = failing_api_token(name="x", staged="false", retries=3)
    assert len(bodies(sandbox, "POST")) == 1
    assert [token["id"] for token in sandbox.tokens() if token["id"] not in result["msg"]] == []


@pytest.mark.parametrize("count", [1, 3])
def test_promise_08_an_expired_token_does_not_count(sandbox: Sandbox, api_token: Task, count: int) -> None:
    old = [sandbox.seed_token("x", creationDate=EARLIER, expirationDate=PAST)["id"] for _time in range(count)]
    result = api_token(name="x")
    assert result["changed"]
    assert result["api_token"]["expired"] is False
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert result["api_token"]["id"] not in old


def test_promise_08_a_token_expires_while_time_passes(sandbox: Sandbox, api_token: Task, set_time: SetTime) -> None:
    first = api_token(name="x", expires_in="1h")
    set_time("2026-11-24T08:59:59.999Z")
    assert not api_token(name="x", expires_in="1h")["changed"]
    set_time("2026-11-24T09:00:00.000Z")
    second = api_token(name="x", expires_in="1h")
    assert second["changed"]
    assert second["api_token"]["id"] != first["api_token"]["id"]


@pytest.mark.parametrize("status", [None, "inactive", "active"])
def test_promise_08_an_inactive_token_is_activated_only_if_declared(
    sandbox: Sandbox, api_token: Task, status: str | None
) -> None:
    sandbox.seed_token("x", status="inactive")
    result = api_token(name="x", status=status)
    assert result["changed"] is (status == "active")
    assert result["api_token"]["status"] == the_token(sandbox)["status"] == (status or "inactive")


REHEARSALS: dict[str, tuple[list[Options], Options]] = {
    "create": ([], {"name": "x"}),
    "create with all": (
        [],
        {"name": "x", "description": "d", "status": "inactive", "scope": ["device.*"], "expires_in": "90d"},
    ),
    "create without returning": ([], {"name": "x", "return_token": False}),
    "create at a date": ([], {"name": "x", "expiration_date": "2027-01-01T00:00:00+05:30"}),
    "unchanged": ([{"name": "x"}], {"name": "x"}),
    "update": ([{"name": "x"}], {"name": "x", "description": "d", "status": "inactive"}),
    "clear": ([{"name": "x", "description": "d"}], {"name": "x", "description": ""}),
    "rename": ([{"name": "x", "id": "a" * 24}], {"api_token_id": "a" * 24, "name": "y"}),
    "replace": (
        [{"name": "x", "description": "d"}],
        {"name": "x", "scope": ["devices.get"], "recreate": "state_change"},
    ),
    "replace always": ([{"name": "x", "status": "inactive"}], {"name": "x", "recreate": "always"}),
    "replace with a lifetime": (
        [{"name": "x", "creationDate": EARLIER, "expirationDate": FUTURE}],
        {"name": "x", "recreate": "always", "description": "d"},
    ),
    "supersede": (
        [{"name": "x", "creationDate": EARLIER, "expirationDate": PAST}, {"name": "x", "expirationDate": PAST}],
        {"name": "x", "expires_in": "1d"},
    ),
    "absent": ([{"name": "x"}], {"name": "x", "state": "absent"}),
    "absent with expired": ([{"name": "x"}, {"name": "x", "expirationDate": PAST}], {"name": "x", "state": "absent"}),
    "absent already": ([], {"name": "x", "state": "absent"}),
    "absent by id": ([{"id": "b" * 24}], {"api_token_id": "b" * 24, "state": "absent"}),
}


@pytest.mark.parametrize(("existing", "options"), REHEARSALS.values(), ids=REHEARSALS)
def test_promise_09_check_mode_shows_what_the_real_run_does(
    sandbox: Sandbox, rehearsed: Rehearsed, existing: list[Options], options: Options
) -> None:
    for fields in existing:
        sandbox.seed_token(**fields)
    result = rehearsed(**options)
    assert result["changed"] is bool(writes(sandbox))


@pytest.mark.parametrize(
    "options",
    [
        {"name": "two"},
        {"name": "one", "scope": ["devices.get"]},
        {"api_token_id": "c" * 24},
        {"api_token_id": "a" * 24, "scope": ["devices.get"], "recreate": "state_change"},
        {"name": "one", "expiration_date": PAST, "recreate": "state_change"},
    ],
    ids=str,
)
def test_promise_09_check_mode_fails_as_the_real_run_does(
    sandbox: Sandbox, failing_api_token: Task, options: Options
) -> None:
    sandbox.seed(tokens=[{"name": "one", "id": "a" * 24}, {"name": "two"}, {"name": "two"}])
    assert failing_api_token(**options, _check=True) == failing_api_token(**options)
    assert writes(sandbox) == []


def test_promise_10_what_is_not_mentioned_is_left_alone(sandbox: Sandbox, api_token: Task) -> None:
    token = sandbox.seed_token(
        "x", description="d", status="inactive", scope=["devices.get"], expirationDate=FUTURE, defaultRole="view"
    )
    assert not api_token(name="x")["changed"]
    assert not api_token(api_token_id=token["id"])["changed"]
    api_token(name="x", status="active")
    assert bodies(sandbox, "PATCH") == [{"status": "active"}]
    assert the_token(sandbox) == {**shown(token), "status": "active", "lastUpdated": sandbox.now()}


def test_promise_10_an_empty_description_clears(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x", description="d")
    assert api_token(name="x", description="")["changed_fields"] == ["description"]
    assert bodies(sandbox, "PATCH") == [{"description": ""}]


REVOKING: list[Options] = [{"state": "absent"}, {"status": "inactive"}, {"recreate": "always"}]


@pytest.mark.parametrize("options", REVOKING, ids=str)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_promise_11_a_task_does_not_revoke_its_own_token(
    sandbox: Sandbox, failing_api_token: Task, options: Options, check: bool
) -> None:
    me = sandbox.seed_token("me")
    result = failing_api_token(name="me", access_token=me["token"], **options, _check=check)
    assert "allow_self_revoke" in result["msg"]
    assert me["token"] not in text_of(result)
    assert writes(sandbox) == []


@pytest.mark.parametrize("options", REVOKING, ids=str)
def test_promise_11_unless_the_task_allows_it(sandbox: Sandbox, rehearsed: Rehearsed, options: Options) -> None:
    me = sandbox.seed_token("me")
    assert rehearsed(name="me", access_token=me["token"], **options, allow_self_revoke=True)["changed"]
    assert sandbox.call("GET", sandbox.tokens_path, token=me["token"]).status_code == 401


@pytest.mark.parametrize(
    ("method", "options"),
    [("GET", {}), ("POST", {}), ("PATCH", {"description": "d"}), ("DELETE", {"state": "absent"})],
    ids=["list", "create", "update", "delete"],
)
@pytest.mark.parametrize("status", [400, 403, 429, 500])
def test_promise_12_an_error_says_what_was_attempted_what_losant_responded_and_what_to_do(
    sandbox: Sandbox, failing_api_token: Task, method: str, options: Options, status: int
) -> None:
    if method in ("PATCH", "DELETE"):
        sandbox.seed_token("x")
    body = {"type": "SomeType", "message": "Something is the matter"}
    sandbox.fault("status", method=method, status=status, body=body, times=None)
    result = failing_api_token(name="x", **options)
    attempted = {
        "GET": "Could not list the API tokens of application",
        "POST": "Could not create API token 'x",
        "PATCH": "Could not update API token 'x' (",
        "DELETE": "Could not delete API token 'x' (",
    }
    responded = f": Losant responded {status} SomeType: Something is the matter. "
    before, found, advice = result["msg"].partition(responded)
    assert before.startswith(attempted[method])
    assert before.endswith(f" of application {sandbox.application_id}")
    assert found == responded
    assert len(advice.strip()) > 10, "no advice"
    facts = {
        "kind": "api",
        "status": status,
        "type": "SomeType",
        "message": "Something is the matter",
        "method": method,
    }
    assert facts.items() <= result["failure"].items()
    assert result["failure"]["url"].startswith(f"{sandbox.url}{sandbox.tokens_path}")
