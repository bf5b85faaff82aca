# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access keys and writes to devices, driven by Losant's own Python client."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from losant_rest import Client, LosantError  # type: ignore[import-untyped]

from losant_sandbox.client import Sandbox

ID = {"type": "string", "pattern": r"^[A-Fa-f\d]{24}$"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
KEY = {
    "type": "object",
    "required": ["id", "applicationKeyId", "applicationId", "key", "status", "creationDate", "lastUpdated"],
    "properties": {
        **dict.fromkeys(("id", "applicationKeyId", "applicationId", "createdById", "lastUpdatedById"), ID),
        "creationDate": TIME,
        "lastUpdated": TIME,
        "createdByType": {"enum": ["flow", "user", "apiToken"]},
        "status": {"enum": ["active", "inactive"]},
        "key": {"type": "string"},
        "deviceIds": {"type": "array", "items": ID},
    },
}


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    return Client(auth_token=sandbox.access_token, url=sandbox.url)


@pytest.fixture
def device(client: Any, sandbox: Sandbox) -> dict[str, Any]:
    """A device created by the client."""
    body = {"name": "gateway", "deviceClass": "edgeCompute", "tags": [{"key": "site", "value": "berlin"}]}
    created: dict[str, Any] = client.devices.post(applicationId=sandbox.application_id, device=body)
    return created


def created(client: Any, sandbox: Sandbox, **body: Any) -> dict[str, Any]:
    key: dict[str, Any] = client.application_keys.post(applicationId=sandbox.application_id, applicationKey=body)
    return key


def test_the_secret_is_in_the_response_to_post_alone(client: Any, sandbox: Sandbox) -> None:
    key = created(client, sandbox, name="x")
    Draft7Validator(KEY).validate(key)
    secret = key.pop("secret")
    ids = {"applicationId": sandbox.application_id, "applicationKeyId": key["id"]}
    assert client.application_key.get(**ids) == key
    patched = client.application_key.patch(**ids, applicationKey={"status": "inactive", "name": None})
    listed = client.application_keys.get(applicationId=sandbox.application_id)
    assert "name" not in patched
    assert secret not in str([patched, listed, sandbox.state(), sandbox.requests()])
    assert client.application_key.delete(**ids) == {"success": True}
    assert sandbox.access_keys() == []


def test_the_newest_is_first_and_a_query_selects(client: Any, sandbox: Sandbox, device: dict[str, Any]) -> None:
    names = ["a", "b", "c"]
    for name in names:
        created(client, sandbox, name=name, deviceIds=[device["id"]] if name == "b" else [])
    found = client.application_keys.get(applicationId=sandbox.application_id)
    assert [key["name"] for key in found["items"]] == names[::-1]
    assert (found["sortField"], found["sortDirection"]) == ("creationDate", "desc")
    found = client.application_keys.get(applicationId=sandbox.application_id, query={"deviceIds": device["id"]})
    assert [key["name"] for key in found["items"]] == ["b"]
    found = client.application_keys.get(applicationId=sandbox.application_id, filterField="name", filter="c*")
    assert [key["name"] for key in found["items"]] == ["c"]


@pytest.mark.parametrize(
    ("restriction", "works"),
    [
        ({}, True),
        ({"deviceIds": ["own"]}, True),
        ({"deviceIds": ["ab" * 12]}, False),
        ({"deviceTags": [{"key": "site", "value": "berlin"}]}, True),
        ({"deviceTags": [{"key": "site", "value": "lyon"}]}, False),
    ],
    ids=["none", "its id", "another id", "its tag", "another tag"],
)
def test_a_key_works_for_the_devices_that_it_is_restricted_to(
    client: Any, sandbox: Sandbox, device: dict[str, Any], restriction: dict[str, Any], works: bool
) -> None:
    if restriction.get("deviceIds") == ["own"]:
        restriction = {"deviceIds": [device["id"]]}
    key = created(client, sandbox, name="x", **restriction)
    assert sandbox.authenticates(device["id"], key["key"], key["secret"]) is works


def test_a_device_logs_in_without_a_token(sandbox: Sandbox, client: Any, device: dict[str, Any]) -> None:
    key = created(client, sandbox, name="x")
    anyone = Client(url=sandbox.url)
    credentials = {"deviceId": device["id"], "key": key["key"], "secret": key["secret"]}
    authed = anyone.auth.authenticate_device(credentials=credentials)
    assert (authed["applicationId"], authed["deviceClass"]) == (sandbox.application_id, "edgeCompute")
    assert authed["token"].count(".") == 2
    for wrong in ({"secret": "no"}, {"key": "no"}, {"deviceId": "ab" * 12}):
        with pytest.raises(LosantError) as caught:
            anyone.auth.authenticate_device(credentials={**credentials, **wrong})
        assert caught.value.args[0] == 401 or "Unauthorized" in str(caught.value)
    assert key["secret"] not in str(sandbox.requests())


def test_a_key_that_is_inactive_or_whose_device_is_deleted(
    sandbox: Sandbox, client: Any, device: dict[str, Any]
) -> None:
    key = created(client, sandbox, name="x")
    ids = {"applicationId": sandbox.application_id, "applicationKeyId": key["id"]}
    client.application_key.patch(**ids, applicationKey={"status": "inactive"})
    assert not sandbox.authenticates(device["id"], key["key"], key["secret"])
    client.application_key.patch(**ids, applicationKey={"status": "active"})
    client.device.delete(applicationId=sandbox.application_id, deviceId=device["id"])
    assert not sandbox.authenticates(device["id"], key["key"], key["secret"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"status": "active"}, "applicationKey has additional properties"),
        ({"deviceIds": ["x"]}, "applicationKey.deviceIds.0 pattern mismatch"),
        ({"name": ""}, "applicationKey.name has less length than allowed"),
        ({"filterType": "some"}, "applicationKey.filterType no (or more than one) schemas match"),
        ({"addresses": ["x" * 49]}, "applicationKey.addresses.0 has longer length than allowed"),
    ],
    ids=["status", "id", "name", "filter", "address"],
)
def test_what_a_key_cannot_be_created_with(client: Any, sandbox: Sandbox, body: dict[str, Any], message: str) -> None:
    response = sandbox.call("POST", sandbox.keys_path, json=body)
    assert (response.status_code, response.json()["message"]) == (400, message)


def test_the_devices_of_a_key_cannot_be_changed(client: Any, sandbox: Sandbox) -> None:
    key = created(client, sandbox)
    response = sandbox.call("PATCH", f"{sandbox.keys_path}/{key['id']}", json={"deviceIds": []})
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("scope", "status"), [("all.Application.bounded", 201), ("applicationKeys.*", 201), ("all.Application.read", 403)]
)
def test_bounded_scopes_write_keys(sandbox: Sandbox, scope: str, status: int) -> None:
    [caller] = sandbox.seed(callers=[{"scope": [scope], "applicationId": sandbox.application_id}])["callers"]
    assert sandbox.call("POST", sandbox.keys_path, caller["token"], json={}).status_code == status


def test_a_device_is_changed_and_deleted(client: Any, sandbox: Sandbox, device: dict[str, Any]) -> None:
    ids = {"applicationId": sandbox.application_id, "deviceId": device["id"]}
    child = client.devices.post(
        applicationId=sandbox.application_id,
        device={"name": "child", "deviceClass": "peripheral", "gatewayId": device["id"]},
    )
    changed = client.device.patch(**ids, device={"description": "new", "parentId": None})
    assert (changed["description"], changed["tags"]) == ("new", device["tags"])
    assert client.device.delete(**ids) == {"success": True}
    with pytest.raises(LosantError, match="Device was not found"):
        client.device.get(**ids)
    names = [item["name"] for item in client.devices.get(applicationId=sandbox.application_id)["items"]]
    assert names == [child["name"]]
    deleted = client.devices.get(applicationId=sandbox.application_id, queryDeleted="true")["items"]
    assert [item["id"] for item in deleted] == [device["id"]]
    with pytest.raises(LosantError, match="must be a device"):
        client.devices.post(applicationId=sandbox.application_id, device={"name": "y", "gatewayId": device["id"]})
