# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions the sandbox knows, and the order in which a request is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import applications, devices, tokens
from .auth import authenticate, check_scopes
from .call import Call, segments
from .response import ApiError, Response, method_not_allowed
from .schema import ID
from .state import Token
from .switches import Switches
from .validation import check, check_token_patch, check_token_post
from .world import World

Check = Callable[[Call, Switches], None]
Work = Callable[[World, Call, Token], Response]

_BROAD = ("all.Application", "all.Organization", "all.User")
# The API's router knows no longer part of a path than this.
_LONGEST_SEGMENT = 100


@dataclass(frozen=True)
class Route:
    method: str
    path: tuple[str, ...]
    scopes: frozenset[str]
    check: Check
    work: Work

    def match(self, call: Call, parts: list[str]) -> dict[str, str] | None:
        if call.method != self.method or len(parts) != len(self.path):
            return None
        params = {}
        for pattern, part in zip(self.path, parts, strict=True):
            if pattern.startswith("{") and 0 < len(part) <= _LONGEST_SEGMENT:
                params[pattern.strip("{}")] = part
            elif pattern != part:
                return None
        return params


def _scopes(*kinds: str, action: str, more: tuple[str, ...] = ()) -> frozenset[str]:
    """The broad scopes with these endings, the action, its resource, and more."""
    broad = [scope + kind for scope in _BROAD for kind in kinds]
    return frozenset([*broad, action, f"{action.partition('.')[0]}.*", *more])


def _no_check(call: Call, switches: Switches) -> None:
    """Check nothing but the path."""


def _check_post(call: Call, switches: Switches) -> None:
    check_token_post(call.body, switches)


def _check_patch(call: Call, switches: Switches) -> None:
    check_token_patch(call.body, switches)


_READ = ("", ".bounded", ".read")
_CLI = ("all.Application.cli", "all.User.cli")
_ONLY_ORG = ("only.Organization", "only.Organization.bounded", "only.Organization.read")
_APPLICATION = ("applications", "{applicationId}")
_TOKENS = (*_APPLICATION, "tokens")
_TOKEN = (*_TOKENS, "{apiTokenId}")
_DEVICES = (*_APPLICATION, "devices")
_DEVICE = (*_DEVICES, "{deviceId}")
_DEVICE_SCOPES = ("all.Device", "all.Device.read")

ROUTES = (
    Route(
        "GET", _TOKENS, _scopes(*_READ, action="applicationApiTokens.get"), tokens.LIST_RULES.check, tokens.list_tokens
    ),
    Route("POST", _TOKENS, _scopes("", action="applicationApiTokens.post"), _check_post, tokens.create_token),
    Route("GET", _TOKEN, _scopes(*_READ, action="applicationApiToken.get"), _no_check, tokens.get_token),
    Route("PATCH", _TOKEN, _scopes("", action="applicationApiToken.patch"), _check_patch, tokens.patch_token),
    Route("DELETE", _TOKEN, _scopes("", action="applicationApiToken.delete"), _no_check, tokens.delete_token),
    Route(
        "GET",
        ("applications",),
        # The one list without all.Application: a token of an application can't list applications.
        _scopes(*_READ, action="applications.get", more=("all.User.cli", *_ONLY_ORG))
        - {f"all.Application{kind}" for kind in _READ},
        applications.LIST_RULES.check,
        applications.list_applications,
    ),
    Route(
        "GET",
        _APPLICATION,
        _scopes(*_READ, action="application.get", more=_CLI),
        _no_check,
        applications.get_application,
    ),
    Route(
        "GET",
        _DEVICES,
        _scopes(*_READ, action="devices.get", more=_DEVICE_SCOPES),
        devices.check_list,
        devices.list_devices,
    ),
    # Before the next: the name is no id.
    Route(
        "GET",
        (*_DEVICES, "compositeState"),
        _scopes(*_READ, action="devices.getCompositeState", more=_DEVICE_SCOPES),
        devices.check_states,
        devices.list_states,
    ),
    Route("GET", _DEVICE, _scopes(*_READ, action="device.get", more=_DEVICE_SCOPES), _no_check, devices.get_device),
    Route(
        "GET",
        (*_DEVICE, "compositeState"),
        _scopes(*_READ, action="device.getCompositeState", more=_DEVICE_SCOPES),
        _no_check,
        devices.get_state,
    ),
)


def respond(world: World, call: Call) -> Response:
    try:
        return _work(world, call)
    except ApiError as error:
        return error.response()


def _work(world: World, call: Call) -> Response:
    """Path, then JSON, then validation (400), then the token (401), its scopes (403), then the action (404, ...)."""
    route = _find(call)
    if call.bad_json is not None:
        # The body parser's own error, which bypasses the API's error form: a code and no type.
        return Response(400, {"code": "InvalidContent", "message": f"Invalid JSON: {call.bad_json}"})
    for name, value in call.params.items():
        check(value, ID, name, world.switches)
    route.check(call, world.switches)
    caller = authenticate(world, call)
    check_scopes(caller, route.scopes)
    return route.work(world, call, caller)


def _find(call: Call) -> Route:
    parts = segments(call.path)
    for route in ROUTES:
        params: dict[str, Any] | None = route.match(call, parts)
        if params is not None:
            call.params = params
            return route
    raise method_not_allowed(call.method)
