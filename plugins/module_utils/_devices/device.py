# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadResponseError
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Json
from ansible_collections.losant.platform.plugins.module_utils._common.values import read_id, read_string

#: Variables of a device: JSON values under snake_case names.
Device = t.Dict[str, t.Any]


def _read_ids(value: t.Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError
    return [read_id(item) for item in value]


def _read_text(value: t.Any) -> str | None:
    """Losant shows a description that is empty, or none."""
    return read_string(value) or None


def _read_number(value: t.Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError
    return value


def _read_flag(value: t.Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


#: Each field that is shown as it is, with its name in Losant's objects. Source: the schema device.
_FIELDS: tuple[tuple[str, str, t.Callable[[t.Any], t.Any]], ...] = (
    ("id", "id", read_id),
    ("name", "name", read_string),
    ("description", "description", _read_text),
    ("device_class", "deviceClass", read_string),
    ("parent_id", "parentId", read_id),
    ("ancestor_ids", "ancestorIds", _read_ids),
    ("gateway_id", "gatewayId", read_id),
    ("edge_agent_version", "edgeAgentVersion", read_string),
    ("system_interval", "systemInterval", _read_number),
    ("keep_duplicates", "keepDuplicates", _read_flag),
    ("creation_date", "creationDate", read_string),
    ("last_updated", "lastUpdated", read_string),
)
#: The fields of an attribute beside its name.
FIELDS_OF_ATTRIBUTES = (
    ("data_type", "dataType"),
    ("content_type", "contentType"),
    ("description", "description"),
    ("tags", "attributeTags"),
    # How a system computes it, as Losant writes it.
    ("system", "system"),
)
#: What ``connected`` of Losant means. Null is not known.
_CONNECTED: t.Mapping[t.Any, bool] = {1: True, 0: False}


def device_from_api(data: Json) -> Device:
    """Read Losant's object. A field that is not set is None.

    ``connected``: True, False, or None if it is not known; ``tags``: the first value of each key; ``tag_values``: all of them;
    ``attributes``: ``{name: {"data_type": ...}}``. Only a deleted device has ``deleted_at``.

    :raises BadResponseError: a field has a type that the API does not promise
    """
    device: Device = {}
    api_name = ""
    try:
        for field, api_name, read in _FIELDS:
            value = data.get(api_name)
            device[field] = None if value is None else read(value)
        for api_name in ("id", "name"):
            read_string(data.get(api_name))
        api_name = "connectionInfo"
        info = data.get(api_name) or {}
        device["connected"] = _CONNECTED.get(info.get("connected"))
        device["connection_time"] = info.get("time")
        api_name = "deletedAt"
        if data.get(api_name) is not None:
            device["deleted_at"] = read_string(data[api_name])
        api_name = "tags"
        values = _values_by_key(data.get(api_name) or ())
        device["tags"], device["tag_values"] = {key: found[0] for key, found in values.items()}, values
        api_name = "attributes"
        device["attributes"] = {item["name"]: _attribute(item) for item in data.get(api_name) or ()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadResponseError(
            f"Losant's response has a device whose {api_name} is not what the API promises. Check api_url."
        ) from None
    return device


def label_of(device: Device) -> str:
    """The device as messages name it."""
    return f"device {device['name']!r} ({device['id'] or 'new'})"


def _values_by_key(tags: t.Iterable[Json]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for tag in tags:
        values.setdefault(read_string(tag["key"]), []).append(read_string(tag["value"]))
    return values


def _attribute(item: Json) -> Json:
    return {field: item[api_name] for field, api_name in FIELDS_OF_ATTRIBUTES if api_name in item}


def add_values(device: Device, state: t.Any) -> None:
    """Add the last value of each attribute, and when the device reported it: both None if there is none.

    :param state: Losant's composite state of the device
    :raises BadResponseError: it is not what the API promises
    """
    if not isinstance(state, dict):
        raise BadResponseError("Losant's response has a device without its state. Check api_url.")
    for name in {*device["attributes"], *state}:
        entry = state.get(name)
        # A response can carry more than the attributes, such as its own type.
        if isinstance(entry, dict) or name in device["attributes"]:
            entry = entry if isinstance(entry, dict) else {}
            attribute = device["attributes"].setdefault(name, {})
            attribute.update(value=entry.get("value"), time=entry.get("time"))
