# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from datetime import datetime

from .rfc3339 import parse_time

#: An id of Losant. Source: the pattern of ``apiTokenId`` and ``applicationId`` in the API's definition.
ID_PATTERN = re.compile(r"[A-Fa-f0-9]{24}", re.ASCII)


def read_string(value: t.Any) -> str:
    """Read a string of Losant's object (ValueError if it is something else, for this and the functions below)."""
    if not isinstance(value, str):
        raise ValueError
    return value


def read_id(value: t.Any) -> str:
    """Read an id. It becomes part of a path, so it is not trusted."""
    if not isinstance(value, str) or not ID_PATTERN.fullmatch(value):
        raise ValueError
    return value


def read_time(value: t.Any) -> datetime | None:
    """Read a time with a zone. An empty string is none."""
    text = read_string(value)
    return parse_time(text) if text else None
