# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from datetime import timedelta

from .errors import InvalidOptionError

_DURATION = re.compile(r"(?:\d+[wdhms])+", re.ASCII)
_PART = re.compile(r"(\d+)([wdhms])", re.ASCII)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
#: Seconds of the units in which messages write a duration.
_WRITTEN = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def option_duration(option: str, text: str) -> timedelta:
    """Read the value of an option that holds a duration: ``90d``, ``12h``, ``30m``, ``45s``, ``2w``, or a sum like ``1d12h``.

    :raises InvalidOptionError: it is malformed, or longer than Python can calculate with
    """
    compact = text.strip()
    if _DURATION.fullmatch(compact):
        total: dict[str, int] = {}
        try:
            for number, unit in _PART.findall(compact):
                total[_UNITS[unit]] = total.get(_UNITS[unit], 0) + int(number)
            return timedelta(**t.cast("dict[str, float]", total))
        except (OverflowError, ValueError):  # int() refuses thousands of digits with a ValueError
            pass
    raise InvalidOptionError(
        f"{option} is {text!r}, which is not a duration such as 90d, 12h, 30m, 45s, 2w or 1d12h.", option=option
    )


def format_duration(duration: timedelta) -> str:
    """Write a duration as users write it: ``14d``, ``1d12h``. Fractions of a second are cut off."""
    rest = abs(duration) // timedelta(seconds=1)
    parts = []
    for unit, seconds in _WRITTEN:
        count, rest = divmod(rest, seconds)
        if count:
            parts.append(f"{count}{unit}")
    sign = "-" if duration < timedelta(0) and parts else ""
    return sign + ("".join(parts) or "0s")
