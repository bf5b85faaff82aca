# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When ``api_token`` replaces a token, what it says of that, and what the new one takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, FUTURE, PAST, SOON
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, posted, the_token, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Json, Sandbox

Options = dict[str, Any]
SCOPE = ["devices.get"]


def _seed(sandbox: Sandbox, **fields: Any) -> Json:
    return sandbox.seed_token("x", **{"scope": SCOPE, "creationDate": EARLIER, "expirationDate": SOON, **fields})


@pytest.mark.parametrize(
    ("window", "due_at"),
    [
        ("10d", "2026-11-24T08:00:00.000Z"),
        ("10d1s", "2026-11-24T07:59:59.000Z"),
        ("2w", "2026-11-20T08:00:00.000Z"),
        ("39d23h59m59s", "2026-10-25T08:00:01.000Z"),
    ],
)
def test_within_its_window_a_token_is_due(sandbox: Sandbox, rehearsed: Rehearsed, window: str, due_at: str) -> None:
    old = _seed(sandbox)
    result = rehearsed(name="x", rotate_before=window)
    assert result["changed"]
    assert result["rotation"] == {"due": True, "reason": "expires_soon", "due_at": due_at}
    assert result["api_token"]["id"] == the_token(sandbox)["id"] != old["id"]
    assert result["diff"]["before"]["id"] == old["id"]


@pytest.mark.parametrize(
    ("window", "due_at"),
    [
        ("9d23h59m59s", "2026-11-24T08:00:01.000Z"),
        ("1d", "2026-12-03T08:00:00.000Z"),
        ("0s", SOON),
        (None, None),
    ],
)
@pytest.mark.parametrize("recreate", ["never", "state_change"])
def test_before_its_window_it_is_not(
    sandbox: Sandbox, rehearsed: Rehearsed, window: str | None, due_at: str | None, recreate: str
) -> None:
    _seed(sandbox)
    result = rehearsed(name="x", rotate_before=window, recreate=recreate)
    assert not result["changed"]
    assert result["rotation"] == {"due": False, "reason": None, "due_at": due_at}
    assert methods(sandbox) == ["GET"]


@pytest.mark.parametrize("window", ["0s", "10d", "3000000d"])
def test_a_token_without_an_end_is_never_due(sandbox: Sandbox, rehearsed: Rehearsed, window: str) -> None:
    sandbox.seed_token("x", creationDate=EARLIER)
    result = rehearsed(name="x", rotate_before=window)
    assert not result["changed"]
    assert result["rotation"] == {"due": False, "reason": None, "due_at": None}


@pytest.mark.parametrize(("window", "due_at"), [(None, None), ("10d", "2026-11-14T07:59:59.000Z")])
def test_an_expired_token_is_due(
    sandbox: Sandbox, rehearsed: Rehearsed, window: str | None, due_at: str | None
) -> None:
    _seed(sandbox, expirationDate=PAST)
    result = rehearsed(name="x", rotate_before=window)
    assert result["rotation"] == {"due": True, "reason": "expired", "due_at": due_at}
    assert the_token(sandbox)["expirationDate"] == "2026-12-24T07:59:59.000Z"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"recreate": "always"}, "always"),
        ({"recreate": "always", "rotate_before": "10d"}, "always"),
        ({"recreate": "state_change", "scope": ["device.get"]}, "differs"),
        ({"recreate": "state_change", "expiration_date": FUTURE}, "differs"),
        ({"recreate": "state_change", "token_file": "/nonexistent"}, "token_file"),
    ],
    ids=str,
)
def test_recreate_is_a_reason_as_well(
    sandbox: Sandbox, rehearsed: Rehearsed, options: Options, reason: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _seed(sandbox)
    if "token_file" in options:
        options = {**options, "token_file": str(tmp_path_factory.mktemp("secrets") / "token")}
    rotation = rehearsed(name="x", **options)["rotation"]
    assert (rotation["due"], rotation["reason"]) == (True, reason)


@pytest.mark.parametrize("options", [{}, {"rotate_before": "10d"}, {"recreate": "always"}], ids=str)
def test_where_there_is_none_nothing_is_due(sandbox: Sandbox, rehearsed: Rehearsed, options: Options) -> None:
    result = rehearsed(name="x", expires_in="40d", **options)
    assert result["changed"]
    assert result["rotation"] == {"due": False, "reason": None, "due_at": None}


@pytest.mark.parametrize("recreate", ["never", "state_change"])
def test_a_token_that_is_due_gets_the_declared_scope_whatever_recreate_says(
    sandbox: Sandbox, rehearsed: Rehearsed, recreate: str
) -> None:
    _seed(sandbox)
    result = rehearsed(name="x", scope=["device.get"], rotate_before="10d", recreate=recreate)
    assert (the_token(sandbox)["scope"], result["changed_fields"]) == (["device.get"], ["scope", "expiration_date"])


def test_a_difference_is_not_ignored_before_that(sandbox: Sandbox, failing_api_token: Task) -> None:
    _seed(sandbox)
    result = failing_api_token(name="x", scope=["device.get"], rotate_before="9d")
    assert "scope" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, {}),
        ({"description": ""}, {"description": ""}),
        ({"status": "active"}, {"status": "active"}),
        ({"scope": ["device.get"]}, {"scope": ["device.get"]}),
        ({"expires_in": "90d"}, {"expirationDate": "2027-02-22T08:00:00.000Z"}),
        ({"expiration_date": FUTURE}, {"expirationDate": FUTURE}),
    ],
    ids=str,
)
def test_what_is_not_declared_is_taken_over(
    sandbox: Sandbox, rehearsed: Rehearsed, options: Options, sent: Options
) -> None:
    _seed(sandbox, description="d", status="inactive")
    rehearsed(name="x", rotate_before="10d", **options)
    taken = {"name": "x", "description": "d", "status": "inactive", "scope": SCOPE}
    assert posted(sandbox) == [{**taken, "expirationDate": "2027-01-03T08:00:00.000Z", **sent}]


def test_an_end_can_be_taken_away(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    _seed(sandbox)
    assert rehearsed(name="x", rotate_before="10d", expiration_date="")["api_token"]["expiration_date"] is None


@pytest.mark.parametrize(
    ("there", "check"),
    [([], False), ([{}], True), ([{"expirationDate": PAST}], False)],
    ids=["none", "due check", "expired"],
)
@pytest.mark.parametrize(
    "options",
    [
        {"expires_in": "10d"},
        {"expires_in": "9d23h"},
        {"expiration_date": "2026-12-04T08:00:00Z"},
        {"expiration_date": "2026-11-24T08:00:01Z"},
    ],
    ids=str,
)
def test_a_window_that_is_not_shorter_than_the_life_is_refused(
    sandbox: Sandbox, failing_api_token: Task, there: list[Options], check: bool, options: Options
) -> None:
    for fields in there:
        _seed(sandbox, **fields)
    result = failing_api_token(name="x", rotate_before="10d", recreate="state_change", **options, _check=check)
    assert "rotate_before" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize("window", ["40d", "41d", "3000000d"])
def test_so_is_one_that_is_not_shorter_than_a_life_taken_over(
    sandbox: Sandbox, failing_api_token: Task, check: bool, window: str
) -> None:
    _seed(sandbox)
    result = failing_api_token(name="x", rotate_before=window, _check=check)
    assert "rotate_before" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("value", ["", "-1d", "10", "soon"])
@pytest.mark.parametrize("option", ["rotate_before", "superseded_after"])
def test_a_span_that_is_none_is_refused(sandbox: Sandbox, failing_api_token: Task, option: str, value: str) -> None:
    options: Options = {option: value}
    assert option in failing_api_token(name="x", **options)["msg"]
    assert methods(sandbox) == []


@pytest.mark.parametrize("expired", [False, True], ids=["due", "expired"])
def test_an_id_cannot_be_rotated(sandbox: Sandbox, failing_api_token: Task, expired: bool) -> None:
    old = _seed(sandbox, expirationDate=PAST if expired else SOON)
    result = failing_api_token(api_token_id=old["id"], rotate_before="10d")
    assert old["id"] in result["msg"]
    assert "name" in result["msg"]
    assert writes(sandbox) == []
