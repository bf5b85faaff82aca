# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from collections import defaultdict

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time

from .naming import bare_name
from .token import Token


def age(token: Token) -> tuple[str, str]:
    """A key to sort tokens by, from the oldest to the youngest."""
    return (format_time(token.creation_date) if token.creation_date else "", token.id)


class Listing:
    """All tokens of an owner, as one reading of the list showed them, from the oldest to the youngest."""

    def __init__(self, tokens: t.Iterable[Token]) -> None:
        self._tokens = sorted(tokens, key=age)
        self._by_id = {token.id.lower(): token for token in self._tokens}
        self._by_identity = {token.identity: token for token in self._tokens}
        self._by_name: dict[str, list[Token]] = defaultdict(list)
        for token in self._tokens:
            for name in dict.fromkeys((token.name, bare_name(token.name))):
                self._by_name[name].append(token)

    def __iter__(self) -> t.Iterator[Token]:
        return iter(self._tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    def by_id(self, token_id: str | None) -> Token | None:
        """The token with an id, however it is spelled."""
        return self._by_id.get(token_id.lower()) if token_id is not None else None

    def selected(self, token_id: str | None, identity: str | None) -> Token | None:
        """The token that is selected by its id, or else by what its secret says."""
        return self.by_id(token_id) if token_id is not None else self.by_identity(identity)

    def by_identity(self, identity: str | None) -> Token | None:
        """The token that a secret belongs to."""
        return self._by_identity.get(identity) if identity is not None else None

    def concerning(self, name: str) -> t.Sequence[Token]:
        """The tokens that have a name, or had it before a suffix was appended."""
        return self._by_name.get(name, ())

    def names(self) -> dict[str, str]:
        """The name of each token, by id."""
        return {token.id: token.name for token in self._tokens}
