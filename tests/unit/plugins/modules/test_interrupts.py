# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A signal ends a module between two steps: what it did for a new token is rolled back, and it prints a result."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from link_collection import link_collection

from ansible_collections.losant.platform.tests.support.tokens import SECRET, accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    ids,
    methods,
    shown,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from losant_sandbox.client import Json, Sandbox

#: Runs the module in a process of its own, as Ansible does. Its arguments are the path of collections and the options.
_SCRIPT = """
import json
import sys

sys.path.insert(0, sys.argv[1])
from ansible.module_utils.testing import patch_module_args
from ansible_collections.losant.platform.plugins.modules.api_token import main

with patch_module_args(json.loads(sys.stdin.read())):
    main()
"""
_DEADLINE = 300.0
#: Long enough for the signal to arrive, and far longer than a test may take: the signal ends the wait.
LATER = {"Retry-After": "60"}


@dataclass
class Running:
    """A module that runs."""

    sandbox: Sandbox
    process: subprocess.Popen[str]

    def interrupt_at(self, method: str, number: signal.Signals) -> Result:
        """Send the signal when Losant has received a request of this method, and return what the module prints."""
        end = time.monotonic() + _DEADLINE
        while method not in methods(self.sandbox):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end, "the request was not sent"
            time.sleep(0.02)
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=_DEADLINE)
        assert "Traceback" not in out + err
        # What is for Ansible alone: from 2.22 on, the secrets to mask.
        result: Result = {key: value for key, value in json.loads(out).items() if not key.startswith("_ansible_")}
        assert not SECRET.search(json.dumps(result) + err)
        assert self.process.returncode == (1 if result.get("failed") else 0)
        return result


@pytest.fixture
def run(sandbox: Sandbox) -> Iterator[Callable[..., Running]]:
    """Start the module. The connection goes to the sandbox."""
    with _processes() as start:

        def run(**options: Any) -> Running:
            connection = {"access_token": sandbox.access_token, "api_url": sandbox.url}
            return Running(sandbox, start({"application_id": sandbox.application_id, **connection, **options}))

        yield run


@contextmanager
def _processes() -> Iterator[Callable[[Json], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(options: Json) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, str(link_collection())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdin is not None
        process.stdin.write(json.dumps(options))
        process.stdin.close()
        process.stdin = None
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.communicate()


def _check_old_token_is_in_force(sandbox: Sandbox, old: Json, path: Path) -> None:
    assert {**the_token(sandbox), "lastUpdated": old["lastUpdated"]} == shown(old)
    assert accepts(sandbox, old["token"])
    assert path.read_text(encoding="utf-8") == old["token"]
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token"


@pytest.fixture
def old(sandbox: Sandbox, path: Path) -> Json:
    """The token that the task replaces. Its secret is in the file."""
    token = sandbox.seed_token("x", scope=["devices.get"])
    path.write_text(token["token"], encoding="utf-8")
    path.chmod(0o600)
    return token


@pytest.mark.parametrize(
    ("number", "staged"),
    [(signal.SIGTERM, "true"), (signal.SIGINT, "false")],
    ids=["SIGTERM, staged", "SIGINT, direct"],
)
def test_in_the_middle_of_the_creation(
    sandbox: Sandbox, run: Callable[..., Running], old: Json, path: Path, number: signal.Signals, staged: str
) -> None:
    """The request is not cut: its response shows which token to delete again."""
    sandbox.fault("delay", method="POST", seconds=2, when="after")
    # Should the signal be late, the task waits for it here.
    sandbox.fault("status", method="*", path=f".*/{old['id']}", status=429, headers=LATER)
    task = run(name="x", recreate="always", token_file=str(path), staged=staged)
    result = task.interrupt_at("POST", number)
    assert result["msg"].startswith("The task was interrupted.")
    assert result["failure"]["kind"] == "unfinished"
    assert result["failure"]["left"] == []
    assert "was deleted again." in result["msg"]
    _check_old_token_is_in_force(sandbox, old, path)


def test_between_two_tries_of_a_later_step(
    sandbox: Sandbox, run: Callable[..., Running], old: Json, path: Path
) -> None:
    """The new secret is in the file already. The wait of a minute ends, and everything is rolled back."""
    sandbox.fault("status", method="PATCH", status=429, headers=LATER)
    result = run(name="x", recreate="always", token_file=str(path)).interrupt_at("PATCH", signal.SIGTERM)
    assert result["msg"].startswith("The task was interrupted. Could not update API token")
    assert result["failure"]["kind"] == "unfinished"
    assert result["failure"]["left"] == []
    assert f"token_file {path} is as it was." in result["msg"]
    _check_old_token_is_in_force(sandbox, old, path)


def test_before_anything_is_written(sandbox: Sandbox, run: Callable[..., Running], old: Json, path: Path) -> None:
    sandbox.fault("status", method="GET", status=429, headers=LATER)
    result = run(name="x", recreate="always", token_file=str(path)).interrupt_at("GET", signal.SIGTERM)
    assert result["msg"].startswith("The task was interrupted. Could not list the API tokens")
    assert result["failure"]["status"] == 429
    assert writes(sandbox) == []
    _check_old_token_is_in_force(sandbox, old, path)


def test_while_the_old_token_is_retired(sandbox: Sandbox, run: Callable[..., Running], old: Json, path: Path) -> None:
    """The new token is in force, so it stays, and a later run deletes the old one."""
    sandbox.fault("status", method="DELETE", path=f".*/{old['id']}", status=503, headers=LATER, body={})
    result = run(name="x", recreate="always", token_file=str(path)).interrupt_at("DELETE", signal.SIGTERM)
    assert not result.get("failed")
    assert [entry["action"] for entry in result["superseded"]] == ["kept"]
    assert accepts(sandbox, path.read_text(encoding="utf-8"))
    assert ids(sandbox.tokens()) == sorted([old["id"], result["api_token"]["id"]])
