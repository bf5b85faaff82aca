# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.durations import format_duration

from ..declaration import Declaration
from ..token import Token
from .checks import check_create_only, check_places
from .context import Context
from .differences import split
from .rotation import (
    ALWAYS,
    DIFFERS,
    EXCEEDS_LIFETIME,
    Rotation,
    exceeds_lifetime,
    rotation_of,
)


@dataclass(frozen=True)
class Assessment:
    """How an unexpired token compares with a declaration.

    ``changes``: what PATCH has to change; ``rotation``: with the reason if it must be replaced, for whatever reason;
    ``warnings``: what the task declares and cannot have.
    """

    token: Token
    changes: t.Mapping[str, t.Any]
    rotation: Rotation
    warnings: tuple[str, ...]

    @property
    def must_be_replaced(self) -> bool:
        return self.rotation.reason is not None


def assess(declared: Declaration, token: Token, context: Context) -> Assessment:
    """Compare an unexpired token with a declaration.

    :raises PlanError: it has to be replaced, and ``recreate`` does not allow that
    """
    changes, create_only = split(declared, token)
    exceeding = exceeds_lifetime(token, declared.expires_in, context.now)
    rotation = rotation_of(token, declared.rotate_before, context.now, declared.rotate_after)
    unmet = _unmet_places(declared, token, context)
    reason = _reason(declared, rotation, create_only, unmet, exceeding=exceeding)
    if reason is None:
        check_create_only(token, create_only)
        check_places(token, unmet, context)
    rotation = rotation._replace(due=reason is not None, reason=reason)
    if reason is not None:
        return Assessment(token, changes, rotation, ())
    warnings = [_kept(declared, token)] if exceeding else []
    return Assessment(token, changes, rotation, (*warnings, *window_warnings(declared, token)))


def settled(declared: Declaration, token: Token, context: Context) -> Assessment:
    """Compare a token that was committed before with its declaration. What made it necessary counts no more.

    :raises PlanError: it has to be replaced, and ``recreate`` does not allow that
    """
    recreate = "state_change" if declared.recreate == ALWAYS else declared.recreate
    assessment = assess(replace(declared, recreate=recreate, rotate_before=None, rotate_after=None), token, context)
    if assessment.must_be_replaced:
        return assessment
    rotation = rotation_of(token, declared.rotate_before, context.now, declared.rotate_after)
    rotation = rotation._replace(due=False, reason=None)
    warnings = (*assessment.warnings, *window_warnings(declared, token))
    return replace(assessment, rotation=rotation, warnings=warnings)


def rotation_with_replacement(declared: Declaration, token: Token, now: datetime) -> Rotation:
    """Why a token is replaced whose replacement exists already. Nothing is refused any more."""
    _changes, create_only = split(declared, token)
    rotation = rotation_of(token, declared.rotate_before, now, declared.rotate_after)
    exceeding = exceeds_lifetime(token, declared.expires_in, now)
    unmet = [token.resource.held_option] if declared.held_token is not None else []
    reason = _reason(declared, rotation, create_only, unmet, exceeding=exceeding)
    return rotation._replace(due=reason is not None, reason=reason)


def _reason(
    declared: Declaration,
    rotation: Rotation,
    create_only: t.Mapping[str, t.Any],
    unmet_places: t.Sequence[str],
    *,
    exceeding: bool,
) -> str | None:
    """Why a token is replaced, the strongest reason first. ``never`` allows only what its age asks for."""
    if declared.recreate == "always":
        return ALWAYS
    if rotation.due or declared.recreate == "never":
        return rotation.reason
    if create_only:
        return DIFFERS
    if exceeding:
        return EXCEEDS_LIFETIME
    return unmet_places[0] if unmet_places else None


def _unmet_places(declared: Declaration, token: Token, context: Context) -> list[str]:
    """The places that do not hold the token's secret."""
    # An activated token accepts its secret again, so its status after the task counts.
    then = replace(token, status=declared.status or token.status)
    unmet = []
    resource = token.resource
    if context.file is not None and not context.file.holding.may_be_of(then):
        unmet.append(resource.file_option)
    if context.copies and not any(copy.holding.may_be_of(then) for copy in context.copies):
        unmet.append(resource.file_option)
    if context.held is not None and not context.held.may_be_of(then):
        unmet.append(resource.held_option)
    return unmet


def window_warnings(declared: Declaration, token: Token) -> tuple[str, ...]:
    """What to say about a token, existing or new, that ``rotate_before`` never replaces."""
    if declared.rotate_before is None or token.expiration_date is not None:
        return ()
    text = f"rotate_before has no effect: {token.label} never expires."
    return (f"{text} Declare expires_in or expiration_date, or omit rotate_before.",)


def _kept(declared: Declaration, token: Token) -> str:
    lives = "never expires" if token.expiration_date is None else f"expires at {token.comparable()['expiration_date']}"
    lifetime = format_duration(declared.expires_in) if declared.expires_in is not None else ""
    return (
        f"{token.title} {lives}, which exceeds the declared lifetime of {lifetime} (expires_in). It is kept, as"
        " recreate=never. Set recreate=state_change to have it replaced."
    )
