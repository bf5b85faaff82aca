# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices are created, changed and deleted, by Losant's own Python client and by bad requests."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from losant_rest import Client  # type: ignore[import-untyped]

from losant_sandbox.client import Sandbox

NOWHERE = "0123456789abcdef01234567"
ID = {"type": "string", "pattern": r"^[A-Fa-f\d]{24}$"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
DEVICE = {
    "type": "object",
    "required": ["id", "deviceId", "applicationId", "name", "deviceClass", "creationDate", "lastUpdated"],
    "properties": {
        **dict.fromkeys(("id", "deviceId", "applicationId", "gatewayId"), ID),
        "parentId": {"anyOf": [ID, {"type": "null"}]},
        "ancestorIds": {"type": "array", "items": ID},
        "creationDate": TIME,
        "lastUpdated": TIME,
        "name": {"type": "string"},
        "tags": {"type": "array"},
        "attributes": {"type": "array"},
        "systemInterval": {"type": "integer"},
        "keepDuplicates": {"type": "boolean"},
    },
}
WHOLE: dict[str, Any] = {
    "name": "press",
    "description": "d",
    "deviceClass": "peripheral",
    "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
    "attributes": [
        {
            "name": "volt",
            "dataType": "number",
            "contentType": "c",
            "description": "d",
            "attributeTags": {"unit": "V"},
            "system": {"aggregation": "SUM"},
        }
    ],
    "systemInterval": 5,
    "keepDuplicates": True,
}


@pytest.fixture
def path(sandbox: Sandbox) -> str:
    return f"/applications/{sandbox.application_id}/devices"


def _message(sandbox: Sandbox, method: str, path: str, body: Any) -> str:
    response = sandbox.call(method, path, json=body)
    assert response.status_code == 400
    return str(response.json()["message"])


def test_every_field_is_kept(sandbox: Sandbox) -> None:
    client = Client(auth_token=sandbox.access_token, url=sandbox.url)
    hall, gate = (
        client.devices.post(applicationId=sandbox.application_id, device={"name": name, "deviceClass": kind})
        for name, kind in (("hall", "system"), ("gate", "gateway"))
    )
    body = {**WHOLE, "parentId": hall["id"], "gatewayId": gate["id"]}
    created = client.devices.post(applicationId=sandbox.application_id, device=body)
    Draft7Validator(DEVICE).validate(created)
    assert body.items() <= created.items()
    assert created["ancestorIds"] == [hall["id"]]
    ids = {"applicationId": sandbox.application_id, "deviceId": created["id"]}
    assert client.device.get(**ids) == created
    changes: dict[str, Any] = {
        "parentId": None,
        "tags": [],
        "attributes": [],
        "description": "",
        "systemInterval": 3600,
    }
    sandbox.clock(advance=60)
    changed = client.device.patch(**ids, device=changes, tagsAsObject="true")
    Draft7Validator({**DEVICE, "properties": {**DEVICE["properties"], "tags": {"const": {}}}}).validate(changed)  # type: ignore[dict-item]
    assert {**changes, "tags": {}}.items() <= changed.items()
    assert "ancestorIds" not in changed
    assert changed["lastUpdated"] > created["lastUpdated"] == created["creationDate"]
    assert client.device.patch(**ids, device={})["gatewayId"] == gate["id"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"foo": 1}, "device has additional properties"),
        ({"name": ""}, "device.name has less length than allowed"),
        ({"description": None}, "device.description is the wrong type"),
        ({"deviceClass": "toaster"}, "device.deviceClass must be an enum value"),
        ({"gatewayId": None}, "device.gatewayId is the wrong type"),
        ({"parentId": "x"}, "device.parentId no (or more than one) schemas match"),
        ({"tags": {"a": "b"}}, "device.tags is the wrong type"),
        ({"tags": [{"key": "a b", "value": "c"}]}, "device.tags.0.key pattern mismatch"),
        ({"tags": [{"key": "a"}]}, "device.tags.0.value is required"),
        ({"tags": [{"key": "a", "value": "b"}] * 101}, "device.tags has more items than allowed"),
        ({"attributes": [{"name": "a"}]}, "device.attributes.0.dataType is required"),
        ({"attributes": [{"name": "a", "dataType": "int"}]}, "device.attributes.0.dataType must be an enum value"),
        ({"systemInterval": "5"}, "device.systemInterval is the wrong type"),
        ({"keepDuplicates": 1}, "device.keepDuplicates is the wrong type"),
    ],
    ids=str,
)
def test_bad_fields(sandbox: Sandbox, path: str, method: str, fields: dict[str, Any], message: str) -> None:
    [device] = sandbox.seed(devices=[{}])["devices"]
    place = path if method == "POST" else f"{path}/{device['id']}"
    assert _message(sandbox, method, place, {"name": "x", **fields}) == message


def test_a_name_is_required_once(sandbox: Sandbox, path: str) -> None:
    assert _message(sandbox, "POST", path, {}) == "device.name is required"
    sandbox.switch(names="trimmed")
    assert sandbox.call("POST", path, json={"name": " x "}).json()["name"] == "x"
    assert _message(sandbox, "POST", path, {"name": " "}) == "device.name has less length than allowed"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_device_that_does_not_exist(sandbox: Sandbox, path: str, method: str) -> None:
    deleted = sandbox.seed(devices=[{"deletedAt": "2026-01-01T00:00:00.000Z"}])["devices"][0]
    other = sandbox.seed(applications=[{"name": "Other"}])["applications"][0]["id"]
    theirs = sandbox.seed(devices=[{"applicationId": other}])["devices"][0]
    for device_id in (NOWHERE, deleted["id"], theirs["id"]):
        response = sandbox.call(method, f"{path}/{device_id}", json={"name": "x"} if method == "PATCH" else None)
        assert (response.status_code, response.json()["message"]) == (404, "Device was not found")


def test_a_deleted_device_is_in_the_list_of_deleted_ones(sandbox: Sandbox, path: str) -> None:
    created = sandbox.call("POST", path, json={"name": "x"}).json()
    assert sandbox.call("DELETE", f"{path}/{created['id']}", json={}).json() == {"success": True}
    assert sandbox.call("GET", path).json()["items"] == []
    [deleted] = sandbox.call("GET", path, params={"queryDeleted": "true"}).json()["items"]
    assert (deleted["id"], deleted["deletedAt"][-1]) == (created["id"], "Z")
    assert sandbox.call("POST", path, json={"name": "x"}).json()["id"] != created["id"]


@pytest.mark.parametrize(
    ("scope", "statuses"),
    [
        ("all.Application.bounded", [201, 200, 200]),
        ("all.Application.read", [403, 403, 403]),
        ("all.Device", [403, 403, 403]),
        ("devices.post", [201, 403, 403]),
        ("device.*", [403, 200, 200]),
    ],
)
def test_scopes(sandbox: Sandbox, path: str, scope: str, statuses: list[int]) -> None:
    secret = sandbox.seed_token(scope=[scope])["token"]
    [device] = sandbox.seed(devices=[{}])["devices"]
    one = f"{path}/{device['id']}"
    found = [sandbox.call(*call, secret, json={"name": "x"}).status_code for call in (("POST", path), ("PATCH", one))]
    assert [*found, sandbox.call("DELETE", one, secret).status_code] == statuses
