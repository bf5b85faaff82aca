# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds objects to the state directly, as JSON with the API's field names, without the API's checks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .clock import format_time, parse_time
from .jwt import create_key_secret
from .state import APPLICATION_ID, USER_EMAIL, USER_ID, Application, Author, Instance, Key, Token, User
from .views import caller_view, key_view, token_view

if TYPE_CHECKING:
    from .world import World

KINDS = ("applications", "instances", "tokens", "devices", "access_keys", "callers")
_SCOPES = {"application": "all.Application", "user": "all.User", "instance": "all.Instance"}


def seed_first(world: World, owner: Token) -> None:
    """The state after a reset: one application and one user with a token."""
    created = format_time(world.clock.stamp())
    fields = {"id": USER_ID, "userId": USER_ID, "email": USER_EMAIL, "firstName": "Sandbox", "lastName": "User"}
    world.state.users[USER_ID] = User(USER_ID, {**fields, "creationDate": created, "lastUpdated": created})
    _add_application(world, {"id": APPLICATION_ID, "name": "My Application"})
    world.state.add_caller(owner)


def seed(world: World, wanted: dict[str, Any], request: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """Add the given objects and return them, tokens, access keys and callers with their secrets. Raises ValueError."""
    unknown = set(wanted) - set(KINDS)
    if unknown:
        raise ValueError(f"can't seed {', '.join(sorted(unknown))}; the kinds are {', '.join(KINDS)}")
    applications = [_add_application(world, item) for item in _items(wanted, "applications")]
    instances = [_add_instance(world, item) for item in _items(wanted, "instances")]
    tokens = [_add_token(world, item) for item in _items(wanted, "tokens")]
    devices = [_add_device(world, item) for item in _items(wanted, "devices")]
    keys = [_add_key(world, item) for item in _items(wanted, "access_keys")]
    # Devices are in no history.
    world.lists.clear()
    callers = [_add_caller(world, item) for item in _items(wanted, "callers")]
    touched = {item["id"] for item in applications} | {token.owner_id or "" for token in tokens}
    touched |= {key.application_id for key in keys}
    if touched:
        world.changed(touched, request)
    return {
        "applications": applications,
        "instances": instances,
        "tokens": [{**token_view(token, world.switches), "token": token.secret} for token in tokens],
        "devices": devices,
        "access_keys": [{**key_view(key, world.switches), "secret": key.secret} for key in keys],
        "callers": [{**caller_view(caller), "token": caller.secret} for caller in callers],
    }


def _items(wanted: dict[str, Any], kind: str) -> Iterable[dict[str, Any]]:
    items = wanted.get(kind) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError(f"{kind} must be a list of objects")
    return [dict(item) for item in items]


def _id(world: World, item: dict[str, Any]) -> str:
    return str(item.pop("id", None) or world.ids.next()).lower()


def _moment(item: dict[str, Any], name: str) -> datetime | None:
    text = item.pop(name, None)
    if text is None:
        return None
    moment = parse_time(text) if isinstance(text, str) else None
    if moment is None:
        raise ValueError(f"{name} must be a time with a zone, not {text!r}")
    return moment


def _application_id(world: World, item: dict[str, Any]) -> str:
    application_id = str(item.pop("applicationId", APPLICATION_ID))
    if application_id not in world.state.applications:
        raise ValueError(f"application {application_id} does not exist")
    return application_id


def _add_application(world: World, item: dict[str, Any]) -> dict[str, Any]:
    application_id = _id(world, item)
    created = _moment(item, "creationDate") or world.clock.stamp()
    fields = {
        "id": application_id,
        "applicationId": application_id,
        "name": "Application",
        "ownerId": USER_ID,
        "ownerType": "user",
        "creationDate": format_time(created),
        "lastUpdated": format_time(_moment(item, "lastUpdated") or created),
        **item,
    }
    world.state.applications[application_id] = Application(application_id, fields)
    return fields


def _add_instance(world: World, item: dict[str, Any]) -> dict[str, Any]:
    instance_id = _id(world, item)
    created = format_time(_moment(item, "creationDate") or world.clock.stamp())
    fields = {"id": instance_id, "instanceId": instance_id, "name": "Instance", "creationDate": created}
    world.state.instances[instance_id] = Instance(instance_id, {**fields, "lastUpdated": created, **item})
    return world.state.instances[instance_id].fields


def _owner(world: World, item: dict[str, Any]) -> tuple[str, str]:
    """The kind and the id of the owner that `ownerType`, `ownerId` and `applicationId` name."""
    if item.get("ownerType") not in ("user", "instance"):
        return "application", _application_id(world, item)
    kind, owner_id = str(item.pop("ownerType")), str(item.pop("ownerId", USER_ID))
    owner = world.state.owner(owner_id)
    if owner is None or owner.type != kind:
        raise ValueError(f"{kind} {owner_id} does not exist")
    return kind, owner_id


def _token(world: World, item: dict[str, Any], subtype: str, owner_type: str, owner_id: str | None) -> Token:
    token_id = _id(world, item)
    created = _moment(item, "creationDate") or world.clock.stamp()
    expires = _moment(item, "expirationDate")
    scopes = list(item.pop("scope", [_SCOPES["user" if subtype == "user" else owner_type]]))
    return Token(
        id=token_id,
        secret=item.pop("token", None) or world.secret(token_id, subtype, scopes, created, expires),
        name=item.pop("name", "Token"),
        created=created,
        updated=_moment(item, "lastUpdated") or created,
        subtype=subtype,
        scope=scopes,
        status=item.pop("status", "active"),
        owner_type=owner_type,
        owner_id=owner_id,
        description=item.pop("description", None),
        expires=expires,
        creator_id=item.pop("creatorId", USER_ID),
        creator_type=item.pop("creatorType", "user"),
        more=item,
    )


def _add_token(world: World, item: dict[str, Any]) -> Token:
    token = _token(world, item, "apiToken", *_owner(world, item))
    world.state.add_token(token)
    return token


def _add_key(world: World, item: dict[str, Any]) -> Key:
    application_id, key_id = _application_id(world, item), _id(world, item)
    created = _moment(item, "creationDate") or world.clock.stamp()
    key = Key(
        id=key_id,
        key=item.pop("key", None) or str(uuid.uuid4()),
        secret=item.pop("secret", None) or create_key_secret(),
        application_id=application_id,
        created=created,
        updated=_moment(item, "lastUpdated") or created,
        status=item.pop("status", "active"),
        creator=_author(item, "createdBy"),
        updater=_author(item, "lastUpdatedBy"),
        fields=item,
    )
    world.state.applications[application_id].keys[key_id] = key
    return key


def _author(item: dict[str, Any], name: str) -> Author:
    return Author(item.pop(f"{name}Id", USER_ID), item.pop(f"{name}Type", "user"))


def _add_caller(world: World, item: dict[str, Any]) -> Token:
    """An identity to call with that is in no list; bound to an application or another owner if one is given."""
    bound = "applicationId" in item or item.get("ownerType") in ("user", "instance")
    owner_type, owner_id = _owner(world, item) if bound else ("application", None)
    subtype = item.pop("subtype", "apiToken" if bound else "user")
    caller = _token(world, item, subtype, owner_type, owner_id)
    world.state.add_caller(caller)
    return caller


def _ancestry(application: Application, parent_id: str | None) -> dict[str, Any]:
    """The ids of all systems that a device is in. A parent that was seeded before shows its own."""
    if parent_id is None:
        return {}
    parent = application.devices.get(parent_id, {})
    return {"ancestorIds": [*parent.get("ancestorIds", ()), parent_id]}


def _add_device(world: World, item: dict[str, Any]) -> dict[str, Any]:
    application_id = _application_id(world, item)
    device_id = _id(world, item)
    created = _moment(item, "creationDate") or world.clock.stamp()
    device = {
        "id": device_id,
        "deviceId": device_id,
        "applicationId": application_id,
        "name": "Device",
        "tags": [],
        "attributes": [],
        "deviceClass": "standalone",
        "parentId": None,
        **_ancestry(world.state.applications[application_id], item.get("parentId")),
        "creationDate": format_time(created),
        "lastUpdated": format_time(_moment(item, "lastUpdated") or created),
        **item,
    }
    world.state.applications[application_id].devices[device_id] = device
    return device
