# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re


class Secret:
    """A secret that no log, error or traceback shows. Only :meth:`reveal` gives the value."""

    __slots__ = ("_value",)

    #: What can be sent in a header. A token that holds every scope of Losant has about 12,000 characters.
    _SENDABLE = re.compile(r"[\x21-\x7e]{1,32768}")

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the header, the file or the result that needs it."""
        return self._value

    def is_sendable(self) -> bool:
        """Whether the value can be sent in a header at all."""
        return self._SENDABLE.fullmatch(self._value) is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(********)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> str:
        raise TypeError("A secret cannot be pickled.")


class KeySecret(Secret):
    """The secret of an access key, with the public part that it belongs to: Losant takes both together."""

    __slots__ = ("key",)

    def __init__(self, key: str, value: str) -> None:
        super().__init__(value)
        self.key = key
