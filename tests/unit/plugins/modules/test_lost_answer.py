# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""POST is the one request that can't be repeated. What becomes of a lost answer to one that is not staged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    UNKNOWN_ID,
    bodies,
    ids,
    methods,
    text_of,
    the_token,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

LOST: list[dict[str, Any]] = [
    {"kind": "reset_after"},
    {"kind": "cut"},
    {"kind": "lie_length"},
    {"kind": "lie_length", "length": 40},
    {"kind": "not_json", "when": "after"},
    {"kind": "empty", "when": "after"},
    {"kind": "not_object", "when": "after"},
    {"kind": "not_object", "when": "after", "body": {}},
    {"kind": "not_object", "when": "after", "body": {"id": "no id", "name": "x", "token": "secret"}},
    *({"kind": "status", "when": "after", "status": status} for status in (301, 500, 502, 503, 504)),
]


@pytest.fixture
def api_token(api_token: Task) -> Task:
    return partial(api_token, staged="false")


@pytest.fixture
def failing_api_token(failing_api_token: Task) -> Task:
    return partial(failing_api_token, staged="false")


@pytest.mark.parametrize("fault", LOST, ids=str)
@pytest.mark.parametrize("replacing", [False, True], ids=["new", "replacing"])
def test_the_token_that_appeared_is_named(
    sandbox: Sandbox, failing_api_token: Task, fault: dict[str, Any], replacing: bool
) -> None:
    old = [sandbox.seed_token("x")] if replacing else []
    sandbox.fault(**fault, method="POST")
    result = failing_api_token(name="x", recreate="always")
    appeared = [token_id for token_id in ids(sandbox.tokens()) if token_id not in ids(old)]
    assert len(appeared) == 1
    assert result["failure"]["ids"] == appeared
    assert appeared[0] in result["msg"]
    assert "delete it" in result["msg"]
    assert ids(old) == [token_id for token_id in ids(sandbox.tokens()) if token_id not in appeared]
    assert methods(sandbox) == ["GET", "POST", "GET"]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_no_part_of_the_secret_is_in_the_error(
    sandbox: Sandbox, failing_api_token: Task, fault: dict[str, Any]
) -> None:
    sandbox.fault(**fault, method="POST")
    result = failing_api_token(name="x")
    assert "eyJ" not in text_of(result)
    assert "secret" not in text_of(result["failure"])
    assert "token" not in result


def test_an_answer_that_cannot_be_read_is_not_quoted(sandbox: Sandbox, failing_api_token: Task) -> None:
    body = [{"token": "the-secret-of-the-token"}]
    sandbox.fault("not_object", method="POST", when="after", status=201, body=body)
    assert "the-secret" not in text_of(failing_api_token(name="x"))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset_before"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503},
        {"kind": "not_json"},
    ],
    ids=str,
)
def test_if_none_appeared_nothing_is_named(sandbox: Sandbox, failing_api_token: Task, fault: dict[str, Any]) -> None:
    other = sandbox.seed_token("other")
    sandbox.fault(**fault, method="POST")
    result = failing_api_token(name="x")
    assert "ids" not in result["failure"]
    assert ids(sandbox.tokens()) == [other["id"]]
    assert len(bodies(sandbox, "POST")) == 1


def test_only_a_token_of_that_name_is_named(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.fault("mutate", method="POST", create=[{"name": "somebody else's"}])
    sandbox.fault("reset_after", method="POST")
    result = failing_api_token(name="x")
    assert result["failure"]["ids"] == [token["id"] for token in sandbox.tokens() if token["name"] == "x"]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "status"])
def test_if_the_list_cannot_be_read_the_name_is_told(sandbox: Sandbox, failing_api_token: Task, kind: str) -> None:
    sandbox.fault(kind, method="POST")
    sandbox.fault("status", method="GET", skip=1, status=500, times=None)
    result = failing_api_token(name="a name of its own", retries=1)
    assert result["failure"]["kind"] == "unfinished"
    assert "'a name of its own'" in result["msg"]
    assert "may have been made" in result["msg"]


def test_the_next_run_finds_what_was_left(sandbox: Sandbox, api_token: Task, failing_api_token: Task) -> None:
    sandbox.fault("reset_after", method="POST")
    left = failing_api_token(name="x")["failure"]["ids"]
    api_token(api_token_id=left[0], state="absent")
    result = api_token(name="x")
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert sandbox.call("GET", sandbox.tokens_path, token=result["token"]).status_code == 200


REFUSED: list[dict[str, Any]] = [
    {"status": 429},
    {"status": 429, "headers": {"Retry-After": "30"}},
    {"status": 503, "headers": {"Retry-After": "30"}},
    {"status": 503, "headers": {"Retry-After": "Tue, 24 Nov 2026 08:00:30 GMT"}},
]


@pytest.mark.parametrize("fault", REFUSED, ids=str)
@pytest.mark.parametrize("times", [1, 3])
def test_a_post_that_was_not_done_is_repeated(
    sandbox: Sandbox, api_token: Task, fault: dict[str, Any], times: int
) -> None:
    sandbox.fault("status", method="POST", times=times, **fault)
    result = api_token(name="x", description="d")
    assert bodies(sandbox, "POST") == [{"name": "x", "description": "d"}] * (times + 1)
    assert the_token(sandbox)["id"] == result["api_token"]["id"]


@pytest.mark.parametrize("fault", REFUSED, ids=str)
def test_it_is_given_up_in_the_end(sandbox: Sandbox, failing_api_token: Task, fault: dict[str, Any]) -> None:
    sandbox.fault("status", method="POST", times=None, **fault)
    result = failing_api_token(name="x", retries=2)
    assert len(bodies(sandbox, "POST")) == 3
    assert str(fault["status"]) in result["msg"]
    assert sandbox.tokens() == []


def test_a_repeated_post_whose_answer_is_lost_is_not_repeated_again(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.fault("status", method="POST", status=429)
    sandbox.fault("reset_after", method="POST", times=None)
    result = failing_api_token(name="x")
    assert len(bodies(sandbox, "POST")) == 2
    assert result["failure"]["ids"] == [the_token(sandbox)["id"]]


def _next_id(sandbox: Sandbox) -> str:
    """The id that the sandbox gives to the token after the next one that is seeded here."""
    return f"{int(sandbox.seed_token('other')['id'], 16) + 1:024x}"


@pytest.mark.parametrize("secret", [None, "", 5])
def test_a_token_without_a_secret_is_removed_again(sandbox: Sandbox, failing_api_token: Task, secret: Any) -> None:
    made = _next_id(sandbox)
    body = {"id": made, "name": "x", "token": secret}
    sandbox.fault("status", method="POST", when="after", status=201, body=body)
    result = failing_api_token(name="x")
    assert "no secret" in result["msg"]
    assert made in result["msg"]
    assert [token["name"] for token in sandbox.tokens()] == ["other"]


def test_a_token_without_a_secret_that_cannot_be_removed_is_named(sandbox: Sandbox, failing_api_token: Task) -> None:
    made = _next_id(sandbox)
    sandbox.fault("status", method="POST", when="after", status=201, body={"id": made, "name": "x"})
    sandbox.fault("status", method="DELETE", status=403, times=None)
    result = failing_api_token(name="x")
    assert [made in left for left in result["failure"]["left"]] == [True]
    assert made in result["msg"]
    assert made in ids(sandbox.tokens())


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_refusal_is_taken_at_its_word(sandbox: Sandbox, failing_api_token: Task, status: int) -> None:
    sandbox.fault("status", method="POST", status=status)
    failing_api_token(name="x")
    assert methods(sandbox) == ["GET", "POST"]


def test_an_answer_with_another_name_is_no_reason_to_lose_the_secret(sandbox: Sandbox, api_token: Task) -> None:
    body = {"id": UNKNOWN_ID, "name": "X", "token": "the-secret"}
    sandbox.fault("status", method="POST", status=201, body=body)
    assert api_token(name="x")["token"] == "the-secret"
