# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No server can hold a task for long."""

from __future__ import annotations

import contextlib
import gzip
import socket
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ConnectionFailedError, Effect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import (
    Response,
    in_pieces,
    raw,
    serving,
    silence,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import ACTION, METHODS, send
from losant_sandbox.client import Sandbox

TINY = 0.2


def times_out(connect: Connect, url: str, method: str = "GET", **settings: Any) -> ConnectionFailedError:
    with pytest.raises(ConnectionFailedError, match=r"got no whole response within 0\.2 seconds") as caught:
        send(connect(url, timeout=TINY, **settings), method)
    return caught.value


def trickle(connection: socket.socket, count: int, pause: float) -> None:
    """Send some bytes, one at a time."""
    connection.settimeout(pause)
    for _number in range(count):
        connection.sendall(b"x")
        # The client says nothing more; this is the pause between two bytes.
        with contextlib.suppress(TimeoutError):
            connection.recv(1)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("delay", {"seconds": 30}),
        ("delay", {"seconds": 30, "when": "after"}),
        # Each piece comes in time, but the whole does not.
        ("drip", {"seconds": 0.05}),
        ("drip", {"seconds": 0.05, "size": 2}),
        ("drip", {"seconds": 30}),
    ],
)
def test_a_slow_sandbox(connect: Connect, sandbox: Sandbox, kind: str, fields: dict[str, Any]) -> None:
    for number in range(3):
        sandbox.seed_token(f"token {number}")
    sandbox.fault(kind, **fields)
    client = connect(sandbox.url, access_token=sandbox.access_token, timeout=TINY)
    with pytest.raises(ConnectionFailedError, match=r"got no whole response within 0\.2 seconds"):
        client.get(sandbox.tokens_path, ACTION, {})
    assert [entry["fault"] for entry in sandbox.requests()] == [kind]


@pytest.mark.parametrize("method", METHODS)
def test_a_silent_server(connect: Connect, method: str) -> None:
    with serving(silence) as server:
        error = times_out(connect, server.url, method)
    assert error.effect > Effect.NONE
    assert not error.permanent


@pytest.mark.parametrize("method", METHODS)
def test_a_timeout_shows_the_request_and_advice(connect: Connect, method: str) -> None:
    with serving(silence) as server:
        error = times_out(connect, server.url, method)
    assert str(error).startswith(f"Could not do the thing: {method} {server.url}/things got")
    assert "Check api_url, the network, and the proxy settings" in str(error)
    assert error.failure == {"kind": "connection", "method": method, "url": f"{server.url}/things"}


def test_a_server_that_stops_in_the_body(connect: Connect) -> None:
    def stall(connection: socket.socket) -> None:
        connection.sendall(raw(200, b'{"a":', length=100))
        silence(connection)

    with serving(stall) as server:
        assert times_out(connect, server.url).effect > Effect.NONE


def test_a_redirect_with_a_body_that_never_ends(connect: Connect) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")
        trickle(connection, 1000, pause=0.01)

    with serving(drip) as server:
        times_out(connect, server.url)


def test_headers_that_come_byte_by_byte(connect: Connect) -> None:
    """The response would be complete in the end, and each of its bytes comes in time."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        trickle(connection, 40, pause=0.1)
        connection.sendall(b"\r\nContent-Length: 2\r\n\r\n{}")

    with serving(drip) as server:
        assert times_out(connect, server.url).effect > Effect.NONE


def test_each_try_has_its_own_timeout(connect: Connect, waits: list[float]) -> None:
    with serving(silence, silence, raw(200, b"{}")) as server:
        assert send(connect(server.url, timeout=TINY, retries=2), "GET") == {}
        assert len(server.seen) == 3
    assert len(waits) == 2


def test_a_server_that_accepts_no_connection(connect: Connect) -> None:
    with contextlib.ExitStack() as sockets:
        full = sockets.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # These fill the queue, whatever its length is: the kernel responses no further one.
        for _number in range(8):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        error = times_out(connect, f"http://127.0.0.1:{full.getsockname()[1]}", "POST")
    assert error.effect is Effect.NONE


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("compressed", [False, True])
def test_pieces_that_arrive_in_time(connect: Connect, size: int, compressed: bool) -> None:
    text = b'{"name": "%s"}' % (b"x" * 500)
    response: Response = raw(200, gzip.compress(text), "Content-Encoding: gzip") if compressed else raw(200, text)
    assert isinstance(response, bytes)
    with serving(in_pieces(response, size)) as server:
        assert send(connect(server.url), "GET") == {"name": "x" * 500}
