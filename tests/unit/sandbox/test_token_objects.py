# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What token actions return: fields, secrets, times, envelope, headers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from losant_sandbox.client import Sandbox


def _create(sandbox: Sandbox, **body: Any) -> dict[str, Any]:
    response = sandbox.call("POST", sandbox.tokens_path, json={"name": "x", **body})
    assert response.status_code == 201
    created: dict[str, Any] = response.json()
    return created


def _payload(secret: str) -> dict[str, Any]:
    part = secret.split(".")[1]
    payload: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return payload


def test_defaults_of_a_new_token(sandbox: Sandbox) -> None:
    created = _create(sandbox)
    assert (created["status"], created["scope"]) == ("active", ["all.Application"])
    assert created["creationDate"] == created["lastUpdated"]
    assert not {"description", "expirationDate"} & set(created)


def test_the_secret_is_in_the_response_to_post_only(sandbox: Sandbox) -> None:
    created = _create(sandbox)
    path = f"{sandbox.tokens_path}/{created['id']}"
    others = [
        sandbox.call("GET", sandbox.tokens_path),
        sandbox.call("GET", path),
        sandbox.call("PATCH", path, json={"name": "y"}),
        sandbox.call("DELETE", path),
    ]
    assert [response.status_code for response in others] == [200] * 4
    for response in others:
        assert created["token"] not in response.text
        assert '"token"' not in response.text


def test_the_secret_is_a_json_web_token(sandbox: Sandbox) -> None:
    sandbox.clock(now="2026-01-01T00:00:00Z")
    created = _create(sandbox, scope=["data.*"], expirationDate="2026-02-01T00:00:00Z")
    assert _payload(created["token"]) == {
        "sub": created["id"],
        "subtype": "apiToken",
        "scope": ["data.*"],
        "iss": "api.losant.com",
        "iat": 1767225600,
        "exp": 1769904000,
    }


def test_a_secret_that_never_expires_has_no_exp(sandbox: Sandbox) -> None:
    assert "exp" not in _payload(_create(sandbox)["token"])


def test_every_secret_is_different(sandbox: Sandbox) -> None:
    assert len({_create(sandbox)["token"] for _time in range(20)}) == 20


def test_later_tokens_have_higher_ids_and_dates(sandbox: Sandbox) -> None:
    sandbox.clock(now="2026-01-01T00:00:00Z")
    created = [_create(sandbox) for _time in range(20)]
    for field in ("id", "creationDate"):
        values = [token[field] for token in created]
        assert values == sorted(set(values))
    assert created[0]["creationDate"] == "2026-01-01T00:00:00.000Z"


def test_all_fields_are_kept(sandbox: Sandbox) -> None:
    body = {
        "name": "ünï ☃",
        "description": "text",
        "status": "inactive",
        "scope": ["data.*", "all.Device"],
        "expirationDate": "2099-01-01T02:00:00.5+02:00",
        "defaultRole": "view",
        "orgRoles": [{"orgId": "sandbox", "role": "edit"}],
    }
    created = _create(sandbox, **body)
    assert {key: created[key] for key in body} == {**body, "expirationDate": "2099-01-01T00:00:00.500Z"}


def test_names_need_not_differ(sandbox: Sandbox) -> None:
    assert _create(sandbox)["id"] != _create(sandbox)["id"]
    assert [token["name"] for token in sandbox.tokens()] == ["x", "x"]


def test_patch_moves_last_updated_only(sandbox: Sandbox) -> None:
    sandbox.clock(now="2026-01-01T00:00:00Z")
    created = _create(sandbox, description="old")
    sandbox.clock(advance=60)
    changed = sandbox.call("PATCH", f"{sandbox.tokens_path}/{created['id']}", json={"description": ""}).json()
    del created["token"]
    assert changed == {**created, "description": "", "lastUpdated": "2026-01-01T00:01:00.000Z"}


@pytest.mark.parametrize("options", [{}, {"json": {}}], ids=["no body", "{}"])
def test_both_forms_of_delete(sandbox: Sandbox, options: dict[str, Any]) -> None:
    path = f"{sandbox.tokens_path}/{sandbox.seed_token()['id']}"
    response = sandbox.call("DELETE", path, **options)
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert sandbox.call("DELETE", path, **options).status_code == 404


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        ({}, {"_type", "_links", "_actions", "_embedded"}),
        ({"_actions": "false", "_links": "true", "_embedded": "true"}, {"_type", "_links", "_embedded"}),
        ({"_actions": "1", "_links": "yes", "_embedded": ""}, {"_type", "_links", "_actions", "_embedded"}),
        # What Python writes for its booleans is not true for the API.
        ({"_actions": "True", "_links": "True", "_embedded": "False"}, {"_type"}),
    ],
)
def test_envelope(sandbox: Sandbox, flags: dict[str, str], shown: set[str]) -> None:
    token = sandbox.seed_token()
    path = f"{sandbox.tokens_path}/{token['id']}"
    one = sandbox.call("GET", path, params=flags).json()
    many = sandbox.call("GET", sandbox.tokens_path, params=flags).json()
    for body in (one, many, many["items"][0]):
        assert {key for key in body if key.startswith("_")} == shown
    assert (one["_type"], many["_type"]) == ("applicationApiToken", "applicationApiTokens")


def test_links(sandbox: Sandbox) -> None:
    path = f"{sandbox.tokens_path}/{sandbox.seed_token()['id']}"
    assert sandbox.call("GET", path).json()["_links"] == {"self": {"href": path}}
    assert sandbox.call("GET", sandbox.tokens_path).json()["_links"] == {"self": {"href": sandbox.tokens_path}}


def test_headers(sandbox: Sandbox) -> None:
    response = sandbox.call("GET", sandbox.tokens_path, headers={"Accept-Version": "^9.0.0"})
    assert response.headers["Server"] == "Losant API"
    assert response.headers["Content-Type"] == "application/json"
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(("accept", "encoding"), [("gzip, deflate", "gzip"), ("identity", None)])
def test_compression_on_request(sandbox: Sandbox, accept: str, encoding: str | None) -> None:
    response = sandbox.call("GET", sandbox.tokens_path, headers={"Accept-Encoding": accept})
    assert response.headers.get("Content-Encoding") == encoding
    assert response.json()["count"] == 0


def test_trailing_slash_and_upper_case_ids(sandbox: Sandbox) -> None:
    assert sandbox.call("GET", f"{sandbox.tokens_path}/").status_code == 200
    path = f"/applications/{sandbox.application_id.upper()}/tokens"
    assert sandbox.call("GET", path).status_code == 200


def test_a_body_without_a_json_content_type_is_not_read(sandbox: Sandbox) -> None:
    response = sandbox.call("POST", sandbox.tokens_path, data='{"name": "x"}', headers={"Content-Type": "text/plain"})
    assert (response.status_code, response.json()["message"]) == (400, "apiToken is required")
