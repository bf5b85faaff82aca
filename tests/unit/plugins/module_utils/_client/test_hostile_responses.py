# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a server sends: a response that is understood, or an error that says so, in few words and without a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._client.pagination import BY_ID
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import application
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import raw, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, send
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW, token

ACCESS_TOKEN = "the.access-token.in-use"
APPLICATION = "575ec8687ae143cd83dc4a97"
#: Enough to say what was attempted, what happened and what to do.
LONGEST_MESSAGE = 1500

FEW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

STATUS_LINES = st.one_of(
    st.sampled_from([b"HTTP/1.1 200 OK", b"HTTP/1.1 201 Created", b"HTTP/1.1 503 No", b"HTTP/1.0 404 ", b"HTTP/2 200"]),
    st.integers(-1, 1200).map(lambda status: b"HTTP/1.1 %d X" % status),
    st.binary(max_size=40),
)
HEADERS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"Content-Type: application/json",
                b"Content-Length: 2",
                b"Content-Length: -1",
                b"Content-Length: 99999999999",
                b"Content-Length: many",
                b"Transfer-Encoding: chunked",
                b"Content-Encoding: gzip",
                b"Content-Encoding: deflate",
                b"Location: http://127.0.0.1:1/elsewhere",
                b"Retry-After: 0",
                b"Retry-After: -5",
                b"Set-Cookie: a=b; Domain=example.com",
            ]
        ),
        st.binary(max_size=30),
    ),
    max_size=4,
)
BODIES = st.one_of(
    st.sampled_from([b"{}", b'{"items": []}', b"[]", b"5\r\n{}\r\n0\r\n\r\n", ACCESS_TOKEN.encode(), b"\x1f\x8b\x08"]),
    st.binary(max_size=200),
)


@FEW
@given(st.sampled_from(METHODS), STATUS_LINES, HEADERS, BODIES)
@example("GET", b"HTTP/1.1 200 OK", [b"Content-Length: 2"], b"{}")
def test_any_bytes(connect: Connect, method: str, status: bytes, headers: list[bytes], body: bytes) -> None:
    response = b"\r\n".join([status, *headers, b"", body])
    with serving(response) as server:
        client = connect(server.url, access_token=ACCESS_TOKEN, timeout=2, retries=1)
        _check(lambda: send(client, method))


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from([10**400, ""])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
FIELDS = (
    "id",
    "name",
    "description",
    "status",
    "scope",
    "creationDate",
    "lastUpdated",
    "expirationDate",
    "ownerId",
    "ownerType",
    "creatorId",
    "creatorName",
    "token",
)
GOOD: dict[str, Any] = {
    "id": "a" * 24,
    "name": "x",
    "status": "active",
    "scope": ["devices.get"],
    "creationDate": "2026-11-24T08:00:00.000Z",
    "token": "s3cr3t",
}
#: A good object in which some fields are anything.
SPOILED = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3).map(lambda fields: {**GOOD, **fields})
LISTS = st.fixed_dictionaries(
    {"items": st.one_of(JSON, st.lists(st.one_of(SPOILED, JSON), max_size=3))},
    optional={"totalCount": JSON, "count": JSON, "page": JSON, "perPage": JSON},
)


@FEW
@given(st.sampled_from(["list", "create", "patch"]), SPOILED, LISTS)
def test_any_fields(connect: Connect, action: str, item: dict[str, Any], page: dict[str, Any]) -> None:
    body = json.dumps(page if action == "list" else item).encode()
    with serving(raw(200, body)) as server:
        client = connect(server.url, access_token=ACCESS_TOKEN, timeout=2, retries=1)
        owner = application(APPLICATION)
        api = TokenApi(client, owner)
        actions: dict[str, Callable[[], Any]] = {
            "list": lambda: [found.result(NOW) for found in api.iterate(BY_ID)],
            "create": lambda: api.create({"name": "x"})[0].result(NOW),
            "patch": lambda: api.patch(token(1), {"name": "x"}).result(NOW),
        }
        _check(actions[action])


def _check(action: Callable[[], Any]) -> None:
    """The result can be printed, and so can the error."""
    try:
        json.dumps(action())
    except LosantError as error:
        message, facts = str(error), json.dumps(error.failure)
        assert ACCESS_TOKEN not in message + facts
        assert "s3cr3t" not in message + facts
        assert message.startswith("Could not ")
        assert len(message) < LONGEST_MESSAGE
        assert message.isprintable()
