# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._client.pagination import BY_ID
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.executor import Applied, apply
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.jwt import is_sendable, token_id_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import waiting
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.file_state import FileState
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import (
    NOTHING_ELSE,
    Surroundings,
    plan,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Plan, Superseded
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token


@dataclass(frozen=True)
class Outcome:
    """What a declaration came to. ``token`` is the one after the task; ``secret`` is there only if one was made.

    ``file_before`` is what there was at ``token_file``; None if none is declared.
    """

    plan: Plan
    token: Token | None
    file_before: FileState | None = None
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


def ensure(
    declared: Declaration,
    api: TokenApi,
    now: datetime,
    around: Surroundings = NOTHING_ELSE,
    file: TokenFile | None = None,
    *,
    dry: bool,
) -> Outcome:
    """Read, plan, and unless it is a dry run apply.

    :param around: what is known beforehand; the state of the file is looked up here
    :param file: where a new secret is delivered to
    """
    if file is not None:
        around = replace(around, file=_state_of(file, api))
        if not dry:
            file.remove_leftovers()
    tokens = list(api.iterate(BY_ID))
    made = plan(declared, tokens, now, around)
    if file is not None and made.delivers:
        made = replace(made, warnings=(*made.warnings, *file.warnings))
    if dry and file is not None and made.delivers:
        file.check()
        file.discard()
    if dry or not made.steps:
        return Outcome(made, made.after, around.file)
    try:
        applied = apply(made, api, {token.id: token.name for token in tokens}, now, file, around.caller_id)
    except LosantError as error:
        # A warning of a misspelt scope explains why Losant refuses it.
        error.warnings = (*made.warnings, *error.warnings)
        raise
    done = replace(
        made,
        superseded=tuple(_became(entry, applied) for entry in made.superseded),
        warnings=(*made.warnings, *applied.warnings),
    )
    return Outcome(done, applied.token, around.file, applied.secret)


def _became(entry: Superseded, applied: Applied) -> Superseded:
    """What really became of a superseded token: it may be left to a later run, or somebody else was quicker."""
    if entry.token.id in applied.gone_ids:
        return replace(entry, action="deleted", name=entry.token.name, until=None)
    if entry.token.id not in applied.left:
        return entry
    name = applied.left[entry.token.id] or entry.name
    wait = waiting(name)
    return replace(entry, action="kept", name=name, until=wait.until if wait else None)


def _state_of(file: TokenFile, api: TokenApi) -> FileState:
    held = file.read()
    if held is None:
        return FileState(wanted=file.wanted_attributes())
    token_id = token_id_of(held)
    # A secret that is no JWT tells nothing, so Losant is asked with it.
    opaque = token_id is None and is_sendable(held)
    accepted = opaque and api.accepts(held)
    return FileState(True, token_id, accepted, file.attributes() or {}, file.wanted_attributes(), opaque)


def find(selection: Selection, api: TokenApi, now: datetime) -> Found:
    """The tokens that the selection takes, in the order in which Losant sorted them."""
    if selection.page is None:
        tokens = list(api.iterate(selection.query, selection.per_page))
        total_count: int | None = len(tokens)
    else:
        tokens, total_count = api.page(selection.query, selection.page, selection.per_page)
    return Found([token for token in tokens if selection.takes(token, now)], total_count)
