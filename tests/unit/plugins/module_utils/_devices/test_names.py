# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many devices by name or id: few requests, and none that is too long for a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._devices.api import DeviceApi
from ansible_collections.losant.platform.plugins.module_utils._devices.names import (
    devices_named,
    devices_with_ids,
    known_devices,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
    from losant_sandbox.client import Sandbox


@pytest.fixture
def api(sandbox: Sandbox, connect: Connect) -> DeviceApi:
    return DeviceApi(connect(sandbox.url, access_token=sandbox.access_token), sandbox.application_id, 1)


def test_a_hundred_names_or_ids_take_one_request(sandbox: Sandbox, api: DeviceApi) -> None:
    names = [f"gateway {number:03}" for number in range(250)]
    seeded = sandbox.seed(devices=[{"name": name} for name in [*names, names[0], "other"]])["devices"]
    found = devices_named(api, [*names, "nobody", *names])
    assert list(found) == names
    assert [device["id"] for device in found[names[0]]] == [seeded[0]["id"], seeded[250]["id"]]
    # 101 devices have the names of the first request, which takes two pages.
    assert len(sandbox.requests()) == 4
    sandbox.clear_requests()
    ids = [device["id"] for device in seeded]
    assert list(devices_with_ids(api, [*map(str.upper, ids), "f" * 24])) == ids
    assert len(sandbox.requests()) == 3
    sandbox.clear_requests()
    assert (devices_named(api, []), devices_with_ids(api, []), sandbox.requests()) == ({}, {}, [])


@pytest.mark.parametrize("letter", ["x", "é", "\U0001f600", '"', "%"])
def test_long_names_do_not_make_a_request_too_long(sandbox: Sandbox, api: DeviceApi, letter: str) -> None:
    """The sandbox refuses a line of more than 8 KiB, as many servers do."""
    names = [f"{letter * 253}{number:02}" for number in range(30)]
    sandbox.seed(devices=[{"name": name} for name in names])
    assert sorted(devices_named(api, names)) == sorted(names)
    sent = [json.loads(entry["query"]["query"])["name"]["$in"] for entry in sandbox.requests()]
    assert [name for part in sent for name in part] == names


def test_a_value_is_an_id_or_a_name(sandbox: Sandbox, api: DeviceApi) -> None:
    device_id, other_id = "a" * 24, "b" * 24
    # A name that looks like an id means the id.
    sandbox.seed(devices=[{"id": device_id, "name": other_id}, {"name": "twin"}, {"name": "twin"}])
    known = known_devices(api, [device_id.upper(), other_id, "twin", "nobody"])
    assert known.id_of(device_id.upper(), "gateway") == device_id
    for value, words in ((other_id, "has that id"), ("nobody", "has that name"), ("twin", "2 devices")):
        with pytest.raises(InvalidOptionError, match=words) as caught:
            known.id_of(value, "gateway")
        assert caught.value.failure == {"kind": "invalid_option", "option": "gateway"}
