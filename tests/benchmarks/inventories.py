# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory of devices, read from Losant and from its cache, beside a static one of the same content."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import yaml
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader

from .runner import Runner, report

EMPTY, STATIC, COLD, CACHED = (
    "no inventory",
    "static JSON",
    "losant.platform.devices",
    "losant.platform.devices, cached",
)
SIZES = (1_000, 10_000)
TEXT = """\
``ansible-inventory --list`` with the devices of one application. Each device has three tags and four attributes, and is in four groups. The static
inventory is a JSON file with the same hosts, groups and variables. "ratio" is the time divided by that of the static inventory. Rounds:
{rounds}.
"""
OWN = "Of the time without a cache, the plugin's own part is {own:.1f} s: all but Ansible's work with the hosts, groups and variables that it gets."


def measure(runner: Runner, rounds: int) -> dict[str, Any]:
    """Read each inventory in each way."""
    seconds: dict[str, dict[str, list[float]]] = {}
    own: dict[str, list[float]] = {}
    for size in SIZES:
        title = f"{size:,} devices"
        seconds[title], own[title] = defaultdict(list), []
        ways = _prepare(runner, size)
        for _number in range(rounds):
            for kind, source in ways.items():
                cost = runner.run("ansible-inventory", "--list", "-i", source)
                report(title, kind, cost=cost)
                seconds[title][kind].append(round(cost.seconds, 2))
            own[title].append(round(_own_part(ways[COLD]), 2))
    return {"rounds": rounds, "seconds": {title: dict(kinds) for title, kinds in seconds.items()}, "own": own}


def _prepare(runner: Runner, size: int) -> dict[str, str]:
    """Add the devices; return the source of each kind of inventory."""
    sandbox = runner.sandbox
    sandbox.reset()
    sandbox.seed(devices=[_device(number) for number in range(size)])
    config = {
        "plugin": "losant.platform.devices",
        "api_url": sandbox.url,
        "access_token": sandbox.access_token,
        "application_id": [sandbox.application_id],
        "group_by": ["device_class", "tag:site", "tag:line", "tag:rack"],
    }
    cache = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(runner.directory / "cache"),
    }
    cold = str(runner.write("bench.losant_devices.yml", json.dumps(config)))
    cached = str(runner.write(f"cached-{size}.losant_devices.yml", json.dumps(config | cache)))
    runner.run("ansible-inventory", "--list", "-i", cached)
    exported = runner.directory / "all.yml"
    runner.run("ansible-inventory", "--list", "--yaml", "--export", "-i", cold, "--output", str(exported))
    content = yaml.load(exported.read_text(encoding="utf-8"), yaml.CSafeLoader)
    static = str(runner.write("static.json", json.dumps(content)))
    return {EMPTY: "localhost,", STATIC: static, COLD: cold, CACHED: cached}


def _device(number: int) -> dict[str, Any]:
    tags = (("site", number % 20), ("line", number % 5), ("rack", number % 50))
    return {
        "name": f"device-{number}",
        "deviceClass": "standalone" if number % 10 else "gateway",
        "tags": [{"key": key, "value": str(value)} for key, value in tags],
        "attributes": [{"name": name, "dataType": "number"} for name in ("voltage", "current", "power", "uptime")],
    }


class _Recorded(InventoryData):
    """Notes what is called, to call it on another one again."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        super().__init__()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ("add_host", "add_group", "add_child", "set_variable"):
            return found

        def noted(*arguments: Any) -> Any:
            self.calls.append((name, arguments))
            return found(*arguments)

        return noted


def _own_part(source: str) -> float:
    """Seconds that the plugin needs beside Ansible's work."""

    def read(inventory: InventoryData) -> None:
        inventory_loader.get("losant.platform.devices").parse(inventory, DataLoader(), source, cache=False)

    recorded = _Recorded()
    read(recorded)

    def repeat(inventory: InventoryData) -> None:
        for name, arguments in recorded.calls:
            getattr(inventory, name)(*arguments)

    return _seconds(read) - _seconds(repeat)


def _seconds(work: Callable[[InventoryData], None]) -> float:
    begin = time.monotonic()
    work(InventoryData())
    return time.monotonic() - begin
