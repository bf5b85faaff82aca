# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the access token comes from: an option, a file, or the environment."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, text_of

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule, Task
    from losant_sandbox.client import Sandbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "access_token"


@pytest.fixture(params=["api_token", "api_token_info"])
def without(run_module: RunModule, request: pytest.FixtureRequest) -> Task:
    """A task of either module that sets no access token."""
    options: dict[str, Any] = {"name": "x", "access_token": None}
    return partial(run_module, request.param, **options)


@pytest.mark.parametrize("around", ["", "\n", " \r\n\n"], ids=["alone", "line", "lines"])
def test_the_file_is_read(sandbox: Sandbox, without: Task, path: Path, around: str) -> None:
    path.write_text(sandbox.access_token + around, encoding="utf-8")
    result = without(access_token_file=str(path))
    assert not result.get("failed")
    assert sandbox.access_token not in text_of(result)
    assert "unknown" not in {request["caller"] for request in sandbox.requests()}


def test_a_home_directory_is_found(
    sandbox: Sandbox, without: Task, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text(sandbox.access_token, encoding="utf-8")
    monkeypatch.setenv("HOME", str(path.parent))
    assert not without(access_token_file=f"~/{path.name}").get("failed")


def test_the_variable_names_the_file(
    sandbox: Sandbox, without: Task, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text(sandbox.access_token, encoding="utf-8")
    monkeypatch.setenv("LOSANT_API_TOKEN_FILE", str(path))
    assert not without().get("failed")


def test_the_variable_can_begin_with_the_home_directory(
    sandbox: Sandbox, without: Task, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text(sandbox.access_token, encoding="utf-8")
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("LOSANT_API_TOKEN_FILE", f"~/{path.name}")
    assert not without().get("failed")


def test_a_task_can_replace_its_own_token_in_the_file(sandbox: Sandbox, api_token: Task, path: Path) -> None:
    """The file is read before the first request, and again by the next task."""
    path.write_text(sandbox.seed_token("me")["token"], encoding="utf-8")
    path.chmod(0o600)
    options: dict[str, Any] = {"access_token": None, "access_token_file": str(path), "token_file": str(path)}
    assert api_token(name="me", recreate="always", allow_self_revoke=True, **options)["changed"]
    assert not api_token(name="me", **options)["changed"]


@pytest.mark.parametrize("option", ["access_token", "access_token_file"])
def test_an_option_wins_over_both_variables(
    sandbox: Sandbox, without: Task, path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    path.write_text(sandbox.access_token, encoding="utf-8")
    monkeypatch.setenv("LOSANT_API_TOKEN", "from-the-environment")
    monkeypatch.setenv("LOSANT_API_TOKEN_FILE", "/nonexistent/access_token")
    values = {"access_token": sandbox.access_token, "access_token_file": str(path)}
    more: dict[str, Any] = {option: values[option]}
    assert not without(**more).get("failed")


def test_the_token_in_the_environment_wins_over_the_file_in_the_environment(
    sandbox: Sandbox, without: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSANT_API_TOKEN", sandbox.access_token)
    monkeypatch.setenv("LOSANT_API_TOKEN_FILE", "/nonexistent/access_token")
    assert not without().get("failed")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory"),
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xff\x00\xfe" * 20, "not a text file"),
    ],
    ids=["missing", "empty", "spaces", "binary"],
)
@pytest.mark.parametrize("source", ["option", "environment"])
def test_a_file_without_a_token(
    sandbox: Sandbox,
    without: Task,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes | None,
    problem: str,
    source: str,
) -> None:
    if content is not None:
        path.write_bytes(content)
    options: dict[str, Any] = {"access_token_file": str(path)} if source == "option" else {}
    if source == "environment":
        monkeypatch.setenv("LOSANT_API_TOKEN_FILE", str(path))
    result = without(**options)
    assert f"access_token_file {path}" in result["msg"]
    assert problem in result["msg"]
    assert result["failure"] == {"kind": "invalid_option", "option": "access_token_file"}
    assert methods(sandbox) == []


def test_a_directory_is_no_file(sandbox: Sandbox, without: Task, tmp_path: Path) -> None:
    result = without(access_token_file=str(tmp_path))
    assert f"access_token_file {tmp_path}: Is a directory" in result["msg"]
    assert methods(sandbox) == []


@pytest.mark.parametrize("content", ["two words", "a\nb", "tökén"], ids=["words", "lines", "non-ASCII"])
def test_a_file_with_something_else_is_not_quoted(sandbox: Sandbox, without: Task, path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
    result = without(access_token_file=str(path))
    assert result["failure"]["kind"] == "invalid_option"
    assert "access_token" in result["msg"]
    assert content not in result["msg"]
    assert methods(sandbox) == []


def test_both_options_exclude_each_other(sandbox: Sandbox, without: Task, path: Path) -> None:
    path.write_text(sandbox.access_token, encoding="utf-8")
    result = without(access_token=sandbox.access_token, access_token_file=str(path))
    assert "mutually exclusive: access_token|access_token_file" in result["msg"]
    assert methods(sandbox) == []


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_missing_access_token_names_both_options_and_both_variables(
    sandbox: Sandbox, without: Task, check: bool
) -> None:
    result = without(_check=check)
    words = ["access_token", "access_token_file", "LOSANT_API_TOKEN", "LOSANT_API_TOKEN_FILE"]
    assert [word for word in words if f" {word}" not in result["msg"]] == []
    assert result["failure"] == {"kind": "invalid_option", "option": "access_token"}
    assert methods(sandbox) == []
