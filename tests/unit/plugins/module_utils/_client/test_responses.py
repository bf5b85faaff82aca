# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses that are not what the API promises."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    BadResponseError,
    ConnectionFailedError,
    Effect,
    RequestError,
)
from ansible_collections.losant.platform.plugins.module_utils._client.transport import MAX_RESPONSE_BYTES
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import (
    Response,
    as_json,
    raw,
    serving,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, send

HTML = b"<!DOCTYPE html>\n<html><body>Welcome</body></html>"
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
DEEP_LIST = b"[" * 100_000

NO_OBJECTS = [
    pytest.param(HTML, id="html"),
    pytest.param(b"", id="empty"),
    pytest.param(b" \r\n", id="whitespace"),
    pytest.param(b'{"name": "x"', id="half an object"),
    pytest.param(b'{"name": "x"}}', id="too much"),
    pytest.param(b"{'name': 'x'}", id="python"),
    pytest.param(b"[]", id="list"),
    pytest.param(b"null", id="null"),
    pytest.param(b"true", id="true"),
    pytest.param(b"5", id="number"),
    pytest.param(b'"text"', id="text"),
    pytest.param(b"\xff\xfe{\x00}\x00", id="utf-16"),
    pytest.param(b"\x00\x01\x02", id="bytes"),
    pytest.param(b"\x1b[31mred", id="terminal codes"),
    pytest.param(DEEP, id="deep nesting"),
    pytest.param(DEEP_LIST, id="deep list"),
    pytest.param(b"9" * 10_000, id="thousands of digits"),
    pytest.param(b'{"count": ' + b"9" * 10_000 + b"}", id="a number of thousands of digits"),
]


def failure_of(connect: Connect, response: Response, method: str = "GET") -> RequestError:
    with serving(response) as server:
        with pytest.raises(RequestError) as caught:
            send(connect(server.url, retries=3), method)
        assert len(server.seen) == 1
    return caught.value


@pytest.mark.parametrize("body", NO_OBJECTS)
@pytest.mark.parametrize("method", METHODS)
def test_a_body_that_is_not_an_object(connect: Connect, method: str, body: bytes) -> None:
    error = failure_of(connect, raw(200, body), method)
    assert isinstance(error, BadResponseError)
    assert error.effect is Effect.IN_FLIGHT
    assert "a body that is not a JSON object" in str(error)
    assert "Check api_url" in str(error)
    assert error.failure["status"] == 200
    assert len(str(error)) < 400
    assert str(error).isprintable()


@pytest.mark.parametrize("body", NO_OBJECTS)
@pytest.mark.parametrize("status", [400, 404, 502])
def test_an_error_whose_body_is_not_an_object(connect: Connect, status: int, body: bytes) -> None:
    with serving(raw(status, body)) as server, pytest.raises(ApiError) as caught:
        send(connect(server.url), "GET")
    assert caught.value.failure["status"] == status
    assert (caught.value.error_type, caught.value.error_message) == (None, None)
    assert "without a JSON object" in str(caught.value)
    assert ("does not look like the Losant API" in str(caught.value)) == (status < 500)
    assert str(caught.value).isprintable()


def test_204_to_a_delete_is_done(connect: Connect) -> None:
    with serving(raw(204)) as server:
        send(connect(server.url, retries=3), "DELETE")
        assert len(server.seen) == 1


@pytest.mark.parametrize("status", [200, 202, 301, 302, 400, 404, 405, 500])
def test_an_empty_response_to_a_delete_is_not_done(connect: Connect, status: int) -> None:
    with serving(raw(status)) as server, pytest.raises(RequestError, match=str(status)):
        send(connect(server.url), "DELETE")


def test_headers_that_are_cut(connect: Connect) -> None:
    assert isinstance(failure_of(connect, b"HTTP/1.1 200 OK\r\nConte"), BadResponseError)


def test_the_beginning_of_an_unexpected_body_is_quoted(connect: Connect) -> None:
    assert "'<!DOCTYPE html> <html><body>Welcome</body></html>'" in str(failure_of(connect, raw(200, HTML)))


@pytest.mark.parametrize(
    "body",
    [
        b'["s3cr3t-of-a-token"]',
        b'{"token":"s3cr3t-of-a-token",',
        b'"s3cr3t-of-a-token"',
        b"<html>s3cr3t-of-a-token</html>",
        b'{"token": "s3cr3t-of-a-token", "message": "s3cr3t-of-a-token"}',
    ],
)
@pytest.mark.parametrize("status", [302, 400, 404, 500, 502])
def test_a_response_to_a_post_is_never_quoted(connect: Connect, status: int, body: bytes) -> None:
    """Promise 4: the secret never appears in an error."""
    error = failure_of(connect, raw(status, body), "POST")
    assert str(status) in str(error)
    assert "s3cr3t" not in f"{error} {error.failure}"


@pytest.mark.parametrize("body", [b'["s3cr3t"]', b'{"token":"s3cr3t",', b'"s3cr3t"'])
@pytest.mark.parametrize("status", [200, 201])
def test_an_unexpected_success_of_a_post_is_not_quoted_either(connect: Connect, status: int, body: bytes) -> None:
    error = failure_of(connect, raw(status, body), "POST")
    assert "s3cr3t" not in f"{error} {error.failure}"


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(b'{"token": "s3cr3t"}\r\n', id="no status line"),
        pytest.param(b'HTTP/1.1 s3cr3t {"token"\r\n\r\n', id="a body in the status line"),
        pytest.param(
            b'HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\n{"token": "s3cr3t"}\r\n', id="no chunk length"
        ),
    ],
)
def test_a_broken_response_to_a_post_is_not_quoted(connect: Connect, response: bytes) -> None:
    error = failure_of(connect, response, "POST")
    assert "s3cr3t" not in f"{error} {error.failure}"
    assert error.effect is Effect.IN_FLIGHT


def test_the_typed_message_of_an_error_to_a_post_is_shown(connect: Connect) -> None:
    body = {"type": "Validation", "message": "name is too long", "token": "s3cr3t"}
    error = failure_of(connect, as_json(400, body), "POST")
    assert "Losant responded 400 Validation: name is too long." in str(error)
    assert "s3cr3t" not in f"{error} {error.failure}"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_the_body_of_a_gateway_is_quoted(connect: Connect, method: str) -> None:
    with serving(raw(502, HTML)) as server, pytest.raises(ApiError) as caught:
        send(connect(server.url), method)
    assert "The server responded 502 without a JSON object: '<!DOCTYPE html>" in str(caught.value)


def test_invalid_utf8_is_replaced(connect: Connect) -> None:
    with serving(raw(200, b'{"name": "x\xff"}')) as server:
        assert send(connect(server.url), "GET") == {"name": "x\ufffd"}


def test_text_is_utf8_whatever_the_server_says(connect: Connect) -> None:
    body = json.dumps({"name": "Ωß😀"}, ensure_ascii=False).encode()
    with serving(raw(200, body, "Content-Type: text/plain; charset=latin-1")) as server:
        assert send(connect(server.url), "GET") == {"name": "Ωß😀"}


@pytest.mark.parametrize("extra", [b"Content-Length: 2\r\n", b"", b"Content-Length: many\r\n"])
def test_a_harmless_content_length(connect: Connect, extra: bytes) -> None:
    with serving(b"HTTP/1.1 200 OK\r\n" + extra + b"\r\n{}") as server:
        assert send(connect(server.url), "GET") == {}


@pytest.mark.parametrize("method", METHODS)
def test_a_content_length_that_is_too_large(connect: Connect, method: str) -> None:
    with serving(raw(200, b'{"a": 1}', length=9)) as server, pytest.raises(ConnectionFailedError) as caught:
        send(connect(server.url), method)
    assert caught.value.effect is Effect.IN_FLIGHT


def test_a_content_length_that_is_too_small(connect: Connect) -> None:
    assert isinstance(failure_of(connect, raw(200, b'{"a": 1}', length=7)), BadResponseError)


def test_two_different_content_lengths(connect: Connect) -> None:
    error = failure_of(connect, raw(200, b"{}", "Content-Length: 5"))
    assert isinstance(error, ConnectionFailedError)
    assert error.effect is Effect.IN_FLIGHT


def test_chunks(connect: Connect) -> None:
    body = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"a": \r\n2\r\n1}\r\n0\r\n\r\n'
    with serving(body) as server:
        assert send(connect(server.url), "GET") == {"a": 1}


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(b'{"a": 1}', mtime=0)), ("deflate", zlib.compress(b'{"a": 1}')), ("identity", b'{"a": 1}')],
    ids=["gzip", "deflate", "identity"],
)
def test_compressed_responses(connect: Connect, encoding: str, body: bytes) -> None:
    with serving(raw(200, body, f"Content-Encoding: {encoding}")) as server:
        assert send(connect(server.url), "GET") == {"a": 1}
        [seen] = server.seen
    assert "gzip" in seen.headers["accept-encoding"]


@pytest.mark.parametrize("body", [b"not compressed", gzip.compress(b'{"a": 1}', mtime=0)[:15]], ids=["plain", "cut"])
def test_unreadable_compressed_responses(connect: Connect, body: bytes) -> None:
    assert failure_of(connect, raw(200, body, "Content-Encoding: gzip")).effect is Effect.IN_FLIGHT


class TestSize:
    """Nobody can fill the memory."""

    LIMIT = MAX_RESPONSE_BYTES

    def body(self, size: int) -> bytes:
        return b'{"a": "%s"}' % (b"x" * (size - len(b'{"a": ""}')))

    def test_the_limit_itself_is_read(self, connect: Connect) -> None:
        with serving(raw(200, self.body(self.LIMIT))) as server:
            assert "a" in send(connect(server.url), "GET")

    @pytest.mark.parametrize("status", [200, 500])
    def test_more_is_refused(self, connect: Connect, status: int) -> None:
        error = failure_of(connect, raw(status, self.body(self.LIMIT + 1)))
        assert isinstance(error, BadResponseError)
        assert f"responded {status} to GET with a body of more than {self.LIMIT} bytes" in str(error)

    def test_the_size_after_decompression_counts(self, connect: Connect) -> None:
        packed = gzip.compress(self.body(2 * self.LIMIT), mtime=0)
        assert len(packed) < self.LIMIT
        assert "more than" in str(failure_of(connect, raw(200, packed, "Content-Encoding: gzip")))

    def test_a_body_without_an_end(self, connect: Connect) -> None:
        head = b"HTTP/1.1 200 OK\r\n\r\n"
        assert "more than" in str(failure_of(connect, head + self.body(2 * self.LIMIT)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_2xx_is_a_success(connect: Connect, method: str, status: int) -> None:
    with serving(as_json(status, {"success": True})) as server:
        response = send(connect(server.url), method)
    assert response == (None if method == "DELETE" else {"success": True})
