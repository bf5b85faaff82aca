# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Losant's rules for tokens in a few lines, and failures where a test wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    BadResponseError,
    ConnectionFailedError,
)
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW, id_of

#: The ids of tokens that are made begin here; those of tokens that are there are smaller.
FIRST_ID = 1000
SECRET = "s3cr3t"


def api_error(status: int, error_type: str | None = "Trouble") -> ApiError:
    return ApiError(f"Answered with {status}.", status=status, error_type=error_type, error_message=None)


def lost() -> ConnectionFailedError:
    return ConnectionFailedError("The connection is lost.", sent=True)


def unreachable() -> ConnectionFailedError:
    return ConnectionFailedError("No connection.", sent=False)


def strange() -> BadResponseError:
    return BadResponseError("No answer of this API.")


@dataclass(frozen=True)
class Fault:
    """A call of an action fails, after ``skip`` that work; ``done`` tells whether the work is done all the same."""

    action: str
    error: LosantError
    done: bool = False
    skip: int = 0


class MemoryApi:
    """Stands for TokenApi. ``calls`` tells what was asked; ``usable`` the names in use after each change.

    ``appearing`` are the tokens that others make at the moment of the first creation, ``renaming`` the names that they
    give then, by id; ``changing`` are tokens as they are from then on, or None for those that are gone.
    """

    def __init__(
        self,
        tokens: Iterable[Token] = (),
        faults: Iterable[Fault] = (),
        secret: str | None = SECRET,
        appearing: Iterable[Token] = (),
        renaming: Mapping[str, str] = MappingProxyType({}),
        changing: Mapping[str, Token | None] = MappingProxyType({}),
    ) -> None:
        self.tokens = {token.id: token for token in tokens}
        self.calls: list[str] = []
        self.usable: list[list[str]] = []
        self._faults = list(faults)
        self.pauses: list[int] = []
        #: The name under which each token was made.
        self.names: list[str] = []
        self._secret = secret
        self._appearing = list(appearing)
        self._renaming = dict(renaming)
        self._changing = dict(changing)
        self._made = 0

    @property
    def as_api(self) -> TokenApi:
        return cast("TokenApi", self)

    def iterate(self, query: Mapping[str, str], per_page: int = 100) -> Iterator[Token]:
        fault = self._fault("list")
        if fault is not None:
            raise fault.error
        yield from list(self.tokens.values())

    def create(self, fields: Mapping[str, Any]) -> tuple[Token, str | None]:
        fault = self._fault("create")
        token = created(fields, id_of(FIRST_ID + self._made), NOW)
        self.names.append(token.name)
        self.tokens.update({other.id: other for other in self._appearing})
        self.tokens.update({key: replace(self.tokens[key], name=name) for key, name in self._renaming.items()})
        for key, changed in self._changing.items():
            self.tokens.pop(key)
            if changed is not None:
                self.tokens[key] = changed
        self._changing.clear()
        self._appearing.clear()
        self._renaming.clear()
        if fault is None or fault.done:
            self._made += 1
            self.tokens[token.id] = token
        self._changed(fault)
        return token, self._secret

    def patch(self, token: Token, changes: Mapping[str, Any]) -> Token:
        fault = self._fault("patch")
        if fault is None or fault.done:
            if token.id not in self.tokens:
                raise api_error(404, "NotFound")
            self.tokens[token.id] = replace(self.tokens[token.id], **changes)
        self._changed(fault)
        return self.tokens[token.id]

    def delete(self, token: Token) -> None:
        fault = self._fault("delete")
        if fault is None or fault.done:
            if token.id not in self.tokens:
                raise api_error(404, "NotFound")
            del self.tokens[token.id]
        self._changed(fault)

    def verify(self, token: Token, secret: str) -> None:
        fault = self._fault("verify")
        assert self.tokens[token.id].name in (token.name, self.names[-1])
        assert secret == self._secret
        if fault is not None:
            raise fault.error

    def pause(self, attempt: int) -> None:
        self.pauses.append(attempt)

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

    def _changed(self, fault: Fault | None) -> None:
        usable = [
            token.name for token in self.tokens.values() if token.status == "active" and not token.is_expired(NOW)
        ]
        self.usable.append(sorted(usable))
        if fault is not None:
            raise fault.error


def created(fields: Mapping[str, Any], token_id: str, now: datetime) -> Token:
    """The token that Losant makes of the fields: active, and good for everything, unless they say otherwise."""
    return Token(id=token_id, creation_date=now, last_updated=now, owner_type="application", **fields)
