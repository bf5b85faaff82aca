# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the access token can be, and which tokens are accepted."""

from __future__ import annotations

from typing import Any

import pytest

from losant_sandbox.client import Sandbox
from losant_sandbox.scopes import APPLICATION

OTHER = "0123456789abcdef01234567"


def _list(sandbox: Sandbox, secret: str) -> tuple[int, Any]:
    response = sandbox.call("GET", sandbox.tokens_path, secret)
    return response.status_code, response.json().get("message")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "JWT", "jwt"])
def test_schemes(sandbox: Sandbox, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {sandbox.access_token}"}
    assert sandbox.call("GET", sandbox.tokens_path, "", headers=headers).status_code == 200


def test_another_scheme_is_not_a_token(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Basic {sandbox.access_token}"}
    assert sandbox.call("GET", sandbox.tokens_path, "", headers=headers).status_code == 403


@pytest.mark.parametrize("name", ["access_token", "jwt"])
def test_the_query_wins_over_the_header(sandbox: Sandbox, name: str) -> None:
    good = sandbox.call("GET", sandbox.tokens_path, "wrong", params={name: sandbox.access_token})
    bad = sandbox.call("GET", sandbox.tokens_path, params={name: "wrong"})
    assert (good.status_code, bad.status_code) == (200, 401)


def test_only_the_exact_secret_counts(sandbox: Sandbox) -> None:
    assert _list(sandbox, sandbox.access_token[:-1]) == (401, "Invalid access token")


def test_expired_token(sandbox: Sandbox) -> None:
    token = sandbox.seed_token(expirationDate="2026-06-01T00:00:00Z")
    sandbox.clock(now="2026-05-31T23:59:59Z")
    assert _list(sandbox, token["token"])[0] == 200
    sandbox.clock(advance=1)
    assert _list(sandbox, token["token"]) == (401, "Access token has expired")
    assert [item["id"] for item in sandbox.tokens()] == [token["id"]]


def test_inactive_token_can_be_activated_again(sandbox: Sandbox) -> None:
    token = sandbox.seed_token()
    path = f"{sandbox.tokens_path}/{token['id']}"
    sandbox.call("PATCH", path, json={"status": "inactive"})
    assert _list(sandbox, token["token"]) == (401, "Unauthorized")
    sandbox.call("PATCH", path, json={"status": "active"})
    assert _list(sandbox, token["token"])[0] == 200


def test_deleted_token(sandbox: Sandbox) -> None:
    token = sandbox.seed_token()
    sandbox.call("DELETE", f"{sandbox.tokens_path}/{token['id']}")
    assert _list(sandbox, token["token"]) == (401, "Unauthorized")


def test_a_token_deletes_itself(sandbox: Sandbox) -> None:
    token = sandbox.seed_token()
    response = sandbox.call("DELETE", f"{sandbox.tokens_path}/{token['id']}", token["token"])
    assert response.status_code == 200
    assert _list(sandbox, token["token"])[0] == 401


@pytest.mark.parametrize("end", ["", "/tokens", "/devices"])
def test_a_token_reaches_its_own_application_only(sandbox: Sandbox, end: str) -> None:
    sandbox.seed(applications=[{"id": OTHER}])
    secret = sandbox.seed_token(applicationId=OTHER)["token"]
    own = sandbox.call("GET", f"/applications/{OTHER}{end}", secret)
    foreign = sandbox.call("GET", f"/applications/{sandbox.application_id}{end}", secret)
    assert own.status_code == 200
    assert (foreign.status_code, foreign.json()["message"]) == (404, "Application was not found")


def test_the_creator_is_shown(sandbox: Sandbox) -> None:
    by_user = sandbox.call("POST", sandbox.tokens_path, json={"name": "x"}).json()
    by_token = sandbox.call("POST", sandbox.tokens_path, by_user["token"], json={"name": "y"}).json()
    assert by_user["creatorType"] == "user"
    assert (by_token["creatorType"], by_token["creatorId"]) == ("apiToken", by_user["id"])


def test_a_secret_with_every_scope_fits_in_the_header(sandbox: Sandbox) -> None:
    secret = sandbox.seed_token(scope=list(APPLICATION))["token"]
    assert len(secret) > 8190
    assert sandbox.call("GET", sandbox.tokens_path, secret).status_code == 200
