# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.losant.platform.plugins.module_utils._api import TokenApi, delete_if_there
from ansible_collections.losant.platform.plugins.module_utils._creation import Creation, RivalError
from ansible_collections.losant.platform.plugins.module_utils._errors import ApiError, LosantError, RequestError
from ansible_collections.losant.platform.plugins.module_utils._listing import BY_ID
from ansible_collections.losant.platform.plugins.module_utils._marks import is_marked
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
from ansible_collections.losant.platform.plugins.module_utils._token import Token
from ansible_collections.losant.platform.plugins.module_utils._token_file import TokenFile
from ansible_collections.losant.platform.plugins.module_utils._undo import Undo, Undos, UnfinishedError

_WITH_THE_NEXT = "It has expired, and goes when the next one is made, or with state=absent."


class Applied(t.NamedTuple):
    """The token after the last step, the secret if one was made, and what could not be tidied up.

    ``left``: the superseded tokens that are left to a later run, by id, with the name that each has got for that.
    """

    token: Token | None
    secret: str | None
    warnings: tuple[str, ...]
    left: t.Mapping[str, str | None] = {}


def apply(
    plan: Plan,
    api: TokenApi,
    known: t.Mapping[str, str],
    file: TokenFile | None = None,
    caller_id: str | None = None,
) -> Applied:
    """Carry out the steps in order. If one fails, what was done for a new token is undone, in reverse order.

    Once the new token has its name and no other run was first, only a refusal to retire the old one undoes it: as long as
    it is not known whether the old one still works, the new one must stay.

    :param known: the names of all tokens that were there before, by id
    :param file: where a new secret is delivered to
    :param caller_id: the id of the token that the client authenticates with, if known
    :raises RequestError: a write was refused, and nothing is left of it
    :raises DeliveryError: the file can't take the secret; nothing is left of it
    :raises RivalError: another run made the same token, and was first
    :raises UnfinishedError: as its description says
    """
    work = _Work(plan, api, known, file, caller_id)
    try:
        if plan.delivers:
            work.file.prove()
        for step in plan.steps:
            work.do(step)
        return work.applied()
    except LosantError as error:
        raise work.undone(error) from None
    finally:
        if file is not None:
            file.discard()


class _Work:
    """A plan in the making: what was done so far, and how to undo it."""

    def __init__(
        self,
        plan: Plan,
        api: TokenApi,
        known: t.Mapping[str, str],
        file: TokenFile | None,
        caller_id: str | None,
    ) -> None:
        self._token = plan.after
        self._secret: str | None = None
        self._warnings: list[str] = []
        #: The names that tokens were given.
        self._names: dict[str, str] = {}
        self._left: dict[str, str | None] = {}
        self._api = api
        self._file = file
        self._caller_id = caller_id
        self._creation = Creation(api, known)
        self._made: Token | None = None
        self._undos = Undos()

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
            self._api.verify(self.made, t.cast("str", self._secret))
        elif isinstance(step, Name):
            self._token = self._patch(self.made, {"name": step.name})
            self._look_around(self._token)
        elif isinstance(step, (Patch, Delete)):
            self._change(step)
        elif isinstance(step, FixFile):
            self.file.fix_attributes()
        elif isinstance(step, RemoveFile):
            self.file.remove()

    def applied(self) -> Applied:
        """What came of it when all steps are done."""
        warnings = (*self._creation.warnings, *self._warnings)
        return Applied(self._token, self._secret, warnings, self._left)

    def undone(self, error: LosantError) -> LosantError:
        """Undo what was done, and give the error that tells of it."""
        error.warnings = (*error.warnings, *self._creation.warnings)
        return self._undos.after(error)

    def _create(self, step: Create) -> None:
        self._made, self._secret = self._creation.make(step)
        self._token = token = self._made
        self._undos.add(
            Undo(
                lambda: delete_if_there(self._api, token),
                f"The new token {token.id} was removed again.",
                f"The new token {token.id} is left behind, and nobody has its secret: delete it by api_token_id.",
            )
        )
        if self._secret is None:
            raise UnfinishedError(f"Losant made the API token {token.name!r} ({token.id}) but sent no secret.")
        if not step.staged:
            self._look_around(token)

    def _look_around(self, token: Token) -> None:
        try:
            self._creation.look_around(token)
        except RivalError:
            # The first run retires the predecessor, which bears another name for that.
            self._undos.keep_names()
            raise

    def _deliver(self) -> None:
        before, attributes = self.file.content(), self.file.attributes()
        self.file.write(t.cast("str", self._secret))
        self._undos.add(
            Undo(
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
                self._remove(step)
            else:
                changed = self._patch(step.token, step.changes, undoable=replacing)
                if self._made is None and not step.cleaning:
                    self._token = changed
        except RequestError as error:
            # What somebody else removed meanwhile needs no retiring. To give up would remove its successor too.
            if (step.cleaning or self._made is not None) and isinstance(error, ApiError) and error.is_not_found:
                return
            # The new secret is worth more than tidiness, and the next run tidies up.
            if not step.cleaning or self._secret is None:
                raise
            self._left[step.token.id] = None
            later = "This is left to a later run." if is_marked(step.token.name) else _WITH_THE_NEXT
            self._warnings.append(f"{error} {later}")

    def _remove(self, step: Delete) -> None:
        try:
            self._send(step)
        except RequestError as error:
            if not error.maybe_done or self._still_works(step) is not False:
                raise

    def _send(self, step: Patch | Delete) -> None:
        """Change or remove a token, without a look at what comes of it."""
        try:
            if isinstance(step, Delete):
                delete_if_there(self._api, step.token)
            else:
                self._api.patch(step.token, step.changes)
        except ApiError as error:
            if not self._ended_itself(step.token, error):
                raise

    def _ended_itself(self, token: Token, error: ApiError) -> bool:
        """Whether a request was repeated with the token that its first try removed or deactivated."""
        return token.id.lower() == self._caller_id and error.repeated and error.status in (401, 403)

    def _retire(self, step: Patch | Delete) -> None:
        """Delete or deactivate the predecessor of the new token, as the last step."""
        try:
            self._send(step)
            return
        except RequestError as error:
            failure = error
        if not failure.maybe_done:
            raise failure
        works = self._still_works(step)
        if works is False:
            return
        if works and not failure.may_come:
            raise failure
        # It may end at any moment. To remove the new token might leave none at all.
        self._undos.clear()
        self._warnings.append(
            f"{failure} Whether the replaced token {step.token.id} still works is not known; the new one, {self.made.id}, is"
            " in force. A later run of this task finishes it, or delete the old one by api_token_id."
        )
        if isinstance(step, Delete) and step.otherwise is not None and step.token.id not in self._names:
            self._mark(step.token, step.otherwise)
        self._left[step.token.id] = self._names.get(step.token.id)

    def _still_works(self, step: Patch | Delete) -> bool | None:
        """Whether a token that was to be retired is there, and active where it was to be deactivated. None if unknown."""
        try:
            left = [token for token in self._api.iterate(BY_ID) if token.id == step.token.id]
        except RequestError:
            return None
        return any(isinstance(step, Delete) or token.status == "active" for token in left)

    def _mark(self, token: Token, name: str) -> None:
        """Rename a token so that a later run finds it."""
        try:
            self._patch(token, {"name": name})
        except RequestError as error:
            if not (isinstance(error, ApiError) and error.is_not_found):
                self._warnings.append(f"{error} If it has its old name still, a later run can't tell the two apart.")

    def _patch(self, token: Token, changes: t.Mapping[str, t.Any], *, undoable: bool = False) -> Token:
        undo = Undo(
            lambda: self._api.patch(token, {field: getattr(token, field) or "" for field in changes}),
            f"The token {token.id} is as it was.",
            f"The token {token.id} may have been changed: {', '.join(changes)}.",
            names="name" in changes,
        )
        try:
            changed = self._api.patch(token, changes)
        except RequestError as error:
            done = self._read_back(token, changes, error)
            if done is None:
                if error.maybe_done and undoable:
                    self._undos.add_last(undo)
                raise
            changed = done
        if "name" in changes:
            self._names[token.id] = changes["name"]
        if undoable:
            # The name goes back when the new token is gone, as it is free then, and the old one is of use under any name.
            self._undos.add_last(undo)
        return changed

    def _read_back(self, token: Token, changes: t.Mapping[str, t.Any], error: RequestError) -> Token | None:
        """The token, if a change was made all the same."""
        ends = changes.get("status") == "inactive"
        if ends and isinstance(error, ApiError) and self._ended_itself(token, error):
            return replace(token, **changes)
        if not error.maybe_done:
            return None
        try:
            found = next((other for other in self._api.iterate(BY_ID) if other.id == token.id), None)
        except RequestError:
            return None
        if found is None or any((getattr(found, field) or "") != value for field, value in changes.items()):
            return None
        return found
