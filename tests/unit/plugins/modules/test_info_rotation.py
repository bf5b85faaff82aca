# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``api_token_info`` shows where each token is in a rotation, so that a pipeline can alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST, SOON
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

#: Names, and whether each is that of a superseded and of a pending token.
NAMES = {
    "x": (False, False),
    "x ~superseded:2026-11-24T10:00:00Z": (True, False),
    "x ~superseded:2026-01-01T00:00:00Z": (True, False),
    "x ~superseded:never": (True, False),
    "x ~superseded:someday": (False, False),
    "x ~superseded:": (False, False),
    "x ~superseded:never y": (False, False),
    "x ~pending:0123456789abcdef": (False, True),
    "x ~pending:": (False, False),
    "x~pending:0123456789abcdef": (False, False),
}


def test_superseded_and_pending_tokens_are_flagged(sandbox: Sandbox, api_token_info: Task) -> None:
    sandbox.seed(tokens=[{"name": name} for name in NAMES])
    found = api_token_info()["api_tokens"]
    assert {token["name"]: (token["superseded"], token["pending"]) for token in found} == NAMES
    assert {token["expired"] for token in found} == {False}


@pytest.mark.parametrize("options", [{"superseded": "keep"}, {"superseded_after": "2h"}], ids=str)
def test_a_token_that_a_task_superseded_is_flagged(
    sandbox: Sandbox, either_way: Task, api_token_info: Task, options: dict[str, Any]
) -> None:
    old = sandbox.seed_token("x")["id"]
    new = either_way(name="x", recreate="always", **options)["api_token"]["id"]
    flags = {token["id"]: token["superseded"] for token in api_token_info()["api_tokens"]}
    assert flags == {old: True, new: False}


@pytest.mark.parametrize(
    ("expires", "rotation"),
    [
        (None, (False, None, None)),
        (SOON, (True, "expires_soon", "2026-11-24T08:00:00.000Z")),
        ("2026-12-04T08:00:01.000Z", (False, None, "2026-11-24T08:00:01.000Z")),
        (PAST, (True, "expired", "2026-11-14T07:59:59.000Z")),
    ],
)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_rotate_before_shows_whether_a_rotation_is_due(
    sandbox: Sandbox, api_token_info: Task, expires: str | None, rotation: tuple[Any, ...], check: bool
) -> None:
    fields = {"expirationDate": expires} if expires else {}
    sandbox.seed_token("x", creationDate=EARLIER, **fields)
    (token,) = api_token_info(rotate_before="10d", _check=check)["api_tokens"]
    assert token["rotation"] == dict(zip(("due", "reason", "due_at"), rotation, strict=True))
    assert methods(sandbox) == ["GET"]


@pytest.mark.parametrize("window", ["0s", "9d", "10d", "11d", "39d"])
def test_it_says_the_same_as_the_task_that_rotates(
    sandbox: Sandbox, api_token: Task, api_token_info: Task, window: str
) -> None:
    sandbox.seed_token("x", creationDate=EARLIER, expirationDate=SOON)
    (token,) = api_token_info(rotate_before=window)["api_tokens"]
    assert token["rotation"] == api_token(name="x", rotate_before=window, _check=True)["rotation"]


def test_without_it_nothing_is_shown(sandbox: Sandbox, api_token_info: Task) -> None:
    sandbox.seed_token("x", expirationDate=PAST)
    (token,) = api_token_info()["api_tokens"]
    assert "rotation" not in token


def test_it_selects_no_tokens(sandbox: Sandbox, api_token_info: Task) -> None:
    sandbox.seed(tokens=[{"name": "a", "expirationDate": SOON}, {"name": "b"}])
    result = api_token_info(rotate_before="10d")
    assert [(token["name"], token["rotation"]["due"]) for token in result["api_tokens"]] == [("a", True), ("b", False)]


def test_a_window_longer_than_the_calendar(sandbox: Sandbox, api_token_info: Task) -> None:
    sandbox.seed(tokens=[{"name": "a", "expirationDate": SOON}, {"name": "b"}])
    result = api_token_info(rotate_before="3000000d")
    assert [token["rotation"]["due"] for token in result["api_tokens"]] == [True, False]


@pytest.mark.parametrize("value", ["", "-1d", "10", "soon"])
def test_a_value_that_is_no_duration_is_refused(sandbox: Sandbox, failing_api_token_info: Task, value: str) -> None:
    assert "rotate_before" in failing_api_token_info(rotate_before=value)["msg"]
    assert methods(sandbox) == []
