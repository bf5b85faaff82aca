# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every switch has an effect: one case for each value that is not the default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import pytest

from losant_sandbox.client import Sandbox, SandboxError
from losant_sandbox.switches import Switches

OTHER = "0123456789abcdef01234567"
PAST = "2020-01-01T00:00:00Z"


@dataclass
class Case:
    """What `look` sees by default, and with the switch set. `also` are switches set in both."""

    switch: str
    value: Any
    look: Callable[[Sandbox], Any]
    by_default: Any
    switched: Any
    also: dict[str, Any]


def case(switch: str, value: Any, look: Callable[[Sandbox], Any], by_default: Any, switched: Any, **also: Any) -> Case:
    return Case(switch, value, look, by_default, switched, also)


def _create(sandbox: Sandbox, secret: str | None = None, **body: Any) -> tuple[int, Any]:
    response = sandbox.call("POST", sandbox.tokens_path, secret, json={"name": "x", **body})
    return response.status_code, response.json()


def _names(sandbox: Sandbox, names: str, **params: Any) -> list[str]:
    sandbox.seed(tokens=[{"name": name} for name in names.split()])
    items = sandbox.call("GET", sandbox.tokens_path, params=params).json()["items"]
    return [item["name"] for item in items]


def _paged(sandbox: Sandbox) -> list[int]:
    """Which of four tokens of one name two pages of two show."""
    ids = [token["id"] for token in sandbox.seed(tokens=[{"name": "x"}] * 4)["tokens"]]
    pages = [sandbox.call("GET", sandbox.tokens_path, params={"perPage": 2, "page": page}).json() for page in (0, 1)]
    return [ids.index(item["id"]) for page in pages for item in page["items"]]


def _dated(sandbox: Sandbox) -> bool:
    return "Date" in sandbox.call("GET", sandbox.tokens_path).headers


def _list_keys(sandbox: Sandbox) -> set[str]:
    body = sandbox.call("GET", sandbox.tokens_path).json()
    return {"totalCount", "perPage", "page"} & set(body)


def _shows(key: str) -> Callable[[Sandbox], Any]:
    def look(sandbox: Sandbox) -> Any:
        body = sandbox.call("GET", sandbox.tokens_path, params={"_actions": "false"}).json()
        return key in body, key in _create(sandbox)[1]

    return look


def _unset(sandbox: Sandbox) -> Any:
    created = _create(sandbox)[1]
    return created.get("description", "absent"), created.get("expirationDate", "absent")


def _listed_with(**params: Any) -> Callable[[Sandbox], int]:
    return lambda sandbox: sandbox.call("GET", sandbox.tokens_path, params=params).status_code


def _named_with(names: str, **params: Any) -> Callable[[Sandbox], list[str]]:
    return lambda sandbox: _names(sandbox, names, **params)


def _per_page(sandbox: Sandbox) -> Any:
    sandbox.seed(tokens=[{}] * 3)
    body = sandbox.call("GET", sandbox.tokens_path, params={"perPage": 50}).json()
    return body["perPage"], body["count"], body["totalCount"]


def _key_with(**body: Any) -> Callable[[Sandbox], int]:
    """Create an access key."""

    def look(sandbox: Sandbox) -> int:
        return sandbox.call("POST", sandbox.keys_path, json=body).status_code

    return look


def _same_key_name(sandbox: Sandbox) -> list[int]:
    sandbox.seed_key("x")
    other = sandbox.seed_key("y")
    path = f"{sandbox.keys_path}/{other['id']}"
    renames = [sandbox.call("PATCH", path, json={"name": name}).status_code for name in ("y", None, "x")]
    return [_key_with(name="x")(sandbox), *renames]


def _filters_patched(sandbox: Sandbox) -> list[int]:
    """Whitelists of a key without topics or addresses, then with them."""
    path = f"{sandbox.keys_path}/{sandbox.seed_key()['id']}"
    bodies: list[dict[str, Any]] = [
        {"filterType": "whitelist"},
        {"addressFilterType": "whitelist"},
        {"pubTopics": ["#"], "addresses": ["192.0.2.1"]},
        {"filterType": "whitelist", "addressFilterType": "whitelist"},
    ]
    return [sandbox.call("PATCH", path, json=body).status_code for body in bodies]


def _unknown_key(sandbox: Sandbox) -> str:
    return str(sandbox.call("GET", f"{sandbox.keys_path}/{OTHER}").json()["message"])


def _key_shows(**fields: Any) -> Callable[[Sandbox], list[Any]]:
    """What a key shows that has these fields alone."""

    def look(sandbox: Sandbox) -> list[Any]:
        key = sandbox.call("POST", sandbox.keys_path, json=fields).json()
        return [
            key.get(name, "absent") for name in ("name", "filterType", "addressFilterType", "deviceIds", "pubTopics")
        ]

    return look


def _kept_key_names(sandbox: Sandbox) -> list[Any]:
    other = f"{sandbox.keys_path}/{sandbox.seed_key()['id']}"
    body = {"name": " x "}
    responses = [sandbox.call("POST", sandbox.keys_path, json=body), sandbox.call("PATCH", other, json=body)]
    return [response.json()["name"] for response in responses]


def _logs_in_with_tags(sandbox: Sandbox) -> list[bool]:
    """With one of a key's two tags, with both, and with none but its id."""
    tags = [{"key": "site", "value": "berlin"}, {"key": "floor"}]
    devices = sandbox.seed(
        devices=[{"tags": tags[:1]}, {"tags": [tags[0], {"key": "floor", "value": "8"}]}, {"id": OTHER}]
    )["devices"]
    key = sandbox.seed_key(deviceIds=[OTHER], deviceTags=tags)
    return [sandbox.authenticates(device["id"], key["key"], key["secret"]) for device in devices]


def _becomes_a_system(sandbox: Sandbox) -> int:
    [device] = sandbox.seed(devices=[{"name": "x"}])["devices"]
    path = f"/applications/{sandbox.application_id}/devices/{device['id']}"
    return sandbox.call("PATCH", path, json={"deviceClass": "system"}).status_code


def _behind_nobody(sandbox: Sandbox) -> int:
    body = {"name": "x", "deviceClass": "peripheral", "gatewayId": OTHER}
    return sandbox.call("POST", f"/applications/{sandbox.application_id}/devices", json=body).status_code


def _tagged(sandbox: Sandbox) -> int:
    sandbox.seed(devices=[{"tags": [{"key": "a", "value": "1"}]}])
    params = {"tagFilter[0][key]": "a", "tagFilter[1][key]": "b"}
    response = sandbox.call("GET", f"/applications/{sandbox.application_id}/devices", params=params)
    return int(response.json()["count"])


def _state_without_values(sandbox: Sandbox) -> Any:
    [device] = sandbox.seed(devices=[{"attributes": [{"name": "volt", "dataType": "number"}]}])["devices"]
    path = f"/applications/{sandbox.application_id}/devices/{device['id']}/compositeState"
    return sandbox.call("GET", path).json().get("volt", "absent")


def _with_inactive(sandbox: Sandbox) -> int:
    secret = sandbox.seed_token(status="inactive")["token"]
    return sandbox.call("GET", sandbox.tokens_path, secret).status_code


def _with_deleted(sandbox: Sandbox) -> int:
    token = sandbox.seed_token()
    sandbox.call("DELETE", f"{sandbox.tokens_path}/{token['id']}")
    return sandbox.call("GET", sandbox.tokens_path, token["token"]).status_code


def _unknown_token(sandbox: Sandbox) -> str:
    return str(sandbox.call("GET", f"{sandbox.tokens_path}/{OTHER}").json()["message"])


def _unknown_application(sandbox: Sandbox) -> list[int]:
    path = f"/applications/{OTHER}/tokens"
    return [sandbox.call(method, path, json={"name": "x"}).status_code for method in ("GET", "POST")]


def _foreign_application(sandbox: Sandbox) -> int:
    sandbox.seed(applications=[{"id": OTHER}])
    return sandbox.call("GET", f"/applications/{OTHER}/tokens", sandbox.seed_token()["token"]).status_code


def _second(sandbox: Sandbox) -> Any:
    _create(sandbox)
    status, body = _create(sandbox, name="y")
    return (status, None, None) if status == 201 else (status, body["type"], body["message"])


def _scope_given(*scope: str) -> Callable[[Sandbox], Any]:
    def look(sandbox: Sandbox) -> Any:
        status, body = _create(sandbox, scope=list(scope))
        return body["scope"] if status == 201 else status

    return look


def _expires(text: str) -> Callable[[Sandbox], int]:
    return lambda sandbox: _create(sandbox, expirationDate=text)[0]


def _empty_patch_moves(sandbox: Sandbox) -> bool:
    sandbox.clock(now="2026-01-01T00:00:00Z")
    token = sandbox.seed_token()
    sandbox.clock(advance=1)
    changed = sandbox.call("PATCH", f"{sandbox.tokens_path}/{token['id']}", json={}).json()
    return bool(changed["lastUpdated"] != token["lastUpdated"])


def _on_itself(method: str) -> Callable[[Sandbox], int]:
    def look(sandbox: Sandbox) -> int:
        token = sandbox.seed_token()
        path = f"{sandbox.tokens_path}/{token['id']}"
        return sandbox.call(method, path, token["token"], json={} if method == "PATCH" else None).status_code

    return look


def _of_user(sandbox: Sandbox) -> Any:
    return sandbox.call("POST", "/me/tokens", json={"name": "x"}).json()["scope"]


def _unknown_instance(sandbox: Sandbox) -> int:
    return sandbox.call("GET", f"/instances/{OTHER}").status_code


def _grants(held: list[str], wanted: list[str] | None) -> Callable[[Sandbox], int]:
    def look(sandbox: Sandbox) -> int:
        secret = sandbox.seed_token(scope=held)["token"]
        return _create(sandbox, secret, **({} if wanted is None else {"scope": wanted}))[0]

    return look


def _same_name(sandbox: Sandbox) -> list[int]:
    sandbox.seed_token("x")
    other = sandbox.seed_token("y")
    path = f"{sandbox.tokens_path}/{other['id']}"
    renames = [sandbox.call("PATCH", path, json={"name": name}).status_code for name in ("y", "x")]
    return [_create(sandbox)[0], *renames]


def _kept_names(*names: str) -> Callable[[Sandbox], list[Any]]:
    """The names that tokens have after POST, and after PATCH with the same name; or the status."""

    def look(sandbox: Sandbox) -> list[Any]:
        other = f"{sandbox.tokens_path}/{sandbox.seed_token('other')['id']}"
        responses = []
        for name in names:
            responses.append(sandbox.call("POST", sandbox.tokens_path, json={"name": name}))
            responses.append(sandbox.call("PATCH", other, json={"name": name}))
        return [response.json().get("name", response.status_code) for response in responses]

    return look


def _dots(sandbox: Sandbox) -> int:
    return str(_create(sandbox)[1]["token"]).count(".")


def _validation_errors(sandbox: Sandbox) -> Any:
    errors = _create(sandbox, foo=1, status="off")[1].get("validationErrors")
    return None if errors is None else [error["message"] for error in errors]


LIMIT = {"token_limit": 1}
POSTING = ["applicationApiTokens.*"]
CASES = [
    case("unset_fields", "null", _unset, ("absent", "absent"), (None, None)),
    case("envelope_type", False, _shows("_type"), (True, True), (False, False)),
    case("envelope_links", False, _shows("_links"), (True, True), (False, False)),
    case("envelope_etag", True, _shows("_etag"), (False, False), (True, True)),
    case("date_header", "absent", _dated, True, False),
    case("list_totals", False, _list_keys, {"totalCount", "perPage", "page"}, set()),
    case("per_page_max", 2, _per_page, (50, 3, 3), (2, 2, 3)),
    case("invalid_paging", "error", _listed_with(page="abc"), 200, 400),
    case("invalid_paging", "error", _listed_with(perPage="-5"), 200, 400),
    case("glob_match", "partial", _named_with("a xax", filterField="name", filter="a"), ["a"], ["a", "xax"]),
    case("glob_case_sensitive", False, _named_with("a A", filterField="name", filter="a"), ["a"], ["A", "a"]),
    case("glob_characters", "extended", _named_with("ab a?", filterField="name", filter="a?"), ["a?"], ["a?", "ab"]),
    case("empty_filter_field", "ignore", _listed_with(filterField=""), 400, 200),
    case("sort_case_sensitive", False, _named_with("a B c"), ["B", "a", "c"], ["a", "B", "c"]),
    case("tie_order", "shuffled", _paged, [0, 1, 2, 3], [0, 1, 1, 0]),
    case("tag_filter", "or", _tagged, 0, 1),
    case("empty_attributes", "null", _state_without_values, "absent", None),
    case("inactive_token_status", 403, _with_inactive, 401, 403),
    case("deleted_token_status", 403, _with_deleted, 401, 403),
    case("token_not_found_title", "Thing", _unknown_token, "API Token was not found", "Thing was not found"),
    case("unknown_application_status", 403, _unknown_application, [404, 404], [403, 403]),
    case("foreign_application_status", 403, _foreign_application, 404, 403),
    case("token_limit", 1, _second, (201, None, None), (400, "Validation", "API token limit has been reached")),
    case(
        "token_limit_status",
        402,
        _second,
        (400, "Validation", "API token limit has been reached"),
        (402, "Validation", "API token limit has been reached"),
        **LIMIT,
    ),
    case(
        "token_limit_type",
        "Limit",
        _second,
        (400, "Validation", "API token limit has been reached"),
        (400, "Limit", "API token limit has been reached"),
        **LIMIT,
    ),
    case(
        "token_limit_message",
        "Enough",
        _second,
        (400, "Validation", "API token limit has been reached"),
        (400, "Validation", "Enough"),
        **LIMIT,
    ),
    case("key_not_found_title", "Thing", _unknown_key, "Application Key was not found", "Thing was not found"),
    case("unique_key_names", True, _same_key_name, [201, 200, 200, 200], [400, 200, 200, 400]),
    case("topics_required", False, _key_with(filterType="whitelist"), 400, 201),
    case("topics_required", False, _filters_patched, [400, 200, 200, 200], [200] * 4),
    case("addresses_required", True, _key_with(addressFilterType="whitelist"), 201, 400),
    case("addresses_required", True, _filters_patched, [400, 200, 200, 200], [400, 400, 200, 200]),
    case("key_tags", "and", _logs_in_with_tags, [True, True, True], [False, True, True]),
    case("key_defaults", "shown", _key_shows(), ["absent"] * 5, ["absent", "all", "all", [], []]),
    case(
        "key_defaults",
        "shown",
        _key_shows(filterType="none", deviceIds=[OTHER]),
        [None, "none", None, [OTHER], None],
        [None, "none", "all", [OTHER], []],
        unset_fields="null",
    ),
    case("key_devices", "own", _key_with(deviceIds=["ab" * 12]), 201, 400),
    case("system_class", "allow", _becomes_a_system, 400, 200),
    case("device_relations", "any", _behind_nobody, 400, 201),
    case("empty_scope", "default", _scope_given(), [], ["all.Application"]),
    case("default_scope", "all.Application", _of_user, ["all.User"], ["all.Application"]),
    case("unknown_instance_status", 403, _unknown_instance, 404, 403),
    case("other_scope_families", "accept", _scope_given("all.User", "org.*"), 400, ["all.User", "org.*"]),
    case("past_expiration", "reject", _expires(PAST), 201, 400),
    case("empty_patch_touches", False, _empty_patch_moves, True, False),
    case("self_delete", "forbid", _on_itself("DELETE"), 200, 403),
    case("self_patch", "forbid", _on_itself("PATCH"), 200, 403),
    case("escalation", "forbid", _grants(POSTING, None), 201, 403),
    case("escalation", "forbid", _grants(POSTING, ["data.*"]), 201, 403),
    case("unique_names", True, _same_name, [201, 200, 200], [400, 200, 400]),
    case("names", "trimmed", _kept_names(" x ", "  "), [" x ", " x ", "  ", "  "], ["x", "x", 400, 400]),
    case("names", "trimmed", _kept_key_names, [" x ", " x "], ["x", "x"]),
    case("names", "trimmed", _kept_names("e\u0301"), ["e\u0301"] * 2, ["e\u0301"] * 2),
    case("names", "normalized", _kept_names("e\u0301 "), ["e\u0301 "] * 2, ["\u00e9 "] * 2),
    case("token_format", "opaque", _dots, 2, 0),
    case("validator", "new", _expires("2099-01-01T00:00:00"), 400, 201),
    case(
        "validation_errors_in_body",
        True,
        _validation_errors,
        None,
        ["apiToken.foo is an additional property", "apiToken.status must be one of: active, inactive"],
        validator="new",
    ),
]


@pytest.mark.parametrize("item", CASES, ids=lambda item: item.switch)
def test_default(sandbox: Sandbox, item: Case) -> None:
    sandbox.switch(**item.also)
    assert item.look(sandbox) == item.by_default


@pytest.mark.parametrize("item", CASES, ids=lambda item: item.switch)
def test_switched(sandbox: Sandbox, item: Case) -> None:
    sandbox.switch(**item.also, **{item.switch: item.value})
    assert item.look(sandbox) == item.switched


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (POSTING, ["applicationApiTokens.get"]),
        (["all.Application"], ["data.*", "all.Application.bounded"]),
        (["all.Application"], None),
        ([*POSTING, "all.Application.bounded"], ["device.get", "all.Application.read"]),
        ([*POSTING, "all.Application.read"], ["device.get"]),
    ],
)
def test_tokens_can_grant_the_scopes_they_have(sandbox: Sandbox, held: list[str], wanted: list[str] | None) -> None:
    sandbox.switch(escalation="forbid")
    assert _grants(held, wanted)(sandbox) == 201


def test_no_switch_is_without_a_case() -> None:
    assert {item.switch for item in CASES} == {field.name for field in fields(Switches)}


@pytest.mark.parametrize(
    "wrong", [{"nope": 1}, {"unset_fields": "maybe"}, {"list_totals": 1}, {"per_page_max": "5"}, {"token_limit": True}]
)
def test_wrong_switches_are_refused(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="switch"):
        sandbox.switch(tie_order="shuffled", **wrong)
    assert sandbox.switch()["tie_order"] == "stable"
