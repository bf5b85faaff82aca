# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import json
import typing as t
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import concurrently
from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Action, Json, error_context
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import (
    BY_ID,
    DEFAULT_PAGE_SIZE,
    count_of,
    items_of,
)

from .device import Device, add_values, device_from_api, label_of

#: Scopes that include reading devices, beside those of the single actions. Source: the API's definition, version 1.31.0.
_SCOPES = "all.Application, all.Organization or all.User[.bounded, .read], all.Device[.read], devices.*"
#: The same for writing them.
_WRITING = "all.Application, all.Organization or all.User[.bounded]"
#: How many values an advanced query can list. Source: the schema advancedDeviceQuery.
MAX_OPERANDS = 100


class DeviceApi:
    """Losant's actions on the devices of one application.

    :param concurrency: how many requests are sent at a time
    """

    def __init__(self, client: Client, application_id: str, concurrency: int) -> None:
        self.application_id = application_id
        self._client = client
        self._concurrency = concurrency
        self._path = f"/applications/{application_id}/devices"

    def all(self, query: t.Mapping[str, str], per_page: int = DEFAULT_PAGE_SIZE) -> list[Device]:
        """All devices that the query leaves, by id unless it says otherwise."""
        action = self._action("list the devices", "devices.get")
        with error_context(action):
            items = self._client.paginate(
                self._path, action, {**BY_ID, **query}, per_page, concurrency=self._concurrency
            )
            return [device_from_api(item) for item in items]

    def read_values(self, devices: t.Sequence[Device], attributes: t.Collection[str]) -> None:
        """Add the last values of some attributes to devices.

        :param attributes: their names; if there is none, all attributes
        """
        parts = [devices[start : start + MAX_OPERANDS] for start in range(0, len(devices), MAX_OPERANDS)]
        for part, states in zip(
            parts, concurrently(lambda part: self._states(part, attributes), parts, self._concurrency)
        ):
            for device in part:
                add_values(device, states.get(device["id"], {}))

    def now(self) -> datetime:
        """The present time by Losant's clock."""
        return self._client.clock.now()

    def create(self, body: Json) -> Device:
        """Create a device."""
        action = self._action(f"create device {body['name']!r}", "devices.post", _WRITING)
        response = self._client.post(self._path, action, body)
        with error_context(action):
            return device_from_api(response)

    def patch(self, device: Device, body: Json) -> Device:
        """Change a device."""
        action = self._action(f"update {label_of(device)}", "device.patch", _WRITING)
        response = self._client.patch(f"{self._path}/{device['id']}", action, body)
        with error_context(action):
            return device_from_api(response)

    def delete(self, device: Device) -> None:
        """Delete a device. Done, too, if it does not exist any more."""
        action = self._action(f"delete {label_of(device)}", "device.delete", _WRITING)
        try:
            self._client.delete(f"{self._path}/{device['id']}", action)
        except ApiError as error:
            if not error.is_not_found:
                raise

    def page(self, query: t.Mapping[str, str], page: int, per_page: int) -> tuple[list[Device], int | None]:
        """Just one page, counted from 0, and the number of all matches: None if Losant does not show it."""
        action = self._action("list the devices", "devices.get")
        with error_context(action):
            response = self._client.get(self._path, action, {**query, "page": page, "perPage": per_page})
            return list(map(device_from_api, items_of(response))), count_of(response.get("totalCount"))

    def _states(self, devices: t.Sequence[Device], attributes: t.Collection[str]) -> dict[str, t.Any]:
        action = self._action("read the last values of devices", "devices.getCompositeState")
        query: dict[str, str | int] = {
            **BY_ID,
            "query": json.dumps({"id": {"$in": [device["id"] for device in devices]}}, separators=(",", ":")),
            "perPage": MAX_OPERANDS,
        }
        if attributes:
            query["attributes"] = ",".join(sorted(attributes))
        with error_context(action):
            response: Json = self._client.get(f"{self._path}/compositeState", action, query)
            return {item["id"]: item.get("compositeState") for item in items_of(response)}

    def _action(self, doing: str, scope: str, broad: str = _SCOPES) -> Action:
        advice = f"access_token needs one of these scopes: {broad}, {scope}."
        return Action(f"{doing} of application {self.application_id}", {403: advice})
