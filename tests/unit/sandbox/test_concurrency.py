# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifty connections at a time."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack

from losant_sandbox.client import Sandbox

COUNT = 50


def _request(sandbox: Sandbox, number: int) -> bytes:
    body = json.dumps({"name": f"t{number}"}).encode()
    head = (
        f"POST {sandbox.tokens_path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n"
        f"Authorization: Bearer {sandbox.access_token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def test_fifty_open_connections_are_all_served(sandbox: Sandbox) -> None:
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(("127.0.0.1", sandbox.port), timeout=60))
            for _time in range(COUNT)
        ]
        requests = [_request(sandbox, number) for number in range(COUNT)]
        # All are under way before any is whole.
        for connection, request in zip(connections, requests, strict=True):
            connection.sendall(request[:-1])
        for connection, request in zip(reversed(connections), reversed(requests), strict=True):
            connection.sendall(request[-1:])
        responses = [b"".join(iter(lambda: connection.recv(65536), b"")) for connection in connections]  # noqa: B023
    assert {response.split(b"\r\n")[0] for response in responses} == {b"HTTP/1.1 201 Created"}
    created = [json.loads(response.split(b"\r\n\r\n", 1)[1]) for response in responses]
    assert [token["name"] for token in created] == [f"t{number}" for number in range(COUNT)]
    assert len({token["id"] for token in created}) == len({token["token"] for token in created}) == COUNT
    assert len(sandbox.tokens()) == COUNT
    assert [len(change["usable"][sandbox.application_id]) for change in sandbox.history()] == list(range(1, COUNT + 1))
