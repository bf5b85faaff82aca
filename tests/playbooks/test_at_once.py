# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several runs at once, of the same declaration, make one token."""

from __future__ import annotations

import json

from .conftest import Player

HOSTS = ",".join(f"host{number}" for number in range(10)) + ","


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


def test_promise_07_ten_hosts_make_one_token(player: Player) -> None:
    played = player.run(player.write(play(player, "all")), "--inventory", HOSTS, "--forks", "10")
    assert played.code == 0, played.output
    assert [token["name"] for token in player.sandbox.tokens()] == ["shared"]
    assert played.output.count("changed=1") == 1
    assert played.output.count("changed=0") == 9


def test_promise_07_two_playbooks_at_once_make_one_token(player: Player) -> None:
    playbook = player.write(play(player, "localhost"))
    processes = [player.start(playbook) for _number in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert [token["name"] for token in player.sandbox.tokens()] == ["shared"]
    assert sorted("changed=1" in output for output in outputs) == [False, True]
