# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import is_pending, waiting
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

#: How old a pending token is when the run that made it must be dead.
PENDING_LIFE = timedelta(hours=1)


class Kin(t.NamedTuple):
    """All tokens that have to do with a name, each list from the oldest to the youngest.

    ``living`` are the unexpired ones of that name, inactive ones included, as status=active brings those back at any
    time; ``waiting`` the superseded ones; ``pending`` those whose secret was not delivered yet.
    """

    living: list[Token]
    expired: list[Token]
    waiting: list[Token]
    pending: list[Token]

    @property
    def predecessor(self) -> Token | None:
        """The token that a new one of this name takes over from."""
        candidates = self.living or sorted([*self.expired, *self.waiting], key=age)
        return candidates[-1] if candidates else None

    def abandoned(self, now: datetime) -> list[Token]:
        """The pending tokens of runs that died."""
        return [token for token in self.pending if token.creation_date and now - token.creation_date >= PENDING_LIFE]


def kin_of(name: str, tokens: t.Iterable[Token], now: datetime) -> Kin:
    """Sort out the tokens of an application that have to do with a name."""
    kin = Kin([], [], [], [])
    for token in sorted(tokens, key=age):
        wait = waiting(token.name)
        if token.name == name:
            (kin.expired if token.is_expired(now) else kin.living).append(token)
        elif wait is not None and wait.name == name:
            kin.waiting.append(token)
        elif is_pending(token.name, name):
            kin.pending.append(token)
    return kin


def age(token: Token) -> tuple[str, str]:
    """A key to sort tokens by, from the oldest to the youngest."""
    return (format_time(token.creation_date) if token.creation_date else "", token.id)
