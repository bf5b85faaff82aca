# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's time, which tests can freeze and move, and the writing and reading of times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?(?P<zone>[Zz]|[+-]\d\d:\d\d)?", re.ASCII)


def parse_time(text: str, *, zone_required: bool = True) -> datetime | None:
    """Read an RFC 3339 time as an instant in UTC; None if it is not one."""
    match = _DATE_TIME.fullmatch(text)
    if match is None or (zone_required and match["zone"] is None):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def format_time(moment: datetime) -> str:
    """Write a time as the API does: UTC with milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def http_date(moment: datetime) -> str:
    """Write a time as the header Date does: GMT with whole seconds."""
    return format_datetime(moment, usegmt=True)


class Clock:
    """Real time, real time with an offset, or a frozen time."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._frozen: datetime | None = None
        self._last_stamp: datetime | None = None

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def now(self) -> datetime:
        if self._frozen is not None:
            return self._frozen
        return datetime.now(UTC) + self._offset

    def freeze(self, moment: datetime) -> None:
        self._frozen = moment

    def advance(self, seconds: float) -> None:
        if self._frozen is not None:
            self._frozen += timedelta(seconds=seconds)
        else:
            self._offset += timedelta(seconds=seconds)

    def run_free(self) -> None:
        self._frozen = None
        self._offset = timedelta(0)

    def stamp(self) -> datetime:
        """The time for a creationDate: whole milliseconds, and later than the stamp before, even in a frozen second.

        Only a near collision is moved; a clock set far back by a test is accepted.
        """
        now = self.now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        last = self._last_stamp
        if last is not None and last - timedelta(seconds=1) <= now <= last:
            now = last + timedelta(milliseconds=1)
        self._last_stamp = now
        return now
