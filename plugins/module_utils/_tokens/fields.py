# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import written_time
from ansible_collections.losant.platform.plugins.module_utils._common.values import read_id, read_string, read_time

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


def read_strings(value: t.Any) -> tuple[str, ...]:
    """Losant's list of strings.

    :raises ValueError: it is something else
    """
    if not isinstance(value, list):
        raise ValueError
    return tuple(map(read_string, value))


def _same(value: t.Any) -> t.Any:
    return value


def as_set(value: t.Iterable[str] | None) -> list[str]:
    """A form that is equal when the meaning is: neither the order nor a repeated entry means anything."""
    return sorted(set(value or ()))


STRING = Kind("a string", read_string, _same, _same)
#: Losant shows a description that is empty, or none.
TEXT = Kind("a string", read_string, _same, lambda value: value or "")
ID = Kind("24 hexadecimal characters", read_id, _same, _same)
TIME = Kind("a time with a zone", read_time, written_time, written_time)
STRINGS = Kind("a list of strings", read_strings, list, as_set)

# What API tokens and access keys have in common.
ITS_ID = Field("id", "id", ID, required=True)
DESCRIPTION = Field("description", "description", TEXT, mutable=True, inherited=True)
CREATION_DATE = Field("creation_date", "creationDate", TIME)
LAST_UPDATED = Field("last_updated", "lastUpdated", TIME)
