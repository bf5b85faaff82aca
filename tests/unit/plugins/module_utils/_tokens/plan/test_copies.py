# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One token whose secret is in several files that other tasks write."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.copies import CopyAction, copies_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import FileState, Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Create
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.planning import (
    planned,
    refusal_of,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import id_of, token

MODES: dict[str, Any] = {"attributes": {"mode": "0600"}, "wanted": {"mode": "0600"}}


def copy(number: int | None, name: str = "a", **more: Any) -> FileState:
    """A file with the secret of a token; None for one that does not exist."""
    if number is None:
        return FileState(f"/token on {name}")
    return FileState(f"/token on {name}", True, Holding(id_of(number)), **{**MODES, **more})


def actions(*tokens: Any, copies: list[FileState], **declared: Any) -> list[str]:
    result = planned(*tokens, copies=copies, staged=True, **declared)
    return [entry.action.value for entry in copies_of(result, tuple(copies))]


def test_one_file_with_the_secret_is_enough() -> None:
    copies = [copy(1), copy(None, "b"), copy(1, "c", attributes={"mode": "0644"}), copy(7, "d")]
    assert planned(token(1), copies=copies, recreate="state_change").steps == ()
    assert actions(token(1), copies=copies) == ["nothing", "copy", "fix", "copy"]
    assert [entry.holds for entry in copies_of(planned(token(1), copies=copies), tuple(copies))] == [
        True,
        False,
        True,
        False,
    ]


def test_a_new_token_is_delivered_to_all() -> None:
    assert actions(copies=[copy(None), copy(7, "b")]) == ["deliver", "deliver"]
    assert actions(token(1), copies=[copy(1), copy(None, "b")], recreate="always") == ["deliver", "deliver"]


@pytest.mark.parametrize("staged", [True, False])
def test_no_file_with_the_secret_needs_a_new_token(staged: bool) -> None:
    copies = [copy(None), copy(7, "b")]
    error = refusal_of(token(1), copies=copies)
    assert (
        "no host holds its secret (token_file /token on a does not exist; token_file /token on b does not hold"
        in str(error)
    )
    assert error.failure["fields"] == ["token_file"]
    result = planned(token(1), copies=copies, recreate="state_change", staged=staged)
    assert result.rotation.reason == "token_file"
    assert isinstance(result.steps[0], Create)


def test_a_file_with_the_secret_of_another_token_is_refused() -> None:
    error = refusal_of(token(1), token(2, name="other"), copies=[copy(1), copy(2, "b")])
    assert "token_file /token on b holds the secret of another token" in str(error)


def test_files_are_removed_with_the_token_they_belong_to() -> None:
    copies = [copy(1), copy(None, "b"), copy(7, "c")]
    assert actions(token(1), copies=copies, state="absent") == ["remove", "nothing", "nothing"]
    assert actions(copies=copies, state="absent") == ["nothing"] * 3


def test_a_secret_that_says_no_id_counts_if_losant_accepts_it() -> None:
    accepted = FileState("/token on a", True, Holding(opaque=True, accepted=True), **MODES)
    refused = FileState("/token on b", True, Holding(opaque=True), **MODES)
    assert actions(token(1), copies=[accepted, refused]) == [CopyAction.NOTHING.value, CopyAction.COPY.value]
