# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import secrets
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._errors import ApiError, LosantError, RequestError
from ansible_collections.losant.platform.plugins.module_utils._kin import age
from ansible_collections.losant.platform.plugins.module_utils._listing import BY_ID
from ansible_collections.losant.platform.plugins.module_utils._marks import is_pending, pending_name
from ansible_collections.losant.platform.plugins.module_utils._steps import (
    Create,
    Delete,
    Deliver,
    FixFile,
    Name,
    Patch,
    Plan,
    RemoveFile,
    Step,
    Verify,
)
from ansible_collections.losant.platform.plugins.module_utils._times import format_time
from ansible_collections.losant.platform.plugins.module_utils._token import Token
from ansible_collections.losant.platform.plugins.module_utils._token_file import TokenFile

#: How often a token whose creation got no answer is made anew.
CREATION_TRIES = 3


class UnfinishedError(LosantError):
    """A write failed, and others were or may have been done. The message says what was undone, and what is left behind.

    ``failure`` tells of the error that it came of as well.
    """

    kind = "unfinished"

    def __init__(self, text: str, cause: LosantError | None = None, **failure: t.Any) -> None:
        super().__init__(text, **{**(cause.failure if cause else {}), **failure, "kind": self.kind})


class RivalError(LosantError):
    """Another run made the same token, and was first."""

    kind = "rival"


class Applied(t.NamedTuple):
    """The token after the last step, the secret if one was made, and what could not be tidied up."""

    token: Token | None
    secret: str | None
    warnings: tuple[str, ...]


def apply(
    plan: Plan,
    api: TokenApi,
    known_ids: t.Collection[str],
    file: TokenFile | None = None,
    caller_id: str | None = None,
) -> Applied:
    """Carry out the steps in order. If one fails, what was done for a new token is undone, in reverse order.

    :param known_ids: the ids of all tokens that were there before
    :param file: where a new secret is delivered to
    :param caller_id: the id of the token that the client authenticates with, if known
    :raises RequestError: a write was refused, and nothing is left of it
    :raises DeliveryError: the file can't take the secret; nothing is left of it
    :raises UnfinishedError: as its description says
    """
    work = _Work(plan, api, known_ids, file, caller_id)
    try:
        if plan.delivers:
            work.file.prove()
        for step in plan.steps:
            work.do(step)
        return Applied(work.token, work.secret, tuple(work.warnings))
    except LosantError as error:
        raise work.undone(error) from None
    finally:
        if file is not None:
            file.discard()


class _Undo(t.NamedTuple):
    """How to take a step back: ``done`` tells it afterwards, ``left`` tells what is left behind if it can't be."""

    action: t.Callable[[], t.Any]
    done: str
    left: str


class _Work:
    """A plan in the making: what was done so far, and how to undo it."""

    def __init__(
        self,
        plan: Plan,
        api: TokenApi,
        known_ids: t.Collection[str],
        file: TokenFile | None,
        caller_id: str | None,
    ) -> None:
        self.token = plan.after
        self.secret: str | None = None
        self.warnings: list[str] = []
        self._api = api
        self._known_ids = known_ids
        self._file = file
        self._caller_id = caller_id
        self._made: Token | None = None
        self._undos: list[_Undo] = []
        self._lost_names: set[str] = set()
        #: Those of them that no token was found of. It may still appear.
        self._unseen_names: set[str] = set()

    @property
    def file(self) -> TokenFile:
        if self._file is None:
            raise AssertionError("a plan delivers to a file that there is not")
        return self._file

    @property
    def made(self) -> Token:
        if self._made is None:
            raise AssertionError("a plan has a step for a new token before it makes one")
        return self._made

    def do(self, step: Step) -> None:
        """Carry out one step."""
        if isinstance(step, Create):
            self._create(step)
        elif isinstance(step, Deliver):
            self._deliver()
        elif isinstance(step, Verify):
            self._api.verify(self.made, t.cast("str", self.secret))
        elif isinstance(step, Name):
            self.token = self._patch(self.made, {"name": step.name})
        elif isinstance(step, (Patch, Delete)):
            self._change(step)
        elif isinstance(step, FixFile):
            self.file.fix_attributes()
        elif isinstance(step, RemoveFile):
            self.file.remove()

    def undone(self, error: LosantError) -> LosantError:
        """Undo what was done, and give the error that tells of it."""
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
        self.secret = None
        return UnfinishedError(" ".join([str(error), *told]), cause=error, left=left)

    def _create(self, step: Create) -> None:
        token, secret = self._staged(step) if step.staged else self._direct(step)
        self._made = self.token = token
        self._undos.append(
            _Undo(
                lambda: _delete(token, self._api),
                f"The new token {token.id} was removed again.",
                f"The new token {token.name!r} ({token.id}) is left behind, and nobody has its secret: delete it by"
                " api_token_id.",
            )
        )
        if secret is None:
            raise UnfinishedError(f"Losant made the API token {token.name!r} ({token.id}) but sent no secret.")
        self.secret = secret
        if step.staged:
            # Nobody else has the nonce: another token of that name comes of a try that was refused and done all the same.
            self._lost_names.add(token.name)
        self._look_around(token, step.token.name)

    def _look_around(self, mine: Token, name: str) -> None:
        """Read the list again: a run elsewhere may have made the same token meanwhile. The younger one withdraws."""
        appeared = [
            token for token in self._api.iterate(BY_ID) if token.id not in self._known_ids and token.id != mine.id
        ]
        for token in appeared:
            if token.name in self._lost_names:
                # A creation whose answer was lost, and that took its time.
                _delete(token, self._api)
                self._unseen_names.discard(token.name)
        rivals = [token for token in appeared if token.name == name or is_pending(token.name, name)]
        rivals = [token for token in rivals if token.name not in self._lost_names]
        older = [token for token in rivals if age(token) < age(mine)]
        if older:
            raise RivalError(
                f"Another run made an API token {name!r} at the same time: {_told(older[0])}. That one is older, so this task"
                " withdraws. Run it again: it will find that token.",
                ids=[token.id for token in older],
            )
        self.warnings += [
            f"Another API token {name!r} appeared while this one was made: {_told(token)}. It is the younger one; if the run"
            " that made it does not withdraw, remove it by api_token_id."
            for token in rivals
        ]
        self.warnings += [_may_appear(name) for name in sorted(self._unseen_names)]

    def _direct(self, step: Create) -> tuple[Token, str | None]:
        """Make the token under its own name. A lost answer ends in an error that names what appeared."""
        try:
            return self._api.create(step.fields)
        except RequestError as error:
            if not error.maybe_done:
                raise
            failure = error
        raise self._lost(failure, step.token.name)

    def _staged(self, step: Create) -> tuple[Token, str | None]:
        """Make the token under a name that is recognised after a lost answer: it is deleted, and made anew."""
        for attempt in range(CREATION_TRIES):
            name = pending_name(step.token.name, secrets.token_hex(8))
            try:
                return self._api.create({**step.fields, "name": name})
            except RequestError as error:
                if not error.maybe_done:
                    raise
                failure = error
            self._lost_names.add(name)
            self._remove_lost(failure, name)
            if attempt + 1 < CREATION_TRIES:
                self._api.pause(attempt)
        failure.warnings = tuple(_may_appear(name) for name in sorted(self._unseen_names))
        raise failure

    def _remove_lost(self, failure: RequestError, name: str) -> None:
        self._unseen_names.add(name)
        try:
            for token in self._api.iterate(BY_ID):
                if token.name == name:
                    _delete(token, self._api)
                    self._unseen_names.discard(name)
        except RequestError as error:
            raise UnfinishedError(
                f"{failure} A token named {name!r} may have been made all the same. It can't be removed now ({error}), and"
                " nobody has its secret. A run in an hour or later removes it.",
                cause=failure,
                left=[name],
            ) from None

    def _lost(self, failure: RequestError, name: str) -> LosantError:
        """What to say when a token may have been made without anyone getting its secret."""
        try:
            appeared = [
                token for token in self._api.iterate(BY_ID) if token.name == name and token.id not in self._known_ids
            ]
        except RequestError:
            return UnfinishedError(
                f"{failure} A token may have been made all the same, and the list can't be read to find out. Look for a new"
                f" token named {name!r} and delete it: its secret is lost.",
                cause=failure,
            )
        if not appeared:
            warning = (
                f"No new token named {name!r} has appeared so far, but the lost creation may still be carried out. Look for"
                " one before you run the task again, and delete it: its secret is lost."
            )
            failure.warnings = (warning,)
            return failure
        return UnfinishedError(
            f"{failure} Meanwhile a token of that name appeared: {', '.join(map(_told, appeared))}. If nobody else made it,"
            " it is this task's and its secret is lost: delete it by api_token_id and run the task again, or rename it by"
            " api_token_id to keep it.",
            cause=failure,
            ids=[token.id for token in appeared],
        )

    def _deliver(self) -> None:
        before, attributes = self.file.content(), self.file.attributes()
        self.file.write(t.cast("str", self.secret))
        self._undos.append(
            _Undo(
                lambda: self.file.restore(before, attributes),
                "The token file holds what it held before."
                if before is not None
                else "The token file was removed again.",
                "The token file holds the secret of the new token.",
            )
        )

    def _change(self, step: Patch | Delete) -> None:
        """Change or remove a token that was there before."""
        replacing = self._made is not None and not step.cleaning
        try:
            if replacing and (isinstance(step, Delete) or "status" in step.changes):
                self._retire(step)
            elif isinstance(step, Delete):
                self._remove(step.token)
            else:
                changed = self._patch(step.token, step.changes, undoable=replacing)
                if self._made is None and not step.cleaning:
                    self.token = changed
        except RequestError as error:
            # What somebody else removed meanwhile needs no retiring. To give up would remove its successor too.
            if (step.cleaning or self._made is not None) and isinstance(error, ApiError) and error.is_not_found:
                return
            # The new secret is worth more than tidiness, and the next run tidies up.
            if not step.cleaning or self.secret is None:
                raise
            self.warnings.append(f"{error} This is left to a later run.")

    def _remove(self, token: Token) -> None:
        """Delete a token, which may be the one that the task authenticates with."""
        try:
            _delete(token, self._api)
        except ApiError as error:
            # A request that was repeated with the token that the first one deleted.
            own = token.id.lower() == self._caller_id
            if not (own and error.repeated and error.status in (401, 403)):
                raise

    def _retire(self, step: Patch | Delete) -> None:
        """Delete or deactivate the predecessor of the new token, as the last step."""
        old, deletes = step.token, isinstance(step, Delete)
        try:
            if isinstance(step, Delete):
                self._remove(old)
            else:
                self._api.patch(old, step.changes)
            return
        except RequestError as error:
            failure = error
        try:
            left = [token for token in self._api.iterate(BY_ID) if token.id == old.id] if failure.maybe_done else [old]
        except RequestError:
            # To remove the new token now might leave none at all.
            self._undos.clear()
            raise UnfinishedError(
                f"{failure} Whether the token {old.id} still works is not known, so the new one, {self.made.id}, was left in"
                " place: delete the one or the other by api_token_id.",
                cause=failure,
                ids=[old.id, self.made.id],
            ) from None
        if any(deletes or token.status == "active" for token in left):
            raise failure

    def _patch(self, token: Token, changes: t.Mapping[str, t.Any], *, undoable: bool = False) -> Token:
        undo = _Undo(
            lambda: self._api.patch(token, {field: getattr(token, field) or "" for field in changes}),
            f"The token {token.id} is as it was.",
            f"The token {token.id} may have been changed: {', '.join(changes)}.",
        )
        try:
            changed = self._api.patch(token, changes)
        except RequestError as error:
            done = self._read_back(token, changes) if error.maybe_done else None
            if done is None:
                if error.maybe_done and undoable:
                    self._undos.insert(0, undo)
                raise
            changed = done
        if undoable:
            # The name goes back when the new token is gone, as it is free then, and the old one is of use under any name.
            self._undos.insert(0, undo)
        return changed

    def _read_back(self, token: Token, changes: t.Mapping[str, t.Any]) -> Token | None:
        """The token, if a change whose answer was lost was made."""
        try:
            found = next((other for other in self._api.iterate(BY_ID) if other.id == token.id), None)
        except RequestError:
            return None
        if found is None or any((getattr(found, field) or "") != value for field, value in changes.items()):
            return None
        return found


def _delete(token: Token, api: TokenApi) -> None:
    try:
        api.delete(token)
    except ApiError as error:
        # Someone else was quicker, and it is gone as it should be.
        if not error.is_not_found:
            raise


def _may_appear(name: str) -> str:
    return (
        f"A creation whose answer was lost may still be carried out: if a token named {name!r} appears, nobody has its"
        " secret, and a run in an hour or later removes it."
    )


def _told(token: Token) -> str:
    return f"{token.id} (made at {format_time(token.creation_date)})" if token.creation_date else token.id
