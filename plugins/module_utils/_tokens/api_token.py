# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import written_time
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

from .fields import (
    CREATION_DATE,
    DEFAULT_STATUS,
    DESCRIPTION,
    ITS_ID,
    LAST_UPDATED,
    STRING,
    STRINGS,
    TIME,
    Field,
    Kind,
)
from .jwt import token_id_of
from .naming import is_pending, read_superseded
from .roles import OrgRole, comparable_org_roles, read_org_roles, write_org_roles
from .token import Resource, Token

#: What Losant grants when a token is created without a scope. Source: Losant's documentation of tokens.
DEFAULT_SCOPE = ("all.Application",)


_ORG_ROLES = Kind("a list of roles", read_org_roles, write_org_roles, comparable_org_roles)
#: Source: the schemas apiToken, apiTokenPost and apiTokenPatch.
TOKEN_FIELDS: tuple[Field, ...] = (
    ITS_ID,
    Field("name", "name", STRING, mutable=True, required=True),
    DESCRIPTION,
    Field("status", "status", STRING, mutable=True, inherited=True, unset=DEFAULT_STATUS),
    Field("scope", "scope", STRINGS, create_only=True, inherited=True, unset=()),
    Field("expiration_date", "expirationDate", TIME, create_only=True),
    CREATION_DATE,
    LAST_UPDATED,
    Field("owner_id", "ownerId", STRING),
    Field("owner_type", "ownerType", STRING),
    Field("creator_id", "creatorId", STRING),
    Field("creator_type", "creatorType", STRING),
    Field("creator_name", "creatorName", STRING),
    # What they do to tokens of applications and instances is not known.
    Field("default_role", "defaultRole", STRING, mutable=True, inherited=True, owners=("user",)),
    Field("org_roles", "orgRoles", _ORG_ROLES, mutable=True, inherited=True, owners=("user",)),
)


@dataclass(frozen=True)
class ApiToken(Token):
    """An API token."""

    scope: tuple[str, ...] = DEFAULT_SCOPE
    owner_id: str | None = None
    owner_type: str | None = None
    creator_id: str | None = None
    creator_type: str | None = None
    creator_name: str | None = None
    default_role: str | None = None
    org_roles: tuple[OrgRole, ...] | None = None

    resource: t.ClassVar[Resource] = Resource(
        name="api_token",
        short="token",
        label="API token",
        noun="token",
        held="the secret of that token",
        secret="token",
        fields=TOKEN_FIELDS,
    )

    @classmethod
    def identity_in(cls, secret: Secret) -> str | None:
        """The id of the token that a secret belongs to; None if the secret does not say."""
        return token_id_of(secret)

    def result(self, now: datetime, owner_id: str | None = None, owner_type: str = "application") -> dict[str, t.Any]:
        own = {field.option: getattr(self, field.option) for field in self.fields_of(owner_type) if field.owners}
        return {
            "id": self.id or None,
            "api_token_id": self.id or None,
            "name": self.name,
            "description": self.description or None,
            "status": self.status,
            "scope": list(self.scope),
            "expiration_date": written_time(self.expiration_date),
            "expired": self.is_expired(now),
            "superseded": read_superseded(self.name) is not None,
            "pending": is_pending(self.name),
            "creation_date": written_time(self.creation_date),
            "last_updated": written_time(self.last_updated),
            "owner_id": self.owner_id or owner_id or None,
            "owner_type": self.owner_type,
            "creator_id": self.creator_id,
            "creator_type": self.creator_type,
            "creator_name": self.creator_name,
            **own,
        }
