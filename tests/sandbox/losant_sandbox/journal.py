# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened: every request in order, and the usable tokens after every change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .call import MISSING, SECRET_PARAMETERS, Call
from .clock import format_time
from .state import Application, Key, State, Token

_NOT_SHOWN = "not shown"


@dataclass
class Entry:
    """One request. `status` stays None when no response was sent."""

    index: int
    call: Call
    caller: str
    status: int | None = None
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "method": self.call.method,
            "path": self.call.path,
            "query": {name: self.caller if name in SECRET_PARAMETERS else value for name, value in self.call.query},
            "headers": {
                name: self.caller if name == "authorization" else value for name, value in self.call.headers.items()
            },
            "caller": self.caller or None,
            "port": self.call.port,
            "body": self._body(),
            "status": self.status,
            "fault": self.fault,
        }

    def _body(self) -> Any:
        """What was sent, without the secret of an access key. Text that is no JSON can hold one if it is to log in."""
        body = self.call.body
        if body is MISSING:
            return _NOT_SHOWN if self.call.text and self.call.path.startswith("/auth/") else self.call.text or None
        return {**body, "secret": _NOT_SHOWN} if isinstance(body, dict) and "secret" in body else body


# The usable tokens, or access keys, of an owner: (id, name) pairs.
Usable = tuple[tuple[str, str], ...]


@dataclass
class Change:
    at: datetime
    request: int | None
    usable: dict[str, Usable]

    def as_json(self) -> dict[str, Any]:
        return {
            "at": format_time(self.at),
            "request": self.request,
            "usable": {
                owner: [{"id": token_id, "name": name} for token_id, name in tokens]
                for owner, tokens in self.usable.items()
            },
        }


@dataclass
class Journal:
    entries: list[Entry] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _next_index: int = 0
    _had_keys: bool = False
    _pairs: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def add(self, call: Call, state: State) -> Entry:
        """Record a request. Secrets are not shown: the id of the caller's token stands for them."""
        call.index = self._next_index
        self._next_index += 1
        entry = Entry(call.index, call, _caller(call, state))
        self.entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget the requests; the count of indexes continues."""
        self.entries.clear()

    def changed(self, state: State, owners: set[str], now: datetime, request: int | None) -> None:
        usable = {}
        for owner_id in sorted(owners):
            owner = state.owner(owner_id)
            tokens = owner.tokens.values() if owner else ()
            usable[owner_id] = tuple(self._pair(token) for token in tokens if token.usable(now))
            keys = owner.keys.values() if isinstance(owner, Application) else ()
            if keys or self._had_keys:
                self._had_keys = True
                usable[f"{owner_id}/keys"] = tuple(self._pair(key) for key in keys if key.usable(now))
        self.changes.append(Change(now, request, usable))

    def _pair(self, token: Token | Key) -> tuple[str, str]:
        """One object for all changes: a long history of many tokens repeats it very often."""
        pair = token.id, token.name
        return self._pairs.setdefault(pair, pair)


def _caller(call: Call, state: State) -> str:
    if call.secret is None:
        return ""
    token = state.by_secret(call.secret)
    return token.id if token else "unknown"
