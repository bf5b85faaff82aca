# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Losant's own Python client works against the sandbox and sees what its documentation promises."""

from __future__ import annotations

from typing import Any

import pytest
from losant_rest import Client, LosantError  # type: ignore[import-untyped]

from losant_sandbox.client import Sandbox
from losant_sandbox.state import USER_EMAIL, USER_ID, USER_PASSWORD

NOWHERE = "0123456789abcdef01234567"


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    return Client(auth_token=sandbox.access_token, url=sandbox.url)


@pytest.fixture
def token(client: Any, sandbox: Sandbox) -> dict[str, Any]:
    """A token created by the client."""
    created: dict[str, Any] = client.application_api_tokens.post(
        applicationId=sandbox.application_id,
        apiToken={"name": "first", "scope": ["all.Application.read"], "expirationDate": "2099-01-01T00:00:00Z"},
    )
    return created


def test_post_gives_the_token_with_its_secret(sandbox: Sandbox, token: dict[str, Any]) -> None:
    assert token["name"] == "first"
    assert token["id"] == token["apiTokenId"]
    assert token["ownerId"] == sandbox.application_id
    assert token["ownerType"] == "application"
    assert token["scope"] == ["all.Application.read"]
    assert token["expirationDate"] == "2099-01-01T00:00:00.000Z"
    assert token["status"] == "active"
    assert token["token"].count(".") == 2


def test_get_lists_the_tokens(client: Any, sandbox: Sandbox, token: dict[str, Any]) -> None:
    found = client.application_api_tokens.get(
        applicationId=sandbox.application_id, filterField="name", filter="fir*", perPage="10", sortDirection="desc"
    )
    assert [item["id"] for item in found["items"]] == [token["id"]]
    assert (found["count"], found["totalCount"], found["perPage"], found["page"]) == (1, 1, 10, 0)
    assert (found["filterField"], found["filter"], found["sortDirection"]) == ("name", "fir*", "desc")
    assert (found["ownerId"], found["ownerType"]) == (sandbox.application_id, "application")


def test_get_one_token(client: Any, sandbox: Sandbox, token: dict[str, Any]) -> None:
    found = client.application_api_token.get(applicationId=sandbox.application_id, apiTokenId=token["id"])
    assert found == {key: value for key, value in token.items() if key != "token"}


def test_patch_changes_a_token(client: Any, sandbox: Sandbox, token: dict[str, Any]) -> None:
    changed = client.application_api_token.patch(
        applicationId=sandbox.application_id,
        apiTokenId=token["id"],
        apiToken={"name": "second", "status": "inactive", "description": "text"},
    )
    assert (changed["name"], changed["status"], changed["description"]) == ("second", "inactive", "text")
    assert changed["scope"] == token["scope"]


def test_delete_removes_a_token(client: Any, sandbox: Sandbox, token: dict[str, Any]) -> None:
    response = client.application_api_token.delete(applicationId=sandbox.application_id, apiTokenId=token["id"])
    assert response == {"success": True}
    assert sandbox.tokens() == []


def test_the_created_token_authenticates(sandbox: Sandbox, token: dict[str, Any]) -> None:
    other = Client(auth_token=token["token"], url=sandbox.url)
    assert other.application_api_tokens.get(applicationId=sandbox.application_id)["count"] == 1
    with pytest.raises(LosantError) as caught:
        other.application_api_tokens.post(applicationId=sandbox.application_id, apiToken={"name": "more"})
    assert (caught.value.status, caught.value.data["type"]) == (403, "Forbidden")


def test_applications_and_devices(client: Any, sandbox: Sandbox) -> None:
    state = {"volt": {"value": 5, "time": "2026-01-01T00:00:00.000Z"}}
    tags = [{"key": "floor", "value": "8"}]
    sandbox.seed(devices=[{"name": "gate", "deviceClass": "gateway", "tags": tags, "compositeState": state}])
    assert client.applications.get()["items"][0]["id"] == sandbox.application_id
    assert client.application.get(applicationId=sandbox.application_id)["name"] == "My Application"
    found = client.devices.get(
        applicationId=sandbox.application_id,
        deviceClass=["gateway", "embedded"],
        tagFilter=[{"key": "floor", "value": "8"}],
    )
    assert [device["name"] for device in found["items"]] == ["gate"]
    one = {"applicationId": sandbox.application_id, "deviceId": found["items"][0]["id"]}
    assert client.device.get(**one)["name"] == "gate"
    assert client.device.get_composite_state(**one, attributes="volt")["volt"] == state["volt"]
    states = client.devices.get_composite_state(applicationId=sandbox.application_id, query={"name": "gate"})
    assert [item["compositeState"] for item in states["items"]] == [state]


def test_applications_of_an_organization(client: Any, sandbox: Sandbox) -> None:
    owner = {"ownerType": "organization", "ownerId": NOWHERE, "organizationName": "Plant"}
    sandbox.seed(applications=[{"name": "Line 1", **owner}])
    [line] = client.applications.get(orgId=NOWHERE, summaryInclude="deviceCount")["items"]
    assert (line["name"], line["organizationName"], line["summary"]) == ("Line 1", "Plant", {"deviceCount": 0})
    assert [item["name"] for item in client.applications.get(orgId="")["items"]] == ["My Application"]


@pytest.mark.parametrize("kind", ["user", "instance"])
def test_tokens_of_a_user_and_of_an_instance(client: Any, sandbox: Sandbox, kind: str) -> None:
    sandbox.seed(instances=[{"id": NOWHERE, "name": "Plant"}])
    path = {"instanceId": NOWHERE} if kind == "instance" else {}
    of_list, of_one = getattr(client, f"{kind}_api_tokens"), getattr(client, f"{kind}_api_token")
    roles = {"defaultRole": "view", "orgRoles": [{"orgId": "sandbox", "role": "none"}]}
    created = of_list.post(**path, apiToken={"name": "first", **roles})
    assert created["scope"] == [f"all.{kind.title()}"]
    assert (created["ownerType"], created["ownerId"]) == (kind, NOWHERE if path else USER_ID)
    assert {name: created[name] for name in roles} == roles
    own = Client(auth_token=created["token"], url=sandbox.url)
    assert own.instance.get(**path)["name"] == "Plant" if path else own.me.get()["id"] == USER_ID
    one = {**path, "apiTokenId": created["id"]}
    assert of_one.patch(**one, apiToken={"defaultRole": "none"})["defaultRole"] == "none"
    found = of_list.get(**path, filterField="name", filter="first")
    assert (found["ownerType"], [item["id"] for item in found["items"]]) == (kind, [created["id"]])
    assert "token" not in of_one.get(**one)
    assert of_one.delete(**one) == {"success": True}
    with pytest.raises(LosantError):
        own.me.get()


def test_a_user_logs_in(sandbox: Sandbox) -> None:
    anyone = Client(url=sandbox.url)
    with pytest.raises(LosantError) as caught:
        anyone.auth.authenticate_user(credentials={"email": USER_EMAIL, "password": "wrong-password"})
    assert caught.value.status == 401
    response = anyone.auth.authenticate_user(credentials={"email": USER_EMAIL, "password": USER_PASSWORD})
    assert response["userId"] == USER_ID
    assert Client(auth_token=response["token"], url=sandbox.url).me.get()["email"] == USER_EMAIL


def test_what_needs_a_token_of_the_right_kind(sandbox: Sandbox) -> None:
    sandbox.seed(instances=[{"id": NOWHERE}])
    own = {"ownerType": "instance", "ownerId": NOWHERE}
    application, instance, oauth = sandbox.seed(
        callers=[
            {"applicationId": sandbox.application_id, "scope": ["all.User"]},
            {**own, "scope": ["all.User", "all.Application"]},
            {"subtype": "oauthToken", "scope": ["all.User"]},
        ]
    )["callers"]

    def status(caller: dict[str, Any], path: str, method: str = "GET", **more: Any) -> int:
        return sandbox.call(method, path, caller["token"], **more).status_code

    assert [status(application, path) for path in ("/me", f"/instances/{NOWHERE}")] == [403, 403]
    assert [status(instance, path) for path in ("/me", sandbox.tokens_path, f"/instances/{NOWHERE}")] == [403, 403, 200]
    assert status(instance, "/whitelabels/domain") == 200
    assert status(oauth, "/me/tokens") == 200
    assert status(oauth, "/me/tokens", "POST", json={"name": "x"}) == 403
    assert sandbox.call("GET", "/", "").json()["info"]["version"] == "1.31.0"
    assert sandbox.call("GET", "/whitelabels/domain", "").status_code == 403


@pytest.mark.parametrize(
    ("application_id", "secret", "status", "kind"),
    [
        ("no-id", None, 400, "Validation"),
        (None, "not.a.token", 401, "Unauthorized"),
        (None, "", 403, "Forbidden"),
        (NOWHERE, None, 404, "NotFound"),
    ],
)
def test_errors(sandbox: Sandbox, application_id: str | None, secret: str | None, status: int, kind: str) -> None:
    client = Client(auth_token=sandbox.access_token if secret is None else secret, url=sandbox.url)
    with pytest.raises(LosantError) as caught:
        client.application_api_tokens.get(applicationId=application_id or sandbox.application_id)
    assert (caught.value.status, caught.value.data["type"]) == (status, kind)


def test_what_the_client_sends_is_in_the_log(client: Any, sandbox: Sandbox, token: dict[str, Any]) -> None:
    client.application_api_token.delete(applicationId=sandbox.application_id, apiTokenId=token["id"])
    post, delete = sandbox.requests()
    assert post["query"] == {"_actions": "false", "_links": "true", "_embedded": "true"}
    assert post["headers"]["accept-version"] == "^1.31.0"
    assert post["body"]["name"] == "first"
    assert (delete["method"], delete["body"], delete["status"]) == ("DELETE", None, 200)
