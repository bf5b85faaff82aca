# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens for tests of the domain, with readable ids and times around a fixed present."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import application

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)
#: The owner of all tokens.
OWNER = application("a" * 24)


def id_of(number: int) -> str:
    return f"{number:024x}"


def token(number: int = 1, name: str = "x", **fields: Any) -> ApiToken:
    """A token that was created a day ago; what is not given is as Losant has it by default."""
    return ApiToken(**{"id": id_of(number), "name": name, "creation_date": NOW - DAY, **fields})


def expired(number: int = 1, name: str = "x", **fields: Any) -> ApiToken:
    """A token that expired a second ago, after a lifetime of ten days."""
    times = {"creation_date": NOW - SECOND - 10 * DAY, "expiration_date": NOW - SECOND}
    return token(number, name, **{**times, **fields})


def superseded(number: int, until: datetime | None, name: str = "x", **fields: Any) -> ApiToken:
    """A token that was replaced, and is kept until then; None for never deleted."""
    suffix = until.strftime("%Y-%m-%dT%H:%M:%SZ") if until else "never"
    return token(number, f"{name} ~superseded:{suffix}", **fields)


def pending(number: int, name: str = "x", nonce: str = "0123456789abcdef", **fields: Any) -> ApiToken:
    """A token whose secret is not delivered yet."""
    return token(number, f"{name} ~pending:{nonce}", **fields)


def secret_of(token_id: str) -> str:
    """A secret that says which token it belongs to, as Losant's do."""
    claims = json.dumps({"sub": token_id, "subtype": "apiToken"}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"
