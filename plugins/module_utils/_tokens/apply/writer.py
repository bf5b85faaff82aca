# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, Effect, RequestError

from ..api import TokenApi
from ..plan.steps import Delete, Write
from ..token import Token
from .verdicts import Listed, Verdict, Written, reads_list, verdict_of


class Writer:
    """Changes and deletes single tokens, and finds out what was done when a response is lost.

    :param caller_id: the id of the token that the client authenticates with, if known
    """

    def __init__(self, api: TokenApi, caller_id: str | None) -> None:
        self._api = api
        self._caller_id = caller_id

    def write(self, write: Write) -> Written:
        """Send a write. Whatever becomes of the request, the verdict says how to go on."""
        try:
            if isinstance(write, Delete):
                self._api.delete(write.token)
                return Written(Verdict.DONE)
            return Written(Verdict.DONE, self._api.patch(write.token, write.changes))
        except RequestError as error:
            failure = error
        listed, token = self._look_up(write, failure)
        return Written(verdict_of(write.purpose, failure.effect, listed), token, failure, listed)

    def _look_up(self, write: Write, failure: RequestError) -> tuple[Listed, Token | None]:
        """What the list shows after a failure, and the token as it is."""
        if not reads_list(write.purpose, failure.effect):
            is_missing = isinstance(failure, ApiError) and failure.is_not_found
            return (Listed.MISSING if is_missing else Listed.NOT_READ), None
        try:
            tokens = self._api.all()
        except RequestError as error:
            if self._ended_itself(write, failure, error):
                return Listed.APPLIED, _changed(write)
            return Listed.UNREADABLE, None
        token = tokens.by_id(write.token.id)
        if token is None:
            return (Listed.APPLIED if isinstance(write, Delete) else Listed.MISSING), None
        if not isinstance(write, Delete) and _has(token, write.changes):
            return Listed.APPLIED, token
        is_valid = token.status in ("active", write.token.status) and not token.is_expired(self._api.now())
        return (Listed.UNCHANGED if is_valid else Listed.INVALID), token

    def _ended_itself(self, write: Write, failure: RequestError, refusal: RequestError) -> bool:
        """Whether a write ended the very token it was sent with, and Losant refuses that token since.

        For lack of scopes Losant would refuse the write as well, but not the reading of the list.
        """
        return (
            write.ends_token
            and write.token.id.lower() == self._caller_id
            and failure.effect is not Effect.NONE
            and isinstance(refusal, ApiError)
            and refusal.is_refused
        )


def _has(token: Token, changes: t.Mapping[str, t.Any]) -> bool:
    return all((getattr(token, option) or "") == value for option, value in changes.items())


def _changed(write: Write) -> Token | None:
    return None if isinstance(write, Delete) else replace(write.token, **write.changes)
