# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The actions the sandbox knows, and the order in which a request is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import access_keys, accounts, applications, devices, tokens
from .auth import authenticate, check_scopes
from .call import Call, segments
from .response import ApiError, Response, forbidden, method_not_allowed, preflight
from .schema import ID
from .state import Token
from .switches import Switches
from .validation import check, check_token_patch, check_token_post
from .world import World

Check = Callable[[Call, Switches], None]
Work = Callable[[World, Call, Token], Response]

# The subtype of tokens of OAuth clients; how the API names them is not known.
OAUTH = "oauthToken"
_BROAD = ("all.Application", "all.Organization", "all.User")
# The API's router knows no longer part of a path than this.
_LONGEST_SEGMENT = 100


@dataclass(frozen=True)
class Route:
    method: str
    path: tuple[str, ...]
    #: None: any token will do.
    scopes: frozenset[str] | None
    check: Check
    work: Work
    #: Whether tokens of OAuth clients are refused.
    denies_oauth: bool = False


@dataclass(frozen=True)
class OpenRoute:
    """An action that needs no token."""

    method: str
    path: tuple[str, ...]
    check: Check
    work: Callable[[World, Call], Response]


def _match(path: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    """What stands for the parameters of a path, if it is that one."""
    if len(parts) != len(path):
        return None
    params = {}
    for pattern, part in zip(path, parts, strict=True):
        if pattern.startswith("{") and 0 < len(part) <= _LONGEST_SEGMENT:
            params[pattern.strip("{}")] = part
        elif pattern != part:
            return None
    return params


def _scopes(*kinds: str, action: str, more: tuple[str, ...] = (), families: tuple[str, ...] = _BROAD) -> frozenset[str]:
    """The broad scopes with these endings, the action, its resource, and more."""
    broad = [scope + kind for scope in families for kind in kinds]
    return frozenset([*broad, action, f"{action.partition('.')[0]}.*", *more])


def _no_check(call: Call, switches: Switches) -> None:
    """Check nothing but the path."""


def _check_patch(call: Call, switches: Switches) -> None:
    check_token_patch(call.body, switches)


_READ = ("", ".bounded", ".read")
# Writes to devices and access keys.
_WRITE = ("", ".bounded")
_CLI = ("all.Application.cli", "all.User.cli")
_ONLY_ORG = ("only.Organization", "only.Organization.bounded", "only.Organization.read")
_APPLICATION = ("applications", "{applicationId}")
_ME = ("me",)
_INSTANCE = ("instances", "{instanceId}")
_USER_SCOPES = ("all.User", "only.User")
_INSTANCE_SCOPES = ("all.Instance", "all.User")
_DEVICES = (*_APPLICATION, "devices")
_DEVICE = (*_DEVICES, "{deviceId}")
_KEYS = (*_APPLICATION, "keys")
_KEY = (*_KEYS, "{applicationKeyId}")
_DEVICE_SCOPES = ("all.Device", "all.Device.read")


def _token_routes(
    kind: tokens.Kind, path: tuple[str, ...], families: tuple[str, ...], *, denies_oauth: bool
) -> tuple[Route, ...]:
    """The five actions on the tokens of one kind of owner."""
    of_list, of_one = (*path, "tokens"), (*path, "tokens", "{apiTokenId}")

    def check_post(call: Call, switches: Switches) -> None:
        check_token_post(call.body, kind.families, switches)

    def scopes(action: str, *kinds: str) -> frozenset[str]:
        return _scopes(*kinds, action=f"{kind.resource}{action}", families=families)

    def work(action: Callable[..., Response]) -> Work:
        return partial(action, kind)

    check_list = tokens.LIST_RULES.check
    return (
        Route("GET", of_list, scopes("s.get", *_READ), check_list, work(tokens.list_tokens)),
        Route("POST", of_list, scopes("s.post", ""), check_post, work(tokens.create_token), denies_oauth),
        Route("GET", of_one, scopes(".get", *_READ), _no_check, work(tokens.get_token)),
        Route("PATCH", of_one, scopes(".patch", ""), _check_patch, work(tokens.patch_token), denies_oauth),
        Route("DELETE", of_one, scopes(".delete", ""), _no_check, work(tokens.delete_token), denies_oauth),
    )


ROUTES: tuple[Route | OpenRoute, ...] = (
    OpenRoute("GET", ("",), _no_check, accounts.get_index),
    OpenRoute("POST", ("auth", "user"), accounts.check_credentials, accounts.log_in),
    Route("GET", ("whitelabels", "domain"), None, _no_check, accounts.get_domain),
    *_token_routes(tokens.APPLICATION, _APPLICATION, _BROAD, denies_oauth=False),
    *_token_routes(tokens.USER, _ME, _USER_SCOPES, denies_oauth=True),
    *_token_routes(tokens.INSTANCE, _INSTANCE, _INSTANCE_SCOPES, denies_oauth=False),
    Route("GET", _ME, _scopes(*_READ, action="me.get", families=_USER_SCOPES), _no_check, accounts.get_me),
    Route(
        "GET",
        _INSTANCE,
        _scopes(*_READ, action="instance.get", families=_INSTANCE_SCOPES),
        _no_check,
        accounts.get_instance,
    ),
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
    Route("POST", _DEVICES, _scopes(*_WRITE, action="devices.post"), devices.check_post, devices.create_device),
    Route("PATCH", _DEVICE, _scopes(*_WRITE, action="device.patch"), devices.check_patch, devices.patch_device),
    Route("DELETE", _DEVICE, _scopes(*_WRITE, action="device.delete"), _no_check, devices.delete_device),
    Route("GET", _KEYS, _scopes(*_READ, action="applicationKeys.get"), access_keys.check_list, access_keys.list_keys),
    Route(
        "POST", _KEYS, _scopes(*_WRITE, action="applicationKeys.post"), access_keys.check_post, access_keys.create_key
    ),
    Route("GET", _KEY, _scopes(*_READ, action="applicationKey.get"), _no_check, access_keys.get_key),
    Route(
        "PATCH", _KEY, _scopes(*_WRITE, action="applicationKey.patch"), access_keys.check_patch, access_keys.patch_key
    ),
    Route("DELETE", _KEY, _scopes(*_WRITE, action="applicationKey.delete"), _no_check, access_keys.delete_key),
    OpenRoute("POST", ("auth", "device"), access_keys.check_credentials, access_keys.log_in),
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
    """OPTIONS first. Path, then JSON, then validation (400), then the token (401), its scopes (403), then the action (404, ...)."""
    if call.method == "OPTIONS":
        return preflight()
    route = _find(call)
    if call.bad_json is not None:
        # The body parser's own error, which bypasses the API's error form: a code and no type.
        return Response(400, {"code": "InvalidContent", "message": f"Invalid JSON: {call.bad_json}"})
    for name, value in call.params.items():
        check(value, ID, name, world.switches)
    route.check(call, world.switches)
    if isinstance(route, OpenRoute):
        return route.work(world, call)
    caller = authenticate(world, call)
    if route.scopes is not None:
        check_scopes(caller, route.scopes)
    if route.denies_oauth and caller.subtype == OAUTH:
        raise forbidden()
    return route.work(world, call, caller)


def _find(call: Call) -> Route | OpenRoute:
    parts = segments(call.path)
    for route in ROUTES:
        params = _match(route.path, parts) if route.method == call.method else None
        if params is not None:
            call.params = params
            return route
    raise method_not_allowed(call.method)
