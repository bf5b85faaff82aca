# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access keys and writes to devices, driven by Losant's own Python client."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from losant_rest import Client, LosantError  # type: ignore[import-untyped]

from losant_sandbox.client import Sandbox

ID = {"type": "string", "pattern": r"^[A-Fa-f\d]{24}$"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
NUMBER = {"type": "integer"}
AUTHOR_TYPE = {"enum": ["flow", "user", "apiToken"]}
TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}}
TAGS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"key": {"type": "string"}, "value": {"type": "string"}},
        "additionalProperties": False,
    },
}
FILTER = {"enum": ["all", "whitelist", "blacklist", "none"]}
FIELDS: dict[str, Any] = {
    **dict.fromkeys(("id", "applicationKeyId", "applicationId", "createdById", "lastUpdatedById"), ID),
    **dict.fromkeys(("creationDate", "lastUpdated"), TIME),
    **dict.fromkeys(("createdByType", "lastUpdatedByType"), AUTHOR_TYPE),
    **dict.fromkeys(("pubTopics", "subTopics", "addresses"), TEXTS),
    "status": {"enum": ["active", "inactive"]},
    "key": {"type": "string", "minLength": 1},
    "name": {"type": "string", "minLength": 1},
    "description": {"type": "string"},
    "deviceIds": {"type": "array", "items": ID},
    "deviceTags": TAGS,
    "filterType": FILTER,
    "addressFilterType": {"enum": FILTER["enum"][:3]},
    # Of every response.
    "_type": {"const": "applicationKey"},
    "_links": {"type": "object"},
    "_embedded": {"type": "object"},
    "_actions": {"type": "array"},
}
ALWAYS = ["id", "applicationKeyId", "applicationId", "key", "status", "creationDate", "lastUpdated"]
KEY: dict[str, Any] = {
    "type": "object",
    "required": ALWAYS,
    "properties": FIELDS,
    "additionalProperties": False,
}
NEW_KEY = {
    **KEY,
    "required": [*ALWAYS, "secret"],
    "properties": {**FIELDS, "secret": {"type": "string", "minLength": 1}},
}
KEYS = {
    "type": "object",
    "required": ["items", "count", "totalCount", "page", "perPage", "sortField", "sortDirection", "applicationId"],
    "properties": {
        "items": {"type": "array", "items": KEY},
        **dict.fromkeys(("count", "totalCount", "page", "perPage"), NUMBER),
        "sortDirection": {"enum": ["asc", "desc"]},
        "applicationId": ID,
        "_type": {"const": "applicationKeys"},
    },
}
AUTHED = {
    "type": "object",
    "required": ["applicationId", "deviceId", "deviceClass", "token"],
    "properties": {
        **dict.fromkeys(("applicationId", "deviceId"), ID),
        **dict.fromkeys(("pubTopics", "subTopics"), TEXTS),
        "token": {"type": "string", "minLength": 1},
        "ownerType": {"enum": ["user", "organization"]},
        "filterType": FILTER,
    },
}
WHOLE: dict[str, Any] = {
    "name": "gateway",
    "description": "d",
    "deviceIds": ["ab" * 12],
    "deviceTags": [{"key": "site", "value": "berlin"}, {"key": "floor"}],
    "filterType": "whitelist",
    "pubTopics": ["losant/#"],
    "subTopics": [],
    "addressFilterType": "blacklist",
    "addresses": ["192.0.2.0/24"],
}


def validate(rules: dict[str, Any], shown: Any) -> Any:
    Draft7Validator(rules).validate(shown)
    return shown


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


def test_every_field_is_kept(client: Any, sandbox: Sandbox) -> None:
    key = validate(NEW_KEY, created(client, sandbox, **WHOLE))
    assert {**WHOLE, "status": "active"}.items() <= key.items()
    changes = {"name": "y", "filterType": "none", "pubTopics": [], "addressFilterType": "all", "addresses": []}
    ids = {"applicationId": sandbox.application_id, "applicationKeyId": key["id"]}
    patched = validate(KEY, client.application_key.patch(**ids, applicationKey=changes))
    assert {**WHOLE, **changes}.items() <= patched.items()
    assert client.application_key.get(**ids) == patched


def test_the_secret_is_in_the_response_to_post_alone(client: Any, sandbox: Sandbox) -> None:
    key = validate(NEW_KEY, created(client, sandbox, name="x"))
    secret = key.pop("secret")
    ids = {"applicationId": sandbox.application_id, "applicationKeyId": key["id"]}
    assert validate(KEY, client.application_key.get(**ids)) == key
    patched = validate(KEY, client.application_key.patch(**ids, applicationKey={"status": "inactive", "name": None}))
    listed = validate(KEYS, client.application_keys.get(applicationId=sandbox.application_id))
    assert listed["items"] == [patched]
    assert "name" not in patched
    assert secret not in str([patched, listed, sandbox.state(), sandbox.requests(), sandbox.history()])
    assert client.application_key.delete(**ids) == {"success": True}
    assert sandbox.access_keys() == []


def test_a_key_shows_who_created_and_who_updated_it(client: Any, sandbox: Sandbox) -> None:
    sandbox.clock(now="2026-01-01T00:00:00Z")
    token = sandbox.seed_token()
    key = created(client, sandbox)
    assert (key["createdByType"], key["lastUpdatedByType"]) == ("user", "user")
    sandbox.clock(advance=60)
    path = f"{sandbox.keys_path}/{key['id']}"
    patched = sandbox.call("PATCH", path, token["token"], json={"description": ""}).json()
    assert (patched["createdById"], patched["createdByType"]) == (key["createdById"], "user")
    assert (patched["lastUpdatedById"], patched["lastUpdatedByType"]) == (token["id"], "apiToken")
    assert (patched["creationDate"], patched["lastUpdated"]) == (key["creationDate"], "2026-01-01T00:01:00.000Z")


def test_the_newest_is_first(client: Any, sandbox: Sandbox) -> None:
    for name in "bca":
        created(client, sandbox, name=name)
    ask = functools.partial(client.application_keys.get, applicationId=sandbox.application_id)
    found = validate(KEYS, ask())
    assert [key["name"] for key in found["items"]] == ["a", "c", "b"]
    assert (found["sortField"], found["sortDirection"]) == ("creationDate", "desc")
    found = ask(sortField="name", sortDirection="asc", perPage="2", page="1")
    assert ([key["name"] for key in found["items"]], found["totalCount"]) == (["c"], 3)
    found = ask(filterField="name", filter="c*")
    assert [key["name"] for key in found["items"]] == ["c"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"deviceIds": "ab" * 12}, ["gateway"]),
        ({"deviceIds": {"$in": ["ab" * 12, "cd" * 12]}}, ["gateway", "old"]),
        ({"deviceIds": None}, [None]),
        ({"deviceTags": {"site": "berlin"}}, ["gateway"]),
        ({"deviceTags": None}, ["old", None]),
        ({"name": {"$startsWith": "GATE", "$ci": True}}, ["gateway"]),
        ({"status": {"$ne": "active"}}, ["old"]),
        ({"creationDate": {"$lt": "2021-01-01T00:00:00.000Z"}}, ["old"]),
        ({"$or": [{"pubTopics": "losant/#"}, {"addresses": "198.51.100.1"}]}, ["gateway", "old"]),
        ({"$nor": [{"filterType": "whitelist"}], "name": None}, [None]),
    ],
    ids=str,
)
def test_a_query_selects(client: Any, sandbox: Sandbox, query: dict[str, Any], names: list[str | None]) -> None:
    old = {"deviceIds": ["cd" * 12], "addresses": ["198.51.100.1"], "creationDate": "2020-01-01T00:00:00Z"}
    sandbox.seed(access_keys=[WHOLE, {**old, "name": "old", "status": "inactive"}, {}])
    # It overrides the filter.
    found = client.application_keys.get(
        applicationId=sandbox.application_id, query=query, filterField="name", filter="none", sortDirection="asc"
    )
    assert sorted([key.get("name") for key in found["items"]], key=str) == sorted(names, key=str)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('{"deviceClass": "gateway"}', "query has additional properties"),
        ('{"deviceIds": "x"}', "query.deviceIds no (or more than one) schemas match"),
        ("[]", "query is the wrong type"),
    ],
)
def test_bad_queries(sandbox: Sandbox, query: str, message: str) -> None:
    response = sandbox.call("GET", sandbox.keys_path, params={"query": query})
    assert (response.status_code, response.json()["message"]) == (400, message)


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
    key = created(client, sandbox, name="x", filterType="whitelist", pubTopics=["a"])
    anyone = Client(url=sandbox.url)
    credentials = {"deviceId": device["id"], "key": key["key"], "secret": key["secret"]}
    authed = validate(AUTHED, anyone.auth.authenticate_device(credentials=credentials))
    assert (authed["applicationId"], authed["deviceId"]) == (sandbox.application_id, device["id"])
    assert (authed["deviceClass"], authed["filterType"], authed["pubTopics"]) == ("edgeCompute", "whitelist", ["a"])
    assert authed["token"].count(".") == 2
    for wrong in ({"secret": "no"}, {"key": "no"}, {"deviceId": "ab" * 12}):
        with pytest.raises(LosantError, match="Unauthorized") as caught:
            anyone.auth.authenticate_device(credentials={**credentials, **wrong})
        assert caught.value.status == 401
    shown = str([sandbox.requests(), sandbox.state(), sandbox.history()])
    assert key["secret"] not in shown
    assert authed["token"] not in shown


def test_a_key_works_for_devices_of_its_application_only(sandbox: Sandbox) -> None:
    other = "0123456789abcdef01234567"
    sandbox.seed(applications=[{"id": other}])
    [device] = sandbox.seed(devices=[{"applicationId": other}])["devices"]
    for application_id in (sandbox.application_id, other):
        key = sandbox.seed_key(applicationId=application_id, deviceIds=[device["id"]])
        assert sandbox.authenticates(device["id"], key["key"], key["secret"]) is (application_id == other)


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
