# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError

#: What Losant takes for the key of a tag and the name of an attribute. Source of the limits: the schema devicePost.
_NAME = re.compile(r"[0-9a-zA-Z_-]{1,255}")
MAX_TAGS = 100
MAX_ATTRIBUTES = 256
MAX_VALUE = 255
MAX_CONTENT_TYPE = 64
MAX_DESCRIPTION = 32767
#: Seconds.
SYSTEM_INTERVALS = range(5, 3601)


@dataclass(frozen=True)
class DeviceDeclaration:
    """What a task declares about one device. None means that the task does not mention it.

    ``tags``: values by key; ``attributes``: the declared fields by name; ``purge_tags`` and ``purge_attributes``: what is not
    mentioned is removed; ``gateway_id`` and ``parent_id``: empty if the device must have none; ``system_interval``: seconds.
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
    system_interval: int | None = None
    keep_duplicates: bool | None = None
    purge_tags: bool = True
    purge_attributes: bool = False


def checked_tags(tags: t.Mapping[str, t.Any] | None) -> dict[str, list[str]] | None:
    """The values of each tag, from one value or a list of them.

    :raises InvalidOptionError: Losant would not take them
    """
    if tags is None:
        return None
    found = {
        str(key): [_text("tags", key, one) for one in (value if isinstance(value, list) else [value])]
        for key, value in tags.items()
    }
    _check_keys("tags", found)
    # A tag is a pair of key and value, so each counts once.
    values = {key: list(dict.fromkeys(texts)) for key, texts in found.items()}
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
    names = [attribute["name"] for attribute in attributes]
    _check_keys("attributes", names)
    for name in names:
        if names.count(name) > 1:
            _refuse("attributes", f"the name {name!r} twice")
    if len(names) > MAX_ATTRIBUTES:
        _refuse("attributes", f"more than {MAX_ATTRIBUTES} attributes, which is the most that Losant takes")
    return {attribute["name"]: _declared_fields(attribute) for attribute in attributes}


def checked_system_interval(interval: int | None) -> int | None:
    """The seconds of an interval.

    :raises InvalidOptionError: Losant would not take them
    """
    if interval is not None and interval not in SYSTEM_INTERVALS:
        raise InvalidOptionError(
            f"system_interval is {interval}. Losant takes {SYSTEM_INTERVALS[0]} to {SYSTEM_INTERVALS[-1]} seconds.",
            option="system_interval",
        )
    return interval


def _declared_fields(attribute: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    fields = {option: value for option, value in attribute.items() if option != "name" and value is not None}
    for option, limit in (("content_type", MAX_CONTENT_TYPE), ("description", MAX_DESCRIPTION)):
        if len(fields.get(option, "")) > limit:
            _refuse("attributes", f"a {option} of {len(fields[option])} characters. Losant takes {limit} at most")
    if "tags" in fields:
        _check_keys("attributes", fields["tags"])
        fields["tags"] = {str(key): _text("attributes", key, value) for key, value in fields["tags"].items()}
    return fields


def _check_keys(option: str, keys: t.Iterable[t.Any]) -> None:
    for key in keys:
        if not _NAME.fullmatch(str(key)):
            _refuse(option, f"{key!r}. Losant takes 1 to 255 letters, digits, _ and - for a key or a name")


def _text(option: str, key: t.Any, value: t.Any) -> str:
    """The value of a tag. YAML reads some as numbers or as truth values."""
    if not isinstance(value, (str, int, float)):
        _refuse(option, f"a value for {key!r} that is not a string")
    text = str(value)
    if not 1 <= len(text) <= MAX_VALUE:
        _refuse(option, f"a value of {len(text)} characters for {key!r}. Losant takes 1 to {MAX_VALUE}")
    return text


def _refuse(option: str, problem: str) -> t.NoReturn:
    raise InvalidOptionError(f"{option} has {problem}.", option=option)
