# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadResponseError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time, parse_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import PENDING, waiting

#: An id of Losant. Source: the pattern of ``apiTokenId`` and ``applicationId`` in the API's definition.
ID_PATTERN = re.compile(r"[A-Fa-f0-9]{24}", re.ASCII)
#: What Losant grants when a token is created without a scope. Source: Losant's documentation of tokens.
DEFAULT_SCOPE = ("all.Application",)
DEFAULT_STATUS = "active"


@dataclass(frozen=True)
class Token:
    """An API token of an application as Losant shows it. The secret is not part of it.

    ``id`` is empty for a token that is planned and not yet made. An unset field is None.
    """

    id: str
    name: str
    description: str | None = None
    status: str = DEFAULT_STATUS
    scope: tuple[str, ...] = DEFAULT_SCOPE
    expiration_date: datetime | None = None
    creation_date: datetime | None = None
    last_updated: datetime | None = None
    owner_id: str | None = None
    owner_type: str | None = None
    creator_id: str | None = None
    creator_type: str | None = None
    creator_name: str | None = None

    @classmethod
    def from_api(cls, data: t.Mapping[str, t.Any]) -> Token:
        """Read Losant's object. What it does not know is left out, and so is the secret.

        :raises BadResponseError: a field has a type that the API does not promise
        """
        return cls(
            id=_id(data),
            name=_string(data, "name", required=True) or "",
            description=_string(data, "description"),
            status=_string(data, "status") or DEFAULT_STATUS,
            scope=_scope(data),
            expiration_date=_time(data, "expirationDate"),
            creation_date=_time(data, "creationDate"),
            last_updated=_time(data, "lastUpdated"),
            owner_id=_string(data, "ownerId"),
            owner_type=_string(data, "ownerType"),
            creator_id=_string(data, "creatorId"),
            creator_type=_string(data, "creatorType"),
            creator_name=_string(data, "creatorName"),
        )

    def is_expired(self, now: datetime) -> bool:
        """Losant refuses an expired token, but keeps it in the list until someone deletes it."""
        return self.expiration_date is not None and self.expiration_date <= now

    def result(self, now: datetime) -> dict[str, t.Any]:
        """The token as modules return it."""
        return {
            "id": self.id or None,
            "api_token_id": self.id or None,
            "name": self.name,
            "description": self.description or None,
            "status": self.status,
            "scope": list(self.scope),
            "expiration_date": _written(self.expiration_date),
            "expired": self.is_expired(now),
            "superseded": waiting(self.name) is not None,
            "pending": PENDING.fullmatch(self.name) is not None,
            "creation_date": _written(self.creation_date),
            "last_updated": _written(self.last_updated),
            "owner_id": self.owner_id,
            "owner_type": self.owner_type,
            "creator_id": self.creator_id,
            "creator_type": self.creator_type,
            "creator_name": self.creator_name,
        }

    def comparable(self) -> dict[str, t.Any]:
        """The fields that a declaration can name, in a form that is equal when the meaning is."""
        return {
            "name": self.name,
            "description": self.description or "",
            "status": self.status,
            "scope": sorted(set(self.scope)),
            "expiration_date": _written(self.expiration_date),
        }


def _written(when: datetime | None) -> str | None:
    return format_time(when) if when else None


def _wrong(field: str, wanted: str) -> BadResponseError:
    return BadResponseError(f"Losant's answer has an API token whose {field} is not {wanted}. Check api_url.")


def _id(data: t.Mapping[str, t.Any]) -> str:
    value = data.get("id")
    # It becomes part of a path, so it is not taken on trust.
    if not isinstance(value, str) or not ID_PATTERN.fullmatch(value):
        raise _wrong("id", "24 hexadecimal characters")
    return value


def _string(data: t.Mapping[str, t.Any], field: str, *, required: bool = False) -> str | None:
    value = data.get(field)
    if (value is None and not required) or isinstance(value, str):
        return value
    raise _wrong(field, "a text")


def _time(data: t.Mapping[str, t.Any], field: str) -> datetime | None:
    text = _string(data, field)
    try:
        return parse_time(text) if text else None
    except ValueError:
        pass
    raise _wrong(field, "a time with a zone")


def _scope(data: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    value = data.get("scope")
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(scope, str) for scope in value):
        return tuple(value)
    raise _wrong("scope", "a list of texts")
