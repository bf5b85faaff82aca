# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import json
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._applications.api import ApplicationApi
from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import concurrently
from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._devices.api import DeviceApi
from ansible_collections.losant.platform.plugins.module_utils._devices.device import Device
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import checked_id

from .application import APPLICATIONS, application_id_of
from .connection import Connection, checked_concurrency, connected, with_connection
from .operation import Operation, Options, Spec, with_alternatives
from .results import Result

#: Source: the schema deviceClassFilter.
DEVICE_CLASSES = ["standalone", "gateway", "peripheral", "floating", "edgeCompute", "system", "embedded"]
#: What a query replaces, as Losant ignores it then.
_FILTERS = ("device_class", "tag_filter", "parent_id", "filter")


def devices_spec() -> Spec:
    """The options that select devices, beside those of the connection. The choices are the API's."""
    return {
        "application_id": {"type": "list", "elements": "str", "aliases": ["applicationId"]},
        "application": {"type": "list", "elements": "str"},
        **filter_spec(),
        "attribute_values": {"type": "list", "elements": "str"},
        "concurrency": {"type": "int", "default": 4},
    }


def filter_spec() -> Spec:
    """The options that Losant compares devices with."""
    return {
        "device_class": {"type": "list", "elements": "str", "choices": DEVICE_CLASSES, "aliases": ["deviceClass"]},
        "tag_filter": {
            "type": "list",
            "elements": "dict",
            "options": {"key": {"type": "str", "no_log": False}, "value": {"type": "str"}},
            "aliases": ["tagFilter"],
        },
        "parent_id": {"type": "str", "aliases": ["parentId"]},
        "filter_field": {"type": "str", "choices": ["name", ""], "default": "name", "aliases": ["filterField"]},
        "filter": {"type": "str"},
        "query": {"type": "dict"},
    }


def find_devices(options: Options, check_mode: bool, system: System) -> Result:
    """Find the devices that the options select: those of each application by its id and their names."""
    query = device_query(options)
    concurrency = checked_concurrency(options)
    with connected(options, read_only=True, system=system) as connection:
        ids = _application_ids(options, connection)
        together = min(concurrency, len(ids))

        def read(application_id: str) -> list[Device]:
            return _devices_of(application_id, query, options, connection, concurrency // together)

        found = [device for devices in concurrently(read, ids, together) for device in devices]
    return {
        "changed": False,
        "devices": sorted(found, key=lambda device: (device["name"], device["id"])),
        "warnings": list(connection.client.warnings()),
    }


def device_query(options: Options) -> dict[str, str]:
    """What is sent to select devices.

    :raises InvalidOptionError: an option cannot be used
    """
    query: dict[str, str] = {}
    if options["query"] is not None:
        ignored = [option for option in _FILTERS if options[option]]
        if ignored:
            raise InvalidOptionError(
                f"query is given, so Losant would ignore {' and '.join(ignored)}. Put all conditions in query.",
                option="query",
            )
        query["query"] = json.dumps(options["query"])
    for number, device_class in enumerate(options["device_class"] or ()):
        query[f"deviceClass[{number}]"] = device_class
    for number, tag in enumerate(options["tag_filter"] or ()):
        given = {part: text for part, text in tag.items() if text is not None}
        if not given:
            raise InvalidOptionError(f"tag_filter[{number}] needs a key, a value or both.", option="tag_filter")
        query.update({f"tagFilter[{number}][{part}]": text for part, text in given.items()})
    if options["parent_id"] is not None:
        query["parentId"] = checked_id("parent_id", options["parent_id"])
    if options["filter"] and options["filter_field"]:
        query.update(filterField=options["filter_field"], filter=options["filter"])
    return query


def _application_ids(options: Options, connection: Connection) -> list[str]:
    """The ids of the applications, each once."""
    ids: dict[str, None] = {}
    for option in APPLICATIONS:
        for value in options[option] or ():
            one = {**options, **dict.fromkeys(APPLICATIONS), option: value}
            ids[application_id_of(one, connection, {})] = None
    if not ids:
        # Reports that none is set.
        application_id_of({**options, **dict.fromkeys(APPLICATIONS)}, connection, {})
    return list(ids)


def _devices_of(
    application_id: str, query: t.Mapping[str, str], options: Options, connection: Connection, concurrency: int
) -> list[Device]:
    api = DeviceApi(connection.client, application_id, concurrency)
    devices = api.all(query)
    attributes = options["attribute_values"]
    if attributes:
        api.read_values(devices, [] if "*" in attributes else attributes)
    application_name = _name_of(application_id, connection) if devices else None
    for device in devices:
        device.update(application_id=application_id, application_name=application_name)
    return devices


def _name_of(application_id: str, connection: Connection) -> str | None:
    """The name of an application: None if the access token can read its devices only."""
    try:
        return ApplicationApi(connection.client).get(application_id, {"summaryInclude": "deviceCount"}).name
    except ApiError as error:
        if error.status != 403:
            raise
        return None


DEVICES = with_alternatives(with_connection(Operation("devices", find_devices, devices_spec(), {})), {}, APPLICATIONS)
