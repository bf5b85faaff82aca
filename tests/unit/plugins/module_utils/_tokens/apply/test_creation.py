# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One token is created, whatever becomes of the responses (promises 5 and 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadResponseError, RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.creation import CREATION_TRIES
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import UnfinishedError
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.apply.carrying_out import (
    REFUSED,
    UNCERTAIN,
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
    no_response,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    NOW,
    expired,
    id_of,
    token,
)

PENDING = [f"x ~pending:{number:016x}" for number in range(CREATION_TRIES)]
STAGED = pytest.mark.parametrize("staged", [False, True], ids=["direct", "staged"])


class TestUndisturbed:
    def test_direct(self) -> None:
        api = MemoryApi()
        outcome = carried_out(api, scope=("devices.get",))
        assert (outcome.plan.warnings, outcome.secret) == ((), Secret(SECRET))
        assert list(api.tokens.values()) == [outcome.token]
        # The list is read again, as a concurrent run can have created the same token.
        assert api.calls == ["list", "create", "list"]

    def test_staged(self, place: Place) -> None:
        """A token has its own name only when its secret is delivered."""
        api = MemoryApi()
        outcome = carried_out(api, staged=True, file=place.file, verify=True, scope=("devices.get",))
        assert (outcome.plan.warnings, outcome.secret, place.content) == ((), Secret(SECRET), SECRET)
        assert list(api.tokens.values()) == [outcome.token]
        assert (outcome.token and outcome.token.name, api.names) == ("x", PENDING[:1])
        assert api.calls == ["list", "create", "verify", "patch", "list"]


@STAGED
@pytest.mark.parametrize("error", REFUSED)
def test_a_refusal_is_reported_as_it_is(place: Place, error: RequestError, staged: bool) -> None:
    before = place.content
    api = MemoryApi([token()], Fault("create", error))
    assert error_of(api, type(error), staged=staged, file=place.file, recreate="always") is error
    assert is_untouched(api)
    assert (place.content, api.calls) == (before, ["list", "create"])


class TestDirectWithoutResponse:
    """A POST is never repeated blindly, and the user knows what may exist."""

    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_nothing_appeared(self, error: RequestError) -> None:
        api = MemoryApi([token(1, "other"), expired(2)], Fault("create", error))
        failure = error_of(api, type(error))
        assert failure is error
        assert "No new token named 'x' has appeared yet" in failure.warnings[-1]
        assert api.calls == ["list", "create", "list"]

    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_a_token_appeared(self, error: RequestError) -> None:
        api = MemoryApi([token(1, "other"), expired(2)], Fault("create", error, done=True))
        failure = unfinished(api)
        assert str(failure).startswith(str(error))
        assert failure.failure["ids"] == [NEW]
        assert f"{NEW} (created 2026-11-24T08:00:00.000Z)" in str(failure)
        assert id_of(2) not in str(failure)
        assert api.calls == ["list", "create", "list"]

    @pytest.mark.parametrize("done", [False, True])
    def test_the_list_cannot_be_read(self, done: bool) -> None:
        api = MemoryApi([], Fault("create", no_response(), done=done), Fault("list", api_error(500), skip=1))
        assert "Look for a new token named 'x' and delete it" in str(unfinished(api))


class TestStagedWithoutResponse:
    """The nonce in the pending name shows what a lost creation left, so it is deleted, and the token is created again."""

    @pytest.mark.parametrize("done", [False, True], ids=["not carried out", "carried out"])
    @pytest.mark.parametrize("error", UNCERTAIN)
    def test_a_further_try_succeeds(self, place: Place, error: RequestError, done: bool) -> None:
        api = MemoryApi([token()], Fault("create", error, done))
        outcome = carried_out(api, staged=True, file=place.file, recreate="always", scope=("devices.get",))
        assert (outcome.secret, place.content) == (Secret(SECRET), SECRET)
        assert (api.names, api.pauses, len(api.tokens)) == (PENDING[:2], [0], 1)
        # What was not found can still appear, so it is named.
        assert [PENDING[0] in warning for warning in outcome.plan.warnings] == ([] if done else [True])

    @pytest.mark.parametrize("done", [False, True], ids=["not carried out", "carried out"])
    def test_all_tries_fail(self, place: Place, done: bool) -> None:
        before = place.content
        api = MemoryApi([token()], *[Fault("create", no_response(), done)] * CREATION_TRIES)
        failure = error_of(api, RequestError, staged=True, file=place.file, recreate="always")
        assert [name for name in PENDING if name in " ".join(failure.warnings)] == ([] if done else PENDING)
        assert is_untouched(api)
        assert (place.content, api.names, api.pauses) == (before, PENDING, [0, 1])

    @pytest.mark.parametrize("action", ["list", "delete"])
    def test_what_was_created_cannot_be_deleted(self, place: Place, action: str) -> None:
        """The message names it, and no further token is created."""
        before = place.content
        skip = 1 if action == "list" else 0
        faults = [Fault("create", no_response(), done=True), Fault(action, api_error(500), skip=skip)]
        api = MemoryApi([token()], *faults)
        failure = unfinished(api, staged=True, file=place.file, recreate="always")
        assert failure.failure["left"] == PENDING[:1]
        assert PENDING[0] in str(failure)
        assert api.tokens[OLD] == token()
        assert (place.content, api.names) == (before, PENDING[:1])

    def test_a_try_that_losant_refused_and_carried_out_anyway(self, place: Place) -> None:
        """The client tries again after a refusal. The token of the first try has the nonce, so it is deleted."""

        class DoublingApi(MemoryApi):
            def create(self, fields: Mapping[str, Any]) -> tuple[ApiToken, Secret | None]:
                super().create(fields)
                return super().create(fields)

        api = DoublingApi([token()])
        outcome = carried_out(api, staged=True, file=place.file, recreate="always", scope=("devices.get",))
        assert (outcome.plan.warnings, place.content) == ((), SECRET)
        assert list(api.tokens.values()) == [outcome.token]
        assert len(set(api.names)) == 1

    def test_a_token_that_appears_late_and_cannot_be_deleted_is_named(self) -> None:
        late = token(2, PENDING[0], creation_date=NOW)

        class LateApi(MemoryApi):
            def pause(self, attempt: int) -> None:
                # The first creation is carried out only after the list was read.
                self.tokens[late.id] = late

        api = LateApi([], Fault("create", no_response()), Fault("delete", api_error(500)))
        outcome = carried_out(api, staged=True, scope=("devices.get",))
        assert any("Nobody has its secret. A run in an hour or later deletes it." in w for w in outcome.plan.warnings)


class TestCheckedResponse:
    """The response to POST is checked before anything relies on it."""

    @STAGED
    @pytest.mark.parametrize(
        ("settings", "declared", "words"),
        [
            ({"secret": None}, {}, "sent no secret that can be used"),
            ({"stored_name": str.upper}, {}, "so that no later run could find it"),
            ({"new_fields": {"expiration_date": NOW}}, {"expires_in": DAY}, "expired at 2026-11-24T08:00:00.000Z"),
            ({"new_fields": {"expiration_date": NOW - DAY}}, {"expires_in": DAY}, "before it was created at 2026"),
        ],
        ids=["no secret", "another name", "expires when it is created", "expires before it is created"],
    )
    def test_a_wrong_one_is_rolled_back(
        self, place: Place, staged: bool, settings: dict[str, Any], declared: dict[str, Any], words: str
    ) -> None:
        before = place.content
        api = MemoryApi([token()], **settings)
        failure = unfinished(api, staged=staged, file=place.file, recreate="always", **declared)
        assert words in str(failure)
        assert str(failure).startswith("Losant created API token ")
        assert f"The new token {NEW} was deleted again." in str(failure)
        assert failure.failure["left"] == []
        assert is_untouched(api)
        assert place.content == before

    def test_a_name_that_is_normalised_when_it_is_given(self, place: Place) -> None:
        """The pending name stays as it is, and the PATCH that gives the token its own name changes it."""
        before = place.content
        api = MemoryApi([token(name="x ")], stored_name=str.strip)
        failure = unfinished(api, staged=True, name="x ", file=place.file, recreate="always")
        assert "named it 'x' instead of 'x '" in str(failure)
        assert NEW not in api.tokens
        assert place.content == before

    def test_what_cannot_be_deleted_again_is_named(self) -> None:
        api = MemoryApi([], Fault("delete", api_error(500)), secret=None)
        failure = unfinished(api)
        assert failure.failure["left"] == [
            f"The new token {NEW} remains, and nobody has its secret: delete it by api_token_id."
        ]
        assert failure.failure["left"][0] in str(failure)
        assert "Losant responded 500." in str(failure)

    @pytest.mark.parametrize(
        "new_fields",
        [{"expiration_date": None}, {"expiration_date": NOW + timedelta(milliseconds=1)}, {"creation_date": None}],
        ids=str,
    )
    def test_a_response_that_is_as_expected(self, new_fields: dict[str, Any]) -> None:
        assert carried_out(MemoryApi(new_fields=new_fields), expires_in=DAY).secret == Secret(SECRET)

    def test_it_is_a_bad_response(self) -> None:
        failure = unfinished(MemoryApi(secret=None))
        assert isinstance(failure, UnfinishedError)
        assert failure.failure["kind"] == "unfinished"
        assert BadResponseError("").failure["kind"] == "bad_response"


class TestUnforeseen:
    """An exception that is not about the request says nothing about its effect."""

    ERRORS = pytest.mark.parametrize(
        ("error", "words"),
        [
            (MemoryError, "Internal error of losant.platform: MemoryError"),
            (KeyboardInterrupt, "The task was interrupted."),
            (SystemExit, "The task was interrupted."),
        ],
    )

    @ERRORS
    @pytest.mark.parametrize("done", [False, True], ids=["not carried out", "carried out"])
    def test_staged_nothing_remains_unmentioned(
        self, place: Place, error: Callable[[], BaseException], words: str, done: bool
    ) -> None:
        before = place.content
        api = MemoryApi([token()], Fault("create", error(), done))
        failure = error_of(api, LosantError, staged=True, file=place.file, recreate="always")
        assert str(failure).startswith(words)
        assert any(PENDING[0] in warning for warning in failure.warnings) is not done
        assert is_untouched(api)
        assert (place.content, api.names) == (before, PENDING[:1])

    @ERRORS
    def test_direct_the_token_that_appeared_is_named(self, error: Callable[[], BaseException], words: str) -> None:
        api = MemoryApi([], Fault("create", error(), done=True))
        failure = unfinished(api)
        assert str(failure).startswith(words)
        assert failure.failure["ids"] == [NEW]
