# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is refused before anything is written, and what the messages say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.planning import (
    planned,
    refusal_of,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    MILLISECOND,
    NOW,
    SECOND,
    expired,
    id_of,
    pending,
    superseded,
    token,
)


class TestSeveralOfOneName:
    """Promise 2."""

    def test_two_are_listed_with_creation_date_and_status(self) -> None:
        error = refusal_of(token(2, status="inactive", creation_date=NOW), token(1))
        assert str(error) == (
            f"Two API tokens are named 'x': {id_of(1)} (created 2026-11-23T08:00:00.000Z, active),"
            f" {id_of(2)} (created 2026-11-24T08:00:00.000Z, inactive). Nothing was changed."
            " Set api_token_id to choose one, or rename or delete the others."
        )
        assert error.failure["ids"] == [id_of(1), id_of(2)]

    @pytest.mark.parametrize(
        ("count", "word"), [(3, "Three API tokens are"), (4, "Four API tokens are"), (5, "5 API tokens are")]
    )
    @pytest.mark.parametrize("state", ["present", "absent"])
    def test_more_than_two(self, count: int, word: str, state: str) -> None:
        tokens = [token(number) for number in range(count)]
        error = refusal_of(*tokens, state=state)
        assert str(error).startswith(word)
        assert error.failure["ids"] == [existing.id for existing in tokens]

    def test_a_creation_date_that_losant_does_not_show_is_left_out(self) -> None:
        error = refusal_of(token(1, creation_date=None), token(2))
        assert f"{id_of(1)} (active)" in str(error)

    def test_a_rename_to_a_name_that_is_used(self) -> None:
        error = refusal_of(token(1, "old"), token(2, "new"), name="new", token_id=id_of(1))
        assert str(error).startswith("Two API tokens would be named 'new': ")
        assert error.failure["ids"] == [id_of(1), id_of(2)]

    def test_expired_tokens_and_leftovers_do_not_count(self) -> None:
        others = [expired(2), expired(3), superseded(4, None), superseded(5, None), pending(6), pending(7)]
        assert planned(token(1), *others).before == token(1)


class TestSelectedById:
    def test_an_id_that_does_not_exist(self) -> None:
        assert f"No API token has the id {id_of(9)}." in str(refusal_of(token(1), token_id=id_of(9)))

    def test_an_expired_token(self) -> None:
        error = refusal_of(expired(1), token_id=id_of(1))
        assert f"API token 'x' ({id_of(1)}) expired at 2026-11-24T07:59:59.000Z" in str(error)
        assert "state=absent" in str(error)

    @pytest.mark.parametrize("recreate", ["state_change", "always"])
    def test_a_replacement_would_have_another_id(self, recreate: str) -> None:
        error = refusal_of(token(), token_id=id_of(1), scope=("a.get",), recreate=recreate)
        assert "a new token has a new id, which api_token_id cannot know" in str(error)


class TestCreateOnly:
    """Promise 3: the message names each field with both values."""

    @pytest.mark.parametrize("by_id", [False, True])
    @pytest.mark.parametrize(
        ("declared", "field", "values"),
        [
            ({"scope": ("b.get", "a.get")}, "scope", ["[all.Application]", "[a.get, b.get]"]),
            ({"expiration_date": NOW + DAY}, "expiration_date", ["none", format_time(NOW + DAY)]),
        ],
        ids=["scope", "expiration_date"],
    )
    def test_a_difference(self, declared: dict[str, Any], field: str, values: list[str], by_id: bool) -> None:
        selector = {"token_id": id_of(1)} if by_id else {}
        error = refusal_of(token(), **declared, **selector)
        assert f"{field} is {values[0]}, declared is {values[1]}." in str(error)
        assert error.failure["fields"] == [field]
        assert "Nothing was changed." in str(error)
        assert "recreate=state_change" in str(error)

    def test_all_differences_are_named_and_only_those(self) -> None:
        existing = token(expiration_date=NOW + DAY)
        error = refusal_of(existing, scope=("a.get",), never_expires=True, description="new")
        assert error.failure["fields"] == ["scope", "expiration_date"]
        assert "expiration_date is 2026-11-25T08:00:00.000Z, declared is none." in str(error)
        assert "description is" not in str(error)


class TestWindow:
    def test_durations_are_written_as_users_write_them(self) -> None:
        error = refusal_of(expires_in=36 * timedelta(hours=1), rotate_before=14 * DAY)
        assert "rotate_before is 14d, and the new token would live 1d12h:" in str(error)
        assert "Nothing was changed." in str(error)

    @pytest.mark.parametrize(
        ("existing", "declared", "refused", "allowed"),
        [
            ([], {"expiration_date": NOW + DAY}, DAY, DAY - MILLISECOND),
            ([expired()], {}, 10 * DAY, 9 * DAY),
            ([token(expiration_date=NOW + DAY)], {}, 2 * DAY, DAY),
        ],
        ids=["declared date", "inherited from an expired token", "inherited by a rotation"],
    )
    def test_every_new_lifetime_is_compared(
        self, existing: list[ApiToken], declared: dict[str, Any], refused: timedelta, allowed: timedelta
    ) -> None:
        error = refusal_of(*existing, rotate_before=refused, **declared)
        assert "be due for rotation immediately, in every run" in str(error)
        assert planned(*existing, rotate_before=allowed, **declared).creates

    def test_an_expiration_date_that_has_passed(self) -> None:
        with pytest.raises(InvalidOptionError, match=r"2026-11-24T08:00:00\.000Z has passed") as caught:
            planned(expiration_date=NOW)
        assert caught.value.failure["option"] == "expiration_date"


class TestSelfRevoke:
    """Promise 11."""

    @pytest.mark.parametrize(
        ("declared", "verb"),
        [
            ({"state": "absent"}, "delete"),
            ({"state": "absent", "token_id": id_of(1)}, "delete"),
            ({"status": "inactive"}, "deactivate"),
            ({"status": "inactive", "token_id": id_of(1)}, "deactivate"),
            ({"recreate": "always"}, "replace"),
            ({"recreate": "always", "superseded": "keep"}, "replace"),
            ({"recreate": "always", "superseded_after": DAY}, "replace"),
        ],
        ids=str,
    )
    def test_the_token_that_the_task_authenticates_with(self, declared: dict[str, Any], verb: str) -> None:
        error = refusal_of(token(), caller_id=id_of(1), **declared)
        assert f"is the token that this task authenticates with, and the task would {verb} it." in str(error)
        assert "Nothing was changed." in str(error)
        assert "allow_self_revoke=true" in str(error)
        assert planned(token(), caller_id=id_of(1), allow_self_revoke=True, **declared).steps
        assert planned(token(), caller_id=id_of(2), **declared).steps

    def test_ids_are_compared_without_case(self) -> None:
        existing = token(id="ABCDEF" * 4)
        assert "authenticates with" in str(refusal_of(existing, caller_id="abcdef" * 4, state="absent"))

    @pytest.mark.parametrize("leftover", [superseded(2, NOW - SECOND), expired(2)], ids=["superseded", "expired"])
    def test_a_leftover_of_the_name(self, leftover: ApiToken) -> None:
        case: dict[str, Any] = {"recreate": "always", "caller_id": id_of(2)}
        assert "authenticates with" in str(refusal_of(token(1), leftover, **case))

    @pytest.mark.parametrize("declared", [{}, {"description": "new"}, {"status": "active"}], ids=str)
    def test_it_can_be_changed_otherwise(self, declared: dict[str, Any]) -> None:
        assert planned(token(status="inactive"), caller_id=id_of(1), **declared).before is not None


class TestPermitted:
    """What the scopes inside the access token rule out is refused, in check mode as well (promise 9)."""

    @pytest.mark.parametrize(
        ("lacking", "declared", "words"),
        [
            ("patch", {"description": "new"}, "API token 'x' ({id}) cannot be updated"),
            ("patch", {"description": "new", "token_id": id_of(1)}, "API token 'x' ({id}) cannot be updated"),
            ("patch", {"name": "y", "token_id": id_of(1)}, "API token 'x' ({id}) cannot be updated"),
            ("delete", {"state": "absent"}, "API token 'x' ({id}) cannot be deleted"),
            ("delete", {"state": "absent", "token_id": id_of(1)}, "API token 'x' ({id}) cannot be deleted"),
            ("post", {"name": "y"}, "API token 'y' (new) cannot be created"),
            ("post", {"recreate": "always"}, "API token 'x' ({id}) cannot be replaced"),
            ("delete", {"recreate": "always"}, "API token 'x' ({id}) cannot be replaced"),
            ("delete", {"recreate": "always", "superseded_after": DAY}, "API token 'x' ({id}) cannot be replaced"),
            ("patch", {"recreate": "always", "superseded": "deactivate"}, "API token 'x' ({id}) cannot be replaced"),
            ("patch", {"recreate": "always", "superseded": "keep"}, "API token 'x' ({id}) cannot be replaced"),
        ],
        ids=str,
    )
    def test_a_scope_is_missing(self, lacking: str, declared: dict[str, Any], words: str) -> None:
        error = refusal_of(token(), lacking=[lacking], **declared)
        resource = "applicationApiTokens" if lacking == "post" else "applicationApiToken"
        assert error.failure["scopes"] == [f"{resource}.{lacking}"]
        assert str(error).startswith(
            f"{words.replace('{id}', id_of(1))}: the scopes in access_token lack {resource}.{lacking}. Nothing was changed."
        )
        assert "applicationApiTokens.* and applicationApiToken.*, or with all.Application." in str(error)

    def test_an_access_token_that_can_only_read(self) -> None:
        everything = {"post", "patch", "delete"}
        assert planned(token(), lacking=everything).steps == ()
        assert planned(token(), lacking=everything, state="absent", name="y").steps == ()
        error = refusal_of(token(), lacking=everything, recreate="always", staged=True)
        assert error.failure["scopes"] == [
            "applicationApiToken.delete",
            "applicationApiToken.patch",
            "applicationApiTokens.post",
        ]

    @pytest.mark.parametrize(
        ("lacking", "declared"),
        [
            ("delete", {"recreate": "always", "superseded": "keep"}),
            ("patch", {"recreate": "always"}),
            ("delete", {"description": "new"}),
            ("patch", {"state": "absent"}),
            ("post", {"description": "new"}),
        ],
        ids=str,
    )
    def test_a_scope_that_is_not_needed(self, lacking: str, declared: dict[str, Any]) -> None:
        assert planned(token(), lacking=[lacking], **declared).steps

    def test_staged_creation_needs_patch_and_the_message_says_how_to_do_without(self) -> None:
        error = refusal_of(lacking=["patch"], staged=True)
        assert "Set staged=false to create the token without naming it afterwards." in str(error)
        assert planned(lacking=["patch", "delete"]).creates
        assert "staged=false" not in str(refusal_of(token(), lacking=["patch"], staged=True, recreate="always"))

    def test_leftovers_alone_that_cannot_be_deleted(self) -> None:
        error = refusal_of(pending(1), lacking=["delete"], state="absent")
        assert str(error).startswith("The tokens cannot be deleted: ")
