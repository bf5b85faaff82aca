# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a plan when a step fails."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.executor import Applied, apply
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import UnfinishedError
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import (
    NOTHING_ELSE,
    Surroundings,
    plan,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import Outcome, ensure
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
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW, expired, id_of, token

NEW = id_of(FIRST_ID)
OLD = id_of(1)

REFUSED = [pytest.param(api_error(400), id="400"), pytest.param(unreachable(), id="unreachable")]
UNCERTAIN = [
    pytest.param(lost(), id="lost"),
    pytest.param(strange(), id="strange"),
    pytest.param(api_error(500), id="500"),
    pytest.param(api_error(502, None), id="502"),
]
#: Those after which the work may be done yet.
MAY_COME = [param for param in UNCERTAIN if param.id != "500"]


def applied(api: MemoryApi, around: Surroundings = NOTHING_ELSE, **declared: Any) -> Applied:
    there = list(api.tokens.values())
    made = plan(Declaration(**{"name": "x", **declared}), there, NOW, around)
    return apply(made, api.as_api, {token.id: token.name for token in there}, NOW, caller_id=around.caller_id)


def failure_of(
    api: MemoryApi,
    kind: type[LosantError] = UnfinishedError,
    around: Surroundings = NOTHING_ELSE,
    **declared: Any,
) -> LosantError:
    with pytest.raises(kind) as caught:
        applied(api, around, **declared)
    assert SECRET not in f"{caught.value} {caught.value.failure}"
    return caught.value


class TestCreate:
    def test_it_works(self) -> None:
        api = MemoryApi()
        token_after, secret, warnings, left, *_more = applied(api, scope=("devices.get",))
        assert (warnings, left) == ((), {})
        assert secret == SECRET
        assert list(api.tokens.values()) == [token_after]
        # The list is read again, as a run elsewhere may have made the same token.
        assert api.calls == ["create", "list"]

    @pytest.mark.parametrize("error", REFUSED)
    def test_it_is_refused(self, error: RequestError) -> None:
        api = MemoryApi(faults=[Fault("create", error)])
        assert failure_of(api, type(error)) is error
        assert api.calls == ["create"]

    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_the_answer_is_lost_and_nothing_was_made(self, error: RequestError) -> None:
        """Promise 7."""
        api = MemoryApi([token(1, "other"), expired(2)], faults=[Fault("create", error)])
        assert failure_of(api, type(error)) is error
        assert api.calls == ["create", "list"]
        assert set(api.tokens) == {id_of(1), id_of(2)}

    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_the_answer_is_lost_and_a_token_was_made(self, error: RequestError) -> None:
        """Promise 7: it does not go unmentioned."""
        api = MemoryApi([token(1, "other"), expired(2)], faults=[Fault("create", error, done=True)])
        failure = failure_of(api)
        assert str(failure).startswith(str(error))
        assert failure.failure["ids"] == [NEW]
        assert NEW in str(failure)
        assert id_of(2) not in str(failure)
        assert api.calls == ["create", "list"]

    @pytest.mark.parametrize("done", [False, True])
    @pytest.mark.parametrize("list_error", [lost(), api_error(403)])
    def test_the_answer_is_lost_and_so_is_the_list(self, done: bool, list_error: RequestError) -> None:
        """Promise 7."""
        api = MemoryApi(faults=[Fault("create", lost(), done=done), Fault("list", list_error)])
        assert "Look for a new token named 'x' and delete it" in str(failure_of(api))

    def test_there_is_no_secret(self) -> None:
        """Promise 5: its token is gone."""
        api = MemoryApi(secret=None)
        failure = failure_of(api)
        assert failure.failure["left"] == []
        assert f"The new token {NEW} was removed again" in str(failure)
        assert "sent no secret" in str(failure)
        assert api.tokens == {}

    def test_there_is_no_secret_and_the_token_can_not_be_removed(self) -> None:
        """Promise 5: the message names the token left behind."""
        api = MemoryApi(secret=None, faults=[Fault("delete", api_error(500))])
        failure = failure_of(api)
        [left] = failure.failure["left"]
        assert NEW in left
        assert "nobody has its secret: delete it by api_token_id" in str(failure)
        assert "Answered with 500" in str(failure)


class TestReplace:
    """Promise 6: there is always a working token, and if a step fails, the old one is untouched."""

    @staticmethod
    def api(*faults: Fault, **settings: Any) -> MemoryApi:
        return MemoryApi([token(1)], faults=faults, **settings)

    def test_it_works(self) -> None:
        api = self.api()
        token_after, secret, *_more = applied(api, recreate="always")
        assert (token_after and token_after.id, secret) == (NEW, SECRET)
        assert set(api.tokens) == {NEW}
        assert api.calls == ["create", "list", "delete"]
        assert api.usable == [["x", "x"], ["x"]]

    @pytest.mark.parametrize("error", [*REFUSED, *UNCERTAIN])
    def test_creating_fails(self, error: RequestError) -> None:
        api = self.api(Fault("create", error))
        failure_of(api, LosantError, recreate="always")
        assert set(api.tokens) == {OLD}
        assert "delete" not in api.calls

    @pytest.mark.parametrize("error", [*REFUSED, pytest.param(api_error(500), id="500")])
    def test_deleting_the_old_one_fails(self, error: RequestError) -> None:
        api = self.api(Fault("delete", error))
        failure = failure_of(api, recreate="always")
        assert set(api.tokens) == {OLD}
        assert failure.failure["left"] == []
        assert f"The new token {NEW} was removed again" in str(failure)
        assert str(failure).startswith(str(error))
        assert all(names for names in api.usable)

    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_deleting_the_old_one_is_done_but_the_answer_is_lost(self, error: RequestError) -> None:
        api = self.api(Fault("delete", error, done=True))
        token_after, secret, *_more = applied(api, recreate="always")
        assert (token_after and token_after.id, secret) == (NEW, SECRET)
        assert set(api.tokens) == {NEW}

    def test_somebody_else_was_quicker(self) -> None:
        api = self.api(Fault("delete", api_error(404, "NotFound"), done=True))
        assert applied(api, recreate="always").secret == SECRET
        assert api.calls == ["create", "list", "delete"]

    def test_a_404_that_is_not_the_apis_is_no_deletion(self) -> None:
        api = self.api(Fault("delete", api_error(404, None)))
        failure_of(api, recreate="always")
        assert set(api.tokens) == {OLD}

    @pytest.mark.parametrize("error", MAY_COME)
    def test_the_old_one_may_be_deleted_yet(self, error: RequestError) -> None:
        """The new one stays, as there might be none at all otherwise, and the old one is named so that it is found."""
        api = self.api(Fault("delete", error))
        after, secret, (warning,), left, *_more = applied(api, recreate="always")
        assert (after and after.id, secret, set(left)) == (NEW, SECRET, {OLD})
        assert OLD in warning
        assert NEW in warning
        assert str(error) in warning
        assert {token_id: there.name for token_id, there in api.tokens.items()} == {
            OLD: "x ~superseded:2026-11-24T08:00:00Z",
            NEW: "x",
        }

    def test_whether_the_old_one_is_gone_can_not_be_known(self) -> None:
        """Promise 5: the new secret is delivered all the same."""
        api = self.api(Fault("delete", api_error(500)), Fault("list", lost(), skip=1))
        after, secret, (warning,), left, *_more = applied(api, recreate="always")
        assert (after and after.id, secret, set(left)) == (NEW, SECRET, {OLD})
        assert f"The replaced token {OLD} may still work" in warning

    def test_the_attempt_to_mark_the_old_one_tells_that_it_is_gone(self) -> None:
        api = self.api(Fault("delete", api_error(500), done=True), Fault("list", lost(), skip=1))
        _after, secret, warnings, left, *_more = applied(api, recreate="always")
        assert (secret, warnings, left) == (SECRET, (), {})

    def test_the_old_one_can_not_be_marked(self) -> None:
        api = self.api(Fault("delete", lost()), Fault("patch", unreachable()))
        [why, warning] = applied(api, recreate="always").warnings
        assert why == str(unreachable())
        assert warning.endswith("while they share a name, a later run can't tell the two apart.")
        assert {there.name for there in api.tokens.values()} == {"x"}

    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_whether_another_run_made_it_too_can_not_be_known(self, error: RequestError) -> None:
        api = self.api(Fault("list", error))
        _after, secret, (warning,), *_more = applied(api, recreate="always")
        assert secret == SECRET
        assert "not known whether another run made an API token 'x' too" in warning
        assert set(api.tokens) == {NEW}

    @pytest.mark.parametrize("error", REFUSED)
    def test_neither_can_be_removed(self, error: RequestError) -> None:
        """Promise 5: then the new one is in force, and its secret is delivered."""
        api = self.api(Fault("delete", api_error(403)), Fault("delete", error))
        _after, secret, (warning,), left, *_more = applied(api, recreate="always")
        assert (secret, set(left), set(api.tokens)) == (SECRET, {OLD}, {OLD, NEW})
        assert OLD in warning
        assert NEW in warning

    @pytest.mark.parametrize("done", [False, True])
    @pytest.mark.parametrize("error", MAY_COME)
    def test_the_new_one_may_be_gone_or_go_yet(self, error: RequestError, done: bool) -> None:
        """Promise 6: it can't be relied on any more, and the old one can."""
        losing = [Fault("delete", error, done=done), Fault("list", lost(), skip=2)]
        api = self.api(Fault("delete", api_error(403)), *losing, Fault("delete", error))
        failure = failure_of(api, recreate="always")
        assert api.tokens[OLD] == token(1)
        assert NEW not in api.tokens or NEW in failure.failure["left"][0]

    @pytest.mark.parametrize(
        "old",
        [token(1, status="inactive"), token(1, expiration_date=NOW), None],
        ids=["inactive", "expired", "deleted"],
    )
    @pytest.mark.parametrize("error", [api_error(403), api_error(500), unreachable()])
    def test_the_old_one_is_of_no_use_any_more(self, old: Token | None, error: RequestError) -> None:
        """Promise 6: somebody else ended it, or its time was over meanwhile. So the new one must stay."""
        api = self.api(Fault("delete", error), changing={OLD: old})
        assert applied(api, recreate="always").secret == SECRET
        assert NEW in api.tokens

    def test_an_expired_one_that_can_not_be_deleted(self) -> None:
        """The new secret is worth more than tidiness."""
        api = MemoryApi([token(1), expired(2)], faults=[Fault("delete", api_error(500))])
        token_after, secret, warnings, left, *_more = applied(api, recreate="always")
        assert secret == SECRET
        assert set(api.tokens) == {id_of(2), token_after.id if token_after else None}
        [warning] = warnings
        assert "Answered with 500. It has expired, and goes when the next one is made" in warning
        assert set(left) == {id_of(2)}


class TestChangeAndRemove:
    def test_a_patch(self) -> None:
        api = MemoryApi([token(1)])
        token_after, secret, *_more = applied(api, description="new")
        assert token_after == api.tokens[OLD]
        assert (token_after and token_after.description, secret) == ("new", None)

    @pytest.mark.parametrize("error", [*REFUSED, *UNCERTAIN])
    @pytest.mark.parametrize(
        ("action", "declared"), [("patch", {"description": "new"}), ("delete", {"state": "absent"})]
    )
    def test_a_failure_is_told_as_it_is(self, action: str, declared: dict[str, Any], error: RequestError) -> None:
        api = MemoryApi([token(1)], faults=[Fault(action, error)])
        assert failure_of(api, type(error), **declared) is error
        # After a lost answer the list tells what was done.
        assert api.calls == [action, *(["list"] if error.maybe_done else [])]

    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_a_change_that_is_done_but_the_answer_is_lost(self, error: RequestError) -> None:
        api = MemoryApi([token(1)], faults=[Fault("patch", error, done=True)])
        token_after, _secret, *_more = applied(api, description="new", status="inactive")
        assert token_after == api.tokens[OLD]
        assert api.tokens[OLD].description == "new"

    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_a_deletion_that_is_done_but_the_answer_is_lost(self, error: RequestError) -> None:
        api = MemoryApi([token(1)], faults=[Fault("delete", error, done=True)])
        assert applied(api, state="absent") == Applied(None, None, ())
        assert api.tokens == {}

    @pytest.mark.parametrize("done", [False, True])
    def test_a_deletion_of_which_nothing_can_be_known(self, done: bool) -> None:
        api = MemoryApi([token(1)], faults=[Fault("delete", lost(), done=done), Fault("list", api_error(500))])
        assert str(failure_of(api, RequestError, state="absent")) == str(lost())

    def test_a_change_of_what_is_gone(self) -> None:
        api = MemoryApi([token(1)], faults=[Fault("patch", api_error(404, "NotFound"))])
        failure_of(api, RequestError, description="new")

    def test_expired_ones_go_first(self) -> None:
        api = MemoryApi([token(1), expired(2), expired(3)], faults=[Fault("delete", api_error(500))])
        failure_of(api, RequestError, state="absent")
        assert OLD in api.tokens

    def test_what_is_gone_is_absent(self) -> None:
        api = MemoryApi([token(1)], faults=[Fault("delete", api_error(404, "NotFound"), done=True)])
        assert applied(api, state="absent") == Applied(None, None, ())


ERRORS = st.sampled_from([lost(), unreachable(), strange(), api_error(400), api_error(404, "NotFound"), api_error(500)])
FAULTS = st.lists(st.builds(Fault, st.sampled_from(["create", "delete", "list"]), ERRORS, st.booleans()), max_size=5)


def is_possible(fault: Fault) -> bool:
    """Whether a failure can come of work that was done: a refusal can't, a 404 of a deletion must."""
    if isinstance(fault.error, RequestError) and not fault.error.maybe_done:
        return fault.done == (fault.action == "delete" and getattr(fault.error, "status", None) == 404)
    return True


@given(
    st.lists(st.sampled_from([token(1), expired(2), expired(3)]), unique=True),
    FAULTS.map(lambda faults: [fault for fault in faults if is_possible(fault)]),
    st.sampled_from([SECRET, None]),
)
def test_no_secret_is_lost_and_no_moment_is_without_a_token(
    there: list[Token], faults: list[Fault], secret: str | None
) -> None:
    """Promises 5, 6 and 7, whatever fails."""
    api = MemoryApi(there, faults, secret)
    before = set(api.tokens)
    failure: LosantError | None = None
    delivered: str | None = None
    warnings: tuple[str, ...] = ()
    try:
        _after, delivered, warnings, *_more = applied(api, recreate="always")
    except LosantError as error:
        failure = error
    made = set(api.tokens) - before
    if failure is None:
        assert delivered == SECRET
        assert len(made) == 1
        # Where it is not known whether the old one is gone, the user knows of it.
        assert OLD not in api.tokens or any(OLD in warning for warning in warnings)
    else:
        assert all(token_id in str(failure) for token_id in made) or "a new token named 'x'" in str(failure)
        assert SECRET not in f"{failure} {failure.failure}"
    assert api.calls.count("create") == 1
    if OLD in before:
        assert all(names for names in api.usable)


class TestEnsure:
    def outcome(self, api: MemoryApi, *, dry: bool = False, **declared: Any) -> Outcome:
        return ensure(Declaration(**{"name": "x", **declared}), api.as_api, NOW, dry=dry)

    @pytest.mark.parametrize(
        ("declared", "calls"),
        [
            ({}, ["list"]),
            ({"description": "new"}, ["list", "patch"]),
            ({"state": "absent"}, ["list", "delete"]),
            ({"recreate": "always"}, ["list", "create", "list", "delete"]),
            ({"name": "new"}, ["list", "create", "list"]),
        ],
    )
    def test_it_reads_once_and_a_dry_run_writes_nothing(self, declared: dict[str, Any], calls: list[str]) -> None:
        """Promise 9."""
        dry, real = MemoryApi([token(1)]), MemoryApi([token(1)])
        expected = self.outcome(dry, dry=True, **declared)
        assert dry.calls == ["list"]
        outcome = self.outcome(real, **declared)
        assert real.calls == calls
        assert outcome.plan == expected.plan
        assert (outcome.token and outcome.token.comparable()) == (expected.token and expected.token.comparable())
        assert expected.secret is None
        assert (outcome.secret == SECRET) == ("create" in calls)

    def test_a_failure_brings_the_warnings_along(self) -> None:
        api = MemoryApi(faults=[Fault("create", api_error(400))])
        with pytest.raises(RequestError) as caught:
            self.outcome(api, scope=("devices.got",))
        [warning] = caught.value.warnings
        assert "'devices.got'" in warning
