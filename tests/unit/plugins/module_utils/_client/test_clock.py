# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Losant's clock: promise 13."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import (
    as_json,
    error,
    ok,
    raw,
    serving,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, send

#: What the machine's clock shows.
MACHINE_NOW = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)
LOSANT_NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)


def date(when: datetime = LOSANT_NOW) -> str:
    return f"Date: {format_datetime(when, usegmt=True)}"


def client_of(connect: Connect, url: str, **settings: int) -> Client:
    return connect(url, system={"now": lambda: MACHINE_NOW}, **settings)


def after(connect: Connect, *responses: bytes, method: str = "GET") -> Client:
    """A client that has got these responses."""
    with serving(*responses) as server:
        client = client_of(connect, server.url)
        for _response in responses:
            try:
                send(client, method)
            except RequestError:
                continue
    return client


def test_before_any_response_the_clock_is_the_machines(connect: Connect) -> None:
    client = client_of(connect, "http://localhost:1")
    assert client.clock.now() == MACHINE_NOW
    assert client.clock.warning() is None


@pytest.mark.parametrize("method", METHODS)
def test_the_date_of_a_response_is_the_time(connect: Connect, method: str) -> None:
    client = after(connect, as_json(200, {"id": "a"}, date()), method=method)
    assert client.clock.now() == LOSANT_NOW
    assert client.clock.now().tzinfo is UTC


def test_an_empty_object_counts(connect: Connect) -> None:
    assert after(connect, as_json(200, {}, date())).clock.now() == LOSANT_NOW


def test_the_last_date_counts(connect: Connect) -> None:
    later = LOSANT_NOW + timedelta(minutes=3)
    assert after(connect, as_json(200, {}, date()), as_json(200, {}, date(later))).clock.now() == later


@pytest.mark.parametrize(
    "header",
    [
        "X-Other: 1",
        "Date:",
        "Date: soon",
        "Date: 2026-11-24T10:00:00Z",
        "Date: Tue, 99 Nov 2026 08:01:00 GMT",
        "Date: Thu, 01 Jan 0970 00:00:00 GMT",
        "Date: Fri, 31 Dec 9999 23:59:59 GMT",
    ],
)
def test_without_a_usable_date_the_clock_is_the_machines(connect: Connect, header: str) -> None:
    client = after(connect, as_json(200, {}, header))
    assert client.clock.now() == MACHINE_NOW
    assert client.clock.warning() is None


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(as_json(400, {"type": "Validation"}, date()), id="an error"),
        pytest.param(raw(502, b"<html>", date()), id="a gateway"),
        pytest.param(raw(302, b"{}", "Location: /", date()), id="a redirect"),
        pytest.param(raw(200, b"<html>", date()), id="html"),
        pytest.param(as_json(200, [], date()), id="a list"),
    ],
)
def test_other_responses_do_not_set_the_clock(connect: Connect, response: bytes) -> None:
    client = after(connect, response)
    assert client.clock.now() == MACHINE_NOW
    assert client.clock.warning() is None


def test_204_does_not_set_the_clock(connect: Connect) -> None:
    assert after(connect, raw(204, b"", date()), method="DELETE").clock.now() == MACHINE_NOW


def test_a_client_with_another_secret_shares_the_clock(connect: Connect) -> None:
    with serving(as_json(200, {}, date())) as server:
        client = client_of(connect, server.url)
        send(client.reading_with(Secret("other")), "GET")
    assert client.clock.now() == LOSANT_NOW


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, -1, -60])
def test_a_difference_of_up_to_a_minute_leads_to_no_warning(connect: Connect, seconds: int) -> None:
    client = after(connect, as_json(200, {}, date(MACHINE_NOW + timedelta(seconds=seconds))))
    assert client.clock.warning() is None
    assert client.warnings() == ()


@pytest.mark.parametrize(
    ("losant_ahead", "words"),
    [
        (timedelta(hours=2), "2h behind"),
        (timedelta(hours=2, seconds=3), "2h behind"),
        (timedelta(seconds=61), "1m behind"),
        (timedelta(days=-400, hours=-1), "400d1h ahead of"),
        (timedelta(seconds=-61), "1m ahead of"),
    ],
)
def test_a_wrong_clock_leads_to_a_warning(connect: Connect, losant_ahead: timedelta, words: str) -> None:
    client = after(connect, as_json(200, {}, date(MACHINE_NOW + losant_ahead)))
    assert client.clock.warning() == (
        f"The clock of this machine is {words} Losant's. Decisions about time use Losant's clock."
        " Correct the clock of the machine."
    )
    assert client.warnings() == (client.clock.warning(),)


def test_the_warning_ends_when_the_clock_is_corrected(connect: Connect) -> None:
    client = after(connect, as_json(200, {}, date()), as_json(200, {}, date(MACHINE_NOW)))
    assert client.clock.warning() is None


class TestRetryAfterAsADate:
    """It is by the clock of the server, however wrong the machine's is."""

    ASKED = f"Retry-After: {format_datetime(LOSANT_NOW + timedelta(seconds=7), usegmt=True)}"

    def test_the_date_of_the_same_response_is_the_time(self, connect: Connect, waits: list[float]) -> None:
        with serving(error(503, self.ASKED, date()), ok()) as server:
            send(client_of(connect, server.url, retries=1), "POST")
        assert waits == [7.0]

    def test_without_one_losants_clock_is_used(self, connect: Connect, waits: list[float]) -> None:
        with serving(as_json(200, {}, date()), error(429, self.ASKED), ok()) as server:
            client = client_of(connect, server.url, retries=1)
            send(client, "GET")
            send(client, "POST")
        assert waits == [7.0]

    def test_without_any_date_the_machines_clock_is_used(self, connect: Connect, waits: list[float]) -> None:
        with serving(error(503, self.ASKED), ok()) as server:
            send(client_of(connect, server.url, retries=1, max_delay=10_000), "POST")
        assert waits == [pytest.approx(7207 - 0.123456)]
