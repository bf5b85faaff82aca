# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import ssl
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    BadAnswerError,
    ConnectionFailedError,
)

try:
    import requests.exceptions as rx
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError, ReadTimeoutError
except ImportError:
    pass  # The client says that the library is missing, before it could ask anything of this file.

_ADVICE = {
    400: "Correct the value that Losant names.",
    401: "Check access_token: it may be mistyped, expired, inactive or deleted, or belong to another Losant installation.",
    403: "Check that access_token has the scopes that this needs.",
    404: "Check the ids, and that access_token may see this application.",
    405: "Losant answers 405 for unknown paths too: check api_url.",
    429: "Losant limits the rate of requests: run fewer at once, or raise retries and retry_max_delay.",
}
_ADVICE_REFUSED = "Correct what Losant names, or ask Losant's support what this status means."
_ADVICE_SERVER = "The trouble is on Losant's side: run the task again later, or raise retries."
_ADVICE_URL = "Check api_url: this does not look like the Losant API."
_ADVICE_CONNECTION = "Check api_url, the network, and the proxy settings in the environment."
_ADVICE_CERTIFICATE = "Check api_url; for a private certificate authority set ca_path."


class Call(t.NamedTuple):
    """What a request is for, in words: ``doing`` completes "Could not ..."; ``advice`` adds to what a status means."""

    doing: str
    advice: t.Mapping[int, str] = {}


class Request(t.NamedTuple):
    """One request to the API, as its errors have to tell of it."""

    method: str
    url: str
    call: Call
    query: t.Mapping[str, str | int]
    body: t.Mapping[str, t.Any] | None = None

    @property
    def tried(self) -> str:
        return f"Could not {self.call.doing}: {self.method} {self.url}"

    @property
    def facts(self) -> dict[str, str]:
        return {"method": self.method, "url": self.url}


class Answer(t.NamedTuple):
    """What came back: ``text`` is the whole body; ``retry_after`` the header of that name."""

    status: int
    text: str
    retry_after: str | None


def api_error(request: Request, answer: Answer, data: t.Mapping[str, t.Any] | None) -> ApiError:
    """The error for a status of 400 and above; ``data`` is the answer's object, None if it is none."""
    # Errors of Losant's body parser have "code" where all others have "type".
    error_type = _text((data or {}).get("type")) or _text((data or {}).get("code"))
    error_message = _text((data or {}).get("message"))
    said = " ".join(filter(None, [str(answer.status), error_type]))
    if error_message:
        said += f": {error_message.rstrip('.')}"
    elif data is None:
        said += f" and no JSON object: {snippet(answer.text)!r}"
    parts = [
        f"{request.tried} was answered with {said}.",
        _ADVICE_SERVER if answer.status >= 500 else _ADVICE.get(answer.status, _ADVICE_REFUSED),
        request.call.advice.get(answer.status),
        _ADVICE_URL if data is None and answer.status < 500 else None,
    ]
    return ApiError(
        " ".join(filter(None, parts)),
        status=answer.status,
        error_type=error_type,
        error_message=error_message,
        **request.facts,
    )


def bad_answer(request: Request, status: int, problem: str) -> BadAnswerError:
    """The error for an answer that is no error and yet of no use."""
    text = f"{request.tried} was answered with {status} and {problem}. {_ADVICE_URL}"
    return BadAnswerError(text, status=status, **request.facts)


def connection_error(request: Request, error: Exception, timeout: float) -> ConnectionFailedError:
    """The error for an exchange that broke; ``timeout`` is the seconds it had."""
    cause = _innermost(error)
    if isinstance(error, rx.Timeout) or isinstance(cause, (ReadTimeoutError, TimeoutError)):
        reason = f"got no whole answer within {timeout:g} seconds"
    else:
        reason = f"failed: {_reason(cause)}"
    untrusted = isinstance(cause, ssl.SSLCertVerificationError)
    # A connection that ends while TLS is set up may be a passing trouble, all else about TLS is not.
    about_tls = isinstance(error, rx.SSLError) or isinstance(cause, ssl.SSLError)
    lasting = about_tls and not isinstance(cause, ssl.SSLEOFError)
    passing = isinstance(error, (rx.ConnectionError, rx.Timeout, rx.ChunkedEncodingError, ProtocolError)) or isinstance(
        cause, (ConnectionError, TimeoutError, ReadTimeoutError)
    )
    unsent = isinstance(error, rx.ConnectTimeout) or _never_connected(cause)
    return ConnectionFailedError(
        f"{request.tried} {reason}. {_ADVICE_CERTIFICATE if untrusted else _ADVICE_CONNECTION}",
        sent=not (unsent or untrusted),
        permanent=lasting or not passing,
        **request.facts,
    )


def snippet(text: str, length: int = 80) -> str:
    """The beginning of a foreign text on one line, without anything that does not show."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * length]).split())
    return line if len(line) <= length else line[:length] + "..."


def _text(value: t.Any) -> str | None:
    return snippet(value, 500) if isinstance(value, str) and value.strip() else None


def _never_connected(cause: BaseException) -> bool:
    """Whether no request can have left. A mere ProxyError does not tell: a proxy can break off after it passed one on."""
    if isinstance(cause, (NewConnectionError, ConnectTimeoutError)):
        return True
    # http.client says so when a proxy refuses a tunnel, with an exception of no kind of its own.
    return isinstance(cause, OSError) and str(cause).startswith("Tunnel connection failed")


def _innermost(error: BaseException) -> BaseException:
    """The reason at the bottom of the exceptions that requests and urllib3 wrap in each other."""
    cause = error
    for _depth in range(10):
        inner = getattr(cause, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((a for a in cause.args if isinstance(a, BaseException)), None)
        if inner is None:
            break
        cause = inner
    return cause


def _reason(cause: BaseException) -> str:
    # urllib3 begins its texts with the address of a Python object, or with the pool's host and port.
    text = re.sub(r"^<[^>]*>:\s*|^\w+\(host=[^)]*\):\s*", "", str(cause))
    return snippet(text, 300).rstrip(".") or type(cause).__name__
