# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t


class LosantError(Exception):
    """An error that a user can read and act on.

    ``failure`` is a dict of facts about the error. It is returned beside the message and never holds a secret.
    """

    kind = "error"

    def __init__(self, text: str, **failure: t.Any) -> None:
        super().__init__(text)
        self.failure: dict[str, t.Any] = {"kind": self.kind, **failure}
        #: What the user should know beside the error, as it may be the cause.
        self.warnings: tuple[str, ...] = ()
        #: What the failed result holds beside the message.
        self.data: dict[str, t.Any] = {}


class InvalidOptionError(LosantError):
    """An option has a value that cannot be used. Nothing was sent."""

    kind = "invalid_option"


class InternalError(LosantError):
    """The collection contradicts itself. It is a bug, not something that the user did."""

    kind = "internal_error"

    @classmethod
    def from_exception(cls, error: BaseException) -> InternalError:
        """Describe an exception that nobody foresaw. Its text may hold anything, even a secret, so it is left out."""
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f" in {place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place is not None else ""
        return cls(f"Internal error of losant.platform: {type(error).__name__}{where}. Report it as an issue.")


class TaskInterruptedError(LosantError):
    """Someone ended the task before it was done: Ctrl-C, or a signal."""

    kind = "interrupted"

    def __init__(self) -> None:
        super().__init__("The task was interrupted.")


def as_losant_error(error: BaseException) -> LosantError:
    """The error to show for any exception."""
    if isinstance(error, LosantError):
        return error
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return TaskInterruptedError()
    return InternalError.from_exception(error)
