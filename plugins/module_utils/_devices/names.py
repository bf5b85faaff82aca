# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Devices by name or id, many with one request. Names of devices are not unique."""

from __future__ import annotations

import json
import typing as t
from collections import defaultdict

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError

from .api import MAX_OPERANDS, DeviceApi
from .device import Device


def devices_named(api: DeviceApi, names: t.Iterable[str]) -> dict[str, list[Device]]:
    """The devices that have one of some names, by name. A name that no device has is left out."""
    found: dict[str, list[Device]] = defaultdict(list)
    for device in _having(api, "name", names):
        found[device["name"]].append(device)
    return dict(found)


def devices_with_ids(api: DeviceApi, ids: t.Iterable[str]) -> dict[str, Device]:
    """The devices that have one of some ids, by id in lower case. An id that no device has is left out."""
    return {device["id"].lower(): device for device in _having(api, "id", (device_id.lower() for device_id in ids))}


def only_one(name: str, found: t.Sequence[Device], option: str) -> Device:
    """The device that a name means.

    :param found: the devices that have it
    :param option: the option with the name
    :raises InvalidOptionError: no device has it, or several have it
    """
    if not found:
        raise InvalidOptionError(
            f"{option} names {name!r}, and no device of the application has that name. Nothing was changed. Correct the"
            " name, or create the device first.",
            option=option,
        )
    if len(found) > 1:
        raise InvalidOptionError(
            f"{option} names {name!r}, and {len(found)} devices of the application have that name:"
            f" {', '.join(device['id'] for device in found)}. Nothing was changed. Use the id of the device, or rename the"
            " others.",
            option=option,
        )
    return found[0]


def _having(api: DeviceApi, field: str, values: t.Iterable[str]) -> t.Iterator[Device]:
    wanted = list(dict.fromkeys(values))
    for start in range(0, len(wanted), MAX_OPERANDS):
        query = {field: {"$in": wanted[start : start + MAX_OPERANDS]}}
        yield from api.all({"query": json.dumps(query, separators=(",", ":")), "excludeConnectionInfo": "true"})
