# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Path, JSON, form (400), token (401), scopes (403), then existence (404): the first failed check decides the response."""

from __future__ import annotations

from typing import Any

import pytest

from losant_sandbox.client import Sandbox

NOWHERE = "0123456789abcdef01234567"
JSON = {"Content-Type": "application/json"}


def test_bad_id_comes_before_a_bad_token(sandbox: Sandbox) -> None:
    response = sandbox.call("GET", "/applications/xyz/tokens", "wrong")
    assert response.status_code == 400
    assert response.json() == {"type": "Validation", "message": "applicationId pattern mismatch"}


def test_bad_query_comes_before_no_token(sandbox: Sandbox) -> None:
    response = sandbox.call("GET", sandbox.tokens_path, "", params={"sortField": "foo"})
    assert (response.status_code, response.json()["message"]) == (400, "sortField must be an enum value")


def test_bad_body_comes_before_a_bad_token(sandbox: Sandbox) -> None:
    response = sandbox.call("POST", sandbox.tokens_path, "wrong", json={})
    assert (response.status_code, response.json()["message"]) == (400, "apiToken.name is required")


def test_path_comes_before_body(sandbox: Sandbox) -> None:
    response = sandbox.call("PATCH", f"{sandbox.tokens_path}/xyz", json={"foo": 1})
    assert response.json()["message"] == "apiTokenId pattern mismatch"


def test_bad_token_comes_before_an_unknown_application(sandbox: Sandbox) -> None:
    response = sandbox.call("GET", f"/applications/{NOWHERE}/tokens", "wrong")
    assert response.status_code == 401
    assert response.json() == {"type": "Unauthorized", "message": "Invalid access token"}


def test_scopes_come_before_an_unknown_application(sandbox: Sandbox) -> None:
    secret = sandbox.seed_token(scope=["all.Device"])["token"]
    response = sandbox.call("GET", f"/applications/{NOWHERE}/tokens", secret)
    assert response.status_code == 403
    assert response.json() == {"type": "Forbidden", "message": "Access is forbidden"}


def test_no_token_is_forbidden_not_unauthorized(sandbox: Sandbox) -> None:
    response = sandbox.call("GET", sandbox.tokens_path, "")
    assert response.status_code == 403
    assert response.json() == {"type": "Forbidden", "message": "Access is forbidden"}


@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)], ids=["get", "patch", "delete"]
)
def test_unknown_token(sandbox: Sandbox, method: str, body: dict[str, Any] | None) -> None:
    response = sandbox.call(method, f"{sandbox.tokens_path}/{NOWHERE}", json=body)
    assert response.status_code == 404
    assert response.json() == {"type": "NotFound", "message": "API Token was not found"}


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_device_logs_in_whatever_the_token(sandbox: Sandbox, token: str) -> None:
    [device] = sandbox.seed(devices=[{}])["devices"]
    key = sandbox.seed_key()
    body = {"deviceId": device["id"], "key": key["key"], "secret": key["secret"]}
    assert sandbox.call("POST", "/auth/device", token, json=body).status_code == 200
    response = sandbox.call("POST", "/auth/device", token, json={**body, "secret": "wrong"})
    assert (response.status_code, response.json()) == (401, {"type": "Unauthorized", "message": "Unauthorized"})
    response = sandbox.call("POST", "/auth/device", token, json={**body, "deviceId": "x", "secret": "wrong"})
    assert (response.status_code, response.json()["message"]) == (400, "credentials.deviceId pattern mismatch")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "", {"name": 5}, 400, "applicationKey.name is the wrong type"),
        ("PATCH", "/xyz", {"name": 5}, 400, "applicationKeyId pattern mismatch"),
        ("GET", "?query={", None, 400, "query is the wrong type"),
        ("GET", "", None, 401, "Invalid access token"),
    ],
)
def test_keys_are_checked_in_the_same_order(
    sandbox: Sandbox, method: str, path: str, body: Any, status: int, message: str
) -> None:
    response = sandbox.call(method, f"/applications/{NOWHERE}/keys{path}", "wrong", json=body)
    assert (response.status_code, response.json()["message"]) == (status, message)


def test_key_of_another_application_is_not_found(sandbox: Sandbox) -> None:
    sandbox.seed(applications=[{"id": NOWHERE}])
    other = sandbox.seed_key(applicationId=NOWHERE)
    for method in ("GET", "PATCH", "DELETE"):
        response = sandbox.call(method, f"{sandbox.keys_path}/{other['id']}", json={} if method == "PATCH" else None)
        assert (response.status_code, response.json()["message"]) == (404, "Application Key was not found")
    assert [key["id"] for key in sandbox.access_keys(NOWHERE)] == [other["id"]]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unknown_application(sandbox: Sandbox, method: str) -> None:
    response = sandbox.call(method, f"/applications/{NOWHERE}/tokens", json={"name": "x"})
    assert response.status_code == 404
    assert response.json() == {"type": "NotFound", "message": "Application was not found"}


def test_token_of_another_application_is_not_found(sandbox: Sandbox) -> None:
    sandbox.seed(applications=[{"id": NOWHERE}])
    other = sandbox.seed_token(applicationId=NOWHERE)
    assert sandbox.call("GET", f"{sandbox.tokens_path}/{other['id']}").status_code == 404
    assert sandbox.call("GET", f"/applications/{NOWHERE}/tokens/{other['id']}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing/here"),
        ("HEAD", "/applications"),
        ("POST", "/"),
        ("PUT", "/applications"),
        ("POST", "/applications"),
        ("PATCH", "/applications/575ec8687ae143cd83dc4a97/tokens"),
        ("GET", "/applications/" + "a" * 101 + "/tokens"),
    ],
)
def test_unknown_path_or_method(sandbox: Sandbox, method: str, path: str) -> None:
    response = sandbox.call(method, path, "wrong")
    assert response.status_code == 405
    if method != "HEAD":
        assert response.json() == {"type": "MethodNotAllowed", "message": f"{method} is not allowed"}


@pytest.mark.parametrize("path", ["/applications", "/nothing/here"])
def test_options_need_no_token_on_any_path(sandbox: Sandbox, path: str) -> None:
    response = sandbox.call("OPTIONS", path, "")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("text", ["{", "{'name': 1}", '{"name": NaN}', "\ud800", "[" * 100_000])
def test_broken_json_has_a_code_and_no_type(sandbox: Sandbox, text: str) -> None:
    response = sandbox.call(
        "POST", sandbox.tokens_path, "wrong", data=text.encode("utf-8", "surrogatepass"), headers=JSON
    )
    assert response.status_code == 400
    assert set(response.json()) == {"code", "message"}
    assert response.json()["code"] == "InvalidContent"
    assert response.json()["message"].startswith("Invalid JSON: ")


def test_too_large_a_body(sandbox: Sandbox) -> None:
    response = sandbox.call("POST", sandbox.tokens_path, json={"name": "x", "description": "d" * 2_000_000})
    assert response.status_code == 413
    assert sandbox.tokens() == []
