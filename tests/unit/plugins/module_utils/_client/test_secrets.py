# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promise 4: no secret is in what a client shows of itself or of a failure."""

from __future__ import annotations

import pprint
import traceback
from pathlib import Path

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client import transport
from ansible_collections.losant.platform.plugins.module_utils._client.transport import MAX_RESPONSE_BYTES
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import (
    Response,
    as_json,
    raw,
    reset,
    serving,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, send

#: Where the files of the client are.
CLIENT = Path(transport.__file__).resolve().parent
ACCESS_TOKEN = "the.access-token.in-use"
NEW_SECRET = "s3cr3t-of-a-new-token"
SECRETS = (ACCESS_TOKEN, NEW_SECRET)

RESPONSES: list[Response] = [
    as_json(500, {"type": "Error", "message": "x", "token": NEW_SECRET}),
    as_json(403, {"token": NEW_SECRET}),
    as_json(200, [{"token": NEW_SECRET}]),
    raw(201, f'{{"token": "{NEW_SECRET}",'.encode()),
    raw(302, f'{{"token": "{NEW_SECRET}"}}'.encode(), "Location: /"),
    raw(200, f'{{"token": "{NEW_SECRET}"'.encode(), length=100),
    raw(502, f"{NEW_SECRET} {ACCESS_TOKEN}".encode()),
    raw(201, NEW_SECRET.encode() + b" " * MAX_RESPONSE_BYTES),
    raw(200, NEW_SECRET.encode(), "Content-Encoding: gzip"),
    reset,
]


def shown(error: BaseException) -> str:
    """All that a handler of exceptions could print, the local variables of the client's frames included."""
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in trace.stack if str(CLIENT) in str(Path(frame.filename).resolve())]
    assert frames
    own = [f"{frame.line} {frame.locals}" for frame in frames]
    return "\n".join([*own, str(error), repr(error), repr(error.__context__), repr(vars(error))])


@pytest.mark.parametrize("response", RESPONSES)
@pytest.mark.parametrize("retries", [0, 2])
def test_a_failed_post_shows_no_secret(connect: Connect, response: Response, retries: int) -> None:
    with serving(response) as server, pytest.raises(LosantError) as caught:
        send(connect(server.url, access_token=ACCESS_TOKEN, retries=retries), "POST")
    text = shown(caught.value)
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("response", [raw(502, ACCESS_TOKEN.encode()), as_json(400, {"message": ACCESS_TOKEN}), reset])
@pytest.mark.parametrize("method", METHODS)
def test_no_failure_shows_the_access_token(connect: Connect, method: str, response: Response) -> None:
    with serving(response) as server, pytest.raises(LosantError) as caught:
        send(connect(server.url, access_token=ACCESS_TOKEN), method)
    assert ACCESS_TOKEN not in shown(caught.value)


@pytest.mark.parametrize("token", ["not sendable", "", "n\u00f6t-sendable"])
def test_a_refused_access_token_is_not_shown(connect: Connect, token: str) -> None:
    with pytest.raises(LosantError) as caught:
        connect("http://localhost:1", access_token=token)
    assert not token or token not in shown(caught.value)


def test_a_client_shows_no_access_token(connect: Connect) -> None:
    with serving() as server:
        client = connect(server.url, access_token=ACCESS_TOKEN)
        send(client, "GET")
        other = client.reading_with(Secret(NEW_SECRET))
        send(other, "GET")
    for part in (client, other, client._transport, client._transport._session, client._transport._session.auth):
        text = f"{part!r} {pprint.pformat(vars(part))}"
        assert not [secret for secret in SECRETS if secret in text]


def test_the_header_still_has_the_access_token(connect: Connect) -> None:
    with serving() as server:
        client = connect(server.url, access_token=ACCESS_TOKEN)
        send(client, "GET")
        send(client.reading_with(Secret(NEW_SECRET)), "GET")
        headers = [seen.headers["authorization"] for seen in server.seen]
    assert headers == [f"Bearer {ACCESS_TOKEN}", f"Bearer {NEW_SECRET}"]
