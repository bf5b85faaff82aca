# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Names of hosts, from names that anybody can give to a thing at Losant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from ansible import constants

#: What would lead a host's files (variables, cached facts, fetched files) elsewhere, and control characters.
_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]|^-|^\.(?=\.?\Z)")
#: Names that mean something else to Ansible.
_RESERVED = frozenset({*constants.LOCALHOST, "all", "ungrouped"})
#: An address that is nothing but an address: the connection puts it on a command line.
_ADDRESS = re.compile(r"[A-Za-z0-9_:\[][A-Za-z0-9_.:%\[\]-]{0,254}", re.ASCII)


def safe_name(name: str) -> str:
    """A name without what is dangerous in the name of a host. It can be empty."""
    return _UNSAFE.sub("_", name.strip())


def is_address(text: str) -> bool:
    """Whether a text can be a host name or an IP address."""
    return _ADDRESS.fullmatch(text) is not None


def unique_names(names: Mapping[str, str]) -> dict[str, str]:
    """The names by id. All that share a name get their ids appended, so that no name depends on which comes first."""
    unique = dict(names)
    while True:
        counts = Counter(unique.values())
        ambiguous = [key for key, name in unique.items() if counts[name] > 1 or name in _RESERVED]
        if not ambiguous:
            return unique
        unique.update({key: f"{unique[key]}_{key}" for key in ambiguous})
