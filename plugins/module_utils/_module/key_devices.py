# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""The devices that access keys are restricted to."""

from __future__ import annotations

import typing as t
from functools import partial

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._devices.api import DeviceApi
from ansible_collections.losant.platform.plugins.module_utils._devices.device import Device
from ansible_collections.losant.platform.plugins.module_utils._devices.names import (
    devices_named,
    devices_with_ids,
    only_one,
)

from .operation import Options


class Devices(t.NamedTuple):
    """The devices of an application by the names that the options mention. ``with_ids``: finds others by their ids."""

    by_name: t.Mapping[str, t.Sequence[Device]]
    with_ids: t.Callable[[t.Sequence[str]], t.Collection[str]]

    def ids_for(self, options: Options) -> list[str] | None:
        """The ids of the devices that the options of one key list by id or by name. None if they list none.

        :raises InvalidOptionError: no device has one of the names, or several have it
        """
        if options["device_ids"] is None and options["devices"] is None:
            return None
        named = [only_one(name, self.by_name.get(name, ()), "devices") for name in options["devices"] or ()]
        return [*(options["device_ids"] or ()), *(device["id"] for device in named)]


def named_devices(entries: t.Sequence[Options], client: Client, application_id: str) -> Devices:
    """Find the devices that several keys name, with as few requests as that takes: none if they name none."""
    api = DeviceApi(client, application_id, 1)
    names = list(dict.fromkeys(name for entry in entries for name in entry["devices"] or ()))
    return Devices(devices_named(api, names) if names else {}, partial(devices_with_ids, api))


def check_exist(devices: Devices, device_ids: t.Sequence[str]) -> None:
    """Refuse to create a key for devices that are not of the application.

    :raises InvalidOptionError: some are not
    """
    known = {device["id"] for found in devices.by_name.values() for device in found}
    unknown = [device_id for device_id in device_ids if device_id not in known]
    missing = sorted(set(unknown) - set(devices.with_ids(unknown))) if unknown else []
    if missing:
        raise InvalidOptionError(
            f"device_ids has ids that no device of the application has: {', '.join(missing)}. Nothing was changed. Correct"
            " them, or create the devices first.",
            option="device_ids",
        )
