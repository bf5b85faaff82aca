# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import json

from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._devices.api import DeviceApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import check_name, checked_id

from .application import for_application, owner_of
from .connection import connected
from .device import device_result
from .devices import device_query, filter_spec
from .operation import Operation, Options, Spec
from .paging import check_paging, list_spec, sort_query
from .results import Result


def device_info_spec() -> Spec:
    """The options of ``device_info`` beside those of the connection and of the application. The choices are the API's."""
    return {
        "device_id": {"type": "str", "aliases": ["deviceId", "id"]},
        "name": {"type": "str"},
        **filter_spec(),
        **list_spec(["name", "id", "creationDate", "lastUpdated", "connectionStatus", "deletedAt"]),
        "exclude_connection_info": {"type": "bool", "default": False, "aliases": ["excludeConnectionInfo"]},
        "query_deleted": {"type": "bool", "default": False, "aliases": ["queryDeleted"]},
        "page": {"type": "int"},
    }


def find_some_devices(options: Options, _check_mode: bool, system: System) -> Result:
    """Find the devices of one application that the options select, and return the module's result."""
    name, device_id = options["name"], options["device_id"]
    check_name(name)
    check_paging(options)
    device_id = checked_id("device_id", device_id) if device_id is not None else None
    query = {**_query(name, device_id, options), **_presentation(options)}
    with connected(options, read_only=True, system=system) as connection:
        owner = owner_of(options, connection)
        api = DeviceApi(connection.client, owner.id, 1)
        total: int | None = None
        if options["page"] is None:
            found = api.all(query, options["per_page"])
        else:
            found, total = api.page(query, options["page"], options["per_page"])
    devices = [
        {**device_result(device, owner.id), "deleted_at": device.get("deleted_at")}
        for device in found
        if name in (None, device["name"]) and device_id in (None, device["id"].lower())
    ]
    return {
        "changed": False,
        "devices": devices,
        "total_count": len(devices) if options["page"] is None else total,
        "warnings": list(connection.client.warnings()),
    }


def _query(name: str | None, device_id: str | None, options: Options) -> dict[str, str]:
    """What selects devices. Losant finds an id or a name by a query, which excludes all else that it compares."""
    query = device_query(options)
    if not query and device_id is not None:
        return {"query": json.dumps({"id": device_id})}
    if not query and name is not None:
        return {"query": json.dumps({"name": name})}
    return query


def _presentation(options: Options) -> dict[str, str]:
    query = sort_query(options)
    for option, api_name in (("exclude_connection_info", "excludeConnectionInfo"), ("query_deleted", "queryDeleted")):
        if options[option]:
            query[api_name] = "true"
    return query


DEVICE_INFO = for_application(Operation("device_info", find_some_devices, device_info_spec(), {}))
