# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests are sent again, counted at the server."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    BadResponseError,
    ConnectionFailedError,
    Effect,
    RequestError,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import (
    Response,
    as_json,
    error,
    hang_up,
    ok,
    raw,
    reset,
    serving,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import ACTION, METHODS, send
from losant_sandbox.client import Sandbox

RETRIES = 2
REPEATABLE = {"GET", "PATCH", "DELETE"}
#: What design.md says is tried again if that is safe.
TEMPORARY = {429, 500, 502, 503, 504}
OTHERS = [400, 401, 403, 404, 405, 408, 409, 410, 413, 422, 425, 501, 505, 507, 511, 599]


def tries(connect: Connect, response: Response, method: str, kind: type[RequestError]) -> int:
    """How many requests a server sees that always gives the same bad response."""
    with serving(response) as server:
        with pytest.raises(kind):
            send(connect(server.url, retries=RETRIES), method)
        assert {seen.method for seen in server.seen} == {method}
        return len(server.seen)


def expected(repeated: bool) -> int:
    return 1 + RETRIES if repeated else 1


@pytest.mark.parametrize("retry_after", [None, "0"])
@pytest.mark.parametrize("status", sorted(TEMPORARY))
@pytest.mark.parametrize("method", METHODS)
def test_temporary_statuses(connect: Connect, method: str, status: int, retry_after: str | None) -> None:
    response = error(status, *([] if retry_after is None else [f"Retry-After: {retry_after}"]))
    refused = status == 429 or (status == 503 and retry_after is not None)
    assert tries(connect, response, method, ApiError) == expected(method in REPEATABLE or refused)


@pytest.mark.parametrize("status", OTHERS)
@pytest.mark.parametrize("method", METHODS)
def test_permanent_statuses(connect: Connect, method: str, status: int) -> None:
    assert tries(connect, error(status, "Retry-After: 0"), method, ApiError) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_an_unreadable_retry_after_is_still_a_refusal(connect: Connect, status: int) -> None:
    assert tries(connect, error(status, "Retry-After: soon"), "POST", ApiError) == expected(True)


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(hang_up, id="closed without a response"),
        pytest.param(reset, id="reset"),
        pytest.param(raw(200, b'{"id":', length=100), id="cut in the body"),
        pytest.param(raw(200, b"", length=100), id="cut before the body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{", id="cut in a chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", id="cut between chunks"),
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n", id="another protocol"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_lost_connections(connect: Connect, method: str, response: Response) -> None:
    assert tries(connect, response, method, ConnectionFailedError) == expected(method in REPEATABLE)


@pytest.mark.parametrize("method", METHODS)
def test_no_connection_was_made(connect: Connect, waits: list[float], method: str) -> None:
    with pytest.raises(ConnectionFailedError) as caught:
        send(connect("http://127.0.0.1:1", retries=RETRIES), method)
    assert caught.value.effect is Effect.NONE
    assert len(waits) == RETRIES


@pytest.mark.parametrize("method", METHODS)
def test_a_host_without_an_address(connect: Connect, waits: list[float], method: str) -> None:
    with pytest.raises(ConnectionFailedError) as caught:
        send(connect("http://losant.invalid", retries=RETRIES), method)
    assert caught.value.effect is Effect.NONE
    assert len(waits) == RETRIES


@pytest.mark.parametrize("url", [f"http://{'a' * 300}", "http://a..b"])
def test_an_impossible_host_name(connect: Connect, waits: list[float], url: str) -> None:
    with pytest.raises(ConnectionFailedError, match="Check api_url"):
        send(connect(url, retries=RETRIES), "GET")
    assert waits == []


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(raw(200, b"<html>"), id="html"),
        pytest.param(raw(200, b" "), id="whitespace"),
        pytest.param(as_json(200, []), id="list"),
        pytest.param(raw(302, b"", "Location: /"), id="redirect"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_bad_responses(connect: Connect, method: str, response: Response) -> None:
    assert tries(connect, response, method, BadResponseError) == 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bad", [1, 2, 3])
def test_a_later_try_can_succeed(connect: Connect, waits: list[float], method: str, bad: int) -> None:
    with serving(*[error(429)] * bad, ok()) as server:
        send(connect(server.url, retries=3), method)
        assert len(server.seen) == bad + 1
        assert len({(seen.target, seen.body) for seen in server.seen}) == 1
    assert waits == [1.0, 2.0, 4.0][:bad]


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_the_number_of_further_tries(connect: Connect, waits: list[float], retries: int) -> None:
    with serving(error(500)) as server:
        with pytest.raises(ApiError):
            send(connect(server.url, retries=retries), "GET")
        assert len(server.seen) == retries + 1
    assert len(waits) == retries


def test_the_last_error_is_raised(connect: Connect) -> None:
    with serving(error(500), reset, error(403)) as server:
        with pytest.raises(ApiError) as caught:
            send(connect(server.url, retries=9), "GET")
        assert len(server.seen) == 3
    assert caught.value.status == 403


def test_tries_of_different_errors_add_up(connect: Connect) -> None:
    with serving(error(500), reset, error(502), hang_up, error(429)) as server:
        with pytest.raises(ConnectionFailedError):
            send(connect(server.url, retries=3), "GET")
        assert len(server.seen) == 4


def test_a_post_that_may_be_done_is_not_sent_again(connect: Connect) -> None:
    with serving(error(429), error(503, "Retry-After: 1"), reset, ok()) as server:
        with pytest.raises(ConnectionFailedError) as caught:
            send(connect(server.url, retries=9), "POST")
        assert len(server.seen) == 3
    assert caught.value.effect > Effect.NONE


@pytest.mark.parametrize(
    ("retry_after", "max_delay", "wait"),
    [("7", 60, 7.0), ("0", 60, 0.0), ("7", 5, 5.0), ("99999999999999999999", 60, 60.0), ("7", 0, 0.0), ("x", 60, 1.0)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(
    connect: Connect, waits: list[float], status: int, retry_after: str, max_delay: float, wait: float
) -> None:
    with serving(error(status, f"Retry-After: {retry_after}"), ok()) as server:
        send(connect(server.url, retries=1, max_delay=max_delay), "POST")
    assert waits == [wait]


def test_retry_after_counts_for_one_wait(connect: Connect, waits: list[float]) -> None:
    with serving(error(503, "Retry-After: 30"), reset, ok()) as server:
        send(connect(server.url, retries=2), "GET")
    assert waits == [30.0, 2.0]


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_an_empty_response(connect: Connect, method: str) -> None:
    assert tries(connect, raw(200), method, BadResponseError) == 1


@pytest.mark.parametrize(
    ("responses", "effect"),
    [
        pytest.param((error(403),), Effect.NONE, id="refused"),
        pytest.param((error(429), error(403)), Effect.NONE, id="limited, then refused"),
        pytest.param((error(500), error(403)), Effect.UNKNOWN, id="typed 500, then refused"),
        pytest.param((raw(502), error(403)), Effect.IN_FLIGHT, id="gateway, then refused"),
        pytest.param((reset, error(500), error(403)), Effect.IN_FLIGHT, id="lost, then 500, then refused"),
        pytest.param((error(500), reset, error(403)), Effect.IN_FLIGHT, id="500, then lost, then refused"),
        pytest.param((error(500), raw(302)), Effect.IN_FLIGHT, id="500, then a redirect"),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_the_error_has_the_worst_effect_of_all_tries(
    connect: Connect, method: str, responses: tuple[Response, ...], effect: Effect
) -> None:
    with serving(*responses) as server, pytest.raises(RequestError) as caught:
        send(connect(server.url, retries=5), method)
    assert caught.value.effect is effect
    assert caught.value.failure["status"] in (403, 302)


class TestInterruption:
    """A task that was asked to stop tries nothing again."""

    @pytest.mark.parametrize(
        ("response", "effect"), [(error(429), Effect.NONE), (error(500), Effect.UNKNOWN), (reset, Effect.IN_FLIGHT)]
    )
    def test_the_first_try_is_sent_and_no_other(
        self, connect: Connect, waits: list[float], response: Response, effect: Effect
    ) -> None:
        with serving(response, ok()) as server:
            with pytest.raises(RequestError) as caught:
                send(connect(server.url, retries=5, system={"interrupted": lambda: True}), "PATCH")
            assert len(server.seen) == 1
        assert caught.value.effect is effect
        assert waits == []

    def test_an_interruption_while_waiting(self, connect: Connect) -> None:
        interruptions: list[float] = []
        system = {"sleep": interruptions.append, "interrupted": lambda: len(interruptions) == 2}
        with serving(reset, error(500), ok()) as server:
            with pytest.raises(ApiError) as caught:
                send(connect(server.url, retries=5, system=system), "DELETE")
            assert len(server.seen) == 2
        assert caught.value.effect is Effect.IN_FLIGHT

    def test_a_request_that_succeeds_is_not_affected(self, connect: Connect) -> None:
        with serving(ok()) as server:
            assert send(connect(server.url, system={"interrupted": lambda: True}), "POST") == {}


class TestDelete:
    """A repeated DELETE that finds nothing is done: the first one has done it."""

    @pytest.mark.parametrize("first", [reset, error(500), error(502), error(504)])
    def test_404_after_a_retry_is_done(self, connect: Connect, first: Response) -> None:
        with serving(first, error(404)) as server:
            send(connect(server.url, retries=1), "DELETE")
            assert len(server.seen) == 2

    def test_404_to_the_first_try_is_an_error(self, connect: Connect) -> None:
        assert tries(connect, error(404), "DELETE", ApiError) == 1

    @pytest.mark.parametrize("method", ["GET", "PATCH"])
    def test_404_after_a_retry_of_another_method_is_an_error(self, connect: Connect, method: str) -> None:
        with serving(error(500), error(404)) as server, pytest.raises(ApiError, match="404"):
            send(connect(server.url, retries=1), method)

    @pytest.mark.parametrize("status", [400, 401, 403, 405, 410])
    def test_another_status_after_a_retry_is_an_error(self, connect: Connect, status: int) -> None:
        with serving(error(500), error(status)) as server, pytest.raises(ApiError, match=str(status)):
            send(connect(server.url, retries=1), "DELETE")

    def test_404_of_a_gateway_is_an_error(self, connect: Connect) -> None:
        """A gateway that comes up again may know no such path yet; the API's own 404 has a type."""
        with serving(error(503), raw(404, b"<html>")) as server, pytest.raises(ApiError, match="404"):
            send(connect(server.url, retries=1), "DELETE")


class TestSandbox:
    """The same with the state that remains."""

    @staticmethod
    def client(connect: Connect, sandbox: Sandbox, **settings: Any) -> Any:
        return connect(sandbox.url, access_token=sandbox.access_token, **settings)

    @pytest.mark.parametrize(
        ("kind", "fields"),
        [
            ("reset_after", {}),
            ("cut", {}),
            ("lie_length", {}),
            ("empty", {"when": "after"}),
            ("not_json", {"when": "after"}),
            ("status", {"when": "after", "status": 500}),
            ("status", {"when": "after", "status": 502}),
            ("status", {"when": "after", "status": 503}),
            ("status", {"when": "after", "status": 504}),
        ],
    )
    def test_a_post_that_was_done_creates_one_token(
        self, connect: Connect, sandbox: Sandbox, kind: str, fields: dict[str, Any]
    ) -> None:
        """Promise 7: a POST is never blindly repeated."""
        sandbox.fault(kind, method="POST", **fields)
        with pytest.raises(RequestError) as caught:
            self.client(connect, sandbox, retries=5).post(sandbox.tokens_path, ACTION, {"name": "x"})
        assert caught.value.effect > Effect.NONE
        assert len(sandbox.tokens()) == 1

    def test_a_post_that_was_refused_creates_one_token_in_the_end(self, connect: Connect, sandbox: Sandbox) -> None:
        sandbox.fault("status", method="POST", status=429, times=2)
        sandbox.fault("status", method="POST", status=503, headers={"Retry-After": "3"})
        self.client(connect, sandbox, retries=5).post(sandbox.tokens_path, ACTION, {"name": "x"})
        assert len(sandbox.tokens()) == 1
        assert [entry["status"] for entry in sandbox.requests()] == [429, 429, 503, 201]

    @pytest.mark.parametrize("kind", ["reset_after", "cut", "lie_length"])
    def test_a_delete_whose_response_is_lost_is_done(self, connect: Connect, sandbox: Sandbox, kind: str) -> None:
        token = sandbox.seed_token("x")
        sandbox.fault(kind, method="DELETE")
        self.client(connect, sandbox, retries=1).delete(f"{sandbox.tokens_path}/{token['id']}", ACTION)
        assert sandbox.tokens() == []
        assert [entry["status"] for entry in sandbox.requests()][-1] == 404

    @pytest.mark.parametrize("kind", ["reset_before", "reset_after", "cut"])
    def test_a_patch_is_sent_again(self, connect: Connect, sandbox: Sandbox, kind: str) -> None:
        token = sandbox.seed_token("x")
        sandbox.fault(kind, method="PATCH")
        path = f"{sandbox.tokens_path}/{token['id']}"
        assert self.client(connect, sandbox, retries=1).patch(path, ACTION, {"name": "y"})["name"] == "y"
        assert len(sandbox.requests()) == 2
