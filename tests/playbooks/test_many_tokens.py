# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many tokens in one task: files on a host behind ssh, either way of running, and what a failed task shows and returns."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.support.tokens import SECRET, accepts

from .conftest import Played, Player
from .hosts import Host

NAMES = ("a", "b", "c")
DECLARED = [{"name": name, "scope": ["devices.get"], "token_file": f"~/{name}"} for name in NAMES]


def task(title: str, entries: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"name": title, "losant.platform.api_tokens": {"api_tokens": entries, **more}}


def play(player: Player, host: Host, *tasks: dict[str, Any], **variables: str) -> Played:
    player.write(json.dumps(host.inventory()), "inventory.yml")
    playbook = player.play(*tasks, hosts="far", vars=variables)
    return player.run(playbook, "--inventory=inventory.yml", "-vvv", "--diff")


def check_files(player: Player, host: Host, played: Played) -> None:
    assert played.code == 0, played.output
    assert all(accepts(player.sandbox, (host.home / name).read_text(encoding="utf-8")) for name in NAMES)
    assert not SECRET.search(played.output)
    assert not SECRET.search("\n".join(host.commands))


def test_the_files_of_a_host_cost_two_calls(player: Player, tmp_path: Path) -> None:
    host = Host(tmp_path / "far")
    played = play(player, host, task("create", DECLARED), task("again", DECLARED))
    check_files(player, host, played)
    assert played.modules("token_file") == 3
    assert played.of("create")["created"] == [*NAMES]
    assert not played.of("again")["changed"]


def test_the_module_does_the_same_on_the_host(player: Player, tmp_path: Path) -> None:
    host = Host(tmp_path / "far")
    host.variables["ansible_python_interpreter"] = sys.executable
    sandbox = player.sandbox
    connection = {
        "api_url": sandbox.url,
        "access_token": sandbox.access_token,
        "application_id": sandbox.application_id,
    }
    tasks = [task(title, DECLARED, **connection) for title in ("create", "again")]
    played = play(player, host, *tasks, losant_run_on="host")
    check_files(player, host, played)
    assert (played.modules("api_tokens"), played.modules("token_file")) == (2, 0)
    assert not played.of("again")["changed"]


@pytest.mark.parametrize("guard", ["rescue", "ignore_errors"])
def test_a_failed_task_hands_secrets_over_and_shows_only_errors(player: Player, guard: str) -> None:
    declared = [{"name": "a", "scope": ["devices.get"]}, {"name": "b", "scope": ["nope"]}]
    check = {
        "name": "check",
        "ansible.builtin.assert": {"that": ["many.tokens['a'] is match('eyJ')", "many.errors[0].name == 'b'"]},
    }
    declare: dict[str, Any] = {**task("declare", declared), "register": "many"}
    if guard == "rescue":
        tasks: list[dict[str, Any]] = [{"block": [declare], "rescue": [check]}]
    else:
        tasks = [{**declare, "ignore_errors": True}, check]
    played = player.run(player.play(*tasks))
    assert played.code == 0, played.output
    assert not SECRET.search(played.output)
    assert "1 of 2 API tokens failed. b: Could not create API token" in " ".join(played.output.split())
