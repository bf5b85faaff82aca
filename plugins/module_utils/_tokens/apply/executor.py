# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from collections import deque

from ansible_collections.losant.platform.plugins.module_utils._client.errors import Effect, RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import (
    InternalError,
    LosantError,
    TaskInterruptedError,
    as_losant_error,
)
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination

from ..api import TokenApi
from ..errors import ConflictError
from ..listing import Listing
from ..plan.steps import (
    Adopt,
    CheckConflicts,
    Create,
    Delete,
    Deliver,
    FixFile,
    Name,
    Patch,
    Plan,
    Purpose,
    RemoveFile,
    Step,
    Verify,
    Write,
)
from ..token import Token
from .adoption import Adoption
from .creation import Created, Creation
from .outcomes import Outcome, Result, warnings_of
from .rollback import Compensation, Order, Rollback, UnfinishedError, new_token_stays
from .verdicts import Verdict, raise_unless_done
from .writer import Writer


class Applied(t.NamedTuple):
    """The token after the last step, the secret if one was created, and what became of the writes."""

    token: Token | None
    secret: Secret | None
    outcomes: tuple[Outcome, ...]
    warnings: tuple[str, ...]


def apply(
    plan: Plan,
    api: TokenApi,
    known: t.Mapping[str, str],
    system: System,
    file: Destination | None = None,
    caller_id: str | None = None,
) -> Applied:
    """Carry out the steps in order. If one fails, whatever the exception, what was done for a new token is rolled back.

    Once the new token is the only one that is certain to work, it stays: see ``verdict_of``.

    :param known: the names of all tokens that existed before, by id
    :param file: where a new secret is delivered to; it was checked
    :param caller_id: the id of the token that the client authenticates with, if known
    :raises LosantError: a step failed. UnfinishedError, if something was rolled back or remains
    """
    execution = Execution(plan, api, known, system, file, caller_id)
    try:
        execution.advance()
        return execution.applied()
    except BaseException as error:  # noqa: BLE001 # a secret must not be lost, whatever ends the task
        raise execution.rolled_back(error) from None
    finally:
        if file is not None:
            file.discard()


class Execution:
    """One plan while it is carried out: what was done, and how to take it back.

    :param reread: reads all tokens when the new one has its name; None if no other plan shares the reading
    """

    def __init__(
        self,
        plan: Plan,
        api: TokenApi,
        known: t.Mapping[str, str],
        system: System,
        file: Destination | None,
        caller_id: str | None,
        reread: t.Callable[[], Listing] | None = None,
    ) -> None:
        self._steps = deque(plan.steps)
        self._api = api
        self._system = system
        self._file = file
        self._caller_id = caller_id
        self._writer = Writer(api, caller_id)
        self._creation = Creation(api, known, system.nonce, reread)
        self._rollback = Rollback()
        self._token = plan.result
        self._adoption: Adoption | None = None
        self._created: Created | None = None
        self._is_delivered = False
        #: The new token stays, whatever happens now.
        self._is_committed = False
        self._outcomes: list[Outcome] = []
        self._warnings: list[str] = []
        self._carry_out: dict[type, t.Callable[[t.Any], None]] = {
            Create: self._create,
            Adopt: self._adopt,
            Deliver: self._deliver,
            Verify: self._verify,
            Name: self._name,
            CheckConflicts: self._check_conflicts,
            Patch: self._write,
            Delete: self._write,
            FixFile: lambda _step: self.file.fix_attributes(),
            RemoveFile: self._remove_file,
        }

    @property
    def file(self) -> Destination:
        if self._file is None:
            raise InternalError("The plan writes to a file, and none is declared.")
        return self._file

    @property
    def created(self) -> Created:
        if self._created is None:
            raise InternalError("The plan needs the new token before it is created.")
        return self._created

    @property
    def next_step(self) -> Step | None:
        """The first step that is still to be carried out."""
        return self._steps[0] if self._steps else None

    def advance(self, before: tuple[type, ...] = ()) -> None:
        """Carry out the steps in order: all, or those before the next one of some kinds."""
        while self._steps and not isinstance(self._steps[0], before):
            self.advance_one()

    def advance_one(self) -> None:
        """Carry out the next step."""
        self._carry_out_one(self._steps.popleft())

    def begin_one(self) -> None:
        """Be ready for a next step that is done together with those of other plans: from now on it may take effect."""
        self._stop_if_interrupted()
        if isinstance(self.next_step, Deliver):
            self._add_restoring()

    def end_one(self) -> None:
        """Take the result of such a step, even if the task was interrupted meanwhile."""
        step = self._steps.popleft()
        self._carry_out[type(step)](step)

    @property
    def steps_left(self) -> int:
        """How many steps are still to be carried out."""
        return len(self._steps)

    @property
    def has_delivered(self) -> bool:
        """Whether the file may hold a secret that would have to be taken back."""
        return self._rollback.concerns(Order.TOKEN_FILE)

    def _carry_out_one(self, step: Step) -> None:
        # Adopting sends nothing, and the error has to say what becomes of the prepared token.
        if not isinstance(step, Adopt):
            self._stop_if_interrupted()
        self._carry_out[type(step)](step)

    def _stop_if_interrupted(self) -> None:
        if self._system.interrupted() and not self._is_committed:
            raise TaskInterruptedError()

    def applied(self) -> Applied:
        """What resulted when all steps are done."""
        if self._created is not None and not self._is_delivered:
            self._stop_if_interrupted()  # nobody gets the result of an interrupted task
        left = [outcome for outcome in self._outcomes if outcome.is_left]
        if left and self._created is None:
            reports = " ".join(str(outcome.error) for outcome in left)
            raise UnfinishedError(f"{reports} Everything else is done.", cause=left[0].error)
        secret = self._created.secret if self._created else None
        return Applied(self._token, secret, tuple(self._outcomes), self._all_warnings())

    def rolled_back(self, error: BaseException) -> LosantError:
        """Take back what was done, and return the error that reports it."""
        failure = as_losant_error(error)
        if not isinstance(failure, UnfinishedError):
            failure.warnings = (*failure.warnings, *self._all_warnings())
        if not self._is_committed:
            error_of_rollback = self._rollback.after(failure)
            return self._adoption.explained(error_of_rollback) if self._adoption else error_of_rollback
        if self._adoption is not None:
            return self._adoption.stays(failure)
        return new_token_stays(failure, self.created.token, self.file.path if self._is_delivered else None)

    def _all_warnings(self) -> tuple[str, ...]:
        created = self._created.token if self._created else None
        return (*self._creation.warnings, *self._warnings, *warnings_of(self._outcomes, created))

    def _create(self, step: Create) -> None:
        self._created = self._creation.create(step)
        self._token = token = self._created.token
        self._rollback.add(self._deletion(token, lambda: self._delete_new(token)))
        self._created.check()

    def _adopt(self, step: Adopt) -> None:
        """Take the prepared token for the new one. Its secret is where the user delivered it."""
        self._created = Created(step.token, None, step.token.name)
        self._adoption = Adoption(step.token, self._writer.write, self._caller_id)

    @staticmethod
    def _deletion(token: Token, carry_out: t.Callable[[], t.Any]) -> Compensation:
        return Compensation(
            Order.NEW_TOKEN,
            carry_out,
            f"The new {token.resource.noun} {token.id} was deleted again.",
            f"The new {token.resource.noun} {token.id} remains, and nobody has its secret: delete it by"
            f" {token.resource.id_option}.",
        )

    def _delete_new(self, token: Token) -> None:
        raise_unless_done(self._writer.write(Delete(token, Purpose.ROLL_BACK)))

    def _deliver(self, _step: Deliver) -> None:
        secret = self.created.check()
        self._add_restoring()
        self.file.write(secret)
        self._is_delivered = True

    def _add_restoring(self) -> None:
        file = f"{self._api.owner.resource.file_option} {self.file.path}"
        done, remains = f"{file} is as it was.", f"{file} was not restored."
        self._rollback.add(Compensation(Order.TOKEN_FILE, self.file.roll_back, done, remains))

    def _verify(self, step: Verify) -> None:
        self._api.verify(self.created.token, self.created.check(), step.device_id)

    def _name(self, step: Name) -> None:
        change = Patch(self.created.token, {"name": step.name, **step.changes}, Purpose.NAME)
        written = self._adoption.name(change, self._rollback) if self._adoption else self._writer.write(change)
        raise_unless_done(written)
        self._token = t.cast("Token", written.token)
        self._created = self.created._replace(token=self._token, sent_name=step.name)
        if self._adoption is None:
            self._created.check()
        else:
            self._created.check_name()
            # The users of the token may have its secret already, and now it has its name.
            self._commit()

    def _check_conflicts(self, step: CheckConflicts) -> None:
        try:
            self._creation.check_conflicts(self.created.token, step.name)
        except ConflictError as error:
            if self._adoption is not None:
                self._is_committed = False
                self._rollback.add(self._adoption.deletion())
            # The first run retires the old token, which has another name for that.
            self._rollback.drop(Order.OLD_NAME)
            renamed = [
                f"The replaced {outcome.step.token.resource.noun} {outcome.step.token.id} is now named {outcome.name!r}."
                for outcome in self._outcomes
                if outcome.result is Result.DONE
            ]
            raise ConflictError(" ".join([str(error), *renamed]), **error.failure) from None

    def _remove_file(self, _step: RemoveFile) -> None:
        try:
            self.file.remove()
        except LosantError as error:
            raise UnfinishedError(
                f"{error} The {self._api.owner.resource.label} is deleted, so the secret in the file is no longer valid: remove the file.",
                cause=error,
            ) from None

    def _write(self, step: Write) -> None:
        self._WRITE_FOR[step.purpose](self, step)

    def _update(self, step: Write) -> None:
        written = self._writer.write(step)
        raise_unless_done(written)
        if step.purpose is Purpose.UPDATE:
            self._token = written.token

    def _clean_up(self, step: Write) -> None:
        written = self._writer.write(step)
        result = {Verdict.DONE: Result.DONE, Verdict.GONE: Result.GONE}.get(written.verdict, Result.LATER)
        self._outcomes.append(Outcome(step, result, step.token.name, written.error))

    def _free_name(self, step: Patch) -> None:
        token, name = step.token, step.changes["name"]
        # Before the request, as an exception that nobody foresaw says nothing about its effect.
        self._rollback.add(self._renaming(token, f"may now be named {name!r}"))
        written = self._writer.write(step)
        error = written.error
        if written.verdict is Verdict.GONE or (error is not None and error.effect is Effect.NONE):
            self._rollback.drop(Order.OLD_NAME)
        if written.verdict is Verdict.GONE:
            self._outcomes.append(Outcome(step, Result.GONE, token.name))
            return
        raise_unless_done(written)
        self._rollback.add(self._renaming(token, f"is now named {name!r}"))
        self._outcomes.append(Outcome(step, Result.DONE, name))

    def _renaming(self, token: Token, remains: str) -> Compensation:
        return Compensation(
            Order.OLD_NAME,
            lambda: self._restore_name(token),
            f"The {token.resource.noun} {token.id} is as it was.",
            f"The {token.resource.noun} {token.id} {remains}.",
        )

    def _restore_name(self, token: Token) -> None:
        if self._adoption is not None:
            self._adoption.check_name_is_free()
        try:
            other = self._creation.conflict_with(token.name, token.id, self.created.token.id)
        except RequestError:
            other = None  # what cannot be known now is no reason to keep the name changed
        if other is not None:
            raise ConflictError(f"A concurrent run created {other.id} with that name.")
        raise_unless_done(self._writer.write(Patch(token, {"name": token.name}, Purpose.RESTORE_NAME)))

    def _retire(self, step: Write) -> None:
        """Delete or deactivate the token that was replaced, as the last step."""
        try:
            written = self._writer.write(step)
        except BaseException:
            # Nobody knows whether the old token still works, so the new one stays.
            self._commit()
            raise
        verdict = written.verdict
        if verdict is Verdict.ROLL_BACK and self._is_deleted_again():
            raise t.cast("RequestError", written.error)
        self._commit()
        if verdict in (Verdict.DONE, Verdict.GONE):
            result = Result.DONE if verdict is Verdict.DONE else Result.GONE
            self._outcomes.append(Outcome(step, result, step.token.name))
        else:
            self._keep_both(step, t.cast("RequestError", written.error))

    def _is_deleted_again(self) -> bool:
        """Delete the new token before anything else is rolled back. If that is refused, it has to stay."""
        token = self.created.token
        verdict = self._writer.write(Delete(token, Purpose.ROLL_BACK)).verdict
        if verdict is Verdict.DONE:
            self._rollback.add(self._deletion(token, lambda: None))
        return verdict is not Verdict.KEEP_BOTH

    def _keep_both(self, step: Write, error: RequestError) -> None:
        """Leave the old token to a later run, which recognises it by its name."""
        name = next((o.name for o in self._outcomes if o.step.token.id == step.token.id), step.token.name)
        if isinstance(step, Delete) and step.fallback_name is not None and name == step.token.name:
            renaming = self._writer.write(Patch(step.token, {"name": step.fallback_name}, Purpose.CLEAN_UP))
            if renaming.verdict is Verdict.GONE:
                self._outcomes.append(Outcome(step, Result.GONE, name))
                return
            if renaming.verdict is Verdict.DONE:
                name = step.fallback_name
            else:
                self._warnings.append(str(renaming.error))
        self._outcomes.append(Outcome(step, Result.KEPT, name, error))

    def _commit(self) -> None:
        self._rollback.clear()
        self._is_committed = True

    _WRITE_FOR: t.ClassVar[t.Mapping[Purpose, t.Callable[[t.Any, t.Any], None]]] = {
        Purpose.UPDATE: _update,
        Purpose.REMOVE: _update,
        Purpose.FREE_NAME: _free_name,
        Purpose.RETIRE: _retire,
        Purpose.RETIRE_AFTER_DELIVERY: _retire,
        Purpose.CLEAN_UP: _clean_up,
    }
