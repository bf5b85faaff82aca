# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The five actions on API tokens, of an application, of the user or of an instance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .auth import application_of, instance_of, user_of
from .call import Call
from .clock import parse_time
from .listing import ListRules, list_body
from .response import ApiError, Response, forbidden, not_found
from .scopes import FAMILIES, missing_scopes
from .state import Owner, Token
from .switches import Switches
from .validation import kept_body, refusal
from .views import enveloped, token_view
from .world import World

LIST_RULES = ListRules(
    sort_fields=("name", "status", "id", "creationDate", "lastUpdated", "expirationDate"),
    filter_fields=("name", "status"),
)


@dataclass(frozen=True)
class Kind:
    """A kind of owner. `resource`: of one token, in scopes; `families`: of scopes that its tokens take."""

    resource: str
    find: Callable[[World, Call, Token], Owner]
    families: tuple[str, ...]
    broad_scope: str

    def default_scope(self, switches: Switches) -> list[str]:
        return ["all.Application"] if switches.default_scope == "all.Application" else [self.broad_scope]


APPLICATION = Kind("applicationApiToken", application_of, ("application",), "all.Application")
USER = Kind("userApiToken", user_of, tuple(FAMILIES), "all.User")
INSTANCE = Kind("instanceApiToken", instance_of, ("instance",), "all.Instance")


def list_tokens(kind: Kind, world: World, call: Call, caller: Token) -> Response:
    owner = kind.find(world, call, caller)

    def find() -> list[dict[str, Any]]:
        return [token_view(token, world.switches) for token in owner.tokens.values()]

    body = list_body(find, call, caller, world, LIST_RULES)
    body["items"] = [_entity(kind, world, call, item) for item in body["items"]]
    body |= {"ownerId": owner.id, "ownerType": owner.type}
    return Response(200, enveloped(body, f"{kind.resource}s", _path(owner.type, owner.id), call, world.switches))


def create_token(kind: Kind, world: World, call: Call, caller: Token) -> Response:
    owner = kind.find(world, call, caller)
    body = kept_body(call.body, "apiToken", world.switches)
    scope = _granted_scope(kind, world, body, caller)
    _check_limit(world, owner, body["name"])
    token = _new_token(world, owner, body, scope, caller)
    world.state.add_token(token)
    world.changed({owner.id}, call.index)
    # The secret is shown here and nowhere else.
    return Response(201, {**_entity(kind, world, call, token_view(token, world.switches)), "token": token.secret})


def get_token(kind: Kind, world: World, call: Call, caller: Token) -> Response:
    _owner, token = _token_of(kind, world, call, caller)
    return Response(200, _entity(kind, world, call, token_view(token, world.switches)))


def patch_token(kind: Kind, world: World, call: Call, caller: Token) -> Response:
    owner, token = _token_of(kind, world, call, caller)
    if token.id == caller.id and world.switches.self_patch == "forbid":
        raise forbidden()
    body = kept_body(call.body, "apiToken", world.switches)
    if "name" in body:
        _check_name(world, owner, body["name"], token)
    _apply(token, body)
    if body or world.switches.empty_patch_touches:
        token.updated = max(world.clock.now(), token.created)
    world.changed({owner.id}, call.index)
    return Response(200, _entity(kind, world, call, token_view(token, world.switches)))


def delete_token(kind: Kind, world: World, call: Call, caller: Token) -> Response:
    owner, token = _token_of(kind, world, call, caller)
    if token.id == caller.id and world.switches.self_delete == "forbid":
        raise forbidden()
    world.state.delete(token.id)
    world.changed({owner.id}, call.index)
    return Response(200, {"success": True})


def _token_of(kind: Kind, world: World, call: Call, caller: Token) -> tuple[Owner, Token]:
    owner = kind.find(world, call, caller)
    token = owner.tokens.get(call.params["apiTokenId"].lower())
    if token is None:
        raise not_found(world.switches.token_not_found_title)
    return owner, token


def _path(owner_type: str, owner_id: str) -> str:
    return "/me/tokens" if owner_type == "user" else f"/{owner_type}s/{owner_id}/tokens"


def _entity(kind: Kind, world: World, call: Call, view: dict[str, Any]) -> dict[str, Any]:
    href = f"{_path(view['ownerType'], view['ownerId'])}/{view['id']}"
    return enveloped(view, kind.resource, href, call, world.switches)


def _granted_scope(kind: Kind, world: World, body: dict[str, Any], caller: Token) -> list[str]:
    scope: list[str] = body.get("scope", kind.default_scope(world.switches))
    if not scope and world.switches.empty_scope == "default":
        scope = kind.default_scope(world.switches)
    if world.switches.escalation == "forbid" and missing_scopes(caller.scope, scope):
        raise forbidden()
    return list(scope)


def _check_limit(world: World, owner: Owner, name: str) -> None:
    _check_name(world, owner, name, None)
    switches = world.switches
    if switches.token_limit is not None and len(owner.tokens) >= switches.token_limit:
        raise ApiError(switches.token_limit_status, switches.token_limit_type, switches.token_limit_message)


def _check_name(world: World, owner: Owner, name: str, but: Token | None) -> None:
    """Names are for display and may repeat, unless the switch says otherwise."""
    if world.switches.unique_names and any(token.name == name for token in owner.tokens.values() if token is not but):
        raise refusal("apiToken.name must be unique", world.switches)


def _new_token(world: World, owner: Owner, body: dict[str, Any], scope: list[str], caller: Token) -> Token:
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
        owner_type=owner.type,
        owner_id=owner.id,
        expires=expires,
        creator_id=caller.author.id,
        creator_type=caller.author.type,
    )
    _apply(token, body)
    return token


def _apply(token: Token, body: dict[str, Any]) -> None:
    """Set what POST and PATCH have in common."""
    token.name = body.get("name", token.name)
    token.description = body.get("description", token.description)
    token.status = body.get("status", token.status)
    token.more |= {name: body[name] for name in ("defaultRole", "orgRoles") if name in body}
