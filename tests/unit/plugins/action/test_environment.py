# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the environment that count for a task: its own, then those of the controller. Nothing of them remains."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.running import Result, action_of

if TYPE_CHECKING:
    from losant_sandbox.client import Sandbox

Run = Callable[..., Result]
WRONG = "b" * 24


@pytest.fixture
def run(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a task with an environment, and check that the process has its own again."""
    monkeypatch.setenv("LOSANT_API_URL", sandbox.url)
    monkeypatch.setenv("LOSANT_API_TOKEN", sandbox.access_token)
    monkeypatch.setenv("LOSANT_APPLICATION_ID", sandbox.application_id)
    monkeypatch.setenv("LOSANT_RETRIES", "0")

    def run(environment: dict[str, Any], **options: Any) -> Result:
        before = dict(os.environ)
        result: Result = action_of("api_token_info", options, environment=environment).run(task_vars={})
        assert dict(os.environ) == before
        return result

    return run


def test_that_of_the_controller_counts(sandbox: Sandbox, run: Run) -> None:
    assert run({})["total_count"] == 0


def test_that_of_the_task_wins(sandbox: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOSANT_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LOSANT_API_TOKEN", "wrong")
    monkeypatch.setenv("LOSANT_APPLICATION_ID", WRONG)
    variables = {
        "LOSANT_API_URL": sandbox.url,
        "LOSANT_API_TOKEN": sandbox.access_token,
        "LOSANT_APPLICATION_ID": sandbox.application_id,
        "LOSANT_DOMAIN": "example.com",
    }
    assert run(variables)["total_count"] == 0
    [request] = sandbox.requests()
    assert request["headers"]["losantdomain"] == "example.com"


def test_options_win_over_both(sandbox: Sandbox, run: Run) -> None:
    variables = {"LOSANT_API_TOKEN": "wrong", "LOSANT_APPLICATION_ID": WRONG}
    assert run(variables, access_token=sandbox.access_token, applicationId=sandbox.application_id)["total_count"] == 0


def test_a_file_of_the_task_does_not_win_over_a_token_of_the_controller(
    sandbox: Sandbox, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a module, whose environment holds both."""
    (tmp_path / "token").write_text("wrong", encoding="utf-8")
    assert run({"LOSANT_API_TOKEN_FILE": str(tmp_path / "token")})["total_count"] == 0
    monkeypatch.delenv("LOSANT_API_TOKEN")
    assert run({"LOSANT_API_TOKEN_FILE": str(tmp_path / "token")})["failure"]["status"] == 401


def test_a_number_is_a_string(run: Run) -> None:
    assert run({"LOSANT_TIMEOUT": 12, "LOSANT_VALIDATE_CERTS": True})["total_count"] == 0


def test_a_value_that_cannot_be_used_names_the_variable(run: Run) -> None:
    result = run({"LOSANT_TIMEOUT": "soon"})
    assert result["msg"] == "The environment variable LOSANT_TIMEOUT is 'soon', which timeout cannot be."


@pytest.mark.parametrize("options", [{"page": "first"}, {"unknown": "x"}, {"per_page": 0}], ids=str)
def test_nothing_remains_after_a_failure(run: Run, options: dict[str, Any]) -> None:
    assert run({"LOSANT_DOMAIN": "example.com", "NEW_VARIABLE": "new"}, **options)["failed"]


def test_a_proxy_of_the_task_is_used(run: Run) -> None:
    # The name cannot be resolved, so it is the proxy that refuses.
    result = run({"http_proxy": "http://127.0.0.1:1", "no_proxy": ""}, api_url="http://losant.invalid")
    assert "Connection refused" in result["msg"]


def test_no_proxy_of_the_task_counts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert run({"no_proxy": "127.0.0.1"})["total_count"] == 0
