# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timedelta, timezone

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import parse_time

from .fields import MAX_NAME

#: The name of a token that was created and whose secret is not delivered yet.
PENDING = re.compile(r"(.+) ~pending:(\S+)", re.DOTALL)
#: The name of a token that was replaced, with the time until which it is kept.
SUPERSEDED = re.compile(r"(.+) ~superseded:(\S+)", re.DOTALL)
#: In place of a time: the token is kept, and has no expiration date.
NEVER = "never"
#: The last of Python's calendar. Nothing can be added to it.
_LAST_SECOND = datetime.max.replace(microsecond=0, tzinfo=timezone.utc)
_SUFFIX = re.compile(r"~(?:pending|superseded):\S*\Z")
#: The longest name that leaves room for a suffix.
MAX_NAME_WITH_SUFFIX = MAX_NAME - len(" ~superseded:2026-11-24T08:00:00Z")


def check_room_for_suffix(name: str) -> None:
    """Refuse a name that is too long to have a suffix appended.

    :raises InvalidOptionError: it is
    """
    if len(name) > MAX_NAME_WITH_SUFFIX:
        raise InvalidOptionError(
            f"name has {len(name)} characters. While a token is created or replaced, a suffix is appended to its name,"
            f" which leaves {MAX_NAME_WITH_SUFFIX}. Nothing was written. Choose a shorter name.",
            option="name",
        )


def pending_name(name: str, nonce: str) -> str:
    """The name of a token from its creation to the delivery of its secret."""
    return f"{name} ~pending:{nonce}"


def superseded_name(name: str, until: datetime | None) -> str:
    """The name of a replaced token. ``until``: when it is no longer kept; None for never."""
    if until is None:
        return f"{name} ~superseded:{NEVER}"
    # Rounded up, so that the time is never over too early.
    whole = until.astimezone(timezone.utc)
    if until < _LAST_SECOND:
        whole += timedelta(microseconds=-until.microsecond % 1_000_000)
    return f"{name} ~superseded:{whole:%Y-%m-%dT%H:%M:%SZ}"


def is_pending(token_name: str, name: str | None = None) -> bool:
    """Whether a token is a pending one, of a certain name if that is given."""
    match = PENDING.fullmatch(token_name)
    return match is not None and name in (None, match[1])


def has_suffix(token_name: str) -> bool:
    """Whether a name ends in a suffix of this collection. No task can declare such a name."""
    return _SUFFIX.search(token_name) is not None


def bare_name(token_name: str) -> str:
    """A name without what this collection appends to it."""
    match = PENDING.fullmatch(token_name) or SUPERSEDED.fullmatch(token_name)
    return match[1] if match is not None else token_name


class SupersededName(t.NamedTuple):
    """What the name of a superseded token says: the name that it had, and until when it is kept."""

    name: str
    until: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether the grace period is over."""
        return self.until is not None and self.until <= now


def read_superseded(token_name: str) -> SupersededName | None:
    """Read the name of a superseded token; None for any other."""
    match = SUPERSEDED.fullmatch(token_name)
    if match is None:
        return None
    if match[2] == NEVER:
        return SupersededName(match[1], None)
    try:
        return SupersededName(match[1], parse_time(match[2]))
    except ValueError:
        return None  # a name that somebody chose, and that means nothing here
