# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever ends an exchange becomes an error that says what is known about its effect."""

from __future__ import annotations

import threading
from typing import Any, NoReturn

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ConnectionFailedError, Effect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import as_json, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import ACTION, METHODS, PATH, send

SECRET = "s3cr3t"
UNFORESEEN = [
    MemoryError(SECRET),
    RuntimeError(SECRET),
    RecursionError(SECRET),
    TypeError(SECRET),
    KeyError(SECRET),
    AssertionError(SECRET),
    UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET),
    ValueError(SECRET),
    Exception(SECRET),
]


def failing(error: BaseException) -> Any:
    def fail() -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("method", METHODS)
def test_an_exception_after_the_request_was_sent(
    connect: Connect, waits: list[float], method: str, error: Exception
) -> None:
    """The machine's clock, which is read when the response arrives, fails."""
    with serving(as_json(200, {"token": SECRET})) as server:
        with pytest.raises(ConnectionFailedError) as caught:
            send(connect(server.url, retries=3, system={"now": failing(error)}), method)
        assert len(server.seen) == 1
    assert caught.value.effect is Effect.IN_FLIGHT
    assert caught.value.permanent
    assert f"Could not do the thing: {method} {server.url}{PATH} failed: {type(error).__name__}. " in str(caught.value)
    assert SECRET not in f"{caught.value} {caught.value.failure} {caught.value.args}"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert waits == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)], ids=lambda error: type(error).__name__)
def test_an_interruption_passes_through(connect: Connect, error: BaseException) -> None:
    with serving() as server, pytest.raises(type(error)):
        send(connect(server.url, retries=3, system={"now": failing(error)}), "POST")


def test_a_thread_that_cannot_be_started_has_sent_nothing(connect: Connect, waits: list[float]) -> None:
    client = connect("http://localhost:1", retries=3)
    # No address space is as large as this stack.
    before = threading.stack_size(2**47)
    try:
        with pytest.raises(ConnectionFailedError, match="was not sent: no thread can be started") as caught:
            send(client, "POST")
    finally:
        threading.stack_size(before)
    assert caught.value.effect is Effect.NONE
    assert waits == []


def test_text_that_cannot_be_encoded_is_not_shown(connect: Connect) -> None:
    with pytest.raises(ConnectionFailedError, match="failed: UnicodeEncodeError") as caught:
        connect("http://localhost:1").get(PATH, ACTION, {"filter": "s3cr3t\udcff"})
    assert "s3cr3t" not in str(caught.value)
