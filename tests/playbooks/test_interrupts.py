# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ctrl-C, SIGTERM and the keyword ``timeout`` end a task between two steps, and what it did is rolled back."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.support.tokens import SECRET, accepts

from .conftest import Played, Player

#: Far longer than a test may take: the signal ends the wait.
LATER = {"Retry-After": "60"}
_DEADLINE = 120.0


def interrupt(player: Player, playbook: Path, method: str, number: signal.Signals) -> Played:
    """Send a signal when Losant has received a request of this method: to Ansible, or an alarm to the worker of the task."""
    process = player.start(playbook)
    end = time.monotonic() + _DEADLINE
    while method not in [request["method"] for request in player.sandbox.requests()]:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "the request was not sent"
        time.sleep(0.05)
    if number == signal.SIGALRM:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        os.kill(int(children[-1]), number)
    else:
        process.send_signal(number)
    # The worker holds the output open, so this waits for it, too.
    played = player.finish(process)
    assert not SECRET.search(played.output)
    return played


def delay(player: Player, method: str, following: str, **more: Any) -> None:
    """Delay the response to a request. Should the signal be late, the task waits for it at the following one."""
    player.sandbox.fault("delay", method=method, seconds=2, when="after")
    player.sandbox.fault("status", method=following, status=429, headers=LATER, **more)


def rotation(path: Path, **more: Any) -> dict[str, Any]:
    options = {"name": "x", "recreate": "always", "token_file": str(path), "retry_max_delay": 60}
    return {"name": "rotate", "losant.platform.api_token": {**options, **more}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "place").mkdir()
    return tmp_path / "place" / "token"


@pytest.fixture
def old(player: Player, path: Path) -> dict[str, Any]:
    """The token that the task replaces. Its secret is in the file."""
    token: dict[str, Any] = player.sandbox.seed_token("x", scope=["devices.get"])
    path.write_text(token["token"], encoding="utf-8")
    path.chmod(0o600)
    return token


def check_old_token_is_in_force(player: Player, old: dict[str, Any], path: Path) -> None:
    [token] = player.sandbox.tokens()
    assert (token["id"], token["name"], token["status"]) == (old["id"], "x", "active")
    assert accepts(player.sandbox, old["token"])
    assert path.read_text(encoding="utf-8") == old["token"]
    assert list(path.parent.iterdir()) == [path]


CREATION = {
    "name": "create",
    "losant.platform.api_token": {"name": "x", "scope": ["devices.get"], "retry_max_delay": 60},
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_stopped_run_is_rolled_back(player: Player, old: dict[str, Any], path: Path, number: signal.Signals) -> None:
    """The request is not cut: its response shows which token to delete again. The next item does not begin."""
    delay(player, "POST", "*", path=f".*/{old['id']}")
    looped = {**rotation(path, name="{{ item }}"), "loop": ["x", "y"]}
    played = interrupt(player, player.play(looped, CREATION), "POST", number)
    assert played.code not in (0, 2)
    assert played.results == ()
    assert "[ERROR]: The task was interrupted." in played.output
    assert "was deleted again." in played.output
    check_old_token_is_in_force(player, old, path)
    assert len([request for request in player.sandbox.requests() if request["method"] == "POST"]) == 1


def test_a_wait_between_two_tries_ends(player: Player, old: dict[str, Any], path: Path) -> None:
    player.sandbox.fault("status", method="PATCH", status=429, headers=LATER)
    played = interrupt(player, player.play(rotation(path)), "PATCH", signal.SIGINT)
    assert f"token_file {path} is as it was." in played.output
    check_old_token_is_in_force(player, old, path)


def test_a_secret_that_nobody_would_get_is_deleted(player: Player) -> None:
    """Nobody reads the result of a run that is stopped, so the last step of a creation is not too late."""
    delay(player, "PATCH", "GET", skip=1)
    played = interrupt(player, player.play(CREATION), "PATCH", signal.SIGINT)
    assert player.sandbox.tokens() == []
    assert "was deleted again." in played.output


def test_a_token_that_cannot_be_deleted_is_named(player: Player) -> None:
    delay(player, "POST", "PATCH")
    player.sandbox.fault("status", method="DELETE", status=403, times=None)
    played = interrupt(player, player.play(CREATION), "POST", signal.SIGTERM)
    [token] = player.sandbox.tokens()
    assert f"The new token {token['id']} remains, and nobody has its secret" in played.output


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_task_whose_time_is_over_is_rolled_back(player: Player, old: dict[str, Any], path: Path, method: str) -> None:
    if method == "POST":
        delay(player, "POST", "*", path=f".*/{old['id']}")
    else:
        player.sandbox.fault("status", method="PATCH", status=429, headers=LATER)
    task = {**rotation(path), "timeout": 100, "ignore_errors": True}
    listing = {"name": "list", "losant.platform.api_token_info": {}}
    played = interrupt(player, player.play(task, listing), method, signal.SIGALRM)
    result = played.of("rotate")
    assert result["msg"].startswith("The timeout of the task, 100 seconds, has passed.")
    assert result["timedout"] == {"period": 100}
    assert result["failure"]["kind"] == "unfinished"
    assert result["failure"]["left"] == []
    check_old_token_is_in_force(player, old, path)
    assert [token["id"] for token in played.of("list")["api_tokens"]] == [old["id"]]


def test_the_time_of_a_task_ends_a_wait(player: Player) -> None:
    player.sandbox.fault("status", method="GET", status=503, headers=LATER, times=None)
    task = {"name": "list", "losant.platform.api_token_info": {"retry_max_delay": 60}, "timeout": 1}
    result = player.run(player.play(task)).of("list")
    assert result["msg"].startswith("The timeout of the task, 1 seconds, has passed. Could not list")
    assert result["failure"]["status"] == 503


def test_a_task_that_is_done_when_its_time_is_over_keeps_its_result(
    player: Player, old: dict[str, Any], path: Path
) -> None:
    player.sandbox.fault("delay", method="DELETE", seconds=2, when="after")
    played = interrupt(player, player.play({**rotation(path), "timeout": 100}), "DELETE", signal.SIGALRM)
    assert played.ending_of("rotate") == "ok"
    assert path.read_text(encoding="utf-8") != old["token"]
    assert accepts(player.sandbox, path.read_text(encoding="utf-8"))
