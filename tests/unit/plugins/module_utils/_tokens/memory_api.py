# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Losant's rules for tokens in a few lines, and failures where a test needs them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    BadResponseError,
    ConnectionFailedError,
    Effect,
    RequestError,
)
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.listing import Listing
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW, OWNER, id_of

#: The ids of tokens that are created begin here; those of tokens that exist before are smaller.
FIRST_ID = 1000
OLD, NEW = id_of(1), id_of(FIRST_ID)
SECRET = "s3cr3t"


def api_error(status: int, error_type: str | None = "SomeError") -> ApiError:
    return ApiError(f"Losant responded {status}.", status=status, error_type=error_type, error_message=None)


def no_response() -> ConnectionFailedError:
    return ConnectionFailedError("The connection was lost.", sent=True)


def unreachable() -> ConnectionFailedError:
    return ConnectionFailedError("No connection was made.", sent=False)


def bad_response() -> BadResponseError:
    return BadResponseError("The response is not of this API.")


@dataclass(frozen=True)
class Fault:
    """A call of an action fails, after ``skip`` that work. ``done``: the change is in force anyway."""

    action: str
    error: BaseException
    done: bool = False
    skip: int = 0

    @property
    def is_possible(self) -> bool:
        """Whether a change can be in force after the error."""
        return not (self.done and isinstance(self.error, RequestError) and self.error.effect is Effect.NONE)


class MemoryApi:
    """Stands for TokenApi. ``calls``: what was asked, in order; ``usable``: the usable names after each change.

    :param secret: the one of every token that is created
    :param appearing: tokens that others create at the moment of the first creation
    :param renaming: the names that others give to tokens at that moment, by id
    :param changing: tokens as others change them at that moment, by id; None for deleted ones
    :param stored_name: what the server makes of a name that is sent
    :param new_fields: fields of created tokens that are not as they were sent
    :param accepted: the secrets that Losant accepts
    """

    owner = OWNER

    def __init__(
        self,
        tokens: Iterable[ApiToken] = (),
        *faults: Fault,
        secret: str | None = SECRET,
        appearing: Iterable[ApiToken] = (),
        renaming: Mapping[str, str] = MappingProxyType({}),
        changing: Mapping[str, ApiToken | None] = MappingProxyType({}),
        stored_name: Callable[[str], str] = str,
        new_fields: Mapping[str, Any] = MappingProxyType({}),
        accepted: Collection[str] = (),
    ) -> None:
        self.tokens = {token.id: token for token in tokens}
        self.calls: list[str] = []
        self.usable: list[list[str]] = []
        self.pauses: list[int] = []
        #: The name under which each token was created.
        self.names: list[str] = []
        self.accepted = accepted
        self._faults = list(faults)
        self._secret = Secret(secret) if secret is not None else None
        self._appearing = list(appearing)
        self._renaming = dict(renaming)
        self._changing = dict(changing)
        self._stored_name = stored_name
        self._new_fields = new_fields
        self._created = 0
        self._at_next_patch: list[Callable[[], None]] = []

    @property
    def as_api(self) -> TokenApi:
        return cast("TokenApi", self)

    def now(self) -> datetime:
        return NOW

    def all(self) -> Listing:
        fault = self._fault("list")
        if fault is not None:
            raise fault.error
        return Listing(self.tokens.values())

    def create(self, fields: Mapping[str, Any]) -> tuple[ApiToken, Secret | None]:
        fault = self._fault("create")
        token = created({**fields, "name": self._stored_name(fields["name"])}, id_of(FIRST_ID + self._created), NOW)
        token = replace(token, **self._new_fields)
        self.names.append(fields["name"])
        self._let_others_act()
        if fault is None or fault.done:
            self._created += 1
            self.tokens[token.id] = token
        self._end_change(fault)
        return token, self._secret

    def end_faults(self) -> None:
        self._faults.clear()

    def at_next_patch(self, act: Callable[[], None]) -> None:
        """Let others do something right before the next change."""
        self._at_next_patch.append(act)

    def patch(self, token: ApiToken, changes: Mapping[str, Any]) -> ApiToken:
        fault = self._fault("patch")
        while self._at_next_patch:
            self._at_next_patch.pop()()
        if fault is None or fault.done:
            if token.id not in self.tokens:
                raise api_error(404, "NotFound")
            stored = {**changes, **({"name": self._stored_name(changes["name"])} if "name" in changes else {})}
            self.tokens[token.id] = replace(self.tokens[token.id], **stored)
        self._end_change(fault)
        return self.tokens[token.id]

    def delete(self, token: ApiToken) -> None:
        fault = self._fault("delete")
        if fault is None or fault.done:
            self.tokens.pop(token.id, None)
        self._end_change(fault)

    def accepts(self, secret: Secret) -> bool:
        self.calls.append("accepts")
        return secret.reveal() in self.accepted

    def verify(self, token: ApiToken, secret: Secret, device_id: str | None = None) -> None:
        fault = self._fault("verify")
        assert self.tokens[token.id] == token
        assert secret == self._secret
        if fault is not None:
            raise fault.error

    def pause(self, attempt: int) -> None:
        self.pauses.append(attempt)

    def _let_others_act(self) -> None:
        self.tokens.update({other.id: other for other in self._appearing})
        self.tokens.update({key: replace(self.tokens[key], name=name) for key, name in self._renaming.items()})
        for key, changed in self._changing.items():
            self.tokens.pop(key)
            if changed is not None:
                self.tokens[key] = changed
        self._appearing.clear()
        self._renaming.clear()
        self._changing.clear()

    def _fault(self, action: str) -> Fault | None:
        self.calls.append(action)
        found = next((fault for fault in self._faults if fault.action == action), None)
        if found is None:
            return None
        place = self._faults.index(found)
        if found.skip:
            self._faults[place] = replace(found, skip=found.skip - 1)
            return None
        del self._faults[place]
        return found

    def _end_change(self, fault: Fault | None) -> None:
        usable = [
            token.name for token in self.tokens.values() if token.status == "active" and not token.is_expired(NOW)
        ]
        self.usable.append(sorted(usable))
        if fault is not None:
            raise fault.error


def created(fields: Mapping[str, Any], token_id: str, now: datetime) -> ApiToken:
    """The token that Losant creates from the fields: active, and with every scope, unless they say otherwise."""
    return ApiToken(id=token_id, creation_date=now, last_updated=now, owner_type="application", **fields)
