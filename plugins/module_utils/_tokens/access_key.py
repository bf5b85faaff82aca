# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._common.key_document import key_in
from ansible_collections.losant.platform.plugins.module_utils._common.secret import KeySecret, Secret

from .device_tags import Tag
from .fields import KEY_FIELDS
from .token import Resource, Token


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
