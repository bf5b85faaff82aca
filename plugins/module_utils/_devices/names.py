# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Devices by name or id, many with one request. Names of devices are not unique."""

from __future__ import annotations

import json
import typing as t
from collections import defaultdict
from urllib.parse import quote

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.values import ID_PATTERN

from .api import MAX_OPERANDS, DeviceApi
from .device import Device

#: Bytes of the values of one query. It is part of the address of a request, which servers limit: often to 8 KiB.
_MAX_BYTES = 4096


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


class KnownDevices(t.NamedTuple):
    """The devices that options can mean by an id or by a name."""

    by_id: t.Mapping[str, Device]
    by_name: t.Mapping[str, t.Sequence[Device]]

    def id_of(self, value: str, option: str) -> str:
        """The id of the device that a value means: 24 hexadecimal characters are an id.

        :param option: the option with the value
        :raises InvalidOptionError: no device has the id or the name, or several have the name
        """
        if not is_id(value):
            return str(only_one(value, self.by_name.get(value, ()), option)["id"])
        if value.lower() not in self.by_id:
            raise InvalidOptionError(
                f"{option} is {value}, and no device of the application has that id. Nothing was changed. Correct the id, or"
                " create the device first.",
                option=option,
            )
        return value.lower()


def known_devices(api: DeviceApi, values: t.Collection[str]) -> KnownDevices:
    """Find the devices that some values mean."""
    return KnownDevices(
        devices_with_ids(api, filter(is_id, values)),
        devices_named(api, (value for value in values if not is_id(value))),
    )


def is_id(value: str) -> bool:
    """Whether a value is an id, and not a name."""
    return ID_PATTERN.fullmatch(value) is not None


def _having(api: DeviceApi, field: str, values: t.Iterable[str]) -> t.Iterator[Device]:
    for part in _parts(dict.fromkeys(values)):
        yield from api.all({"query": json.dumps({field: {"$in": part}}, separators=(",", ":"))})


def _parts(values: t.Iterable[str]) -> t.Iterator[list[str]]:
    """The values of each query: no more than it can list, and than an address can hold."""
    part: list[str] = []
    size = 0
    for value in values:
        length = len(quote(f",{json.dumps(value)}"))
        if part and (len(part) == MAX_OPERANDS or size + length > _MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(value)
        size += length
    if part:
        yield part
