# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls, and what they are allowed to do. Order as in the API's framework: the token (401), then its scopes (403)."""

from __future__ import annotations

from .call import Call
from .response import ApiError, forbidden, refused, unauthorized
from .state import USER_ID, Application, Instance, Token, User
from .world import World


def authenticate(world: World, call: Call) -> Token:
    if call.secret is None:
        # No token at all passes the decoder and has no scopes: 403, not 401.
        raise forbidden()
    token = world.state.by_secret(call.secret)
    if token is None:
        raise unauthorized("Invalid access token")
    # A JSON Web Token holds its own expiration, so that comes before what the store says.
    if token.expired(world.clock.now()):
        raise unauthorized("Access token has expired")
    if token.deleted:
        raise _rejected(world.switches.deleted_token_status)
    if token.status != "active":
        raise _rejected(world.switches.inactive_token_status)
    return token


def _rejected(status: int) -> ApiError:
    return forbidden() if status == 403 else unauthorized()


def check_scopes(token: Token, accepted: frozenset[str]) -> None:
    if accepted.isdisjoint(token.scope):
        raise forbidden()


def application_of(world: World, call: Call, caller: Token) -> Application:
    """The application in the path, if it exists and is within the caller's reach."""
    application_id = call.params["applicationId"].lower()
    application = world.state.applications.get(application_id)
    if caller.owner_type == "instance":
        # Whatever its scopes: it reaches no applications.
        raise forbidden()
    if application is None:
        raise world.no_application(foreign=False)
    if caller.application_id not in (None, application_id):
        raise world.no_application(foreign=True)
    return application


def user_of(world: World, call: Call, caller: Token) -> User:
    """The user that calls. A token of an application or an instance belongs to none, whatever its scopes."""
    if caller.subtype == "apiToken" and caller.owner_type != "user":
        raise forbidden()
    return world.state.users[USER_ID]


def instance_of(world: World, call: Call, caller: Token) -> Instance:
    """The instance in the path: for its own tokens, and for the user, who manages every instance here."""
    instance = world.state.instances.get(call.params["instanceId"].lower())
    foreign = caller.owner_type == "instance" and instance is not None and caller.owner_id != instance.id
    if instance is None or foreign:
        raise refused(world.switches.unknown_instance_status, "Instance")
    if caller.application_id is not None:
        raise forbidden()
    return instance
