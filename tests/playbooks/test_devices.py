# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of the guide "Devices as inventory", as the tools of Ansible show it, and in a play."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.losant.platform.tests.support.tokens import accepts

from .conftest import Player
from .guides import playbooks

INVENTORY, PLAYBOOK = playbooks("guide_devices")
TEMPLATE = "{{ 7 * 7 }}"
TIME = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def inventory(player: Player) -> Path:
    """The inventory file of the guide, with a gateway in each of its applications. Each file of the play is local."""
    seeded = player.sandbox.seed(applications=[{"name": "Plant Berlin"}, {"name": "Plant Lyon"}])["applications"]
    berlin, lyon = (application["id"] for application in seeded)
    common = {"deviceClass": "gateway", "connectionInfo": {"time": TIME, "connected": 1}}
    player.sandbox.seed(
        devices=[
            {
                **common,
                "applicationId": berlin,
                "name": TEMPLATE,
                "tags": [{"key": "line", "value": TEMPLATE}],
                "compositeState": {"ip": {"value": "192.0.2.7", "time": TIME}},
            },
            {
                **common,
                "applicationId": lyon,
                "name": "packing",
                "deviceClass": "edgeCompute",
                "tags": [{"key": "address", "value": "192.0.2.8"}],
            },
            {"applicationId": lyon, "name": "not a gateway"},
        ]
    )
    return player.write(INVENTORY, "plant.losant_devices.yml")


GRAPH = """\
@all:
  |--@ungrouped:
  |--@application_Plant_Lyon:
  |  |--packing
  |--@connection_connected:
  |  |--packing
  |  |--{{ 7 * 7 }}
  |--@application_Plant_Berlin:
  |  |--{{ 7 * 7 }}
  |--@tag_line____7___7___:
  |  |--{{ 7 * 7 }}
"""


def test_the_inventory_is_shown(player: Player, inventory: Path) -> None:
    cached = {
        "ANSIBLE_INVENTORY_CACHE": "true",
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(player.directory / "cache"),
    }
    assert player.inventory(inventory, "--graph", **cached) == GRAPH
    player.sandbox.clear_requests()
    variables = json.loads(player.inventory(inventory, "--list", **cached))["_meta"]["hostvars"]
    assert player.sandbox.requests() == []
    assert variables["packing"]["ansible_user"] == {"__ansible_unsafe": "edge"}
    # This is how Ansible writes a string that is never evaluated.
    assert variables[TEMPLATE]["losant_tags"] == {"line": {"__ansible_unsafe": TEMPLATE}}


def test_the_play_of_the_guide(player: Player, inventory: Path) -> None:
    variables = {
        "ansible_connection": "local",
        "token_file": f"{player.directory}/{{{{ losant_id }}}}",
    }
    options = ["-i", str(inventory), "--extra-vars", json.dumps(variables)]
    playbook = player.write(PLAYBOOK, "gateways.yml")
    cache = {"ANSIBLE_INVENTORY_CACHE": "true", "ANSIBLE_INVENTORY_CACHE_PLUGIN": "ansible.builtin.memory"}
    played = player.run(playbook, *options, **cache)
    assert played.code == 0, played.output
    tokens = player.sandbox.tokens()
    assert len({token["ownerId"] for token in tokens}) == len(tokens) == 2
    for token in tokens:
        file = player.directory / token["name"].removeprefix("gateway ")
        assert accepts(player.sandbox, file.read_text())


def test_what_a_device_is_named_is_never_evaluated(player: Player, inventory: Path) -> None:
    shown = [
        {"name": "Show", "ansible.builtin.debug": {"msg": "{{ losant_name }} {{ losant_tags.line | default('') }}"}}
    ]
    played = player.run(player.play(*shown, hosts="all"), "-i", str(inventory))
    assert played.code == 0, played.output
    assert {recorded.result["msg"] for recorded in played.results} == {f"{TEMPLATE} {TEMPLATE}", "packing "}
