# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How objects look in responses. None of these shows a secret."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .call import Call
from .clock import format_time
from .state import Key, Token
from .switches import Switches


def token_view(token: Token, switches: Switches) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": token.id,
        "apiTokenId": token.id,
        "ownerId": token.owner_id,
        "ownerType": token.owner_type,
        "creatorId": token.creator_id,
        "creatorType": token.creator_type,
        "name": token.name,
        "creationDate": format_time(token.created),
        "lastUpdated": format_time(token.updated),
        "scope": list(token.scope),
        "status": token.status,
        **token.more,
    }
    optional = {
        "description": token.description,
        "expirationDate": format_time(token.expires) if token.expires else None,
    }
    for name, value in optional.items():
        if value is not None or switches.unset_fields == "null":
            view[name] = value
    return view


# What the fields of an access key stand for that nobody set.
_KEY_DEFAULTS: dict[str, Any] = {
    "filterType": "all",
    "addressFilterType": "all",
    **{name: [] for name in ("deviceIds", "deviceTags", "pubTopics", "subTopics", "addresses")},
}


def key_view(key: Key, switches: Switches) -> dict[str, Any]:
    view: dict[str, Any] = {
        "id": key.id,
        "applicationKeyId": key.id,
        "applicationId": key.application_id,
        "creationDate": format_time(key.created),
        "createdById": key.creator.id,
        "createdByType": key.creator.type,
        "lastUpdated": format_time(key.updated),
        "lastUpdatedById": key.updater.id,
        "lastUpdatedByType": key.updater.type,
        "key": key.key,
        "status": key.status,
    }
    defaults = _KEY_DEFAULTS if switches.key_defaults == "shown" else {}
    fields = {**dict.fromkeys(("name", "description", *_KEY_DEFAULTS)), **defaults, **key.fields}
    return view | {
        name: value for name, value in fields.items() if value is not None or switches.unset_fields == "null"
    }


def caller_view(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "subtype": token.subtype,
        "scope": list(token.scope),
        "status": token.status,
        "applicationId": token.application_id,
        "expirationDate": format_time(token.expires) if token.expires else None,
    }


def enveloped(body: dict[str, Any], kind: str, href: str, call: Call, switches: Switches) -> dict[str, Any]:
    """Add what every response carries; the query's flags decide on part of it, and all are on when not given."""
    more: dict[str, Any] = {}
    if switches.envelope_type:
        more["_type"] = kind
    if switches.envelope_etag:
        text = json.dumps(body, sort_keys=True)
        more["_etag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    if switches.envelope_links and call.flag("_links", True):
        more["_links"] = {"self": {"href": href}}
    if call.flag("_actions", True):
        more["_actions"] = []
    if call.flag("_embedded", True):
        more["_embedded"] = {}
    return {**body, **more}
