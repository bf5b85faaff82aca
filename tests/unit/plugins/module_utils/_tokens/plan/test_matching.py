# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.listing import Listing
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.matching import PENDING_LIMIT, match
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    expired,
    id_of,
    pending,
    superseded,
    token,
)


def test_the_tokens_of_a_name_are_distinguished() -> None:
    tokens = [token(1), expired(2), superseded(3, NOW), superseded(4, None), pending(5)]
    others = [
        token(11, "y"),
        superseded(12, NOW, "y"),
        pending(13, "y"),
        token(14, "x ~superseded:soon"),
        token(15, "X"),
        pending(16, "x ~superseded:never"),
    ]
    matches = match("x", Listing([*others, *tokens]), NOW)
    assert matches.unexpired == tuple(tokens[:1])
    assert matches.expired == tuple(tokens[1:2])
    assert matches.superseded == tuple(tokens[2:4])
    assert matches.pending == tuple(tokens[4:])
    assert matches.ids == {existing.id for existing in tokens}
    assert matches.current == tokens[0]


def test_an_inactive_token_is_unexpired() -> None:
    """Promise 2: ``status: active`` restores it at any time."""
    existing = token(status="inactive")
    assert match("x", Listing([existing]), NOW).unexpired == (existing,)


def test_from_the_oldest_to_the_youngest() -> None:
    tokens = (
        expired(9, creation_date=None),
        expired(5, creation_date=NOW - 30 * DAY),
        expired(1, creation_date=NOW - 20 * DAY),
        expired(2, creation_date=NOW - 20 * DAY),
    )
    for order in itertools.permutations(tokens):
        assert match("x", Listing(order), NOW).expired == tokens


@pytest.mark.parametrize(
    ("tokens", "predecessor"),
    [
        ([], None),
        ([pending(1)], None),
        ([token(1), expired(2, creation_date=NOW)], 1),
        ([expired(1), superseded(2, NOW, creation_date=NOW - DAY)], 2),
        ([superseded(1, NOW, creation_date=NOW - 99 * DAY), expired(2)], 2),
        ([superseded(1, None, creation_date=NOW - 99 * DAY), superseded(2, NOW)], 2),
    ],
    ids=[
        "none",
        "pending",
        "unexpired before expired",
        "younger superseded",
        "younger expired",
        "younger of two",
    ],
)
def test_the_token_that_a_new_one_takes_over_from(tokens: list[ApiToken], predecessor: int | None) -> None:
    found = match("x", Listing(tokens), NOW).predecessor
    assert (found.id if found else None) == (id_of(predecessor) if predecessor else None)


@pytest.mark.parametrize(
    ("age", "is_stale"),
    [(timedelta(0), False), (HOUR - SECOND, False), (HOUR, True), (DAY, True), (-DAY, False)],
    ids=["new", "almost an hour", "an hour", "a day", "in the future"],
)
def test_a_pending_token_is_left_to_its_run_for_an_hour(age: timedelta, is_stale: bool) -> None:
    existing = pending(1, creation_date=NOW - age)
    assert PENDING_LIMIT == HOUR
    assert match("x", Listing([existing]), NOW).stale_pending(NOW) == ((existing,) if is_stale else ())


def test_a_pending_token_of_unknown_age_is_left_alone() -> None:
    assert match("x", Listing([pending(1, creation_date=None)]), NOW).stale_pending(NOW) == ()
