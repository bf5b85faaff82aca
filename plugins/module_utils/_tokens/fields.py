# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._common.values import read_id, read_string, read_time

from .roles import comparable_org_roles, read_org_roles, write_org_roles

#: What Losant grants when a token is created without a scope. Source: Losant's documentation of tokens.
DEFAULT_SCOPE = ("all.Application",)
DEFAULT_STATUS = "active"
# Limits of the API's schema apiTokenPost.
MAX_NAME = 255
MAX_DESCRIPTION = 32767


@dataclass(frozen=True)
class Kind:
    """A kind of value.

    ``wanted``: what the API promises, for messages; ``read``: from Losant's value, which is never None, to ours
    (ValueError if it is something else); ``write``: back to Losant's; ``comparable``: to a form that is equal when the
    meaning is, and that JSON can hold.
    """

    wanted: str
    read: t.Callable[[t.Any], t.Any]
    write: t.Callable[[t.Any], t.Any]
    comparable: t.Callable[[t.Any], t.Any]


@dataclass(frozen=True)
class Field:
    """One property of an API token.

    ``option``: its name in options, results and in :class:`Token`; ``api_name``: in Losant's objects; ``mutable``: PATCH
    can change it; ``create_only``: only POST can set it; ``inherited``: a replacement takes it over if the task does not
    declare it; ``unset``: the value of a token that does not have it; ``owners``: the kinds of owner whose tokens have it,
    empty if all do. Source: the schemas apiToken, apiTokenPost and apiTokenPatch.
    """

    option: str
    api_name: str
    kind: Kind
    mutable: bool = False
    create_only: bool = False
    inherited: bool = False
    unset: t.Any = None
    owners: tuple[str, ...] = ()

    def is_of(self, owner_type: str) -> bool:
        """Whether the tokens of a kind of owner have it."""
        return not self.owners or owner_type in self.owners

    def read(self, data: t.Mapping[str, t.Any]) -> t.Any:
        """Read the field from Losant's object.

        :raises ValueError: it has a value that the API does not promise
        """
        value = data.get(self.api_name)
        return self.unset if value is None else self.kind.read(value)

    def comparable(self, value: t.Any) -> t.Any:
        """The value in a form that is equal when the meaning is."""
        return self.kind.comparable(value)


def _read_scope(value: t.Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError
    return tuple(map(read_string, value))


def _written_time(when: datetime | None) -> str | None:
    return format_time(when) if when else None


def _same(value: t.Any) -> t.Any:
    return value


_STRING = Kind("a string", read_string, _same, _same)
#: Losant shows a description that is empty, or none.
_TEXT = Kind("a string", read_string, _same, lambda value: value or "")
_ID = Kind("24 hexadecimal characters", read_id, _same, _same)
_TIME = Kind("a time with a zone", read_time, _written_time, _written_time)
_SCOPE = Kind("a list of strings", _read_scope, list, lambda value: sorted(set(value)))
_ORG_ROLES = Kind("a list of roles", read_org_roles, write_org_roles, comparable_org_roles)

FIELDS: tuple[Field, ...] = (
    Field("id", "id", _ID),
    Field("name", "name", _STRING, mutable=True),
    Field("description", "description", _TEXT, mutable=True, inherited=True),
    Field("status", "status", _STRING, mutable=True, inherited=True, unset=DEFAULT_STATUS),
    Field("scope", "scope", _SCOPE, create_only=True, inherited=True, unset=()),
    Field("expiration_date", "expirationDate", _TIME, create_only=True),
    Field("creation_date", "creationDate", _TIME),
    Field("last_updated", "lastUpdated", _TIME),
    Field("owner_id", "ownerId", _STRING),
    Field("owner_type", "ownerType", _STRING),
    Field("creator_id", "creatorId", _STRING),
    Field("creator_type", "creatorType", _STRING),
    Field("creator_name", "creatorName", _STRING),
    # What they do to tokens of applications and instances is not known.
    Field("default_role", "defaultRole", _STRING, mutable=True, inherited=True, owners=("user",)),
    Field("org_roles", "orgRoles", _ORG_ROLES, mutable=True, inherited=True, owners=("user",)),
)
#: The fields that a task can declare.
DECLARABLE = tuple(field for field in FIELDS if field.mutable or field.create_only)
MUTABLE = frozenset(field.option for field in FIELDS if field.mutable)


@functools.lru_cache(maxsize=None)
def fields_of(owner_type: str) -> tuple[Field, ...]:
    """The fields that the tokens of a kind of owner have."""
    return tuple(field for field in FIELDS if field.is_of(owner_type))


def body_of(values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Losant's spelling of some declarable fields. What is not among them is not sent: Losant takes no null."""
    return {field.api_name: field.kind.write(values[field.option]) for field in DECLARABLE if field.option in values}
