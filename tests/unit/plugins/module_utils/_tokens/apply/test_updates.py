# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token is changed or deleted, and that fails. Nothing is created, so nothing is rolled back."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import Effect, RequestError
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import DeliveryError, TokenFile
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.apply.carrying_out import (
    REFUSED,
    UNCERTAIN,
    Place,
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
    expired,
    id_of,
    secret_of,
    token,
)

CHANGES = [
    pytest.param("patch", {"description": "new", "status": "inactive"}, id="patch"),
    pytest.param("delete", {"state": "absent"}, id="delete"),
]


@pytest.mark.parametrize(("action", "declared"), CHANGES)
def test_it_works(action: str, declared: dict[str, Any]) -> None:
    api = MemoryApi([token()])
    outcome = carried_out(api, **declared)
    assert api.calls == ["list", action]
    assert (outcome.token, outcome.secret) == (api.tokens.get(OLD), None)


@pytest.mark.parametrize(("action", "declared"), CHANGES)
@pytest.mark.parametrize("error", [*REFUSED, *UNCERTAIN])
def test_a_failure_is_reported_as_it_is(action: str, declared: dict[str, Any], error: RequestError) -> None:
    api = MemoryApi([token()], Fault(action, error))
    assert error_of(api, type(error), **declared) is error
    # After a lost response the list shows what was done.
    assert api.calls == ["list", action, *(["list"] if error.effect is not Effect.NONE else [])]


@pytest.mark.parametrize(("action", "declared"), CHANGES)
@pytest.mark.parametrize("error", UNCERTAIN)
def test_it_was_carried_out_though_the_response_was_lost(
    action: str, declared: dict[str, Any], error: RequestError
) -> None:
    api = MemoryApi([token()], Fault(action, error, done=True))
    outcome = carried_out(api, **declared)
    assert outcome.token == api.tokens.get(OLD)
    assert outcome.plan.changed_fields == ([] if action == "delete" else ["description", "status"])


@pytest.mark.parametrize(("action", "declared"), CHANGES)
@pytest.mark.parametrize("done", [False, True])
def test_nothing_can_be_known(action: str, declared: dict[str, Any], done: bool) -> None:
    api = MemoryApi([token()], Fault(action, no_response(), done=done), Fault("list", api_error(500), skip=1))
    assert str(error_of(api, RequestError, **declared)) == str(no_response())


def test_expired_tokens_are_deleted_before_the_current_one() -> None:
    api = MemoryApi([token(), expired(2), expired(3)], Fault("delete", api_error(500), skip=1))
    error_of(api, RequestError, state="absent")
    assert OLD in api.tokens
    assert len(api.tokens) == 2


def test_a_file_of_a_deleted_token_that_cannot_be_removed(place: Place) -> None:
    class Kept(TokenFile):
        def remove(self) -> None:
            raise DeliveryError("The disk is broken.")

    place.path.write_text(secret_of(OLD))
    api = MemoryApi([token()])
    failure = unfinished(api, state="absent", file=Kept(str(place.path)))
    assert str(failure).startswith(
        "The disk is broken. The API token is deleted, so the secret in the file is no longer"
    )
    assert api.tokens == {}


def test_a_file_of_a_deleted_token_is_removed(place: Place) -> None:
    place.path.write_text(secret_of(OLD))
    assert carried_out(MemoryApi([token()]), state="absent", file=place.file).plan.removes_file
    assert place.content is None


def test_the_attributes_of_a_file_are_corrected(place: Place) -> None:
    place.path.write_text(secret_of(OLD))
    place.path.chmod(0o644)
    carried_out(MemoryApi([token()]), file=place.file)
    assert place.path.stat().st_mode & 0o777 == 0o600


def test_a_rename_by_id() -> None:
    api = MemoryApi([token(1), token(2, "y")])
    outcome = carried_out(api, name="z", token_id=id_of(2))
    assert outcome.token is not None
    assert (outcome.token.name, api.tokens[OLD].name) == ("z", "x")
