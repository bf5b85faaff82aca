# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever exception ends a task, no secret is lost and no usable token is gone (promises 5, 6 and 7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import (
    InternalError,
    LosantError,
    TaskInterruptedError,
)
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.executor import apply
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import FixFile, Name, Plan, Step
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.apply.carrying_out import (
    SUPERSEDED_NOW,
    Place,
    carried_out,
    error_of,
    is_untouched,
    unfinished,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import (
    NEW,
    OLD,
    SECRET,
    Fault,
    MemoryApi,
    api_error,
    bad_response,
    no_response,
    unreachable,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import expired, id_of, superseded, token

REPLACE: dict[str, Any] = {"staged": True, "recreate": "always", "verify": True, "scope": ("devices.get",)}
EXCEPTIONS = pytest.mark.parametrize(
    "error",
    [MemoryError(), UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET), KeyboardInterrupt(), SystemExit(1), OSError()],
    ids=lambda error: type(error).__name__,
)


def is_reported(failure: LosantError, error: BaseException) -> bool:
    """Whether a message names the exception by its kind, and not by its text, which can hold the secret."""
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return str(failure).startswith("The task was interrupted.")
    return str(failure).startswith(f"Internal error of losant.platform: {type(error).__name__}")


class BrokenFile(TokenFile):
    """A file whose writing ends in an exception, before or after the secret is in place."""

    error: BaseException
    late = False

    def write(self, secret: Secret) -> None:
        if self.late:
            super().write(secret)
        raise self.error


@EXCEPTIONS
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("staged", [False, True], ids=["direct", "staged"])
def test_in_the_middle_of_the_delivery(place: Place, error: BaseException, late: bool, staged: bool) -> None:
    before = place.content
    file = BrokenFile(str(place.path))
    file.error, file.late = error, late
    api = MemoryApi([token()])
    failure = unfinished(api, file=file, **{**REPLACE, "staged": staged})
    assert is_reported(failure, error)
    assert failure.failure["left"] == []
    assert is_untouched(api)
    assert place.content == before


@EXCEPTIONS
@pytest.mark.parametrize("done", [False, True], ids=["not carried out", "carried out"])
@pytest.mark.parametrize(
    ("action", "skip"),
    [("verify", 0), ("patch", 0), ("patch", 1), ("list", 1)],
    ids=["verify", "free the name", "name", "check for a concurrent run"],
)
def test_in_the_middle_of_a_step_before_the_retirement(
    place: Place, error: BaseException, action: str, skip: int, done: bool
) -> None:
    before = place.content
    api = MemoryApi([token()], Fault(action, error, done, skip))
    failure = unfinished(api, file=place.file, **REPLACE)
    assert is_reported(failure, error)
    assert failure.failure["left"] == []
    assert is_untouched(api)
    assert place.content == before
    assert all(api.usable)


@EXCEPTIONS
@pytest.mark.parametrize("done", [False, True], ids=["not carried out", "carried out"])
@pytest.mark.parametrize("with_file", [False, True], ids=["no file", "file"])
def test_in_the_middle_of_the_retirement_both_tokens_stay(
    place: Place, error: BaseException, done: bool, with_file: bool
) -> None:
    """Nobody knows whether the old token still works."""
    api = MemoryApi([token()], Fault("delete", error, done))
    failure = unfinished(api, file=place.file if with_file else None, **REPLACE)
    assert is_reported(failure, error)
    assert f"The new token {NEW} is in force." in str(failure)
    assert set(api.tokens) == ({NEW} if done else {OLD, NEW})
    assert api.tokens[NEW].name == "x"
    if with_file:
        assert f"Its secret is in token_file {place.path}." in str(failure)
        assert place.content == SECRET
    else:
        assert "Its secret is lost: delete it by api_token_id." in str(failure)


@EXCEPTIONS
def test_while_the_old_token_is_left_to_a_later_run(place: Place, error: BaseException) -> None:
    """The retirement may still be carried out, so the new token stays whatever happens next."""
    api = MemoryApi([token()], Fault("delete", no_response()), Fault("patch", error))
    failure = unfinished(api, file=place.file, **{**REPLACE, "staged": False})
    assert is_reported(failure, error)
    assert f"The new token {NEW} is in force." in str(failure)
    assert (NEW in api.tokens, place.content) == (True, SECRET)


@EXCEPTIONS
def test_while_the_new_token_is_deleted_again(place: Place, error: BaseException) -> None:
    """Losant refused the retirement, so the old token is certain to stay."""
    before = place.content
    api = MemoryApi([token()], Fault("delete", api_error(403)), Fault("delete", error))
    failure = unfinished(api, file=place.file, **REPLACE)
    assert is_reported(failure, error)
    assert is_untouched(api)
    assert place.content == before


@EXCEPTIONS
def test_while_it_is_rolled_back_the_rest_is_rolled_back(place: Place, error: BaseException) -> None:
    class Unrestorable(TokenFile):
        def restore(self, *_arguments: Any, **_options: Any) -> None:
            raise error

    api = MemoryApi([token()], Fault("patch", api_error(400), skip=1))
    failure = unfinished(api, file=Unrestorable(str(place.path)), **REPLACE)
    assert failure.failure["left"] == [f"token_file {place.path} was not restored."]
    assert is_untouched(api)


@EXCEPTIONS
def test_before_anything_is_written_nothing_is_reported_but_the_exception(error: BaseException) -> None:
    api = MemoryApi([token()], Fault("patch", error))
    kind = TaskInterruptedError if isinstance(error, (KeyboardInterrupt, SystemExit)) else InternalError
    assert is_reported(error_of(api, kind, description="new"), error)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (FixFile(), "The plan writes to a file, and none is declared."),
        (Name("x"), "The plan needs the new token before it is created."),
    ],
    ids=["no file", "no new token"],
)
def test_a_plan_that_contradicts_itself_is_an_internal_error(step: Step, words: str) -> None:
    api = MemoryApi([token()])
    with pytest.raises(InternalError) as caught:
        apply(Plan((step,)), api.as_api, {}, System())
    assert str(caught.value) == words
    assert is_untouched(api)


class TestInterruptedBetweenTwoSteps:
    """A signal ends the task between two steps: the system reports it."""

    @staticmethod
    def after(api: MemoryApi, calls: list[str]) -> Callable[[], bool]:
        """Whether the signal has arrived: as soon as these calls were made."""
        return lambda: api.calls[: len(calls)] == calls

    @pytest.mark.parametrize("count", [2, 3, 4, 6], ids=["created", "verified", "name freed", "named"])
    def test_it_is_rolled_back(self, place: Place, count: int) -> None:
        before = place.content
        api = MemoryApi([token()])
        calls = ["list", "create", "verify", "patch", "patch", "list", "delete"][:count]
        failure = unfinished(api, file=place.file, interrupted=self.after(api, calls), **REPLACE)
        assert str(failure).startswith("The task was interrupted. ")
        assert failure.failure["left"] == []
        assert is_untouched(api)
        assert place.content == before

    def test_before_the_first_step_nothing_is_written(self) -> None:
        api = MemoryApi([token()])
        error_of(api, TaskInterruptedError, interrupted=lambda: True, **REPLACE)
        assert api.calls == ["list"]

    @pytest.mark.parametrize("error", [None, no_response()], ids=["retired", "may still be retired"])
    def test_once_the_new_token_is_the_only_certain_one_the_task_goes_on(
        self, place: Place, error: LosantError | None
    ) -> None:
        """A leftover is the token that the task authenticates with, so it is deleted last."""
        faults = [Fault("delete", error)] if error is not None else []
        api = MemoryApi([token(), superseded(2, None)], *faults)
        api.tokens[id_of(2)] = expired(2)
        retired = ["list", "create", "verify", "patch", "patch", "list", "delete"]
        case: dict[str, Any] = {**REPLACE, "caller_id": id_of(2), "allow_self_revoke": True}
        outcome = carried_out(api, file=place.file, interrupted=self.after(api, retired), **case)
        assert (outcome.secret, place.content) == (Secret(SECRET), SECRET)
        assert id_of(2) not in api.tokens
        assert (OLD in api.tokens) is (error is not None)


ERRORS = st.sampled_from(
    [no_response(), unreachable(), bad_response(), api_error(400), api_error(500), MemoryError(), KeyboardInterrupt()]
)
FAULTS = st.lists(
    st.builds(
        Fault,
        st.sampled_from(["create", "list", "patch", "delete", "verify"]),
        ERRORS,
        st.booleans(),
        st.integers(0, 2),
    ).filter(lambda fault: fault.is_possible and not (fault.action == "list" and fault.skip == 0)),
    max_size=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    faults=FAULTS,
    staged=st.booleans(),
    also_expired=st.booleans(),
    policy=st.sampled_from(["delete", "deactivate", "keep"]),
    secret=st.sampled_from([SECRET, SECRET, None]),
)
def test_whatever_fails(
    tmp_path_factory: pytest.TempPathFactory,
    faults: list[Fault],
    staged: bool,
    also_expired: bool,
    policy: str,
    secret: str | None,
) -> None:
    """A usable token whose secret nobody has is named, and at every moment a usable one has the name."""
    place = Place(tmp_path_factory.mktemp("case") / "secrets", None)
    api = MemoryApi([token(), *([expired(2)] if also_expired else [])], *faults, secret=secret)
    before = set(api.tokens)
    failure: LosantError | None = None
    try:
        outcome = carried_out(api, file=place.file, superseded=policy, **{**REPLACE, "staged": staged})
    except LosantError as error:
        failure = error
    created = set(api.tokens) - before
    assert all(api.usable)
    if failure is None:
        assert (outcome.secret, place.content) == (Secret(SECRET), SECRET)
        assert outcome.token is not None
        # Whatever else exists under a pending name is named.
        warnings = " ".join(outcome.plan.warnings)
        assert all(api.tokens[token_id].name in warnings for token_id in created - {outcome.token.id})
        if OLD in api.tokens and policy == "delete":
            assert OLD in warnings
            assert api.tokens[OLD].name == SUPERSEDED_NOW or "both have the same name" in warnings
        return
    shown = f"{failure} {failure.failure} {failure.warnings}"
    assert SECRET not in shown
    assert all(token_id in shown or api.tokens[token_id].name in shown for token_id in created)
    assert place.content is None or place.content == SECRET
    if place.content == SECRET:
        assert f"The new token {NEW}" in shown or "token_file" in shown
    assert OLD in api.tokens or "The new token" in shown
