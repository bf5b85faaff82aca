# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
def test_the_same_instant_in_many_forms(text: str) -> None:
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


INVALID_TIMES = [
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


@pytest.mark.parametrize("text", INVALID_TIMES)
def test_an_invalid_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_time(text)


@pytest.mark.parametrize("text", INVALID_TIMES)
def test_the_error_names_the_option_and_quotes_the_value(text: str) -> None:
    with pytest.raises(InvalidOptionError) as caught:
        option_time("expiration_date", text)
    assert str(caught.value).startswith(f"expiration_date is {text!r}, which is not an RFC 3339 time with a zone")
    assert caught.value.failure == {"kind": "invalid_option", "option": "expiration_date"}


def test_a_valid_option_is_read() -> None:
    assert option_time("expiration_date", "2027-06-30T14:00:00+02:00") == NOON


@given(MOMENTS)
@example(datetime(1, 1, 3, tzinfo=UTC))
@example(datetime(999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC))
def test_a_written_time_is_read_as_the_same_instant(moment: datetime) -> None:
    text = format_time(moment)
    assert parse_time(text) == moment
    assert len(text) == len("2027-06-13T04:00:00.000Z")
    assert format_time(parse_time(text)) == text


@given(st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)), st.integers(-1439, 1439))
def test_the_iso_format_of_python_is_read(naive: datetime, offset: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))
    read = parse_time(moment.isoformat(timespec="microseconds"))
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", fullmatch=True))
def test_any_other_text_raises_value_error_only(text: str) -> None:
    try:
        moment = parse_time(text)
    except ValueError:
        return
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0


def test_format_time_converts_to_utc_and_cuts_to_milliseconds() -> None:
    zone = timezone(timedelta(hours=2))
    assert format_time(datetime(2027, 6, 30, 14, 0, 0, 123999, zone)) == "2027-06-30T12:00:00.123Z"
