# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import (
    LONGEST,
    Waiting,
    check_markable,
    is_marked,
    is_pending,
    pending_name,
    superseded_name,
    waiting,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW

MAX_NAME = 255
MOMENTS = st.datetimes(min_value=datetime(1000, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.just(UTC))
NAMES = st.text(min_size=1).filter(lambda name: not is_marked(name))


@given(NAMES, st.none() | MOMENTS)
def test_what_is_marked_as_superseded_is_read_again(name: str, until: datetime | None) -> None:
    marked = superseded_name(name, until)
    wait = waiting(marked)
    assert wait is not None
    assert wait.name == name
    assert is_marked(marked)
    if until is None:
        assert wait.until is None
    else:
        assert wait.until is not None
        assert timedelta(0) <= wait.until - until < timedelta(seconds=1)


@given(NAMES, st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_what_is_marked_as_pending_is_recognised(name: str, nonce: str) -> None:
    marked = pending_name(name, nonce)
    assert is_pending(marked, name)
    assert not is_pending(marked, f"{name}x")
    assert not is_pending(name, name)
    assert waiting(marked) is None
    assert is_marked(marked)


@pytest.mark.parametrize(
    ("until", "mark"),
    [
        (NOW, "2026-11-24T08:00:00Z"),
        (NOW + timedelta(microseconds=1), "2026-11-24T08:00:01Z"),
        (NOW + timedelta(milliseconds=999), "2026-11-24T08:00:01Z"),
        (NOW.astimezone(timezone(timedelta(hours=2))), "2026-11-24T08:00:00Z"),
        (None, "never"),
    ],
)
def test_how_a_superseded_token_is_named(until: datetime | None, mark: str) -> None:
    assert superseded_name("x", until) == f"x ~superseded:{mark}"


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "x ~superseded:",
        "x ~superseded:soon",
        "x ~superseded:2026-11-24",
        "x ~superseded:2026-02-30T00:00:00Z",
        "x ~superseded:never ",
        "x~superseded:never",
        " ~superseded:never",
        "x ~Superseded:never",
        "x ~superseded:never more",
    ],
)
def test_what_only_looks_like_a_mark(name: str) -> None:
    assert waiting(name) is None


@pytest.mark.parametrize("name", ["x ~pending:", "x ~pending:a b", "x~pending:a", "y ~pending:a", "X ~pending:a", "x"])
def test_what_is_no_pending_token_of_the_name(name: str) -> None:
    assert not is_pending(name, "x")


def test_a_name_may_hold_line_breaks() -> None:
    assert waiting("a\nb ~superseded:never") == Waiting("a\nb", None)
    assert is_pending("a\nb ~pending:c", "a\nb")


@pytest.mark.parametrize(
    ("until", "over"),
    [(None, False), (NOW + timedelta(milliseconds=1), False), (NOW, True), (NOW - timedelta(days=1), True)],
)
def test_when_it_is_over(until: datetime | None, over: bool) -> None:
    assert Waiting("x", until).is_over(NOW) is over


def test_the_longest_name_with_a_mark_fits() -> None:
    name = "x" * LONGEST
    check_markable(name)
    marked = [superseded_name(name, NOW), superseded_name(name, None), pending_name(name, "0" * 16)]
    assert max(map(len, marked)) == MAX_NAME


def test_a_name_that_leaves_no_room_for_a_mark() -> None:
    with pytest.raises(InvalidOptionError, match=f"name has {LONGEST + 1} characters") as caught:
        check_markable("x" * (LONGEST + 1))
    assert caught.value.failure["option"] == "name"
    assert str(LONGEST) in str(caught.value)
