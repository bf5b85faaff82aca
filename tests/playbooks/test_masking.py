# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The secret of a new token is in the file, and in the registered variable if asked for, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Player

TASKS = """
- hosts: localhost
  gather_facts: false
  vars:
    losant_run_on: PLACE
  module_defaults:
    group/losant.platform.losant:
      application_id: "{{ lookup('ansible.builtin.env', 'LOSANT_APPLICATION_ID') }}"
  tasks:
    - name: Create one
      losant.platform.api_token: {name: single, scope: [devices.get], token_file: DIRECTORY/single, return_token: true}
      register: single
    - name: Create one whose secret is only in the file
      losant.platform.api_token: {name: quiet, scope: [devices.get], token_file: DIRECTORY/quiet}
      register: quiet
    - name: Create one whose secret is only in the result
      losant.platform.api_token: {name: returned, scope: [devices.get]}
      register: returned
    - name: Loop
      losant.platform.api_token:
        name: "loop{{ item }}"
        scope: [devices.get]
        token_file: "DIRECTORY/loop{{ item }}"
        return_token: true
      loop: [1, 2]
      register: looped
    - name: Repeat until it succeeds
      losant.platform.api_token: {name: until, scope: [devices.get], token_file: DIRECTORY/until, return_token: true}
      register: repeated
      until: repeated is success
      retries: 2
    - name: Create it in the background
      losant.platform.api_token: {name: async, scope: [devices.get], token_file: DIRECTORY/async}
      vars:
        losant_run_on: host
      async: 60
      poll: 1
      register: background
    - name: Replace it
      losant.platform.api_token: {name: single, recreate: always, token_file: DIRECTORY/single, return_token: true}
      register: replaced
    - name: All registered variables are usable
      ansible.builtin.assert:
        that:
          - replaced.token == lookup('ansible.builtin.file', 'DIRECTORY/single')
          - replaced.token != single.token
          - quiet.created and quiet.token is undefined
          - returned.created and returned.token is defined
          - single.created and replaced.created and looped.results[1].created and repeated.created and background.created
          - looped.results[0].token == lookup('ansible.builtin.file', 'DIRECTORY/loop1')
          - looped.results[1].token == lookup('ansible.builtin.file', 'DIRECTORY/loop2')
          - repeated.token == lookup('ansible.builtin.file', 'DIRECTORY/until')
          - background.token is undefined
        quiet: true
    - name: A change stays readable
      losant.platform.api_token: {name: single, description: readable-change}
      register: described
      failed_when: described.created
    - name: A failure stays readable
      losant.platform.api_token: {name: single, scope: [devices.post]}
      register: failed
      failed_when: false
"""


def text_of(directory: Path) -> str:
    files = [path for path in directory.rglob("*") if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


@pytest.mark.parametrize("place", ["controller", "host"])
def test_promise_04_no_secret_is_printed_logged_or_kept(player: Player, place: str) -> None:
    delivered = player.directory / "delivered"
    delivered.mkdir()
    playbook = player.write(TASKS.replace("DIRECTORY", str(delivered)).replace("PLACE", place), "play/playbook.yml")
    logs = player.directory / "logs"
    logs.mkdir()
    played = player.run(
        playbook,
        "-vvvv",
        "--diff",
        ANSIBLE_LOG_PATH=str(logs / "ansible.log"),
        ANSIBLE_CALLBACKS_ENABLED="dump_everything",
        DUMP_EVERYTHING=str(logs / "dump"),
    )
    assert played.code == 0, played.output
    (logs / "screen").write_text(played.output, encoding="utf-8")
    seen = {path.name: path.read_text(encoding="utf-8") for path in logs.iterdir()}
    assert set(seen) == {"ansible.log", "dump", "screen"}
    # All secrets of the sandbox begin with the same header, also that of the token which was replaced.
    secrets = [path.read_text(encoding="utf-8") for path in delivered.iterdir()]
    assert len(secrets) == 6
    headers = {secret.partition(".")[0] for secret in [*secrets, player.sandbox.access_token]}
    for name, text in seen.items():
        assert "readable-change" in text, name
        assert not [header for header in headers if header in text], name
    assert "scope is [devices.get], declared is [devices.post]" in seen["screen"]
    # Nothing that Ansible keeps holds one either.
    left = text_of(player.directory / "home")
    assert not [header for header in headers if header in left]


def test_promise_04_held_token_is_not_printed_or_logged(player: Player) -> None:
    token = player.sandbox.seed_token("x", scope=["devices.get"])
    player.write(token["token"], "held")
    task = {
        "application_id": player.sandbox.application_id,
        "name": "x",
        "held_token": "{{ lookup('ansible.builtin.file', 'held') }}",
    }
    play = [{"hosts": "localhost", "gather_facts": False, "tasks": [{"losant.platform.api_token": task}]}]
    log = player.directory / "ansible.log"
    played = player.run(player.write(json.dumps(play)), "-vvvv", "--diff", ANSIBLE_LOG_PATH=str(log))
    assert " changed=0 " in played.output
    header = token["token"].partition(".")[0]
    assert header not in played.output
    assert header not in log.read_text(encoding="utf-8")
    assert header not in text_of(player.directory / "home")


@pytest.mark.parametrize("hides", [True, False])
def test_promise_04_the_result_is_hidden_only_while_it_holds_a_secret(player: Player, hides: bool) -> None:
    options = {"name": "x", "scope": ["devices.get"], "return_token": hides}
    play = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {
                    "losant.platform.api_token": {"application_id": player.sandbox.application_id, **options},
                    "register": "x",
                },
                {"ansible.builtin.debug": {"msg": "created {{ x.api_token.id }}, secret {{ x.token is defined }}"}},
            ],
        }
    ]
    played = player.run(player.write(json.dumps(play)), "-v")
    [token] = player.sandbox.tokens()
    assert f"created {token['id']}, secret {hides}" in played.output
