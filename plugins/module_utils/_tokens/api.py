# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, RequestError
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Action, error_context
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import (
    BY_ID,
    DEFAULT_PAGE_SIZE,
    count_of,
    items_of,
)
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import KeySecret, Secret

from .listing import Listing
from .owner import Owner
from .token import Resource, Token


class VerificationError(LosantError):
    """Losant does not accept a new token."""

    kind = "verification"


class Page(t.NamedTuple):
    """One page of the list. ``total_count``: the number of all matches; None if Losant does not show it."""

    tokens: list[Token]
    total_count: int | None


class TokenApi:
    """Losant's five actions on the tokens of one owner, and the trial of a secret.

    :param concurrency: how many pages of the list are read at a time
    """

    def __init__(self, client: Client, owner: Owner, concurrency: int = 1) -> None:
        self.owner = owner
        self._concurrency = concurrency
        self._client = client

    def now(self) -> datetime:
        """The present time by Losant's clock."""
        return self._client.clock.now()

    def iterate(self, query: t.Mapping[str, str], per_page: int = DEFAULT_PAGE_SIZE) -> t.Iterator[Token]:
        """Every token that the query leaves, once."""
        action = self._action(f"list the {self._resource.label}s", "get", of_list=True)
        with error_context(action):
            for item in self._client.paginate(self.owner.path, action, query, per_page, self._concurrency):
                yield self._token(item)

    def all(self) -> Listing:
        """All tokens of the owner."""
        return Listing(self.iterate(BY_ID))

    def page(self, query: t.Mapping[str, str], page: int, per_page: int) -> Page:
        """Just one page, counted from 0."""
        action = self._action(f"list the {self._resource.label}s", "get", of_list=True)
        with error_context(action):
            response = self._client.get(self.owner.path, action, {**query, "page": page, "perPage": per_page})
            return Page([self._token(item) for item in items_of(response)], count_of(response.get("totalCount")))

    def create(self, fields: t.Mapping[str, t.Any]) -> tuple[Token, Secret | None]:
        """Create a token, and return it with its secret: None if Losant's response has none that can be used."""
        action = self._action(f"create {self._resource.label} {fields['name']!r}", "post", of_list=True)
        response = self._client.post(self.owner.path, action, self._resource.body_of(fields))
        value = response.get(self._resource.secret)
        with error_context(action):
            token = self._token(response)
            secret = token.secret_of(value) if isinstance(value, str) else None
            return token, secret if secret is not None and secret.is_sendable() else None

    def patch(self, token: Token, changes: t.Mapping[str, t.Any]) -> Token:
        """Change name, description or status."""
        action = self._action(f"update {token.label}", "patch")
        with error_context(action):
            return self._token(self._client.patch(self._path_of(token), action, self._resource.body_of(changes)))

    def delete(self, token: Token) -> None:
        """Delete a token, which revokes it for good. Done, too, if it does not exist any more."""
        try:
            self._client.delete(self._path_of(token), self._action(f"delete {token.label}", "delete"))
        except ApiError as error:
            if not error.is_not_found:
                raise

    def accepts(self, secret: Secret) -> bool:
        """Whether Losant accepts a secret: it refuses a wrong one with 401, before it looks at scopes (403)."""
        action = Action(f"try a secret with {self.owner.label}")
        try:
            self._client.reading_with(secret).get(self.owner.probe, action, {})
        except ApiError as error:
            # A gateway's refusal says nothing about the secret: the API's own errors have a type.
            if error.error_type is None or error.status not in (401, 403, 404):
                raise
            return error.status != 401
        return True

    def authenticates(self, device_id: str, secret: KeySecret) -> bool:
        """Whether a device can authenticate with an access key: Losant refuses it with 401 otherwise.

        :raises RequestError: it cannot be known. To ask again does no harm
        """
        action = Action(f"authenticate as device {device_id}")
        body = {"deviceId": device_id, "key": secret.key, "secret": secret.reveal()}
        try:
            self._client.post(self.owner.probe, action, body)
        except ApiError as error:
            if error.status != 401:
                raise
            return False
        return True

    def verify(self, token: Token, secret: Secret, device_id: str | None = None) -> None:
        """Check that Losant accepts a new token. It gets as many tries as a request gets.

        :param device_id: the device to authenticate as
        :raises VerificationError: Losant does not accept it
        """
        retries = self._client.retry.retries
        for attempt in range(retries + 1):
            if self._is_accepted(secret, device_id, is_last=attempt == retries):
                return
            if attempt < retries:
                self.pause(attempt)
        raise VerificationError(f"Losant does not accept the new {token.label}.")

    def _is_accepted(self, secret: Secret, device_id: str | None, *, is_last: bool) -> bool:
        if device_id is None:
            return self.accepts(secret)
        try:
            return self.authenticates(device_id, t.cast("KeySecret", secret))
        except RequestError:
            # The client does not repeat a POST.
            if is_last:
                raise
            return False

    def pause(self, attempt: int) -> None:
        """Wait as before a further try of a request."""
        self._client.pause(attempt)

    @property
    def _resource(self) -> Resource:
        return self.owner.resource

    def _token(self, data: t.Mapping[str, t.Any]) -> Token:
        return self.owner.kind.from_api(data, self.owner.type)

    def _path_of(self, token: Token) -> str:
        return f"{self.owner.path}/{token.id}"

    def _action(self, doing: str, action: str, *, of_list: bool = False) -> Action:
        advice = f"access_token needs one of these scopes: {', '.join(self.owner.scopes_for(action, of_list=of_list))}."
        if action != "get":
            bounded = "" if self.owner.bounded_writes else ", .bounded"
            advice += f" Scopes that end in .read{bounded} or .cli cannot manage {self._resource.noun}s."
        seen = f"Check the ids, and that the access token can see this {self.owner.type}."
        return Action(f"{doing} of {self.owner.label}", {403: advice, 404: seen})
