# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets: the new one is in ``token`` and nowhere else; the access token is nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module import single
from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import text_of, the_token, without_token

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule, Task
    from losant_sandbox.client import Sandbox

CREATING: dict[str, dict[str, Any]] = {
    "new": {"name": "new"},
    "replacing": {"name": "x", "recreate": "always"},
    "superseding": {"name": "expired"},
}


@pytest.mark.parametrize("options", CREATING.values(), ids=CREATING)
@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
@pytest.mark.parametrize("return_token", [True, False])
def test_the_new_secret(
    sandbox: Sandbox, api_token: Task, options: dict[str, Any], token_format: str, return_token: bool
) -> None:
    secrets = [sandbox.seed_token("x")["token"]]
    secrets.append(sandbox.seed_token("expired", creationDate=EARLIER, expirationDate=PAST)["token"])
    sandbox.switch(token_format=token_format)
    # With a secret that the test knows beforehand, a copy of it can be looked for even when it is not returned.
    known = "a-secret-that-the-test-knows"
    body = {"id": "a" * 24, "name": options["name"], "token": known}
    sandbox.fault("status", method="POST", status=201, body=body)
    result = api_token(**options, staged="false", return_token=return_token)
    assert result.get("token") == (known if return_token else None)
    rest = without_token(result)
    assert [secret for secret in [known, *secrets, sandbox.access_token] if secret in rest] == []


def test_without_a_file_it_is_returned_by_default(sandbox: Sandbox, api_token: Task) -> None:
    result = api_token(name="x", scope=["devices.get"])
    assert accepts(sandbox, result["token"])
    assert result["warnings"] == []


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_secret_that_goes_nowhere_is_warned_about(api_token: Task, check: bool) -> None:
    result = api_token(name="x", scope=["devices.get"], return_token=False, _check=check)
    [warning] = result["warnings"]
    assert "is not returned, and cannot be read again. Set return_token=true or token_file." in warning


@pytest.mark.parametrize("module", ["api_token", "api_token_info"])
def test_a_task_that_creates_nothing_returns_no_token(sandbox: Sandbox, run_module: RunModule, module: str) -> None:
    secret = sandbox.seed_token("x", description="d")["token"]
    options: dict[str, Any] = {"name": "x", **({"description": ""} if module == "api_token" else {})}
    result = run_module(module, **options)
    assert "token" not in result
    assert secret not in text_of(result)
    assert sandbox.access_token not in text_of(result)


def test_a_secret_in_a_response_to_another_request_is_not_shown(sandbox: Sandbox, api_token: Task) -> None:
    token = sandbox.seed_token("x")
    body = {"id": token["id"], "name": "x", "status": "inactive", "token": token["token"]}
    sandbox.fault("status", method="PATCH", status=200, body=body)
    result = api_token(name="x", status="inactive")
    assert "token" not in result
    assert token["token"] not in text_of(result)


FAULTS: list[list[dict[str, Any]]] = [
    [{"kind": "status", "method": "PATCH", "status": 403, "times": None}],
    [
        {"kind": "status", "method": "PATCH", "status": 403, "times": None},
        {"kind": "status", "method": "DELETE", "status": 403, "times": None},
    ],
    [
        {"kind": "status", "method": "PATCH", "status": 500, "times": None},
        {"kind": "status", "method": "GET", "status": 500, "skip": 1, "times": None},
    ],
    [{"kind": "reset_before", "method": "PATCH", "times": None}],
]


@pytest.mark.parametrize("faults", FAULTS, ids=str)
def test_a_failure_has_no_secret(sandbox: Sandbox, failing_api_token: Task, faults: list[dict[str, Any]]) -> None:
    old = sandbox.seed_token("x", token="the-secret-of-the-old-one")
    for fault in faults:
        sandbox.fault(**fault)
    result = failing_api_token(name="x", recreate="always", retries=1)
    assert "token" not in result
    # All secrets that the sandbox makes begin like this.
    assert "eyJ" not in text_of(result)
    assert old["token"] not in text_of(result)


def _break_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the last thing that the module does fail, when all writes are done."""

    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("eyJ-a-secret")

    monkeypatch.setattr(single, "outcome_result", broken)


def test_an_unforeseen_failure_has_no_secret_and_no_traceback(
    sandbox: Sandbox, failing_api_token: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.seed_token("x", scope=["devices.get"])
    _break_result(monkeypatch)
    result = failing_api_token(name="x")
    assert result["failure"] == {"kind": "internal_error"}
    assert "RuntimeError in broken, line " in result["msg"]
    assert "Report it" in result["msg"]
    assert "eyJ" not in text_of(result)
    assert "Traceback" not in text_of(result)


@pytest.mark.parametrize("deliver", [False, True], ids=["to return", "in a file"])
def test_promise_05_a_result_that_cannot_be_returned_does_not_hide_a_new_token(
    sandbox: Sandbox, failing_api_token: Task, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, deliver: bool
) -> None:
    path = tmp_path / "token"
    _break_result(monkeypatch)
    result = failing_api_token(name="x", token_file=str(path) if deliver else None)
    assert result["failure"]["kind"] == "unfinished"
    assert f"The new token {the_token(sandbox)['id']} is in force." in result["msg"]
    assert (f"Its secret is in token_file {path}." if deliver else "delete it by api_token_id") in result["msg"]
    assert "eyJ" not in text_of(result)
    assert path.exists() is deliver


def test_without_requests_the_module_says_so(failing_api_token: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.losant.platform.plugins.module_utils._client.client.HAS_REQUESTS", False)
    result = failing_api_token(name="x")
    assert "requests" in result["msg"]
    assert result["failure"]["kind"] == "missing_library"
