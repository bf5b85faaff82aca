# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET /applications/{applicationId}/devices."""

from __future__ import annotations

import json
import re
from typing import Any

from .auth import application_of
from .call import Call
from .device_query import check_query, matches
from .listing import ListRules, list_body
from .response import Response
from .schema import DEVICE_CLASS, TAG_FILTER
from .state import Token
from .switches import Switches
from .validation import check, refusal
from .views import enveloped
from .world import World

_RULES = ListRules(
    sort_fields=("name", "id", "creationDate", "lastUpdated", "connectionStatus", "deletedAt"),
    filter_fields=("name",),
)
_TAG_PARAMETER = re.compile(r"tagFilter\[(\d+)\]\[(\w+)\]")
_CLASS_PARAMETER = re.compile(r"deviceClass(\[\d*\])?")

Device = dict[str, Any]


def check_list(call: Call, switches: Switches) -> None:
    _RULES.check(call, switches)
    classes = _classes(call)
    if classes:
        check(classes, DEVICE_CLASS, "deviceClass", switches)
    check(_tags(call), TAG_FILTER, "tagFilter", switches)
    if call.value("query"):
        check_query(_query(call, switches), switches)


def list_devices(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)
    switches = world.switches
    devices = [item for item in application.devices.values() if _matches_deletion(item, call)]
    if call.value("query"):
        # The query overrides every other filter.
        query = _query(call, switches)
        devices = [device for device in devices if matches(device, query)]
    else:
        devices = [device for device in devices if _matches_filters(device, call, switches)]
    body = list_body([_sortable(device) for device in devices], call, switches, filtered=not call.value("query"))
    body["items"] = [_entity(world, call, item) for item in body["items"]]
    body["applicationId"] = application.id
    href = f"/applications/{application.id}/devices"
    return Response(200, enveloped(body, "devices", href, call, switches))


def _classes(call: Call) -> list[str]:
    return [value for name, value in call.query if _CLASS_PARAMETER.fullmatch(name) and value]


def _tags(call: Call) -> list[dict[str, str]]:
    """`tagFilter[0][key]=a&tagFilter[0][value]=b` as a list of objects."""
    tags: dict[int, dict[str, str]] = {}
    for name, value in call.query:
        match = _TAG_PARAMETER.fullmatch(name)
        if match:
            tags.setdefault(int(match[1]), {})[match[2]] = value
    return [tags[number] for number in sorted(tags)]


def _query(call: Call, switches: Switches) -> Any:
    try:
        return json.loads(call.value("query") or "")
    except (ValueError, RecursionError):
        raise refusal("query is the wrong type", switches) from None


def _matches_deletion(device: Device, call: Call) -> bool:
    return bool(device.get("deletedAt")) == call.flag("queryDeleted")


def _matches_filters(device: Device, call: Call, switches: Switches) -> bool:
    classes, tags, parent = _classes(call), _tags(call), call.value("parentId")
    if classes and device["deviceClass"] not in classes:
        return False
    if parent and device.get("parentId") != parent:
        return False
    found = [_has_tag(device, tag) for tag in tags]
    return not found or (all(found) if switches.tag_filter == "and" else any(found))


def _has_tag(device: Device, wanted: dict[str, str]) -> bool:
    return any(all(tag[part] == text for part, text in wanted.items()) for tag in device["tags"])


def _sortable(device: Device) -> Device:
    return {**device, "connectionStatus": device.get("connectionInfo")}


def _entity(world: World, call: Call, device: Device) -> Device:
    view = {name: value for name, value in device.items() if name != "connectionStatus"}
    if call.flag("excludeConnectionInfo"):
        view.pop("connectionInfo", None)
    if call.flag("tagsAsObject"):
        # A key may repeat; which value the API shows then is not known, here it is the last.
        view["tags"] = {tag["key"]: tag["value"] for tag in device["tags"]}
    if call.flag("attributesAsObject"):
        view["attributes"] = {item["name"]: item for item in device["attributes"]}
    href = f"/applications/{view['applicationId']}/devices/{view['id']}"
    return enveloped(view, "device", href, call, world.switches)
