# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the five actions send and read, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    BadResponseError,
    Effect,
    RequestError,
)
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import application
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import as_json, raw, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, NOW, id_of, token
from losant_sandbox.client import Sandbox

OWNER = application("575ec8687ae143cd83dc4a97")
WHOLE = {"id": id_of(1), "name": "x", "scope": ["a.get"]}
ACTIONS = ("list", "all", "page", "create", "patch", "delete")


def act(api: TokenApi, action: str) -> Any:
    if action == "list":
        return list(api.iterate({}))
    if action == "all":
        return api.all()
    if action == "page":
        return api.page({}, 0, 10)
    if action == "create":
        return api.create({"name": "x"})
    if action == "patch":
        return api.patch(token(), {"name": "y"})
    return api.delete(token())


@pytest.fixture
def api(connect: Connect, sandbox: Sandbox) -> TokenApi:
    return TokenApi(connect(sandbox.url, access_token=sandbox.access_token), application(sandbox.application_id))


def test_create_sends_what_is_declared_and_nothing_else(api: TokenApi, sandbox: Sandbox) -> None:
    created, secret = api.create({"name": "x"})
    assert sandbox.requests()[0]["body"] == {"name": "x"}
    assert isinstance(created, ApiToken)
    assert created.scope == ("all.Application",)
    assert secret is not None


def test_create_spells_the_fields_as_the_api_does(api: TokenApi, sandbox: Sandbox) -> None:
    expires = NOW + timedelta(days=9, microseconds=123456)
    fields = {"name": "x", "description": "", "status": "inactive", "scope": ("devices.get",)}
    created, secret = api.create({**fields, "expiration_date": expires})
    assert sandbox.requests()[0]["body"] == {
        "name": "x",
        "description": "",
        "status": "inactive",
        "scope": ["devices.get"],
        "expirationDate": "2026-12-03T08:00:00.123Z",
    }
    assert created.expiration_date == NOW + timedelta(days=9, milliseconds=123)
    assert secret is not None


def test_patch_sends_the_changes(api: TokenApi, sandbox: Sandbox) -> None:
    created, _secret = api.create({"name": "x"})
    changed = api.patch(created, {"name": "y", "description": "d", "status": "inactive"})
    assert sandbox.requests()[1]["body"] == {"name": "y", "description": "d", "status": "inactive"}
    assert (changed.name, changed.description, changed.status) == ("y", "d", "inactive")
    assert changed.id == created.id


def test_delete_deletes(api: TokenApi, sandbox: Sandbox) -> None:
    created, _secret = api.create({"name": "x"})
    api.delete(created)
    assert sandbox.tokens() == []


def test_all_tokens_and_single_pages(api: TokenApi, sandbox: Sandbox) -> None:
    sandbox.seed(tokens=[{"id": id_of(number), "name": "x"} for number in range(5)])
    assert [token.id for token in api.iterate({}, 2)] == [id_of(number) for number in range(5)]
    page = api.page({"sortField": "id", "sortDirection": "desc"}, 1, 2)
    assert ([token.id for token in page.tokens], page.total_count) == ([id_of(2), id_of(1)], 5)
    sandbox.switch(list_totals=False)
    assert api.page({}, 0, 2).total_count is None


@pytest.mark.parametrize("unset", ["absent", "null"])
def test_unset_fields(api: TokenApi, sandbox: Sandbox, unset: str) -> None:
    sandbox.switch(unset_fields=unset)
    sandbox.seed_token("x")
    [found] = api.iterate({})
    assert (found.description, found.expiration_date) == (None, None)


def test_a_deleted_token_stays_deleted(api: TokenApi, sandbox: Sandbox) -> None:
    created, _secret = api.create({"name": "x"})
    api.delete(created)
    api.delete(created)
    assert sandbox.tokens() == []


def test_a_404_that_is_not_the_apis_deletes_nothing(connect: Connect) -> None:
    with serving(raw(404, b"<html>Not here</html>")) as server, pytest.raises(ApiError, match="404"):
        TokenApi(connect(server.url), OWNER).delete(token())


def test_the_secret_is_returned_as_one(api: TokenApi, sandbox: Sandbox) -> None:
    """Promise 4."""
    created, secret = api.create({"name": "x"})
    assert isinstance(secret, Secret)
    assert sandbox.call("GET", f"/applications/{sandbox.application_id}", token=secret.reveal()).status_code == 200
    assert secret.reveal() not in f"{created!r} {secret!r}"


@pytest.mark.parametrize(
    "secret", [None, "", 5, ["s"], {}, "with space", "line\n", "é", "x" * 40_000], ids=lambda secret: repr(secret)[:20]
)
def test_a_secret_that_cannot_be_used(connect: Connect, secret: Any) -> None:
    with serving(as_json(201, {**WHOLE, "token": secret})) as server:
        created, found = TokenApi(connect(server.url), OWNER).create({"name": "x"})
    assert (created.id, found) == (id_of(1), None)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("list", "list the API tokens"),
        ("all", "list the API tokens"),
        ("page", "list the API tokens"),
        ("create", "create API token 'x'"),
        ("patch", f"update API token 'x' ({id_of(1)})"),
        ("delete", f"delete API token 'x' ({id_of(1)})"),
    ],
)
@pytest.mark.parametrize("status", [400, 409, 500])
def test_an_error_says_what_was_attempted(connect: Connect, action: str, words: str, status: int) -> None:
    """Promise 12."""
    with serving(as_json(status, {"type": "T", "message": "M"})) as server, pytest.raises(ApiError) as caught:
        act(TokenApi(connect(server.url), OWNER), action)
    assert str(caught.value).startswith(f"Could not {words} of application {OWNER.id}: ")


@pytest.mark.parametrize("bad", [{}, {"items": [{"id": "a"}]}, {"id": "x", "name": "x"}, {"id": id_of(1), "name": 5}])
@pytest.mark.parametrize("action", ["list", "page", "create", "patch"])
def test_a_response_that_is_not_the_apis_says_what_was_attempted(
    connect: Connect, action: str, bad: dict[str, Any]
) -> None:
    """Promise 12."""
    with serving(as_json(200, {**bad, "token": "s3cr3t"})) as server, pytest.raises(BadResponseError) as caught:
        act(TokenApi(connect(server.url), OWNER), action)
    assert str(caught.value).startswith("Could not ")
    assert f"of application {OWNER.id}: Losant's response has" in str(caught.value)
    assert "Check api_url" in str(caught.value)
    assert "s3cr3t" not in f"{caught.value} {caught.value.failure}"
    assert caught.value.effect is Effect.IN_FLIGHT


@pytest.mark.parametrize(
    ("action", "scopes"),
    [
        ("list", ["all.Application[.bounded, .read]", "applicationApiTokens.*", "applicationApiTokens.get"]),
        ("page", ["all.Application[.bounded, .read]", "applicationApiTokens.*", "applicationApiTokens.get"]),
        ("create", ["all.Application,", "applicationApiTokens.*", "applicationApiTokens.post", ".bounded or .cli"]),
        ("patch", ["all.Application,", "applicationApiToken.*", "applicationApiToken.patch", ".bounded or .cli"]),
        ("delete", ["all.Application,", "applicationApiToken.*", "applicationApiToken.delete", ".bounded or .cli"]),
    ],
)
def test_a_403_says_which_scopes_are_needed(connect: Connect, sandbox: Sandbox, action: str, scopes: list[str]) -> None:
    sandbox.seed_token("x", id=id_of(1))
    [caller] = sandbox.seed(callers=[{"subtype": "user", "scope": ["all.Device"]}])["callers"]
    api = TokenApi(connect(sandbox.url, access_token=caller["token"]), application(sandbox.application_id))
    with pytest.raises(ApiError) as caught:
        act(api, action)
    assert caught.value.status == 403
    for scope in [*scopes, "all.Organization", "all.User"]:
        assert scope in str(caught.value)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_caller_without_rights_changes_nothing(connect: Connect, sandbox: Sandbox, action: str) -> None:
    sandbox.seed_token("x", id=id_of(1), expirationDate=(NOW + DAY).isoformat())
    before = sandbox.tokens()
    with pytest.raises(RequestError):
        act(TokenApi(connect(sandbox.url, access_token="nobody"), application(sandbox.application_id)), action)
    assert sandbox.tokens() == before


def test_time_is_read_from_the_responses(api: TokenApi, sandbox: Sandbox) -> None:
    """Promise 13."""
    sandbox.clock(now="2030-01-02T03:04:05.000Z")
    api.all()
    assert api.now() == datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
