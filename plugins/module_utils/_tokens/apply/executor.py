# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import time
import typing as t
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, Effect, RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.creation import Creation, RivalError
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import Undo, Undos, UnfinishedError
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.writer import Writes
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import is_marked
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
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
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

_LATER = "This is left to a later run."
_WITH_THE_NEXT = "It has expired, and goes when the next one is made, or with state=absent."


class Applied(t.NamedTuple):
    """The token after the last step, the secret if one was made, and what could not be tidied up.

    ``left``: the superseded tokens that are left to a later run, by id, with the name that each has got for that;
    ``gone_ids``: those that somebody else deleted meanwhile.
    """

    token: Token | None
    secret: str | None
    warnings: tuple[str, ...]
    left: t.Mapping[str, str | None] = {}
    gone_ids: frozenset[str] = frozenset()


def apply(
    plan: Plan,
    api: TokenApi,
    known: t.Mapping[str, str],
    moment: datetime,
    file: TokenFile | None = None,
    caller_id: str | None = None,
) -> Applied:
    """Carry out the steps in order. If one fails, what was done for a new token is undone, in reverse order.

    Once the new token has its name and no other run was first, only a refusal to retire the old one undoes it, and only
    if the old one is of use and the new one can be removed: at every moment one of them must work.

    :param known: the names of all tokens that were there before, by id
    :param moment: when the plan was made
    :param file: where a new secret is delivered to
    :param caller_id: the id of the token that the client authenticates with, if known
    :raises RequestError: a write was refused, and nothing is left of it
    :raises DeliveryError: the file can't take the secret; nothing is left of it
    :raises RivalError: another run made the same token, and was first
    :raises UnfinishedError: as its description says
    """
    work = _Work(plan, api, known, moment, file, caller_id)
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
        moment: datetime,
        file: TokenFile | None,
        caller_id: str | None,
    ) -> None:
        self._token = plan.after
        self._secret: str | None = None
        self._warnings: list[str] = []
        #: The names that tokens were given.
        self._names: dict[str, str] = {}
        self._left: dict[str, str | None] = {}
        self._gone_ids: set[str] = set()
        #: What could not be tidied up, and when it will be.
        self._untidy: list[tuple[RequestError, str]] = []
        self._api = api
        self._writes = Writes(api, caller_id)
        self._moment, self._start = moment, time.monotonic()
        self._file = file
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
            self._token = self._writes.patch(self.made, {"name": step.name})
            self._look_around(self._token)
        elif isinstance(step, (Patch, Delete)):
            self._change(step)
        elif isinstance(step, FixFile):
            self.file.fix_attributes()
        elif isinstance(step, RemoveFile):
            self._remove_file()

    def applied(self) -> Applied:
        """What came of it when all steps are done."""
        if self._untidy and self._secret is None:
            failures, self._untidy = self._untidy, []
            told = " ".join(str(failure) for failure, _later in failures)
            raise UnfinishedError(f"{told} All else is done.", cause=failures[0][0])
        return Applied(self._token, self._secret, self._all_warnings(), self._left, frozenset(self._gone_ids))

    def undone(self, error: LosantError) -> LosantError:
        """Undo what was done, and give the error that tells of it."""
        error.warnings = (*error.warnings, *self._all_warnings())
        return self._undos.after(error)

    def _all_warnings(self) -> tuple[str, ...]:
        untidy = (f"{failure} {later}" for failure, later in self._untidy)
        return (*self._creation.warnings, *untidy, *self._warnings)

    def _create(self, step: Create) -> None:
        self._made, self._secret = self._creation.make(step)
        self._token = token = self._made
        self._undos.add(
            Undo(
                lambda: self._writes.delete(token),
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
        except RivalError as error:
            # The first run retires the predecessor, which bears another name for that.
            self._undos.keep_names()
            kept = [f"The replaced token {old} bears the name {name!r} now." for old, name in self._names.items()]
            raise RivalError(" ".join([str(error), *kept]), **error.failure) from None

    def _deliver(self) -> None:
        before, attributes = self.file.content(), self.file.attributes()
        secret = t.cast("str", self._secret)
        self.file.write(secret)
        self._undos.add(
            Undo(
                lambda: self.file.restore(before, attributes, written=secret),
                "The token file holds what it held before."
                if before is not None
                else "The token file was removed again.",
                "The token file was not put back.",
            )
        )

    def _remove_file(self) -> None:
        try:
            self.file.remove()
        except LosantError as error:
            raise UnfinishedError(
                f"{error} The API token is deleted, so the secret in the file is of no use: delete the file.",
                cause=error,
            ) from None

    def _change(self, step: Patch | Delete) -> None:
        """Change or remove a token that was there before."""
        try:
            if step.cleaning or self._made is None:
                self._finish(step)
            elif isinstance(step, Delete) or "status" in step.changes:
                self._retire(step)
            else:
                self._rename(step)
        except RequestError as error:
            # What somebody else removed meanwhile needs no retiring. To give up would remove its successor too.
            if (step.cleaning or self._made is not None) and isinstance(error, ApiError) and error.is_not_found:
                self._gone_ids.add(step.token.id)
                return
            if not step.cleaning:
                raise
            # The new secret is worth more than tidiness, and so is what is left to do.
            self._left[step.token.id] = None
            self._untidy.append((error, _LATER if is_marked(step.token.name) else _WITH_THE_NEXT))

    def _finish(self, step: Patch | Delete) -> None:
        if isinstance(step, Delete):
            self._writes.delete(step.token)
            return
        changed = self._writes.patch(step.token, step.changes)
        if not step.cleaning:
            self._token = changed

    def _rename(self, step: Patch) -> None:
        """Give the predecessor of the new token another name."""
        token_id, name = step.token.id, step.changes["name"]
        undo = Undo(
            lambda: self._give_back(step),
            f"The token {token_id} is as it was.",
            f"The token {token_id} may bear the name {name!r}.",
            names=True,
        )
        try:
            self._writes.patch(step.token, step.changes)
        except RequestError as error:
            if error.effect > Effect.NONE:
                self._undos.add_last(undo)
            raise
        self._names[token_id] = name
        # The name goes back when the new token is gone, as it is free then, and the old one is of use under any name.
        self._undos.add_last(undo._replace(left=f"The token {token_id} bears the name {name!r} now."))

    def _give_back(self, step: Patch) -> None:
        try:
            rivals = self._creation.rivals(step.token.name, step.token.id, self.made.id)
        except RequestError:
            rivals = []  # what can't be known now is no reason to leave it changed
        if rivals:
            raise RivalError(f"Another run made {rivals[0].id} of that name.")
        self._writes.patch(step.token, {"name": step.token.name})

    def _retire(self, step: Patch | Delete) -> None:
        """Delete or deactivate the predecessor of the new token, as the last step."""
        try:
            self._writes.send(step.token, None if isinstance(step, Delete) else step.changes)
            return
        except RequestError as error:
            failure = error
        seen = self._writes.look_up(step.token)
        if seen.gone or (seen.token and isinstance(step, Patch) and seen.token.status == "inactive"):
            return
        if (
            seen.token
            and failure.effect is not Effect.IN_FLIGHT
            and self._is_of_use(seen.token, step.token)
            and self._gives_up()
        ):
            raise failure
        # Without the new token there might be none at all.
        self._keep_both(step, failure)

    def _keep_both(self, step: Patch | Delete, failure: RequestError) -> None:
        """Leave the predecessor to a later run, which finds it by its mark."""
        token_id = step.token.id
        if isinstance(step, Delete) and step.otherwise is not None and token_id not in self._names:
            try:
                self._rename(Patch(step.token, {"name": step.otherwise}))
            except RequestError as error:
                if isinstance(error, ApiError) and error.is_not_found:
                    self._gone_ids.add(token_id)
                    return
                self._warnings.append(str(error))
        self._undos.clear()
        self._left[token_id] = self._names.get(token_id)
        later = "A later run of this task finishes it, or delete the old one by api_token_id."
        if token_id not in self._names:
            later = "Delete the old one by api_token_id: while they share a name, a later run can't tell the two apart."
        self._warnings.append(
            f"{failure} The replaced token {token_id} may still work; the new one, {self.made.id}, is in force. {later}"
        )

    def _is_of_use(self, token: Token, before: Token) -> bool:
        now = self._moment + timedelta(seconds=time.monotonic() - self._start)
        return token.status in ("active", before.status) and not token.is_expired(now)

    def _gives_up(self) -> bool:
        """Remove the new token before anything else is undone. If that is refused, there is no way back."""
        try:
            self._writes.delete(self.made)
        except RequestError as error:
            if error.effect is Effect.NONE:
                return False
            # If it may be gone, or go at any moment, it can't be relied on.
            return error.effect is Effect.IN_FLIGHT or self._writes.look_up(self.made).token is None
        return True
