# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.matching import PENDING_LIFE, kin_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    NOW,
    expired,
    pending,
    superseded,
    token,
)

SECOND = timedelta(seconds=1)


def test_tokens_are_sorted_out() -> None:
    tokens = [token(1), expired(2), superseded(3, NOW), superseded(4, None), pending(5)]
    strangers = [
        token(11, "y"),
        superseded(12, NOW, "y"),
        pending(13, "y"),
        token(14, "x ~superseded:soon"),
        token(15, "X"),
        pending(16, "x ~superseded:never"),
    ]
    kin = kin_of("x", [*strangers, *tokens], NOW)
    assert kin.living == tokens[:1]
    assert kin.expired == tokens[1:2]
    assert kin.waiting == tokens[2:4]
    assert kin.pending == tokens[4:]


def test_an_inactive_token_is_living() -> None:
    """Promise 2: status=active brings it back at any time."""
    there = token(status="inactive")
    assert kin_of("x", [there], NOW).living == [there]


def test_from_the_oldest_to_the_youngest() -> None:
    tokens = [
        expired(9, creation_date=None),
        expired(5, creation_date=NOW - 30 * DAY),
        expired(1, creation_date=NOW - 20 * DAY),
        expired(2, creation_date=NOW - 20 * DAY),
    ]
    for order in itertools.permutations(tokens):
        assert kin_of("x", order, NOW).expired == tokens


@pytest.mark.parametrize(
    ("tokens", "heir_of"),
    [
        ([], None),
        ([pending(1)], None),
        ([token(1), expired(2, creation_date=NOW)], 1),
        ([expired(1), superseded(2, NOW, creation_date=NOW - DAY)], 2),
        ([superseded(1, NOW, creation_date=NOW - 99 * DAY), expired(2)], 2),
        ([superseded(1, None, creation_date=NOW - 99 * DAY), superseded(2, NOW)], 2),
    ],
)
def test_whom_a_new_token_takes_over_from(tokens: list[Token], heir_of: int | None) -> None:
    predecessor = kin_of("x", tokens, NOW).predecessor
    assert (int(predecessor.id, 16) if predecessor else None) == heir_of


@pytest.mark.parametrize(
    ("age", "dead"),
    [(timedelta(0), False), (PENDING_LIFE - SECOND, False), (PENDING_LIFE, True), (DAY, True), (-DAY, False)],
)
def test_a_pending_token_is_left_to_its_run_for_an_hour(age: timedelta, dead: bool) -> None:
    there = pending(1, creation_date=NOW - age)
    assert timedelta(hours=1) == PENDING_LIFE
    assert kin_of("x", [there], NOW).abandoned(NOW) == ([there] if dead else [])


def test_a_pending_token_of_unknown_age_is_left_alone() -> None:
    assert kin_of("x", [pending(1, creation_date=None)], NOW).abandoned(NOW) == []
