# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import random
import time
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    ConnectionFailedError,
    RequestError,
)

#: Methods whose repetition does no harm: PATCH and DELETE are always by id.
REPEATABLE = frozenset({"GET", "PATCH", "DELETE"})
#: Statuses that tell of a passing trouble.
PASSING = frozenset({429, 500, 502, 503, 504})
#: Seconds of the first wait's upper bound; it doubles with every further one.
FIRST_WAIT = 1.0


def may_repeat(method: str, error: RequestError, retry_after: str | None) -> bool:
    """Whether a failed request may be sent once more.

    ==================================  ==================  ====================
    failure                             GET, PATCH, DELETE  POST
    ==================================  ==================  ====================
    no connection was made              yes                 yes
    connection lost, cut, timed out     yes                 no: it may be done
    429                                 yes                 yes: it was refused
    503                                 yes                 with ``Retry-After``
    500, 502, 504                       yes                 no: it may be done
    TLS or set-up trouble               no                  no
    an answer that makes no sense       no                  no
    any other status                    no                  no
    ==================================  ==================  ====================
    """
    if isinstance(error, ConnectionFailedError):
        return not error.permanent and (method in REPEATABLE or not error.maybe_done)
    if isinstance(error, ApiError):
        if method in REPEATABLE:
            return error.status in PASSING
        return error.status == 429 or (error.status == 503 and retry_after is not None)
    return False


def seconds_asked(retry_after: str | None, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for, in its form of seconds or of a date; None if unreadable."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
        # A date without a zone is UTC: RFC 9110 knows no other.
        aware = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
        return max(0.0, (aware - now).total_seconds())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to wait: exponential with full jitter, ``Retry-After`` honoured, both capped."""

    retries: int
    max_delay: float
    sleep: t.Callable[[float], None] = field(default=time.sleep, repr=False)
    draw: t.Callable[[], float] = field(default=random.random, repr=False)

    def delay(self, attempt: int, retry_after: str | None) -> float:
        """Seconds to wait after the failed try number ``attempt``, which counts from 0."""
        asked = seconds_asked(retry_after, datetime.now(timezone.utc))
        if asked is not None:
            return min(asked, self.max_delay)
        bound: float = FIRST_WAIT * 2 ** min(attempt, 30)
        return self.draw() * min(self.max_delay, bound)
