# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A commit: the prepared token stays, whatever fails, because its secret may be in use."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import UnfinishedError
from ansible_collections.losant.platform.plugins.module_utils._tokens.errors import ConflictError
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Outcome
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.apply.carrying_out import (
    REFUSED,
    UNCERTAIN,
    carried_out,
    error_of,
    unfinished,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import (
    OLD,
    Fault,
    MemoryApi,
    api_error,
    no_response,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    HOUR,
    NOW,
    expired,
    id_of,
    pending,
    token,
)

PREPARED = pending(2, creation_date=NOW - HOUR)
COMMIT: dict[str, Any] = {"phase": "commit", "prepared_id": PREPARED.id, "staged": True}


def committing(*faults: Fault, **settings: Any) -> MemoryApi:
    return MemoryApi([token(), PREPARED], *faults, **settings)


def is_rolled_back(api: MemoryApi) -> bool:
    return list(api.tokens.values()) == [token(), PREPARED]


def finished(api: MemoryApi) -> Outcome:
    """Commit again, without a fault. That leaves nothing else."""
    api.end_faults()
    outcome = carried_out(api, **COMMIT)
    assert {existing.id: existing.name for existing in api.tokens.values()} == {PREPARED.id: "x"}
    return outcome


@pytest.mark.parametrize("done", [False, True], ids=["not carried out", "carried out"])
@pytest.mark.parametrize("error", [*REFUSED, *UNCERTAIN])
@pytest.mark.parametrize("skip", [0, 1], ids=["free the name", "name"])
def test_a_failure_before_the_token_has_its_name(error: RequestError, skip: int, done: bool) -> None:
    fault = Fault("patch", error, done=done, skip=skip)
    if not fault.is_possible:
        return
    # What the list would show is not known either.
    api = committing(fault, Fault("list", no_response(), skip=1))
    failure = unfinished(api, **COMMIT)
    assert is_rolled_back(api)
    assert f"The prepared token {PREPARED.id} stays pending." in failure.failure["left"]
    assert "Run phase=commit again with the same prepared_id, or phase=abort to delete it." in str(failure)
    finished(api)


def test_an_exception_that_nobody_foresaw() -> None:
    api = committing(Fault("patch", ValueError("secret"), done=True, skip=1))
    assert "stays pending" in str(unfinished(api, **COMMIT))
    assert is_rolled_back(api)


@pytest.mark.parametrize("interrupted_at", [0, 1])
def test_an_interruption_before_the_token_has_its_name(interrupted_at: int) -> None:
    api, calls = committing(), iter(range(99))
    failure = unfinished(api, interrupted=lambda: next(calls) >= interrupted_at, **COMMIT)
    assert "The task was interrupted." in str(failure)
    assert is_rolled_back(api)


@pytest.mark.parametrize("interrupted_at", [2, 3])
def test_an_interruption_after_that_lets_the_task_finish(interrupted_at: int) -> None:
    api, calls = committing(), iter(range(99))
    assert carried_out(api, interrupted=lambda: next(calls) >= interrupted_at, **COMMIT).secret is None
    assert set(api.tokens) == {PREPARED.id}


def test_an_exception_that_nobody_foresaw_after_that() -> None:
    api = committing(Fault("delete", ValueError("secret")))
    failure = unfinished(api, **COMMIT)
    assert f"The prepared token {PREPARED.id} is in force. Run phase=commit again" in str(failure)
    assert set(api.tokens) == {OLD, PREPARED.id}
    finished(api)


def test_a_server_that_changes_names() -> None:
    api = committing(stored_name=lambda name: name if "~" in name else f"{name}!")
    assert "named it 'x!' instead of 'x'" in str(unfinished(api, **COMMIT))
    assert api.tokens[PREPARED.id] == PREPARED


@pytest.mark.parametrize("error", [*REFUSED, *UNCERTAIN])
@pytest.mark.parametrize("superseded", ["delete", "deactivate"])
def test_a_retirement_that_fails_keeps_both(error: RequestError, superseded: str) -> None:
    action, skip = ("delete", 0) if superseded == "delete" else ("patch", 2)
    api = committing(Fault(action, error, skip=skip))
    outcome = carried_out(api, superseded=superseded, **COMMIT)
    [warning] = outcome.plan.warnings
    assert OLD in warning
    assert PREPARED.id in warning
    assert {existing.status for existing in api.tokens.values()} == {"active"}
    assert outcome.plan.superseded[0].action == "kept"


def test_a_clean_up_that_fails_is_a_warning() -> None:
    api = MemoryApi([token(), PREPARED, expired(3)], Fault("delete", api_error(500)))
    [warning] = carried_out(api, **COMMIT).plan.warnings
    assert "The token has expired." in warning
    assert set(api.tokens) == {PREPARED.id, id_of(3)}


@pytest.mark.parametrize("is_new", [True, False], ids=["before", "after the naming"])
def test_a_conflict_deletes_the_prepared_token(is_new: bool) -> None:
    other = token(3, creation_date=NOW, last_updated=NOW)
    if is_new:
        api = MemoryApi([other, PREPARED])
    else:
        # Named at the same moment as the prepared one, so the lower id decides.
        named = pending(1, nonce="1", creation_date=NOW, last_updated=NOW - HOUR)
        api = MemoryApi([PREPARED, named])
        api.at_next_patch(lambda: api.tokens.update({named.id: token(1, last_updated=NOW - HOUR)}))
    failure = error_of(api, ConflictError, **COMMIT)
    assert failure.failure["kind"] == "conflict"
    assert PREPARED.id not in api.tokens
    assert f"The prepared token {PREPARED.id} was deleted" in str(failure)
    assert "stays pending" not in str(failure)


def test_a_conflict_in_which_the_prepared_token_cannot_be_deleted() -> None:
    api = MemoryApi([token(3, creation_date=NOW), PREPARED], Fault("delete", api_error(403)))
    failure = error_of(api, UnfinishedError, **COMMIT)
    assert failure.failure["ids"] == [id_of(3)]
    assert PREPARED.id in failure.failure["left"][0]


def test_a_pending_token_that_is_created_late_by_an_own_try_is_no_concurrent_run() -> None:
    api = MemoryApi([], Fault("create", no_response(), done=False))
    outcome = carried_out(api, phase="prepare", staged=True)
    assert outcome.token is not None
    assert len(outcome.plan.warnings) == 2  # of the creation that may still be carried out, and of the scope
