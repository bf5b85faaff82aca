# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError

from ..errors import PreparedConflictError
from ..plan.steps import Delete, Patch, Purpose, Write
from ..token import Token
from .rollback import Compensation, Order, Rollback, UnfinishedError
from .verdicts import Listed, Written, raise_unless_done

#: Sends a write, and says how it ended.
Send = t.Callable[[Write], Written]


class Adoption:
    """The prepared token of a commit. Its secret may be in use already, so a failure does not delete it.

    Only a conflict does: whoever named its token first wins.

    :param caller_id: the id of the token that the task authenticates with, if known
    """

    def __init__(self, token: Token, send: Send, caller_id: str | None) -> None:
        self._token = token
        self._prepared = f"The prepared {token.resource.noun} {token.id}"
        self._send = send
        self._caller_id = caller_id
        self._is_missing = False
        self._is_deleted = False
        #: Whether the token may have its own name, as far as is known.
        self.may_be_named = False

    def name(self, change: Patch, rollback: Rollback) -> Written:
        """Give the token its own name. If it is not certain that this failed, a failure takes it back."""
        self.may_be_named = True
        # Before the request, as an exception that nobody foresaw says nothing about its effect.
        rollback.add(self._renaming(change))
        written = self._send(change)
        self._is_missing = written.listed is Listed.MISSING
        if self._is_missing or written.is_without_effect:
            self.may_be_named = False
            rollback.drop(Order.NEW_TOKEN)
        return written

    def _renaming(self, change: Patch) -> Compensation:
        return Compensation(
            Order.NEW_TOKEN,
            lambda: self._restore(change),
            f"{self._prepared} is as it was.",
            f"{self._prepared} may now be named {change.changes['name']!r}.",
        )

    def _restore(self, change: Patch) -> None:
        # Losant takes no null: a token without a description has an empty one.
        former = {option: getattr(self._token, option) or "" for option in change.changes}
        raise_unless_done(self._send(Patch(self._token, former, Purpose.RESTORE_NAME)))
        self.may_be_named = False

    def check_name_is_free(self) -> None:
        """Refuse to give the old token its name back while the prepared one may have it.

        :raises UnfinishedError: it may
        """
        if self.may_be_named:
            raise UnfinishedError(f"{self._prepared} may have its name.")

    def deletion(self) -> Compensation:
        """How to give way to a concurrent run."""
        self._is_deleted = True
        return Compensation(
            Order.NEW_TOKEN,
            self._delete,
            f"{self._prepared} was deleted, so its secret is no longer valid, wherever it was delivered."
            " Run phase=prepare again.",
            f"{self._prepared} remains: delete it by {self._token.resource.id_option}.",
        )

    def _delete(self) -> None:
        if self._token.id.lower() == self._caller_id:
            raise UnfinishedError("This task authenticates with it.")
        raise_unless_done(self._send(Delete(self._token, Purpose.ROLL_BACK)))

    def explained(self, error: LosantError) -> LosantError:
        """The error of a commit that was rolled back. It says what became of the prepared token, and what to do."""
        if self._is_deleted:
            return error
        if self._is_missing:
            return UnfinishedError(f"{error} {self._prepared} no longer exists. Run phase=prepare again.", cause=error)
        if not self.may_be_named:
            return not_committed(error, f"{self._prepared} stays pending.")
        note = f"{self._prepared} stays."
        left = [*error.failure.get("left", ()), note]
        text = f"{error} {note} Run phase=commit again with the same prepared_id."
        return UnfinishedError(text, cause=error, left=left)

    def stays(self, error: LosantError) -> UnfinishedError:
        """The error of a commit that fails when the prepared token is in force."""
        return UnfinishedError(
            f"{error} {self._prepared} is in force. Run phase=commit again with the same prepared_id: it"
            " finishes the rest.",
            cause=error,
        )


def not_committed(error: LosantError, note: str) -> UnfinishedError:
    """The error of a commit that leaves the prepared token as it was, as the note says."""
    advice = "Run phase=commit again with the same prepared_id, or phase=abort to delete it."
    return UnfinishedError(f"{error} {note} {advice}", cause=error, left=[*error.failure.get("left", ()), note])


def give_way(error: PreparedConflictError, send: Send, caller_id: str | None) -> LosantError:
    """Delete the prepared token after a conflict that was found before anything was written; return the error to report."""
    rollback = Rollback()
    rollback.add(Adoption(error.prepared, send, caller_id).deletion())
    return rollback.after(error)
