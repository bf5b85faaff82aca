# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, field
from datetime import datetime

from ..token import Token
from .rotation import NOT_DUE, Rotation


class Purpose(enum.Enum):
    """Why a token is changed or deleted. It decides what happens if that fails: see ``verdict_of``."""

    #: Change what the task declares.
    UPDATE = "update"
    #: Delete what the task declares absent.
    REMOVE = "remove"
    #: Give the new token its name.
    NAME = "name"
    #: Rename the token that is replaced, so that the new one can have its name.
    FREE_NAME = "free the name"
    #: Delete or deactivate the token that was replaced.
    RETIRE = "retire"
    #: The same, when the user has delivered the secret of the new token.
    RETIRE_AFTER_DELIVERY = "retire after delivery"
    #: Delete or deactivate what earlier runs left to a later one.
    CLEAN_UP = "clean up"
    #: Delete the new token again.
    ROLL_BACK = "roll back"
    #: Give a token the name back that it had before the task.
    RESTORE_NAME = "restore the name"


@dataclass(frozen=True)
class Create:
    """Create a token. ``fields``: what to send, by option name; ``token``: the token that results.

    ``staged``: it has a pending name until its secret is delivered and ``Name`` gives it its own.
    """

    fields: t.Mapping[str, t.Any]
    token: Token
    staged: bool = False


@dataclass(frozen=True)
class Adopt:
    """Take a pending token for the new one. An earlier task created it, and the user has delivered its secret."""

    token: Token


@dataclass(frozen=True)
class Deliver:
    """Write the new token's secret to the file."""


@dataclass(frozen=True)
class Verify:
    """Check that Losant accepts the new token. ``device_id``: the device that authenticates with it, if one does."""

    device_id: str | None = None


@dataclass(frozen=True)
class Name:
    """Give the new token its own name. ``changes``: what else is changed with that, by option name."""

    name: str
    changes: t.Mapping[str, t.Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckConflicts:
    """Check whether a concurrent run creates a token of the same name, too."""

    name: str


@dataclass(frozen=True)
class Patch:
    """Change fields of an existing token. Renaming and deactivating it are patches, too."""

    token: Token
    changes: t.Mapping[str, t.Any]
    purpose: Purpose

    action: t.ClassVar[str] = "patch"

    @property
    def ends_token(self) -> bool:
        """Whether Losant does not accept the token after it."""
        return self.changes.get("status") == "inactive"


@dataclass(frozen=True)
class Delete:
    """Delete a token. ``fallback_name``: the name to give it instead if it is not known whether it is deleted."""

    token: Token
    purpose: Purpose
    fallback_name: str | None = None

    action: t.ClassVar[str] = "delete"
    ends_token: t.ClassVar[bool] = True


@dataclass(frozen=True)
class FixFile:
    """Give the token file its mode, owner and group."""


@dataclass(frozen=True)
class RemoveFile:
    """Remove the token file."""


#: A write to a token that exists.
Write = t.Union[Patch, Delete]
Step = t.Union[Create, Adopt, Deliver, Verify, Name, CheckConflicts, Patch, Delete, FixFile, RemoveFile]


@dataclass(frozen=True)
class Superseded:
    """What becomes of a token that was replaced. ``action``: deleted, deactivated or kept; ``until``: when it is kept."""

    token: Token
    name: str
    action: str
    until: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """The steps from what exists to what is declared, in order, and the token before and after them.

    ``bystander``: the current token, if the steps concern another one; ``prepared_id``: the id of a token that an earlier run
    created and delivered, and that only has to be committed.
    """

    steps: tuple[Step, ...] = ()
    before: Token | None = None
    after: Token | None = None
    rotation: Rotation = NOT_DUE
    superseded: tuple[Superseded, ...] = ()
    warnings: tuple[str, ...] = ()
    bystander: Token | None = None
    prepared_id: str | None = None

    @property
    def result(self) -> Token | None:
        """The token that the task is about, as it is afterwards."""
        return self.bystander or self.after

    @property
    def creates(self) -> bool:
        """Whether there will be a new secret."""
        return any(isinstance(step, Create) for step in self.steps)

    @property
    def has_new_token(self) -> bool:
        """Whether a token comes into force, whoever created it."""
        return any(isinstance(step, (Create, Adopt)) for step in self.steps)

    @property
    def delivers(self) -> bool:
        """Whether a secret will be written to the file."""
        return any(isinstance(step, Deliver) for step in self.steps)

    @property
    def removes_file(self) -> bool:
        """Whether the file will be removed."""
        return any(isinstance(step, RemoveFile) for step in self.steps)

    @property
    def writes(self) -> tuple[Write, ...]:
        """The steps that change or delete existing tokens."""
        return tuple(step for step in self.steps if isinstance(step, (Patch, Delete)))

    def ends(self, token_id: str | None) -> bool:
        """Whether Losant does not accept a token after it. The id is in lower case."""
        return any(step.ends_token and step.token.id.lower() == token_id for step in self.writes)

    @property
    def changed_fields(self) -> list[str]:
        """The declarable fields that differ before and after; none for a token that is deleted."""
        if self.after is None:
            return []
        # A token that does not exist has no description, and an empty one counts as none.
        before = self.before.comparable() if self.before else {"description": ""}
        return [field for field, value in self.after.comparable().items() if before.get(field) != value]
