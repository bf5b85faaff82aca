# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control interface: reset, seed, state, requests, history, clock."""

from __future__ import annotations

from typing import Any

import pytest

from losant_sandbox.client import Sandbox, SandboxError

OTHER = "0123456789abcdef01234567"


def test_reset_restores_the_first_state(sandbox: Sandbox) -> None:
    sandbox.seed(applications=[{}], tokens=[{}], devices=[{}], callers=[{}])
    sandbox.fault("status", times=None)
    sandbox.switch(unique_names=True)
    sandbox.clock(now="2000-01-01T00:00:00Z")
    sandbox.call("GET", "/applications")
    sandbox.reset()
    state = sandbox.state()
    assert [(item["id"], item["name"]) for item in state["applications"]] == [
        ("575ec8687ae143cd83dc4a97", "My Application")
    ]
    assert (state["tokens"], state["devices"], len(state["callers"])) == ([], [], 1)
    assert (sandbox.requests(), sandbox.history()) == ([], [])
    assert sandbox.switch()["unique_names"] is False
    assert sandbox.now() > "2026"
    assert sandbox.call("GET", "/applications").status_code == 200


def test_seeded_tokens_take_any_field(sandbox: Sandbox) -> None:
    fields: dict[str, Any] = {
        "id": OTHER,
        "name": "old",
        "status": "inactive",
        "scope": ["all.User"],
        "description": "text",
        "expirationDate": "2020-01-02T00:00:00.000Z",
        "creationDate": "2020-01-01T00:00:00.000Z",
        "lastUpdated": "2020-01-01T12:00:00.000Z",
        "creatorId": OTHER,
        "creatorType": "flow",
        "creatorName": "somebody",
    }
    seeded = sandbox.seed_token(**fields)
    shown = sandbox.call("GET", f"{sandbox.tokens_path}/{OTHER}", params={"_links": "false"}).json()
    assert {key: shown[key] for key in fields} == fields
    assert seeded["token"].count(".") == 2
    assert "token" not in shown


def test_seeded_keys_take_any_field(sandbox: Sandbox) -> None:
    fields: dict[str, Any] = {
        "id": OTHER,
        "key": "my own key",
        "name": "old",
        "status": "inactive",
        "deviceIds": ["no id"],
        "creationDate": "2020-01-01T00:00:00.000Z",
        "lastUpdated": "2020-01-01T12:00:00.000Z",
        "createdById": OTHER,
        "createdByType": "flow",
        "createdByName": "somebody",
    }
    seeded = sandbox.seed_key(secret="my own secret", **fields)
    shown = sandbox.call("GET", f"{sandbox.keys_path}/{OTHER}", params={"_links": "false"}).json()
    assert {key: shown[key] for key in fields} == fields
    assert seeded["secret"] == "my own secret"
    assert "secret" not in shown


def test_seeded_tokens_authenticate(sandbox: Sandbox) -> None:
    secret = sandbox.seed_token(token="my own secret")["token"]
    assert secret == "my own secret"
    assert sandbox.call("GET", sandbox.tokens_path, "", params={"jwt": secret}).status_code == 200


def test_seeded_callers_are_in_no_list(sandbox: Sandbox) -> None:
    callers = [{}, {"applicationId": sandbox.application_id, "scope": ["data.*"]}]
    user, bound = sandbox.seed(callers=callers)["callers"]
    assert (user["subtype"], user["scope"], user["applicationId"]) == ("user", ["all.User"], None)
    assert (bound["subtype"], bound["scope"], bound["applicationId"]) == (
        "apiToken",
        ["data.*"],
        sandbox.application_id,
    )
    assert sandbox.call("GET", sandbox.tokens_path, user["token"]).json()["count"] == 0
    assert sandbox.call("GET", sandbox.tokens_path, bound["token"]).status_code == 403


def test_tokens_of_one_application(sandbox: Sandbox) -> None:
    sandbox.seed(applications=[{"id": OTHER}], tokens=[{"name": "a"}, {"name": "b", "applicationId": OTHER}])
    assert [token["name"] for token in sandbox.tokens()] == ["a", "b"]
    assert [token["name"] for token in sandbox.tokens(OTHER)] == ["b"]


def test_state_and_log_hold_no_secret(sandbox: Sandbox) -> None:
    created = sandbox.call("POST", sandbox.tokens_path, json={"name": "x"}).json()
    sandbox.call("GET", sandbox.tokens_path, "", params={"access_token": created["token"]})
    sandbox.call("GET", sandbox.tokens_path, created["token"])
    text = repr([sandbox.state(), sandbox.requests(), sandbox.history()])
    assert created["id"] in text
    assert created["token"] not in text
    assert sandbox.access_token not in text


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_the_log_holds_no_secret_of_a_broken_login(sandbox: Sandbox, content_type: str) -> None:
    response = sandbox.call("POST", "/auth/device", data='{"secret": "abc"', headers={"Content-Type": content_type})
    assert response.status_code == 400
    assert [entry["body"] for entry in sandbox.requests()] == ["not shown"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_keys": [{"applicationId": OTHER}]},
        {"access_keys": [{"creationDate": "yesterday"}]},
        {"tokens": [{"applicationId": OTHER}]},
        {"tokens": [{"expirationDate": "tomorrow"}]},
        {"devices": ["text"]},
        {"applications": {"id": OTHER}},
    ],
)
def test_wrong_seeds_are_refused(sandbox: Sandbox, wrong: Any) -> None:
    with pytest.raises(SandboxError, match="POST seed"):
        sandbox.seed(**wrong)


def test_the_log(sandbox: Sandbox) -> None:
    token = sandbox.seed_token()
    sandbox.call("GET", f"{sandbox.tokens_path}/", token["token"], params={"page": "1"}, headers={"X-Test": "t"})
    sandbox.call("POST", sandbox.tokens_path, json={"name": "x"})
    sandbox.call("POST", sandbox.tokens_path, "wrong", data="{", headers={"Content-Type": "application/json"})
    sandbox.call("GET", "/nowhere", "")
    first, second, third, fourth = sandbox.requests()
    assert (first["method"], first["path"], first["query"]) == ("GET", sandbox.tokens_path, {"page": "1"})
    assert (first["headers"]["authorization"], first["headers"]["x-test"]) == (token["id"], "t")
    assert (first["caller"], first["body"], first["status"], first["fault"]) == (token["id"], None, 200, None)
    assert (second["body"], second["status"]) == ({"name": "x"}, 201)
    assert (third["body"], third["status"], third["caller"]) == ("{", 400, "unknown")
    assert (fourth["status"], fourth["caller"]) == (405, None)
    assert [entry["index"] for entry in sandbox.requests()] == [0, 1, 2, 3]
    assert sandbox.requests(writes=True) == [second, third]


def test_clearing_the_log_keeps_counting(sandbox: Sandbox) -> None:
    sandbox.call("GET", sandbox.tokens_path)
    sandbox.clear_requests()
    sandbox.call("GET", sandbox.tokens_path)
    assert [entry["index"] for entry in sandbox.requests()] == [1]


def test_history_shows_the_usable_tokens_after_each_change(sandbox: Sandbox) -> None:
    sandbox.clock(now="2026-01-01T00:00:00Z")
    old, *_others = sandbox.seed(
        tokens=[
            {"name": "old"},
            {"name": "off", "status": "inactive"},
            {"name": "expired", "expirationDate": "2026-01-01T00:00:00Z"},
        ]
    )["tokens"]
    path = f"{sandbox.tokens_path}/{old['id']}"
    new = sandbox.call("POST", sandbox.tokens_path, json={"name": "new"}).json()
    sandbox.call("GET", path)
    sandbox.call("PATCH", path, json={"name": "older"})
    sandbox.call("PATCH", path, json={"status": "inactive"})
    sandbox.call("DELETE", path)
    history = sandbox.history()
    names = [[token["name"] for token in change["usable"][sandbox.application_id]] for change in history]
    assert names == [["old"], ["old", "new"], ["older", "new"], ["new"], ["new"]]
    assert [change["request"] for change in history] == [None, 0, 2, 3, 4]
    assert history[0]["at"] == "2026-01-01T00:00:00.000Z"
    assert history[-1]["usable"][sandbox.application_id] == [{"id": new["id"], "name": "new"}]


def test_history_shows_the_active_keys_after_each_change(sandbox: Sandbox) -> None:
    sandbox.call("POST", sandbox.tokens_path, json={"name": "token"})
    new = sandbox.call("POST", sandbox.keys_path, json={}).json()
    path = f"{sandbox.keys_path}/{new['id']}"
    sandbox.fault("mutate", method="PATCH", seed={"access_keys": [{"name": "other"}]})
    sandbox.call("PATCH", path, json={"name": "new"})
    sandbox.call("PATCH", path, json={"status": "inactive"})
    sandbox.call("DELETE", path)
    name = f"{sandbox.application_id}/keys"
    history = sandbox.history()
    assert [[key["name"] for key in change["usable"].get(name, ())] for change in history] == [
        [],
        [""],
        ["", "other"],
        ["new", "other"],
        ["other"],
        ["other"],
    ]
    assert [change["request"] for change in history] == [0, 1, 2, 2, 3, 4]
    assert [token["name"] for token in history[-1]["usable"][sandbox.application_id]] == ["token"]


def test_history_names_the_request_that_mutates(sandbox: Sandbox) -> None:
    token = sandbox.seed_token()
    sandbox.fault("mutate", delete=[token["id"]])
    sandbox.call("GET", sandbox.tokens_path)
    assert sandbox.history()[-1]["request"] == 0
    assert sandbox.history()[-1]["usable"] == {sandbox.application_id: []}


def test_the_clock_stands_moves_and_runs(sandbox: Sandbox) -> None:
    assert sandbox.clock(now="2030-01-01T00:00:00+01:00") == "2029-12-31T23:00:00.000Z"
    assert sandbox.now() == "2029-12-31T23:00:00.000Z"
    assert sandbox.clock(advance=3600.5) == "2030-01-01T00:00:00.500Z"
    sandbox.clock()
    real = sandbox.now()
    moved = sandbox.clock(advance=86400 * 366)
    assert real < "2030"
    assert int(moved[:4]) > int(real[:4])
    assert sandbox.clock() < moved


def test_a_wrong_time_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="zone"):
        sandbox.clock(now="2030-01-01T00:00:00")


@pytest.mark.parametrize(
    ("method", "name", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("PUT", "clock", "[]", 400),
        ("POST", "seed", "{", 400),
        ("PUT", "clock", '{"a":1}', 400),
    ],
)
def test_wrong_control_requests(sandbox: Sandbox, method: str, name: str, body: str | None, status: int) -> None:
    response = sandbox.call(method, f"/_sandbox/{name}", data=body)
    assert (response.status_code, response.json()["type"]) == (status, "Sandbox")
