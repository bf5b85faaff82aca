# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from ansible_collections.losant.platform.plugins.module_utils._common.durations import format_duration

#: A machine's clock that differs by more than this is reported.
TOLERANCE = timedelta(minutes=1)


class ServerClock:
    """Losant's clock, as the ``Date`` headers of its responses show it.

    :param machine_now: the machine's clock, which stands in until a response has shown Losant's
    """

    def __init__(self, machine_now: t.Callable[[], datetime]) -> None:
        self._machine_now = machine_now
        self._observed: datetime | None = None
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the time of Losant's last response in UTC, or the machine's time if none is known."""
        return self._observed or self._machine_now()

    def observe(self, date: str | None, received: datetime) -> None:
        """Note the ``Date`` header of a response, and the machine's time when it arrived."""
        observed = http_date(date)
        # Nearer to the ends of Python's calendar, adding a duration fails.
        if observed is not None and 1970 <= observed.year <= 9000:
            self._observed, self._ahead = observed, received.replace(microsecond=0) - observed

    def warning(self) -> str | None:
        """Return a warning if the machine's clock was wrong when last compared, else None."""
        if abs(self._ahead) <= TOLERANCE:
            return None
        difference = abs(self._ahead) // TOLERANCE * TOLERANCE
        direction = "ahead of" if self._ahead > timedelta(0) else "behind"
        return (
            f"The clock of this machine is {format_duration(difference)} {direction} Losant's. Decisions about time"
            " use Losant's clock. Correct the clock of the machine."
        )


def http_date(text: str | None) -> datetime | None:
    """Read a date of an HTTP header as UTC. Return None if it is missing or unreadable."""
    if text is None:
        return None
    try:
        when = parsedate_to_datetime(text.strip())
        # A date without a zone is UTC: RFC 9110 knows no other.
        return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
