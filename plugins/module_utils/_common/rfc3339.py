# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from .errors import InvalidOptionError

_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))? ?(?:([Zz])|([+-])(\d{2}):(\d{2}))", re.ASCII
)


def parse_time(text: str) -> datetime:
    """Read an RFC 3339 time with a zone as UTC, cut to the milliseconds that Losant keeps.

    :raises ValueError: it is not such a time
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
    """Write a time as Losant does: UTC with milliseconds, ``2027-06-13T04:00:00.000Z``."""
    utc = when.astimezone(timezone.utc)
    # strftime does not pad the years before 1000 on every system.
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def option_time(option: str, text: str) -> datetime:
    """Read the value of an option that holds a time.

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


def written_time(when: datetime | None) -> str | None:
    """The same for a time, or None."""
    return format_time(when) if when else None
