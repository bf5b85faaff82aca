# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's own interface under /_sandbox/: no token needed, from this machine only."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import seeding
from .clock import format_time, parse_time
from .views import caller_view, key_view, token_view

if TYPE_CHECKING:
    from .app import Server

PREFIX = "/_sandbox/"
#: Bytes of a body. Ten thousand devices are seeded at a time.
_MAX_BODY = 256 * 1024**2


async def handle(server: Server, request: web.Request) -> web.Response:
    if not _is_local(request.remote):
        return _error(403, "the control interface is for this machine only")
    name = request.path.removeprefix(PREFIX).rstrip("/")
    action = _ACTIONS.get((request.method, name))
    if action is None:
        return _error(404, f"{request.method} {request.path} does not exist")
    try:
        wanted = await request.clone(client_max_size=_MAX_BODY).json() if request.can_read_body else {}
        if not isinstance(wanted, dict):
            raise ValueError("the body must be an object")
        return web.json_response(action(server, wanted))
    except (ValueError, TypeError) as error:
        return _error(400, str(error))


def _is_local(remote: str | None) -> bool:
    return remote is not None and ipaddress.ip_address(remote).is_loopback


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"type": "Sandbox", "message": message}, status=status)


def _reset(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    server.reset()
    return {"success": True}


def _seed(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    return dict(seeding.seed(server.world, wanted))


def _state(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    world = server.world
    applications = world.state.applications.values()
    return {
        "applications": [application.fields for application in applications],
        "instances": [instance.fields for instance in world.state.instances.values()],
        "tokens": [token_view(token, world.switches) for token in world.state.tokens()],
        "access_keys": [key_view(key, world.switches) for app in applications for key in app.keys.values()],
        "devices": [device for application in applications for device in application.devices.values()],
        "callers": [caller_view(caller) for caller in world.state.callers.values()],
    }


def _requests(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    return {"requests": [entry.as_json() for entry in server.world.journal.entries]}


def _clear_requests(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    server.world.journal.clear()
    return {"success": True}


def _history(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    return {"history": [change.as_json() for change in server.world.journal.changes]}


def _add_fault(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    return server.world.faults.add(wanted).as_json()


def _faults(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    return {"faults": server.world.faults.as_json()}


def _clear_faults(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    server.world.faults.clear()
    return {"success": True}


def _switches(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    return server.world.switches.as_json()


def _set_switches(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    server.world.switches.set(wanted)
    server.world.lists.clear()
    return server.world.switches.as_json()


def _clock(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    clock = server.world.clock
    return {"now": format_time(clock.now()), "frozen": clock.frozen}


def _set_clock(server: Server, wanted: dict[str, Any]) -> dict[str, Any]:
    """`now` freezes, `advance` moves on, an empty object returns to real time."""
    unknown = set(wanted) - {"now", "advance"}
    if unknown:
        raise ValueError(f"the clock knows now and advance, not {', '.join(sorted(unknown))}")
    clock = server.world.clock
    if not wanted:
        clock.run_free()
    if "now" in wanted:
        moment = parse_time(str(wanted["now"]))
        if moment is None:
            raise ValueError(f"now must be a time with a zone, not {wanted['now']!r}")
        clock.freeze(moment)
    if "advance" in wanted:
        clock.advance(float(wanted["advance"]))
    return _clock(server, {})


Action = Callable[["Server", dict[str, Any]], dict[str, Any]]

_ACTIONS: dict[tuple[str, str], Action] = {
    ("POST", "reset"): _reset,
    ("POST", "seed"): _seed,
    ("GET", "state"): _state,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
    ("GET", "history"): _history,
    ("POST", "faults"): _add_fault,
    ("GET", "faults"): _faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "switches"): _switches,
    ("PUT", "switches"): _set_switches,
    ("GET", "clock"): _clock,
    ("PUT", "clock"): _set_clock,
}
