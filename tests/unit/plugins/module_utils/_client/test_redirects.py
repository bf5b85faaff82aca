# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A redirect is not followed: the token stays here."""

from __future__ import annotations

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadResponseError
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import raw, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, send


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", METHODS)
def test_another_server_gets_no_request(connect: Connect, method: str, status: int) -> None:
    with serving() as other, serving(raw(status, b"", f"Location: {other.url}/things")) as server:
        with pytest.raises(
            BadResponseError, match=rf"{status} to {method} with a redirect, which is not followed.*Check api_url"
        ):
            send(connect(server.url, retries=3), method)
        assert len(server.seen) == 1
        assert other.seen == []


@pytest.mark.parametrize("status", [301, 307])
def test_the_same_server_gets_no_second_request(connect: Connect, status: int) -> None:
    with serving(raw(status, b'{"name": "x"}', "Location: /other")) as server:
        with pytest.raises(BadResponseError, match="redirect"):
            send(connect(server.url), "GET")
        assert len(server.seen) == 1


def test_an_invalid_location_does_not_matter(connect: Connect) -> None:
    with serving(raw(302, b"", "Location: http://[::1")) as server, pytest.raises(BadResponseError, match="redirect"):
        send(connect(server.url), "GET")


def test_an_unexpected_304_is_a_bad_response(connect: Connect) -> None:
    with serving(b"HTTP/1.1 304 Not Modified\r\n\r\n") as server, pytest.raises(BadResponseError, match="304"):
        send(connect(server.url), "GET")
