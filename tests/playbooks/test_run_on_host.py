# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With ``losant_run_on: host`` the module runs on the task's host. Its results are those of the controller."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.support.tokens import SECRET, accepts

from .conftest import Played, Player
from .hosts import Host

#: What differs from one token, one request or one machine to the next.
_UNSTEADY = {
    "id",
    "api_token_id",
    "creation_date",
    "last_updated",
    "expiration_date",
    "due_at",
    "token",
    "invocation",
    "ansible_facts",
}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host with requests, which the module needs there."""
    host = Host(tmp_path / "far")
    host.variables["ansible_python_interpreter"] = sys.executable
    return host


def connection_of(player: Player) -> dict[str, str]:
    sandbox = player.sandbox
    return {"api_url": sandbox.url, "access_token": sandbox.access_token, "application_id": sandbox.application_id}


def play(player: Player, host: Host, *tasks: dict[str, Any], place: str = "host", **environment: str) -> Played:
    player.write(json.dumps(host.inventory()), "inventory.yml")
    playbook = player.play(*tasks, hosts="far", vars={"losant_run_on": place})
    return player.run(playbook, "--inventory=inventory.yml", "-vvv", **environment)


def steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "..." if key in _UNSTEADY else steady(part) for key, part in value.items()}
    if isinstance(value, str):
        return re.sub("[0-9a-f]{24}", "(id)", value)
    return [steady(part) for part in value] if isinstance(value, list) else value


def test_results_are_equal(player: Player, host: Host) -> None:
    connection = connection_of(player)

    def task(name: str, **options: Any) -> dict[str, Any]:
        return {
            "name": name,
            "losant.platform.api_token": {**connection, "name": "x", **options},
            "ignore_errors": True,
        }

    tasks = [
        {**task("predict", scope=["devices.get"]), "check_mode": True},
        task("create", scope=["devices.get"], expires_in="90d", token_file="~/token"),
        task("difference", scope=["devices.post"]),
        task("nothing"),
        task("replace", scope=["devices.post"], recreate="state_change", return_token=False),
        {"name": "list", "losant.platform.api_token_info": {**connection, "rotate_before": "14d"}},
        task("bad option", state="rotated"),
        task("unknown option", nmae="y"),
        task("bad id", application_id="x"),
        task("remove", state="absent"),
        {"name": "deliver", "losant.platform.token_file": {"path": "~/token", "token": "some-secret"}},
    ]
    results = {}
    for place in ("controller", "host"):
        player.sandbox.reset()
        (host.home / "token").unlink(missing_ok=True)
        played = play(player, host, *tasks, place=place)
        results[place] = [(recorded.task, recorded.ending, steady(recorded.result)) for recorded in played.results]
        assert len(results[place]) == len(tasks), played.output
    for controllers, hosts in zip(results["controller"], results["host"], strict=True):
        assert controllers == hosts


def test_the_token_can_come_from_the_environment_and_is_in_no_command(player: Player, host: Host) -> None:
    sandbox = player.sandbox
    task = {
        "name": "create",
        "losant.platform.api_token": {"name": "x", "scope": ["devices.get"], "retry_max_delay": 0},
        "environment": {
            "LOSANT_API_URL": sandbox.url,
            "LOSANT_API_TOKEN": sandbox.access_token,
            "LOSANT_APPLICATION_ID": sandbox.application_id,
        },
    }
    played = play(player, host, task)
    assert played.code == 0, played.output
    assert [token["name"] for token in sandbox.tokens()] == ["x"]
    assert any("LOSANT_API_URL" in command for command in host.commands)
    assert not any("LOSANT_API_TOKEN" in command or SECRET.search(command) for command in host.commands)
    assert not SECRET.search(played.output)


def test_an_option_or_a_file_on_the_host_wins_over_the_environment(player: Player, host: Host) -> None:
    connection = connection_of(player)
    secret = connection.pop("access_token")
    (host.home / "access").write_text(secret, encoding="utf-8")
    environment = {"LOSANT_API_TOKEN": "wrong"}
    listing = "losant.platform.api_token_info"
    played = play(
        player,
        host,
        {"name": "file", listing: {**connection, "access_token_file": "~/access"}, "environment": environment},
        {"name": "option", listing: {**connection, "auth_token": secret}, "environment": environment},
    )
    assert [recorded.ending for recorded in played.results] == ["ok", "ok"]


def test_async_is_refused_while_a_secret_can_be_in_the_result(player: Player, host: Host) -> None:
    options = {**connection_of(player), "name": "x", "scope": ["devices.get"]}
    background = {"async": 60, "poll": 1}

    def task(title: str, **more: Any) -> dict[str, Any]:
        return {"name": title, "losant.platform.api_token": {**options, **more}, "ignore_errors": True, **background}

    played = play(
        player,
        host,
        task("return"),
        task("both", token_file="~/token", return_token=True),
        task("file", token_file="~/token"),
        task("nowhere", name="y", return_token=False),
        task("absent", state="absent"),
    )
    for name in ("return", "both"):
        assert "async keeps results in files. Remove async and poll" in played.of(name)["msg"]
    assert accepts(player.sandbox, (host.home / "token").read_text(encoding="utf-8")) is False  # it is deleted again
    assert [played.ending_of(name) for name in ("file", "nowhere", "absent")] == ["ok", "ok", "ok"]
    assert not SECRET.search(played.output)


def test_a_host_without_requests_names_its_python(player: Player, tmp_path: Path) -> None:
    host = Host(tmp_path / "far")
    task = {"name": "list", "losant.platform.api_token_info": connection_of(player)}
    result = play(player, host, task).of("list")
    assert "Failed to import the required Python library (requests)" in result["msg"]
    assert sys.executable in result["msg"]
    assert result["failure"]["kind"] == "missing_library"
