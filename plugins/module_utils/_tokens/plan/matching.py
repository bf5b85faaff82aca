# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..listing import Listing, age
from ..naming import is_pending, read_superseded
from ..token import Token

#: How old a pending token is when the run that created it must have been interrupted.
PENDING_LIMIT = timedelta(hours=1)


@dataclass(frozen=True)
class Matches:
    """The tokens that concern one name, each tuple from the oldest to the youngest.

    ``unexpired`` and ``expired``: those of that very name, inactive ones included, as ``status: active`` restores those;
    ``superseded``: those that were replaced; ``pending``: those whose secret was not delivered yet.
    """

    unexpired: tuple[Token, ...] = ()
    expired: tuple[Token, ...] = ()
    superseded: tuple[Token, ...] = ()
    pending: tuple[Token, ...] = ()

    @property
    def current(self) -> Token | None:
        """The token of the name. Whether it is the only one is checked elsewhere."""
        return self.unexpired[0] if self.unexpired else None

    @property
    def predecessor(self) -> Token | None:
        """The token that a new one of this name takes over from."""
        candidates = self.unexpired or sorted([*self.expired, *self.superseded], key=age)
        return candidates[-1] if candidates else None

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all of them, in lower case."""
        tokens = (*self.unexpired, *self.expired, *self.superseded, *self.pending)
        return frozenset(token.id.lower() for token in tokens)

    def stale_pending(self, now: datetime) -> tuple[Token, ...]:
        """The pending tokens of interrupted runs."""
        return tuple(token for token in self.pending if not is_fresh(token, now))

    def fresh_pending(self, now: datetime) -> tuple[Token, ...]:
        """The pending tokens of runs that may still be at work."""
        return tuple(token for token in self.pending if is_fresh(token, now))

    def without_pending(self, token: Token) -> Matches:
        """The others, if one of the pending tokens is spoken for."""
        return replace(self, pending=tuple(other for other in self.pending if other.id != token.id))


def is_fresh(token: Token, now: datetime) -> bool:
    """Whether the run that created a pending token may still be at work."""
    return token.creation_date is None or now - token.creation_date < PENDING_LIMIT


def match(name: str, tokens: Listing, now: datetime) -> Matches:
    """Find the tokens that concern a name among all tokens."""
    unexpired: list[Token] = []
    expired: list[Token] = []
    superseded: list[Token] = []
    pending: list[Token] = []
    for token in tokens.concerning(name):
        former = read_superseded(token.name)
        if token.name == name:
            (expired if token.is_expired(now) else unexpired).append(token)
        elif former is not None and former.name == name:
            superseded.append(token)
        elif is_pending(token.name, name):
            pending.append(token)
    return Matches(tuple(unexpired), tuple(expired), tuple(superseded), tuple(pending))
