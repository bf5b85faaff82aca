# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What a declared device differs in from the one that exists. Pure: it asks nothing and changes nothing."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError

from .declaration import DeviceDeclaration
from .device import FIELDS_OF_ATTRIBUTES, Device, label_of

#: What Losant makes of a new device without a class is not documented, so it is always sent.
_DEFAULT_CLASS = "standalone"
#: The fields that a task can declare, with the API's names.
FIELDS: t.Mapping[str, str] = {
    "name": "name",
    "description": "description",
    "device_class": "deviceClass",
    "tags": "tags",
    "attributes": "attributes",
    "gateway_id": "gatewayId",
    "parent_id": "parentId",
    "system_interval": "systemInterval",
    "keep_duplicates": "keepDuplicates",
}
#: Those that are compared as they are. An empty value is the same as none.
_PLAIN = ("name", "description", "device_class", "gateway_id", "parent_id", "system_interval", "keep_duplicates")
#: What clears a field. Losant takes no null for the others.
_CLEARED: t.Mapping[str, t.Any] = {"description": "", "keep_duplicates": False}

Attributes = t.Dict[str, t.Dict[str, t.Any]]


class DeviceError(LosantError):
    """The declaration cannot be met. Nothing was written."""

    kind = "declaration"


class Change(t.NamedTuple):
    """What to send, and the device that results."""

    body: dict[str, t.Any]
    after: Device

    @property
    def fields(self) -> list[str]:
        """The fields that change."""
        return [field for field, api_name in FIELDS.items() if api_name in self.body]


def check_unique(name: str, devices: t.Sequence[Device]) -> Device | None:
    """The device of a name, or None.

    :raises DeviceError: several have it
    """
    if len(devices) < 2:
        return devices[0] if devices else None
    ids = [device["id"] for device in devices]
    raise DeviceError(
        f"{len(devices)} devices are named {name!r}: {', '.join(ids)}. Nothing was changed. Set device_id to choose one, or"
        " rename or delete the others.",
        ids=ids,
    )


def planned(declared: DeviceDeclaration, device: Device | None) -> Change:
    """What to change of a device. ``device``: None if it has to be created.

    :raises DeviceError: Losant cannot make the change
    """
    if device is None and declared.device_class is None:
        declared = replace(declared, device_class=_DEFAULT_CLASS)
    before = device if device is not None else _NOTHING
    body: dict[str, t.Any] = {}
    after = dict(before)
    for field in _PLAIN:
        value = getattr(declared, field)
        if value is not None and (value or None) != (before[field] or None):
            body[FIELDS[field]] = value or _CLEARED.get(field)
            after[field] = value or (False if value is False else None)
    if "gatewayId" in body and body["gatewayId"] is None:
        raise DeviceError(
            f"gateway is empty, and {label_of(before)} has the gateway {before['gateway_id']}, which Losant can change but not"
            " remove. Nothing was changed. Declare another gateway, or omit it.",
            ids=[before["id"]],
        )
    body.update(_tags(declared, before, after))
    body.update(_attributes(declared, before, after))
    return Change(body, after)


def _tags(declared: DeviceDeclaration, before: Device, after: Device) -> dict[str, t.Any]:
    if declared.tags is None:
        return {}
    kept = {} if declared.purge_tags else before["tag_values"]
    wanted = {key: list(values) for key, values in {**kept, **declared.tags}.items() if values}
    if _comparable(wanted) == _comparable(before["tag_values"]):
        return {}
    after.update(tag_values=wanted, tags={key: values[0] for key, values in wanted.items()})
    return {"tags": [{"key": key, "value": value} for key, values in wanted.items() for value in values]}


def _comparable(tags: t.Mapping[str, t.Sequence[str]]) -> dict[str, set[str]]:
    """The order of tags means nothing."""
    return {key: set(values) for key, values in tags.items()}


def _attributes(declared: DeviceDeclaration, before: Device, after: Device) -> dict[str, t.Any]:
    if declared.attributes is None:
        return {}
    api_names = dict(FIELDS_OF_ATTRIBUTES)
    existing: Attributes = {
        # The last values, where they were read, are not the attribute's own.
        name: _filled({field: value for field, value in attribute.items() if field in api_names})
        for name, attribute in before["attributes"].items()
    }
    # What the task does not mention of an attribute is left alone.
    mentioned = {name: _filled({**existing.get(name, {}), **own}) for name, own in declared.attributes.items()}
    wanted = {**({} if declared.purge_attributes else existing), **mentioned}
    if wanted == existing:
        return {}
    missing = [name for name, attribute in wanted.items() if "data_type" not in attribute]
    if missing:
        raise DeviceError(
            f"attributes has {', '.join(map(repr, missing))} without data_type, which a new attribute needs. Nothing was"
            " changed. Declare it."
        )
    after["attributes"] = wanted
    # PATCH replaces all attributes.
    return {
        "attributes": [
            {"name": name, **{api_names[field]: value for field, value in attribute.items()}}
            for name, attribute in wanted.items()
        ]
    }


def _filled(attribute: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The fields that are set: an empty one is the same as none."""
    return {field: value for field, value in attribute.items() if value not in (None, "", {})}


#: A device that does not exist yet, as the API would show it.
_NOTHING: Device = {
    "id": None,
    "name": None,
    "description": None,
    "device_class": None,
    "parent_id": None,
    "ancestor_ids": None,
    "gateway_id": None,
    "edge_agent_version": None,
    "system_interval": None,
    "keep_duplicates": None,
    "creation_date": None,
    "last_updated": None,
    "connected": None,
    "connection_time": None,
    "tags": {},
    "tag_values": {},
    "attributes": {},
}
