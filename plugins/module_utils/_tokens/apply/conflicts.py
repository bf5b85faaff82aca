# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time

from ..errors import ConflictError
from ..listing import age
from ..naming import is_pending
from ..token import Token


def newly_named(
    tokens: t.Iterable[Token], name: str, known: t.Mapping[str, str], own_ids: t.Collection[str]
) -> list[Token]:
    """The tokens that got a name since the task began.

    :param known: the names of all tokens that existed then, by id
    :param own_ids: the tokens that the task itself created or renamed
    """
    return [token for token in tokens if token.name == name and token.id not in own_ids and known.get(token.id) != name]


def check_first(mine: Token, others: t.Sequence[Token], doubt: str) -> None:
    """Refuse to keep a new token if a concurrent run named the same one earlier.

    Whoever names second sees the token of the first, so one of two gives way: the one that named it later. A pending
    token is no conflict: the run that created it looks for others when it has named it.

    :param doubt: what to add to the message if the token can have another origin
    :raises ConflictError: another run was first
    """
    first = [token for token in others if _named_at(token) < _named_at(mine)]
    if first:
        raise ConflictError(
            f"A concurrent run created {mine.resource.label} {mine.name!r}, too: {described(first[0])}. That run was first, so"
            f" this task deletes its own one. Run it again: it finds the other one, or creates one.{doubt}",
            ids=[token.id for token in first],
        )


def check_first_pending(mine: Token, name: str, named: t.Sequence[Token], new: t.Iterable[Token]) -> None:
    """Refuse to keep a pending token whose secret is still to be delivered, if a concurrent run was earlier.

    Each run looks when it has created its own, so of two the later one sees the earlier one, and gives way.

    :param named: the tokens that got the name since the task began
    :param new: the tokens that others created since then
    :raises ConflictError: another run was first
    """
    earlier = [token for token in new if is_pending(token.name, name) and age(token) < age(mine)]
    first = [*named, *sorted(earlier, key=age)]
    if first:
        raise ConflictError(
            f"A concurrent run creates {mine.resource.label} {name!r}, too: {described(first[0])}. That run was first, so this"
            " task deletes its own one. Run it again when the other run is done.",
            ids=[token.id for token in first],
        )


def later_warnings(others: t.Iterable[Token], doubt: str) -> list[str]:
    """What to say about tokens of concurrent runs that came later."""
    return [
        f"Another {token.resource.label} {token.name!r} appeared while this one was created: {described(token)}. It came"
        f" later. If the run that created it does not delete it, delete it by {token.resource.id_option}.{doubt}"
        for token in others
    ]


def described(token: Token) -> str:
    """A token by its id and age."""
    return f"{token.id} (created {format_time(token.creation_date)})" if token.creation_date else token.id


def _named_at(token: Token) -> tuple[str, str]:
    """A key to sort tokens by when they got their name. Naming a token is the last change that its run makes to it."""
    moment = token.last_updated or token.creation_date
    return (format_time(moment) if moment else "", token.id)
