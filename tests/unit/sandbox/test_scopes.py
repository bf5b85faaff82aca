# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scopes open which action, and which scopes a token can be given."""

from __future__ import annotations

import pytest

from losant_sandbox.client import Sandbox
from losant_sandbox.scopes import APPLICATION, FAMILIES

READ = {f"all.{level}{kind}" for level in ("Application", "Organization", "User") for kind in ("", ".bounded", ".read")}
WRITE = {"all.Application", "all.Organization", "all.User"}
# What also writes access keys.
BOUNDED = {*WRITE, *(f"{scope}.bounded" for scope in WRITE)}
CLI = {"all.Application.cli", "all.User.cli"}

ACCEPTED = {
    "list": {*READ, "applicationApiTokens.*", "applicationApiTokens.get"},
    "create": {*WRITE, "applicationApiTokens.*", "applicationApiTokens.post"},
    "get": {*READ, "applicationApiToken.*", "applicationApiToken.get"},
    "patch": {*WRITE, "applicationApiToken.*", "applicationApiToken.patch"},
    "delete": {*WRITE, "applicationApiToken.*", "applicationApiToken.delete"},
    "list keys": {*READ, "applicationKeys.*", "applicationKeys.get"},
    "create key": {*BOUNDED, "applicationKeys.*", "applicationKeys.post"},
    "get key": {*READ, "applicationKey.*", "applicationKey.get"},
    "patch key": {*BOUNDED, "applicationKey.*", "applicationKey.patch"},
    "delete key": {*BOUNDED, "applicationKey.*", "applicationKey.delete"},
    "application": {*READ, *CLI, "application.*", "application.get"},
    "devices": {*READ, "all.Device", "all.Device.read", "devices.*", "devices.get"},
    "applications": {
        *(name for name in READ if not name.startswith("all.Application")),
        "all.User.cli",
        "applications.*",
        "applications.get",
        "only.Organization",
        "only.Organization.bounded",
        "only.Organization.read",
    },
}
# Some that open nothing of this, and every one that opens something.
SCOPES = sorted({"data.*", "device.get", "me.*", "all.Instance", "only.User"}.union(*ACCEPTED.values()))


def _status(sandbox: Sandbox, action: str, secret: str) -> int:
    target = sandbox.seed_token("target")["id"]
    token = f"{sandbox.tokens_path}/{target}"
    key = f"{sandbox.keys_path}/{sandbox.seed_key()['id']}"
    method, path = {
        "list": ("GET", sandbox.tokens_path),
        "create": ("POST", sandbox.tokens_path),
        "get": ("GET", token),
        "patch": ("PATCH", token),
        "delete": ("DELETE", token),
        "list keys": ("GET", sandbox.keys_path),
        "create key": ("POST", sandbox.keys_path),
        "get key": ("GET", key),
        "patch key": ("PATCH", key),
        "delete key": ("DELETE", key),
        "application": ("GET", f"/applications/{sandbox.application_id}"),
        "devices": ("GET", f"/applications/{sandbox.application_id}/devices"),
        "applications": ("GET", "/applications"),
    }[action]
    body = {"name": "x"} if method in ("POST", "PATCH") else None
    return sandbox.call(method, path, secret, json=body).status_code


@pytest.mark.parametrize("action", ACCEPTED)
def test_accepted_scopes(sandbox: Sandbox, action: str) -> None:
    callers = sandbox.seed(callers=[{"scope": [scope]} for scope in SCOPES])["callers"]
    opened = {caller["scope"][0] for caller in callers if _status(sandbox, action, caller["token"]) != 403}
    assert opened == ACCEPTED[action]


def test_one_accepted_scope_of_several_is_enough(sandbox: Sandbox) -> None:
    secret = sandbox.seed_token(scope=["data.*", "applicationApiTokens.get"])["token"]
    assert sandbox.call("GET", sandbox.tokens_path, secret).status_code == 200


def test_no_scopes_open_nothing(sandbox: Sandbox) -> None:
    secret = sandbox.seed_token(scope=[])["token"]
    assert sandbox.call("GET", sandbox.tokens_path, secret).status_code == 403


def test_families_have_the_published_sizes_and_share_nothing() -> None:
    sizes = {family: len(set(scopes)) for family, scopes in FAMILIES.items()}
    # Of API 1.31.0.
    assert sizes == {"application": 322, "organization": 40, "instance": 87, "user": 62}
    assert len({scope for scopes in FAMILIES.values() for scope in scopes}) == sum(sizes.values())


def test_every_application_scope_can_be_granted(sandbox: Sandbox) -> None:
    response = sandbox.call("POST", sandbox.tokens_path, json={"name": "x", "scope": list(APPLICATION)})
    assert response.status_code == 201
    assert response.json()["scope"] == list(APPLICATION)


def test_the_scopes_of_the_newest_api(sandbox: Sandbox) -> None:
    """Of the families that 1.31 added to."""
    scope = ["me.entitlements", "userOauthClient.*", "instance.entitlements", "instanceOrg.entitlementSync"]
    sandbox.switch(other_scope_families="accept")
    response = sandbox.call("POST", sandbox.tokens_path, json={"name": "x", "scope": scope})
    assert response.status_code == 201


@pytest.mark.parametrize("scope", ["all.User", "all.Organization.read", "instance.get", "orgs.*", "all.application"])
def test_other_scopes_are_refused(sandbox: Sandbox, scope: str) -> None:
    response = sandbox.call("POST", sandbox.tokens_path, json={"name": "x", "scope": [scope]})
    assert response.status_code == 400
