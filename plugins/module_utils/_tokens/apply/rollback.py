# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError


class UnfinishedError(LosantError):
    """A write failed, and others were or may have been done. The message says what was undone, and what is left behind.

    ``failure`` tells of the error that it came of as well.
    """

    kind = "unfinished"

    def __init__(self, text: str, cause: LosantError | None = None, **failure: t.Any) -> None:
        super().__init__(text, **{**(cause.failure if cause else {}), **failure, "kind": self.kind})
        self.warnings = cause.warnings if cause else ()


class Undo(t.NamedTuple):
    """How to take a step back: ``done`` tells it afterwards, ``left`` tells what is left behind if it can't be.

    ``names``: it gives a token its name back.
    """

    action: t.Callable[[], t.Any]
    done: str
    left: str
    names: bool = False


class Undos:
    """How to take back what was done so far, the last step first."""

    def __init__(self) -> None:
        self._undos: list[Undo] = []

    def add(self, undo: Undo) -> None:
        self._undos.append(undo)

    def add_last(self, undo: Undo) -> None:
        """Add one that comes after all others."""
        self._undos.insert(0, undo)

    def keep_names(self) -> None:
        """From now on leave the names of tokens as they are."""
        self._undos = [undo for undo in self._undos if not undo.names]

    def clear(self) -> None:
        """From now on what was done stays."""
        self._undos.clear()

    def after(self, error: LosantError) -> LosantError:
        """Undo everything, and give the error that tells of it."""
        if not self._undos:
            return error
        told, left = [], []
        for undo in reversed(self._undos):
            try:
                undo.action()
                told.append(undo.done)
            except LosantError as failure:
                told.append(f"{undo.left} ({failure})")
                left.append(undo.left)
        return UnfinishedError(" ".join([str(error), *told]), cause=error, left=left)
