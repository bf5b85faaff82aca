# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens for tests of the domain, with readable ids and times around a fixed present."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def id_of(number: int) -> str:
    return f"{number:024x}"


def token(number: int = 1, name: str = "x", **fields: Any) -> Token:
    """A token that was made a day ago; what is not given is as Losant has it by default."""
    return Token(**{"id": id_of(number), "name": name, "creation_date": NOW - DAY, **fields})


def expired(number: int = 1, name: str = "x", **fields: Any) -> Token:
    """A token that expired a second ago, after a life of ten days."""
    second = timedelta(seconds=1)
    times = {"creation_date": NOW - second - 10 * DAY, "expiration_date": NOW - second}
    return token(number, name, **{**times, **fields})


def superseded(number: int, until: datetime | None, name: str = "x", **fields: Any) -> Token:
    """A token that was replaced, and is kept until then; None for ever."""
    mark = until.strftime("%Y-%m-%dT%H:%M:%SZ") if until else "never"
    return token(number, f"{name} ~superseded:{mark}", **fields)


def pending(number: int, name: str = "x", nonce: str = "0123456789abcdef", **fields: Any) -> Token:
    """A token whose secret is not delivered yet."""
    return token(number, f"{name} ~pending:{nonce}", **fields)
