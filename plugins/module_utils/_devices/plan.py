# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What a declared device differs in from the one that exists. Pure: it asks nothing and changes nothing."""

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError

from .declaration import DeviceDeclaration
from .device import Device

#: The options that are compared as they are, with the API's name.
_PLAIN = (("name", "name"), ("device_class", "deviceClass"), ("gateway_id", "gatewayId"))
_ATTRIBUTE = {
    "data_type": "dataType",
    "content_type": "contentType",
    "description": "description",
    "tags": "attributeTags",
}


class DeviceError(LosantError):
    """The declaration cannot be met. Nothing was written."""

    kind = "declaration"


class Change(t.NamedTuple):
    """What to send, and the device that results."""

    body: dict[str, t.Any]
    after: Device


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
    """What to change of a device. ``device``: None if it has to be created."""
    before = device if device is not None else _NOTHING
    body: dict[str, t.Any] = {}
    after = dict(before)
    for option, api_name in _PLAIN:
        value = getattr(declared, option)
        if value is not None and value != before[option]:
            body[api_name] = after[option] = value
    if declared.description is not None and declared.description != (before["description"] or ""):
        body["description"] = declared.description
        after["description"] = declared.description or None
    if declared.parent_id is not None and (declared.parent_id or None) != before["parent_id"]:
        body["parentId"] = after["parent_id"] = declared.parent_id or None
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


def _comparable(tags: t.Mapping[str, t.Sequence[str]]) -> dict[str, list[str]]:
    """The order of tags means nothing."""
    return {key: sorted(values) for key, values in tags.items()}


def _attributes(declared: DeviceDeclaration, before: Device, after: Device) -> dict[str, t.Any]:
    if declared.attributes is None:
        return {}
    existing: dict[str, dict[str, t.Any]] = {
        name: {field: value for field, value in attribute.items() if field in _ATTRIBUTE}
        for name, attribute in before["attributes"].items()
    }
    kept = {} if declared.purge_attributes else existing
    # What the task does not mention of an attribute is left alone.
    wanted = {**kept, **{name: {**existing.get(name, {}), **own} for name, own in declared.attributes.items()}}
    if wanted == existing:
        return {}
    after["attributes"] = wanted
    return {
        "attributes": [
            {"name": name, **{_ATTRIBUTE[field]: value for field, value in attribute.items()}}
            for name, attribute in wanted.items()
        ]
    }


def check_data_types(change: Change) -> None:
    """Refuse an attribute without a type: Losant needs one.

    :raises DeviceError: there is one
    """
    missing = [entry["name"] for entry in change.body.get("attributes", ()) if "dataType" not in entry]
    if missing:
        raise DeviceError(
            f"attributes has {', '.join(map(repr, missing))} without data_type, which a new attribute needs. Nothing was"
            " changed. Declare it."
        )


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
    "creation_date": None,
    "last_updated": None,
    "connected": None,
    "connection_time": None,
    "tags": {},
    "tag_values": {},
    "attributes": {},
}
