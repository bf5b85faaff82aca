# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sandbox holds: applications, a user and instances with their tokens, devices, and who may call."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

APPLICATION_ID = "575ec8687ae143cd83dc4a97"
USER_ID = "575ed70c7ae143cd83dc4aa9"
# What the user logs in with.
USER_EMAIL = "user@example.com"
USER_PASSWORD = "sandbox-password"


@dataclass(frozen=True)
class Author:
    """Who created or updated an object, and of which kind it is."""

    id: str = USER_ID
    type: str = "user"


@dataclass
class Token:
    """An API token of an owner, or an identity to call with that is in no list (it may have no owner then)."""

    id: str
    secret: str
    name: str
    created: datetime
    updated: datetime
    subtype: str = "apiToken"
    scope: list[str] = field(default_factory=lambda: ["all.Application"])
    status: str = "active"
    owner_type: str = "application"
    owner_id: str | None = None
    description: str | None = None
    expires: datetime | None = None
    creator_id: str = USER_ID
    creator_type: str = "user"
    # Fields the sandbox does not know; shown as they were given.
    more: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False

    @property
    def application_id(self) -> str | None:
        """The only application within its reach, if it is an application's."""
        return self.owner_id if self.owner_type == "application" else None

    @property
    def author(self) -> Author:
        """Who this is in what it creates: a user's login is the user."""
        return Author(self.id, "apiToken") if self.subtype == "apiToken" else Author(self.creator_id)

    def expired(self, now: datetime) -> bool:
        return self.expires is not None and self.expires <= now

    def usable(self, now: datetime) -> bool:
        return not self.deleted and self.status == "active" and not self.expired(now)


@dataclass
class Key:
    """An access key of an application; `fields` are those that POST and PATCH set, as they were given."""

    id: str
    key: str
    secret: str
    application_id: str
    created: datetime
    updated: datetime
    status: str = "active"
    creator: Author = Author()
    updater: Author = Author()
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """It can have none."""
        return str(self.fields.get("name") or "")

    def usable(self, now: datetime) -> bool:
        """It never expires."""
        return self.status == "active"


@dataclass
class Owner:
    """What has API tokens; `fields` is its JSON, without what is counted."""

    type: ClassVar[str]
    id: str
    fields: dict[str, Any]
    tokens: dict[str, Token] = field(default_factory=dict)


@dataclass
class User(Owner):
    type: ClassVar[str] = "user"


@dataclass
class Instance(Owner):
    type: ClassVar[str] = "instance"


@dataclass
class Application(Owner):
    type: ClassVar[str] = "application"
    devices: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)

    def device(self, device_id: str) -> dict[str, Any] | None:
        """The device of this id, if it exists and is not deleted."""
        device = self.devices.get(device_id.lower())
        return None if device is None or device.get("deletedAt") else device


class Ids:
    """24 hexadecimal digits that increase with every call, as the ids of one server do."""

    def __init__(self) -> None:
        self._prefix = f"{int(time.time()):08x}{secrets.token_hex(5)}"
        self._count = 0

    def next(self) -> str:
        self._count += 1
        return f"{self._prefix}{self._count:06x}"


class State:
    def __init__(self) -> None:
        self.applications: dict[str, Application] = {}
        self.instances: dict[str, Instance] = {}
        self.users: dict[str, User] = {}
        self.callers: dict[str, Token] = {}
        self._by_secret: dict[str, Token] = {}

    def owner(self, owner_id: str) -> Owner | None:
        """The application, user or instance of this id."""
        kinds: tuple[Mapping[str, Owner], ...] = (self.applications, self.users, self.instances)
        return next((kind[owner_id] for kind in kinds if owner_id in kind), None)

    def owners(self) -> Iterator[Owner]:
        yield from self.applications.values()
        yield from self.users.values()
        yield from self.instances.values()

    def tokens(self) -> Iterator[Token]:
        for owner in self.owners():
            yield from owner.tokens.values()

    def by_secret(self, secret: str) -> Token | None:
        """The token with exactly this secret; a deleted one too, so that the response can differ."""
        return self._by_secret.get(secret)

    def add_token(self, token: Token) -> None:
        owner = self.owner(token.owner_id or "")
        if owner is None:
            raise ValueError("a token needs an owner")
        owner.tokens[token.id] = token
        self._by_secret[token.secret] = token

    def add_caller(self, token: Token) -> None:
        self.callers[token.id] = token
        self._by_secret[token.secret] = token

    def delete(self, object_id: str) -> str | None:
        """Delete the token, device, key or application of this id; return the id of the owner it was in."""
        for owner in self.owners():
            token = owner.tokens.pop(object_id, None)
            if token is not None:
                token.deleted = True
                return owner.id
        for application in self.applications.values():
            if application.devices.pop(object_id, None) or application.keys.pop(object_id, None):
                return application.id
        removed = self.applications.pop(object_id, None)
        if removed is None:
            return None
        for token in removed.tokens.values():
            token.deleted = True
        return object_id
