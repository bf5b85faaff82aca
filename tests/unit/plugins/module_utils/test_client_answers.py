# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are not what the API promises."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client import client as _client
from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    BadResponseError,
    ConnectionFailedError,
    RequestError,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import (
    Answer,
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
    pytest.param(b"", id="nothing"),
    pytest.param(b" \r\n", id="blanks"),
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


def failure_of(connect: Connect, answer: Answer, method: str = "GET") -> RequestError:
    with serving(answer) as server:
        with pytest.raises(RequestError) as caught:
            send(connect(server.url, retries=3), method)
        assert len(server.seen) == 1
    return caught.value


@pytest.mark.parametrize("body", NO_OBJECTS)
@pytest.mark.parametrize("method", METHODS)
def test_a_body_that_is_no_object(connect: Connect, method: str, body: bytes) -> None:
    error = failure_of(connect, raw(200, body), method)
    assert isinstance(error, BadResponseError)
    assert error.maybe_done
    assert "something that is not a JSON object" in str(error)
    assert "Check api_url" in str(error)
    assert error.failure["status"] == 200
    assert len(str(error)) < 400
    assert str(error).isprintable()


@pytest.mark.parametrize("body", NO_OBJECTS)
@pytest.mark.parametrize("status", [400, 404, 502])
def test_an_error_whose_body_is_no_object(connect: Connect, status: int, body: bytes) -> None:
    with serving(raw(status, body)) as server, pytest.raises(ApiError) as caught:
        send(connect(server.url), "GET")
    assert caught.value.failure["status"] == status
    assert (caught.value.error_type, caught.value.error_message) == (None, None)
    assert "and no JSON object" in str(caught.value)
    assert ("does not look like the Losant API" in str(caught.value)) == (status < 500)
    assert str(caught.value).isprintable()


def test_a_deletion_with_nothing_to_say_is_done(connect: Connect) -> None:
    with serving(raw(204)) as server:
        send(connect(server.url, retries=3), "DELETE")
        assert len(server.seen) == 1


@pytest.mark.parametrize("status", [200, 202, 301, 302, 400, 404, 405, 500])
def test_a_deletion_that_failed_without_a_word_is_not(connect: Connect, status: int) -> None:
    with serving(raw(status)) as server, pytest.raises(RequestError, match=str(status)):
        send(connect(server.url), "DELETE")


def test_headers_that_are_cut(connect: Connect) -> None:
    assert isinstance(failure_of(connect, b"HTTP/1.1 200 OK\r\nConte"), BadResponseError)


def test_the_beginning_of_a_strange_answer_is_told(connect: Connect) -> None:
    assert "'<!DOCTYPE html> <html><body>Welcome</body></html>'" in str(failure_of(connect, raw(200, HTML)))


@pytest.mark.parametrize("body", [b'["s3cr3t-of-a-token"]', b'{"token":"s3cr3t-of-a-token",', b'"s3cr3t-of-a-token"'])
@pytest.mark.parametrize("status", [200, 201, 302])
def test_a_strange_answer_to_a_post_is_not_told(connect: Connect, status: int, body: bytes) -> None:
    """Promise 4: the secret never appears in an error."""
    error = failure_of(connect, raw(status, body), "POST")
    assert "s3cr3t" not in f"{error} {error.failure}"
    assert error.__cause__ is None


def test_invalid_utf8_is_replaced(connect: Connect) -> None:
    with serving(raw(200, b'{"name": "x\xff"}')) as server:
        assert send(connect(server.url), "GET") == {"name": "x\ufffd"}


def test_text_is_utf8_whatever_the_server_says(connect: Connect) -> None:
    body = json.dumps({"name": "Ωß😀"}, ensure_ascii=False).encode()
    with serving(raw(200, body, "Content-Type: text/plain; charset=latin-1")) as server:
        assert send(connect(server.url), "GET") == {"name": "Ωß😀"}


@pytest.mark.parametrize("extra", [b"Content-Length: 2\r\n", b"", b"Content-Length: nonsense\r\n"])
def test_a_length_that_does_no_harm(connect: Connect, extra: bytes) -> None:
    with serving(b"HTTP/1.1 200 OK\r\n" + extra + b"\r\n{}") as server:
        assert send(connect(server.url), "GET") == {}


@pytest.mark.parametrize("method", METHODS)
def test_a_length_that_is_too_large(connect: Connect, method: str) -> None:
    with serving(raw(200, b'{"a": 1}', length=9)) as server, pytest.raises(ConnectionFailedError) as caught:
        send(connect(server.url), method)
    assert caught.value.maybe_done


def test_a_length_that_is_too_small(connect: Connect) -> None:
    assert isinstance(failure_of(connect, raw(200, b'{"a": 1}', length=7)), BadResponseError)


def test_two_lengths_that_differ(connect: Connect) -> None:
    error = failure_of(connect, raw(200, b"{}", "Content-Length: 5"))
    assert isinstance(error, ConnectionFailedError)
    assert error.maybe_done


def test_chunks(connect: Connect) -> None:
    body = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"a": \r\n2\r\n1}\r\n0\r\n\r\n'
    with serving(body) as server:
        assert send(connect(server.url), "GET") == {"a": 1}


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(b'{"a": 1}', mtime=0)), ("deflate", zlib.compress(b'{"a": 1}')), ("identity", b'{"a": 1}')],
    ids=["gzip", "deflate", "identity"],
)
def test_compressed_answers(connect: Connect, encoding: str, body: bytes) -> None:
    with serving(raw(200, body, f"Content-Encoding: {encoding}")) as server:
        assert send(connect(server.url), "GET") == {"a": 1}
        [seen] = server.seen
    assert "gzip" in seen.headers["accept-encoding"]


@pytest.mark.parametrize("body", [b"not compressed", gzip.compress(b'{"a": 1}', mtime=0)[:15]], ids=["plain", "cut"])
def test_compressed_answers_that_can_not_be_read(connect: Connect, body: bytes) -> None:
    assert failure_of(connect, raw(200, body, "Content-Encoding: gzip")).maybe_done


class TestSize:
    """Nobody can fill the memory."""

    LIMIT = 1000

    @pytest.fixture(autouse=True)
    def _small_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert _client.MAX_ANSWER_BYTES >= 2**20
        monkeypatch.setattr(_client, "MAX_ANSWER_BYTES", self.LIMIT)

    def body(self, size: int) -> bytes:
        return b'{"a": "%s"}' % (b"x" * (size - len(b'{"a": ""}')))

    def test_the_limit_itself_is_read(self, connect: Connect) -> None:
        with serving(raw(200, self.body(self.LIMIT))) as server:
            assert "a" in send(connect(server.url), "GET")

    @pytest.mark.parametrize("status", [200, 500])
    def test_more_is_refused(self, connect: Connect, status: int) -> None:
        error = failure_of(connect, raw(status, self.body(self.LIMIT + 1)))
        assert isinstance(error, BadResponseError)
        assert f"{status} and more than {self.LIMIT} bytes" in str(error)

    def test_what_counts_is_the_size_after_unpacking(self, connect: Connect) -> None:
        packed = gzip.compress(self.body(100 * self.LIMIT), mtime=0)
        assert len(packed) < self.LIMIT
        assert "more than" in str(failure_of(connect, raw(200, packed, "Content-Encoding: gzip")))

    def test_a_body_without_an_end(self, connect: Connect) -> None:
        head = b"HTTP/1.1 200 OK\r\n\r\n"
        assert "more than" in str(failure_of(connect, head + self.body(10 * self.LIMIT)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_success_is_one(connect: Connect, method: str, status: int) -> None:
    with serving(as_json(status, {"success": True})) as server:
        answer = send(connect(server.url), method)
    assert answer == (None if method == "DELETE" else {"success": True})
