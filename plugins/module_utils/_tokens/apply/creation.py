# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import secrets
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.errors import Effect, RequestError
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import BY_ID
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi, delete_if_there
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import UnfinishedError
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import pending_name
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Create
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

#: How often a token whose creation got no answer is made anew.
CREATION_TRIES = 3


class RivalError(LosantError):
    """Another run made the same token, and was first."""

    kind = "rival"


class Creation:
    """Makes one token, whatever becomes of the answers, and finds out whether another run made the same one.

    :param known: the names of all tokens that were there before, by id
    """

    def __init__(self, api: TokenApi, known: t.Mapping[str, str]) -> None:
        self.warnings: list[str] = []
        self._api = api
        self._known = known
        self._staged = False
        self._lost_names: set[str] = set()
        #: Those of them that no token was found of. It may still appear.
        self._unseen_names: set[str] = set()

    def make(self, step: Create) -> tuple[Token, str | None]:
        """The new token, and its secret if Losant's answer has one."""
        self._staged = step.staged
        return self._make_staged(step) if step.staged else self._make_direct(step)

    def look_around(self, mine: Token) -> None:
        """Read the list when the token has its name: a run elsewhere may have made the same one meanwhile.

        Whoever was second to give that name sees the token of the first, so one of two withdraws: the one that gave it
        later. A pending token is no rival: the run that made it looks around when it has named it.

        :raises RivalError: this one withdraws
        """
        try:
            there = list(self._api.iterate(BY_ID))
        except RequestError as error:
            self.warnings.append(f"{error} So it is not known whether another run made an API token {mine.name!r} too.")
            return
        self._remove_late([token for token in there if token.id != mine.id and token.name in self._lost_names])
        rivals = self._rivals(there, mine.name, {mine.id})
        first = [token for token in rivals if _named_at(token) < _named_at(mine)]
        if first:
            raise RivalError(
                f"Another run made an API token {mine.name!r} at the same time: {_told(first[0])}. That one was first, so"
                f" this task withdraws. Run it again: it finds that token, or makes one.{self._doubt()}",
                ids=[token.id for token in first],
            )
        self.warnings += [
            f"Another API token {mine.name!r} appeared while this one was made: {_told(token)}. It came later; if the run"
            f" that made it does not withdraw, remove it by api_token_id.{self._doubt()}"
            for token in rivals
        ]
        self.warnings += [_may_appear(name) for name in sorted(self._unseen_names)]

    def rivals(self, name: str, *own_ids: str) -> list[Token]:
        """The tokens that have got a name since the task began, but for some."""
        return self._rivals(self._api.iterate(BY_ID), name, own_ids)

    def _rivals(self, tokens: t.Iterable[Token], name: str, own_ids: t.Collection[str]) -> list[Token]:
        return [
            token
            for token in tokens
            if token.name == name and token.id not in own_ids and self._known.get(token.id) != name
        ]

    def _doubt(self) -> str:
        if self._staged:
            return ""
        return (
            " If there is no other run, it comes of a try of this task that Losant refused and carried out all the same;"
            " then its secret is lost: delete it by api_token_id."
        )

    def _remove_late(self, tokens: t.Iterable[Token]) -> None:
        """Remove what creations made whose answers were lost, and that took their time."""
        for token in tokens:
            try:
                delete_if_there(self._api, token)
                self._unseen_names.discard(token.name)
            except RequestError as error:
                self.warnings.append(f"{error} Nobody has its secret. A run in an hour or later removes it.")

    def _make_direct(self, step: Create) -> tuple[Token, str | None]:
        """Make the token under its own name. A lost answer ends in an error that names what appeared."""
        try:
            return self._api.create(step.fields)
        except RequestError as error:
            if error.effect is Effect.NONE:
                raise
            failure = error
        raise self._lost(failure, step.token.name)

    def _lost(self, failure: RequestError, name: str) -> LosantError:
        """What to say when a token may have been made without anyone getting its secret."""
        try:
            appeared = [
                token for token in self._api.iterate(BY_ID) if token.name == name and token.id not in self._known
            ]
        except RequestError:
            return UnfinishedError(
                f"{failure} A token may have been made all the same, and the list can't be read to find out. Look for a new"
                f" token named {name!r} and delete it: its secret is lost.",
                cause=failure,
            )
        if not appeared:
            warning = (
                f"No new token named {name!r} has appeared so far, but the lost creation may still be carried out. Look for"
                " one before you run the task again, and delete it: its secret is lost."
            )
            failure.warnings = (warning,)
            return failure
        return UnfinishedError(
            f"{failure} Meanwhile a token of that name appeared: {', '.join(map(_told, appeared))}. If nobody else made it,"
            " it is this task's and its secret is lost: delete it by api_token_id and run the task again, or rename it by"
            " api_token_id to keep it.",
            cause=failure,
            ids=[token.id for token in appeared],
        )

    def _make_staged(self, step: Create) -> tuple[Token, str | None]:
        """Make the token under a name that is recognised after a lost answer: it is deleted, and made anew."""
        for attempt in range(CREATION_TRIES):
            name = pending_name(step.token.name, secrets.token_hex(8))
            # Nobody else has the nonce: another token of that name is of a try that was lost, or refused and done.
            self._lost_names.add(name)
            try:
                return self._api.create({**step.fields, "name": name})
            except RequestError as error:
                if error.effect is Effect.NONE:
                    raise
                failure = error
            self._remove_lost(failure, name)
            if attempt + 1 < CREATION_TRIES:
                self._api.pause(attempt)
        failure.warnings = tuple(_may_appear(name) for name in sorted(self._unseen_names))
        raise failure

    def _remove_lost(self, failure: RequestError, name: str) -> None:
        self._unseen_names.add(name)
        try:
            for token in self._api.iterate(BY_ID):
                if token.name == name:
                    delete_if_there(self._api, token)
                    self._unseen_names.discard(name)
        except RequestError as error:
            raise UnfinishedError(
                f"{failure} A token named {name!r} may have been made all the same. It can't be removed now ({error}), and"
                " nobody has its secret. A run in an hour or later removes it.",
                cause=failure,
                left=[name],
            ) from None


def _named_at(token: Token) -> tuple[str, str]:
    """A key to sort tokens by when they got their name. To name a token is the last change that its run makes to it."""
    moment = token.last_updated or token.creation_date
    return (format_time(moment) if moment else "", token.id)


def _may_appear(name: str) -> str:
    return (
        f"A creation whose answer was lost may still be carried out: if a token named {name!r} appears, nobody has its"
        " secret, and a run in an hour or later removes it."
    )


def _told(token: Token) -> str:
    return f"{token.id} (made at {format_time(token.creation_date)})" if token.creation_date else token.id
