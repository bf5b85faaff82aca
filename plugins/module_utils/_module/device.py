# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import nullcontext

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
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
from ansible_collections.losant.platform.plugins.module_utils._devices.service import Outcome, ensure_devices
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


class Given(t.NamedTuple):
    """The options of one device that were checked, and the names in them that have to be looked up."""

    options: Options
    tags: dict[str, list[str]] | None
    attributes: dict[str, dict[str, t.Any]] | None

    @property
    def names(self) -> list[str]:
        """The names of other devices."""
        values = [] if self.options["state"] == "absent" else [self.options["gateway"], self.options["parent"]]
        return [value for value in values if value and not ID_PATTERN.fullmatch(value)]

    def declaration(self, devices: t.Mapping[str, t.Sequence[Device]]) -> DeviceDeclaration:
        """What they declare.

        :param devices: those that have the names
        :raises InvalidOptionError: no device has a name, or several have it
        """
        options, device_id = self.options, self.options["device_id"]
        absent = options["state"] == "absent"
        return DeviceDeclaration(
            name=options["name"],
            device_id=checked_id("device_id", device_id) if device_id is not None else None,
            absent=absent,
            description=options["description"],
            device_class=options["device_class"],
            tags=self.tags,
            attributes=self.attributes,
            purge_tags=options["purge_tags"],
            purge_attributes=options["purge_attributes"],
            **({} if absent else self._related(devices)),
        )

    def _related(self, devices: t.Mapping[str, t.Sequence[Device]]) -> dict[str, str]:
        """The ids of the gateway and the parent, which are declared by id or by name. An empty parent means none."""
        ids = {}
        for option in ("gateway", "parent"):
            value = self.options[option]
            if value and ID_PATTERN.fullmatch(value):
                ids[f"{option}_id"] = value.lower()
            elif value:
                ids[f"{option}_id"] = only_one(value, devices.get(value, ()), option)["id"]
            elif value == "" and option == "parent":
                ids["parent_id"] = ""
        return ids


def given(options: Options) -> Given:
    """Check the options of one device.

    :raises InvalidOptionError: one cannot be used
    """
    check_name(options["name"])
    checked_description(options["description"])
    if options["device_id"] is not None:
        checked_id("device_id", options["device_id"])
    return Given(options, checked_tags(options["tags"]), checked_attributes(options["attributes"]))


def ensure_one_device(options: Options, check_mode: bool, system: System) -> Result:
    """Ensure that one device is as declared, and return the module's result."""
    wanted = given(options)
    with connected(options, read_only=check_mode, system=system) as connection:
        owner = owner_of(options, connection)
        api = DeviceApi(connection.client, owner.id, 1)
        declared = wanted.declaration(devices_named(api, wanted.names) if wanted.names else {})
        name = None if declared.device_id is not None else f"device {declared.name}"
        lock = exclusive(options["api_url"], owner.id, name, system=system)
        with nullcontext() if check_mode else lock as note:
            [outcome] = ensure_devices([declared], api, workers=1, dry=check_mode)
    if isinstance(outcome, LosantError):
        raise outcome
    result = outcome_result(outcome, owner.id)
    result["warnings"] = [*connection.client.warnings(), *result["warnings"]]
    return {**result, "notes": [note]} if note else result


def outcome_result(outcome: Outcome, application_id: str) -> Result:
    """What a task returns about one device."""
    before, after = outcome.before, outcome.after
    sides = {"before": _side(before), "after": _side(after)}
    changed_fields = [field for field in _DECLARABLE if after is not None and _differs(field, before, after)]
    return {
        "changed": bool(changed_fields) or (before is not None and after is None),
        "created": outcome.creates,
        "device": device_result(after, application_id) if after is not None else None,
        "changed_fields": changed_fields,
        "diff": sides,
        "warnings": list(outcome.warnings),
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
