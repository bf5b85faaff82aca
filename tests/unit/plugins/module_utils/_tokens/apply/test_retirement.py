# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token is replaced, and one of its steps fails (promises 5 and 6). test_verdicts.py has the whole policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import DeliveryError, TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import VerificationError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.apply.carrying_out import (
    IN_FLIGHT,
    SUPERSEDED_NOW,
    UNCERTAIN,
    Place,
    carried_out,
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
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    NOW,
    expired,
    id_of,
    superseded,
    token,
)

STAGED = pytest.mark.parametrize("staged", [False, True], ids=["direct", "staged"])
REPLACE: dict[str, Any] = {"recreate": "always", "verify": True}
NOT_ACCEPTED = VerificationError("Losant does not accept it.")


def replacing(*faults: Fault, **settings: Any) -> MemoryApi:
    """The API of an application with one token, which the task replaces."""
    return MemoryApi([token()], *faults, **settings)


def names(api: MemoryApi) -> dict[str, str]:
    return {token_id: existing.name for token_id, existing in api.tokens.items()}


class TestUndisturbed:
    @pytest.mark.parametrize(
        ("staged", "calls"),
        [
            (False, ["list", "create", "verify", "list", "delete"]),
            (True, ["list", "create", "verify", "patch", "patch", "list", "delete"]),
        ],
        ids=["direct", "staged"],
    )
    def test_the_order_of_requests(self, place: Place, staged: bool, calls: list[str]) -> None:
        api = replacing()
        outcome = carried_out(api, staged=staged, file=place.file, **REPLACE)
        assert (outcome.secret, place.content, names(api)) == (Secret(SECRET), SECRET, {NEW: "x"})
        assert sorted(api.calls) == sorted(calls)
        assert [call for call in api.calls if call != "verify"] == [call for call in calls if call != "verify"]
        assert all(api.usable)

    @pytest.mark.parametrize("after", [timedelta(0), DAY], ids=["immediately", "after a grace period"])
    @pytest.mark.parametrize("policy", ["delete", "deactivate", "keep"])
    def test_the_old_token_is_superseded_as_declared(self, policy: str, after: timedelta) -> None:
        api = replacing()
        [entry] = carried_out(api, staged=True, superseded=policy, superseded_after=after, **REPLACE).plan.superseded
        kept = api.tokens.get(OLD)
        assert (kept is None) is (policy == "delete" and not after) is (entry.action == "deleted")
        if kept is not None:
            assert entry.name == kept.name
            assert kept.name.startswith("x ~superseded:")
            assert kept.status == ("inactive" if policy == "deactivate" and not after else "active")


class TestEverythingAsBefore:
    """A step before the retirement fails: the old token, its name and the file are as they were."""

    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(Fault("verify", NOT_ACCEPTED), id="verify, not accepted"),
            pytest.param(Fault("verify", no_response()), id="verify, no response"),
            pytest.param(Fault("patch", api_error(403)), id="free the name, 403"),
            pytest.param(Fault("patch", no_response()), id="free the name, no response"),
            pytest.param(Fault("patch", api_error(403), skip=1), id="name, 403"),
            pytest.param(Fault("patch", unreachable(), skip=1), id="name, unreachable"),
            pytest.param(Fault("patch", no_response(), skip=1), id="name, no response"),
            pytest.param(Fault("delete", api_error(403)), id="retire, 403"),
            pytest.param(Fault("delete", unreachable()), id="retire, unreachable"),
            pytest.param(Fault("delete", api_error(500)), id="retire, 500 of Losant"),
        ],
    )
    def test_staged(self, place: Place, fault: Fault) -> None:
        before = place.content
        api = replacing(fault)
        failure = unfinished(api, staged=True, file=place.file, **REPLACE)
        assert str(failure).startswith(str(fault.error))
        assert failure.failure["left"] == []
        assert f"The new token {NEW} was deleted again." in str(failure)
        assert is_untouched(api)
        assert place.content == before
        assert all(api.usable)

    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(Fault("verify", NOT_ACCEPTED), id="verify, not accepted"),
            pytest.param(Fault("delete", api_error(403)), id="retire, 403"),
            pytest.param(Fault("delete", api_error(404, None)), id="retire, 404 of a gateway"),
        ],
    )
    def test_direct(self, place: Place, fault: Fault) -> None:
        before = place.content
        api = replacing(fault)
        assert unfinished(api, file=place.file, **REPLACE).failure["left"] == []
        assert is_untouched(api)
        assert place.content == before

    @STAGED
    def test_the_secret_cannot_be_delivered(self, place: Place, staged: bool) -> None:
        class FullDisk(TokenFile):
            def write(self, secret: Secret) -> None:
                raise DeliveryError("The disk is full.")

        before = place.content
        api = replacing()
        failure = unfinished(api, staged=staged, file=FullDisk(str(place.path)), **REPLACE)
        assert str(failure).startswith("The disk is full.")
        assert is_untouched(api)
        assert place.content == before

    def test_a_list_that_cannot_be_read_is_no_reason_to_keep_the_name_changed(self) -> None:
        api = replacing(Fault("patch", api_error(403), skip=1), Fault("list", no_response(), skip=1))
        assert unfinished(api, staged=True, **REPLACE).failure["left"] == []
        assert is_untouched(api)

    def test_what_cannot_be_rolled_back_is_named(self, place: Place) -> None:
        """Promise 5."""
        faults = [
            Fault("patch", api_error(500), skip=1),
            Fault("delete", api_error(500)),
            Fault("patch", api_error(500)),
        ]
        api = replacing(*faults)
        failure = unfinished(api, staged=True, file=place.file, **REPLACE)
        new, old = failure.failure["left"]
        assert new == f"The new token {NEW} remains, and nobody has its secret: delete it by api_token_id."
        assert old == f"The token {OLD} is now named {SUPERSEDED_NOW!r}."
        assert set(api.tokens) == {OLD, NEW}


@pytest.mark.parametrize("error", [no_response(), bad_response(), api_error(502, None)], ids=str)
@pytest.mark.parametrize("skip", [0, 1], ids=["free the name", "name"])
def test_a_name_that_was_given_though_the_response_was_lost(place: Place, error: RequestError, skip: int) -> None:
    """The list shows it, so the task goes on."""
    api = replacing(Fault("patch", error, done=True, skip=skip))
    outcome = carried_out(api, staged=True, file=place.file, **REPLACE)
    assert (outcome.secret, names(api), place.content) == (Secret(SECRET), {NEW: "x"}, SECRET)


def test_the_old_token_was_deleted_by_someone_else_before_its_name_is_freed() -> None:
    api = replacing(changing={OLD: None})
    outcome = carried_out(api, staged=True, superseded="deactivate", **REPLACE)
    assert names(api) == {NEW: "x"}
    [entry] = outcome.plan.superseded
    assert (entry.action, entry.name, entry.until) == ("deleted", "x", None)


class TestRetire:
    """The new token has its name. From now on it is deleted only if the old one is certain to stay."""

    @STAGED
    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_it_was_carried_out_though_the_response_was_lost(self, error: RequestError, staged: bool) -> None:
        api = replacing(Fault("delete", error, done=True))
        outcome = carried_out(api, staged=staged, scope=("devices.get",), **REPLACE)
        assert (outcome.secret, names(api), outcome.plan.warnings) == (Secret(SECRET), {NEW: "x"}, ())

    @STAGED
    @pytest.mark.parametrize("policy", ["delete", "deactivate"])
    @pytest.mark.parametrize("error", IN_FLIGHT)
    def test_it_may_still_be_carried_out(self, place: Place, policy: str, error: RequestError, staged: bool) -> None:
        """Without the new token there could be none. The old one has a name by which a later run finds it."""
        renames = (1 if policy == "deactivate" else 0) + (1 if staged else 0)
        fault = Fault("delete", error) if policy == "delete" else Fault("patch", error, skip=renames)
        api = replacing(fault)
        outcome = carried_out(api, staged=staged, file=place.file, superseded=policy, scope=("devices.get",), **REPLACE)
        assert (outcome.secret, place.content) == (Secret(SECRET), SECRET)
        assert names(api) == {OLD: SUPERSEDED_NOW, NEW: "x"}
        [warning] = outcome.plan.warnings
        assert warning.startswith(str(error))
        assert f"The replaced token {OLD} may still work. The new one, {NEW}, is in force." in warning
        assert "A later run of this task deletes or deactivates the old one" in warning
        [entry] = outcome.plan.superseded
        assert (entry.action, entry.name, entry.until) == ("kept", SUPERSEDED_NOW, NOW)

    @STAGED
    def test_the_list_cannot_be_read(self, staged: bool) -> None:
        api = replacing(Fault("delete", api_error(403)), Fault("list", no_response(), skip=2))
        [warning] = carried_out(api, staged=staged, scope=("devices.get",), **REPLACE).plan.warnings
        assert f"The replaced token {OLD} may still work." in warning
        assert names(api) == {OLD: SUPERSEDED_NOW, NEW: "x"}

    def test_the_renaming_finds_the_old_token_deleted(self) -> None:
        api = replacing(Fault("delete", api_error(500), done=True), Fault("list", no_response(), skip=2))
        outcome = carried_out(api, scope=("devices.get",), **REPLACE)
        assert outcome.plan.warnings == ()
        [entry] = outcome.plan.superseded
        assert entry.action == "deleted"

    def test_the_old_token_cannot_be_renamed_either(self) -> None:
        api = replacing(Fault("delete", no_response()), Fault("patch", unreachable()))
        why, warning = carried_out(api, scope=("devices.get",), **REPLACE).plan.warnings
        assert why == str(unreachable())
        assert "Delete the old one by api_token_id: both have the same name" in warning
        assert names(api) == {OLD: "x", NEW: "x"}

    @STAGED
    @pytest.mark.parametrize("error", [api_error(403), unreachable(), api_error(500)], ids=str)
    def test_neither_token_can_be_deleted(self, place: Place, error: RequestError, staged: bool) -> None:
        """Promise 5: the new one stays in force, and its secret is delivered."""
        api = replacing(Fault("delete", api_error(403)), Fault("delete", error))
        [warning] = carried_out(api, staged=staged, file=place.file, scope=("devices.get",), **REPLACE).plan.warnings
        assert (place.content, set(api.tokens)) == (SECRET, {OLD, NEW})
        assert OLD in warning
        assert NEW in warning

    @STAGED
    @pytest.mark.parametrize("done", [False, True], ids=["not carried out", "carried out"])
    @pytest.mark.parametrize("error", IN_FLIGHT)
    def test_the_new_token_may_be_deleted_or_still_be(self, error: RequestError, done: bool, staged: bool) -> None:
        """It cannot be relied on any more, and the old one can."""
        api = replacing(
            Fault("delete", api_error(403)),
            Fault("delete", error, done=done),
            Fault("list", no_response(), skip=3),
            Fault("delete", error),
        )
        failure = unfinished(api, staged=staged, **REPLACE)
        assert api.tokens[OLD] == token()
        assert NEW not in api.tokens or NEW in failure.failure["left"][0]

    @STAGED
    @pytest.mark.parametrize(
        "old",
        [token(status="inactive"), token(expiration_date=NOW)],
        ids=["inactive", "expired"],
    )
    def test_the_old_token_is_no_longer_valid(self, old: ApiToken, staged: bool) -> None:
        """Someone else ended it, or its time was over meanwhile. So the new one stays."""
        api = replacing(Fault("delete", api_error(403)), changing={OLD: old})
        assert carried_out(api, staged=staged, **REPLACE).secret == Secret(SECRET)
        assert NEW in api.tokens

    @pytest.mark.parametrize("status", [401, 403])
    @pytest.mark.parametrize("policy", ["delete", "deactivate"])
    def test_the_token_that_the_task_authenticates_with(self, place: Place, policy: str, status: int) -> None:
        """Its end is the last request of the task, and the list is refused after it."""
        retire = Fault("delete", no_response(), done=True)
        if policy == "deactivate":
            retire = Fault("patch", no_response(), done=True, skip=2)
        api = replacing(retire, Fault("list", api_error(status), skip=2))
        case: dict[str, Any] = {"caller_id": OLD, "allow_self_revoke": True, "superseded": policy, **REPLACE}
        outcome = carried_out(api, staged=True, file=place.file, scope=("devices.get",), **case)
        assert (place.content, outcome.plan.warnings) == (SECRET, ())
        assert OLD not in api.tokens or api.tokens[OLD].status == "inactive"


class TestLeftovers:
    """What a clean-up cannot do is left to a later run: the new secret matters more."""

    @pytest.mark.parametrize(
        ("leftover", "words"),
        [
            (expired(2), "The token has expired. It is deleted when the next one is created, or with state=absent."),
            (superseded(2, NOW), "A later run of this task does it."),
        ],
        ids=["expired", "superseded"],
    )
    def test_beside_a_new_token_the_task_warns(self, leftover: ApiToken, words: str) -> None:
        api = MemoryApi([token(), leftover], Fault("delete", api_error(500)))
        outcome = carried_out(api, staged=True, scope=("devices.get",), **REPLACE)
        assert (outcome.secret, set(api.tokens)) == (Secret(SECRET), {leftover.id, NEW})
        assert outcome.plan.warnings == (f"Losant responded 500. {words}",)
        assert {entry.token.id: entry.action for entry in outcome.plan.superseded} == {OLD: "deleted", id_of(2): "kept"}

    def test_beside_an_existing_token_the_task_fails_when_everything_else_is_done(self) -> None:
        leftovers = [superseded(2, NOW), superseded(3, NOW)]
        api = MemoryApi([token(), *leftovers], Fault("delete", api_error(500)))
        failure = unfinished(api, description="new")
        assert str(failure) == "Losant responded 500. Everything else is done."
        assert set(api.tokens) == {OLD, id_of(2)}
        assert api.tokens[OLD].description == "new"

    def test_one_that_someone_else_deleted_is_done(self) -> None:
        leftover = superseded(2, NOW)
        api = MemoryApi([token(), leftover], Fault("patch", api_error(404, "NotFound")))
        [entry] = carried_out(api, superseded="deactivate").plan.superseded
        assert (entry.action, entry.until) == ("deleted", None)
