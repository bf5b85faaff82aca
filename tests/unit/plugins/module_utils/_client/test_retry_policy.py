# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the waits between tries are."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadResponseError, RequestError
from ansible_collections.losant.platform.plugins.module_utils._client.retry import (
    RetryPolicy,
    may_repeat,
    seconds_asked,
)
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("007", 7.0),
        ("9" * 5000, 999999999.0),
        ("Tue, 24 Nov 2026 08:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 10:01:00 +0200", 60.0),
        ("Tue, 24 Nov 2026 08:01:00", 60.0),
        ("Tue, 24 Nov 2026 08:01:00 -0000", 60.0),
        ("Tuesday, 24-Nov-26 08:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2026 07:00:00 GMT", 0.0),
        ("Mon, 01 Jan 0001 00:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("+5", None),
        ("1e3", None),
        ("0x10", None),
        ("٣", None),
        ("²", None),
        ("inf", None),
        ("nan", None),
        ("2026-11-24T08:01:00Z", None),
        ("Tue, 99 Nov 2026 08:01:00 GMT", None),
        ("Tue, 24 Nov 99999 08:01:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert seconds_asked(header, NOW) == seconds


@given(st.text())
def test_any_text_can_be_read(header: str) -> None:
    seconds = seconds_asked(header, NOW)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2060, 1, 1)))
def test_any_date_is_understood(moment: datetime) -> None:
    when = moment.replace(microsecond=0, tzinfo=UTC)
    assert seconds_asked(format_datetime(when, usegmt=True), NOW) == max(0.0, (when - NOW).total_seconds())


@given(
    st.floats(min_value=0, max_value=1),
    st.integers(min_value=0, max_value=10**6),
    st.floats(min_value=0, max_value=10**5),
)
def test_full_jitter_stays_in_its_bounds(draw: float, attempt: int, max_delay: float) -> None:
    wait = RetryPolicy(5, max_delay).delay(attempt, None, lambda: draw)
    assert 0 <= wait <= min(max_delay, 2.0 ** min(attempt, 30))


@pytest.mark.parametrize(("attempt", "bound"), [(0, 1.0), (1, 2.0), (2, 4.0), (5, 32.0), (6, 60.0), (99, 60.0)])
@pytest.mark.parametrize("draw", [0.0, 0.25, 1.0])
def test_the_bound_doubles_up_to_the_cap(attempt: int, bound: float, draw: float) -> None:
    assert RetryPolicy(5, 60).delay(attempt, None, lambda: draw) == draw * bound


@given(st.floats(min_value=0, max_value=10**12), st.floats(min_value=0, max_value=10**5))
def test_a_requested_wait_is_capped_and_not_random(seconds: float, max_delay: float) -> None:
    assert RetryPolicy(5, max_delay).delay(3, seconds, lambda: 0.5) == min(seconds, max_delay)


@pytest.mark.parametrize("method", METHODS)
def test_a_bad_response_is_never_requested_again(method: str) -> None:
    assert not may_repeat(method, BadResponseError("x"), None)
    assert not may_repeat(method, BadResponseError("x"), "0")


def test_an_invalid_option_is_not_a_failed_request() -> None:
    assert not issubclass(InvalidOptionError, RequestError)
