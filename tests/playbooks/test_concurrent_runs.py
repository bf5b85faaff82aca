# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Concurrent runs of one declaration create one token."""

from __future__ import annotations

import json

import pytest

from .conftest import Player

HOSTS = ",".join(f"host{number}" for number in range(5)) + ","


def play(player: Player, hosts: str) -> str:
    """A play that declares one token for every host, on the controller, without run_once."""
    task = {"application_id": player.sandbox.application_id, "name": "shared", "scope": ["devices.get"]}
    return json.dumps(
        [
            {
                "hosts": hosts,
                "gather_facts": False,
                "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
                "tasks": [{"losant.platform.api_token": task, "delegate_to": "localhost"}],
            }
        ]
    )


def test_promise_07_five_hosts_create_one_token(player: Player) -> None:
    played = player.run(player.write(play(player, "all")), "--inventory", HOSTS, "--forks", "5")
    assert played.code == 0, played.output
    assert [token["name"] for token in player.sandbox.tokens()] == ["shared"]
    assert played.output.count("changed=1") == 1
    assert played.output.count("changed=0") == 4


def test_promise_07_two_concurrent_playbooks_create_one_token(player: Player) -> None:
    playbook = player.write(play(player, "localhost"))
    processes = [player.start(playbook) for _number in range(2)]
    runs = [player.finish(process) for process in processes]
    assert [played.code for played in runs] == [0, 0], runs
    assert [token["name"] for token in player.sandbox.tokens()] == ["shared"]
    assert sorted("changed=1" in played.output for played in runs) == [False, True]


def play_without_a_lock(player: Player, scope: list[str]) -> str:
    """A play whose hosts have directories of their own for locks, as separate machines have."""
    task = {
        "application_id": player.sandbox.application_id,
        "name": "shared",
        "scope": scope,
        "recreate": "state_change",
    }
    home = player.directory / "{{ inventory_hostname }}"
    return json.dumps(
        [
            {
                "hosts": "all",
                "gather_facts": False,
                "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
                "tasks": [
                    {"ansible.builtin.file": {"path": str(home), "state": "directory", "mode": "0700"}},
                    {
                        "losant.platform.api_token": task,
                        "environment": {"ANSIBLE_HOME": str(home)},
                        "register": "result",
                        # A run that was not the first deletes its token; one that sees two tokens meanwhile changes nothing.
                        "failed_when": [
                            "result is failed",
                            "result.failure.kind != 'conflict'",
                            "result.msg is not search('Nothing was changed')",
                        ],
                    },
                    {"ansible.builtin.debug": {"msg": "DELIVERED"}, "when": "result.created | default(false)"},
                ],
            }
        ]
    )


@pytest.mark.parametrize("rotating", [False, True], ids=["create", "rotate"])
def test_promise_07_hosts_without_a_common_lock_create_one_token(player: Player, rotating: bool) -> None:
    if rotating:
        player.sandbox.seed_token("shared", scope=["devices.get"])
    # More of them work at the same time then. What they create does not depend on it.
    player.sandbox.fault("delay", method="POST", when="after", seconds=0.5, times=None)
    playbook = player.write(play_without_a_lock(player, ["device.get"]))
    played = player.run(playbook, "--inventory", HOSTS, "--forks", "5")
    assert played.code == 0, played.output
    assert [token["name"] for token in player.sandbox.tokens() if "~superseded" not in token["name"]] == ["shared"]
    assert played.output.count("DELIVERED") == 1
