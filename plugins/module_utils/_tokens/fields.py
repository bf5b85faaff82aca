# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._common.values import read_id, read_string, read_time

from .device_tags import comparable_tags, read_tags, write_tags
from .roles import comparable_org_roles, read_org_roles, write_org_roles

DEFAULT_STATUS = "active"
# Limits of the API's schemas apiTokenPost and applicationKeyPost.
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
    """One property of an API token or an access key.

    ``option``: its name in options, results and in :class:`.token.Token`; ``api_name``: in Losant's objects; ``mutable``:
    PATCH can change it; ``create_only``: only POST can set it; ``patch_only``: POST cannot set it; ``inherited``: a
    replacement takes it over if the task does not declare it; ``unset``: the value of a token that does not have it;
    ``required``: every token has it; ``owners``: the kinds of owner whose tokens have it, empty if all do.
    """

    option: str
    api_name: str
    kind: Kind
    mutable: bool = False
    create_only: bool = False
    patch_only: bool = False
    inherited: bool = False
    unset: t.Any = None
    required: bool = False
    owners: tuple[str, ...] = ()

    @property
    def is_declarable(self) -> bool:
        """Whether a task can declare it."""
        return self.mutable or self.create_only

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


def _read_strings(value: t.Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError
    return tuple(map(read_string, value))


def _read_ids(value: t.Any) -> tuple[str, ...]:
    return tuple(read_id(entry).lower() for entry in _read_strings(value))


def _written_time(when: datetime | None) -> str | None:
    return format_time(when) if when else None


def _same(value: t.Any) -> t.Any:
    return value


def _as_set(value: t.Iterable[str] | None) -> list[str]:
    return sorted(set(value or ()))


_STRING = Kind("a string", read_string, _same, _same)
#: Losant shows a description that is empty, or none.
_TEXT = Kind("a string", read_string, _same, lambda value: value or "")
_ID = Kind("24 hexadecimal characters", read_id, _same, _same)
_TIME = Kind("a time with a zone", read_time, _written_time, _written_time)
_STRINGS = Kind("a list of strings", _read_strings, list, _as_set)
_IDS = Kind("a list of ids", _read_ids, list, _as_set)
_ORG_ROLES = Kind("a list of roles", read_org_roles, write_org_roles, comparable_org_roles)
_TAGS = Kind("a list of tags", read_tags, write_tags, comparable_tags)

# What API tokens and access keys have in common.
_ITS_ID = Field("id", "id", _ID, required=True)
_DESCRIPTION = Field("description", "description", _TEXT, mutable=True, inherited=True)
_CREATION_DATE = Field("creation_date", "creationDate", _TIME)
_LAST_UPDATED = Field("last_updated", "lastUpdated", _TIME)

#: Source: the schemas apiToken, apiTokenPost and apiTokenPatch.
TOKEN_FIELDS: tuple[Field, ...] = (
    _ITS_ID,
    Field("name", "name", _STRING, mutable=True, required=True),
    _DESCRIPTION,
    Field("status", "status", _STRING, mutable=True, inherited=True, unset=DEFAULT_STATUS),
    Field("scope", "scope", _STRINGS, create_only=True, inherited=True, unset=()),
    Field("expiration_date", "expirationDate", _TIME, create_only=True),
    _CREATION_DATE,
    _LAST_UPDATED,
    Field("owner_id", "ownerId", _STRING),
    Field("owner_type", "ownerType", _STRING),
    Field("creator_id", "creatorId", _STRING),
    Field("creator_type", "creatorType", _STRING),
    Field("creator_name", "creatorName", _STRING),
    # What they do to tokens of applications and instances is not known.
    Field("default_role", "defaultRole", _STRING, mutable=True, inherited=True, owners=("user",)),
    Field("org_roles", "orgRoles", _ORG_ROLES, mutable=True, inherited=True, owners=("user",)),
)
#: Source: the schemas applicationKey, applicationKeyPost and applicationKeyPatch. New keys are active.
KEY_FIELDS: tuple[Field, ...] = (
    _ITS_ID,
    # The API requires no name.
    Field("name", "name", _STRING, mutable=True, unset=""),
    _DESCRIPTION,
    Field("key", "key", _STRING, required=True),
    Field("status", "status", _STRING, mutable=True, patch_only=True, inherited=True, unset=DEFAULT_STATUS),
    Field("device_ids", "deviceIds", _IDS, create_only=True, inherited=True, unset=()),
    Field("device_tags", "deviceTags", _TAGS, create_only=True, inherited=True, unset=()),
    Field("filter_type", "filterType", _STRING, mutable=True, inherited=True, unset="all"),
    Field("pub_topics", "pubTopics", _STRINGS, mutable=True, inherited=True, unset=()),
    Field("sub_topics", "subTopics", _STRINGS, mutable=True, inherited=True, unset=()),
    Field("address_filter_type", "addressFilterType", _STRING, mutable=True, inherited=True, unset="all"),
    Field("addresses", "addresses", _STRINGS, mutable=True, inherited=True, unset=()),
    Field("application_id", "applicationId", _STRING),
    _CREATION_DATE,
    _LAST_UPDATED,
    Field("created_by_id", "createdById", _STRING),
    Field("created_by_type", "createdByType", _STRING),
    Field("last_updated_by_id", "lastUpdatedById", _STRING),
    Field("last_updated_by_type", "lastUpdatedByType", _STRING),
)
