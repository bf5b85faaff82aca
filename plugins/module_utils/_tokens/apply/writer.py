# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, Effect, RequestError
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import BY_ID
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi, delete_if_there
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token


class Seen(t.NamedTuple):
    """Whether the list could be read, and the token that was looked for, if it is there."""

    known: bool
    token: Token | None

    @property
    def gone(self) -> bool:
        return self.known and self.token is None


class Writes:
    """Changes and deletes single tokens, and finds out what was done when the answer is lost.

    :param caller_id: the id of the token that the client authenticates with, if known
    """

    def __init__(self, api: TokenApi, caller_id: str | None) -> None:
        self._api = api
        self._caller_id = caller_id

    def send(self, token: Token, changes: t.Mapping[str, t.Any] | None) -> Token | None:
        """Change a token, or delete it (``None``), unless someone else was quicker. What a lost answer means is not looked up."""
        try:
            if changes is not None:
                return self._api.patch(token, changes)
            delete_if_there(self._api, token)
        except RequestError as error:
            ends = changes is None or changes.get("status") == "inactive"
            if not (ends and self._ended_itself(token, error)):
                raise
        return None if changes is None else replace(token, **changes)

    def patch(self, token: Token, changes: t.Mapping[str, t.Any]) -> Token:
        """Change fields of a token.

        :raises RequestError: it was not done, as far as can be known
        """
        try:
            return t.cast("Token", self.send(token, changes))
        except RequestError as error:
            failure = error
        there = self.look_up(token).token if failure.effect > Effect.NONE else None
        if there is None or any((getattr(there, field) or "") != value for field, value in changes.items()):
            raise failure
        return there

    def delete(self, token: Token) -> None:
        """Delete a token.

        :raises RequestError: it was not done, as far as can be known
        """
        try:
            self.send(token, None)
        except RequestError as error:
            if not (error.effect > Effect.NONE and self.look_up(token).gone):
                raise

    def look_up(self, token: Token) -> Seen:
        """The token as it is now."""
        try:
            return Seen(True, next((other for other in self._api.iterate(BY_ID) if other.id == token.id), None))
        except RequestError:
            return Seen(False, None)

    def _ended_itself(self, token: Token, error: RequestError) -> bool:
        """Whether a request that failed removed or deactivated, in this or an earlier try, the very token it is sent with."""
        in_doubt = error.effect > Effect.NONE
        if token.id.lower() != self._caller_id or not in_doubt:
            return False
        # A refusal for want of scopes looks the same, but then the token is good for reading still.
        try:
            next(iter(self._api.iterate(BY_ID)), None)
        except RequestError as refusal:
            return _is_refused(refusal)
        return False


def _is_refused(error: RequestError) -> bool:
    return isinstance(error, ApiError) and error.status in (401, 403)
