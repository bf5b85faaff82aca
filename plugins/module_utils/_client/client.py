# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import contextlib
import copy
import ipaddress
import itertools
import os
import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import MACHINE, System

from .clock import ServerClock, http_date
from .concurrency import concurrently
from .errors import ApiError, BadResponseError, Effect, MissingLibraryError, ReadOnlyError
from .imports import HAS_REQUESTS, urllib3
from .messages import Action, Json, Request, Response, error_context
from .pagination import BY_ID, Reading, pages_shown
from .retry import RetryPolicy, may_repeat, seconds_asked
from .transport import Transport

Query = t.Mapping[str, t.Union[str, int]]

_URL = re.compile(r"[\x21-\x7e]+")

#: Nothing here uses the links and actions in responses. Losant adds them unless a request declines them.
WITHOUT_EXTRAS: Query = {"_actions": "false", "_links": "false", "_embedded": "false"}
#: A list may take the time of this many requests, beside the waits of one request that is tried again and again.
MAX_READING_TIMEOUTS = 20


class Client:
    """Speaks HTTP with the Losant API: one session, one access token, plain dicts in and out.

    :param access_token: the token to authenticate with; whitespace around it is dropped
    :param api_url: where the API is; a path in it is kept
    :param retry: how failed requests are tried again
    :param timeout: seconds for one request
    :param read_only: refuse everything but GET
    :param system: clock, randomness and sleeping
    :raises InvalidOptionError: a setting cannot be used
    :raises MissingLibraryError: requests is not installed
    """

    def __init__(
        self,
        *,
        access_token: Secret,
        api_url: str,
        retry: RetryPolicy,
        losant_domain: str | None = None,
        timeout: float = 30,
        validate_certs: bool = True,
        ca_path: str | None = None,
        read_only: bool = False,
        system: System = MACHINE,
    ) -> None:
        if not HAS_REQUESTS:
            raise MissingLibraryError("The Python library requests is needed.")
        self.retry = retry
        #: Losant's clock, as its responses show it.
        self.clock = ServerClock(system.now)
        self._url = _checked_url(api_url)
        self._timeout = timeout
        self._read_only = read_only
        self._system = system
        verify = _checked_verify(validate_certs, ca_path)
        self._open: t.Callable[[Secret], Transport] = lambda token: Transport(
            token, losant_domain, verify=verify, timeout=timeout, system=system
        )
        self._transport = self._open(access_token)

    def reading_with(self, secret: Secret) -> Client:
        """Return a read-only client of the same settings and clock with another access token."""
        other = copy.copy(self)
        other._transport, other._read_only = other._open(secret), True
        return other

    def warnings(self) -> tuple[str, ...]:
        """Return what the user should know about the connection, as far as it is known now."""
        return tuple(filter(None, [_transport_warning(self._url), self.clock.warning()]))

    def pause(self, attempt: int) -> None:
        """Wait as before a further try of a request, after the failed one number ``attempt``, which counts from 0."""
        self._system.sleep(self.retry.delay(attempt, None, self._system.random))

    def get(self, path: str, action: Action, query: Query) -> Json:
        """GET one object.

        :raises RequestError: it failed, after all further tries that are safe (for this and all methods below)
        """
        return self._request("GET", path, action, query=query)

    def post(self, path: str, action: Action, body: Json) -> Json:
        """POST an object. It is tried again only when Losant cannot have carried it out."""
        return self._request("POST", path, action, body=body)

    def patch(self, path: str, action: Action, body: Json) -> Json:
        """PATCH an object by its id."""
        return self._request("PATCH", path, action, body=body)

    def delete(self, path: str, action: Action) -> None:
        """DELETE an object by its id. It is also done if a further try does not find the object."""
        self._request("DELETE", path, action)

    def paginate(
        self, path: str, action: Action, query: Query, per_page: int, concurrency: int = 1
    ) -> t.Iterator[Json]:
        """Yield every item of a list, page by page, each id once.

        A list can shift while it is read: something is deleted, and the first item of the next page moves to the page
        just read. So if the total changed, or the items do not add up to it, the list is read once more, and what the
        first reading missed follows. That second reading is by id: pages of a list that is sorted by a field whose
        values repeat need not fit together.

        :param concurrency: how many pages are read at a time, where Losant shows how many there are
        :raises BadResponseError: the list does not end, or takes too long
        """
        known: set[str] = set()
        deadline = self._system.monotonic() + self._reading_time
        for order in ({}, BY_ID):
            reading = Reading(per_page)
            pages = self._pages(path, action, {**query, **order, "perPage": per_page}, concurrency)
            with contextlib.closing(pages):
                for page in pages:
                    with error_context(action, method="GET", url=self._url + path):
                        items = reading.take(page)
                        self._check_reading_time(reading, deadline)
                    for item in items:
                        if item["id"] not in known:
                            known.add(item["id"])
                            yield item
                    if reading.finished:
                        break
            if not reading.shifted:
                return

    def _pages(self, path: str, action: Action, query: Query, concurrency: int) -> t.Generator[Json, None, None]:
        """The pages of a list, in their order and without an end."""

        def read(number: int) -> Json:
            return self.get(path, action, {**query, "page": number})

        first = read(0)
        yield first
        shown = pages_shown(first)
        yield from concurrently(read, range(1, shown), concurrency)
        yield from map(read, itertools.count(shown))

    def _check_reading_time(self, reading: Reading, deadline: float) -> None:
        if not reading.finished and self._system.monotonic() > deadline:
            raise BadResponseError(
                f"reading the list takes more than {self._reading_time:g} seconds: {reading.describe()}."
                " Run the task again later, or raise timeout."
            )

    @property
    def _reading_time(self) -> float:
        """Seconds for reading one list."""
        return MAX_READING_TIMEOUTS * self._timeout + self.retry.retries * self.retry.max_delay

    def _request(
        self, method: str, path: str, action: Action, query: Query | None = None, body: Json | None = None
    ) -> Json:
        if self._read_only and method != "GET":
            raise ReadOnlyError(f"A read-only client was asked to {action.doing}.")
        request = Request(method, self._url + path, action, {**WITHOUT_EXTRAS, **(query or {})}, body)
        attempt, worst = 0, Effect.NONE
        while True:
            data, error, response = self._transport.exchange(request)
            if error is None:
                if data is not None and response is not None:
                    self.clock.observe(response.date, response.received)
                return data or {}
            if attempt and method == "DELETE" and isinstance(error, ApiError) and error.is_not_found:
                return {}
            worst = max(worst, error.effect)
            retry_after = response.retry_after if response else None
            final = attempt >= self.retry.retries or not may_repeat(method, error, retry_after)
            if final or self._is_interrupted_in(self._delay(attempt, response)):
                raise error.with_effect(worst)
            attempt += 1

    def _delay(self, attempt: int, response: Response | None) -> float:
        """Seconds to wait. A date in Retry-After is by the clock of the server that sent it."""
        now = (http_date(response.date) if response else None) or self.clock.now()
        asked = seconds_asked(response.retry_after if response else None, now)
        return self.retry.delay(attempt, asked, self._system.random)

    def _is_interrupted_in(self, seconds: float) -> bool:
        """Wait for some seconds, unless the task is asked to stop before or meanwhile."""
        if self._system.interrupted():
            return True
        self._system.sleep(seconds)
        return self._system.interrupted()


def _transport_warning(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.scheme != "http" or _is_loopback(parts.hostname or ""):
        return None
    return f"api_url is {url}: over plain http to another machine, the access token travels unencrypted. Use https://."


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked_url(api_url: str) -> str:
    url = api_url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        _port = parts.port  # raises ValueError if it is not a port
    except ValueError:
        parts = None
    if parts is None or not _URL.fullmatch(url):
        raise InvalidOptionError("api_url is not a valid URL.", option="api_url")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidOptionError("api_url must begin with http:// or https:// and name a host.", option="api_url")
    if parts.username is not None or "?" in url or "#" in url:
        raise InvalidOptionError("api_url must have no user, password, query or fragment.", option="api_url")
    return url


def _checked_verify(validate_certs: bool, ca_path: str | None) -> bool | str:
    if not validate_certs:
        # The user decided so. A warning for each request would add nothing.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return False
    if not ca_path:
        return True
    if not os.path.exists(ca_path):
        raise InvalidOptionError(
            f"ca_path {ca_path} does not exist on the machine that runs the task.", option="ca_path"
        )
    return ca_path
