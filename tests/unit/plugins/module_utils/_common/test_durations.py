# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.durations import (
    format_duration,
    option_duration,
)
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90d", timedelta(days=90)),
        ("12h", timedelta(hours=12)),
        ("30m", timedelta(minutes=30)),
        ("45s", timedelta(seconds=45)),
        ("2w", timedelta(weeks=2)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1w2d3h4m5s", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        ("12h1d", timedelta(days=1, hours=12)),
        ("1d1d", timedelta(days=2)),
        ("0s", timedelta(0)),
        ("007d", timedelta(days=7)),
        (" 30m ", timedelta(minutes=30)),
        ("86400s", timedelta(days=1)),
    ],
)
def test_a_duration_is_read(text: str, duration: timedelta) -> None:
    assert option_duration("expires_in", text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0",
        "90",
        "d",
        "-1d",
        "+1d",
        "1.5d",
        "1,5d",
        "1d 12h",
        "1 d",
        "1D",
        "1y",
        "1month",
        "1d12",
        "P1D",
        "1h-30m",
        "٣d",
        "²d",
        "1d\x00",
        "1e3s",
        "999999999999d",
        "9" * 20 + "w",
        "9" * 400 + "s",
        "9" * 5000 + "s",
        "inf",
    ],
)
def test_an_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidOptionError, match="which is not a duration such as 90d") as caught:
        option_duration("expires_in", text)
    assert caught.value.failure == {"kind": "invalid_option", "option": "expires_in"}
    assert str(caught.value).startswith(f"expires_in is {text!r}")


@given(st.lists(st.tuples(st.integers(0, 10**5), st.sampled_from("wdhms")), min_size=1, max_size=8))
def test_a_duration_is_the_sum_of_its_parts(parts: list[tuple[int, str]]) -> None:
    seconds = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
    total = sum(number * seconds[unit] for number, unit in parts)
    assert option_duration("x", "".join(f"{number}{unit}" for number, unit in parts)) == timedelta(seconds=total)


@given(st.text() | st.text("0123456789wdhms -", max_size=12))
def test_any_other_text_is_refused_as_an_option(text: str) -> None:
    with contextlib.suppress(InvalidOptionError):
        assert option_duration("x", text) >= timedelta(0)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(days=14), "14d"),
        (timedelta(weeks=2), "14d"),
        (timedelta(days=1, hours=12), "1d12h"),
        (timedelta(hours=36, seconds=5), "1d12h5s"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(seconds=59), "59s"),
        (timedelta(days=999_999_999), "999999999d"),
        (timedelta(0), "0s"),
        (timedelta(milliseconds=999), "0s"),
        (timedelta(seconds=1, milliseconds=999), "1s"),
        (-timedelta(days=1, hours=1), "-1d1h"),
        (-timedelta(milliseconds=999), "0s"),
    ],
)
def test_a_duration_is_written_as_users_write_it(duration: timedelta, text: str) -> None:
    assert format_duration(duration) == text


@given(st.timedeltas(min_value=timedelta(0)))
def test_a_written_duration_is_read_as_the_same_one(duration: timedelta) -> None:
    assert option_duration("x", format_duration(duration)) == duration - timedelta(microseconds=duration.microseconds)
