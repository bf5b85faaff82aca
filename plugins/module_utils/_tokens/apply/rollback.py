# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError, as_losant_error

from ..errors import ConflictError
from ..naming import is_pending
from ..token import Token


class UnfinishedError(LosantError):
    """A write failed, and others were or may have been carried out. The message says what was rolled back and what remains.

    ``failure`` holds the facts of its cause, too.
    """

    kind = "unfinished"

    def __init__(self, text: str, cause: LosantError | None = None, **failure: t.Any) -> None:
        super().__init__(text, **{**(cause.failure if cause else {}), **failure, "kind": self.kind})
        self.warnings = cause.warnings if cause else ()


def new_token_stays(error: LosantError, token: Token, path: str | None) -> UnfinishedError:
    """The error for a task that fails when its new token is in force. ``path``: the file that holds the secret."""
    noun = token.resource.noun
    if is_pending(token.name):
        return UnfinishedError(
            f"{error} The new {noun} {token.id} is pending, and its secret is lost: delete it with phase=abort and"
            f" prepared_id={token.id}. A run in an hour or later deletes it, too.",
            cause=error,
            left=[token.name],
        )
    secret = f"is lost: delete it by {token.resource.id_option}"
    if path is not None:
        secret = f"is in {token.resource.file_option} {path}"
    return UnfinishedError(f"{error} The new {noun} {token.id} is in force. Its secret {secret}.", cause=error)


class Order(enum.IntEnum):
    """The order of compensations.

    The file gets the old secret back while both tokens are valid. The name of the old token is restored last: it is
    free only when the new one is deleted, and the old one is valid under any name.
    """

    TOKEN_FILE = 1
    NEW_TOKEN = 2
    OLD_NAME = 3


@dataclass(frozen=True)
class Compensation:
    """How to take one step back.

    ``carry_out``: raises an exception if it fails; ``done``: what to report afterwards; ``remains``: what to report if it
    fails.
    """

    order: Order
    carry_out: t.Callable[[], t.Any]
    done: str
    remains: str


class Rollback:
    """The compensations for what was done, at most one of each kind."""

    def __init__(self) -> None:
        self._compensations: dict[Order, Compensation] = {}

    def add(self, compensation: Compensation) -> None:
        """From now on a failure needs this compensation."""
        self._compensations[compensation.order] = compensation

    def drop(self, order: Order) -> None:
        """This kind of compensation is not needed any more."""
        self._compensations.pop(order, None)

    def concerns(self, order: Order) -> bool:
        """Whether a failure needs this kind of compensation."""
        return order in self._compensations

    def clear(self) -> None:
        """What was done stays from now on."""
        self._compensations.clear()

    def after(self, error: LosantError) -> LosantError:
        """Carry out all compensations in their order, and return the error that reports them."""
        if not self._compensations:
            return error
        reports, remaining = [], []
        for _order, compensation in sorted(self._compensations.items()):
            try:
                compensation.carry_out()
                reports.append(compensation.done)
            except BaseException as error_of_compensation:  # noqa: BLE001 # the next one is needed anyway
                failure = as_losant_error(error_of_compensation)
                reports.append(f"{compensation.remains} ({failure})")
                remaining.append(compensation.remains)
        self.clear()
        text = " ".join([str(error), *reports])
        if isinstance(error, ConflictError) and not remaining:
            # Nothing is unfinished: the token of the other run is the declared one.
            conflict = ConflictError(text, **error.failure)
            conflict.warnings = error.warnings
            return conflict
        return UnfinishedError(text, cause=error, left=remaining)
