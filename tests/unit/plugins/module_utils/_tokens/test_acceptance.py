# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether Losant accepts a secret: its response decides, and that of a gateway does not."""

from __future__ import annotations

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, BadResponseError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi, VerificationError
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import application
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import as_json, error, raw, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import token

OWNER = application("575ec8687ae143cd83dc4a97")
OTHER = Secret("other")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (as_json(200, {"id": OWNER.id}), True),
        (error(403), True),
        (error(404), True),
        (error(401), False),
    ],
    ids=["200", "403", "404", "401"],
)
def test_the_response_of_the_api_decides(connect: Connect, response: bytes, expected: bool) -> None:
    with serving(response) as server:
        assert TokenApi(connect(server.url), OWNER).accepts(OTHER) is expected
        [seen] = server.seen
    assert (seen.method, seen.headers["authorization"]) == ("GET", "Bearer other")
    assert seen.target.startswith(f"/applications/{OWNER.id}?")


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("body", [b"<html>Blocked</html>", b"", b'{"message": "no"}', b'{"type": ""}'])
def test_the_response_of_a_gateway_does_not(connect: Connect, status: int, body: bytes) -> None:
    with serving(raw(status, body)) as server, pytest.raises(ApiError) as caught:
        TokenApi(connect(server.url), OWNER).accepts(OTHER)
    assert caught.value.status == status


@pytest.mark.parametrize("status", [400, 405, 409, 429, 500, 503])
def test_another_status_is_an_error(connect: Connect, status: int) -> None:
    with serving(error(status)) as server, pytest.raises(ApiError, match=str(status)):
        TokenApi(connect(server.url), OWNER).accepts(OTHER)


def test_a_response_of_another_server_is_an_error(connect: Connect) -> None:
    with serving(raw(200, b"<html>Welcome</html>")) as server, pytest.raises(BadResponseError):
        TokenApi(connect(server.url), OWNER).accepts(OTHER)


class TestVerify:
    def test_a_new_token_gets_as_many_tries_as_a_request(self, connect: Connect, waits: list[float]) -> None:
        with serving(error(401), error(401), error(403)) as server:
            TokenApi(connect(server.url, retries=2), OWNER).verify(token(), OTHER)
            assert len(server.seen) == 3
        assert len(waits) == 2

    @pytest.mark.parametrize("retries", [0, 2])
    def test_a_token_that_is_never_accepted(self, connect: Connect, retries: int) -> None:
        with serving(error(401)) as server:
            with pytest.raises(VerificationError, match="does not accept the new API token 'x'") as caught:
                TokenApi(connect(server.url, retries=retries), OWNER).verify(token(), OTHER)
            assert len(server.seen) == retries + 1
        assert "other" not in f"{caught.value} {caught.value.failure}"
