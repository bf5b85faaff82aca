# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``api_token_info`` finds tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, FUTURE, PAST
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    UNKNOWN_ID,
    ids,
    methods,
    queries,
    text_of,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

GLOBS = ["a*", "a?", "a[bc]", "*", "a{b,c}", "!a", "a\\*"]


def _names(result: dict[str, Any]) -> list[str]:
    return [token["name"] for token in result["api_tokens"]]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_no_tokens(sandbox: Sandbox, api_token_info: Task, check: bool) -> None:
    result = api_token_info(_check=check)
    assert (result["changed"], result["api_tokens"], result["total_count"]) == (False, [], 0)
    assert methods(sandbox) == ["GET"]


def test_a_token_with_all_its_fields(sandbox: Sandbox, api_token_info: Task) -> None:
    token = sandbox.seed_token(
        "x",
        description="d",
        status="inactive",
        scope=["devices.get", "device.*"],
        creationDate=EARLIER,
        lastUpdated=PAST,
        expirationDate=FUTURE,
        creatorId="e" * 24,
        creatorType="flow",
        creatorName="Ada",
    )
    assert api_token_info()["api_tokens"] == [
        {
            "id": token["id"],
            "api_token_id": token["id"],
            "name": "x",
            "description": "d",
            "status": "inactive",
            "scope": ["devices.get", "device.*"],
            "expiration_date": FUTURE,
            "expired": False,
            "superseded": False,
            "pending": False,
            "creation_date": EARLIER,
            "last_updated": PAST,
            "owner_id": sandbox.application_id,
            "owner_type": "application",
            "creator_id": "e" * 24,
            "creator_type": "flow",
            "creator_name": "Ada",
        }
    ]


def test_what_is_unset_is_null(sandbox: Sandbox, api_token_info: Task) -> None:
    sandbox.seed_token("x", description="")
    (token,) = api_token_info()["api_tokens"]
    assert [token[field] for field in ("description", "expiration_date", "creator_name")] == [None] * 3
    assert token["expired"] is False


@pytest.mark.parametrize(
    ("when", "expired"),
    [
        ("2026-11-24T07:59:59.999Z", True),
        ("2026-11-24T08:00:00.000Z", True),
        ("2026-11-24T08:00:00.001Z", False),
        (None, False),
    ],
)
def test_expired(sandbox: Sandbox, api_token_info: Task, when: str | None, expired: bool) -> None:
    sandbox.seed_token("x", **({"expirationDate": when} if when else {}))
    assert [token["expired"] for token in api_token_info()["api_tokens"]] == [expired]


def test_a_list_never_holds_a_secret(sandbox: Sandbox, api_token_info: Task) -> None:
    secret = sandbox.seed_token("x")["token"]
    item = {"id": "a" * 24, "name": "x", "token": secret}
    sandbox.fault("status", method="GET", status=200, body={"items": [item], "count": 1, "totalCount": 1})
    result = api_token_info()
    assert ids(result["api_tokens"]) == ["a" * 24]
    assert secret not in text_of(result)


@pytest.mark.parametrize("name", GLOBS)
def test_a_name_is_exact(sandbox: Sandbox, api_token_info: Task, name: str) -> None:
    sandbox.seed(tokens=[{"name": other} for other in [*GLOBS, "ab", "ac", "a", "abc", "A*", "a* "]])
    result = api_token_info(name=name)
    assert _names(result) == [name]
    assert result["total_count"] == len(sandbox.tokens())
    assert queries(sandbox, "filter", "filterField") == [{}]


def test_all_tokens_of_a_name_are_found(sandbox: Sandbox, api_token_info: Task) -> None:
    sandbox.seed(tokens=[{"name": "x"}, {"name": "x", "expirationDate": PAST}, {"name": "y"}, {"name": "X"}])
    assert _names(api_token_info(name="x")) == ["x", "x"]


@pytest.mark.parametrize("spelling", ["api_token_id", "id", "apiTokenId"])
def test_an_id_finds_one(sandbox: Sandbox, api_token_info: Task, spelling: str) -> None:
    token, _other = sandbox.seed_token("x", id="ab" * 12), sandbox.seed_token("x")
    options: dict[str, Any] = {spelling: token["id"].upper()}
    assert ids(api_token_info(**options)["api_tokens"]) == [token["id"]]


@pytest.mark.parametrize(
    "options", [{"api_token_id": UNKNOWN_ID}, {"name": "nobody"}, {"expires_within": "1d"}], ids=str
)
def test_what_does_not_exist_is_no_error(sandbox: Sandbox, api_token_info: Task, options: dict[str, Any]) -> None:
    sandbox.seed_token("x")
    result = api_token_info(**options)
    assert (result["api_tokens"], result["total_count"]) == ([], 1)


@pytest.mark.parametrize(
    ("span", "found"),
    [
        ("0s", ["long ago", "now"]),
        ("1s", ["long ago", "now", "in a second"]),
        ("24h", ["long ago", "now", "in a second", "tomorrow"]),
        ("1d", ["long ago", "now", "in a second", "tomorrow"]),
        ("9999d", ["long ago", "now", "in a second", "tomorrow", "next year"]),
    ],
)
def test_expires_within(sandbox: Sandbox, api_token_info: Task, span: str, found: list[str]) -> None:
    times = {
        "long ago": "2020-01-01T00:00:00Z",
        "now": "2026-11-24T08:00:00Z",
        "in a second": "2026-11-24T08:00:01Z",
        "tomorrow": "2026-11-25T08:00:00Z",
        "next year": "2027-11-25T08:00:00Z",
    }
    sandbox.seed(tokens=[{"name": name, "expirationDate": when} for name, when in times.items()])
    sandbox.seed_token("never")
    assert _names(api_token_info(expires_within=span, sort_field="expirationDate")) == found


def test_selections_add_up(sandbox: Sandbox, api_token_info: Task) -> None:
    soon, _later = sandbox.seed_token("x", expirationDate="2026-11-25T08:00:00Z"), sandbox.seed_token("x")
    assert ids(api_token_info(name="x", expires_within="30d")["api_tokens"]) == [soon["id"]]
    assert api_token_info(name="x", api_token_id=soon["id"], expires_within="0s")["api_tokens"] == []


DEFAULTS = {"sortField": "name", "sortDirection": "asc", "page": "0", "perPage": "100"}


def test_defaults_are_sent(sandbox: Sandbox, api_token_info: Task) -> None:
    api_token_info()
    names = ["sortField", "sortDirection", "page", "perPage", "filterField", "filter"]
    assert queries(sandbox, *names) == [DEFAULTS]


@pytest.mark.parametrize(
    ("spelling", "field", "direction"),
    [
        ("snake", "name", "asc"),
        ("snake", "status", "desc"),
        ("snake", "id", "desc"),
        ("API", "creationDate", "asc"),
        ("API", "lastUpdated", "desc"),
        ("API", "expirationDate", "asc"),
    ],
)
def test_sorting_is_losants(sandbox: Sandbox, api_token_info: Task, field: str, direction: str, spelling: str) -> None:
    names = ("sort_field", "sort_direction") if spelling == "snake" else ("sortField", "sortDirection")
    sandbox.seed(
        tokens=[
            {"name": "b", "status": "inactive", "creationDate": EARLIER, "expirationDate": FUTURE},
            {"name": "a", "status": "active", "creationDate": PAST, "expirationDate": PAST},
        ]
    )
    asked: dict[str, Any] = dict(zip(names, (field, direction), strict=True))
    result = api_token_info(**asked)
    assert queries(sandbox, "sortField", "sortDirection") == [{"sortField": field, "sortDirection": direction}]
    first = "b" if field in ("id", "creationDate", "lastUpdated") else "a"
    assert _names(result)[0 if direction == "asc" else 1] == first


@pytest.mark.parametrize(
    ("field", "pattern", "found"),
    [("name", "my*", ["my a", "my b"]), ("name", "*a", ["my a"]), ("status", "inactive", ["my b"])],
)
@pytest.mark.parametrize("spelling", ["filter_field", "filterField"])
def test_filtering_is_losants(
    sandbox: Sandbox, api_token_info: Task, field: str, pattern: str, found: list[str], spelling: str
) -> None:
    sandbox.seed(tokens=[{"name": "my a"}, {"name": "my b", "status": "inactive"}, {"name": "other"}])
    options: dict[str, Any] = {spelling: field, "filter": pattern}
    result = api_token_info(**options)
    assert _names(result) == found
    assert result["total_count"] == len(found)
    assert queries(sandbox, "filterField", "filter") == [{"filterField": field, "filter": pattern}]


@pytest.mark.parametrize("pattern", ["a&b=c", "é*", "100%", "a+b c", "#", "?x=1"])
def test_a_filter_arrives_as_it_is(sandbox: Sandbox, api_token_info: Task, pattern: str) -> None:
    api_token_info(filter_field="name", filter=pattern)
    assert queries(sandbox, "filter") == [{"filter": pattern}]


@pytest.mark.parametrize(
    "empty",
    [
        {"filter": ""},
        {"filter_field": ""},
        {"filter": "", "filter_field": ""},
        {"filter": "", "filter_field": "name"},
        {"filter_field": "name"},
    ],
    ids=str,
)
def test_an_empty_filter_means_no_filtering(sandbox: Sandbox, api_token_info: Task, empty: dict[str, Any]) -> None:
    sandbox.seed_token("x")
    assert _names(api_token_info(**empty)) == ["x"]
    assert queries(sandbox, "filterField", "filter") == [{}]


def test_only_the_applications_own_tokens(sandbox: Sandbox, api_token_info: Task) -> None:
    sandbox.seed(applications=[{"id": "d" * 24}])
    sandbox.seed(tokens=[{"name": "theirs", "applicationId": "d" * 24}, {"name": "ours"}])
    assert _names(api_token_info()) == ["ours"]
    assert _names(api_token_info(application_id=None, applicationId="d" * 24)) == ["theirs"]


@pytest.mark.parametrize("scope", ["all.Application.read", "all.Application.bounded", "applicationApiTokens.get"])
def test_an_access_token_that_can_only_read_is_enough(sandbox: Sandbox, api_token_info: Task, scope: str) -> None:
    (caller,) = sandbox.seed(callers=[{"applicationId": sandbox.application_id, "scope": [scope]}])["callers"]
    assert api_token_info(access_token=caller["token"])["api_tokens"] == []
