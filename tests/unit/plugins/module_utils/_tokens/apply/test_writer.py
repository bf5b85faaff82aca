# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found out about a single write when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.verdicts import Listed, Verdict, Written
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.writer import Writer
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Delete,
    Patch,
    Purpose,
    Write,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.apply.carrying_out import (
    REFUSED,
    UNCERTAIN,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import (
    OLD,
    Fault,
    MemoryApi,
    api_error,
    no_response,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW, token

PATCH = Patch(token(), {"description": "new", "status": "inactive"}, Purpose.UPDATE)
DELETE = Delete(token(), Purpose.REMOVE)
WRITES = [pytest.param(PATCH, id="patch"), pytest.param(DELETE, id="delete")]


def written(write: Write, *faults: Fault, caller_id: str | None = None, **settings: Any) -> tuple[Written, list[str]]:
    api = MemoryApi([token()], *faults, **settings)
    return Writer(api.as_api, caller_id).write(write), api.calls


@pytest.mark.parametrize("write", WRITES)
def test_it_works(write: Write) -> None:
    result, calls = written(write)
    assert (result.verdict, result.error, calls) == (Verdict.DONE, None, [write.action])
    assert (result.token and result.token.description) == ("new" if isinstance(write, Patch) else None)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("error", REFUSED)
def test_a_refusal_needs_no_look_at_the_list(write: Write, error: RequestError) -> None:
    result, calls = written(write, Fault(write.action, error))
    assert result == Written(Verdict.FAIL, None, error, Listed.NOT_READ)
    assert result.is_without_effect
    assert calls == [write.action]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("error", UNCERTAIN)
@pytest.mark.parametrize("done", [False, True], ids=["not carried out", "carried out"])
def test_the_list_shows_what_a_lost_response_did_not(write: Write, error: RequestError, done: bool) -> None:
    result, calls = written(write, Fault(write.action, error, done=done))
    assert (result.verdict, result.error) == (Verdict.DONE if done else Verdict.FAIL, error)
    assert calls == [write.action, "list"]
    if done and isinstance(write, Patch):
        assert result.token is not None
        assert result.token.description == "new"


@pytest.mark.parametrize("write", WRITES)
def test_the_list_cannot_be_read(write: Write) -> None:
    lost = Fault(write.action, no_response(), done=True)
    result, _calls = written(write, lost, Fault("list", api_error(500)))
    assert result.verdict is Verdict.FAIL


def test_a_deletion_by_someone_else_is_one() -> None:
    api = MemoryApi([])
    assert Writer(api.as_api, None).write(DELETE).verdict is Verdict.DONE


@pytest.mark.parametrize(
    ("purpose", "verdict"),
    [(Purpose.UPDATE, Verdict.FAIL), (Purpose.CLEAN_UP, Verdict.GONE), (Purpose.FREE_NAME, Verdict.GONE)],
    ids=lambda value: value.value,
)
def test_a_change_of_a_token_that_someone_else_deleted(purpose: Purpose, verdict: Verdict) -> None:
    api = MemoryApi([])
    assert Writer(api.as_api, None).write(Patch(token(), {"name": "y"}, purpose)).verdict is verdict
    # A 404 without the API's type comes from something in between, and says nothing about the token.
    api = MemoryApi([token()], Fault("patch", api_error(404, None)))
    assert Writer(api.as_api, None).write(Patch(token(), {"name": "y"}, purpose)).verdict is not Verdict.GONE


@pytest.mark.parametrize(
    ("current", "verdict"),
    [
        (token(), Verdict.ROLL_BACK),
        (token(status="inactive"), Verdict.KEEP_BOTH),
        (token(expiration_date=NOW), Verdict.KEEP_BOTH),
        (None, Verdict.DONE),
    ],
    ids=["valid", "inactive", "expired", "deleted"],
)
@pytest.mark.parametrize("error", [*REFUSED, pytest.param(api_error(500), id="500 of Losant")])
def test_the_old_token_must_be_valid_before_the_new_one_is_deleted(
    error: RequestError, current: ApiToken | None, verdict: Verdict
) -> None:
    """Promise 6: its retirement failed, and meanwhile someone else may have ended it."""
    api = MemoryApi([current] if current is not None else [], Fault("delete", error))
    assert Writer(api.as_api, None).write(Delete(token(), Purpose.RETIRE)).verdict is verdict


def test_a_token_that_was_inactive_before_is_valid_enough() -> None:
    old = token(status="inactive")
    api = MemoryApi([old], Fault("delete", api_error(403)))
    assert Writer(api.as_api, None).write(Delete(old, Purpose.RETIRE)).verdict is Verdict.ROLL_BACK


class TestOwnToken:
    """A write that ended the very token that it was sent with: Losant refuses to show the list then."""

    DEACTIVATE = Patch(token(), {"status": "inactive"}, Purpose.RETIRE)
    RETIRE = Delete(token(), Purpose.RETIRE)

    @pytest.mark.parametrize("status", [401, 403])
    @pytest.mark.parametrize("write", [DEACTIVATE, RETIRE], ids=["deactivate", "delete"])
    def test_a_lost_response_and_a_refused_list(self, write: Write, status: int) -> None:
        faults = [Fault(write.action, no_response(), done=True), Fault("list", api_error(status))]
        result, _calls = written(write, *faults, caller_id=OLD)
        assert result.verdict is Verdict.DONE
        assert (result.token and result.token.status) == ("inactive" if write is self.DEACTIVATE else None)
        # With any other token, or after any other failure of the list, nothing is known.
        assert written(write, *faults, caller_id=None)[0].verdict is Verdict.KEEP_BOTH
        unknown = [faults[0], Fault("list", api_error(500))]
        assert written(write, *unknown, caller_id=OLD)[0].verdict is Verdict.KEEP_BOTH

    def test_an_earlier_try_may_have_ended_it(self) -> None:
        """The client reports the worst effect of all tries, though the last one was refused."""
        refused = api_error(401).with_effect(no_response().effect)
        faults = [Fault("delete", refused, done=True), Fault("list", api_error(401))]
        assert written(self.RETIRE, *faults, caller_id=OLD)[0].verdict is Verdict.DONE

    def test_a_refusal_at_the_first_try_ended_nothing(self) -> None:
        result, _calls = written(self.RETIRE, Fault("delete", api_error(403)), caller_id=OLD)
        assert result.verdict is Verdict.ROLL_BACK
        faults = [Fault("delete", api_error(403)), Fault("list", api_error(403))]
        assert written(self.RETIRE, *faults, caller_id=OLD)[0].verdict is Verdict.KEEP_BOTH

    def test_a_change_that_leaves_it_valid(self) -> None:
        rename = Patch(token(), {"name": "y"}, Purpose.UPDATE)
        faults = [Fault("patch", no_response(), done=True), Fault("list", api_error(401))]
        assert written(rename, *faults, caller_id=OLD)[0].verdict is Verdict.FAIL
