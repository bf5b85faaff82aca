# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ..token import Token

#: Why a token is replaced. The first three depend on its age alone, the others, and the options that say where its secret
#: has to be, on what ``recreate`` allows.
EXPIRED, EXPIRES_SOON, TOO_OLD = "expired", "expires_soon", "too_old"
DIFFERS, EXCEEDS_LIFETIME, ALWAYS = "differs", "exceeds_lifetime", "always"
#: A jitter of the clock must not replace a token.
SLACK = timedelta(minutes=1)


class Rotation(t.NamedTuple):
    """Whether a token must be replaced, why, and when its age asks for it (None: never)."""

    due: bool
    reason: str | None = None
    due_at: datetime | None = None


NOT_DUE = Rotation(False)


def rotation_of(token: Token, window: timedelta | None, now: datetime, age: timedelta | None = None) -> Rotation:
    """What the age of a token alone asks for. ``window``: the value of ``rotate_before``; ``age``: of ``rotate_after``."""
    if age is not None:
        due_at = _reaches(token, age)
        is_due = due_at is not None and due_at <= now
        return Rotation(is_due, TOO_OLD if is_due else None, due_at)
    if token.is_expired(now):
        reason: str | None = EXPIRED
    elif window is not None and token.expiration_date is not None and token.expiration_date - now <= window:
        reason = EXPIRES_SOON
    else:
        reason = None
    return Rotation(reason is not None, reason, _due_at(token, window))


def exceeds_lifetime(token: Token, lifetime: timedelta | None, now: datetime) -> bool:
    """Whether a token will live longer than one created now with this lifetime would."""
    if lifetime is None:
        return False
    return token.expiration_date is None or token.expiration_date - now - SLACK > lifetime


def _reaches(token: Token, age: timedelta) -> datetime | None:
    """When a token has an age. None if Losant does not show when it was created."""
    try:
        return token.creation_date + age if token.creation_date is not None else None
    except OverflowError:
        return None  # an age beyond the calendar is never reached


def _due_at(token: Token, window: timedelta | None) -> datetime | None:
    if window is None or token.expiration_date is None:
        return None
    try:
        return token.expiration_date - window
    except OverflowError:
        return token.creation_date  # a window longer than the calendar: due from the start
