# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common import rfc3339 as _times
from ansible_collections.losant.platform.plugins.module_utils._common.durations import option_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import (
    format_time,
    option_time,
    parse_time,
)

NOON = datetime(2027, 6, 30, 12, 0, 0, tzinfo=UTC)

#: Any instant, to the millisecond, whose neighbours exist too.
MOMENTS = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.timezones()).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000).astimezone(UTC)
)


@pytest.mark.parametrize(
    "text",
    [
        "2027-06-30T12:00:00Z",
        "2027-06-30t12:00:00z",
        "2027-06-30 12:00:00Z",
        "2027-06-30 12:00:00+00:00",
        "2027-06-30T12:00:00-00:00",
        "2027-06-30T12:00:00.0Z",
        "2027-06-30T12:00:00.000999Z",
        "2027-06-30T12:00:00." + "0" * 5000 + "Z",
        "2027-06-30T14:00:00+02:00",
        "2027-06-30 14:00:00 +02:00",
        "2027-06-30T06:30:00-05:30",
        "2027-07-01T11:59:00+23:59",
        "2027-06-29T12:01:00-23:59",
        "  2027-06-30T12:00:00Z\n",
    ],
)
def test_one_instant_in_many_forms(text: str) -> None:
    assert parse_time(text) == NOON
    assert parse_time(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("fraction", "microsecond"),
    [
        ("1", 100000),
        ("12", 120000),
        ("123", 123000),
        ("1239", 123000),
        ("001", 1000),
        ("0009", 0),
        ("999999999", 999000),
    ],
)
def test_a_fraction_is_cut_to_milliseconds(fraction: str, microsecond: int) -> None:
    assert parse_time(f"2027-06-30T12:00:00.{fraction}Z") == NOON.replace(microsecond=microsecond)


NO_TIMES = [
    "",
    " ",
    "tomorrow",
    "2027-06-30",
    "2027-06-30T12:00:00",
    "2027-06-30 12:00:00",
    "2027-06-30T12:00Z",
    "2027-06-30T12Z",
    "20270630T120000Z",
    "2027-6-30T12:00:00Z",
    "27-06-30T12:00:00Z",
    "02027-06-30T12:00:00Z",
    "-2027-06-30T12:00:00Z",
    "0000-01-01T00:00:00Z",
    "2027-00-30T12:00:00Z",
    "2027-13-30T12:00:00Z",
    "2027-02-29T12:00:00Z",
    "2027-06-31T12:00:00Z",
    "2027-06-30T24:00:00Z",
    "2027-06-30T12:60:00Z",
    "2027-06-30T12:00:60Z",
    "2027-06-30T12:00:61Z",
    "2027-06-30T12:00:00.Z",
    "2027-06-30T12:00:00,5Z",
    "2027-06-30T12:00:00+24:00",
    "2027-06-30T12:00:00+01:60",
    "2027-06-30T12:00:00+0100",
    "2027-06-30T12:00:00+01",
    "2027-06-30T12:00:00 UTC",
    "2027-06-30T12:00:00ZZ",
    "2027-06-30T12:00:00Z+01:00",
    "2027-06-30T12:00:00Z\x00",
    "2027-06-30\n12:00:00Z",
    "٢٠٢٧-06-30T12:00:00Z",
    "9999-12-31T23:59:59-00:01",
    "0001-01-01T00:00:00+00:01",
    "1800000000",
]


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_with_a_zone(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_time(text)


@pytest.mark.parametrize("text", NO_TIMES)
def test_an_option_that_is_no_time_is_named_and_quoted(text: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        option_time("expiration_date", text)
    assert str(caught.value).startswith(f"expiration_date is {text!r}, which is not an RFC 3339 time with a zone")
    assert caught.value.failure == {"kind": "invalid_option", "option": "expiration_date"}


def test_an_option_that_is_a_time() -> None:
    assert option_time("expiration_date", "2027-06-30T14:00:00+02:00") == NOON


@given(MOMENTS)
@example(datetime(1, 1, 3, tzinfo=UTC))
@example(datetime(999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC))
def test_what_is_written_is_read_again(moment: datetime) -> None:
    text = format_time(moment)
    assert parse_time(text) == moment
    assert len(text) == len("2027-06-13T04:00:00.000Z")
    assert format_time(parse_time(text)) == text


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)), st.integers(-1439, 1439))
def test_python_writes_times_that_are_understood(naive: datetime, offset: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))
    read = parse_time(moment.isoformat(timespec="microseconds"))
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", fullmatch=True))
def test_parse_time_never_fails_otherwise(text: str) -> None:
    try:
        moment = parse_time(text)
    except ValueError:
        return
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0


def test_format_time_cuts_and_turns_to_utc() -> None:
    zone = timezone(timedelta(hours=2))
    assert format_time(datetime(2027, 6, 30, 14, 0, 0, 123999, zone)) == "2027-06-30T12:00:00.123Z"


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
def test_durations(text: str, duration: timedelta) -> None:
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
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(InvalidOptionError, match="which is not a duration such as 90d") as caught:
        option_duration("expires_in", text)
    assert caught.value.failure == {"kind": "invalid_option", "option": "expires_in"}
    assert str(caught.value).startswith(f"expires_in is {text!r}")


@given(st.lists(st.tuples(st.integers(0, 10**5), st.sampled_from("wdhms")), min_size=1, max_size=8))
def test_a_duration_is_the_sum_of_its_parts(parts: list[tuple[int, str]]) -> None:
    seconds = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
    total = sum(number * seconds[unit] for number, unit in parts)
    assert option_duration("x", "".join(f"{number}{unit}" for number, unit in parts)) == timedelta(seconds=total)


@given(st.text() | st.from_regex(r"(\d+[wdhms])+", fullmatch=True))
def test_option_duration_never_fails_otherwise(text: str) -> None:
    with contextlib.suppress(InvalidOptionError):
        assert option_duration("x", text) >= timedelta(0)


def test_the_present_has_a_zone() -> None:
    assert _times.now().tzinfo is UTC
