# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._devices.api import DeviceApi
from ansible_collections.losant.platform.plugins.module_utils._devices.declaration import (
    DeviceDeclaration,
    checked_attributes,
    checked_system_interval,
    checked_tags,
)
from ansible_collections.losant.platform.plugins.module_utils._devices.device import Device
from ansible_collections.losant.platform.plugins.module_utils._devices.names import KnownDevices, known_devices
from ansible_collections.losant.platform.plugins.module_utils._devices.plan import FIELDS
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
from .results import Result, with_remarks

#: The options that are declared as they are.
_PLAIN = (
    "name",
    "description",
    "device_class",
    "system_interval",
    "keep_duplicates",
    "purge_tags",
    "purge_attributes",
)
#: The options that mean another device.
_RELATIONS = ("gateway", "parent")


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
        "system_interval": {"type": "int", "aliases": ["systemInterval"]},
        "keep_duplicates": {"type": "bool", "aliases": ["keepDuplicates"]},
    }


class Given(t.NamedTuple):
    """The options of one device that were checked."""

    options: Options
    tags: dict[str, list[str]] | None
    attributes: dict[str, dict[str, t.Any]] | None

    @property
    def related(self) -> list[str]:
        """The ids and the names of other devices."""
        if self.options["state"] == "absent":
            return []
        return [self.options[option] for option in _RELATIONS if self.options[option]]

    def declaration(self, known: KnownDevices) -> DeviceDeclaration:
        """What they declare.

        :param known: the other devices
        :raises InvalidOptionError: one of them does not exist, or several have its name
        """
        options, device_id = self.options, self.options["device_id"]
        absent = options["state"] == "absent"
        related = {} if absent else self._related_ids(known)
        return DeviceDeclaration(
            device_id=checked_id("device_id", device_id) if device_id is not None else None,
            absent=absent,
            tags=self.tags,
            attributes=self.attributes,
            gateway_id=related.get("gateway"),
            parent_id=related.get("parent"),
            **{option: options[option] for option in _PLAIN},
        )

    def _related_ids(self, known: KnownDevices) -> dict[str, str]:
        values = {option: self.options[option] for option in _RELATIONS if self.options[option] is not None}
        return {option: value and known.id_of(value, option) for option, value in values.items()}


def given(options: Options) -> Given:
    """Check the options of one device.

    :raises InvalidOptionError: one cannot be used
    """
    check_name(options["name"])
    checked_description(options["description"])
    checked_system_interval(options["system_interval"])
    if options["device_id"] is not None:
        checked_id("device_id", options["device_id"])
    return Given(options, checked_tags(options["tags"]), checked_attributes(options["attributes"]))


def ensure_one_device(options: Options, check_mode: bool, system: System) -> Result:
    """Ensure that one device is as declared, and return the module's result."""
    wanted = given(options)
    with connected(options, read_only=check_mode, system=system) as connection:
        owner = owner_of(options, connection)
        api = DeviceApi(connection.client, owner.id, 1)
        declared = wanted.declaration(known_devices(api, wanted.related))
        name = None if declared.device_id is not None else declared.name
        with exclusive(options["api_url"], owner.id, name, noun="device", dry=check_mode, system=system) as note:
            [outcome] = ensure_devices([declared], api, workers=1, dry=check_mode)
    if isinstance(outcome, LosantError):
        raise outcome
    return with_remarks(outcome_result(outcome, owner.id), connection.client.warnings(), note)


def outcome_result(outcome: Outcome, application_id: str) -> Result:
    """What a task returns about one device."""
    return {
        "changed": bool(outcome.fields) or outcome.deletes,
        "created": outcome.creates,
        "device": device_result(outcome.after, application_id) if outcome.after is not None else None,
        "changed_fields": list(outcome.fields),
        "diff": {"before": _side(outcome.before), "after": _side(outcome.after, is_new=outcome.creates)},
        "warnings": list(outcome.warnings),
    }


def device_result(device: Device, application_id: str) -> Result:
    """A device, as the inventory shows one."""
    return {**device, "device_id": device["id"], "application_id": application_id}


def _side(device: Device | None, *, is_new: bool = False) -> Result:
    """One side of the diff. A new device has no id in it, as check mode cannot know the id."""
    if device is None:
        return {}
    shown = {field: device["tag_values" if field == "tags" else field] for field in FIELDS}
    return {"id": "(new)" if is_new else device["id"], **shown}


DEVICE = for_application(
    Operation("device", ensure_one_device, device_spec(), {"required_one_of": [("name", "device_id")]})
)
