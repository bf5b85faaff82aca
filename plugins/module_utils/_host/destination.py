# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What delivers a secret: a token file on this machine, or one that is reached through a connection."""

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

from .token_file import Attributes, Inspection


class Destination(t.Protocol):
    """A place that holds the secret of one token. All methods raise DeliveryError if they fail."""

    @property
    def path(self) -> str:
        """As messages name it."""

    @property
    def place(self) -> str:
        """The same for all paths that lead to one file."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know about the place before the secret is written."""

    def inspect(self) -> Inspection:
        """Look at it. Before anything else."""

    def check(self) -> None:
        """Check that a secret can be written."""

    def check_removal(self) -> None:
        """Check that it can be removed."""

    def write(self, secret: Secret) -> None:
        """Put a secret in place."""

    def roll_back(self) -> None:
        """Restore what it held before ``write``."""

    def restore(self, content: bytes | None, attributes: Attributes | None = None, *, written: Secret) -> None:
        """Restore what was found before ``written`` was written, perhaps by another task."""

    def fix_attributes(self) -> None:
        """Give it the declared mode, owner and group."""

    def remove(self) -> None:
        """Remove it, if it exists."""

    def discard(self) -> None:
        """Free what ``check`` has reserved."""

    def remove_leftovers(self) -> None:
        """Remove what interrupted runs have left. Never fails; not for check mode."""


class RemoteDestination(t.Protocol):
    """One that is reached through a connection, where its steps can be done together with those of others."""

    def request(self, step: str, secret: Secret | None = None) -> t.Mapping[str, t.Any]:
        """What to ask the host for a step."""

    def expect(self, result: t.Mapping[str, t.Any] | LosantError) -> None:
        """Take the result of the next step, which the host has done already."""
