# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""POST is the one request that cannot be repeated: lost and wrong responses to it, when creation is not staged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    bodies,
    ids,
    methods,
    named,
    text_of,
    the_token,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

#: The token is created, and the response does not show its secret.
LOST: list[dict[str, Any]] = [
    {"kind": "reset_after"},
    {"kind": "lie_length", "length": 40},
    {"kind": "not_json", "when": "after"},
    {"kind": "not_object", "when": "after", "status": 201, "body": [{"token": "the-secret-of-the-token"}]},
    {"kind": "not_object", "when": "after", "body": {"id": "no id", "name": "x", "token": "the-secret"}},
    {"kind": "status", "when": "after", "status": 502},
]


@pytest.fixture
def api_token(api_token: Task) -> Task:
    return partial(api_token, staged="false")


@pytest.fixture
def failing_api_token(failing_api_token: Task) -> Task:
    return partial(failing_api_token, staged="false")


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_the_token_that_appeared_is_named_and_no_part_of_its_secret(
    sandbox: Sandbox, failing_api_token: Task, fault: dict[str, Any]
) -> None:
    sandbox.fault(**fault, method="POST")
    result = failing_api_token(name="x")
    appeared = the_token(sandbox)["id"]
    assert result["failure"]["kind"] == "unfinished"
    assert result["failure"]["ids"] == [appeared]
    assert appeared in result["msg"]
    assert "delete it by api_token_id" in result["msg"]
    assert methods(sandbox) == ["GET", "POST", "GET"]
    assert "eyJ" not in text_of(result)
    assert "the-secret" not in text_of(result)


def test_while_a_token_is_replaced_only_the_new_one_is_named(sandbox: Sandbox, failing_api_token: Task) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault("mutate", method="POST", create=[{"name": "somebody else's"}])
    sandbox.fault("reset_after", method="POST")
    result = failing_api_token(name="x", recreate="always")
    assert accepts(sandbox, old["token"])
    new = [token["id"] for token in sandbox.tokens() if token["name"] == "x" and token["id"] != old["id"]]
    assert result["failure"]["ids"] == new


@pytest.mark.parametrize("fault", [{"kind": "reset_before"}, {"kind": "status", "status": 500}], ids=str)
def test_if_no_token_appeared_none_is_named(sandbox: Sandbox, failing_api_token: Task, fault: dict[str, Any]) -> None:
    other = sandbox.seed_token("other")
    sandbox.fault(**fault, method="POST")
    result = failing_api_token(name="x")
    assert "ids" not in result["failure"]
    assert ["Losant may still carry the creation out" in warning for warning in result["warnings"]][-1]
    assert ids(sandbox.tokens()) == [other["id"]]
    assert len(bodies(sandbox, "POST")) == 1


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_if_the_list_cannot_be_read_the_name_is_reported(sandbox: Sandbox, failing_api_token: Task, kind: str) -> None:
    sandbox.fault(kind, method="POST")
    sandbox.fault("status", method="GET", skip=1, status=500, times=None)
    result = failing_api_token(name="a name of its own", retries=1)
    assert result["failure"]["kind"] == "unfinished"
    assert "'a name of its own'" in result["msg"]
    assert "may have been created" in result["msg"]


def test_after_the_leftover_is_deleted_the_next_run_creates_the_token(
    sandbox: Sandbox, api_token: Task, failing_api_token: Task
) -> None:
    sandbox.fault("reset_after", method="POST")
    (leftover,) = failing_api_token(name="x")["failure"]["ids"]
    api_token(api_token_id=leftover, state="absent")
    result = api_token(name="x")
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert accepts(sandbox, result["token"])


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 503, "headers": {"Retry-After": "30"}}], ids=str)
def test_a_post_that_was_not_carried_out_is_repeated(sandbox: Sandbox, api_token: Task, fault: dict[str, Any]) -> None:
    sandbox.fault("status", method="POST", times=3, **fault)
    result = api_token(name="x", description="d")
    assert bodies(sandbox, "POST") == [{"name": "x", "description": "d"}] * 4
    assert the_token(sandbox)["id"] == result["api_token"]["id"]


def test_a_repeated_post_whose_response_is_lost_is_not_repeated_again(
    sandbox: Sandbox, failing_api_token: Task
) -> None:
    sandbox.fault("status", method="POST", status=429)
    sandbox.fault("reset_after", method="POST", times=None)
    result = failing_api_token(name="x")
    assert len(bodies(sandbox, "POST")) == 2
    assert result["failure"]["ids"] == [the_token(sandbox)["id"]]


@pytest.mark.parametrize("status", [400, 409])
def test_a_refusal_is_final(sandbox: Sandbox, failing_api_token: Task, status: int) -> None:
    sandbox.fault("status", method="POST", status=status)
    failing_api_token(name="x")
    assert methods(sandbox) == ["GET", "POST"]


def _next_id(sandbox: Sandbox) -> str:
    """The id that the sandbox gives to the token after the next one that is seeded here."""
    return f"{int(sandbox.seed_token('other')['id'], 16) + 1:024x}"


#: A response to POST that does not show the token that was asked for, and what the message says about it.
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no secret": ({"name": "x"}, "no secret"),
    "empty secret": ({"name": "x", "token": ""}, "no secret"),
    "a number": ({"name": "x", "token": 5}, "no secret"),
    "another name": ({"name": "X", "token": "the-secret"}, "named it 'X' instead of 'x'"),
    "expired": (
        {
            "name": "x",
            "token": "the-secret",
            "creationDate": "2026-11-24T08:00:00.000Z",
            "expirationDate": "2026-11-24T08:00:00.000Z",
        },
        "expired at 2026-11-24T08:00:00.000Z",
    ),
}


@pytest.mark.parametrize(("body", "problem"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("replacing", [False, True], ids=["new", "replacing"])
def test_a_token_that_is_not_as_asked_for_is_deleted_again(
    sandbox: Sandbox, failing_api_token: Task, replacing: bool, body: dict[str, Any], problem: str
) -> None:
    """Checked before the old token is retired."""
    old = sandbox.seed_token("x") if replacing else None
    created = _next_id(sandbox)
    sandbox.fault("status", method="POST", when="after", status=201, body={"id": created, **body})
    result = failing_api_token(name="x", recreate="always")
    assert problem in result["msg"]
    assert f"The new token {created} was deleted again." in result["msg"]
    assert sorted(named(sandbox)) == (["other", "x"] if replacing else ["other"])
    assert old is None or accepts(sandbox, old["token"])
    assert "the-secret" not in text_of(result)


def test_if_it_cannot_be_deleted_again_it_is_named(sandbox: Sandbox, failing_api_token: Task) -> None:
    created = _next_id(sandbox)
    sandbox.fault("status", method="POST", when="after", status=201, body={"id": created, "name": "x"})
    sandbox.fault("status", method="DELETE", status=403, times=None)
    result = failing_api_token(name="x")
    assert [created in left for left in result["failure"]["left"]] == [True]
    assert created in result["msg"]
    assert created in ids(sandbox.tokens())
