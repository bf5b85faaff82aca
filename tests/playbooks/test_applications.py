# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many applications: the inventory in Ansible's own programs, a play for its hosts, and the lookup wherever Ansible evaluates."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.support.tokens import accepts

from .conftest import Played, Player
from .guides import RST, file_of, inventories, playbooks

NAMES = ["Greenhouse North", "greenhouse-south"]


@pytest.fixture
def inventory(player: Player) -> Path:
    """An inventory file of two applications, each with a token that is due."""
    ids = [
        application["id"]
        for application in player.sandbox.seed(applications=[{"name": name} for name in NAMES])["applications"]
    ]
    player.sandbox.seed(
        tokens=[{"name": "old", "applicationId": key, "expirationDate": "2026-01-01T00:00:00Z"} for key in ids]
    )
    options = {
        "plugin": "losant.platform.applications",
        "filter": "*reenhouse*",
        "api_tokens": True,
        "groups": {"due": "losant_api_tokens.due | length > 0"},
        "cache": True,
    }
    return player.write(json.dumps(options), "losant_applications.yml")


#: Of a cache that lasts as long as the process.
MEMORY = {"ANSIBLE_INVENTORY_CACHE_PLUGIN": "ansible.builtin.memory"}


def test_the_inventory_is_shown(player: Player, inventory: Path) -> None:
    graph = player.inventory(inventory, "--graph", **MEMORY)
    assert graph.splitlines() == [
        "@all:",
        "  |--@ungrouped:",
        "  |--@applications:",
        *(f"  |  |--{name}" for name in NAMES),
        "  |--@due:",
        *(f"  |  |--{name}" for name in NAMES),
    ]
    cache = {
        "ANSIBLE_INVENTORY_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_INVENTORY_CACHE_CONNECTION": str(player.directory / "cache"),
    }
    listed = json.loads(player.inventory(inventory, "--list", **cache))
    facts = listed["_meta"]["hostvars"][NAMES[0]]["losant_api_tokens"]
    # This is how Ansible writes a string that is never evaluated.
    assert (facts["expired"], facts["due"]) == (1, [{"__ansible_unsafe": "old"}])
    before = len(player.sandbox.requests())
    assert json.loads(player.inventory(inventory, "--list", **cache)) == listed
    assert len(player.sandbox.requests()) == before


def test_a_play_over_applications(player: Player, inventory: Path) -> None:
    """The variables of a host say which application is meant, to modules, to the lookup and to the role."""
    variables = {
        "expired_names": "{{ query('losant.platform.api_tokens', expires_within='0s') | map(attribute='name') }}"
    }
    player.write(json.dumps(variables), "group_vars/due.yml")
    tasks: list[dict[str, Any]] = [
        {
            "name": "Declare",
            "losant.platform.api_token": {
                "application_id": "{{ losant_application_id }}",
                "name": "pump",
                "scope": ["devices.get"],
                "return_token": False,
            },
            "when": "query('losant.platform.api_tokens', name='pump') | length == 0",
        },
        {
            "name": "Delete",
            "losant.platform.api_token": {"application": "{{ losant_name }}", "name": "{{ item }}", "state": "absent"},
            "loop": "{{ expired_names }}",
        },
        {
            "name": "Use the role",
            "ansible.builtin.include_role": {"name": "losant.platform.api_tokens"},
            "vars": {
                "api_tokens_application": "{{ losant_name }}",
                "api_tokens_tokens": [{"name": "fan", "scope": ["devices.get"]}],
            },
            "run_once": True,
        },
    ]
    defaults: dict[str, Any] = {"module_defaults": {"group/losant.platform.losant": {}}}
    playbook = player.play(*tasks, hosts="applications", connection="local", **defaults)
    played = player.run(playbook, "-i", str(inventory), LOSANT_APPLICATION_ID="f" * 24)
    assert played.code == 0, played.output
    tokens = sorted((token["ownerId"], token["name"]) for token in player.sandbox.tokens())
    first, second = (
        item["id"]
        for item in player.sandbox.call("GET", "/applications?filter=*reen*&filterField=name").json()["items"]
    )
    assert tokens == sorted([(first, "pump"), (first, "fan"), (second, "pump")])


class TestGuide:
    """The inventory and the playbooks of the guide, one after the other as a reader follows them."""

    def test_they_do_what_the_guide_says(self, player: Player) -> None:
        organization = {
            "ownerType": "organization",
            "ownerId": "575ed6e87ae143cd83dc4aa8",
            "organizationName": "Example",
        }
        wanted = [{"name": f"{name}-production", **organization} for name in ("acme", "globex")]
        _acme, globex, _other = player.sandbox.seed(applications=[*wanted, {"name": "acme-staging"}])["applications"]
        player.sandbox.seed(
            tokens=[{"name": "old", "applicationId": globex["id"], "expirationDate": "2026-01-01T00:00:00Z"}]
        )
        inventory = player.write(inventories("guide_fleets")[0], "play/customers.losant_applications.yml")
        assert (
            textwrap.indent(player.inventory(inventory, "--graph", **MEMORY), " " * 3)
            in (RST / "guide_fleets.rst").read_text()
        )
        player.write(file_of("guide_fleets", "group_vars/applications.yml"), "play/group_vars/applications.yml")
        declare, vault, alert = playbooks("guide_fleets")
        directory = player.directory / "tokens"

        def run(text: str, **selected: str) -> Played:
            paths = {"token_directory": str(directory), "vault_directory": str(player.directory)}
            variables = json.dumps({**paths, **selected})
            playbook = player.write(text, "play/guide.yml")
            return player.run(playbook, "-i", str(inventory), "-e", variables, VAULT_PASSWORD="correct horse")

        alerted = run(alert)
        assert alerted.code != 0
        assert "globex-production: old" in alerted.output
        for playbook in (declare, vault):
            played = run(playbook)
            assert played.code == 0, played.output
        names = sorted((token["ownerId"] == globex["id"], token["name"]) for token in player.sandbox.tokens())
        declared = ["fleet-billing", "fleet-ingest", "fleet-report"]
        assert names == [*((False, name) for name in declared), *((True, name) for name in [*declared, "old"])]
        assert accepts(player.sandbox, (directory / globex["id"] / "fleet-ingest").read_text())
        assert (player.directory / f"{globex['id']}.yml").read_text().startswith("$ANSIBLE_VAULT;")
        # Only the group of the application whose token is due.
        assert run(declare, selected="due").output.count(" changed=0 ") == 1
