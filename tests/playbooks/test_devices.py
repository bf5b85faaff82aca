# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of the guide "Devices as inventory", as the tools of Ansible show it, and in a play."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from ansible_collections.losant.platform.tests.support.tokens import accepts

from .conftest import Player
from .guides import RST, inventories, playbooks

[INVENTORY], [PLAYBOOK] = inventories("guide_devices"), playbooks("guide_devices")
TEMPLATE = "{{ 7 * 7 }}"
TIME = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def inventory(player: Player) -> Path:
    """The inventory file of the guide, with a gateway in each of its applications."""
    seeded = player.sandbox.seed(applications=[{"name": "Plant Berlin"}, {"name": "Plant Lyon"}])["applications"]
    berlin, lyon = (application["id"] for application in seeded)
    player.sandbox.seed(
        devices=[
            {
                "applicationId": berlin,
                "name": "boiler room",
                "deviceClass": "edgeCompute",
                "description": TEMPLATE,
                "tags": [{"key": "line", "value": "2"}, {"key": "note", "value": TEMPLATE}],
                "connectionInfo": {"time": TIME, "connected": 1},
                "compositeState": {"ip": {"value": "192.0.2.7", "time": TIME}},
            },
            {
                "applicationId": lyon,
                "name": "packing",
                "deviceClass": "gateway",
                "connectionInfo": {"time": TIME, "connected": 0},
            },
            {"applicationId": lyon, "name": "not a gateway"},
        ]
    )
    return player.write(INVENTORY, "plant.losant_devices.yml")


def test_the_inventory_is_shown(player: Player, inventory: Path) -> None:
    cached = {
        "ANSIBLE_INVENTORY_CACHE": "true",
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(player.directory / "cache"),
    }
    graph = player.inventory(inventory, "--graph", **cached)
    assert textwrap.indent(graph, " " * 3) in (RST / "guide_devices.rst").read_text(encoding="utf-8")
    player.sandbox.clear_requests()
    variables = json.loads(player.inventory(inventory, "--list", **cached))["_meta"]["hostvars"]
    assert player.sandbox.requests() == []
    boiler_room = variables["boiler room"]
    # This is how Ansible writes a string that is never evaluated.
    assert boiler_room["ansible_host"] == {"__ansible_unsafe": "192.0.2.7"}
    assert boiler_room["losant_tags"]["note"] == {"__ansible_unsafe": TEMPLATE}


def test_the_play_of_the_guide(player: Player, inventory: Path) -> None:
    variables = {
        "ansible_connection": "local",
        # What a device is named, and what its tags hold, is never evaluated.
        "token_file": f"{player.directory}/{{{{ losant_tags.note if losant_description == losant_tags.note }}}}",
    }
    cache = {"ANSIBLE_INVENTORY_CACHE": "true", "ANSIBLE_INVENTORY_CACHE_PLUGIN": "ansible.builtin.memory"}
    playbook = player.write(PLAYBOOK, "gateways.yml")
    played = player.run(playbook, "-i", str(inventory), "--extra-vars", json.dumps(variables), **cache)
    assert played.code == 0, played.output
    [token] = player.sandbox.tokens()
    [device] = [item for item in player.sandbox.state()["devices"] if item["name"] == "boiler room"]
    assert (token["name"], token["ownerId"]) == (f"gateway {device['id']}", device["applicationId"])
    assert accepts(player.sandbox, (player.directory / TEMPLATE).read_text())
