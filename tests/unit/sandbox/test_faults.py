# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault, as a plain HTTP client sees it."""

from __future__ import annotations

import http.client
import json
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from losant_sandbox.client import Sandbox, SandboxError

Until = Callable[[Callable[[], object]], None]


class Raw:
    """One connection without retries, compression or any other help."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)

    def create(self) -> http.client.HTTPResponse:
        headers = {"Authorization": f"Bearer {self._sandbox.access_token}", "Content-Type": "application/json"}
        self.connection.request("POST", self._sandbox.tokens_path, '{"name": "x"}', headers)
        return self.connection.getresponse()


@pytest.fixture
def raw(sandbox: Sandbox) -> Iterator[Raw]:
    client = Raw(sandbox)
    with closing(client.connection):
        yield client


def _created(sandbox: Sandbox) -> int:
    return len(sandbox.tokens())


@pytest.mark.parametrize(("when", "created"), [("before", 0), ("after", 1)])
def test_status(sandbox: Sandbox, raw: Raw, when: str, created: int) -> None:
    sandbox.fault("status", status=503, when=when, headers={"Retry-After": "7"})
    response = raw.create()
    assert (response.status, response.getheader("Retry-After")) == (503, "7")
    assert json.loads(response.read()) == {"type": "Error", "message": "Service Unavailable"}
    assert _created(sandbox) == created


def test_status_with_a_body(sandbox: Sandbox, raw: Raw) -> None:
    sandbox.fault("status", status=429, body={"type": "Slow", "message": "down"})
    response = raw.create()
    assert (response.status, json.loads(response.read())) == (429, {"type": "Slow", "message": "down"})


@pytest.mark.parametrize(("when", "status", "created"), [("before", 200, 0), ("after", 201, 1)])
@pytest.mark.parametrize(
    ("kind", "content_type", "start"),
    [("not_json", "text/html", b"<!DOCTYPE html>"), ("empty", "application/json", b""), ("not_object", None, b"[")],
)
def test_other_bodies(
    sandbox: Sandbox, raw: Raw, kind: str, content_type: str | None, start: bytes, when: str, status: int, created: int
) -> None:
    sandbox.fault(kind, when=when)
    response = raw.create()
    body = response.read()
    assert response.status == status
    assert response.getheader("Content-Type") == (content_type or "application/json")
    assert body.startswith(start)
    assert bool(body) == bool(start)
    assert _created(sandbox) == created


def test_other_bodies_with_a_status(sandbox: Sandbox, raw: Raw) -> None:
    sandbox.fault("not_json", status=502, body="<p>Gateway</p>", headers={"Content-Type": "text/plain"})
    response = raw.create()
    assert (response.status, response.getheader("Content-Type"), response.read()) == (
        502,
        "text/plain",
        b"<p>Gateway</p>",
    )


@pytest.mark.parametrize(("kind", "created"), [("reset_before", 0), ("reset_after", 1)])
def test_reset(sandbox: Sandbox, raw: Raw, kind: str, created: int) -> None:
    sandbox.fault(kind)
    with pytest.raises(ConnectionResetError) as caught:
        raw.create()
    # Not the subclass that http.client makes of an orderly close.
    assert not isinstance(caught.value, http.client.RemoteDisconnected)
    assert _created(sandbox) == created


@pytest.mark.parametrize(("when", "created"), [("before", 0), ("after", 1)])
def test_cut(sandbox: Sandbox, raw: Raw, when: str, created: int) -> None:
    sandbox.fault("cut", when=when)
    response = raw.create()
    with pytest.raises(http.client.IncompleteRead) as caught:
        response.read()
    assert caught.value.partial.startswith(b"{")
    assert caught.value.expected is not None
    assert abs(len(caught.value.partial) - caught.value.expected) <= 1
    assert _created(sandbox) == created


def test_lie_length_announces_too_much(sandbox: Sandbox, raw: Raw) -> None:
    sandbox.fault("lie_length")
    response = raw.create()
    with pytest.raises(http.client.IncompleteRead) as caught:
        response.read()
    assert json.loads(caught.value.partial)["name"] == "x"
    assert _created(sandbox) == 1


def test_lie_length_announces_too_little(sandbox: Sandbox, raw: Raw) -> None:
    sandbox.fault("lie_length", length=10)
    response = raw.create()
    assert response.status == 201
    assert len(response.read()) == 10


def test_drip(sandbox: Sandbox, raw: Raw) -> None:
    """The head comes immediately, the body in pieces; the reset ends the waiting."""
    sandbox.fault("drip", seconds=3600, size=100)
    response = raw.create()
    assert (response.status, _created(sandbox)) == (201, 1)
    assert select.select([raw.connection.sock], [], [], 0.05)[0] == []
    sandbox.reset()
    assert json.loads(response.read())["name"] == "x"


def test_drip_by_the_byte(sandbox: Sandbox, raw: Raw) -> None:
    sandbox.fault("drip", seconds=0)
    assert json.loads(raw.create().read())["name"] == "x"


@pytest.mark.parametrize(("when", "created"), [("before", 0), ("after", 1)])
def test_delay_holds_the_response_back(sandbox: Sandbox, raw: Raw, until: Until, when: str, created: int) -> None:
    """The request waits until a reset ends the old world, however long the delay is; meanwhile it has worked or not."""
    sandbox.fault("delay", seconds=3600, when=when)
    headers = {"Authorization": f"Bearer {sandbox.access_token}", "Content-Type": "application/json"}
    raw.connection.request("POST", sandbox.tokens_path, '{"name": "x"}', headers)
    until(sandbox.requests)
    assert _created(sandbox) == created
    assert sandbox.requests()[0]["status"] is None
    sandbox.reset()
    assert raw.connection.getresponse().status == 201
    # Its result belongs to the world before the reset.
    assert (_created(sandbox), sandbox.requests(), sandbox.history()) == (0, [], [])


def test_delay_lets_the_work_be_done(sandbox: Sandbox, raw: Raw) -> None:
    sandbox.fault("delay", seconds=0.001)
    assert raw.create().status == 201
    assert _created(sandbox) == 1


def test_a_client_that_disconnects_does_not_stop_the_work(sandbox: Sandbox, until: Until) -> None:
    sandbox.fault("delay", seconds=0.2)
    body = b'{"name": "x"}'
    head = (
        f"POST {sandbox.tokens_path} HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {sandbox.access_token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=30) as connection:
        connection.sendall(head.encode() + body)
        until(sandbox.requests)
    until(sandbox.tokens)
    assert sandbox.requests()[0]["fault"] == "delay"


def test_mutate_changes_the_state_before_the_response(sandbox: Sandbox) -> None:
    old = sandbox.seed_token("old")
    seed = {"devices": [{"name": "d"}]}
    sandbox.fault("mutate", skip=1, delete=[old["id"]], create=[{"name": "new"}], seed=seed)
    lists = [sandbox.call("GET", sandbox.tokens_path).json()["items"] for _time in range(3)]
    assert [[token["name"] for token in items] for items in lists] == [["old"], ["new"], ["new"]]
    assert [device["name"] for device in sandbox.state()["devices"]] == ["d"]
    assert sandbox.requests()[1]["status"] == 200


def test_other_faults_apply_beside_mutate(sandbox: Sandbox, raw: Raw) -> None:
    sandbox.fault("mutate", create=[{"name": "other"}])
    sandbox.fault("status")
    assert raw.create().status == 500
    assert [token["name"] for token in sandbox.tokens()] == ["other"]


def _statuses(sandbox: Sandbox, count: int) -> list[int]:
    return [sandbox.call("GET", sandbox.tokens_path).status_code for _time in range(count)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [500, 200, 200, 200]),
        ({"times": 2}, [500, 500, 200, 200]),
        ({"skip": 1, "times": 2}, [200, 500, 500, 200]),
        ({"skip": 2, "times": None}, [200, 200, 500, 500]),
        ({"method": "POST"}, [200] * 4),
        ({"method": "get", "times": None}, [500] * 4),
        ({"path": "/applications"}, [200] * 4),
        ({"path": "/applications/[^/]+/tokens", "times": None}, [500] * 4),
    ],
)
def test_which_requests_are_hit(sandbox: Sandbox, fields: dict[str, Any], expected: list[int]) -> None:
    sandbox.fault("status", **fields)
    assert _statuses(sandbox, 4) == expected


def test_the_first_that_is_not_exhausted_is_taken(sandbox: Sandbox) -> None:
    for status in (501, 502):
        sandbox.fault("status", status=status)
    sandbox.fault("status", status=503, times=None)
    assert _statuses(sandbox, 4) == [501, 502, 503, 503]


def test_one_that_skips_lets_through_to_the_next(sandbox: Sandbox) -> None:
    sandbox.fault("status", status=501, skip=1)
    sandbox.fault("status", status=502)
    assert _statuses(sandbox, 3) == [502, 501, 200]


def test_clearing(sandbox: Sandbox) -> None:
    sandbox.fault("status", times=None)
    sandbox.clear_faults()
    assert _statuses(sandbox, 1) == [200]


@pytest.mark.parametrize("wrong", [{"kind": "nope"}, {"kind": "cut", "when": "later"}, {"kind": "cut", "path": "("}])
def test_wrong_faults_are_refused(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="POST faults"):
        sandbox.fault(**wrong)


def test_unknown_fields_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="tiems"):
        sandbox.fault("cut", tiems=2)


@pytest.mark.parametrize(
    ("kind", "status"),
    [("status", 500), ("reset_before", None), ("reset_after", None), ("cut", 201), ("drip", 201), ("delay", 201)],
)
def test_the_log_shows_the_fault(sandbox: Sandbox, raw: Raw, kind: str, status: int | None) -> None:
    sandbox.fault(kind)
    try:
        raw.create().read()
    except (ConnectionResetError, http.client.IncompleteRead):
        assert kind in ("reset_before", "reset_after", "cut")
    (entry,) = sandbox.requests()
    assert (entry["fault"], entry["status"]) == (kind, status)
