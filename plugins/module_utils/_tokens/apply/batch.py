# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import concurrently
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files, Request

from ..api import TokenApi
from ..listing import Listing
from ..plan.steps import CheckConflicts, Deliver, FixFile, Plan, RemoveFile
from .executor import Applied, Execution

#: The steps that are done for all plans together, as they cost one call to the host or one reading of the list.
_FILE_STEPS: t.Mapping[type, str] = {Deliver: "write", FixFile: "fix", RemoveFile: "remove"}
_SHARED_STEPS = (*_FILE_STEPS, CheckConflicts)

#: Gets how many of how many steps are done.
Progress = t.Callable[[int, int], None]


class _Rereading:
    """One reading of the list for all plans, when the new tokens have their names."""

    def __init__(self, api: TokenApi) -> None:
        self._api = api
        self._read: Listing | BaseException | None = None

    def refresh(self) -> None:
        """Read the list again. A failure is raised by ``result``."""
        try:
            self._read = self._api.all()
        except BaseException as error:  # noqa: BLE001 # it concerns the plans that need the list, whatever it is
            self._read = error

    def result(self) -> Listing:
        """The list as it was read last."""
        if isinstance(self._read, Listing):
            return self._read
        if self._read is not None:
            raise self._read
        return self._api.all()


class _Member:
    """A plan of a batch while it is carried out. Its result, or its error, is the end of it."""

    def __init__(self, plan: Plan, file: Destination | None, execution: Execution) -> None:
        self.file = file
        self.execution = execution
        self.steps = len(plan.steps)
        self.result: Applied | LosantError | None = None
        #: What has to be rolled back.
        self.failure: BaseException | None = None

    @property
    def waits_for(self) -> type | None:
        """The kind of the step that it waits for, with others."""
        return type(self.execution.next_step) if self.result is None and self.execution.next_step else None

    def attempt(self, work: t.Callable[[_Member], None]) -> None:
        """Do a part of the work. An exception is kept."""
        try:
            work(self)
        except BaseException as error:  # noqa: BLE001 # it concerns this plan alone, whatever it is
            self.failure = error

    def roll_back(self) -> None:
        """Take back what was done, and keep the error that reports it."""
        if self.failure is not None:
            self.result = self.execution.rolled_back(self.failure)
            self.failure = None


class Batch:
    """Carries out many plans: each stage in parallel, and what all plans share once for all.

    All files have their secrets before one of those tokens gets its name, and all new tokens have their names before an old
    one is retired.

    :param known: the names of all tokens that existed before, by id
    :param workers: how many requests are sent at the same time
    """

    def __init__(
        self,
        api: TokenApi,
        known: t.Mapping[str, str],
        system: System,
        files: Files,
        caller_id: str | None,
        workers: int,
        progress: Progress,
    ) -> None:
        self._api = api
        self._known = known
        self._system = system
        self._files = files
        self._caller_id = caller_id
        self._workers = workers
        self._progress = progress
        self._rereading = _Rereading(api)
        self._members: list[_Member] = []

    def apply(self, plans: t.Sequence[tuple[Plan, Destination | None]]) -> list[Applied | LosantError]:
        """Carry out plans, and return what resulted or failed for each. An error of one ends no other."""
        self._members = [self._member(plan, file) for plan, file in plans]
        try:
            self._carry_out()
        except BaseException as error:  # noqa: BLE001 # no secret must be lost, whatever ends the task
            for member in self._members:
                member.failure = error if member.result is None else None
            self._roll_back(self._members)
        finally:
            for member in self._members:
                if member.file is not None:
                    member.file.discard()
        return [t.cast("Applied", member.result) for member in self._members]

    def _carry_out(self) -> None:
        self._stage(self._members, lambda member: member.execution.advance(before=_SHARED_STEPS))
        while any(member.waits_for for member in self._members):
            self._share()
        self._stage(self._members, _finish)

    def _member(self, plan: Plan, file: Destination | None) -> _Member:
        reread = self._rereading.result
        execution = Execution(plan, self._api, self._known, self._system, file, self._caller_id, reread)
        return _Member(plan, file, execution)

    def _share(self) -> None:
        """Do what several plans wait for, and go on with those."""
        waiting = [member for member in self._members if member.waits_for in _FILE_STEPS]
        if waiting:
            self._stage(waiting, lambda member: member.execution.begin_one(), workers=1)
            ready = [member for member in waiting if member.result is None]
            self._files.together(list(map(self._request, ready)))
            # A host is asked by one at a time.
            self._stage(ready, lambda member: member.execution.end_one(), workers=1)
        else:
            waiting = [member for member in self._members if member.waits_for is CheckConflicts]
            self._rereading.refresh()
            self._stage(waiting, lambda member: member.execution.advance_one())
        self._stage(waiting, lambda member: member.execution.advance(before=_SHARED_STEPS))

    def _request(self, member: _Member) -> Request:
        step = _FILE_STEPS[t.cast(type, member.waits_for)]
        secret = member.execution.created.check() if step == "write" else None
        return Request(t.cast("Destination", member.file), step, secret)

    def _stage(
        self, members: t.Sequence[_Member], work: t.Callable[[_Member], None], workers: int | None = None
    ) -> None:
        """Do a part of the work of several plans in parallel. Then take back what failed."""
        active = [member for member in members if member.result is None]
        for _done in concurrently(lambda member: member.attempt(work), active, workers or self._workers):
            self._report()
        self._roll_back(active)

    def _roll_back(self, members: t.Sequence[_Member]) -> None:
        failed = [member for member in members if member.failure is not None]
        here = [member for member in failed if member.execution.has_delivered]
        others = [member for member in failed if member not in here]
        for _done in concurrently(_Member.roll_back, others, self._workers):
            pass
        # A host is asked by one at a time, in the thread of the task.
        for member in here:
            member.roll_back()

    def _report(self) -> None:
        total = sum(member.steps for member in self._members)
        self._progress(total - sum(member.execution.steps_left for member in self._members), total)


def _finish(member: _Member) -> None:
    member.result = member.execution.applied()
