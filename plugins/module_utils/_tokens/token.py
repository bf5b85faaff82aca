# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadResponseError

from .fields import DECLARABLE, DEFAULT_SCOPE, DEFAULT_STATUS, fields_of
from .roles import OrgRole


@dataclass(frozen=True)
class Token:
    """An API token as Losant shows it. The secret is not part of it.

    ``id`` is empty for a token that is planned and does not exist yet. A field that is not set is None.
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
    default_role: str | None = None
    org_roles: tuple[OrgRole, ...] | None = None

    @classmethod
    def from_api(cls, data: t.Mapping[str, t.Any], owner_type: str = "application") -> Token:
        """Read Losant's object. Properties that are not among the fields are left out, and so is the secret.

        :param owner_type: the kind of the owner whose token it is
        :raises BadResponseError: a field has a type that the API does not promise
        """
        values = {}
        for field in fields_of(owner_type):
            try:
                values[field.option] = field.read(data)
            except ValueError:
                raise _unexpected(field.api_name, field.kind.wanted) from None
        for required in ("id", "name"):
            if values[required] is None:
                raise _unexpected(required, "set")
        return cls(**values)

    @property
    def label(self) -> str:
        """The token as messages name it."""
        return f"API token {self.name!r} ({self.id or 'new'})"

    def is_expired(self, now: datetime) -> bool:
        """Whether Losant refuses the token because of its age. It stays in the list until someone deletes it."""
        return self.expiration_date is not None and self.expiration_date <= now

    def comparable(self) -> dict[str, t.Any]:
        """The fields that a task can declare, in a form that is equal when the meaning is."""
        values = ((field, getattr(self, field.option)) for field in DECLARABLE)
        # A field that other tokens do not have shows only where it is set.
        return {
            field.option: field.comparable(value) for field, value in values if value is not None or not field.owners
        }


def _unexpected(field: str, wanted: str) -> BadResponseError:
    return BadResponseError(f"Losant's response has an API token whose {field} is not {wanted}. Check api_url.")
