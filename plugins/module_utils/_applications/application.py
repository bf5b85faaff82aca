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
from ansible_collections.losant.platform.plugins.module_utils._common.values import read_id, read_string, read_time

_HUMP = re.compile(r"(?<=[a-z0-9])[A-Z]")


def _read_summary(value: t.Any) -> dict[str, t.Any]:
    """The counts under snake_case names. Some are objects of counts."""
    if not isinstance(value, dict):
        raise ValueError
    return {
        _HUMP.sub(lambda hump: f"_{hump.group()}", str(name)).lower(): _read_summary(count)
        if isinstance(count, dict)
        else count
        for name, count in value.items()
    }


#: Each field with its name in Losant's objects. Others are left out: ``archiveConfig`` and ``globals`` can hold secrets.
#: Source: the schema application.
_FIELDS: tuple[tuple[str, str, t.Callable[[t.Any], t.Any]], ...] = (
    ("id", "id", read_id),
    ("name", "name", read_string),
    ("description", "description", read_string),
    ("owner_id", "ownerId", read_string),
    ("owner_type", "ownerType", read_string),
    ("organization_name", "organizationName", read_string),
    ("endpoint_slug", "endpointSlug", read_string),
    ("creation_date", "creationDate", read_time),
    ("last_updated", "lastUpdated", read_time),
    ("summary", "summary", _read_summary),
)


@dataclass(frozen=True)
class Application:
    """An application as Losant shows it. A field that is not set is None.

    ``summary``: how many API tokens, devices and so on it has, ``{"api_token_count": 4}``.
    """

    id: str
    name: str
    description: str | None = None
    owner_id: str | None = None
    owner_type: str | None = None
    organization_name: str | None = None
    endpoint_slug: str | None = None
    creation_date: datetime | None = None
    last_updated: datetime | None = None
    summary: t.Mapping[str, t.Any] | None = None

    @classmethod
    def from_api(cls, data: t.Mapping[str, t.Any]) -> Application:
        """Read Losant's object.

        :raises BadResponseError: a field has a type that the API does not promise
        """
        values: dict[str, t.Any] = {}
        for field, api_name, read in _FIELDS:
            value = data.get(api_name)
            try:
                values[field] = None if value is None else read(value)
            except ValueError:
                raise _unexpected(api_name) from None
        for required in ("id", "name"):
            if values[required] is None:
                raise _unexpected(required)
        return cls(**values)

    @property
    def label(self) -> str:
        """The application as lists in messages show it."""
        organization = f" of organization {self.organization_name!r}" if self.organization_name else ""
        return f"{self.id}{organization}"


def _unexpected(field: str) -> BadResponseError:
    return BadResponseError(
        f"Losant's response has an application whose {field} is not what the API promises. Check api_url."
    )
