# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET /applications and GET /applications/{applicationId}."""

from __future__ import annotations

from typing import Any, Final

from .auth import application_of
from .call import Call
from .listing import ListRules, list_body
from .response import Response, forbidden
from .state import Application, Token
from .views import enveloped
from .world import World

LIST_RULES = ListRules(
    sort_fields=("name", "id", "creationDate", "ownerId", "lastUpdated"),
    filter_fields=("name",),
)
# What the API counts beside tokens and devices; none of it exists here.
_KINDS: Final = (
    "certificate certificateAuthority credential dash dataTable deviceRecipe event experienceDomain experienceEndpoint "
    "experienceGroup experienceSlug experienceUser experienceVersion experienceView file flow integration key notebook "
    "privateFile resourceJob webhook"
)
_NOT_COUNTED = tuple(f"{kind}Count" for kind in _KINDS.split())


def list_applications(world: World, call: Call, caller: Token) -> Response:
    if caller.subtype == "apiToken" and caller.owner_type != "user":
        # A token of an application sees only that, one of an instance none, and this list is not open to them.
        raise forbidden()

    def find() -> list[dict[str, Any]]:
        return [_view(item, call) for item in world.state.applications.values() if _matches(item, call, caller)]

    body = list_body(find, call, caller, world, LIST_RULES)
    body["items"] = [_entity(world, call, item) for item in body["items"]]
    return Response(200, enveloped(body, "applications", "/applications", call, world.switches))


def get_application(world: World, call: Call, caller: Token) -> Response:
    application = application_of(world, call, caller)
    return Response(200, _entity(world, call, _view(application, call)))


def _matches(application: Application, call: Call, caller: Token) -> bool:
    """orgId: absent means all, empty the caller's own sandbox, an id that organization."""
    if caller.application_id not in (None, application.id):
        return False
    org_id = call.value("orgId")
    owner = application.fields["ownerType"], application.fields["ownerId"]
    if org_id is None:
        return True
    return owner[0] == "user" if org_id == "" else owner == ("organization", org_id)


def _view(application: Application, call: Call) -> dict[str, Any]:
    summary = {
        "apiTokenCount": len(application.tokens),
        "deviceCount": sum(1 for device in application.devices.values() if not device.get("deletedAt")),
        **dict.fromkeys(_NOT_COUNTED, 0),
    }
    include, exclude = call.value("summaryInclude"), call.value("summaryExclude")
    if include:
        summary = {name: count for name, count in summary.items() if name in include.split(",")}
    if exclude:
        summary = {name: count for name, count in summary.items() if name not in exclude.split(",")}
    return {**application.fields, "summary": summary}


def _entity(world: World, call: Call, view: dict[str, Any]) -> dict[str, Any]:
    return enveloped(view, "application", f"/applications/{view['id']}", call, world.switches)
