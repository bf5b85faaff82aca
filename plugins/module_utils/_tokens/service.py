# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System

from .api import TokenApi
from .apply.adoption import not_committed
from .apply.executor import apply
from .caller import Caller
from .declaration import Declaration
from .listing import Listing
from .token import Token
from .work import Outcome, Work


def ensure(work: Work, api: TokenApi, caller: Caller, system: System, *, dry: bool) -> Outcome:
    """Read, plan, and unless it is a dry run, apply."""
    work.look(api, dry=dry)
    tokens = _read(work.declared, api)
    work.make_plan(tokens, api, caller, dry=dry)
    if dry or not work.plan.steps:
        return work.outcome()
    try:
        applied = apply(work.plan, api, tokens.names(), system, work.file, caller.token_id)
    except LosantError as error:
        raise work.explained(error) from None
    return work.outcome(applied)


def _read(declared: Declaration, api: TokenApi) -> Listing:
    try:
        return api.all()
    except RequestError as error:
        if declared.phase != "commit" or declared.prepared_id is None:
            raise
        failure = error
    raise not_committed(failure, f"The prepared {api.owner.resource.noun} {declared.prepared_id} was not changed.")


@dataclass(frozen=True)
class Selection:
    """Which tokens to find. ``query`` goes to Losant; all that is about single tokens is compared here."""

    query: t.Mapping[str, str]
    per_page: int
    page: int | None = None
    name: str | None = None
    token_id: str | None = None
    identity: str | None = None
    expires_within: timedelta | None = None

    def selects(self, token: Token, now: datetime) -> bool:
        """Whether a token is one of them."""
        return (
            (self.name is None or token.name == self.name)
            and (self.token_id is None or token.id.lower() == self.token_id)
            and self.identity in (None, token.identity)
            and (self.expires_within is None or _expires(token, now, self.expires_within))
        )


def _expires(token: Token, now: datetime, span: timedelta) -> bool:
    return token.expiration_date is not None and token.expiration_date - now <= span


@dataclass(frozen=True)
class Found:
    """The tokens found, in Losant's order. ``total_count``: how many Losant counts before the comparisons made here."""

    tokens: list[Token]
    total_count: int | None
    now: datetime


def find(selection: Selection, api: TokenApi) -> Found:
    """The tokens that a selection leaves."""
    total_count: int | None
    if selection.page is None:
        tokens = list(api.iterate(selection.query, selection.per_page))
        total_count = len(tokens)
    else:
        tokens, total_count = api.page(selection.query, selection.page, selection.per_page)
    now = api.now()
    return Found([token for token in tokens if selection.selects(token, now)], total_count, now)
