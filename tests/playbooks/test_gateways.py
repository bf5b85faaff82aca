# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role ``edge_gateway`` with several gateways behind connections, and its guide."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.key_document import read_document

from .conftest import Played, Player
from .guides import playbooks
from .hosts import Host

GUIDE = playbooks("guide_gateways")[0]
NAMES = ("north", "east", "south")


class Gateways:
    """Three gateways, whose Python has no requests."""

    def __init__(self, player: Player) -> None:
        self.player, self.sandbox = player, player.sandbox
        self.hosts = {name: Host(player.directory / name) for name in NAMES}
        self.restarts = player.directory / "restarts"

    def play(self, *options: str, text: str = GUIDE, **variables: Any) -> Played:
        hosts = {
            name: {**host.variables, "agent_directory": str(host.directory / "agent")}
            for name, host in self.hosts.items()
        }
        inventory = self.player.write(json.dumps({"gateways": {"hosts": hosts}}), "inventory.json")
        given = {
            "application_id": self.sandbox.application_id,
            "needs_root": False,
            "agent_user": str(os.geteuid()),
            "agent_group": str(os.getegid()),
            "restart_command": f"tee -a {self.restarts}",
            **variables,
        }
        playbook = self.player.write(text, "play/gateways.yml")
        return self.player.run(playbook, "--inventory", str(inventory), "--extra-vars", json.dumps(given), *options)

    def file(self, name: str) -> Path:
        return self.hosts[name].directory / "agent" / "gateway.env"

    def key(self, name: str) -> str | None:
        """The public part of the key that a gateway holds, if it can log in with it."""
        document = read_document(self.file(name).read_text(encoding="utf-8"))
        assert document is not None
        works = self.sandbox.authenticates(document.device_id, document.secret.key, document.secret.reveal())
        return document.secret.key if works else None

    def keys(self) -> dict[str, str]:
        """The names of the keys at Losant, with their public parts."""
        return {key["name"]: key["key"] for key in self.sandbox.access_keys()}

    def is_served(self) -> bool:
        """Whether each gateway holds the only key of its name, which works for its device alone."""
        return self.keys() == {name: self.key(name) for name in self.hosts}


@pytest.fixture
def gateways(player: Player) -> Gateways:
    return Gateways(player)


def test_the_guide_sets_up_rotates_and_repairs(gateways: Gateways) -> None:
    first = gateways.play("-vvv", "--diff")
    assert first.code == 0, first.output
    assert gateways.is_served()
    for name in NAMES:
        document = read_document(gateways.file(name).read_text(encoding="utf-8"))
        assert document is not None
        assert document.secret.reveal() not in first.output + "".join(gateways.hosts[name].commands)
    assert {device["deviceClass"] for device in gateways.sandbox.devices()} == {"edgeCompute"}
    assert gateways.file("north").stat().st_mode & 0o777 == 0o600
    gateways.sandbox.clear_requests()
    commands = len(gateways.hosts["north"].commands)
    again = gateways.play()
    assert again.output.count(" changed=0 ") == len(NAMES), again.output
    assert len(gateways.hosts["north"].commands) - commands == 2, "the directory and the file are looked at"
    assert [request["method"] for request in gateways.sandbox.requests()] == ["GET"] * 3
    old = gateways.keys()
    gateways.file("east").unlink()
    gateways.sandbox.clock(advance=91 * 24 * 3600)
    rotated = gateways.play()
    assert rotated.code == 0, rotated.output
    assert gateways.is_served()
    assert not set(old.values()) & set(gateways.keys().values())


def test_batches_leave_the_gateways_of_others_alone(gateways: Gateways) -> None:
    batches = GUIDE.replace("  gather_facts: false\n", "  gather_facts: false\n  serial: 1\n")
    assert gateways.play(text=batches).code == 0
    assert gateways.is_served()
    creations = [request for request in gateways.sandbox.requests(writes=True) if request["path"].endswith("/keys")]
    assert len(creations) == len(NAMES)


def test_only_hosts_that_run_the_role_are_concerned(gateways: Gateways) -> None:
    again = """
  tasks:
    - name: Do the same for all but the first gateway
      ansible.builtin.import_role:
        name: losant.platform.edge_gateway
      when: inventory_hostname != 'north'
"""
    assert gateways.play(text=GUIDE + again).code == 0
    assert gateways.is_served()
    creations = [request for request in gateways.sandbox.requests(writes=True) if request["path"].endswith("/keys")]
    assert len(creations) == len(NAMES)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"edge_gateway_name": "gw"}, "Two of these gateways have the same name: gw, gw, gw."),
        ({"edge_gateway_mode": 640}, "decimal number 640"),
        ({"edge_gateway_owner": "nobody-has-this-name"}, "nobody-has-this-name"),
        (
            {
                "edge_gateway_application_id": "{{ application_id if inventory_hostname != 'east' else application_id[::-1] }}"
            },
            "Use one play for each application.",
        ),
    ],
    ids=["names", "mode", "owner", "applications"],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    gateways: Gateways, options: dict[str, Any], message: str
) -> None:
    played = gateways.play(**options)
    assert played.code != 0
    assert message in played.output
    # A host of another application fails alone.
    assert len(gateways.keys()) == (2 if "edge_gateway_application_id" in options else 0)


def test_the_name_of_a_gateway_can_be_a_number(gateways: Gateways) -> None:
    numbered = "{{ {'north': 17, 'east': 18, 'south': 19}[inventory_hostname] }}"
    made = gateways.play(edge_gateway_name=numbered)
    assert made.code == 0, made.output
    assert sorted(gateways.keys()) == ["17", "18", "19"]
    gateways.sandbox.seed(devices=[{"name": "18"}])
    gone = gateways.play(edge_gateway_name=numbered, edge_gateway_state="absent")
    assert gone.output.count(" failed=1 ") == 1, "a name that two devices have is refused"
    assert gateways.keys() == {}


def test_a_gateway_that_is_lost_in_the_middle_stops_no_other(gateways: Gateways) -> None:
    assert gateways.play().code == 0
    before = gateways.keys()
    gateways.sandbox.clock(advance=91 * 24 * 3600)
    # The directory and the file can be looked at, and then the host goes down.
    calls = len(gateways.hosts["east"].commands)
    gateways.hosts["east"].goes_down_after(calls + 2)
    played = gateways.play()
    assert played.code != 0
    assert gateways.key("east") == before["east"], "the old key works on"
    assert gateways.key("north") == gateways.keys()["north"] != before["north"]
    gateways.hosts["east"].goes_down_after(10**6)
    gateways.sandbox.clock(advance=3601)
    repaired = gateways.play()
    assert repaired.code == 0, repaired.output
    assert gateways.is_served()


def test_a_key_that_cannot_be_written_is_deleted_again(gateways: Gateways) -> None:
    assert gateways.play().code == 0
    before = gateways.keys()
    gateways.sandbox.clock(advance=91 * 24 * 3600)
    target = gateways.file("south")
    content = target.read_text(encoding="utf-8")
    place = GUIDE.replace(
        "gateway.env", "{{ 'gateway.env' if inventory_hostname != 'south' else 'missing/gateway.env' }}"
    )
    # What a play ignores is no success.
    place = place.replace("  gather_facts: false\n", "  gather_facts: false\n  ignore_errors: true\n")
    played = gateways.play(text=place, edge_gateway_recreate="always")
    assert played.code != 0
    assert "the directory" in played.output
    assert "The new access key was deleted again. If there is an old one, it still works." in played.output
    assert target.read_text(encoding="utf-8") == content
    assert gateways.keys()["south"] == before["south"]
    assert gateways.key("east") == gateways.keys()["east"] != before["east"]


def test_an_agent_that_was_not_restarted_keeps_its_old_key(gateways: Gateways) -> None:
    assert gateways.play().code == 0
    before = gateways.keys()
    gateways.sandbox.clock(advance=91 * 24 * 3600)
    played = gateways.play(restart_command="false")
    assert played.code != 0
    assert [key for key in map(gateways.key, NAMES) if key is None] == [], "the new keys work"
    assert {name: key for name, key in gateways.keys().items() if name in NAMES} == before, "the old keys work, too"
    repaired = gateways.play()
    assert repaired.code == 0, repaired.output
    assert repaired.output.count("RUNNING HANDLER [Restart the agent]") == 1
    assert gateways.is_served()


def test_a_commit_that_is_refused_as_a_whole_fails_every_gateway(gateways: Gateways) -> None:
    assert gateways.play().code == 0
    gateways.sandbox.clock(advance=91 * 24 * 3600)
    # Preparing reads the keys once. Then the access token is revoked.
    gateways.sandbox.fault("status", method="GET", path=".*/keys", status=401, skip=1, times=None)
    played = gateways.play()
    assert played.output.count(" failed=1 ") == len(NAMES), played.output
    assert [key for key in map(gateways.key, NAMES) if key is None] == [], "the new keys work, and so do the old ones"
    gateways.sandbox.clear_faults()
    repaired = gateways.play()
    assert repaired.code == 0, repaired.output
    assert gateways.is_served()


def test_gateways_that_are_refused_fail_alone(gateways: Gateways) -> None:
    gateways.sandbox.seed(devices=[{"name": "east"}, {"name": "east"}])
    gateways.file("north").parent.mkdir()
    gateways.file("north").write_text("LOGGER_LEVEL=info\n", encoding="utf-8")
    played = gateways.play()
    assert "2 devices are named 'east'" in played.output
    assert "holds something else than one access key" in played.output
    assert list(gateways.keys()) == ["south"]
    assert not gateways.file("east").exists()
    assert gateways.file("north").read_text(encoding="utf-8") == "LOGGER_LEVEL=info\n"


def test_check_mode_writes_nothing(gateways: Gateways) -> None:
    for name in NAMES:
        gateways.file(name).parent.mkdir()
    gateways.sandbox.seed(devices=[{"name": "east", "deviceClass": "edgeCompute"}])
    predicted = gateways.play("--check", "--diff")
    assert predicted.code == 0, predicted.output
    created = predicted.of("Create the access keys that are needed")
    assert created["created"] == ["east"], "no key can be predicted for a device that does not exist"
    assert gateways.sandbox.requests(writes=True) == []


def test_a_gateway_is_taken_apart(gateways: Gateways) -> None:
    assert gateways.play().code == 0
    gone = gateways.play("--limit", "north", edge_gateway_state="absent")
    assert gone.code == 0, gone.output
    gateways.file("south").write_text("LOGGER_LEVEL=info\n", encoding="utf-8")
    kept = gateways.play(edge_gateway_state="absent", edge_gateway_keep_device=True)
    assert kept.output.count(" failed=1 ") == 1, kept.output
    assert "holds something else than one access key" in kept.output
    assert gateways.file("south").read_text(encoding="utf-8") == "LOGGER_LEVEL=info\n"
    assert list(gateways.keys()) == ["south"]
    devices = [device["name"] for device in gateways.sandbox.devices() if not device.get("deletedAt")]
    assert sorted(devices) == ["east", "south"]
    assert not gateways.file("north").exists()
