# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import copy
import json
import os
import re
import time
import typing as t
from concurrent.futures import Future, wait
from threading import Thread
from urllib.parse import urlsplit

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    MissingLibraryError,
    ReadOnlyError,
    RequestError,
)
from ansible_collections.losant.platform.plugins.module_utils._client.messages import (
    Answer,
    Call,
    Request,
    api_error,
    bad_answer,
    connection_error,
    snippet,
)
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import BY_ID, Json, Reading
from ansible_collections.losant.platform.plugins.module_utils._client.retry import RetryPolicy, may_repeat
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.version import VERSION

try:
    import requests
    from requests import Session
    from requests.auth import AuthBase
    from urllib3 import disable_warnings
    from urllib3.exceptions import HTTPError, InsecureRequestWarning
except ImportError:
    HAS_REQUESTS = False
    # These keep the classes below importable without requests.
    AuthBase = object  # type: ignore[assignment, misc]
    Session = object  # type: ignore[assignment, misc]
else:
    HAS_REQUESTS = True

Query = t.Mapping[str, t.Union[str, int]]

#: The version of the API this client was written for. Losant reads it, but does not let clients pin one.
API_VERSION = "^1.31.0"
#: More than this is no answer of this API: the longest page of tokens is far below.
MAX_ANSWER_BYTES = 16 * 1024 * 1024
#: Seconds after the timeout in which the limits of requests itself come first, as they tell more.
GRACE = 1.0
#: The links and actions in answers are of no use here. Losant adds them unless told not to.
WITHOUT_EXTRAS: Query = {"_actions": "false", "_links": "false", "_embedded": "false"}


class Client:
    """Speaks HTTP with the Losant API: one session, one token, plain dicts in and out.

    :param access_token: the token to authenticate with; blanks around it are dropped
    :param api_url: where the API is; a path in it is kept
    :param retry: how failed requests are repeated
    :param timeout: seconds for one request
    :param read_only: refuse everything but GET
    :raises InvalidOptionError: a setting that cannot be used
    :raises MissingLibraryError: requests is not installed
    """

    def __init__(
        self,
        *,
        access_token: str,
        api_url: str,
        retry: RetryPolicy,
        losant_domain: str | None = None,
        timeout: float = 30,
        validate_certs: bool = True,
        ca_path: str | None = None,
        read_only: bool = False,
    ) -> None:
        if not HAS_REQUESTS:
            raise MissingLibraryError("The Python library requests is needed.")
        self._token = _header_value("access_token", access_token)
        self._losant_domain = losant_domain
        self._url = _checked_url(api_url)
        self._verify = _checked_verify(validate_certs, ca_path)
        self._timeout = timeout
        self._retry = retry
        self._read_only = read_only
        self._session = self._open_session()

    @property
    def retry(self) -> RetryPolicy:
        """How failed requests are repeated."""
        return self._retry

    def reading_with(self, access_token: str) -> Client:
        """A read-only client of the same settings with another token."""
        other = copy.copy(self)
        other._token, other._read_only = _header_value("access_token", access_token), True
        other._session = other._open_session()
        return other

    def _open_session(self) -> requests.Session:
        session = _OneWaySession()
        session.auth = _BearerAuth(self._token)
        session.headers.update(
            {
                "Accept": "application/json",
                "Accept-Version": API_VERSION,
                "User-Agent": f"losant.platform/{VERSION} {requests.utils.default_user_agent()}",
            }
        )
        if self._losant_domain:
            session.headers["losantdomain"] = _header_value("losant_domain", self._losant_domain)
        return session

    def get(self, path: str, call: Call, query: Query) -> Json:
        """GET one object.

        :raises RequestError: it failed, after all further tries that are safe (for this and all methods below)
        """
        return self._request("GET", path, call, query=query)

    def post(self, path: str, call: Call, body: Json) -> Json:
        """POST an object. Repeated only when Losant can't have carried it out."""
        return self._request("POST", path, call, body=body)

    def patch(self, path: str, call: Call, body: Json) -> Json:
        """PATCH an object by its id."""
        return self._request("PATCH", path, call, body=body)

    def delete(self, path: str, call: Call) -> None:
        """DELETE an object by its id. Done, too, if a repeated request finds nothing left to delete."""
        self._request("DELETE", path, call)

    def paginate(self, path: str, call: Call, query: Query, per_page: int) -> t.Iterator[Json]:
        """Every item of a list, page by page, each id once.

        A list can shift while it is read: something is deleted, and the first item of the next page moves to the page
        just read. So if the total changed, or the items do not add up to it, the list is read once more, and what the
        first reading missed follows. That second reading is by id: pages of a list that is sorted by a field whose
        values repeat need not fit together.
        """
        known: set[str] = set()
        for order in ({}, BY_ID):
            reading = Reading(per_page)
            while not reading.finished:
                answer = self.get(path, call, {**query, **order, "page": reading.page, "perPage": per_page})
                for item in reading.take(answer):
                    if item["id"] not in known:
                        known.add(item["id"])
                        yield item
            if not reading.shifted:
                return

    def _request(
        self, method: str, path: str, call: Call, query: Query | None = None, body: Json | None = None
    ) -> Json:
        if self._read_only and method != "GET":
            raise ReadOnlyError(f"A read-only client was asked to {call.doing}.")
        request = Request(method, self._url + path, call, {**WITHOUT_EXTRAS, **(query or {})}, body)
        attempt, in_doubt, may_come = 0, False, False
        while True:
            answer = None
            try:
                answer = self._exchange(request)
                return _decode(request, answer)
            except RequestError as error:
                if method == "DELETE" and attempt and isinstance(error, ApiError) and error.is_not_found:
                    return {}
                error.repeated = in_doubt
                in_doubt, may_come = in_doubt or error.maybe_done, may_come or error.may_come
                retry_after = answer.retry_after if answer else None
                if attempt >= self._retry.retries or not may_repeat(method, error, retry_after):
                    error.maybe_done, error.may_come = in_doubt, may_come
                    raise
            self._retry.sleep(self._retry.delay(attempt, retry_after))
            attempt += 1

    def _exchange(self, request: Request) -> Answer:
        try:
            return _within(self._timeout + GRACE, lambda: self._send(request))
        except (OSError, HTTPError, ValueError) as error:
            # requests' exceptions are OSErrors; sockets, files and urllib3 add their own; ValueErrors are bad URLs.
            raise connection_error(request, error, self._timeout) from None

    def _send(self, request: Request) -> Answer:
        deadline = time.monotonic() + self._timeout
        with self._session.request(
            request.method,
            request.url,
            params=dict(request.query),
            json=request.body,
            timeout=self._timeout,
            verify=self._verify,
            allow_redirects=False,
            stream=True,
        ) as response:
            body = bytearray()
            for chunk in _chunks(response):
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise bad_answer(request, response.status_code, f"more than {MAX_ANSWER_BYTES} bytes")
                if time.monotonic() > deadline:
                    raise requests.exceptions.ReadTimeout()
            # What repeats the access token must not end in an error's text.
            text = body.decode("utf-8", errors="replace").replace(self._token, "********")
            return Answer(response.status_code, text, response.headers.get("Retry-After"))


def _within(seconds: float, exchange: t.Callable[[], Answer]) -> Answer:
    """Give up waiting after some seconds, however little arrives: requests bounds each wait for a byte, not their sum.

    What is given up goes on in its thread until its own limits end it, or the process.
    """
    future: Future[Answer] = Future()

    def fulfil() -> None:
        try:
            future.set_result(exchange())
        except Exception as error:  # noqa: BLE001 # whatever it is, it goes on in the thread that waits
            future.set_exception(error)

    Thread(target=fulfil, daemon=True).start()
    wait([future], seconds)
    if not future.done():
        raise requests.exceptions.ReadTimeout()
    return future.result()


class _OneWaySession(Session):
    """Does not even prepare to follow a redirect, for which requests would read the body without end and limit."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class _BearerAuth(AuthBase):
    """Puts the token in the header. A session with its own auth object never takes one from ``~/.netrc``."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _chunks(response: requests.Response) -> t.Iterator[bytes]:
    """The body as it arrives, so that a server that sends a byte now and then cannot hold the task for long."""
    if not hasattr(response.raw, "read1"):  # urllib3 before 2.1; before 2 it does not notice a cut by itself
        response.raw.enforce_content_length = True
        yield from response.iter_content(1)
        return
    while chunk := response.raw.read1(64 * 1024, decode_content=True):
        yield chunk


def _decode(request: Request, answer: Answer) -> Json:
    if answer.status == 204 and request.method == "DELETE":
        return {}  # Losant says {"success": true}, but this status says it too
    try:
        data = json.loads(answer.text)
    except (ValueError, RecursionError):
        data = None
    if answer.status >= 400:
        raise api_error(request, answer, data if isinstance(data, dict) else None)
    if answer.status >= 300:
        raise bad_answer(
            request, answer.status, "a redirect, which is not followed, so that the access token stays here"
        )
    if not isinstance(data, dict):
        # What answers a POST may hold the secret of a new token, so it is not quoted.
        quoted = "" if request.method == "POST" else f": {snippet(answer.text)!r}"
        raise bad_answer(request, answer.status, f"something that is not a JSON object{quoted}")
    return data


def _header_value(option: str, value: str) -> str:
    text = value.strip()
    if not text:
        raise InvalidOptionError(f"{option} is empty.", option=option)
    # The value itself stays out of the message: it may be a secret.
    if not re.fullmatch(r"[\x21-\x7e]+", text):
        raise InvalidOptionError(
            f"{option} contains a blank, a line break, a control character or a non-ASCII character,"
            " which cannot be sent in a header. Check how the value was read.",
            option=option,
        )
    return text


def _checked_url(api_url: str) -> str:
    url = api_url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        _port = parts.port  # raises ValueError if it is no port
    except ValueError:
        parts = None
    if parts is None or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise InvalidOptionError("api_url is not a valid URL.", option="api_url")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidOptionError("api_url must begin with http:// or https:// and name a host.", option="api_url")
    if parts.username is not None or "?" in url or "#" in url:
        raise InvalidOptionError("api_url must have no user, password, query or fragment.", option="api_url")
    return url


def _checked_verify(validate_certs: bool, ca_path: str | None) -> bool | str:
    if not validate_certs:
        # The user said so; a warning for each request would tell nothing new.
        disable_warnings(InsecureRequestWarning)
        return False
    if not ca_path:
        return True
    if not os.path.exists(ca_path):
        raise InvalidOptionError(f"ca_path {ca_path} does not exist on the host that runs the task.", option="ca_path")
    return ca_path
