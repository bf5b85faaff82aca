# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON schemas of request bodies."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from .scopes import FAMILIES

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

DEVICE_CLASS: Final[dict[str, Any]] = {
    "oneOf": [
        {"type": "string", "enum": list(DEVICE_CLASSES)},
        {"type": "array", "items": {"type": "string", "enum": list(DEVICE_CLASSES)}},
    ]
}
TAG_FILTER: Final = _up_to(
    100, _closed({"key": TAG_KEY, "value": {"type": "string", "minLength": 1, "maxLength": 255}})
)
