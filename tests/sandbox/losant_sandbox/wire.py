# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes responses to the connection, complete or damaged by a fault."""

from __future__ import annotations

import json
import socket
import struct
from asyncio import Transport
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from .clock import http_date
from .faults import Fault
from .journal import Entry
from .response import Response
from .world import World

Work = Callable[[], Response]

# What the API's responses carry.
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


def headers(world: World, more: dict[str, str]) -> dict[str, str]:
    """The headers of a response that is sent now; `more` wins."""
    date = {"Date": http_date(world.clock.now())} if world.switches.date_header == "present" else {}
    return {**_HEADERS, **date, **more}


def complete(response: Response, world: World, request: web.Request) -> web.Response:
    """A JSON response, compressed if the client takes gzip; without a body if the status says so."""
    if response.status == HTTPStatus.NO_CONTENT:
        return web.Response(status=response.status, headers=headers(world, response.headers))
    sent = web.Response(
        status=response.status,
        body=_json(response.body),
        headers=headers(world, response.headers),
        content_type=_JSON,
    )
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        sent.enable_compression(web.ContentCoding.gzip)
    return sent


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


async def with_fault(fault: Fault, world: World, request: web.Request, entry: Entry, work: Work) -> web.StreamResponse:
    """The response as the fault has it. `work` does what the request asks for."""
    entry.fault = fault.kind
    if fault.kind == "delay" and not fault.after:
        await world.pause(fault.seconds)
    response = work() if fault.after or fault.kind == "delay" else _without_work(fault)
    if fault.kind == "delay":
        if fault.after:
            await world.pause(fault.seconds)
        return _logged(entry, response.status, complete(response, world, request))
    if fault.kind in ("reset_before", "reset_after"):
        return _reset(request)
    if fault.kind in ("cut", "lie_length"):
        return _broken_off(fault, world, request, entry, response)
    if fault.kind == "drip":
        return await _dripped(fault, world, request, entry, response)
    return _replaced(fault, world, entry, response)


def _logged(entry: Entry, status: int, sent: web.StreamResponse) -> web.StreamResponse:
    entry.status = status
    return sent


def _without_work(fault: Fault) -> Response:
    """What stands for the response of work that was not done."""
    status = fault.status or (500 if fault.kind == "status" else 200)
    return Response(status, _error_body(status) if status >= 400 else {"success": True})


def _error_body(status: int) -> dict[str, str]:
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
    return {"type": _TYPES.get(status, "Error"), "message": phrase}


def _replaced(fault: Fault, world: World, entry: Entry, response: Response) -> web.StreamResponse:
    """Another body, and another status if the fault names one; of kind status, 500 if it names none."""
    status = fault.status or (500 if fault.kind == "status" else response.status)
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
    sent = web.Response(status=status, body=body, headers=headers(world, {"Content-Type": kind, **fault.headers}))
    return _logged(entry, status, sent)


def _transport(request: web.Request) -> Transport:
    if request.transport is None:
        raise ConnectionResetError("the client has disconnected")
    return request.transport


def _reset(request: web.Request) -> web.StreamResponse:
    """Drop the connection with a reset (RST): no lingering, nothing flushed."""
    transport = _transport(request)
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return web.Response()


def _broken_off(
    fault: Fault, world: World, request: web.Request, entry: Entry, response: Response
) -> web.StreamResponse:
    """cut: half of the body. lie_length: all of it, under a wrong Content-Length. Then the connection closes."""
    body = _json(response.body)
    sent = body[: len(body) // 2] if fault.kind == "cut" else body
    length = len(body)
    if fault.kind == "lie_length":
        length = len(body) + 64 if fault.length is None else fault.length
    status = fault.status or response.status
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    head = [f"HTTP/1.1 {status} {phrase}", f"Content-Type: {_JSON}", f"Content-Length: {length}"]
    head += [f"{name}: {value}" for name, value in headers(world, fault.headers).items()]
    transport = _transport(request)
    transport.write("\r\n".join([*head, "", ""]).encode() + sent)
    transport.close()
    return _logged(entry, status, web.Response())


async def _dripped(
    fault: Fault, world: World, request: web.Request, entry: Entry, response: Response
) -> web.StreamResponse:
    """The right response in small pieces, with a pause before each."""
    body = _json(response.body)
    sent = web.StreamResponse(status=response.status, headers=headers(world, fault.headers))
    sent.content_type = _JSON
    sent.content_length = len(body)
    _logged(entry, response.status, sent)
    await sent.prepare(request)
    for start in range(0, len(body), fault.size):
        await world.pause(fault.seconds)
        await sent.write(body[start : start + fault.size])
    await sent.write_eof()
    return sent
