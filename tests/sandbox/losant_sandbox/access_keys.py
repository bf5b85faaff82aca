# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The access keys of an application, and how a device logs in with one."""

from __future__ import annotations

import uuid
from typing import Any

from .auth import application_of
from .call import Call
from .devices import has_tag
from .jwt import create_key_secret
from .listing import ListRules, list_body
from .query import KEY_QUERY, check_query, matches, query_of
from .response import Response, not_found, unauthorized
from .schema import DEVICE_CREDENTIALS, KEY_PATCH, KEY_POST
from .state import Application, Key, Token
from .switches import Switches
from .validation import check, kept_body, refusal
from .views import enveloped, key_view
from .world import World

_RULES = ListRules(
    sort_fields=("key", "status", "id", "creationDate", "lastUpdated", "name"),
    filter_fields=("key", "status", "name"),
    sort_field="creationDate",
    sort_direction="desc",
)
_FILTERS = ("whitelist", "blacklist")


def check_list(call: Call, switches: Switches) -> None:
    _RULES.check(call, switches)
    if call.value("query"):
        check_query(query_of(call, switches), KEY_QUERY, switches)


def list_keys(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)

    def find() -> list[dict[str, Any]]:
        views = [key_view(key, world.switches) for key in application.keys.values()]
        query = query_of(call, world.switches) if call.value("query") else {}
        return [view for view in views if matches(view, query)]

    body = list_body(find, call, caller, world, _RULES, filtered=not call.value("query"))
    body["items"] = [_entity(world, call, item) for item in body["items"]]
    body["applicationId"] = application.id
    return Response(200, enveloped(body, "applicationKeys", _path(application.id), call, world.switches))


def check_post(call: Call, switches: Switches) -> None:
    check(call.body, KEY_POST, "applicationKey", switches)


def create_key(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)
    body = kept_body(call.body, "applicationKey", world.switches)
    _check_fields(application, body, world, None)
    created = world.clock.stamp()
    key = Key(
        id=world.ids.next(),
        key=str(uuid.uuid4()),
        secret=create_key_secret(),
        application_id=application.id,
        created=created,
        updated=created,
        creator=caller.author,
        updater=caller.author,
        fields=dict(body),
    )
    application.keys[key.id] = key
    world.changed({application.id}, call.index)
    # The secret is shown here and nowhere else.
    return Response(201, {**_entity(world, call, key_view(key, world.switches)), "secret": key.secret})


def get_key(world: World, call: Call, caller: Token) -> Response:
    _application, key = _key_of(world, call, caller)
    return Response(200, _entity(world, call, key_view(key, world.switches)))


def check_patch(call: Call, switches: Switches) -> None:
    check(call.body, KEY_PATCH, "applicationKey", switches)


def patch_key(world: World, call: Call, caller: Token) -> Response:
    application, key = _key_of(world, call, caller)
    body = dict(kept_body(call.body, "applicationKey", world.switches))
    _check_fields(application, {**key.fields, **body}, world, key)
    key.status = body.pop("status", key.status)
    key.fields |= body
    if call.body or world.switches.empty_patch_touches:
        key.updated, key.updater = max(world.clock.now(), key.created), caller.author
    world.changed({application.id}, call.index)
    return Response(200, _entity(world, call, key_view(key, world.switches)))


def delete_key(world: World, call: Call, caller: Token) -> Response:
    application, key = _key_of(world, call, caller)
    world.state.delete(key.id)
    world.changed({application.id}, call.index)
    return Response(200, {"success": True})


def check_credentials(call: Call, switches: Switches) -> None:
    check(call.body, DEVICE_CREDENTIALS, "credentials", switches)


def log_in(world: World, call: Call) -> Response:
    """A token for a device, if an active key of its application works for it. What the token can do is not played here."""
    body: dict[str, Any] = call.body
    given = body.get("key"), body.get("secret")
    for application in world.state.applications.values():
        device = application.device(body["deviceId"])
        if device is None:
            continue
        for key in application.keys.values():
            if (key.key, key.secret) == given and _works_for(key, device, world.switches):
                return _authenticated(world, application, device, key, body)
    raise unauthorized()


def _works_for(key: Key, device: dict[str, Any], switches: Switches) -> bool:
    """A key that is not restricted works for every device of its application. A device that is listed needs no tag."""
    if key.status != "active":
        return False
    ids, tags = key.fields.get("deviceIds") or [], key.fields.get("deviceTags") or []
    if not ids and not tags:
        return True
    if device["id"] in [entry.lower() for entry in ids]:
        return True
    found = [has_tag(device, tag) for tag in tags]
    return bool(found) and (all(found) if switches.key_tags == "and" else any(found))


def _authenticated(
    world: World, application: Application, device: dict[str, Any], key: Key, body: dict[str, Any]
) -> Response:
    scope = list(body.get("requestedScopes") or ["all.Device"])
    shown = {
        "applicationId": application.id,
        "deviceId": device["id"],
        "deviceClass": device["deviceClass"],
        "token": world.secret(device["id"], "device", scope, world.clock.stamp(), None),
        "ownerType": application.fields["ownerType"],
        "filterType": key.fields.get("filterType", "all"),
        "pubTopics": key.fields.get("pubTopics", []),
        "subTopics": key.fields.get("subTopics", []),
    }
    return Response(200, shown)


def _check_fields(application: Application, fields: dict[str, Any], world: World, but: Key | None) -> None:
    """What the schema does not say, as the switches have it."""
    switches = world.switches
    name = fields.get("name")
    if (
        switches.unique_key_names
        and name
        and any(key.name == name for key in application.keys.values() if key is not but)
    ):
        raise refusal("applicationKey.name must be unique", switches)
    has_topics = fields.get("pubTopics") or fields.get("subTopics")
    if switches.topics_required and fields.get("filterType") in _FILTERS and not has_topics:
        raise refusal("applicationKey.pubTopics is required", switches)
    if switches.addresses_required and fields.get("addressFilterType") in _FILTERS and not fields.get("addresses"):
        raise refusal("applicationKey.addresses is required", switches)
    unknown = [entry for entry in fields.get("deviceIds") or () if application.device(entry) is None]
    if switches.key_devices == "own" and unknown and but is None:
        raise refusal("applicationKey.deviceIds must be devices of the application", switches)


def _key_of(world: World, call: Call, caller: Token) -> tuple[Application, Key]:
    application = application_of(world, call, caller)
    key = application.keys.get(call.params["applicationKeyId"].lower())
    if key is None:
        raise not_found(world.switches.key_not_found_title)
    return application, key


def _path(application_id: str) -> str:
    return f"/applications/{application_id}/keys"


def _entity(world: World, call: Call, view: dict[str, Any]) -> dict[str, Any]:
    href = f"{_path(view['applicationId'])}/{view['id']}"
    return enveloped(view, "applicationKey", href, call, world.switches)
