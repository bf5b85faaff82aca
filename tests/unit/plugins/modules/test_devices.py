# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``devices`` ensures many devices in one task. What it does to each is tested with ``device``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import UNKNOWN_ID, methods, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule
    from losant_sandbox.client import Sandbox


class Ensure(Protocol):
    """Runs ``devices`` with some entries and returns its result."""

    def __call__(self, entries: list[Any], *, _check: bool = False, **options: Any) -> Result: ...


@pytest.fixture
def ensure(run_module: RunModule) -> Ensure:
    def run(entries: list[Any], *, _check: bool = False, **options: Any) -> Result:
        return run_module("devices", _check=_check, devices=entries, **options)

    return run


@pytest.mark.parametrize("concurrency", [1, 8])
def test_hundreds_of_devices_take_few_requests(sandbox: Sandbox, ensure: Ensure, concurrency: int) -> None:
    entries = [{"name": f"gateway {number:03}", "device_class": "edgeCompute"} for number in range(120)]
    predicted = ensure(entries, _check=True, concurrency=concurrency)
    assert methods(sandbox) == ["GET"] * 2
    result = ensure(entries, concurrency=concurrency)
    names = [entry["name"] for entry in entries]
    assert predicted["created"] == result["created"] == names
    assert [device["name"] for device in result["devices"]] == names
    # Each name is read before and after.
    assert sorted(methods(sandbox)[2:]) == ["GET"] * 4 + ["POST"] * 120
    sandbox.clear_requests()
    again = ensure(entries, concurrency=concurrency)
    assert (again["changed"], again["created"], again["diff"]) == (False, [], [])
    assert again["devices"] == result["devices"]
    assert methods(sandbox) == ["GET"] * 2


def test_entries_of_every_kind(sandbox: Sandbox, ensure: Ensure) -> None:
    gate, old, _gone, same = sandbox.seed(
        devices=[{"name": name, "creationDate": EARLIER} for name in ("gate", "old", "gone", "same")]
    )["devices"]
    result = ensure(
        [
            {"name": "new", "device_class": "peripheral", "gateway": "gate", "parent": gate["id"]},
            {"name": "old", "description": "d"},
            {"name": "gone", "state": "absent"},
            {"name": "same"},
            {"device_id": gate["id"], "name": "gate 1"},
        ]
    )
    assert [device["name"] for device in result["devices"]] == ["new", "old", "same", "gate 1"]
    assert (result["changed"], result["created"], result["errors"]) == (True, ["new"], [])
    assert {entry["before_header"] for entry in result["diff"]} == {"new", "old", "gone", "gate 1"}
    assert (result["devices"][0]["gateway_id"], result["devices"][0]["parent_id"]) == (gate["id"], gate["id"])
    assert {("PATCH", old["id"]), ("PATCH", gate["id"])} < set(writes(sandbox))
    assert same["id"] not in str(writes(sandbox))


def test_one_that_fails_stops_no_other(sandbox: Sandbox, ensure: Ensure) -> None:
    sandbox.seed(devices=[{"name": "twin"}, {"name": "twin"}, {"name": "old"}])
    sandbox.fault("status", method="PATCH", status=400, body={"type": "Validation", "message": "No"})
    result = ensure(
        [
            {"name": "twin"},
            {"name": "a"},
            {"name": "old", "description": "d"},
            {"device_id": UNKNOWN_ID},
            {"name": "b", "attributes": [{"name": "x"}]},
            {"name": "c"},
        ],
    )
    assert [(error["index"], error["failure"]["kind"]) for error in result["errors"]] == [
        (0, "declaration"),
        (2, "api"),
        (3, "declaration"),
        (4, "declaration"),
    ]
    assert result["msg"].startswith("4 of 6 devices failed. twin: 2 devices are named 'twin'")
    assert (result["created"], result["changed"], result["failed"]) == (["a", "c"], True, True)
    assert [device["name"] for device in result["devices"]] == ["a", "c"]


def test_a_lost_response_and_a_concurrent_run_concern_their_device_only(sandbox: Sandbox, ensure: Ensure) -> None:
    theirs = {"name": "b", "creationDate": EARLIER}
    sandbox.fault("mutate", method="POST", seed={"devices": [theirs]})
    sandbox.fault("reset_after", method="POST")
    result = ensure([{"name": name} for name in "abc"], concurrency=1)
    assert result["created"] == ["a", "c"]
    [error] = result["errors"]
    assert (error["name"], error["failure"]["kind"]) == ("b", "conflict")
    existing = [device["name"] for device in sandbox.devices() if "deletedAt" not in device]
    assert sorted(existing) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (
            [{"name": "a"}, {"name": "b"}, {"name": "a"}],
            "Entries 0 and 2 of devices concern the same device: name 'a'.",
        ),
        ([{"device_id": "a" * 24}, {"device_id": "A" * 24}], "Entries 0 and 1 of devices concern the same device"),
        ([{"description": "a"}], "Entry 0 of devices needs name or device_id."),
        ([{"name": "a"}, {"name": "b", "tags": {"x": None}}], "Entry 1 of devices, 'b': tags has"),
        ([{"name": "a"}, {"name": "b", "system_interval": 1}], "Entry 1 of devices, 'b': system_interval is 1"),
    ],
    ids=["name", "id", "neither", "tags", "interval"],
)
def test_bad_entries_are_named(sandbox: Sandbox, ensure: Ensure, entries: list[Any], words: str) -> None:
    result = ensure(entries)
    assert result["msg"].startswith(words)
    assert result["failure"]["kind"] == "invalid_option"
    assert methods(sandbox) == []


def test_another_device_that_is_not_one_is_named(sandbox: Sandbox, ensure: Ensure) -> None:
    result = ensure([{"name": "a"}, {"name": "b", "gateway": "a"}])
    assert result["msg"].startswith("Entry 1 of devices, 'b': gateway names 'a', and no device of the application has")
    assert writes(sandbox) == []


def test_no_entries_need_no_request_about_devices(sandbox: Sandbox, ensure: Ensure) -> None:
    assert ensure([])["devices"] == []
    assert methods(sandbox) == []
