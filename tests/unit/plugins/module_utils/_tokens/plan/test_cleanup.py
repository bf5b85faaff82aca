# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What earlier runs left to this one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Delete,
    Patch,
    Purpose,
    Superseded,
    Write,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.planning import planned
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    HOUR,
    MILLISECOND,
    NOW,
    SECOND,
    expired,
    id_of,
    pending,
    superseded,
    token,
)

OVER = superseded(2, NOW)
ABANDONED = pending(2, creation_date=NOW - HOUR)


@pytest.mark.parametrize(
    ("leftover", "declared", "steps"),
    [
        (OVER, {}, [Delete(OVER, Purpose.CLEAN_UP)]),
        (OVER, {"superseded": "deactivate"}, [Patch(OVER, {"status": "inactive"}, Purpose.CLEAN_UP)]),
        (OVER, {"superseded": "keep"}, []),
        (superseded(2, NOW + SECOND), {}, []),
        (superseded(2, None), {}, []),
        (superseded(2, NOW, status="inactive"), {"superseded": "deactivate"}, []),
        (superseded(2, NOW, expiration_date=NOW), {"superseded": "deactivate"}, []),
        (ABANDONED, {}, [Delete(ABANDONED, Purpose.CLEAN_UP)]),
        (ABANDONED, {"superseded": "keep"}, [Delete(ABANDONED, Purpose.CLEAN_UP)]),
        (pending(2, creation_date=NOW - HOUR + MILLISECOND), {}, []),
        (pending(2, creation_date=None), {}, []),
        (expired(2), {}, []),
        (superseded(2, NOW, "y"), {}, []),
        (pending(2, "y", creation_date=NOW - HOUR), {}, []),
    ],
    ids=[
        "grace period over, delete",
        "grace period over, deactivate",
        "grace period over, keep",
        "within the grace period",
        "kept without an end",
        "inactive already",
        "no longer valid",
        "of an interrupted run",
        "of an interrupted run, keep",
        "of a run that may go on",
        "pending, of unknown age",
        "expired, and nothing is created",
        "superseded, of another name",
        "pending, of another name",
    ],
)
def test_a_leftover_beside_a_token_that_stays(leftover: ApiToken, declared: dict[str, Any], steps: list[Write]) -> None:
    result = planned(token(1), leftover, **declared)
    assert [*result.steps] == steps
    assert (result.before, result.after, result.changed_fields) == (token(1), token(1), [])


def test_what_becomes_of_superseded_tokens_is_reported_and_not_of_pending_ones() -> None:
    result = planned(token(1), superseded(2, NOW), pending(3, creation_date=NOW - HOUR))
    assert result.superseded == (Superseded(OVER, OVER.name, "deleted"),)
    [entry] = planned(token(1), OVER, superseded="deactivate").superseded
    assert entry.action == "deactivated"


def test_leftovers_are_removed_before_the_old_token_is_retired() -> None:
    """The new token has its name then, so a failure of the clean-up costs nothing."""
    tokens = [token(1), OVER, pending(3, creation_date=NOW - HOUR), expired(4)]
    result = planned(*tokens, recreate="always", staged=True)
    assert [(step.token.id, step.purpose) for step in result.writes] == [
        (id_of(1), Purpose.FREE_NAME),
        (id_of(4), Purpose.CLEAN_UP),
        (id_of(2), Purpose.CLEAN_UP),
        (id_of(3), Purpose.CLEAN_UP),
        (id_of(1), Purpose.RETIRE),
    ]


@pytest.mark.parametrize("superseded_by", ["deactivate", "keep"])
def test_expired_tokens_are_deleted_only_if_superseded_ones_are(superseded_by: str) -> None:
    assert planned(expired(1), superseded=superseded_by).writes == ()


@pytest.mark.parametrize(
    ("leftover", "lacking", "declared"),
    [
        (OVER, "delete", {}),
        (ABANDONED, "delete", {}),
        (OVER, "patch", {"superseded": "deactivate"}),
    ],
    ids=["delete", "delete a pending one", "deactivate"],
)
def test_a_leftover_that_the_access_token_may_not_touch_stays_with_a_warning(
    leftover: ApiToken, lacking: str, declared: dict[str, Any]
) -> None:
    result = planned(token(1), leftover, lacking=[lacking], **declared)
    assert (result.steps, result.superseded) == ((), ())
    [warning] = result.warnings
    assert f"{leftover.label} is a leftover of an earlier run. It stays" in warning
    assert f"applicationApiToken.{lacking}" in warning
