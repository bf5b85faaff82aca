# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import ipaddress
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._common.durations import option_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

from .access_key import AccessKey
from .declaration import (
    Declaration,
    check_declared_name,
    check_phase,
    checked_description,
    checked_grace_period,
    checked_id,
    checked_prepared_id,
)
from .device_tags import Tag

# Limits of the API's schemas applicationKeyPost and applicationKeyPatch.
MAX_DEVICES = 1000
MAX_TAGS = 100
MAX_TOPIC = 1024
MAX_ADDRESSES = 100
_TAG_KEY = re.compile(r"[0-9a-zA-Z_-]{1,255}")
#: The options that mean the same in a declaration.
_PLAIN = ("state", "status", "filter_type", "address_filter_type", "recreate", "superseded", "verify", "phase")


@dataclass(frozen=True)
class KeyDeclaration(Declaration):
    """What a task declares about one access key. None means that the task does not mention it.

    ``key``: the public part of the key that it selects; ``device_ids``: those of named devices included.
    """

    key: str | None = None
    device_ids: tuple[str, ...] | None = None
    device_tags: tuple[Tag, ...] | None = None
    filter_type: str | None = None
    pub_topics: tuple[str, ...] | None = None
    sub_topics: tuple[str, ...] | None = None
    address_filter_type: str | None = None
    addresses: tuple[str, ...] | None = None

    @property
    def identity(self) -> str | None:
        """What is declared of the key that its secret says, too."""
        return self.key


def key_declaration_from(
    options: t.Mapping[str, t.Any], device_ids: t.Sequence[str] | None, device_id: str | None
) -> KeyDeclaration:
    """The declaration that a module's options make.

    :param device_ids: the devices that the key works for; None if the options name none
    :param device_id: the device that uses the key
    :raises InvalidOptionError: a value that Losant would refuse, or that cannot be meant
    """
    resource = AccessKey.resource
    check_declared_name(options.get("name"))
    check_phase(options, resource)
    key_id, held = options.get(resource.id_option), options.get(resource.held_option)
    plain = {option: options[option] for option in _PLAIN if options.get(option) is not None}
    rotate_after, grace_period = options.get("rotate_after"), checked_grace_period(options.get("superseded_after"))
    age = option_duration("rotate_after", rotate_after) if rotate_after is not None else None
    if age is not None and age <= grace_period:
        raise InvalidOptionError(
            f"rotate_after is {rotate_after} and superseded_after is {options['superseded_after']}: replaced keys would be kept"
            " until the next rotation or longer, and accumulate. Make rotate_after longer than superseded_after.",
            option="rotate_after",
        )
    return KeyDeclaration(
        name=options.get("name"),
        token_id=checked_id(resource.id_option, key_id) if key_id is not None else None,
        key=options.get("key"),
        description=checked_description(options.get("description")),
        device_ids=_checked_devices(device_ids),
        device_tags=_checked_tags(options.get("device_tags")),
        pub_topics=_checked_topics("pub_topics", options),
        sub_topics=_checked_topics("sub_topics", options),
        addresses=_checked_addresses(options.get("addresses")),
        rotate_after=age,
        superseded_after=grace_period,
        held_token=Secret(held.strip()) if held is not None else None,
        prepared_id=checked_prepared_id(options),
        device_id=device_id,
        **plain,
    )


def _checked_devices(device_ids: t.Sequence[str] | None) -> tuple[str, ...] | None:
    if device_ids is None:
        return None
    unique = tuple(dict.fromkeys(checked_id("device_ids", entry) for entry in device_ids))
    _check_number("device_ids", unique, MAX_DEVICES)
    return unique


def _checked_tags(tags: t.Sequence[t.Mapping[str, t.Any]] | None) -> tuple[Tag, ...] | None:
    if tags is None:
        return None
    _check_number("device_tags", tags, MAX_TAGS)
    given = tuple({part: tag[part] for part in ("key", "value") if tag.get(part) is not None} for tag in tags)
    for tag in given:
        if not tag:
            _refuse("device_tags", "an entry without key and value, which would match every device")
        if "key" in tag and not _TAG_KEY.fullmatch(tag["key"]):
            _refuse("device_tags", f"the key {tag['key']!r}, which Losant takes for no tag")
        if "value" in tag and not 1 <= len(tag["value"]) <= 255:
            _refuse("device_tags", f"a value of {len(tag['value'])} characters. Losant takes 1 to 255")
    return given


def _checked_topics(option: str, options: t.Mapping[str, t.Any]) -> tuple[str, ...] | None:
    topics = options.get(option)
    if topics is None:
        return None
    for topic in topics:
        if not 1 <= len(topic) <= MAX_TOPIC:
            _refuse(option, f"a topic of {len(topic)} characters. Losant takes 1 to {MAX_TOPIC}")
    return tuple(dict.fromkeys(topics))


def _checked_addresses(addresses: t.Sequence[str] | None) -> tuple[str, ...] | None:
    if addresses is None:
        return None
    _check_number("addresses", addresses, MAX_ADDRESSES)
    for address in addresses:
        try:
            ipaddress.ip_network(address, strict=False)
        except ValueError:
            _refuse(
                "addresses", f"the entry {address!r}, which is neither an IP address nor a network such as 10.0.0.0/8"
            )
    return tuple(dict.fromkeys(addresses))


def _check_number(option: str, values: t.Sequence[t.Any], limit: int) -> None:
    if len(values) > limit:
        _refuse(option, f"{len(values)} entries. Losant takes {limit} at most")


def _refuse(option: str, problem: str) -> t.NoReturn:
    raise InvalidOptionError(f"{option} has {problem}.", option=option)
