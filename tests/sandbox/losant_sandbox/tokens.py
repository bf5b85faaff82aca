# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The five actions on an application's API tokens."""

from __future__ import annotations

import unicodedata
from typing import Any

from .auth import application_of
from .call import Call
from .clock import parse_time
from .listing import ListRules, list_body
from .response import ApiError, Response, forbidden, not_found
from .scopes import missing_scopes
from .state import Application, Token
from .validation import refusal
from .views import enveloped, token_view
from .world import World

LIST_RULES = ListRules(
    sort_fields=("name", "status", "id", "creationDate", "lastUpdated", "expirationDate"),
    filter_fields=("name", "status"),
)
_DEFAULT_SCOPE = ["all.Application"]


def list_tokens(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)

    def find() -> list[dict[str, Any]]:
        return [token_view(token, world.switches) for token in application.tokens.values()]

    body = list_body(find, call, caller, world)
    body["items"] = [_entity(world, call, item) for item in body["items"]]
    body |= {"ownerId": application.id, "ownerType": "application"}
    href = f"/applications/{application.id}/tokens"
    return Response(200, enveloped(body, "applicationApiTokens", href, call, world.switches))


def create_token(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)
    body = _kept_body(world, call.body)
    scope = _granted_scope(world, body, caller)
    _check_limit(world, application, body["name"])
    token = _new_token(world, application, body, scope, caller)
    world.state.add_token(token)
    world.changed({application.id}, call.index)
    # The secret is shown here and nowhere else.
    return Response(201, {**_entity(world, call, token_view(token, world.switches)), "token": token.secret})


def get_token(world: World, call: Call, caller: Token) -> Response:
    token = _token_of(world, call, caller)
    return Response(200, _entity(world, call, token_view(token, world.switches)))


def patch_token(world: World, call: Call, caller: Token) -> Response:
    token = _token_of(world, call, caller)
    application_id = token.application_id or ""
    if token.id == caller.id and world.switches.self_patch == "forbid":
        raise forbidden()
    body = _kept_body(world, call.body)
    if "name" in body:
        _check_name(world, world.state.applications[application_id], body["name"], token)
    _apply(token, body)
    if body or world.switches.empty_patch_touches:
        token.updated = max(world.clock.now(), token.created)
    world.changed({application_id}, call.index)
    return Response(200, _entity(world, call, token_view(token, world.switches)))


def delete_token(world: World, call: Call, caller: Token) -> Response:
    token = _token_of(world, call, caller)
    if token.id == caller.id and world.switches.self_delete == "forbid":
        raise forbidden()
    world.state.delete(token.id)
    world.changed({token.application_id or ""}, call.index)
    return Response(200, {"success": True})


def _token_of(world: World, call: Call, caller: Token) -> Token:
    application = application_of(world, call, caller)
    token = application.tokens.get(call.params["apiTokenId"].lower())
    if token is None:
        raise not_found(world.switches.token_not_found_title)
    return token


def _entity(world: World, call: Call, view: dict[str, Any]) -> dict[str, Any]:
    href = f"/applications/{view['ownerId']}/tokens/{view['id']}"
    return enveloped(view, "applicationApiToken", href, call, world.switches)


def _kept_body(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """The body with the name that the server keeps. A name that is nothing but spaces has no characters once trimmed."""
    if "name" not in body or world.switches.names == "exact":
        return body
    if world.switches.names == "normalized":
        return {**body, "name": unicodedata.normalize("NFC", body["name"])}
    name = body["name"].strip()
    if not name:
        raise refusal("apiToken.name has less length than allowed", world.switches)
    return {**body, "name": name}


def _granted_scope(world: World, body: dict[str, Any], caller: Token) -> list[str]:
    scope: list[str] = body.get("scope", _DEFAULT_SCOPE)
    if not scope and world.switches.empty_scope == "default":
        scope = _DEFAULT_SCOPE
    if world.switches.escalation == "forbid" and missing_scopes(caller.scope, scope):
        raise forbidden()
    return list(scope)


def _check_limit(world: World, application: Application, name: str) -> None:
    _check_name(world, application, name, None)
    switches = world.switches
    if switches.token_limit is not None and len(application.tokens) >= switches.token_limit:
        raise ApiError(switches.token_limit_status, switches.token_limit_type, switches.token_limit_message)


def _check_name(world: World, application: Application, name: str, owner: Token | None) -> None:
    """Names are for display and may repeat, unless the switch says otherwise."""
    if world.switches.unique_names and any(
        token.name == name for token in application.tokens.values() if token is not owner
    ):
        raise refusal("apiToken.name must be unique", world.switches)


def _new_token(world: World, application: Application, body: dict[str, Any], scope: list[str], caller: Token) -> Token:
    expires = parse_time(body["expirationDate"], zone_required=False) if "expirationDate" in body else None
    if expires and expires <= world.clock.now() and world.switches.past_expiration == "reject":
        raise refusal("apiToken.expirationDate must be in the future", world.switches)
    token_id, created = world.ids.next(), world.clock.stamp()
    token = Token(
        id=token_id,
        secret=world.secret(token_id, "apiToken", scope, created, expires),
        name=body["name"],
        created=created,
        updated=created,
        scope=scope,
        application_id=application.id,
        expires=expires,
        creator_id=caller.id if caller.subtype == "apiToken" else caller.creator_id,
        creator_type="apiToken" if caller.subtype == "apiToken" else "user",
    )
    _apply(token, body)
    return token


def _apply(token: Token, body: dict[str, Any]) -> None:
    """Set what POST and PATCH have in common."""
    token.name = body.get("name", token.name)
    token.description = body.get("description", token.description)
    token.status = body.get("status", token.status)
    token.more |= {name: body[name] for name in ("defaultRole", "orgRoles") if name in body}
