# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON schemas of request bodies."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from .scopes import DEVICE_SCOPES, FAMILIES

ID: Final[dict[str, Any]] = {"type": "string", "pattern": r"^[A-Fa-f\d]{24}$"}
TAG_KEY: Final[dict[str, Any]] = {"type": "string", "pattern": r"^[0-9a-zA-Z_-]{1,255}$"}
DEVICE_CLASSES: Final = ("standalone", "gateway", "peripheral", "floating", "edgeCompute", "system", "embedded")

_ROLE: Final = {"type": "string", "enum": ["admin", "edit", "collaborate", "view", "none"]}


def _closed(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object without other properties than these."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _up_to(count: int, items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "maxItems": count, "items": items}


_RESOURCE_ROLE: Final = _closed(
    {"resourceId": ID, "role": {"type": "string", "enum": ["collaborate", "view", "none"]}},
    required=("resourceId", "role"),
)
_ORG_ROLE: Final = _closed(
    {
        "orgId": {"oneOf": [ID, {"type": "string", "enum": ["sandbox"]}]},
        "role": _ROLE,
        "applicationRoles": _up_to(100, _RESOURCE_ROLE),
        "dashboardRoles": _up_to(100, _RESOURCE_ROLE),
    },
    required=("orgId", "role"),
)

# What PATCH takes; POST takes more, and needs a name.
_CHANGEABLE: Final[dict[str, Any]] = {
    "name": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": {"type": "string", "maxLength": 32767},
    "status": {"type": "string", "enum": ["active", "inactive"]},
    "defaultRole": _ROLE,
    "orgRoles": _up_to(25, _ORG_ROLE),
}

TOKEN_PATCH: Final = _closed(_CHANGEABLE)


@cache
def token_post(families: tuple[str, ...]) -> dict[str, Any]:
    """The body that creates a token, with the scopes of these families."""
    return _closed(
        {
            **_CHANGEABLE,
            "expirationDate": {"type": "string", "format": "date-time"},
            "scope": {
                "type": "array",
                "uniqueItems": True,
                # As in the API, one list for each family; it shows in the message of the error.
                "items": {"oneOf": [{"type": "string", "enum": list(FAMILIES[family])} for family in families]},
            },
        },
        required=("name",),
    )


# What POST /auth/user takes.
CREDENTIALS: Final = _closed(
    {
        "email": {"type": "string", "maxLength": 1024},
        "password": {"type": "string", "minLength": 8, "maxLength": 2048},
        "twoFactorCode": {"type": "string", "maxLength": 2048},
        "requestedScopes": {
            "type": "array",
            "uniqueItems": True,
            "items": {"oneOf": [{"type": "string", "enum": list(family)} for family in FAMILIES.values()]},
        },
        "tokenTTL": {"type": "integer", "minimum": 0},
    }
)

_NAME: Final = {"type": "string", "minLength": 1, "maxLength": 255}
_DESCRIPTION: Final = {"type": "string", "maxLength": 32767}
_TAG_VALUE: Final = {"type": "string", "minLength": 1, "maxLength": 255}
_TOPICS: Final = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 1024}}
_ADDRESS_FILTERS: Final = ["all", "whitelist", "blacklist"]
_KEY_CHANGEABLE: Final[dict[str, Any]] = {
    "description": _DESCRIPTION,
    "filterType": {
        "oneOf": [{"type": "string", "enum": _ADDRESS_FILTERS}, {"type": "string", "enum": ["none"]}],
    },
    "pubTopics": _TOPICS,
    "subTopics": _TOPICS,
    "addressFilterType": {"type": "string", "enum": _ADDRESS_FILTERS},
    "addresses": _up_to(100, {"type": "string", "maxLength": 48}),
}
# What creates an access key. Nothing is required.
KEY_POST: Final = _closed(
    {
        "deviceIds": _up_to(1000, ID),
        "deviceTags": _up_to(100, _closed({"key": TAG_KEY, "value": _TAG_VALUE})),
        "name": _NAME,
        **_KEY_CHANGEABLE,
    }
)
KEY_PATCH: Final = _closed(
    {
        "status": {"type": "string", "enum": ["active", "inactive"]},
        "name": {"oneOf": [_NAME, {"type": "null"}]},
        **_KEY_CHANGEABLE,
    }
)
# What POST /auth/device takes.
DEVICE_CREDENTIALS: Final = _closed(
    {
        "deviceId": ID,
        "key": {"type": "string"},
        "secret": {"type": "string"},
        "tokenTTL": {"type": "integer", "minimum": 0},
        "requestedScopes": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "enum": list(DEVICE_SCOPES)},
        },
    },
    required=("deviceId",),
)
_ATTRIBUTE: Final = _closed(
    {
        "name": TAG_KEY,
        "dataType": {"type": "string", "enum": ["string", "number", "gps", "boolean", "blob"]},
        "contentType": {"type": "string", "maxLength": 64},
        "description": _DESCRIPTION,
        "attributeTags": {
            "type": "object",
            "patternProperties": {TAG_KEY["pattern"]: _TAG_VALUE},
            "additionalProperties": False,
        },
        # Only systems have it; its parts are not played here.
        "system": {"type": "object"},
    },
    required=("name", "dataType"),
)
_DEVICE: Final[dict[str, Any]] = {
    "name": _NAME,
    "description": _DESCRIPTION,
    "tags": _up_to(100, _closed({"key": TAG_KEY, "value": _TAG_VALUE}, required=("key", "value"))),
    "attributes": _up_to(256, _ATTRIBUTE),
    "deviceClass": {"type": "string", "enum": list(DEVICE_CLASSES)},
    "gatewayId": ID,
    "parentId": {"oneOf": [ID, {"type": "null"}]},
    "systemInterval": {"type": "integer", "minimum": 5, "maximum": 3600},
    "keepDuplicates": {"type": "boolean"},
}
DEVICE_POST: Final = _closed(_DEVICE, required=("name",))
DEVICE_PATCH: Final = _closed(_DEVICE)

DEVICE_CLASS: Final[dict[str, Any]] = {
    "oneOf": [
        {"type": "string", "enum": list(DEVICE_CLASSES)},
        {"type": "array", "items": {"type": "string", "enum": list(DEVICE_CLASSES)}},
    ]
}
TAG_FILTER: Final = _up_to(
    100, _closed({"key": TAG_KEY, "value": {"type": "string", "minLength": 1, "maxLength": 255}})
)
