# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from .clock import http_date
from .errors import ApiError, ConnectionFailedError, Effect, RequestError

#: Methods whose repetition does no harm: PATCH and DELETE are always by id.
REPEATABLE = frozenset({"GET", "PATCH", "DELETE"})
#: Statuses of problems that pass.
TEMPORARY = frozenset({429, 500, 502, 503, 504})
#: Seconds of the first wait's upper bound; it doubles with every further one.
FIRST_WAIT = 1.0


def may_repeat(method: str, error: RequestError, retry_after: str | None) -> bool:
    """Return whether a failed request can be sent again.

    ==================================  ==================  ====================
    failure                             GET, PATCH, DELETE  POST
    ==================================  ==================  ====================
    no connection was made              yes                 yes
    connection lost, cut, timed out     yes                 no: may be done
    429                                 yes                 yes: it was refused
    503                                 yes                 with ``Retry-After``
    500, 502, 504                       yes                 no: may be done
    problem with TLS or the settings    no                  no
    a response that is not the API's    no                  no
    any other status                    no                  no
    ==================================  ==================  ====================
    """
    if isinstance(error, ConnectionFailedError):
        return not error.permanent and (method in REPEATABLE or error.effect is Effect.NONE)
    if isinstance(error, ApiError):
        if method in REPEATABLE:
            return error.status in TEMPORARY
        return error.status == 429 or (error.status == 503 and retry_after is not None)
    return False


def seconds_asked(retry_after: str | None, now: datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for, in seconds or as a date; None if unreadable."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    when = http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to wait: exponential with full jitter, ``Retry-After`` honoured, both capped.

    ``retries``: further tries; ``max_delay``: seconds of the longest single wait.
    """

    retries: int
    max_delay: float

    def delay(self, attempt: int, asked: float | None, random: t.Callable[[], float]) -> float:
        """Return the seconds to wait after the failed try number ``attempt``, which counts from 0.

        :param asked: the seconds that the response asks for
        :param random: returns a number from 0 to 1
        """
        if asked is not None:
            return min(asked, self.max_delay)
        bound: float = FIRST_WAIT * 2 ** min(attempt, 30)
        return random() * min(self.max_delay, bound)
