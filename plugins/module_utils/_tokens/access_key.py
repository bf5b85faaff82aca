# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.key_document import key_in, read_document
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import written_time
from ansible_collections.losant.platform.plugins.module_utils._common.secret import KeySecret, Secret
from ansible_collections.losant.platform.plugins.module_utils._common.values import read_id

from .device_tags import Tag, comparable_tags, read_tags, write_tags
from .fields import (
    CREATION_DATE,
    DEFAULT_STATUS,
    DESCRIPTION,
    ITS_ID,
    LAST_UPDATED,
    STRING,
    STRINGS,
    Field,
    Kind,
    as_set,
    read_strings,
)
from .naming import is_pending, read_superseded
from .token import Resource, Token


def _read_ids(value: t.Any) -> tuple[str, ...]:
    return tuple(read_id(entry).lower() for entry in read_strings(value))


_IDS = Kind("a list of ids", _read_ids, list, as_set)
_TAGS = Kind("a list of tags", read_tags, write_tags, comparable_tags)
#: Source: the schemas applicationKey, applicationKeyPost and applicationKeyPatch. New keys are active.
KEY_FIELDS: tuple[Field, ...] = (
    ITS_ID,
    # The API requires no name.
    Field("name", "name", STRING, mutable=True, unset=""),
    DESCRIPTION,
    Field("key", "key", STRING, required=True),
    Field("status", "status", STRING, mutable=True, patch_only=True, inherited=True, unset=DEFAULT_STATUS),
    Field("device_ids", "deviceIds", _IDS, create_only=True, inherited=True, unset=()),
    Field("device_tags", "deviceTags", _TAGS, create_only=True, inherited=True, unset=()),
    Field("filter_type", "filterType", STRING, mutable=True, inherited=True, unset="all"),
    Field("pub_topics", "pubTopics", STRINGS, mutable=True, inherited=True, unset=()),
    Field("sub_topics", "subTopics", STRINGS, mutable=True, inherited=True, unset=()),
    Field("address_filter_type", "addressFilterType", STRING, mutable=True, inherited=True, unset="all"),
    Field("addresses", "addresses", STRINGS, mutable=True, inherited=True, unset=()),
    Field("application_id", "applicationId", STRING),
    CREATION_DATE,
    LAST_UPDATED,
    Field("created_by_id", "createdById", STRING),
    Field("created_by_type", "createdByType", STRING),
    Field("last_updated_by_id", "lastUpdatedById", STRING),
    Field("last_updated_by_type", "lastUpdatedByType", STRING),
)


@dataclass(frozen=True)
class AccessKey(Token):
    """An access key of an application, with which its devices authenticate. It never expires.

    ``key``: its public part; ``device_ids`` and ``device_tags``: the devices that it works for, all if both are empty.
    """

    key: str = ""
    device_ids: tuple[str, ...] = ()
    device_tags: tuple[Tag, ...] = ()
    filter_type: str = "all"
    pub_topics: tuple[str, ...] = ()
    sub_topics: tuple[str, ...] = ()
    address_filter_type: str = "all"
    addresses: tuple[str, ...] = ()
    application_id: str | None = None
    created_by_id: str | None = None
    created_by_type: str | None = None
    last_updated_by_id: str | None = None
    last_updated_by_type: str | None = None

    resource: t.ClassVar[Resource] = Resource(
        name="access_key",
        short="key",
        label="access key",
        noun="access key",
        held="the public part of that key",
        secret="secret",
        fields=KEY_FIELDS,
        repeated=("key",),
    )

    @property
    def identity(self) -> str:
        """The public part: it is delivered with the secret."""
        return self.key

    def secret_of(self, value: str) -> KeySecret:
        """The secret that Losant shows when it has created the key."""
        return KeySecret(self.key, value)

    @classmethod
    def identity_in(cls, secret: Secret) -> str | None:
        """The public part of the key in the text of a file, or that text itself; None if there is none."""
        return key_in(secret.reveal())

    @classmethod
    def secrets_in(cls, text: str) -> tuple[Secret, ...]:
        """The whole text, and the secret of the key in it."""
        document = read_document(text)
        return (Secret(text), *([document.secret] if document is not None else []))

    def result(self, now: datetime, owner_id: str | None = None, owner_type: str = "application") -> dict[str, t.Any]:
        return {
            "id": self.id or None,
            "access_key_id": self.id or None,
            "name": self.name or None,
            "description": self.description or None,
            "key": self.key or None,
            "status": self.status,
            "device_ids": list(self.device_ids),
            "device_tags": list(map(dict, self.device_tags)),
            "filter_type": self.filter_type,
            "pub_topics": list(self.pub_topics),
            "sub_topics": list(self.sub_topics),
            "address_filter_type": self.address_filter_type,
            "addresses": list(self.addresses),
            "superseded": read_superseded(self.name) is not None,
            "pending": is_pending(self.name),
            "application_id": self.application_id,
            "creation_date": written_time(self.creation_date),
            "created_by_id": self.created_by_id,
            "created_by_type": self.created_by_type,
            "last_updated": written_time(self.last_updated),
            "last_updated_by_id": self.last_updated_by_id,
            "last_updated_by_type": self.last_updated_by_type,
        }
