# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

#: A tag of devices: ``key`` and ``value``, one of which can be missing.
Tag = t.Mapping[str, str]
_PARTS = ("key", "value")


def read_tags(value: t.Any) -> tuple[Tag, ...]:
    """Losant's list of tags.

    :raises ValueError: it is not what the API promises
    """
    if not isinstance(value, list):
        raise ValueError
    for tag in value:
        if not isinstance(tag, dict) or not all(isinstance(tag[part], str) for part in _PARTS if part in tag):
            raise ValueError
    return tuple({part: tag[part] for part in _PARTS if part in tag} for tag in value)


def write_tags(tags: t.Iterable[Tag]) -> list[dict[str, str]]:
    """Tags in Losant's form, without the parts that are not set."""
    return [{part: tag[part] for part in _PARTS if tag.get(part) is not None} for tag in tags]


def comparable_tags(tags: t.Iterable[Tag] | None) -> list[dict[str, str]]:
    """A form that is equal when the meaning is: neither the order nor a repeated tag means anything."""
    unique = {tuple(tag.get(part) for part in _PARTS): tag for tag in write_tags(tags or ())}
    return [tag for _parts, tag in sorted(unique.items(), key=lambda item: tuple(part or "" for part in item[0]))]
