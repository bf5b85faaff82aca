# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadResponseError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

from .fields import DEFAULT_STATUS, Field


@dataclass(frozen=True)
class Resource:
    """A kind of credential: its fields, and what messages, options, results and Losant call it.

    ``name``: in options and results, ``api_token``; ``short``: in those about its secret, ``token``; ``label``: in messages,
    ``API token``; ``noun``: the short form of that, ``token``; ``held``: what its users hold; ``secret``: the property of
    Losant's response that holds the secret, and the name of it in results; ``repeated``: what a result of a task has beside
    the secret, too.
    """

    name: str
    short: str
    label: str
    noun: str
    held: str
    secret: str
    fields: tuple[Field, ...]
    repeated: tuple[str, ...] = ()

    @property
    def id_option(self) -> str:
        """The option that selects one by its id."""
        return f"{self.name}_id"

    @property
    def list_option(self) -> str:
        """The option that declares many."""
        return f"{self.name}s"

    @property
    def file_option(self) -> str:
        """The option that names the file for the secret."""
        return f"{self.short}_file"

    @property
    def held_option(self) -> str:
        """The option for what its users hold."""
        return f"held_{self.short}"

    @property
    def return_option(self) -> str:
        """The option that decides whether the secret is in the result."""
        return f"return_{self.secret}"

    @property
    def secrets(self) -> str:
        """The name of many secrets in results."""
        return f"{self.secret}s"

    def returns_secret(self, options: t.Mapping[str, t.Any]) -> bool:
        """Whether the result holds the secret of one that the task creates."""
        wanted = options.get(self.return_option)
        return bool(wanted if wanted is not None else options.get(self.file_option) is None)

    @property
    def title(self) -> str:
        """The label at the beginning of a sentence."""
        return self.label[0].upper() + self.label[1:]

    @functools.cached_property
    def declarable(self) -> tuple[Field, ...]:
        """The fields that a task can declare."""
        return tuple(field for field in self.fields if field.is_declarable)

    @functools.cached_property
    def mutable(self) -> frozenset[str]:
        """The names of the fields that PATCH can change."""
        return frozenset(field.option for field in self.fields if field.mutable)

    def body_of(self, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Losant's spelling of some declarable fields. What is not among them is not sent: Losant takes no null."""
        return {
            field.api_name: field.kind.write(values[field.option])
            for field in self.declarable
            if field.option in values
        }

    def set_later(self, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Those of some fields that POST does not take, unless a new one has the value anyway."""
        return {
            field.option: values[field.option]
            for field in self.declarable
            if field.patch_only and values.get(field.option, field.unset) != field.unset
        }

    def set_on_creation(self, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Those of some fields that POST takes."""
        not_taken = {field.option for field in self.declarable if field.patch_only}
        return {option: value for option, value in values.items() if option not in not_taken}


@dataclass(frozen=True)
class Token:
    """A credential as Losant shows it: an API token or an access key. In this package, a token is any of them.

    The secret is not part of it. ``id`` is empty for a token that is planned and does not exist yet. A field that is not set
    is None. A kind that never expires has no ``expiration_date``.
    """

    id: str
    name: str
    description: str | None = None
    status: str = DEFAULT_STATUS
    expiration_date: datetime | None = None
    creation_date: datetime | None = None
    last_updated: datetime | None = None

    resource: t.ClassVar[Resource]

    @classmethod
    def from_api(cls: type[T], data: t.Mapping[str, t.Any], owner_type: str = "application") -> T:
        """Read Losant's object. Properties that are not among the fields are left out, and so is the secret.

        :param owner_type: the kind of the owner whose token it is
        :raises BadResponseError: a field has a type that the API does not promise
        """
        values = {}
        for field in cls.fields_of(owner_type):
            try:
                values[field.option] = field.read(data)
            except ValueError:
                raise cls._unexpected(field.api_name, field.kind.wanted) from None
            if field.required and values[field.option] is None:
                raise cls._unexpected(field.api_name, "set")
        return cls(**values)

    @classmethod
    @functools.lru_cache(maxsize=None)
    def fields_of(cls, owner_type: str) -> tuple[Field, ...]:
        """The fields that the tokens of a kind of owner have."""
        return tuple(field for field in cls.resource.fields if field.is_of(owner_type))

    @property
    def label(self) -> str:
        """The token as messages name it."""
        return f"{self.resource.label} {self.name!r} ({self.id or 'new'})"

    @property
    def title(self) -> str:
        """The label at the beginning of a sentence."""
        return f"{self.resource.title} {self.name!r} ({self.id or 'new'})"

    @property
    def identity(self) -> str:
        """What its secret says that it belongs to."""
        return self.id.lower()

    def secret_of(self, value: str) -> Secret:
        """The secret that Losant shows when it has created the token."""
        return Secret(value)

    @classmethod
    def identity_in(cls, secret: Secret) -> str | None:
        """The identity of the token that the content of some place belongs to; None if it does not say."""
        raise NotImplementedError

    @classmethod
    def secrets_in(cls, text: str) -> tuple[Secret, ...]:
        """What must not be printed of the content of a file that is delivered."""
        return (Secret(text),)

    def result(self, now: datetime, owner_id: str | None = None, owner_type: str = "application") -> dict[str, t.Any]:
        """What modules return about it, never with its secret.

        :param owner_id: of a token that Losant has not described yet
        :param owner_type: decides which fields it has
        """
        raise NotImplementedError

    def is_expired(self, now: datetime) -> bool:
        """Whether Losant refuses the token because of its age. It stays in the list until someone deletes it."""
        return self.expiration_date is not None and self.expiration_date <= now

    def comparable(self) -> dict[str, t.Any]:
        """The fields that a task can declare, in a form that is equal when the meaning is."""
        values = ((field, getattr(self, field.option)) for field in self.resource.declarable)
        # A field that other tokens do not have shows only where it is set.
        return {
            field.option: field.comparable(value) for field, value in values if value is not None or not field.owners
        }

    @classmethod
    def _unexpected(cls, field: str, wanted: str) -> BadResponseError:
        article = "an" if cls.resource.label[0] in "aeiouAEIOU" else "a"
        return BadResponseError(
            f"Losant's response has {article} {cls.resource.label} whose {field} is not {wanted}. Check api_url."
        )


T = t.TypeVar("T", bound=Token)
