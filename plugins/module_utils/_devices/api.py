# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import json
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import concurrently
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Action, Json, error_context
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import (
    BY_ID,
    DEFAULT_PAGE_SIZE,
    items_of,
)

from .device import Device, add_values, device_from_api

#: Scopes that include reading devices, beside those of the single actions. Source: the API's definition, version 1.31.0.
_SCOPES = "all.Application, all.Organization or all.User[.bounded, .read], all.Device[.read], devices.*"
#: How many values an advanced query can list. Source: the schema advancedDeviceQuery.
MAX_OPERANDS = 100


class DeviceApi:
    """Losant's actions that read the devices of one application.

    :param concurrency: how many requests are sent at a time
    """

    def __init__(self, client: Client, application_id: str, concurrency: int) -> None:
        self.application_id = application_id
        self._client = client
        self._concurrency = concurrency
        self._path = f"/applications/{application_id}/devices"

    def all(self, query: t.Mapping[str, str]) -> list[Device]:
        """All devices that the query leaves."""
        action = self._action("list the devices", "devices.get")
        with error_context(action):
            items = self._client.paginate(
                self._path, action, {**query, **BY_ID}, DEFAULT_PAGE_SIZE, concurrency=self._concurrency
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

    def _action(self, doing: str, scope: str) -> Action:
        advice = f"access_token needs one of these scopes: {_SCOPES}, {scope}."
        return Action(f"{doing} of application {self.application_id}", {403: advice})
