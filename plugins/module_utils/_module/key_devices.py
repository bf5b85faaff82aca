# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""The devices that access keys are restricted to."""

from __future__ import annotations

import typing as t

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


class Devices:
    """The devices of an application that the options of some keys mention.

    :param by_name: those that are named
    :param ids: all ids that are listed
    """

    def __init__(self, api: DeviceApi, by_name: t.Mapping[str, t.Sequence[Device]], ids: t.Sequence[str]) -> None:
        self._api = api
        self._by_name = by_name
        self._ids = ids
        self._existing: frozenset[str] | None = None

    def ids_for(self, options: Options) -> list[str] | None:
        """The ids of the devices that the options of one key list by id or by name. None if they list none.

        :raises InvalidOptionError: no device has one of the names, or several have it
        """
        if options["device_ids"] is None and options["devices"] is None:
            return None
        named = [only_one(name, self._by_name.get(name, ()), "devices") for name in options["devices"] or ()]
        return [*(options["device_ids"] or ()), *(device["id"] for device in named)]

    def check_exist(self, device_ids: t.Sequence[str]) -> None:
        """Refuse to create a key for devices that are not of the application. Losant is asked once for those of all keys.

        :raises InvalidOptionError: some are not
        """
        if self._existing is None:
            named = {device["id"].lower() for found in self._by_name.values() for device in found}
            listed = devices_with_ids(self._api, self._ids) if self._ids else {}
            self._existing = frozenset({*named, *listed})
        missing = sorted(set(device_ids) - self._existing)
        if missing:
            raise InvalidOptionError(
                f"device_ids has ids that no device of the application has: {', '.join(missing)}. Nothing was changed."
                " Correct them, or create the devices first.",
                option="device_ids",
            )


def named_devices(entries: t.Sequence[Options], client: Client, application_id: str) -> Devices:
    """Find the devices that several keys name, with as few requests as that takes: none if they name none."""
    api = DeviceApi(client, application_id, 1)
    names = list(dict.fromkeys(name for entry in entries for name in entry["devices"] or ()))
    ids = list(dict.fromkeys(device_id.lower() for entry in entries for device_id in entry["device_ids"] or ()))
    return Devices(api, devices_named(api, names) if names else {}, ids)
