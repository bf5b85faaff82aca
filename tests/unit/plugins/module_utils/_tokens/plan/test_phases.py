# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the phases plan, and that together they plan what a whole task does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.errors import (
    ConflictError,
    PreparedConflictError,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.listing import Listing
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.context import Context
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Adopt,
    CheckConflicts,
    Create,
    Delete,
    Name,
    Patch,
    Plan,
    Purpose,
    Verify,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.cases import (
    FEWER,
    IN_FORCE,
    Case,
    cases,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.world import World, stages_of
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    HOUR,
    MILLISECOND,
    NOW,
    OWNER,
    expired,
    id_of,
    pending,
    superseded,
    token,
)

SCOPE: dict[str, Any] = {"scope": ("devices.get",)}
#: What was prepared for the token x: id 9, an hour after the current one.
PREPARED = pending(9, creation_date=NOW - HOUR, **SCOPE)
STAGED = Context(NOW, staged=True)


def planned(phase: str, *tokens: ApiToken, context: Context = STAGED, **declared: Any) -> Plan:
    return plan(Declaration(**{"name": "x", "phase": phase, **declared}), Listing(tokens), context, OWNER)


def committed(*tokens: ApiToken, prepared: ApiToken = PREPARED, context: Context = STAGED, **declared: Any) -> Plan:
    return planned("commit", *tokens, prepared, context=context, prepared_id=prepared.id, **declared)


class TestPrepare:
    def test_the_steps(self) -> None:
        result = planned("prepare", token(), expired(2), superseded(3, NOW), verify=True, recreate="always")
        create, *others = result.steps
        assert isinstance(create, Create)
        assert create.staged
        assert others == [CheckConflicts("x"), Verify()]
        assert (result.before, result.superseded) == (None, ())
        assert result.after == replace(create.token, name="x ~pending:(new)")
        assert result.rotation.reason == "always"

    @pytest.mark.parametrize(
        "declared", [{}, {"description": "new"}, {"state": "absent"}, {"token_id": id_of(1)}], ids=str
    )
    def test_no_step_if_no_token_is_needed(self, declared: dict[str, Any]) -> None:
        context = Context(NOW, lacking=frozenset() if declared else frozenset({"post", "patch", "delete"}))
        result = planned("prepare", token(), superseded(3, NOW), context=context, **declared)
        assert (result.steps, result.before, result.after, result.warnings) == ((), token(), token(), ())

    def test_an_expired_token_that_is_declared_absent_is_no_result(self) -> None:
        assert planned("prepare", expired(), state="absent").result is None

    @pytest.mark.parametrize("age", [timedelta(0), HOUR - MILLISECOND], ids=str)
    def test_a_fresh_pending_token(self, age: timedelta) -> None:
        other = pending(2, creation_date=NOW - age)
        with pytest.raises(ConflictError) as caught:
            planned("prepare", other)
        assert caught.value.failure == {"kind": "conflict", "ids": [other.id]}
        assert planned("prepare", replace(other, creation_date=NOW - HOUR)).creates

    def test_a_pending_token_of_an_unknown_age_is_fresh(self) -> None:
        with pytest.raises(ConflictError, match="is in an hour"):
            planned("prepare", pending(2, creation_date=None))

    def test_both_scopes_are_named(self) -> None:
        with pytest.raises(PlanError) as caught:
            planned("prepare", context=replace(STAGED, lacking=frozenset({"patch", "delete"})))
        assert caught.value.failure["scopes"] == ["applicationApiToken.delete", "applicationApiToken.patch"]


class TestCommit:
    def test_the_steps(self) -> None:
        stale = pending(2, nonce="2", creation_date=NOW - DAY)
        result = committed(token(), expired(3), stale, recreate="always", description="new", **SCOPE)
        assert result.steps == (
            Adopt(PREPARED),
            Patch(token(), {"name": "x ~superseded:2026-11-24T08:00:00Z"}, Purpose.FREE_NAME),
            Name("x", {"description": "new"}),
            CheckConflicts("x"),
            Delete(expired(3), Purpose.CLEAN_UP),
            Delete(stale, Purpose.CLEAN_UP),
            Delete(token(), Purpose.RETIRE_AFTER_DELIVERY, "x ~superseded:2026-11-24T08:00:00Z"),
        )
        assert (result.creates, result.has_new_token) == (False, True)
        assert result.after == replace(PREPARED, name="x", description="new")

    @pytest.mark.parametrize("creation_date", [None, NOW - 9 * DAY], ids=["unknown", "old"])
    def test_the_prepared_token_is_never_cleaned_up(self, creation_date: Any) -> None:
        old = replace(PREPARED, creation_date=creation_date)
        assert not any(step.token.id == old.id for step in committed(prepared=old).writes)

    @pytest.mark.parametrize(
        ("number", "creation_date", "is_conflict"),
        [
            (1, PREPARED.creation_date, False),
            (99, PREPARED.creation_date, True),
            (1, NOW - HOUR + MILLISECOND, True),
            (99, NOW - HOUR - MILLISECOND, False),
        ],
        ids=["same time, lower id", "same time, higher id", "later", "earlier"],
    )
    def test_who_was_first(self, number: int, creation_date: Any, is_conflict: bool) -> None:
        current = token(number, creation_date=creation_date)
        if not is_conflict:
            assert committed(current).has_new_token
            return
        with pytest.raises(PreparedConflictError) as caught:
            committed(current)
        assert caught.value.prepared == PREPARED
        assert caught.value.failure == {"kind": "conflict", "ids": [current.id]}

    @pytest.mark.parametrize("old", [token(status="inactive"), expired(status="inactive")], ids=["current", "expired"])
    @pytest.mark.parametrize(("status", "is_refused"), [(None, False), ("inactive", False), ("active", True)])
    def test_an_inactive_prepared_token(self, old: ApiToken, status: str | None, is_refused: bool) -> None:
        inactive = replace(PREPARED, status="inactive")
        if is_refused:
            with pytest.raises(PlanError, match="it is inactive"):
                committed(old, prepared=inactive, status=status)
        else:
            assert committed(old, prepared=inactive, status=status).has_new_token

    def test_an_inherited_status_after_an_interrupted_commit(self) -> None:
        inactive = replace(PREPARED, status="inactive")
        assert committed(superseded(1, NOW, status="inactive"), prepared=inactive).has_new_token
        with pytest.raises(PlanError, match="it is inactive"):
            committed(prepared=inactive)

    @pytest.mark.parametrize(
        ("declared", "reason"),
        [
            ({"recreate": "always"}, "always"),
            ({"recreate": "state_change", **SCOPE}, "differs"),
            ({"recreate": "state_change", "held_token": Secret("")}, "held_token"),
            ({"rotate_before": 9 * DAY}, "expires_soon"),
            ({}, None),
        ],
        ids=["always", "differs", "held_token", "expires_soon", "unknown"],
    )
    def test_the_reason_is_still_reported(self, declared: dict[str, Any], reason: str | None) -> None:
        current = token(scope=("device.get",), expiration_date=NOW + 8 * DAY)
        context = replace(STAGED, held=Holding(id_of(7)))
        rotation = committed(current, context=context, **declared).rotation
        assert (rotation.due, rotation.reason) == (reason is not None, reason)

    def test_the_warnings_of_a_policy_without_effect(self) -> None:
        [warning] = committed(rotate_before=DAY).warnings
        assert "rotate_before has no effect" in warning


class TestCommittedBefore:
    NAMED = replace(PREPARED, name="x", expiration_date=NOW + DAY)

    @pytest.mark.parametrize(
        "declared",
        [{}, {"recreate": "always"}, {"rotate_before": 2 * DAY}, {"recreate": "state_change", "expires_in": 9 * DAY}],
        ids=str,
    )
    def test_nothing_is_left_to_do(self, declared: dict[str, Any]) -> None:
        context = replace(STAGED, held=Holding(id_of(7)))
        result = committed(prepared=self.NAMED, context=context, **declared)
        assert (result.steps, result.before, result.after) == ((), self.NAMED, self.NAMED)
        assert (result.rotation.due, result.rotation.reason) == (False, None)

    def test_leftovers_are_finished(self) -> None:
        old = superseded(1, NOW)
        assert committed(old, prepared=self.NAMED).steps == (Delete(old, Purpose.CLEAN_UP),)

    def test_updates_are_finished(self) -> None:
        assert committed(prepared=self.NAMED, status="inactive").writes[0].purpose is Purpose.UPDATE

    def test_warnings_are_repeated(self) -> None:
        result = committed(prepared=replace(self.NAMED, expiration_date=None), rotate_before=DAY)
        [warning] = result.warnings
        assert "rotate_before has no effect" in warning
        assert committed(prepared=self.NAMED, rotate_before=DAY / 2).rotation.due_at == NOW + DAY / 2

    def test_an_expired_one_is_refused(self) -> None:
        with pytest.raises(PlanError, match="it expired at"):
            committed(prepared=replace(self.NAMED, expiration_date=NOW))

    def test_a_difference_needs_another_prepare(self) -> None:
        with pytest.raises(PlanError, match=r"has to be replaced \(differs\)"):
            committed(prepared=self.NAMED, scope=("device.get",), recreate="state_change")
        with pytest.raises(PlanError, match="differs in fields that Losant cannot change"):
            committed(prepared=self.NAMED, scope=("device.get",))


class TestAbort:
    def test_the_steps(self) -> None:
        result = planned("abort", token(), PREPARED, superseded(2, NOW), prepared_id=PREPARED.id, recreate="always")
        assert result.steps == (Delete(PREPARED, Purpose.REMOVE),)
        assert (result.before, result.after, result.result, result.changed_fields) == (PREPARED, None, token(), [])

    def test_the_token_that_the_task_authenticates_with(self) -> None:
        """Promise 11."""
        case: dict[str, Any] = {"prepared_id": PREPARED.id, "context": replace(STAGED, caller_id=PREPARED.id)}
        with pytest.raises(PlanError, match="allow_self_revoke"):
            planned("abort", PREPARED, **case)
        assert planned("abort", PREPARED, **case, allow_self_revoke=True).steps


def _by_name(case: Case, **fields: Any) -> Declaration:
    return replace(case.declared, **fields)


def _pictures(world: World) -> list[Any]:
    return sorted(str([*token.comparable().items()]) for token in world.tokens)


@given(cases(token_id=None) | cases(IN_FORCE, state="present", recreate="always", name="x", token_id=None))
def test_the_phases_do_what_a_whole_task_does(case: Case) -> None:
    context = replace(case.context, staged=True, file=None)
    world = World(tuple(case.tokens), NOW, None, context.held)
    try:
        whole = plan(case.declared, Listing(case.tokens), context, OWNER)
        first = plan(_by_name(case, phase="prepare"), Listing(case.tokens), context, OWNER)
    except (PlanError, ConflictError, InvalidOptionError):
        assume(False)
    assert first.creates == whole.creates
    between = stages_of(first.steps, world)[-1]
    declared = _by_name(case, phase="commit", prepared_id=between.new)
    second = plan(declared, Listing(between.tokens), replace(context, held=between.held), OWNER)
    after = stages_of(second.steps, between)[-1]
    assert _pictures(after) == _pictures(stages_of(whole.steps, world)[-1])
    assert not second.creates
    # Once more, there is nothing left to do.
    assert plan(declared, Listing(after.tokens), replace(context, held=after.held), OWNER).steps == ()


@FEWER
@given(cases(IN_FORCE, state="present", recreate="always", name="x", token_id=None))
def test_an_abort_leaves_everything_as_it_was(case: Case) -> None:
    context = replace(case.context, staged=True, file=None)
    world = World(tuple(case.tokens), NOW)
    try:
        first = plan(_by_name(case, phase="prepare"), Listing(case.tokens), context, OWNER)
    except (PlanError, ConflictError):
        assume(False)
    between = stages_of(first.steps, world)[-1]
    abort = plan(_by_name(case, phase="abort", prepared_id=between.new), Listing(between.tokens), context, OWNER)
    assert stages_of(abort.steps, between)[-1].tokens == world.tokens
    assert abort.steps[-1] is abort.steps[0]


@FEWER
@given(cases(token_id=None))
def test_check_mode_predicts_a_commit_of_what_was_not_prepared(case: Case) -> None:
    context = replace(case.context, staged=True, file=None)
    try:
        whole = plan(case.declared, Listing(case.tokens), context, OWNER)
    except (PlanError, InvalidOptionError):
        assume(False)
    commit = _by_name(case, phase="commit")
    predicted = plan(commit, Listing(case.tokens), replace(context, dry=True), OWNER)
    assert (predicted.before, predicted.after) == (whole.before, whole.after)
    assert (predicted.superseded, predicted.rotation) == (whole.superseded, whole.rotation)
    assert bool(predicted.steps) == bool(whole.steps)
    if whole.creates:
        with pytest.raises(PlanError, match="Run phase=prepare"):
            plan(commit, Listing(case.tokens), context, OWNER)
