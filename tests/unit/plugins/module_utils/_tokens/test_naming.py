# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.fields import MAX_NAME
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import (
    MAX_NAME_WITH_SUFFIX,
    SupersededName,
    check_room_for_suffix,
    has_suffix,
    is_pending,
    pending_name,
    read_superseded,
    superseded_name,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW

LAST = datetime.max.replace(tzinfo=UTC)
MOMENTS = st.datetimes(min_value=datetime(1000, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.just(UTC))
NAMES = st.text(min_size=1).filter(lambda name: not has_suffix(name))


@given(NAMES, st.none() | MOMENTS)
def test_the_name_of_a_superseded_token_is_read_as_it_was_written(name: str, until: datetime | None) -> None:
    result = superseded_name(name, until)
    former = read_superseded(result)
    assert former is not None
    assert former.name == name
    assert has_suffix(result)
    if until is None:
        assert former.until is None
    else:
        assert former.until is not None
        assert timedelta(0) <= former.until - until < timedelta(seconds=1)


@given(NAMES, st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_the_name_of_a_pending_token_is_recognised(name: str, nonce: str) -> None:
    result = pending_name(name, nonce)
    assert is_pending(result, name)
    assert not is_pending(result, f"{name}x")
    assert is_pending(result)
    assert not is_pending(name, name)
    assert read_superseded(result) is None
    assert has_suffix(result)


@pytest.mark.parametrize(
    ("until", "suffix"),
    [
        (NOW, "2026-11-24T08:00:00Z"),
        (NOW + timedelta(microseconds=1), "2026-11-24T08:00:01Z"),
        (NOW + timedelta(milliseconds=999), "2026-11-24T08:00:01Z"),
        (NOW.astimezone(timezone(timedelta(hours=2))), "2026-11-24T08:00:00Z"),
        (None, "never"),
        (LAST - timedelta(microseconds=999_999), "9999-12-31T23:59:59Z"),
        # Nothing can be added to the last second of the calendar.
        (LAST, "9999-12-31T23:59:59Z"),
    ],
)
def test_a_superseded_token_is_named_with_its_time_rounded_up(until: datetime | None, suffix: str) -> None:
    assert superseded_name("x", until) == f"x ~superseded:{suffix}"


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
def test_a_name_that_only_looks_superseded(name: str) -> None:
    assert read_superseded(name) is None


@pytest.mark.parametrize("name", ["x ~pending:", "x ~pending:a b", "x~pending:a", "y ~pending:a", "X ~pending:a", "x"])
def test_a_name_that_only_looks_pending(name: str) -> None:
    assert not is_pending(name, "x")


def test_a_name_can_hold_line_breaks() -> None:
    assert read_superseded("a\nb ~superseded:never") == SupersededName("a\nb", None)
    assert is_pending("a\nb ~pending:c", "a\nb")


@pytest.mark.parametrize(
    ("until", "over"),
    [(None, False), (NOW + timedelta(milliseconds=1), False), (NOW, True), (NOW - timedelta(days=1), True)],
)
def test_when_a_grace_period_is_over(until: datetime | None, over: bool) -> None:
    assert SupersededName("x", until).is_over(NOW) is over


def test_the_longest_name_that_leaves_room_for_a_suffix() -> None:
    name = "x" * MAX_NAME_WITH_SUFFIX
    check_room_for_suffix(name)
    names = [superseded_name(name, NOW), superseded_name(name, None), pending_name(name, "0" * 16)]
    assert max(map(len, names)) == MAX_NAME


def test_a_name_that_leaves_no_room_for_a_suffix() -> None:
    with pytest.raises(InvalidOptionError, match=f"name has {MAX_NAME_WITH_SUFFIX + 1} characters") as caught:
        check_room_for_suffix("x" * (MAX_NAME_WITH_SUFFIX + 1))
    assert caught.value.failure["option"] == "name"
    assert str(MAX_NAME_WITH_SUFFIX) in str(caught.value)
