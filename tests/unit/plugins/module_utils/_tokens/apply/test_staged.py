# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a staged plan, with a token file, when a step fails."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import DeliveryError, TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import VerificationError
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.creation import CREATION_TRIES, RivalError
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.executor import Applied, apply
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import UnfinishedError
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.file_state import FileState
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import Surroundings, plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.memory_api import (
    FIRST_ID,
    SECRET,
    Fault,
    MemoryApi,
    api_error,
    lost,
    strange,
    unreachable,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    NOW,
    expired,
    id_of,
    pending,
    token,
)

OLD, NEW = id_of(1), id_of(FIRST_ID)
SECOND = timedelta(seconds=1)
UNCERTAIN = [
    pytest.param(lost(), id="lost"),
    pytest.param(strange(), id="strange"),
    pytest.param(api_error(502), id="502"),
]
REFUSED = [pytest.param(api_error(400), id="400"), pytest.param(unreachable(), id="unreachable")]


class Task:
    """One declaration of a token that is replaced, with its file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "token"
        self.file = TokenFile(str(self.path))

    def run(self, api: MemoryApi, *, caller_id: str | None = None, **declared: Any) -> Applied:
        held = self.file.read()
        attributes, wanted = self.file.attributes() or {}, self.file.wanted_attributes()
        around = Surroundings(caller_id, FileState(held is not None, None, False, attributes, wanted), stages=True)
        there = list(api.tokens.values())
        declaration = Declaration(**{"name": "x", "recreate": "always", "verify": True, **declared})
        made = plan(declaration, there, NOW, around)
        return apply(made, api.as_api, {token.id: token.name for token in there}, NOW, self.file, caller_id)

    def failure(self, api: MemoryApi, kind: type[LosantError] = UnfinishedError, **declared: Any) -> LosantError:
        with pytest.raises(kind) as caught:
            self.run(api, **declared)
        assert SECRET not in f"{caught.value} {caught.value.failure}"
        return caught.value

    @property
    def held(self) -> str | None:
        """What the file holds; nothing else may be in its folder."""
        assert os.listdir(self.path.parent) in ([], [self.path.name])
        return self.path.read_text() if self.path.exists() else None


@pytest.fixture(params=[None, "old secret"])
def task(request: pytest.FixtureRequest, tmp_path: Path) -> Task:
    folder = tmp_path / "secrets"
    folder.mkdir()
    made = Task(folder)
    if request.param is not None:
        made.path.write_text(request.param)
    return made


def api_with(*faults: Fault, **settings: Any) -> MemoryApi:
    return MemoryApi([token(1)], faults=faults, **settings)


def untouched(api: MemoryApi) -> bool:
    """Promise 6: the old token is as it was, and the only one."""
    return list(api.tokens.values()) == [token(1)]


def test_it_works(task: Task) -> None:
    api = api_with()
    after, secret, warnings, *_more = task.run(api)
    assert (secret, warnings, task.held) == (SECRET, (), SECRET)
    assert after is not None
    assert list(api.tokens.values()) == [after]
    assert (after.id, after.name) == (NEW, "x")
    assert api.names[0].startswith("x ~pending:")
    assert api.calls == ["create", "verify", "patch", "patch", "list", "delete"]


def test_each_pending_name_is_another(tmp_path: Path) -> None:
    names = set()
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        api = MemoryApi()
        Task(folder).run(api)
        names |= set(api.names)
    assert len(names) == 5


class DoublingApi(MemoryApi):
    """A try that Losant says it refused is done all the same, and the client's next one too."""

    def create(self, fields: Mapping[str, Any]) -> tuple[Token, str | None]:
        super().create(fields)
        return super().create(fields)


def test_a_try_that_was_refused_and_done_leaves_nothing(task: Task) -> None:
    """Promise 7: what bears the nonce of this task is no rival of it."""
    api = DoublingApi([token(1)])
    after, secret, warnings, *_more = task.run(api)
    assert (secret, warnings, task.held) == (SECRET, (), SECRET)
    assert list(api.tokens.values()) == [after]
    assert len(set(api.names)) == 1


class TestCreating:
    @pytest.mark.parametrize("done", [False, True])
    @pytest.mark.parametrize("error", UNCERTAIN)
    @pytest.mark.parametrize("times", range(1, CREATION_TRIES))
    def test_a_lost_answer(self, task: Task, error: RequestError, done: bool, times: int) -> None:
        """Promise 7: what came of it is deleted, and a new one is made under another name."""
        api = api_with(*[Fault("create", error, done)] * times)
        _after, secret, warnings, *_more = task.run(api)
        assert secret == SECRET
        # What was not found may still appear, so it is named.
        assert len(warnings) == (0 if done else times)
        assert all(any(name in warning for warning in warnings) for name in ([] if done else api.names[:-1]))
        assert len(api.tokens) == 1
        assert len(set(api.names)) == times + 1
        assert api.pauses == list(range(times))

    @pytest.mark.parametrize("done", [False, True])
    def test_all_answers_are_lost(self, task: Task, done: bool) -> None:
        before = task.held
        api = api_with(*[Fault("create", lost(), done)] * CREATION_TRIES)
        failure = task.failure(api, RequestError)
        assert [name for name in api.names if name in " ".join(failure.warnings)] == ([] if done else api.names)
        assert untouched(api)
        assert task.held == before
        assert api.calls.count("create") == CREATION_TRIES

    @pytest.mark.parametrize("trouble", ["list", "delete"])
    def test_what_came_of_it_can_not_be_removed(self, task: Task, trouble: str) -> None:
        """Promises 5 and 7: the message names it."""
        before = task.held
        api = api_with(Fault("create", lost(), done=True), Fault(trouble, api_error(500)))
        failure = task.failure(api)
        [left] = failure.failure["left"]
        assert left == api.names[0]
        assert left in str(failure)
        assert api.tokens[OLD] == token(1)
        assert task.held == before
        assert api.calls.count("create") == 1

    @pytest.mark.parametrize("error", REFUSED)
    def test_it_is_refused(self, task: Task, error: RequestError) -> None:
        before = task.held
        api = api_with(Fault("create", error))
        assert task.failure(api, type(error)) is error
        assert untouched(api)
        assert task.held == before

    def test_a_file_that_can_not_be_written_is_found_before(self, task: Task) -> None:
        api = api_with()
        task.file = TokenFile(str(task.path.parent / "missing" / "token"))
        with pytest.raises(DeliveryError):
            apply(
                plan(Declaration(name="x", recreate="always"), [token(1)], NOW, Surroundings(file=FileState())),
                api.as_api,
                {OLD: "x"},
                NOW,
                task.file,
            )
        assert api.calls == []


class TestRivals:
    """Another run makes the same token at the same time, elsewhere."""

    @pytest.mark.parametrize(
        "rival",
        [
            token(2),
            pytest.param(
                token(2, creation_date=NOW + SECOND, last_updated=NOW - SECOND), id="made later, named earlier"
            ),
            pytest.param(token(2, creation_date=NOW, last_updated=NOW), id="at the same time"),
        ],
    )
    def test_who_names_first_wins(self, task: Task, rival: Any) -> None:
        before = task.held
        api = MemoryApi(appearing=[rival])
        failure = task.failure(api)
        assert rival.id in str(failure)
        assert set(api.tokens) == {rival.id}
        assert task.held == before

    def test_the_first_retires_the_predecessor_so_it_does_not_get_its_name_back(self, task: Task) -> None:
        api = api_with(appearing=[token(2, creation_date=NOW - SECOND)])
        task.failure(api)
        assert set(api.tokens) == {OLD, id_of(2)}
        assert api.tokens[OLD].name == "x ~superseded:2026-11-24T08:00:00Z"

    def test_one_that_was_pending_when_the_task_began(self, task: Task) -> None:
        """What tells is when a token got its name, not when it was made."""
        api = MemoryApi([pending(2)], renaming={id_of(2): "x"})
        assert id_of(2) in str(task.failure(api))
        assert set(api.tokens) == {id_of(2)}

    def test_the_later_one_is_left_to_withdraw(self, task: Task) -> None:
        rival = token(2, creation_date=NOW - SECOND, last_updated=NOW + SECOND)
        api = MemoryApi(appearing=[rival])
        [warning] = task.run(api).warnings
        assert rival.id in warning
        assert set(api.tokens) == {rival.id, NEW}

    @pytest.mark.parametrize("stranger", [token(2, "y"), pending(2), pending(2, "y"), pending(2, "xx")])
    def test_a_token_of_another_name_is_no_rival(self, task: Task, stranger: Any) -> None:
        api = MemoryApi(appearing=[stranger])
        assert task.run(api).warnings == ()
        assert set(api.tokens) == {stranger.id, NEW}

    def test_a_rival_is_an_error_of_its_own(self) -> None:
        assert RivalError("x").failure == {"kind": "rival"}


class TestLaterSteps:
    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(Fault("verify", VerificationError("Not accepted.")), id="verify"),
            pytest.param(Fault("verify", lost()), id="verify, no answer"),
            *[
                pytest.param(Fault(action, error, skip=skip), id=f"{what}, {error}")
                for action, skip, what in (("patch", 0, "free the name"), ("patch", 1, "name"))
                for error in (api_error(400), unreachable(), lost(), strange(), api_error(502))
            ],
            *[
                pytest.param(Fault("delete", error), id=f"retire, {error}")
                for error in (api_error(400), unreachable(), api_error(502))
            ],
            *[
                pytest.param(Fault("patch", error, done=True, skip=skip), id=f"{what} is done, {error}")
                for skip, what in ((0, "free the name"), (1, "name"))
                for error in (lost(), strange(), api_error(502))
            ],
        ],
    )
    def test_all_is_as_before(self, task: Task, fault: Fault) -> None:
        """Promises 5 and 6: no token, no secret and no name is left of it; or what was done is found out, and it goes on."""
        before = task.held
        api = api_with(fault)
        if fault.done:
            assert task.run(api).secret == SECRET
            assert (set(api.tokens), task.held) == ({NEW}, SECRET)
        else:
            failure = task.failure(api)
            assert str(failure).startswith(str(fault.error))
            assert failure.failure["left"] == []
            assert untouched(api)
            assert task.held == before
        assert all(api.usable)

    @pytest.mark.parametrize("superseded", ["delete", "deactivate"])
    @pytest.mark.parametrize("error", [lost(), strange(), api_error(502, None)])
    def test_the_old_one_may_end_yet(self, task: Task, superseded: str, error: RequestError) -> None:
        """Promise 6: until that is known, the new one must stay. Its secret is delivered, and a later run cleans up."""
        api = api_with(Fault("delete", error), Fault("patch", error, skip=2))
        _after, secret, (warning,), left, *_more = task.run(api, superseded=superseded)
        assert (secret, task.held, set(left)) == (SECRET, SECRET, {OLD})
        assert OLD in warning
        assert (api.tokens[NEW].name, api.tokens[OLD].name) == ("x", "x ~superseded:2026-11-24T08:00:00Z")

    def test_whether_another_run_made_it_too_can_not_be_known(self, task: Task) -> None:
        api = api_with(Fault("list", lost()))
        _after, secret, (warning,), *_more = task.run(api)
        assert (secret, task.held, set(api.tokens)) == (SECRET, SECRET, {NEW})
        assert "not known whether another run made an API token 'x' too" in warning

    def test_what_can_not_be_undone_is_told(self, task: Task) -> None:
        """Promise 5."""
        api = api_with(Fault("verify", VerificationError("Not accepted.")), Fault("delete", api_error(500)))
        failure = task.failure(api)
        [left] = failure.failure["left"]
        assert NEW in left
        assert set(api.tokens) == {OLD, NEW}

    def test_a_secret_that_can_not_be_delivered(self, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
        before = task.held
        api = api_with()

        def refuse(secret: str) -> None:
            raise DeliveryError("Disk full.")

        monkeypatch.setattr(task.file, "write", refuse)
        failure = task.failure(api)
        assert str(failure).startswith("Disk full.")
        assert untouched(api)
        assert task.held == before

    @pytest.mark.parametrize("status", [401, 403])
    def test_the_token_in_use_is_gone_after_a_repeated_request(self, task: Task, status: int) -> None:
        gone = api_error(status)
        gone.repeated = True
        api = api_with(Fault("delete", gone, done=True))
        assert task.run(api, caller_id=OLD, allow_self_revoke=True).secret == SECRET
        assert set(api.tokens) == {NEW}

    @pytest.mark.parametrize("status", [401, 403])
    def test_the_token_in_use_is_inactive_after_a_repeated_request(self, task: Task, status: int) -> None:
        gone = api_error(status)
        gone.repeated = True
        api = api_with(Fault("patch", gone, done=True, skip=2))
        applied = task.run(api, caller_id=OLD, allow_self_revoke=True, superseded="deactivate")
        assert (applied.secret, applied.warnings, api.tokens[OLD].status) == (SECRET, (), "inactive")

    def test_the_token_in_use_that_is_refused_at_once_is_not_gone(self, task: Task) -> None:
        before = task.held
        api = api_with(Fault("delete", api_error(403)))
        task.failure(api, caller_id=OLD, allow_self_revoke=True)
        assert untouched(api)
        assert task.held == before

    @pytest.mark.parametrize("superseded", ["delete", "deactivate", "keep"])
    @pytest.mark.parametrize("after", [timedelta(0), timedelta(days=1)])
    def test_what_becomes_of_the_old_one(self, task: Task, superseded: str, after: timedelta) -> None:
        api = api_with()
        task.run(api, superseded=superseded, superseded_after=after)
        kept = superseded != "delete" or bool(after)
        assert set(api.tokens) == ({OLD, NEW} if kept else {NEW})
        if kept:
            assert api.tokens[OLD].name.startswith("x ~superseded:")
            assert api.tokens[OLD].status == ("inactive" if superseded == "deactivate" and not after else "active")


ERRORS = st.sampled_from([lost(), unreachable(), strange(), api_error(400), api_error(500)])
FAULTS = st.lists(
    st.builds(
        lambda action, error, done, skip: Fault(action, error, done and error.maybe_done, skip),
        st.sampled_from(["create", "list", "patch", "delete", "verify"]),
        ERRORS,
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    faults=FAULTS,
    expired_too=st.booleans(),
    superseded=st.sampled_from(["delete", "deactivate", "keep"]),
    secret=st.sampled_from([SECRET, SECRET, None]),
)
def test_whatever_fails(
    tmp_path_factory: pytest.TempPathFactory,
    faults: list[Fault],
    expired_too: bool,
    superseded: str,
    secret: str | None,
) -> None:
    """Promises 5, 6 and 7: a living token that nobody holds is named, and the name is never without a working one."""
    task = Task(tmp_path_factory.mktemp("secrets"))
    api = MemoryApi([token(1), *([expired(2)] if expired_too else [])], faults, secret)
    before = set(api.tokens)
    failure: LosantError | None = None
    try:
        outcome = task.run(api, superseded=superseded)
    except LosantError as error:
        failure = error
    made = {token_id for token_id in api.tokens if token_id not in before}
    assert all(api.usable)
    if failure is None:
        assert (outcome.secret, task.held) == (SECRET, SECRET)
        assert made == {outcome.token.id if outcome.token else None}
        assert [other.id for other in api.tokens.values() if other.name == "x" and other.id != id_of(2)] == [*made]
        return
    said = f"{failure} {failure.failure}"
    assert SECRET not in said
    assert all(token_id in said or api.tokens[token_id].name in said for token_id in made)
    assert task.held in (None, SECRET)
    assert OLD in api.tokens
