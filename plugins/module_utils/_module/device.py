# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import nullcontext

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._common.values import ID_PATTERN
from ansible_collections.losant.platform.plugins.module_utils._devices.api import DeviceApi
from ansible_collections.losant.platform.plugins.module_utils._devices.declaration import (
    DeviceDeclaration,
    checked_attributes,
    checked_tags,
)
from ansible_collections.losant.platform.plugins.module_utils._devices.device import Device
from ansible_collections.losant.platform.plugins.module_utils._devices.names import devices_named, only_one
from ansible_collections.losant.platform.plugins.module_utils._devices.service import Outcome, ensure_device
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import (
    check_name,
    checked_description,
    checked_id,
)

from .application import for_application, owner_of
from .connection import connected
from .devices import DEVICE_CLASSES
from .operation import Operation, Options, Spec
from .results import Result

#: The fields that a task can declare, as results and diffs show them.
_DECLARABLE = ("name", "description", "device_class", "tags", "attributes", "gateway_id", "parent_id")


def device_spec() -> Spec:
    """The options of ``device`` beside those of the connection and of the application."""
    attribute: Spec = {
        "name": {"type": "str", "required": True},
        "data_type": {
            "type": "str",
            "choices": ["string", "number", "gps", "boolean", "blob"],
            "aliases": ["dataType"],
        },
        "content_type": {"type": "str", "aliases": ["contentType"]},
        "description": {"type": "str"},
        "tags": {"type": "dict", "aliases": ["attributeTags"]},
    }
    return {
        "name": {"type": "str"},
        "device_id": {"type": "str", "aliases": ["deviceId", "id"]},
        "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        "description": {"type": "str"},
        "device_class": {"type": "str", "choices": DEVICE_CLASSES, "aliases": ["deviceClass"]},
        "tags": {"type": "dict"},
        "purge_tags": {"type": "bool", "default": DeviceDeclaration.purge_tags},
        "attributes": {"type": "list", "elements": "dict", "options": attribute},
        "purge_attributes": {"type": "bool", "default": DeviceDeclaration.purge_attributes},
        "gateway": {"type": "str", "aliases": ["gatewayId"]},
        "parent": {"type": "str", "aliases": ["parentId"]},
    }


def ensure_one_device(options: Options, check_mode: bool, system: System) -> Result:
    """Ensure that one device is as declared, and return the module's result."""
    check_name(options["name"])
    checked_description(options["description"])
    tags, attributes = checked_tags(options["tags"]), checked_attributes(options["attributes"])
    device_id = options["device_id"]
    device_id = checked_id("device_id", device_id) if device_id is not None else None
    with connected(options, read_only=check_mode, system=system) as connection:
        owner = owner_of(options, connection)
        api, absent = DeviceApi(connection.client, owner.id, 1), options["state"] == "absent"
        related = {} if absent else _related(options, api)
        declared = DeviceDeclaration(
            name=options["name"],
            device_id=device_id,
            description=options["description"],
            device_class=options["device_class"],
            tags=tags,
            attributes=attributes,
            purge_tags=options["purge_tags"],
            purge_attributes=options["purge_attributes"],
            **related,
        )
        name = None if device_id is not None else f"device {options['name']}"
        lock = exclusive(options["api_url"], owner.id, name, system=system)
        with nullcontext() if check_mode else lock as note:
            outcome = ensure_device(declared, api, absent=absent, dry=check_mode)
    result = _result(outcome, owner.id, connection.client)
    return {**result, "notes": [note]} if note else result


def _related(options: Options, api: DeviceApi) -> dict[str, str]:
    """The ids of the gateway and the parent, which are declared by id or by name. An empty text means none."""
    ids = {}
    for option in ("gateway", "parent"):
        value = options[option]
        if value is None or value == "":
            ids.update({f"{option}_id": ""} if value == "" and option == "parent" else {})
        elif ID_PATTERN.fullmatch(value):
            ids[f"{option}_id"] = value.lower()
        else:
            ids[f"{option}_id"] = only_one(value, devices_named(api, [value]).get(value, ()), option)["id"]
    return ids


def _result(outcome: Outcome, application_id: str, client: Client) -> Result:
    before, after = outcome.before, outcome.after
    sides = {"before": _side(before), "after": _side(after)}
    changed_fields = [field for field in _DECLARABLE if after is not None and _differs(field, before, after)]
    return {
        "changed": bool(changed_fields) or (before is not None and after is None),
        "created": before is None and after is not None,
        "device": device_result(after, application_id) if after is not None else None,
        "changed_fields": changed_fields,
        "diff": sides,
        "warnings": [*client.warnings(), *outcome.warnings],
    }


def device_result(device: Device, application_id: str) -> Result:
    """A device, as the inventory shows one."""
    return {**device, "device_id": device["id"], "application_id": application_id}


def _differs(field: str, before: Device | None, after: Device) -> bool:
    key = "tag_values" if field == "tags" else field
    was = before[key] if before is not None else None
    return bool((was or None) != (after[key] or None))


def _side(device: Device | None) -> Result:
    if device is None:
        return {}
    shown: dict[str, t.Any] = {field: device[field] for field in _DECLARABLE}
    return {"id": device["id"] or "(new)", **shown, "tags": device["tag_values"]}


DEVICE = for_application(
    Operation("device", ensure_one_device, device_spec(), {"required_one_of": [("name", "device_id")]})
)
