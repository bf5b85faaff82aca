# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who the caller is: logging in, `GET /me`, one instance; and what the API says about itself."""

from __future__ import annotations

from typing import Any

from . import schema
from .auth import instance_of, user_of
from .call import Call
from .response import Response, unauthorized
from .state import USER_EMAIL, USER_ID, USER_PASSWORD, Token
from .switches import Switches
from .validation import check
from .views import enveloped
from .world import World

# The version of the API whose facts the sandbox is built from.
API_VERSION = "1.31.0"


def get_index(world: World, call: Call) -> Response:
    """The API's definition of itself; of all its parts, only the version is known here."""
    return Response(200, {"info": {"version": API_VERSION}})


def check_credentials(call: Call, switches: Switches) -> None:
    check(call.body, schema.CREDENTIALS, "credentials", switches)


def log_in(world: World, call: Call) -> Response:
    """A new secret for the user. Its lifetime and the unit of `tokenTTL` are unknown: it never expires here."""
    body: dict[str, Any] = call.body
    if (body.get("email"), body.get("password")) != (USER_EMAIL, USER_PASSWORD):
        raise unauthorized()
    token_id, created = world.ids.next(), world.clock.stamp()
    scope = list(body.get("requestedScopes") or ["all.User"])
    secret = world.secret(token_id, "user", scope, created, None)
    world.state.add_caller(
        Token(id=token_id, secret=secret, name="Login", created=created, updated=created, subtype="user", scope=scope)
    )
    return Response(200, {"userId": USER_ID, "token": secret})


def get_me(world: World, call: Call, caller: Token) -> Response:
    user = user_of(world, call, caller)
    return Response(200, enveloped(user.fields, "me", "/me", call, world.switches))


def get_instance(world: World, call: Call, caller: Token) -> Response:
    instance = instance_of(world, call, caller)
    return Response(200, enveloped(instance.fields, "instance", f"/instances/{instance.id}", call, world.switches))


def get_domain(world: World, call: Call, caller: Token) -> Response:
    """Undocumented. The CLI checks a token and the URL with it."""
    return Response(200, {"appUrl": "https://app.losant.com", "endpointDomain": "onlosant.com"})
