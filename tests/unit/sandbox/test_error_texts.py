# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages of validation errors, by both of the API's validators."""

from __future__ import annotations

from typing import Any

import pytest

from losant_sandbox.client import Sandbox

MISSING = object()
ORG_ROLE = {"orgId": "sandbox", "role": "view"}

# body, message of the old validator, message of the new one (None: the same).
POST_TABLE: list[tuple[Any, str, str | None]] = [
    (MISSING, "apiToken is required", None),
    (None, "apiToken is required", None),
    ([], "apiToken is the wrong type", None),
    ("text", "apiToken is the wrong type", None),
    ({}, "apiToken.name is required", None),
    ({"foo": 1}, "apiToken.name is required", None),
    ({"name": "x", "foo": 1}, "apiToken has additional properties", "apiToken.foo is an additional property"),
    ({"name": ""}, "apiToken.name has less length than allowed", None),
    ({"name": "n" * 256}, "apiToken.name has longer length than allowed", None),
    ({"name": 5}, "apiToken.name is the wrong type", None),
    ({"name": None}, "apiToken.name is the wrong type", None),
    ({"name": "x", "description": "d" * 32768}, "apiToken.description has longer length than allowed", None),
    ({"name": "x", "description": None}, "apiToken.description is the wrong type", None),
    ({"name": "x", "expirationDate": "tomorrow"}, "apiToken.expirationDate must be date-time format", None),
    ({"name": "x", "expirationDate": "2027-01-01"}, "apiToken.expirationDate must be date-time format", None),
    ({"name": "x", "expirationDate": "2027-13-01T00:00:00Z"}, "apiToken.expirationDate must be date-time format", None),
    ({"name": "x", "expirationDate": None}, "apiToken.expirationDate is the wrong type", None),
    ({"name": "x", "expirationDate": 1}, "apiToken.expirationDate is the wrong type", None),
    ({"name": "x", "scope": "all.Application"}, "apiToken.scope is the wrong type", None),
    ({"name": "x", "scope": ["data.*", "data.*"]}, "apiToken.scope must be unique", None),
    (
        {"name": "x", "status": "off"},
        "apiToken.status must be an enum value",
        "apiToken.status must be one of: active, inactive",
    ),
    (
        {"name": "x", "defaultRole": "boss"},
        "apiToken.defaultRole must be an enum value",
        "apiToken.defaultRole must be one of: admin, edit, collaborate, view, none",
    ),
    ({"name": "x", "orgRoles": [ORG_ROLE] * 26}, "apiToken.orgRoles has more items than allowed", None),
    ({"name": "x", "orgRoles": [{"role": "view"}]}, "apiToken.orgRoles.0.orgId is required", None),
    (
        {"name": "x", "orgRoles": [ORG_ROLE, {"orgId": "a", "role": "view"}]},
        "apiToken.orgRoles.1.orgId no (or more than one) schemas match",
        None,
    ),
    (
        {"name": "x", "orgRoles": [{**ORG_ROLE, "applicationRoles": [{"resourceId": "z", "role": "view"}]}]},
        "apiToken.orgRoles.0.applicationRoles.0.resourceId pattern mismatch",
        None,
    ),
]

PATCH_TABLE: list[tuple[Any, str, str | None]] = [
    (MISSING, "apiToken is required", None),
    ({"scope": ["all.Application"]}, "apiToken has additional properties", "apiToken.scope is an additional property"),
    (
        {"expirationDate": "2027-01-01T00:00:00Z"},
        "apiToken has additional properties",
        "apiToken.expirationDate is an additional property",
    ),
    ({"name": ""}, "apiToken.name has less length than allowed", None),
    ({"description": None}, "apiToken.description is the wrong type", None),
]


def _message(sandbox: Sandbox, method: str, path: str, body: Any) -> str:
    """The message of the 400 to this body."""
    options: dict[str, Any] = {} if body is MISSING else {"json": body}
    if body is None:
        options = {"data": "null", "headers": {"Content-Type": "application/json"}}
    response = sandbox.call(method, path, **options)
    assert response.status_code == 400
    assert set(response.json()) == {"type", "message"}
    assert response.json()["type"] == "Validation"
    return str(response.json()["message"])


@pytest.mark.parametrize("validator", ["old", "new"])
@pytest.mark.parametrize(("body", "old", "new"), POST_TABLE)
def test_post(sandbox: Sandbox, validator: str, body: Any, old: str, new: str | None) -> None:
    sandbox.switch(validator=validator)
    message = _message(sandbox, "POST", sandbox.tokens_path, body)
    assert message == (new or old if validator == "new" else old)
    assert sandbox.tokens() == []


@pytest.mark.parametrize("validator", ["old", "new"])
@pytest.mark.parametrize(("body", "old", "new"), PATCH_TABLE)
def test_patch(sandbox: Sandbox, validator: str, body: Any, old: str, new: str | None) -> None:
    before = sandbox.seed_token()
    sandbox.switch(validator=validator)
    message = _message(sandbox, "PATCH", f"{sandbox.tokens_path}/{before['id']}", body)
    assert message == (new or old if validator == "new" else old)
    assert sandbox.tokens()[0]["lastUpdated"] == before["lastUpdated"]


def test_unknown_scope_old(sandbox: Sandbox) -> None:
    message = _message(sandbox, "POST", sandbox.tokens_path, {"name": "x", "scope": ["data.*", "nope"]})
    assert message == "apiToken.scope.1 no (or more than one) schemas match"


def test_unknown_scope_new(sandbox: Sandbox) -> None:
    sandbox.switch(validator="new")
    message = _message(sandbox, "POST", sandbox.tokens_path, {"name": "x", "scope": ["nope"]})
    assert message.startswith("apiToken.scope.0 must be one of: all.Application, all.Application.bounded, ")


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("sortField", "name, status, id, creationDate, lastUpdated, expirationDate"),
        ("sortDirection", "asc, desc"),
        ("filterField", "name, status"),
    ],
)
def test_query(sandbox: Sandbox, name: str, choices: str) -> None:
    for value in ("foo", "ASC", ""):
        response = sandbox.call("GET", sandbox.tokens_path, params={name: value})
        assert (response.status_code, response.json()["message"]) == (400, f"{name} must be an enum value")
    sandbox.switch(validator="new")
    response = sandbox.call("GET", sandbox.tokens_path, params={name: "foo"})
    assert response.json()["message"] == f"{name} must be one of: {choices}"


@pytest.mark.parametrize("text", ["2027-01-01T00:00:00Z", "2027-01-01t00:00:00.1234567z", "2027-01-01T02:00:00+02:00"])
@pytest.mark.parametrize("validator", ["old", "new"])
def test_times_with_a_zone_are_accepted(sandbox: Sandbox, validator: str, text: str) -> None:
    sandbox.switch(validator=validator)
    response = sandbox.call("POST", sandbox.tokens_path, json={"name": "x", "expirationDate": text})
    assert response.status_code == 201
    assert response.json()["expirationDate"].startswith("2027-01-01T00:00:00.")
