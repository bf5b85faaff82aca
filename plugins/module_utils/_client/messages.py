# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from .errors import ApiError, BadResponseError

Json = t.Dict[str, t.Any]

_ADVICE = {
    400: "Correct the value that Losant names.",
    401: (
        "Check access_token (or LOSANT_API_TOKEN): it can be mistyped, expired, inactive or deleted, or belong to another"
        " Losant installation."
    ),
    403: "Check that the access token has the scopes that this needs.",
    404: "Check the ids, and that the access token can see this application.",
    405: "Losant responds 405 to unknown paths, too: check api_url, which led to {url}.",
    429: "Losant limits the rate of requests: run fewer tasks at the same time, or raise retries and retry_max_delay.",
}
_ADVICE_REFUSED = "Correct what Losant names, or ask Losant's support what this status means."
_ADVICE_SERVER = "This is a problem on Losant's side: run the task again later, or raise retries."


class Action(t.NamedTuple):
    """What a request is for. ``doing`` completes "Could not ..."; ``advice`` says what to do, by status."""

    doing: str
    advice: t.Mapping[int, str] = {}


class Request(t.NamedTuple):
    """One request to the API, with what its errors say about it."""

    method: str
    url: str
    action: Action
    query: t.Mapping[str, str | int]
    body: Json | None = None

    @property
    def attempted(self) -> str:
        return f"Could not {self.action.doing}"

    @property
    def line(self) -> str:
        return f"{self.method} {self.url}"

    @property
    def facts(self) -> dict[str, str]:
        return {"method": self.method, "url": self.url}


@dataclass(frozen=True)
class Response:
    """A whole response. ``received`` is the machine's time when its headers arrived.

    ``text``, the body, is not part of the repr: it can hold a secret.
    """

    status: int
    text: str = field(repr=False)
    retry_after: str | None
    date: str | None
    received: datetime


def api_error(request: Request, response: Response, data: t.Mapping[str, t.Any] | None) -> ApiError:
    """Return the error for a status of 400 and above.

    :param data: the object in the response, None if it holds none
    """
    # Errors of Losant's body parser have "code" where all others have "type".
    error_type = _text_of((data or {}).get("type")) or _text_of((data or {}).get("code"))
    error_message = _text_of((data or {}).get("message"))
    if request.method == "POST" and error_type is None:
        error_message = None  # not an error of Losant: it can quote anything, even the secret of a new token
    happened = f"{'The server' if error_type is None else 'Losant'} responded " + " ".join(
        filter(None, [str(response.status), error_type])
    )
    if error_message and error_message != error_type:
        happened += f": {error_message.rstrip('.')}"
    elif data is None:
        happened += f" without a JSON object{_quoted(request, response)}"
    return ApiError(
        f"{request.attempted}: {happened}. {_advice(request, response.status, data is not None)}",
        status=response.status,
        error_type=error_type,
        error_message=error_message,
        **request.facts,
    )


def _advice(request: Request, status: int, is_object: bool) -> str:
    general = _ADVICE_SERVER if status >= 500 else _ADVICE.get(status, _ADVICE_REFUSED)
    parts = [request.action.advice.get(status) or general.format(url=request.url)]
    if not is_object and status < 500:
        parts.append(_check_url(request))
    return " ".join(parts)


def _check_url(request: Request) -> str:
    return f"Check api_url: {request.url} does not look like the Losant API."


def bad_response(request: Request, status: int, problem: str) -> BadResponseError:
    """Return the error for a response that is not an error and still cannot be used."""
    return BadResponseError(
        f"{request.attempted}: the server responded {status} to {request.method} with {problem}. {_check_url(request)}",
        status=status,
        **request.facts,
    )


def no_object(request: Request, response: Response) -> BadResponseError:
    """Return the error for a body that is not a JSON object."""
    return bad_response(request, response.status, f"a body that is not a JSON object{_quoted(request, response)}")


def _quoted(request: Request, response: Response) -> str:
    """The beginning of a body. A response to POST can hold the secret of a new token, so it is never quoted."""
    return "" if request.method == "POST" else f": {snippet(response.text)!r}"


@contextmanager
def error_context(action: Action, **facts: str) -> t.Iterator[None]:
    """Begin the text of a BadResponseError, raised inside by whoever reads the fields, with what was attempted.

    :param facts: what to add to the ``failure`` of the error, such as method and URL
    """
    try:
        yield
        return
    except BadResponseError as error:
        if "method" in error.failure:
            raise
        failure = BadResponseError(f"Could not {action.doing}: {error}", **{**error.failure, **facts})
    raise failure


def snippet(text: str, length: int = 80) -> str:
    """Return the beginning of a foreign text on one line, without unprintable characters."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * length]).split())
    return line if len(line) <= length else line[:length] + "..."


def _text_of(value: t.Any) -> str | None:
    return snippet(value, 500) if isinstance(value, str) and value.strip() else None
