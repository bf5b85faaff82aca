# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._apply import apply
from ansible_collections.losant.platform.plugins.module_utils._declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._listing import BY_ID
from ansible_collections.losant.platform.plugins.module_utils._plan import Plan, plan
from ansible_collections.losant.platform.plugins.module_utils._token import Token


@dataclass(frozen=True)
class Outcome:
    """What a declaration came to. ``token`` is the one after the task; ``secret`` is there only if one was made."""

    plan: Plan
    token: Token | None
    secret: str | None = None


@dataclass(frozen=True)
class Selection:
    """Which tokens to find. ``query`` goes to Losant; ``name``, ``api_token_id`` and ``expires_within`` are compared here."""

    query: t.Mapping[str, str]
    per_page: int
    page: int | None = None
    name: str | None = None
    api_token_id: str | None = None
    expires_within: timedelta | None = None

    def takes(self, token: Token, now: datetime) -> bool:
        """Whether the token is one that is looked for."""
        return (
            (self.name is None or token.name == self.name)
            and (self.api_token_id is None or token.id.lower() == self.api_token_id)
            and (self.expires_within is None or self._expires(token, now, self.expires_within))
        )

    @staticmethod
    def _expires(token: Token, now: datetime, span: timedelta) -> bool:
        return token.expiration_date is not None and token.expiration_date - now <= span


@dataclass(frozen=True)
class Found:
    """The tokens found, and how many Losant counts before ``name``, ``api_token_id`` and ``expires_within`` are compared."""

    tokens: list[Token]
    total_count: int | None


def ensure(declared: Declaration, api: TokenApi, now: datetime, caller_id: str | None, *, dry: bool) -> Outcome:
    """Read, plan, and unless it is a dry run apply.

    :param caller_id: the id of the token that the task authenticates with, if known
    """
    tokens = list(api.iterate(BY_ID))
    made = plan(declared, tokens, now, caller_id)
    if dry or not made.steps:
        return Outcome(made, made.after)
    try:
        applied = apply(made, api, {token.id for token in tokens})
    except LosantError as error:
        # A warning of a misspelt scope explains why Losant refuses it.
        error.warnings = made.warnings
        raise
    return Outcome(made, applied.token, applied.secret)


def find(selection: Selection, api: TokenApi, now: datetime) -> Found:
    """The tokens that the selection takes, in the order in which Losant sorted them."""
    if selection.page is None:
        tokens = list(api.iterate(selection.query, selection.per_page))
        total_count: int | None = len(tokens)
    else:
        tokens, total_count = api.page(selection.query, selection.page, selection.per_page)
    return Found([token for token in tokens if selection.takes(token, now)], total_count)
