# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of an application's devices and its many filters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from losant_sandbox.client import Sandbox

PARENT = "aaaaaaaaaaaaaaaaaaaaaaaa"
STATE = {
    "volt": {"value": 5, "time": "2026-01-01T00:00:00.000Z"},
    "ip": {"value": "192.0.2.1", "time": "2026-01-02T00:00:00.000Z"},
}
DEVICES: list[dict[str, Any]] = [
    {
        "id": PARENT,
        "name": "gate",
        "deviceClass": "gateway",
        "tags": [{"key": "floor", "value": "8"}, {"key": "site", "value": "A"}],
        "attributes": [{"name": "volt", "dataType": "number"}],
        "connectionInfo": {"time": "2026-01-01T00:00:00.000Z", "connected": 1},
        "compositeState": STATE,
    },
    {
        "name": "pump 1",
        "deviceClass": "peripheral",
        "parentId": PARENT,
        "tags": [{"key": "floor", "value": "8"}],
        "connectionInfo": {"time": "2026-01-01T00:00:00.000Z", "connected": 0},
    },
    {"name": "pump 2", "tags": [{"key": "floor", "value": "9"}, {"key": "floor", "value": "10"}]},
    {"name": "old", "deletedAt": "2026-01-01T00:00:00.000Z"},
]


@pytest.fixture
def devices(sandbox: Sandbox) -> Sandbox:
    sandbox.seed(devices=DEVICES)
    return sandbox


def _list(sandbox: Sandbox, **params: Any) -> dict[str, Any]:
    response = sandbox.call("GET", f"/applications/{sandbox.application_id}/devices", params=params)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def _names(sandbox: Sandbox, **params: Any) -> list[str]:
    return [item["name"] for item in _list(sandbox, **params)["items"]]


def test_the_list(devices: Sandbox) -> None:
    body = _list(devices)
    assert [item["name"] for item in body["items"]] == ["gate", "pump 1", "pump 2"]
    assert (body["count"], body["totalCount"], body["_type"]) == (3, 3, "devices")
    assert body["applicationId"] == devices.application_id


def test_a_device(devices: Sandbox) -> None:
    device = _list(devices)["items"][0]
    assert {key: device[key] for key in DEVICES[0] if key != "compositeState"}.items() <= DEVICES[0].items()
    assert "compositeState" not in device
    assert device["deviceId"] == device["id"]
    assert (device["parentId"], device["_type"]) == (None, "device")
    assert device["_links"]["self"]["href"] == f"/applications/{devices.application_id}/devices/{PARENT}"


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"deviceClass": "gateway"}, ["gate"]),
        ({"deviceClass[0]": "gateway", "deviceClass[1]": "standalone"}, ["gate", "pump 2"]),
        ({"deviceClass[]": ["gateway", "peripheral"]}, ["gate", "pump 1"]),
        ({"tagFilter[0][key]": "floor", "tagFilter[0][value]": "8"}, ["gate", "pump 1"]),
        ({"tagFilter[0][value]": "10"}, ["pump 2"]),
        ({"tagFilter[0][key]": "site", "tagFilter[1][value]": "8"}, ["gate"]),
        ({"filterField": "name", "filter": "pump*"}, ["pump 1", "pump 2"]),
        ({"parentId": PARENT}, ["pump 1"]),
        ({"queryDeleted": "true"}, ["old"]),
        ({"sortDirection": "desc", "perPage": "2"}, ["pump 2", "pump 1"]),
        ({"sortField": "connectionStatus"}, ["pump 2", "pump 1", "gate"]),
    ],
)
def test_filters(devices: Sandbox, params: dict[str, Any], expected: list[str]) -> None:
    assert _names(devices, **params) == expected


def test_shapes(devices: Sandbox) -> None:
    params = {"tagsAsObject": "true", "attributesAsObject": "1", "excludeConnectionInfo": "yes"}
    gate = _list(devices, **params)["items"][0]
    assert gate["tags"] == {"floor": "8", "site": "A"}
    assert gate["attributes"] == {"volt": {"name": "volt", "dataType": "number"}}
    assert "connectionInfo" not in gate


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["gate", "pump 1", "pump 2"]),
        ({"name": "gate"}, ["gate"]),
        ({"name": {"$startsWith": "pump"}, "deviceClass": "peripheral"}, ["pump 1"]),
        ({"name": {"$endsWith": "1"}}, ["pump 1"]),
        ({"name": {"$contains": "UM"}}, []),
        ({"name": {"$contains": "UM", "$ci": True}}, ["pump 1", "pump 2"]),
        ({"name": {"$gt": "gate", "$lte": "pump 1"}}, ["pump 1"]),
        ({"name": {"$gte": "pump 1", "$lt": "pump 2"}}, ["pump 1"]),
        ({"deviceClass": {"$in": ["gateway", "standalone"]}}, ["gate", "pump 2"]),
        ({"deviceClass": {"$nin": ["gateway", "standalone"]}}, ["pump 1"]),
        ({"deviceClass": {"$ne": "gateway"}}, ["pump 1", "pump 2"]),
        ({"id": {"$eq": PARENT}}, ["gate"]),
        ({"parentId": None}, ["gate", "pump 2"]),
        ({"ancestorId": PARENT}, ["pump 1"]),
        ({"attributeName": "volt"}, ["gate"]),
        ({"connectionStatus": 1}, ["gate"]),
        ({"connectionStatus": {"$gte": 0}}, ["gate", "pump 1"]),
        ({"connectionStatus": {"$gt": "a"}}, []),
        ({"connectionStatus": None}, ["pump 2"]),
        ({"tags": {"$tagKey": "floor", "$tagValue": "8"}}, ["gate", "pump 1"]),
        ({"tags": {"$tagKey": "site"}}, ["gate"]),
        ({"tags": {"$tagKey": {"$nin": ["floor"]}}}, ["gate"]),
        ({"tags": {"$tagValue": {"$in": ["9", "A"]}}}, ["gate", "pump 2"]),
        ({"tags": {"floor": "8", "site": "A"}}, ["gate"]),
        ({"tags": {"$ne": {"floor": "8"}}}, ["pump 2"]),
        ({"tags": {"$eq": {"floor": "8"}}}, ["gate", "pump 1"]),
        ({"tags": None}, []),
        ({"$or": [{"name": "gate"}, {"name": "pump 2"}]}, ["gate", "pump 2"]),
        ({"$nor": [{"name": "gate"}, {"name": "pump 2"}]}, ["pump 1"]),
        ({"$and": [{"name": {"$contains": "pump"}}, {"$or": [{"tags": {"floor": "9"}}]}]}, ["pump 2"]),
    ],
)
def test_query(devices: Sandbox, query: dict[str, Any], expected: list[str]) -> None:
    """The query overrides the other filters."""
    other = {"deviceClass": "gateway", "filterField": "name", "filter": "g*", "parentId": PARENT}
    assert _names(devices, query=json.dumps(query), **other) == expected


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"deviceClass": "boat"}, "deviceClass no (or more than one) schemas match"),
        ({"tagFilter[0][key]": "a b"}, "tagFilter.0.key pattern mismatch"),
        ({"tagFilter[0][value]": ""}, "tagFilter.0.value has less length than allowed"),
        ({"tagFilter[0][foo]": "x"}, "tagFilter.0 has additional properties"),
        ({"sortField": "deviceClass"}, "sortField must be an enum value"),
        ({"query": "{"}, "query is the wrong type"),
        ({"query": "[]"}, "query is the wrong type"),
        ({"query": '{"foo": 1}'}, "query has additional properties"),
        ({"query": '{"$or": 1}'}, "query.$or is the wrong type"),
        ({"query": '{"$or": [{"foo": 1}]}'}, "query.$or.0 has additional properties"),
        ({"query": '{"name": {"$foo": 1}}'}, "query.name no (or more than one) schemas match"),
        ({"query": '{"name": {"$in": null}}'}, "query.name no (or more than one) schemas match"),
        ({"query": '{"id": "x"}'}, "query.id no (or more than one) schemas match"),
        ({"query": '{"tags": {"$tagKey": 5}}'}, "query.tags no (or more than one) schemas match"),
        ({"query": '{"$and":[' * 1500 + "{}" + "]}" * 1500}, "query is the wrong type"),
        ({"query": '{"tags": "x"}'}, "query.tags no (or more than one) schemas match"),
    ],
)
def test_wrong_parameters(devices: Sandbox, params: dict[str, str], message: str) -> None:
    path = f"/applications/{devices.application_id}/devices"
    response = devices.call("GET", path, params=params)
    assert (response.status_code, response.json()["message"]) == (400, message)


def test_connection_info_is_shown_where_there_is_any(devices: Sandbox) -> None:
    """The schema: `time` is a date-time string, `connected` 1, 0 or null; a device without either has no info."""
    shown = {item["name"]: item.get("connectionInfo", "absent") for item in _list(devices)["items"]}
    assert shown == {
        "gate": {"time": "2026-01-01T00:00:00.000Z", "connected": 1},
        "pump 1": {"time": "2026-01-01T00:00:00.000Z", "connected": 0},
        "pump 2": "absent",
    }
    assert [item["name"] for item in devices.state()["devices"] if "connectionInfo" in item] == ["gate", "pump 1"]


def test_devices_of_another_application_are_not_listed(devices: Sandbox) -> None:
    other = devices.seed(applications=[{"name": "Other"}])["applications"][0]["id"]
    devices.seed(devices=[{"name": "theirs", "applicationId": other}])
    assert "theirs" not in _names(devices)
    response = devices.call("GET", f"/applications/{other}/devices")
    assert [item["name"] for item in response.json()["items"]] == ["theirs"]


def test_one_device(devices: Sandbox) -> None:
    path = f"/applications/{devices.application_id}/devices"
    listed = {item["name"]: item for item in _list(devices)["items"]}
    assert devices.call("GET", f"{path}/{PARENT}").json() == listed["gate"]
    short = devices.call("GET", f"{path}/{PARENT}", params={"excludeConnectionInfo": "1", "tagsAsObject": "1"}).json()
    assert ("connectionInfo" in short, short["tags"]) == (False, {"floor": "8", "site": "A"})
    assert (listed["pump 1"]["parentId"], listed["pump 1"]["ancestorIds"]) == (PARENT, [PARENT])
    [deleted] = _list(devices, queryDeleted="true")["items"]
    for device_id, status in ((deleted["id"], 404), ("0123456789abcdef01234567", 404), ("x", 400)):
        assert devices.call("GET", f"{path}/{device_id}").status_code == status


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, STATE),
        ({"attributes": "ip,none"}, {"ip": STATE["ip"]}),
        ({"end": "1767225600000"}, {"volt": STATE["volt"]}),
        ({"start": "1767225600001", "end": "0"}, {"ip": STATE["ip"]}),
        ({"start": "-1"}, {}),
    ],
)
def test_the_last_values_of_one_device(devices: Sandbox, params: dict[str, str], expected: dict[str, Any]) -> None:
    path = f"/applications/{devices.application_id}/devices/{PARENT}/compositeState"
    state = devices.call("GET", path, params={"_links": "0", "_actions": "0", "_embedded": "0", **params}).json()
    assert state.pop("_type") == "compositeDeviceState"
    assert state == expected


def test_the_last_values_of_many_devices(devices: Sandbox) -> None:
    path = f"/applications/{devices.application_id}/devices/compositeState"
    body = devices.call("GET", path, params={"attributes": "ip"}).json()
    assert (body["count"], body["totalCount"], body["applicationId"]) == (3, 3, devices.application_id)
    assert body["items"][0] == {"id": PARENT, "name": "gate", "compositeState": {"ip": STATE["ip"]}}
    assert body["items"][1]["compositeState"] == {}
    query = {"id": {"$in": [PARENT]}}
    body = devices.call("GET", path, params={"query": json.dumps(query), "filterField": "name", "filter": "x"}).json()
    assert ([item["name"] for item in body["items"]], body["query"]) == (["gate"], query)
    assert devices.call("GET", path, params={"sortField": "deletedAt"}).status_code == 400


@pytest.mark.parametrize("scope", ["all.Device.read", "devices.getCompositeState", "device.getCompositeState"])
def test_scopes_for_last_values(devices: Sandbox, scope: str) -> None:
    secret = devices.seed_token(scope=[scope])["token"]
    path = f"/applications/{devices.application_id}/devices"
    statuses = [devices.call("GET", f"{path}{end}", secret).status_code for end in ("", "/compositeState")]
    statuses.append(devices.call("GET", f"{path}/{PARENT}/compositeState", secret).status_code)
    allowed = {"all.Device.read": [200] * 3, "devices.getCompositeState": [403, 200, 403]}
    assert statuses == allowed.get(scope, [403, 403, 200])


def test_thousands_of_devices_and_each_change_shows(sandbox: Sandbox) -> None:
    """The order of a list is kept from page to page, until something changes."""
    sandbox.seed(devices=[{"name": f"d{number:04}", "description": "x" * 500} for number in range(4000)])
    body = _list(sandbox, page="39")
    assert (body["items"][-1]["name"], body["totalCount"]) == ("d3999", 4000)
    [added] = sandbox.seed(devices=[{"name": "a"}])["devices"]
    assert (_names(sandbox)[0], _list(sandbox)["totalCount"]) == ("a", 4001)
    sandbox.fault("mutate", delete=[added["id"]])
    assert (_names(sandbox)[0], _list(sandbox)["totalCount"]) == ("d0000", 4000)
    sandbox.switch(glob_case_sensitive=False)
    assert _list(sandbox, filterField="name", filter="D1*")["totalCount"] == 1000
    sandbox.switch(glob_case_sensitive=True)
    assert _list(sandbox, filterField="name", filter="D1*")["totalCount"] == 0
