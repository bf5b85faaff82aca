# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web application: reads a request, does the work in one go, and responds."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from . import control, routes, seeding, wire
from .call import Call, read_call
from .jwt import create_secret
from .response import Response
from .state import USER_ID, Token
from .world import World

_ISSUER = "api.losant.com"
_OWNER_ID = "575ec7417ae143cd83dc4a96"


class Server:
    """Holds the world of the moment. All work is done between two awaits, so that every change is atomic."""

    def __init__(self) -> None:
        # The first user's secret outlives a reset: it is in the ready file.
        started = datetime.now(UTC)
        scope = ["all.User"]
        self.access_token = create_secret(_OWNER_ID, "user", scope, _ISSUER, started, None)
        self._started = started
        self.world = self._new_world()

    def _new_world(self) -> World:
        owner = Token(
            id=_OWNER_ID,
            secret=self.access_token,
            name="Sandbox user",
            created=self._started,
            updated=self._started,
            subtype="user",
            scope=["all.User"],
            creator_id=USER_ID,
        )
        return World(owner, _ISSUER)

    def reset(self) -> None:
        """Start again. Requests that still wait in a fault finish in the old world and change nothing here."""
        self.world.end()
        self.world = self._new_world()

    def application(self) -> web.Application:
        application = web.Application(client_max_size=1024**2)
        application.router.add_route("*", "/{path:.*}", self._handle)
        application.on_response_prepare.append(self._remove_date)
        application.on_shutdown.append(self._shut_down)
        return application

    async def _shut_down(self, application: web.Application) -> None:
        self.world.end()

    async def _remove_date(self, request: web.Request, response: web.StreamResponse) -> None:
        """Send no Date if that is switched off: the web server adds the machine's where there is none."""
        if self.world.switches.date_header == "absent":
            response.headers.popall("Date", None)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith(control.PREFIX):
            response = await control.handle(self, request)
            response.headers.update(wire.headers(self.world, {}))
            return response
        world = self.world
        try:
            call = await read_call(request)
        except web.HTTPRequestEntityTooLarge as error:
            return wire.complete(Response(413, {"code": "PayloadTooLarge", "message": error.text}), world, request)
        return await _respond(world, call, request)


async def _respond(world: World, call: Call, request: web.Request) -> web.StreamResponse:
    entry = world.journal.add(call, world.state)
    for mutation in world.faults.mutations(call):
        _mutate(world, mutation.create, mutation.seed, mutation.delete, entry.index)
    fault = world.faults.next(call)
    if fault is not None:
        return await wire.with_fault(fault, world, request, entry, lambda: routes.respond(world, call))
    response = routes.respond(world, call)
    entry.status = response.status
    return wire.complete(response, world, request)


def _mutate(
    world: World, create: list[dict[str, object]], seed: dict[str, object], delete: list[str], index: int
) -> None:
    """Change the state as somebody else would in the meantime."""
    if create:
        seeding.seed(world, {"tokens": create}, index)
    if seed:
        seeding.seed(world, dict(seed), index)
    touched = {owner_id for item in delete if (owner_id := world.state.delete(item)) is not None}
    if touched:
        world.changed(touched, index)
