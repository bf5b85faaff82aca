# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of an application: the list, one device, and the last values of either."""

from __future__ import annotations

import re
from typing import Any

from .auth import application_of
from .call import Call
from .clock import format_time, parse_time
from .listing import ListRules, list_body
from .query import DEVICE_QUERY, check_query, matches, query_of
from .response import Response, not_found
from .schema import DEVICE_CLASS, DEVICE_PATCH, DEVICE_POST, TAG_FILTER
from .state import Application, Token
from .switches import Switches
from .validation import check, check_choice, kept_body, refusal
from .views import enveloped
from .world import World

_RULES = ListRules(
    sort_fields=("name", "id", "creationDate", "lastUpdated", "connectionStatus", "deletedAt"),
    filter_fields=("name",),
)
_TAG_PARAMETER = re.compile(r"tagFilter\[(\d+)\]\[(\w+)\]")
_MILLISECONDS = re.compile(r"-?\d{1,15}", re.ASCII)
#: Where a device keeps its last values: `{attribute: {"value", "time"}}`. Only the composite state shows them.
STATE = "compositeState"
_CLASS_PARAMETER = re.compile(r"deviceClass(\[\d*\])?")

Device = dict[str, Any]


def check_list(call: Call, switches: Switches) -> None:
    _RULES.check(call, switches)
    classes = _classes(call)
    if classes:
        check(classes, DEVICE_CLASS, "deviceClass", switches)
    check(_tags(call), TAG_FILTER, "tagFilter", switches)
    if call.value("query"):
        check_query(query_of(call, switches), DEVICE_QUERY, switches)


def list_devices(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)

    def find() -> list[Device]:
        devices = [device for device in application.devices.values() if _matches_deletion(device, call)]
        if call.value("query"):
            # The query overrides every other filter.
            return _queried(devices, call, world.switches)
        return [_sortable(device) for device in devices if _matches_filters(device, call, world.switches)]

    body = list_body(find, call, caller, world, _RULES, filtered=not call.value("query"))
    body["items"] = [_entity(world, call, item) for item in body["items"]]
    return _list_response(body, "devices", f"/applications/{application.id}/devices", application, call, world)


def get_device(world: World, call: Call, caller: Token) -> Response:
    return Response(200, _entity(world, call, _device_of(world, call, caller)))


def check_post(call: Call, switches: Switches) -> None:
    check(call.body, DEVICE_POST, "device", switches)


def create_device(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)
    _check_relations(application, call.body, world.switches)
    device_id, created = world.ids.next(), format_time(world.clock.stamp())
    device = {
        "id": device_id,
        "deviceId": device_id,
        "applicationId": application.id,
        "tags": [],
        "attributes": [],
        "deviceClass": "standalone",
        "parentId": None,
        "creationDate": created,
        "lastUpdated": created,
        **kept_body(call.body, "device", world.switches),
    }
    application.devices[device_id] = {**device, **_ancestors(application, device)}
    world.lists.clear()
    return Response(201, _entity(world, call, application.devices[device_id]))


def check_patch(call: Call, switches: Switches) -> None:
    check(call.body, DEVICE_PATCH, "device", switches)


def patch_device(world: World, call: Call, caller: Token) -> Response:
    application, device = application_of(world, call, caller), _device_of(world, call, caller)
    _check_relations(application, call.body, world.switches)
    wanted = call.body.get("deviceClass", device["deviceClass"])
    changes_system = wanted != device["deviceClass"] and "system" in (wanted, device["deviceClass"])
    if changes_system and world.switches.system_class == "forbid":
        raise refusal("device.deviceClass cannot be changed", world.switches)
    device |= kept_body(call.body, "device", world.switches)
    device.pop("ancestorIds", None)
    device |= {"lastUpdated": format_time(world.clock.stamp()), **_ancestors(application, device)}
    world.lists.clear()
    return Response(200, _entity(world, call, device))


def delete_device(world: World, call: Call, caller: Token) -> Response:
    """A deleted device can be restored for 93 days, so it stays in the list of deleted ones."""
    device = _device_of(world, call, caller)
    device["deletedAt"] = format_time(world.clock.now())
    world.lists.clear()
    return Response(200, {"success": True})


def _check_relations(application: Application, fields: Device, switches: Switches) -> None:
    for name in ("gatewayId", "parentId"):
        related = fields.get(name)
        if related is None or switches.device_relations == "any":
            continue
        if application.device(related) is None:
            raise refusal(f"device.{name} must be a device of the application", switches)


def _ancestors(application: Application, device: Device) -> Device:
    parent = application.devices.get(device.get("parentId") or "")
    return {"ancestorIds": [*parent.get("ancestorIds", ()), parent["id"]]} if parent is not None else {}


def check_states(call: Call, switches: Switches) -> None:
    """The list of states knows no other filter than the query."""
    check_choice(call.value("sortField"), _RULES.sort_fields[:5], "sortField", switches)
    check_choice(call.value("sortDirection"), ("asc", "desc"), "sortDirection", switches)
    if call.value("query"):
        check_query(query_of(call, switches), DEVICE_QUERY, switches)


def list_states(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)

    def find() -> list[Device]:
        devices = [device for device in application.devices.values() if not device.get("deletedAt")]
        return _queried(devices, call, world.switches)

    body = list_body(find, call, caller, world, _RULES, filtered=False)
    body["items"] = [
        {"id": device["id"], "name": device["name"], "compositeState": _composite_state(device, call, world)}
        for device in body["items"]
    ]
    if call.value("query"):
        body["query"] = query_of(call, world.switches)
    href = f"/applications/{application.id}/devices/compositeState"
    return _list_response(body, "compositeDevicesState", href, application, call, world)


def get_state(world: World, call: Call, caller: Token) -> Response:
    device = _device_of(world, call, caller)
    href = f"/applications/{device['applicationId']}/devices/{device['id']}/compositeState"
    state = _composite_state(device, call, world)
    return Response(200, enveloped(state, "compositeDeviceState", href, call, world.switches))


def _list_response(
    body: dict[str, Any], kind: str, href: str, application: Application, call: Call, world: World
) -> Response:
    body["applicationId"] = application.id
    return Response(200, enveloped(body, kind, href, call, world.switches))


def _device_of(world: World, call: Call, caller: Token) -> Device:
    application = application_of(world, call, caller)
    device = application.device(call.params["deviceId"])
    if device is None:
        raise not_found("Device")
    return device


def _queried(devices: list[Device], call: Call, switches: Switches) -> list[Device]:
    query = query_of(call, switches) if call.value("query") else {}
    return [_sortable(device) for device in devices if matches(device, query)]


def _composite_state(device: Device, call: Call, world: World) -> dict[str, Any]:
    """The last value of each attribute, of those asked for, that was reported from `start` to `end`."""
    asked = call.value("attributes")
    names = [item["name"] for item in device["attributes"]]
    names += [name for name in device.get(STATE, {}) if name not in names]
    state: dict[str, Any] = {}
    for name in names if not asked else [name for name in names if name in asked.split(",")]:
        value = device.get(STATE, {}).get(name)
        if value is not None and _is_within(value, call, world):
            state[name] = value
        elif world.switches.empty_attributes == "null":
            state[name] = None
    return state


def _is_within(value: dict[str, Any], call: Call, world: World) -> bool:
    """Milliseconds since 1970; 0 is now, and less is relative to now."""
    moment = parse_time(str(value.get("time")))
    if moment is None:
        return True
    now = world.clock.now().timestamp() * 1000

    def limit(name: str, default: int) -> float:
        text = call.value(name) or ""
        number = int(text) if _MILLISECONDS.fullmatch(text) else default
        return number if number > 0 else now + number

    return limit("start", 1) <= moment.timestamp() * 1000 <= limit("end", 0)


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


def _matches_deletion(device: Device, call: Call) -> bool:
    return bool(device.get("deletedAt")) == call.flag("queryDeleted")


def _matches_filters(device: Device, call: Call, switches: Switches) -> bool:
    classes, tags, parent = _classes(call), _tags(call), call.value("parentId")
    if classes and device["deviceClass"] not in classes:
        return False
    if parent and device.get("parentId") != parent:
        return False
    found = [has_tag(device, tag) for tag in tags]
    return not found or (all(found) if switches.tag_filter == "and" else any(found))


def has_tag(device: Device, wanted: dict[str, str]) -> bool:
    return any(all(tag[part] == text for part, text in wanted.items()) for tag in device["tags"])


def _sortable(device: Device) -> Device:
    return {**device, "connectionStatus": device.get("connectionInfo")}


def _entity(world: World, call: Call, device: Device) -> Device:
    view = {name: value for name, value in device.items() if name not in ("connectionStatus", STATE)}
    if call.flag("excludeConnectionInfo"):
        view.pop("connectionInfo", None)
    if call.flag("tagsAsObject"):
        # A key may repeat; which value the API shows then is not known, here it is the last.
        view["tags"] = {tag["key"]: tag["value"] for tag in device["tags"]}
    if call.flag("attributesAsObject"):
        view["attributes"] = {item["name"]: item for item in device["attributes"]}
    href = f"/applications/{view['applicationId']}/devices/{view['id']}"
    return enveloped(view, "device", href, call, world.switches)
