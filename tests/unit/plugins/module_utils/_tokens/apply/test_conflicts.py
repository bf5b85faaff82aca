# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A concurrent run creates the same token elsewhere, where no lock can keep it apart."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.errors import ConflictError
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.apply.carrying_out import (
    REFUSED,
    SUPERSEDED_NOW,
    UNCERTAIN,
    Place,
    carried_out,
    error_of,
    unfinished,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import (
    NEW,
    OLD,
    SECRET,
    Fault,
    MemoryApi,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    NOW,
    SECOND,
    id_of,
    pending,
    token,
)

STAGED = pytest.mark.parametrize("staged", [False, True], ids=["direct", "staged"])
SCOPE: dict[str, Any] = {"scope": ("devices.get",)}


@STAGED
@pytest.mark.parametrize(
    "other",
    [
        token(2),
        token(2, creation_date=NOW + SECOND, last_updated=NOW - SECOND),
        token(2, creation_date=NOW, last_updated=NOW),
    ],
    ids=["created and named earlier", "created later, named earlier", "at the same time, with the lower id"],
)
def test_the_run_that_named_its_token_first_wins(place: Place, other: ApiToken, staged: bool) -> None:
    before = place.content
    api = MemoryApi(appearing=[other])
    failure = error_of(api, ConflictError, staged=staged, file=place.file)
    assert f"A concurrent run created API token 'x', too: {other.id}" in str(failure)
    assert failure.failure == {"kind": "conflict", "ids": [other.id]}
    assert f"The new token {NEW} was deleted again." in str(failure)
    assert set(api.tokens) == {other.id}
    assert place.content == before


def test_the_first_run_retires_the_old_token_so_its_name_is_not_restored(place: Place) -> None:
    api = MemoryApi([token()], appearing=[token(2, creation_date=NOW - SECOND)])
    failure = error_of(api, ConflictError, staged=True, file=place.file, recreate="always")
    assert set(api.tokens) == {OLD, id_of(2)}
    assert api.tokens[OLD].name == SUPERSEDED_NOW
    assert f"The replaced token {OLD} is now named {SUPERSEDED_NOW!r}." in str(failure)


def test_an_old_token_that_the_first_run_deleted_already_is_not_mentioned() -> None:
    api = MemoryApi([token()], appearing=[token(2)], changing={OLD: None})
    failure = error_of(api, ConflictError, staged=True, recreate="always")
    assert set(api.tokens) == {id_of(2)}
    assert "is now named" not in str(failure)


def test_a_token_that_was_pending_when_the_task_began() -> None:
    """The naming counts, not the creation."""
    api = MemoryApi([pending(2)], renaming={id_of(2): "x"})
    assert id_of(2) in str(error_of(api, ConflictError, staged=True))
    assert set(api.tokens) == {id_of(2)}


def test_a_token_that_cannot_be_deleted_again_leaves_the_task_unfinished() -> None:
    api = MemoryApi([], Fault("delete", REFUSED[0].values[0]), appearing=[token(2)])  # type: ignore[arg-type]
    failure = unfinished(api, staged=True)
    assert failure.failure["kind"] == "unfinished"
    assert failure.failure["ids"] == [id_of(2)]
    assert NEW in failure.failure["left"][0]


@STAGED
def test_a_later_run_gives_way_by_itself(staged: bool) -> None:
    other = token(2, creation_date=NOW - SECOND, last_updated=NOW + SECOND)
    api = MemoryApi(appearing=[other])
    [warning] = carried_out(api, staged=staged, **SCOPE).plan.warnings
    assert other.id in warning
    # A direct try that Losant refused and carried out anyway looks the same.
    assert ("its secret is lost" in warning) is not staged
    assert set(api.tokens) == {other.id, NEW}


@pytest.mark.parametrize(
    "other",
    [token(2, "y"), pending(2), pending(2, "y"), token(2, "xx")],
    ids=["another name", "pending", "pending of another name", "a longer name"],
)
def test_a_token_that_does_not_have_the_name_is_no_conflict(other: ApiToken) -> None:
    api = MemoryApi(appearing=[other])
    assert carried_out(api, staged=True, **SCOPE).plan.warnings == ()
    assert set(api.tokens) == {other.id, NEW}


@STAGED
@pytest.mark.parametrize("error", [*REFUSED, *UNCERTAIN])
def test_a_list_that_cannot_be_read_is_no_reason_to_lose_the_secret(
    place: Place, error: RequestError, staged: bool
) -> None:
    api = MemoryApi([], Fault("list", error, skip=1))
    [warning] = carried_out(api, staged=staged, file=place.file, **SCOPE).plan.warnings
    assert f"The check for a concurrent run failed, because the list could not be read: {error}" in warning
    assert (place.content, set(api.tokens)) == (SECRET, {NEW})


def test_the_name_is_not_restored_if_a_concurrent_run_has_taken_it() -> None:
    other = token(2, creation_date=NOW + SECOND, last_updated=NOW + SECOND)
    api = MemoryApi([token()], Fault("patch", REFUSED[0].values[0], skip=1), appearing=[other])  # type: ignore[arg-type]
    failure = unfinished(api, staged=True, recreate="always")
    assert failure.failure["left"] == [f"The token {OLD} is now named {SUPERSEDED_NOW!r}."]
    assert f"A concurrent run created {id_of(2)} with that name." in str(failure)
    assert {existing.name for existing in api.tokens.values()} == {"x", SUPERSEDED_NOW}


def test_a_conflict_has_a_kind_of_its_own() -> None:
    assert ConflictError("x").failure == {"kind": "conflict"}
