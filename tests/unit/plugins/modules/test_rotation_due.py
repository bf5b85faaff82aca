# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When ``api_token`` replaces a token, how it reports that, and what the new token inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST, SOON
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
    ("window", "due_at"), [("9d23h59m59s", "2026-11-24T08:00:01.000Z"), ("0s", SOON), (None, None)]
)
def test_before_its_window_it_is_not(
    sandbox: Sandbox, rehearsed: Rehearsed, window: str | None, due_at: str | None
) -> None:
    _seed(sandbox)
    result = rehearsed(name="x", rotate_before=window, recreate="state_change")
    assert not result["changed"]
    assert result["rotation"] == {"due": False, "reason": None, "due_at": due_at}
    assert methods(sandbox) == ["GET"]


@pytest.mark.parametrize("window", ["0s", "3000000d"])
def test_a_token_without_expiration_is_never_due_and_the_task_warns(
    sandbox: Sandbox, rehearsed: Rehearsed, window: str
) -> None:
    """Promise 3: a policy that cannot take effect is never silent."""
    token = sandbox.seed_token("x", creationDate=EARLIER)
    result = rehearsed(name="x", rotate_before=window)
    assert not result["changed"]
    assert result["rotation"] == {"due": False, "reason": None, "due_at": None}
    (warning,) = result["warnings"]
    assert "rotate_before has no effect" in warning
    assert token["id"] in warning


def test_a_new_token_without_expiration_is_warned_about_as_well(rehearsed: Rehearsed) -> None:
    (warning,) = rehearsed(name="x", scope=SCOPE, rotate_before="10d")["warnings"]
    assert "rotate_before has no effect" in warning


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
        ({"recreate": "state_change", "scope": ["device.get"]}, "differs"),
        ({"recreate": "state_change", "token_file": "/nonexistent"}, "token_file"),
        ({"recreate": "state_change", "held_token": "another"}, "held_token"),
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


def test_without_a_token_nothing_is_due(rehearsed: Rehearsed) -> None:
    result = rehearsed(name="x", expires_in="40d", rotate_before="10d", recreate="always")
    assert result["changed"]
    assert result["rotation"] == {"due": False, "reason": None, "due_at": None}


def test_a_token_that_is_due_gets_the_declared_scope_even_with_recreate_never(
    sandbox: Sandbox, rehearsed: Rehearsed
) -> None:
    _seed(sandbox)
    result = rehearsed(name="x", scope=["device.get"], rotate_before="10d")
    assert (the_token(sandbox)["scope"], result["changed_fields"]) == (["device.get"], ["scope", "expiration_date"])


def test_before_its_window_a_difference_is_refused(sandbox: Sandbox, failing_api_token: Task) -> None:
    _seed(sandbox)
    result = failing_api_token(name="x", scope=["device.get"], rotate_before="9d")
    assert "scope" in result["msg"]
    assert writes(sandbox) == []


def test_the_new_token_inherits_what_is_not_declared(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    _seed(sandbox, description="d", status="inactive")
    rehearsed(name="x", rotate_before="10d")
    inherited = {"name": "x", "description": "d", "status": "inactive", "scope": SCOPE}
    assert posted(sandbox) == [{**inherited, "expirationDate": "2027-01-03T08:00:00.000Z"}]


def test_a_rotation_can_end_the_expiration(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    _seed(sandbox)
    result = rehearsed(name="x", rotate_before="10d", expiration_date="")
    assert result["api_token"]["expiration_date"] is None
    assert ["rotate_before has no effect" in warning for warning in result["warnings"]] == [True]


@pytest.mark.parametrize(
    ("existing", "options"),
    [
        ([], {"expires_in": "10d"}),
        ([{}], {"expires_in": "9d23h"}),
        ([{}], {"expiration_date": "2026-11-24T08:00:01Z"}),
        ([{"expirationDate": PAST}], {"expiration_date": "2026-12-04T08:00:00Z"}),
        ([{}], {"rotate_before": "40d"}),
        ([{}], {"rotate_before": "3000000d"}),
    ],
    ids=str,
)
def test_a_window_that_is_not_shorter_than_the_lifetime_is_refused(
    sandbox: Sandbox, failing_api_token: Task, existing: list[Options], options: Options
) -> None:
    for fields in existing:
        _seed(sandbox, **fields)
    declared: Options = {"name": "x", "rotate_before": "10d", "recreate": "state_change", **options}
    results = [failing_api_token(**declared, _check=check) for check in (True, False)]
    assert results[0]["msg"] == results[1]["msg"]
    assert "rotate_before" in results[1]["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("option", ["rotate_before", "superseded_after"])
def test_a_value_that_is_no_duration_is_refused(sandbox: Sandbox, failing_api_token: Task, option: str) -> None:
    options: Options = {option: "soon"}
    assert option in failing_api_token(name="x", **options)["msg"]
    assert methods(sandbox) == []


@pytest.mark.parametrize("expired", [False, True], ids=["due", "expired"])
def test_a_token_that_is_selected_by_its_id_cannot_be_rotated(
    sandbox: Sandbox, failing_api_token: Task, expired: bool
) -> None:
    old = _seed(sandbox, expirationDate=PAST if expired else SOON)
    result = failing_api_token(api_token_id=old["id"], rotate_before="10d")
    assert old["id"] in result["msg"]
    assert "name" in result["msg"]
    assert writes(sandbox) == []
