# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timedelta, timezone

from ansible_collections.losant.platform.plugins.module_utils._errors import InvalidOptionError

_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))? ?(?:([Zz])|([+-])(\d{2}):(\d{2}))", re.ASCII
)
_DURATION = re.compile(r"(?:\d+[wdhms])+", re.ASCII)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def now() -> datetime:
    """The present time in UTC."""
    return datetime.now(timezone.utc)


def parse_time(text: str) -> datetime:
    """An RFC 3339 time with a zone as UTC, cut to the milliseconds that Losant keeps.

    :raises ValueError: it is no such time
    """
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise ValueError(text)
    fraction, utc, sign, hours, minutes = match.groups()[6:]
    year, month, day, hour, minute, second = (int(group) for group in match.groups()[:6])
    milliseconds = int(((fraction or "") + "000")[:3])
    if utc:
        zone = timezone.utc
    else:
        if int(hours) > 23 or int(minutes) > 59:
            raise ValueError(text)
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-offset if sign == "-" else offset)
    try:
        return datetime(year, month, day, hour, minute, second, milliseconds * 1000, zone).astimezone(timezone.utc)
    except OverflowError as error:
        raise ValueError(text) from error


def format_time(when: datetime) -> str:
    """The time as Losant writes it: UTC with milliseconds, ``2027-06-13T04:00:00.000Z``."""
    utc = when.astimezone(timezone.utc)
    # strftime does not fill up the years before 1000 on every system.
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def option_time(option: str, text: str) -> datetime:
    """The value of an option that holds a time.

    :raises InvalidOptionError: it is malformed, impossible, or without a zone
    """
    try:
        return parse_time(text)
    except ValueError:
        pass
    raise InvalidOptionError(
        f"{option} is {text!r}, which is not an RFC 3339 time with a zone, such as 2027-06-30T12:00:00Z"
        " or 2027-06-30T14:00:00+02:00.",
        option=option,
    )


def option_duration(option: str, text: str) -> timedelta:
    """The value of an option that holds a duration: ``90d``, ``12h``, ``30m``, ``45s``, ``2w``, or a sum like ``1d12h``.

    :raises InvalidOptionError: it is malformed, or longer than Python can reckon
    """
    compact = text.strip()
    if _DURATION.fullmatch(compact):
        total: dict[str, int] = {}
        try:
            for number, unit in re.findall(r"(\d+)([wdhms])", compact):
                total[_UNITS[unit]] = total.get(_UNITS[unit], 0) + int(number)
            return timedelta(**t.cast("dict[str, float]", total))
        except (OverflowError, ValueError):  # int() refuses thousands of digits with a ValueError
            pass
    raise InvalidOptionError(
        f"{option} is {text!r}, which is not a duration such as 90d, 12h, 30m, 45s, 2w or 1d12h.", option=option
    )
