# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import http.client
import re
import ssl
import typing as t

from .errors import ConnectionFailedError
from .imports import requests, urllib3
from .messages import Request, snippet
from .proxies import ProxyUrlError

_ADVICE = "Check api_url, the network, and the proxy settings in the environment."
_ADVICE_TIMEOUT = "Check api_url, the network, and the proxy settings in the environment, or raise timeout."
_ADVICE_CERTIFICATE = "Check api_url; for a private certificate authority set ca_path (or LOSANT_CA_PATH)."
_ADVICE_URL = "Check api_url and the proxy settings in the environment."
_ADVICE_PROXY = (
    "It is not shown, as it can hold a password. Write it as http://USER:PASSWORD@HOST:PORT, with the special characters of"
    " user and password percent-encoded."
)
_ADVICE_MACHINE = "Check the memory and the limits of the machine that runs the task, then run it again."
_ADVICE_OTHER = "Run the task again. If it fails in the same way, report a bug of losant.platform."
#: What OpenSSL says when the bytes of the other side are not TLS.
_NOT_TLS = {
    "WRONG_VERSION_NUMBER",
    "UNKNOWN_PROTOCOL",
    "HTTP_REQUEST",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
}


class ThreadLimitError(Exception):
    """The thread that sends a request cannot be started. Nothing was sent."""


def connection_error(request: Request, error: Exception, timeout: float) -> ConnectionFailedError:
    """Return the error for an exchange that broke off, whatever ended it.

    :param timeout: the seconds that the exchange had
    """
    cause = _innermost(error)
    happened, advice = _description(request, error, cause, timeout)
    return ConnectionFailedError(
        f"{request.attempted}: {request.line} {happened}. {advice}",
        sent=not _is_unsent(error, cause),
        permanent=_is_permanent(error, cause),
        **request.facts,
    )


def _description(request: Request, error: Exception, cause: BaseException, timeout: float) -> tuple[str, str]:
    """What happened, and what to do about it."""
    if _is_timeout(error, cause):
        return f"got no whole response within {timeout:g} seconds", _ADVICE_TIMEOUT
    if isinstance(cause, ProxyUrlError):
        return f"was not sent: the proxy in {cause.source} is not a valid URL", _ADVICE_PROXY
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"failed: {_shown(cause)}", _ADVICE_CERTIFICATE
    if _is_not_tls(cause):
        if _is_about_proxy(error):
            return "failed: the proxy at this port speaks plain HTTP", "Use http:// in the URL of the proxy."
        return "failed: the server at this port speaks plain HTTP", "Use http:// in api_url, or the right port."
    if isinstance(cause, requests.exceptions.InvalidSchema) and "SOCKS" in str(cause):
        return "was not sent: a SOCKS proxy needs the Python library PySocks", "Install it, or use an http proxy."
    if _is_bad_url(error, cause):
        return f"was not sent: a URL cannot be used ({type(cause).__name__})", _ADVICE_URL
    if isinstance(cause, http.client.BadStatusLine) and not isinstance(cause, ConnectionError):
        return "failed: the server does not speak HTTP", _ADVICE
    if isinstance(error, (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException)):
        return f"failed: {_shown(cause)}", _ADVICE
    if isinstance(error, ThreadLimitError):
        return "was not sent: no thread can be started", _ADVICE_MACHINE
    advice = _ADVICE_MACHINE if isinstance(error, MemoryError) else _ADVICE_OTHER
    return f"failed: {type(error).__name__}", advice


def _is_timeout(error: Exception, cause: BaseException) -> bool:
    return isinstance(error, requests.exceptions.Timeout) or isinstance(
        cause, (urllib3.exceptions.ReadTimeoutError, TimeoutError)
    )


def _is_bad_url(error: Exception, cause: BaseException) -> bool:
    """Whether a URL, of the API or of a proxy, was refused before anything was sent."""
    return isinstance(
        error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema)
    ) or isinstance(cause, (urllib3.exceptions.LocationValueError, urllib3.exceptions.ProxySchemeUnknown))


def _is_not_tls(cause: BaseException) -> bool:
    return isinstance(cause, ssl.SSLError) and cause.reason in _NOT_TLS


def _is_unsent(error: Exception, cause: BaseException) -> bool:
    """Whether Losant certainly received nothing. A mere ProxyError does not say so: it can come after the request."""
    unsent = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        ssl.SSLCertVerificationError,
        ProxyUrlError,
    )
    return (
        isinstance(error, (requests.exceptions.ConnectTimeout, ThreadLimitError))
        or isinstance(cause, unsent)
        or _is_bad_url(error, cause)
        # http.client reports a refused tunnel with an exception that has no type of its own.
        or (isinstance(cause, OSError) and str(cause).startswith("Tunnel connection failed"))
    )


def _is_permanent(error: Exception, cause: BaseException) -> bool:
    # A connection that ends while TLS is set up can be a temporary problem; all else about TLS is not.
    about_tls = isinstance(error, requests.exceptions.SSLError) or isinstance(cause, ssl.SSLError)
    if about_tls and not isinstance(cause, ssl.SSLEOFError):
        return True
    temporary = (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        requests.exceptions.ChunkedEncodingError,
        urllib3.exceptions.ProtocolError,
    )
    return not (
        isinstance(error, temporary)
        or isinstance(cause, (ConnectionError, TimeoutError, urllib3.exceptions.ReadTimeoutError))
    )


def _chain(error: BaseException) -> t.Iterator[BaseException]:
    """The exceptions that requests and urllib3 wrap in each other, from the outside to the reason."""
    cause: BaseException | None = error
    for _depth in range(10):
        if cause is None:
            return
        yield cause
        inner = getattr(cause, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in cause.args if isinstance(arg, BaseException)), None)
        cause = inner


def _innermost(error: BaseException) -> BaseException:
    return list(_chain(error))[-1]


def _is_about_proxy(error: BaseException) -> bool:
    return any(isinstance(link, urllib3.exceptions.ProxyError) for link in _chain(error))


def _shown(cause: BaseException) -> str:
    """What can be shown of a reason: its text if that comes from the operating system, else its type alone.

    Other texts can quote the response, or the URL of a proxy with its password.
    """
    safe = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.IncompleteRead,
        http.client.IncompleteRead,
    )
    from_system = isinstance(cause, OSError) and not isinstance(cause, requests.exceptions.RequestException)
    if not (from_system or isinstance(cause, safe)):
        return type(cause).__name__
    # urllib3 begins its texts with the address of a Python object, or with the pool's host and port.
    text = re.sub(r"^<[^>]*>:\s*|^\w+\(host=[^)]*\):\s*", "", str(cause))
    return snippet(text, 300).rstrip(".") or type(cause).__name__
