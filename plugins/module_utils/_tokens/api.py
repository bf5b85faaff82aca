# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import contextmanager
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, BadResponseError
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Action, Json
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import (
    DEFAULT_PAGE_SIZE,
    count_of,
    items_of,
)
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import checked_id
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

_WRITING = "all.Application, all.Organization, all.User, {resource}.*, {action}"
_READING = "all.Application[.bounded, .read], all.Organization[.bounded, .read], all.User[.bounded, .read], {resource}.*, {action}"
_NO_BOUNDED = " Scopes that end in .read, .bounded or .cli can't manage tokens."


class VerificationError(LosantError):
    """A new token is of no use."""

    kind = "verification"


class Page(t.NamedTuple):
    """One page of the list; ``total_count`` is that of all matches, None if Losant does not tell."""

    tokens: list[Token]
    total_count: int | None


class TokenApi:
    """Losant's five actions on the API tokens of one application.

    Paths, parameters and accepted scopes: the API's definition, version 1.31.0.
    """

    def __init__(self, client: Client, application_id: str) -> None:
        self.application_id = checked_id("application_id", application_id)
        self._client = client
        self._path = f"/applications/{self.application_id}/tokens"
        self._of = f"of application {self.application_id}"

    def iterate(self, query: t.Mapping[str, str], per_page: int = DEFAULT_PAGE_SIZE) -> t.Iterator[Token]:
        """Every token that the query leaves, once."""
        call = self._listing()
        with _telling(call):
            for item in self._client.paginate(self._path, call, query, per_page):
                yield Token.from_api(item)

    def page(self, query: t.Mapping[str, str], page: int, per_page: int) -> Page:
        """Just one page, counted from 0."""
        call = self._listing()
        with _telling(call):
            answer = self._client.get(self._path, call, {**query, "page": page, "perPage": per_page})
            return Page([Token.from_api(item) for item in items_of(answer)], count_of(answer.get("totalCount")))

    def create(self, fields: t.Mapping[str, t.Any]) -> tuple[Token, str | None]:
        """Make a token, and return it with its secret: None if Losant's answer lacks it."""
        call = Action(
            f"create the API token {fields['name']!r} {self._of}",
            {403: _needed(_WRITING, "applicationApiTokens", "post") + _NO_BOUNDED},
        )
        answer = self._client.post(self._path, call, _body(fields))
        secret = answer.get("token")
        with _telling(call):
            return Token.from_api(answer), secret if isinstance(secret, str) and secret else None

    def patch(self, token: Token, changes: t.Mapping[str, t.Any]) -> Token:
        """Change name, description or status."""
        advice = {403: _needed(_WRITING, "applicationApiToken", "patch") + _NO_BOUNDED}
        call = Action(f"update the API token {token.name!r} ({token.id}) {self._of}", advice)
        with _telling(call):
            return Token.from_api(self._client.patch(f"{self._path}/{token.id}", call, _body(changes)))

    def delete(self, token: Token) -> None:
        """Revoke a token for good."""
        advice = {403: _needed(_WRITING, "applicationApiToken", "delete") + _NO_BOUNDED}
        call = Action(f"delete the API token {token.name!r} ({token.id}) {self._of}", advice)
        self._client.delete(f"{self._path}/{token.id}", call)

    def accepts(self, secret: str) -> bool:
        """Whether Losant takes a secret: it refuses a wrong one with 401, before it looks at scopes (403)."""
        call = Action(f"try a secret on application {self.application_id}")
        try:
            self._client.reading_with(Secret(secret)).get(f"/applications/{self.application_id}", call, {})
        except ApiError as error:
            # A gateway's refusal says nothing about the secret: the API's own errors have a type.
            if error.error_type is None or error.status not in (401, 403, 404):
                raise
            return error.status != 401
        return True

    def verify(self, token: Token, secret: str) -> None:
        """Make sure that Losant accepts a new token. It gets a little time, as often as a request gets further tries.

        :raises VerificationError: it does not
        """
        for attempt in range(self._client.retry.retries + 1):
            if self.accepts(secret):
                return
            self.pause(attempt)
        raise VerificationError(f"Losant does not accept the new API token {token.name!r} ({token.id}).")

    def pause(self, attempt: int) -> None:
        """Wait as before a further try of a request."""
        self._client.pause(attempt)

    def _listing(self) -> Action:
        return Action(f"list the API tokens {self._of}", {403: _needed(_READING, "applicationApiTokens", "get")})


def delete_if_there(api: TokenApi, token: Token) -> None:
    """Delete a token. If someone else was quicker, it is gone as it should be."""
    try:
        api.delete(token)
    except ApiError as error:
        if not error.is_not_found:
            raise


@contextmanager
def _telling(call: Action) -> t.Iterator[None]:
    """Let an error about what an answer holds say what was tried, as errors of the client do."""
    try:
        yield
    except BadResponseError as error:
        if "method" in error.failure:
            raise
        failure = BadResponseError(f"Could not {call.doing}: {error}", **error.failure)
    else:
        return
    raise failure


def _needed(scopes: str, resource: str, action: str) -> str:
    listed = scopes.format(resource=resource, action=f"{resource}.{action}")
    return f"The access token needs one of these scopes: {listed}."


def _body(fields: t.Mapping[str, t.Any]) -> Json:
    """The fields as the API spells them. What is unset is not sent: Losant takes no null."""
    body: Json = {}
    for field, value in fields.items():
        if isinstance(value, datetime):
            body["expirationDate"] = format_time(value)
        else:
            body[field] = list(value) if isinstance(value, tuple) else value
    return body
