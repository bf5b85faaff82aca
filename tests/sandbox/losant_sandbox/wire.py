# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes answers to the connection, whole or spoiled."""

from __future__ import annotations

import json
import socket
import struct
from asyncio import Transport
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from .answer import Answer
from .faults import Fault
from .journal import Entry
from .world import World

Work = Callable[[], Answer]

# What the API's answers carry.
_HEADERS = {
    "Server": "Losant API",
    "Pragma": "no-cache",
    "Cache-Control": "no-cache, no-store, must-revalidate",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
}
_JSON = "application/json"
_HTML = "<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Not the API</h1></body></html>\n"
_TYPES = {
    400: "Validation",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
}


def whole(answer: Answer, request: web.Request) -> web.Response:
    """A JSON answer, compressed if the client takes gzip."""
    response = web.Response(
        status=answer.status, body=_json(answer.body), headers={**_HEADERS, **answer.headers}, content_type=_JSON
    )
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.enable_compression(web.ContentCoding.gzip)
    return response


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


async def spoiled(fault: Fault, world: World, request: web.Request, entry: Entry, work: Work) -> web.StreamResponse:
    """The answer as the fault has it. `work` does what the request asks for."""
    entry.fault = fault.kind
    if fault.kind == "delay" and not fault.after:
        await world.pause(fault.seconds)
    answer = work() if fault.after or fault.kind == "delay" else _made_up(fault)
    if fault.kind == "delay":
        if fault.after:
            await world.pause(fault.seconds)
        return _sent(entry, answer.status, whole(answer, request))
    if fault.kind in ("reset_before", "reset_after"):
        return _reset(request)
    if fault.kind in ("cut", "lie_length"):
        return _broken_off(fault, request, entry, answer)
    if fault.kind == "drip":
        return await _dripped(fault, world, request, entry, answer)
    return _replaced(fault, entry, answer)


def _sent(entry: Entry, status: int, response: web.StreamResponse) -> web.StreamResponse:
    entry.status = status
    return response


def _made_up(fault: Fault) -> Answer:
    """What stands for the answer of work that was not done."""
    status = fault.status or (500 if fault.kind == "status" else 200)
    return Answer(status, _error_body(status) if status >= 400 else {"success": True})


def _error_body(status: int) -> dict[str, str]:
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    return {"type": _TYPES.get(status, "Error"), "message": phrase}


def _replaced(fault: Fault, entry: Entry, answer: Answer) -> web.StreamResponse:
    """Another body, and another status if the fault names one; of kind status, 500 if it names none."""
    status = fault.status or (500 if fault.kind == "status" else answer.status)
    kind = _JSON
    body: bytes
    if fault.kind == "not_json":
        body, kind = (fault.body or _HTML).encode(), "text/html"
    elif fault.kind == "empty":
        body = b""
    elif fault.kind == "not_object":
        body = _json(["not", "an", "object"] if fault.body is None else fault.body)
    else:
        body = _json(_error_body(status) if fault.body is None else fault.body)
    headers = {**_HEADERS, "Content-Type": kind, **fault.headers}
    response = web.Response(status=status, body=body, headers=headers)
    return _sent(entry, status, response)


def _transport(request: web.Request) -> Transport:
    if request.transport is None:
        raise ConnectionResetError("the client has gone")
    return request.transport


def _reset(request: web.Request) -> web.StreamResponse:
    """Drop the connection with a reset (RST): no lingering, nothing flushed."""
    transport = _transport(request)
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return web.Response()


def _broken_off(fault: Fault, request: web.Request, entry: Entry, answer: Answer) -> web.StreamResponse:
    """cut: half of the body. lie_length: all of it, under a wrong Content-Length. Then the connection closes."""
    body = _json(answer.body)
    sent = body[: len(body) // 2] if fault.kind == "cut" else body
    length = len(body)
    if fault.kind == "lie_length":
        length = len(body) + 64 if fault.length is None else fault.length
    status = fault.status or answer.status
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    head = [f"HTTP/1.1 {status} {phrase}", f"Content-Type: {_JSON}", f"Content-Length: {length}"]
    head += [f"{name}: {value}" for name, value in {**_HEADERS, **fault.headers}.items()]
    transport = _transport(request)
    transport.write("\r\n".join([*head, "", ""]).encode() + sent)
    transport.close()
    return _sent(entry, status, web.Response())


async def _dripped(
    fault: Fault, world: World, request: web.Request, entry: Entry, answer: Answer
) -> web.StreamResponse:
    """The right answer in small pieces, with a pause before each."""
    body = _json(answer.body)
    response = web.StreamResponse(status=answer.status, headers={**_HEADERS, **fault.headers})
    response.content_type = _JSON
    response.content_length = len(body)
    _sent(entry, answer.status, response)
    await response.prepare(request)
    for start in range(0, len(body), fault.size):
        await world.pause(fault.seconds)
        await response.write(body[start : start + fault.size])
    await response.write_eof()
    return response
