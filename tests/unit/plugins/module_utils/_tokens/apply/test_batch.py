# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever ends a task of many tokens, no secret is lost, and what concerns one token does not stop another (promises 5 and 6)."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.files import LocalFiles
from ansible_collections.losant.platform.plugins.module_utils._tokens.batch import Ensured, Settings, ensure_all
from ansible_collections.losant.platform.plugins.module_utils._tokens.caller import Caller
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Work
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import Fault, MemoryApi
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import id_of, token

SCOPE = ("devices.get",)
STAGED = pytest.mark.parametrize("staged", ["false", "true"], ids=["direct", "staged"])


def ensured(
    api: MemoryApi,
    *declared: Declaration,
    staged: str = "false",
    keep: tuple[str, ...] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Ensured:
    nonces = itertools.count()
    system = System(nonce=lambda: f"{next(nonces):016x}", interrupted=interrupted)
    works = [Work(one, staged) for one in declared]
    settings = Settings(1, keep, lambda _done, _total: None)
    return ensure_all(works, api.as_api, Caller(None, None), system, LocalFiles(system), settings, dry=False)


def interrupted_after(checks: int) -> Callable[[], bool]:
    """A task that is interrupted when it has looked for that some times."""
    count = itertools.count()
    return lambda: next(count) >= checks


def names(api: MemoryApi) -> list[str]:
    return sorted(token.name for token in api.tokens.values())


NEW, OTHER = Declaration(name="new", scope=SCOPE), Declaration(name="other", scope=SCOPE)
REPLACED = Declaration(name="x", scope=SCOPE, recreate="always")
UPDATED = Declaration(name="updated", description="changed")


@STAGED
@pytest.mark.parametrize("checks", range(14))
def test_it_can_be_interrupted_between_any_two_steps(checks: int, staged: str) -> None:
    """A token that a declaration did not get remains nowhere, and the replaced one is as it was."""
    api = MemoryApi([token(1), token(2, name="updated"), token(3, name="undeclared")])
    result = ensured(api, NEW, REPLACED, UPDATED, staged=staged, keep=(), interrupted=interrupted_after(checks))
    new, replaced, _updated = (not isinstance(outcome, LosantError) for outcome in result.outcomes)
    current = [one for one in api.tokens.values() if one.name == "x"]
    assert len(current) == 1
    assert (current[0] == token(1)) != replaced
    assert ("new" in names(api)) == new
    assert all(one.name in ("new", "x", "updated", "undeclared") for one in api.tokens.values())
    failed = any(isinstance(outcome, LosantError) for outcome in result.outcomes)
    assert not failed or "undeclared" in names(api)


@STAGED
@pytest.mark.parametrize("action", ["create", "patch", "delete", "list"])
@pytest.mark.parametrize("skip", range(4))
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_an_exception_that_nobody_foresaw_ends_one_declaration(action: str, skip: int, late: bool, staged: str) -> None:
    """Only the reading that all begin with ends the task. The one that shows conflicts concerns the new tokens alone."""
    api = MemoryApi([token(1), token(2, name="updated")], Fault(action, MemoryError(), done=late, skip=skip))
    try:
        result = ensured(api, NEW, REPLACED, UPDATED, OTHER, staged=staged)
    except MemoryError:
        assert (action, skip) == ("list", 0)
        return
    failed = [outcome for outcome in result.outcomes if isinstance(outcome, LosantError)]
    assert len(failed) <= (3 if action == "list" else 1), failed
    held = {outcome.token.id for outcome in result.outcomes if not isinstance(outcome, LosantError) and outcome.token}
    shown = " ".join(map(str, failed))
    for one in api.tokens.values():
        assert one.id in held | {id_of(1), id_of(2)} or one.id in shown or one.name in shown, (one, shown)
