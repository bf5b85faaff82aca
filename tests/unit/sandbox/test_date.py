# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The header Date: the sandbox's own time, in every response."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from losant_sandbox.client import Sandbox

Until = Callable[[Callable[[], object]], None]

FROZEN = "2040-02-29T12:34:56.789Z"
DATE = "Wed, 29 Feb 2040 12:34:56 GMT"


def _dates(sandbox: Sandbox, method: str, path: str, body: str | None = None) -> list[str]:
    """Every Date of the response, as sent."""
    headers = {"Authorization": f"Bearer {sandbox.access_token}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)) as connection:
        connection.request(method, path, body, headers)
        return connection.getresponse().headers.get_all("Date", [])


def _list_dates(sandbox: Sandbox) -> list[str]:
    return _dates(sandbox, "GET", sandbox.tokens_path)


REQUESTS: dict[str, tuple[str, str, str | None]] = {
    "list": ("GET", "/applications/575ec8687ae143cd83dc4a97/tokens", None),
    "create": ("POST", "/applications/575ec8687ae143cd83dc4a97/tokens", '{"name": "x"}'),
    "invalid": ("POST", "/applications/575ec8687ae143cd83dc4a97/tokens", "{}"),
    "not JSON": ("POST", "/applications/575ec8687ae143cd83dc4a97/tokens", "{"),
    "too large": ("POST", "/applications/575ec8687ae143cd83dc4a97/tokens", " " * 2_000_000),
    "not found": ("GET", "/applications/0123456789abcdef01234567", None),
    "unknown path": ("GET", "/nothing/here", None),
    "control": ("GET", "/_sandbox/state", None),
    "control error": ("GET", "/_sandbox/nothing", None),
}
FAULTS: dict[str, dict[str, Any]] = {
    "status": {"status": 503},
    "not_json": {},
    "empty": {},
    "not_object": {},
    "cut": {},
    "lie_length": {},
    "delay": {"seconds": 0},
    "drip": {"seconds": 0, "size": 1000},
}


@pytest.mark.parametrize("request_of", REQUESTS)
def test_every_response_shows_the_time_of_the_sandbox(sandbox: Sandbox, request_of: str) -> None:
    sandbox.clock(now=FROZEN)
    assert _dates(sandbox, *REQUESTS[request_of]) == [DATE]


@pytest.mark.parametrize("kind", FAULTS)
def test_damaged_responses_show_it_too(sandbox: Sandbox, kind: str) -> None:
    sandbox.clock(now=FROZEN)
    sandbox.fault(kind, **FAULTS[kind])
    assert _list_dates(sandbox) == [DATE]


@pytest.mark.parametrize("request_of", REQUESTS)
def test_a_gateway_can_remove_it(sandbox: Sandbox, request_of: str) -> None:
    sandbox.switch(date_header="absent")
    assert _dates(sandbox, *REQUESTS[request_of]) == []


@pytest.mark.parametrize("kind", FAULTS)
def test_a_gateway_can_remove_it_from_damaged_responses(sandbox: Sandbox, kind: str) -> None:
    sandbox.switch(date_header="absent")
    sandbox.fault(kind, **FAULTS[kind])
    assert _list_dates(sandbox) == []


def test_a_moved_clock(sandbox: Sandbox) -> None:
    before = datetime.now(UTC) + timedelta(days=1000)
    sandbox.clock(advance=86400 * 1000)
    [date] = _list_dates(sandbox)
    assert timedelta(0) <= parsedate_to_datetime(date) - before.replace(microsecond=0) < timedelta(hours=1)


def test_the_real_time(sandbox: Sandbox) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    [date] = _list_dates(sandbox)
    assert before <= parsedate_to_datetime(date) <= datetime.now(UTC)


def test_it_is_the_time_of_sending(sandbox: Sandbox, until: Until) -> None:
    """A response that a fault holds back shows the time when it is sent."""
    sandbox.clock(now="2040-02-29T12:00:00Z")
    sandbox.fault("delay", seconds=3600)
    headers = {"Authorization": f"Bearer {sandbox.access_token}"}
    with closing(http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)) as connection:
        connection.request("GET", sandbox.tokens_path, headers=headers)
        until(sandbox.requests)
        sandbox.clock(now=FROZEN)
        sandbox.reset()
        assert connection.getresponse().getheader("Date") == DATE


def test_a_fault_can_name_another(sandbox: Sandbox) -> None:
    sandbox.fault("status", headers={"Date": "yesterday"})
    assert _list_dates(sandbox) == ["yesterday"]
