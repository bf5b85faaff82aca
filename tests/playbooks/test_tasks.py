# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keywords of plays and tasks do for the modules of the collection what they do for every module."""

from __future__ import annotations

import pytest

from .conftest import Player

ID = "{{ lookup('ansible.builtin.env', 'LOSANT_APPLICATION_ID') }}"
CREATE = {"name": "x", "scope": ["devices.get"], "return_token": False}


def test_check_mode_and_diff_of_a_task(player: Player) -> None:
    declared = {"losant.platform.api_token": {**CREATE, "description": "What for?"}, "diff": True}
    played = player.run(
        player.play(
            {"name": "predict", **declared, "check_mode": True},
            {"name": "create", **declared},
            {"name": "repeat", **declared},
        )
    )
    predicted, created = played.of("predict"), played.of("create")
    assert predicted["changed"]
    assert predicted["diff"] == created["diff"]
    assert not played.of("repeat")["changed"]
    assert played.output.count('"description": "What for?"') == 2
    assert [token["name"] for token in player.sandbox.tokens()] == ["x"]


def test_warnings_are_shown_and_registered(player: Player) -> None:
    played = player.run(
        player.play(
            {"name": "create", "losant.platform.api_token": CREATE, "register": "created"},
            {"name": "registered", "ansible.builtin.debug": {"var": "created.warnings"}},
            {"name": "twice", "losant.platform.api_token_info": {"application_id": ID, "applicationId": ID}},
        )
    )
    assert played.of("twice")["warnings"] == ["Both option application_id and its alias applicationId are set."]
    [warning] = played.of("create")["warnings"]
    assert "is not returned, and cannot be read again" in warning
    assert "[WARNING]: The secret of the new API token 'x'" in played.output
    assert played.of("registered")["created.warnings"] == [warning]


def test_a_failure_is_readable(player: Player) -> None:
    played = player.run(
        player.play({"name": "fail", "losant.platform.api_token": {**CREATE, "application_id": "a" * 24}})
    )
    assert played.code == 2
    assert "Losant responded 404 NotFound" in played.of("fail")["msg"]
    assert "Traceback" not in played.output
    assert "Task failed" not in played.of("fail")["msg"]


@pytest.mark.parametrize("place", ["controller", "host"])
def test_an_option_can_be_a_template_a_default_or_encrypted(player: Player, place: str) -> None:
    player.write("secret", "password")
    playbook = f"""
- hosts: localhost
  gather_facts: false
  vars:
    losant_run_on: "{{{{ 'host' if place == 'host' else 'controller' }}}}"
    place: {place}
    prefix: site
    ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
  module_defaults:
    group/losant.platform.losant:
      application_id: "{{{{ application }}}}"
    losant.platform.api_token:
      description: "From the {{{{ prefix }}}}"
  tasks:
    - name: create
      losant.platform.api_token: name={{{{ prefix }}}}-x return_token=false
      args:
        scope: "{{{{ ['devices.get'] }}}}"
        status: "{{{{ omit }}}}"
        access_token: "{{{{ access_token }}}}"
      vars:
        application: "{{{{ lookup('ansible.builtin.env', 'LOSANT_APPLICATION_ID') }}}}"
"""
    vault = player.encrypt(player.sandbox.access_token, "password")
    path = player.write(playbook)
    player.write(f"access_token: {vault}", "vault.yml")
    played = player.run(path, "--extra-vars=@vault.yml", "--vault-password-file=password", LOSANT_API_TOKEN="wrong")
    assert played.code == 0, played.output
    [token] = player.sandbox.tokens()
    assert (token["name"], token["description"], token["status"]) == ("site-x", "From the site", "active")


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_items_of_a_loop_share_a_connection(player: Player, strategy: str) -> None:
    item = {"name": "loop", "losant.platform.api_token": {**CREATE, "name": "x{{ item }}"}, "loop": [1, 2, 3]}
    again = {"name": "next task", "losant.platform.api_token_info": {}}
    played = player.run(player.play(item, again, strategy=strategy))
    assert played.code == 0, played.output
    *in_loop, afterwards = [request["port"] for request in player.sandbox.requests()]
    assert len(in_loop) == 4 * 3
    assert len(set(in_loop)) == 1
    assert afterwards not in in_loop
    assert [token["name"] for token in player.sandbox.tokens()] == ["x1", "x2", "x3"]


def test_items_of_a_loop_share_no_token_and_no_environment(player: Player) -> None:
    other = player.sandbox.seed_token("other", scope=["all.Application"])
    task = {
        "name": "loop",
        "losant.platform.api_token_info": {"access_token": "{{ item.token | default(omit) }}"},
        "environment": {"LOSANT_DOMAIN": "{{ item.domain }}"},
        "loop": [{"token": other["token"], "domain": "one.example"}, {"domain": "two.example"}],
        "no_log": True,
    }
    assert player.run(player.play(task)).code == 0
    first, second = player.sandbox.requests()
    assert first["port"] == second["port"]
    assert (first["caller"], first["headers"]["losantdomain"]) == (other["id"], "one.example")
    assert second["caller"] != other["id"]
    assert second["headers"]["losantdomain"] == "two.example"


def test_run_once_and_delegation_ask_losant_once_and_locally(player: Player) -> None:
    """The hosts cannot be reached, and need not be."""
    task = {
        "name": "create",
        "losant.platform.api_token": {**CREATE, "token_file": str(player.directory / "token")},
        "delegate_to": "localhost",
        "run_once": True,
    }
    playbook = player.play(task, hosts="all", vars={"ansible_port": 1})
    played = player.run(playbook, "--inventory=one,two,", "-vvv")
    assert played.code == 0, played.output
    assert len(player.sandbox.requests(writes=True)) == 2
    assert played.modules("token_file") == 0
    assert (player.directory / "token").exists()


def test_hosts_need_no_connection_without_a_file(player: Player) -> None:
    playbook = player.play(
        {"name": "list", "losant.platform.api_token_info": {}}, hosts="all", vars={"ansible_port": 1}
    )
    played = player.run(playbook, "--inventory=one,two,", ANSIBLE_SSH_EXECUTABLE="/nonexistent/ssh")
    assert [recorded.ending for recorded in played.results] == ["ok", "ok"]


def test_until_repeats_a_task(player: Player) -> None:
    player.sandbox.fault("status", method="POST", status=400, times=2)
    task = {
        "name": "create",
        "losant.platform.api_token": CREATE,
        "register": "created",
        "until": "created is success",
        "retries": 3,
        "delay": 0,
    }
    played = player.run(player.play(task))
    assert played.of("create")["attempts"] == 3
    assert [token["name"] for token in player.sandbox.tokens()] == ["x"]


def test_the_controller_has_loaded_what_its_workers_need(player: Player) -> None:
    """So each of them begins its work immediately."""
    play = player.play({"name": "list", "losant.platform.api_token_info": {}})
    played = player.run(play, ANSIBLE_CALLBACKS_ENABLED="record_results,show_libraries")
    assert "the process of Ansible has loaded requests: True" in played.output


@pytest.mark.parametrize("value", ["hots", "{{ 'anywhere' }}"])
def test_a_wrong_place_is_refused(player: Player, value: str) -> None:
    task = {"name": "list", "losant.platform.api_token_info": {}, "vars": {"losant_run_on": value}}
    played = player.run(player.play(task))
    assert "The variable losant_run_on is " in played.of("list")["msg"]
    assert "Set it to controller or host." in played.of("list")["msg"]
    assert player.sandbox.requests() == []
