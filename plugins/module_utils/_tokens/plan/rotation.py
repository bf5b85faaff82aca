# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

#: Why a token is replaced. The first two come of its expiration date, the others of what ``recreate`` says.
EXPIRED, EXPIRES_SOON, DIFFERS, TOKEN_FILE, ALWAYS = "expired", "expires_soon", "differs", "token_file", "always"


class Rotation(t.NamedTuple):
    """Whether a token is to be replaced, why, and from when on ``rotate_before`` asks for it (None if it never does)."""

    due: bool
    reason: str | None = None
    due_at: datetime | None = None

    def result(self) -> dict[str, t.Any]:
        """The rotation as modules return it."""
        return {"due": self.due, "reason": self.reason, "due_at": format_time(self.due_at) if self.due_at else None}


NOT_DUE = Rotation(False)


def rotation_of(token: Token, window: timedelta | None, now: datetime) -> Rotation:
    """What the reported expiration date alone asks for, with ``rotate_before`` as the window."""
    if token.is_expired(now):
        reason: str | None = EXPIRED
    elif window is not None and token.expiration_date is not None and token.expiration_date - now <= window:
        reason = EXPIRES_SOON
    else:
        reason = None
    return Rotation(reason is not None, reason, _due_at(token, window))


def _due_at(token: Token, window: timedelta | None) -> datetime | None:
    if window is None or token.expiration_date is None:
        return None
    try:
        return token.expiration_date - window
    except OverflowError:
        return token.creation_date  # a window longer than the calendar: due since ever
