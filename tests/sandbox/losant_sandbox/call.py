# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request to the API, read and parsed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import unquote

from aiohttp import web

# The body of a request that sends none, or none that the API would read as JSON.
MISSING: Any = object()

SECRET_PARAMETERS = ("access_token", "jwt")


@dataclass
class Call:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    secret: str | None
    #: Of the client's end of the connection, which is another one for each connection.
    port: int | None = None
    body: Any = MISSING
    text: str = ""
    bad_json: str | None = None
    # Filled in on the way.
    params: dict[str, str] = field(default_factory=dict)
    index: int | None = None

    def value(self, name: str) -> str | None:
        """A query parameter; the last one if it is repeated."""
        values = [value for key, value in self.query if key == name]
        return values[-1] if values else None

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean in the query: `true`, `1` or `yes` are true, empty is the default, all else is false."""
        value = self.value(name)
        if not value:
            return default
        return value in {"true", "1", "yes"}


def _port(request: web.Request) -> int | None:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return int(peer[1]) if peer else None


async def read_call(request: web.Request) -> Call:
    raw = await request.read()
    query = list(request.query.items())
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = Call(
        method=request.method,
        path=_plain_path(request.raw_path),
        query=query,
        headers=headers,
        secret=_secret(query, headers.get("authorization", "")),
        port=_port(request),
        text=raw.decode("utf-8", "replace"),
    )
    if raw and _is_json(headers.get("content-type", "")):
        _read_json(call, raw)
    return call


def _plain_path(raw_path: str) -> str:
    """The path alone; a trailing slash is ignored."""
    return raw_path.partition("?")[0].rstrip("/") or "/"


def segments(path: str) -> list[str]:
    return [unquote(part) for part in path.split("/")[1:]]


def _secret(query: list[tuple[str, str]], authorization: str) -> str | None:
    """The access token; the query wins over the header."""
    given = dict(query)
    for name in SECRET_PARAMETERS:
        if given.get(name):
            return given[name]
    scheme, _space, value = authorization.partition(" ")
    if scheme.lower() in {"bearer", "jwt"} and value.strip():
        return value.strip()
    return None


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _read_json(call: Call, raw: bytes) -> None:
    try:
        call.body = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        call.bad_json = str(error)


def _refuse_constant(name: str) -> NoReturn:
    """Python reads NaN and Infinity; JSON does not have them."""
    raise ValueError(f"Unexpected token {name}")
