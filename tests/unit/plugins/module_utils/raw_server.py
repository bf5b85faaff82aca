# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tiny server that responds with the very bytes a test wants, where the sandbox is too well-behaved."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import parse_headers
from typing import Any, TypeAlias

#: A function that does as it likes with a connection.
Behaviour = Callable[[socket.socket], None]
#: What a connection gets: bytes to send before it is closed, or a behaviour.
Response: TypeAlias = "bytes | Behaviour"

#: Nothing here may hang: a client that goes away, or never comes, ends a connection after these seconds.
_TIMEOUT = 10.0


@dataclass(frozen=True)
class Seen:
    """A request as it arrived. Names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class RawServer(socketserver.ThreadingTCPServer):
    """Gives each connection the next response, and all further ones the last. One request a connection."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, responses: tuple[Response, ...], tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self._responses = responses
        self._tls = tls
        self._connections = 0
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}"

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.settimeout(_TIMEOUT)
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def next_response(self) -> Response:
        response = self._responses[min(self._connections, len(self._responses) - 1)]
        self._connections += 1
        return response

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or does not trust the certificate, is part of the tests."""


class _Handler(socketserver.BaseRequestHandler):
    server: RawServer

    def handle(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        with self.request.makefile("rb") as stream:
            line = stream.readline().decode("latin-1").split()
            if len(line) != 3:
                return
            headers = parse_headers(stream)
            body = stream.read(int(headers.get("Content-Length", 0)))
        lower = {name.lower(): value for name, value in headers.items()}
        self.server.seen.append(Seen(line[0], line[1], lower, body))
        response = self.server.next_response()
        if callable(response):
            response(self.request)
        else:
            self.request.sendall(response)


@contextlib.contextmanager
def serving(*responses: Response, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """A server that runs until the end of the block."""
    with RawServer(responses or (ok(),), tls) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(_TIMEOUT)


def raw(status: int, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    """A response in bytes; ``length`` is what Content-Length says if that differs from the truth."""
    announced = f"Content-Length: {len(body) if length is None else length}"
    lines = [f"HTTP/1.1 {status} Status", "Connection: close", announced, *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def as_json(status: int, data: Any, *headers: str) -> bytes:
    return raw(status, json.dumps(data).encode(), "Content-Type: application/json", *headers)


def ok() -> bytes:
    return as_json(200, {})


def error(status: int, *headers: str) -> bytes:
    """An error as the API words it."""
    return as_json(status, {"type": "SomeError", "message": f"It is {status}"}, *headers)


def reset(connection: socket.socket) -> None:
    """Break the connection off with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang_up(connection: socket.socket) -> None:
    """Close the connection without a response."""


def silence(connection: socket.socket) -> None:
    """Send nothing until the client gives up."""
    connection.recv(1)


def in_pieces(data: bytes, size: int) -> Response:
    """The response in pieces that arrive one by one, for as long as the client takes them."""

    def send(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(data), size):
            connection.sendall(data[start : start + size])

    return send
