# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import json
import os
import re
import typing as t
from concurrent.futures import Future, wait
from datetime import datetime
from threading import Thread

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._common.version import VERSION

from .connections import connections
from .errors import RequestError
from .failures import ThreadLimitError, connection_error
from .imports import AuthBase, Session, requests
from .messages import Json, Request, Response, api_error, bad_response, no_object
from .proxies import proxies_for

Result = t.TypeVar("Result")

#: The version of the API this client was written for. Losant reads it, but does not let clients pin one.
API_VERSION = "^1.31.0"
#: A larger response is not one of this API: the longest page of a list is far below.
MAX_RESPONSE_BYTES = 16 * 1024 * 1024
#: What a header can hold, without spaces.
_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")
#: Seconds after the timeout in which the limits of requests itself come first, as their errors say more.
GRACE = 1.0


class Outcome(t.NamedTuple):
    """The result of one try: the object in the response, or the error; and the response, if a whole one arrived."""

    data: Json | None = None
    error: RequestError | None = None
    response: Response | None = None


class ResponseTooLargeError(Exception):
    """A body is longer than ``MAX_RESPONSE_BYTES``."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class Transport:
    """Sends one request and reads its response: one session, one access token, a limit for the time and the size.

    :param verify: whether to validate certificates, or the path of the certificate authorities
    :param timeout: seconds for one request
    """

    def __init__(
        self, token: Secret, losant_domain: str | None, *, verify: bool | str, timeout: float, system: System
    ) -> None:
        self._auth = _BearerAuth(sendable_token(token))
        self._session = _open_session(self._auth, losant_domain, connections(verify))
        self._verify = verify if verify is not True else _bundle_of_environment()
        self._timeout = timeout
        #: Those of the environment, once they are needed.
        self._proxies: dict[str, str] | None = None
        self._system = system

    def exchange(self, request: Request) -> Outcome:
        """Send a request, once, and read its response.

        An error is returned, not raised, so that no traceback leads to what was read.
        """
        response: Response | None = None
        try:
            response = _within(self._timeout + GRACE, lambda: self._send(request))
            return _decode(request, response)
        except ResponseTooLargeError as error:
            problem = f"a body of more than {MAX_RESPONSE_BYTES} bytes"
            return Outcome(error=bad_response(request, error.status, problem))
        except Exception as error:  # noqa: BLE001 # whatever it is, the caller has to know the effect of the request
            return Outcome(error=connection_error(request, error, self._timeout), response=response)

    def _send(self, request: Request) -> Response:
        if self._proxies is None:
            self._proxies = proxies_for(request.url)
        deadline = self._system.monotonic() + self._timeout
        with self._session.request(
            request.method,
            request.url,
            params=dict(request.query),
            json=request.body,
            timeout=self._timeout,
            verify=self._verify,
            proxies=self._proxies,
            allow_redirects=False,
            stream=True,
        ) as response:
            received = self._system.now()
            body = bytearray()
            for chunk in _chunks(response):
                body += chunk
                if len(body) > MAX_RESPONSE_BYTES:
                    raise ResponseTooLargeError(response.status_code)
                if self._system.monotonic() > deadline:
                    raise requests.exceptions.ReadTimeout()
            return self._whole(response, body, received)

    def _whole(self, response: requests.Response, body: bytearray, received: datetime) -> Response:
        return Response(
            status=response.status_code,
            # What repeats the access token must not get into the text of an error.
            text=self._auth.hide(body.decode("utf-8", errors="replace")),
            retry_after=response.headers.get("Retry-After"),
            date=response.headers.get("Date"),
            received=received,
        )


def _decode(request: Request, response: Response) -> Outcome:
    if response.status == 204 and request.method == "DELETE":
        return Outcome(response=response)  # Losant responds {"success": true}, but this status says it, too
    data = _json_object(response.text)
    if response.status >= 400:
        error: RequestError = api_error(request, response, data)
    elif response.status >= 300:
        problem = "a redirect, which is not followed, so that the access token is sent to no other server"
        error = bad_response(request, response.status, problem)
    elif data is None:
        error = no_object(request, response)
    else:
        return Outcome(data=data, response=response)
    return Outcome(error=error, response=response)


def _json_object(text: str) -> Json | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _within(seconds: float, work: t.Callable[[], Result]) -> Result:
    """Stop waiting after some seconds, however little arrives: requests bounds each wait for a byte, not their sum.

    An exchange that is given up continues in its thread until its own limits or the process end it.
    """
    future: Future[Result] = Future()

    def fulfil() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 # whatever it is, it is raised in the thread that waits
            future.set_exception(error)

    try:
        Thread(target=fulfil, daemon=True).start()
    except RuntimeError:
        raise ThreadLimitError from None
    wait([future], seconds)
    if not future.done():
        raise requests.exceptions.ReadTimeout()
    return future.result()


class _OneWaySession(Session):
    """Does not even prepare to follow a redirect, for which requests would read the body without any limit."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class _BearerAuth(AuthBase):
    """Puts the token in the header. A session with its own auth object never takes one from ``~/.netrc``."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return request

    def hide(self, text: str) -> str:
        """Replace the token in a text."""
        return text.replace(self._token.reveal(), "********")


def _open_session(
    auth: _BearerAuth, losant_domain: str | None, adapter: requests.adapters.HTTPAdapter
) -> requests.Session:
    session = _OneWaySession()
    session.auth = auth
    session.trust_env = False  # what counts of the environment is read once, not before every request
    session.adapters.clear()  # those of requests, which nothing uses
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.headers.update(
        {
            "Accept": "application/json",
            "Accept-Version": API_VERSION,
            "User-Agent": f"losant.platform/{VERSION} {requests.utils.default_user_agent()}",
        }
    )
    if losant_domain:
        session.headers["losantdomain"] = _header_value("losant_domain", Secret(losant_domain.strip()))
    return session


def _bundle_of_environment() -> bool | str:
    """The certificate authorities that the environment names for all programs that use requests."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True


def sendable_token(token: Secret) -> Secret:
    """Return an access token without the whitespace around it.

    :raises InvalidOptionError: it cannot be sent in a header
    """
    return Secret(_header_value("access_token", Secret(token.reveal().strip())))


def _header_value(option: str, value: Secret) -> str:
    """The value of an option as it is sent. It is kept out of messages and tracebacks."""
    if not value.reveal():
        raise InvalidOptionError(f"{option} is empty.", option=option)
    if not _HEADER_VALUE.fullmatch(value.reveal()):
        raise InvalidOptionError(
            f"{option} contains a space, a line break, a control character or a non-ASCII character,"
            " which cannot be sent in a header. Check how the value was read.",
            option=option,
        )
    return value.reveal()


def _chunks(response: requests.Response) -> t.Iterator[bytes]:
    """The body as it arrives, so that a server that sends a byte now and then cannot hold the task for long."""
    if not hasattr(response.raw, "read1"):  # urllib3 before 2.1; before 2 it does not notice a cut by itself
        response.raw.enforce_content_length = True
        yield from response.iter_content(1)
        return
    while chunk := response.raw.read1(64 * 1024, decode_content=True):
        yield chunk
