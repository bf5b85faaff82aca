# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..token import Token

#: Mode (an octal string), owner and group (numbers) of a file. Of a key file, format and device (an id), too.
Attributes = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Holding:
    """Which secret is kept in some place, as far as it can be known.

    ``identity``: of the token that the secret says it belongs to; ``opaque``: there is something that may be a secret and says
    no id; ``accepted``: Losant accepts that.
    """

    identity: str | None = None
    opaque: bool = False
    accepted: bool = False

    def is_of(self, token: Token) -> bool:
        """Whether it is the secret of a token."""
        return self.identity == token.identity if self.identity is not None else self.accepted

    def may_be_of(self, token: Token) -> bool:
        """Whether it is, or cannot be known: Losant accepts no secret of an inactive token."""
        return self.is_of(token) or (self.opaque and token.status == "inactive")


@dataclass(frozen=True)
class FileState:
    """What exists at ``token_file``. ``attributes`` and ``wanted``: mode, owner, group and so on as they are and as declared."""

    path: str
    exists: bool = False
    holding: Holding = Holding()
    attributes: Attributes = field(default_factory=dict)
    wanted: Attributes = field(default_factory=dict)

    @property
    def has_wanted_attributes(self) -> bool:
        return not self.exists or self.attributes == self.wanted
