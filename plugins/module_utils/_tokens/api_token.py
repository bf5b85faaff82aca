# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

from .fields import TOKEN_FIELDS
from .jwt import token_id_of
from .roles import OrgRole
from .token import Resource, Token

#: What Losant grants when a token is created without a scope. Source: Losant's documentation of tokens.
DEFAULT_SCOPE = ("all.Application",)


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
