# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan does to the tokens of an application and to a token file, step by step, if nothing fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import FileState, Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Adopt,
    CheckConflicts,
    Create,
    Delete,
    Deliver,
    FixFile,
    Name,
    Patch,
    RemoveFile,
    Step,
    Verify,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import FIRST_ID, created
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import id_of


@dataclass(frozen=True)
class World:
    """Tokens, a token file and another store at a moment.

    ``new``: the id of the token that was created last; ``count``: of those.
    """

    tokens: tuple[Token, ...]
    now: datetime
    file: FileState | None = None
    held: Holding | None = None
    new: str | None = None
    count: int = 0

    def token(self, token_id: str | None) -> Token:
        [found] = [token for token in self.tokens if token.id == token_id]
        return found

    def after(self, step: Step) -> World:
        """The world after one step."""
        if isinstance(step, Create):
            return self._with_new(step)
        if isinstance(step, Adopt):
            assert self.token(step.token.id) == step.token
            return replace(self, new=step.token.id)
        if isinstance(step, Name):
            new = self.token(self.new)
            return self._changed(new, replace(new, name=step.name, **step.changes))
        if isinstance(step, CheckConflicts):
            assert self.new is not None
            return self
        if isinstance(step, Patch):
            return self._changed(step.token, replace(self.token(step.token.id), **step.changes))
        if isinstance(step, Delete):
            return self._changed(step.token, None)
        if isinstance(step, Verify):
            assert self.token(self.new).status == "active"
            return self
        return replace(self, file=self._file_after(step))

    def _with_new(self, step: Create) -> World:
        token = created(step.fields, id_of(FIRST_ID + self.count), self.now)
        if step.staged:
            token = replace(token, name=f"{token.name} ~pending:{self.count:016x}")
        # The user puts the secret that is returned where the other one is.
        held = Holding(token.id) if self.held is not None else None
        return replace(self, tokens=(*self.tokens, token), held=held, new=token.id, count=self.count + 1)

    def _changed(self, token: Token, after: Token | None) -> World:
        current = self.token(token.id)
        return replace(
            self, tokens=tuple(filter(None, (after if other is current else other for other in self.tokens)))
        )

    def _file_after(self, step: Step) -> FileState:
        assert self.file is not None
        if isinstance(step, Deliver):
            assert self.new is not None
            return FileState(self.file.path, True, Holding(self.new), self.file.wanted, self.file.wanted)
        assert self.file.exists
        if isinstance(step, FixFile):
            return replace(self.file, attributes=self.file.wanted)
        assert isinstance(step, RemoveFile)
        return FileState(self.file.path, wanted=self.file.wanted)


def stages_of(steps: Iterable[Step], world: World) -> list[World]:
    """The world before the steps, and after each of them."""
    stages = [world]
    for step in steps:
        stages.append(stages[-1].after(step))
    return stages
