# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import NOT_DUE, Rotation
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token


@dataclass(frozen=True)
class Create:
    """Make a token. ``fields`` are the ones to send, by option name; ``token`` is what comes of it in the end.

    ``staged``: it bears a pending name until its secret is delivered and ``Name`` gives it its own.
    """

    fields: t.Mapping[str, t.Any]
    token: Token
    staged: bool = False


@dataclass(frozen=True)
class Deliver:
    """Write the new token's secret to the file."""


@dataclass(frozen=True)
class Verify:
    """Make sure that Losant accepts the new token."""


@dataclass(frozen=True)
class Name:
    """Give the new token its own name."""

    name: str


@dataclass(frozen=True)
class Patch:
    """Change fields of a token that is there: a rename and a deactivation are patches too.

    ``cleaning``: it can as well be done by a later run.
    """

    token: Token
    changes: t.Mapping[str, t.Any]
    cleaning: bool = False


@dataclass(frozen=True)
class Delete:
    """Remove a token. ``cleaning`` as for ``Patch``.

    ``otherwise``: the name to give it if it is not known whether it is gone, so that a later run finds it.
    """

    token: Token
    cleaning: bool = False
    otherwise: str | None = None


@dataclass(frozen=True)
class FixFile:
    """Give the token file its mode, owner and group."""


@dataclass(frozen=True)
class RemoveFile:
    """Remove the token file."""


Step = t.Union[Create, Deliver, Verify, Name, Patch, Delete, FixFile, RemoveFile]


@dataclass(frozen=True)
class Superseded:
    """What becomes of a token that was replaced: ``action`` is deleted, deactivated or kept; ``until`` when it is kept."""

    token: Token
    name: str
    action: str
    until: datetime | None = None

    def result(self) -> dict[str, t.Any]:
        """It as modules return it."""
        until = format_time(self.until) if self.until else None
        return {"id": self.token.id, "name": self.name, "action": self.action, "until": until}


@dataclass(frozen=True)
class Plan:
    """The steps from what is there to what is declared, in order, and the token before and after them."""

    steps: tuple[Step, ...] = ()
    before: Token | None = None
    after: Token | None = None
    rotation: Rotation = NOT_DUE
    superseded: tuple[Superseded, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def makes_token(self) -> bool:
        """Whether there will be a new secret."""
        return any(isinstance(step, Create) for step in self.steps)

    @property
    def delivers(self) -> bool:
        """Whether a secret will be written to the file."""
        return any(isinstance(step, Deliver) for step in self.steps)

    @property
    def changed_fields(self) -> list[str]:
        """The declarable fields that differ before and after; none for a token that is removed."""
        if self.after is None:
            return []
        # What is not there has no description; an empty one counts as none.
        before = self.before.comparable() if self.before else {"description": ""}
        return [field for field, value in self.after.comparable().items() if before.get(field) != value]
