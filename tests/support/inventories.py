# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parses inventories in this process, as Ansible does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader


def parsed(directory: Path, name: str, *, refresh: bool = False, **options: Any) -> InventoryData:
    """What the plugin ``losant.platform.NAME`` makes of a file with some options. A failure is an exception."""
    path = directory / f"plant.losant_{name}.yml"
    path.write_text(json.dumps({"plugin": f"losant.platform.{name}", **options}))
    inventory = InventoryData()
    plugin = inventory_loader.get(f"losant.platform.{name}")
    if not plugin.verify_file(str(path)):
        pytest.fail(f"{path} is not a file for the plugin")
    plugin.parse(inventory, DataLoader(), str(path), cache=not refresh)
    if options.get("cache"):
        plugin.update_cache_if_changed()
    inventory.reconcile_inventory()
    return inventory


def failure(directory: Path, name: str, **options: Any) -> str:
    """How an inventory fails."""
    with pytest.raises(AnsibleError) as caught:
        parsed(directory, name, **options)
    return str(caught.value)


def hosts_of(inventory: InventoryData, group: str = "all") -> list[str]:
    """The names of the hosts of a group, in their order."""
    return [host.name for host in inventory.groups[group].get_hosts()]
