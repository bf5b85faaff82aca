# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError

#: A tag, as the API has it.
Tag = t.Dict[str, str]
#: What Losant takes for the key of a tag and the name of an attribute. Source: the schema devicePost.
_NAME = re.compile(r"[0-9a-zA-Z_-]{1,255}")
MAX_TAGS = 100
MAX_ATTRIBUTES = 256
MAX_VALUE = 255


@dataclass(frozen=True)
class DeviceDeclaration:
    """What a task declares about one device. None means that the task does not mention it.

    ``tags``: values by key; ``attributes``: the API's fields by name, without those that are not mentioned; ``purge_tags``
    and ``purge_attributes``: what is not mentioned is removed; ``gateway_id`` and ``parent_id``: an empty ``parent_id``
    declares that it has none.
    """

    name: str | None = None
    device_id: str | None = None
    absent: bool = False
    description: str | None = None
    device_class: str | None = None
    tags: t.Mapping[str, t.Sequence[str]] | None = None
    attributes: t.Mapping[str, t.Mapping[str, t.Any]] | None = None
    gateway_id: str | None = None
    parent_id: str | None = None
    purge_tags: bool = True
    purge_attributes: bool = False


def checked_tags(tags: t.Mapping[str, t.Any] | None) -> dict[str, list[str]] | None:
    """The values of each tag, from one value or a list of them.

    :raises InvalidOptionError: Losant would not take them
    """
    if tags is None:
        return None
    values = {str(key): _values(value) for key, value in tags.items()}
    for key, texts in values.items():
        if not _NAME.fullmatch(key):
            _refuse("tags", f"the key {key!r}. Losant takes letters, digits, _ and -")
        for text in texts:
            if not 1 <= len(text) <= MAX_VALUE:
                _refuse("tags", f"a value of {len(text)} characters for {key!r}. Losant takes 1 to {MAX_VALUE}")
    if sum(map(len, values.values())) > MAX_TAGS:
        _refuse("tags", f"more than {MAX_TAGS} tags, which is the most that Losant takes")
    return values


def checked_attributes(
    attributes: t.Sequence[t.Mapping[str, t.Any]] | None,
) -> dict[str, dict[str, t.Any]] | None:
    """The declared fields of each attribute.

    :raises InvalidOptionError: Losant would not take them
    """
    if attributes is None:
        return None
    found: dict[str, dict[str, t.Any]] = {}
    for attribute in attributes:
        name = attribute["name"]
        if not _NAME.fullmatch(name):
            _refuse("attributes", f"the name {name!r}. Losant takes letters, digits, _ and -")
        if name in found:
            _refuse("attributes", f"the name {name!r} twice")
        found[name] = {option: value for option, value in attribute.items() if option != "name" and value is not None}
    if len(found) > MAX_ATTRIBUTES:
        _refuse("attributes", f"more than {MAX_ATTRIBUTES} attributes, which is the most that Losant takes")
    return found


def _values(value: t.Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]


def _refuse(option: str, problem: str) -> t.NoReturn:
    raise InvalidOptionError(f"{option} has {problem}.", option=option)
