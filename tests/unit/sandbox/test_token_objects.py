# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What token actions give back: fields, secrets, times, envelope, headers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from losant_sandbox.client import Sandbox


def _create(sandbox: Sandbox, **body: Any) -> dict[str, Any]:
    answer = sandbox.call("POST", sandbox.tokens_path, json={"name": "x", **body})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def _payload(secret: str) -> dict[str, Any]:
    part = secret.split(".")[1]
    payload: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return payload


def test_defaults_of_a_new_token(sandbox: Sandbox) -> None:
    made = _create(sandbox)
    assert (made["status"], made["scope"]) == ("active", ["all.Application"])
    assert made["creationDate"] == made["lastUpdated"]
    assert not {"description", "expirationDate"} & set(made)


def test_the_secret_is_in_the_answer_to_post_only(sandbox: Sandbox) -> None:
    made = _create(sandbox)
    path = f"{sandbox.tokens_path}/{made['id']}"
    others = [
        sandbox.call("GET", sandbox.tokens_path),
        sandbox.call("GET", path),
        sandbox.call("PATCH", path, json={"name": "y"}),
        sandbox.call("DELETE", path),
    ]
    assert [answer.status_code for answer in others] == [200] * 4
    for answer in others:
        assert made["token"] not in answer.text
        assert '"token"' not in answer.text


def test_the_secret_is_a_json_web_token(sandbox: Sandbox) -> None:
    sandbox.clock(now="2026-01-01T00:00:00Z")
    made = _create(sandbox, scope=["data.*"], expirationDate="2026-02-01T00:00:00Z")
    assert _payload(made["token"]) == {
        "sub": made["id"],
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
    made = [_create(sandbox) for _time in range(20)]
    for field in ("id", "creationDate"):
        values = [token[field] for token in made]
        assert values == sorted(set(values))
    assert made[0]["creationDate"] == "2026-01-01T00:00:00.000Z"


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
    made = _create(sandbox, **body)
    assert {key: made[key] for key in body} == {**body, "expirationDate": "2099-01-01T00:00:00.500Z"}


def test_names_need_not_differ(sandbox: Sandbox) -> None:
    assert _create(sandbox)["id"] != _create(sandbox)["id"]
    assert [token["name"] for token in sandbox.tokens()] == ["x", "x"]


def test_patch_moves_last_updated_only(sandbox: Sandbox) -> None:
    sandbox.clock(now="2026-01-01T00:00:00Z")
    made = _create(sandbox, description="old")
    sandbox.clock(advance=60)
    changed = sandbox.call("PATCH", f"{sandbox.tokens_path}/{made['id']}", json={"description": ""}).json()
    del made["token"]
    assert changed == {**made, "description": "", "lastUpdated": "2026-01-01T00:01:00.000Z"}


@pytest.mark.parametrize("options", [{}, {"json": {}}], ids=["no body", "{}"])
def test_both_forms_of_delete(sandbox: Sandbox, options: dict[str, Any]) -> None:
    path = f"{sandbox.tokens_path}/{sandbox.seed_token()['id']}"
    answer = sandbox.call("DELETE", path, **options)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
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
    answer = sandbox.call("GET", sandbox.tokens_path, headers={"Accept-Version": "^9.0.0"})
    assert answer.headers["Server"] == "Losant API"
    assert answer.headers["Content-Type"] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(("accept", "encoding"), [("gzip, deflate", "gzip"), ("identity", None)])
def test_compression_on_request(sandbox: Sandbox, accept: str, encoding: str | None) -> None:
    answer = sandbox.call("GET", sandbox.tokens_path, headers={"Accept-Encoding": accept})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.json()["count"] == 0


def test_trailing_slash_and_upper_case_ids(sandbox: Sandbox) -> None:
    assert sandbox.call("GET", f"{sandbox.tokens_path}/").status_code == 200
    path = f"/applications/{sandbox.application_id.upper()}/tokens"
    assert sandbox.call("GET", path).status_code == 200


def test_a_body_without_a_json_content_type_is_not_read(sandbox: Sandbox) -> None:
    answer = sandbox.call("POST", sandbox.tokens_path, data='{"name": "x"}', headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["message"]) == (400, "apiToken is required")
