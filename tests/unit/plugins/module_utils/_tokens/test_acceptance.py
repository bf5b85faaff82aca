# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether Losant takes a secret: what it answers decides, and what something in between answers does not."""

from __future__ import annotations

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, BadResponseError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi, VerificationError
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import as_json, error, raw, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import token

APPLICATION = "575ec8687ae143cd83dc4a97"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (as_json(200, {"id": APPLICATION}), True),
        (error(403), True),
        (error(404), True),
        (error(401), False),
    ],
    ids=["200", "403", "404", "401"],
)
def test_the_answer_of_the_api_decides(connect: Connect, answer: bytes, expected: bool) -> None:
    with serving(answer) as server:
        assert TokenApi(connect(server.url), APPLICATION).accepts("other") is expected
        [seen] = server.seen
    assert (seen.method, seen.headers["authorization"]) == ("GET", "Bearer other")
    assert seen.target.startswith(f"/applications/{APPLICATION}?")


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("body", [b"<html>Blocked</html>", b"", b'{"message": "no"}', b'{"type": ""}'])
def test_the_answer_of_a_gateway_does_not(connect: Connect, status: int, body: bytes) -> None:
    with serving(raw(status, body)) as server, pytest.raises(ApiError) as caught:
        TokenApi(connect(server.url), APPLICATION).accepts("other")
    assert caught.value.status == status


@pytest.mark.parametrize("status", [400, 405, 409, 429, 500, 503])
def test_another_error_is_one(connect: Connect, status: int) -> None:
    with serving(error(status)) as server, pytest.raises(ApiError, match=str(status)):
        TokenApi(connect(server.url), APPLICATION).accepts("other")


def test_a_strange_answer_is_an_error(connect: Connect) -> None:
    with serving(raw(200, b"<html>Welcome</html>")) as server, pytest.raises(BadResponseError):
        TokenApi(connect(server.url), APPLICATION).accepts("other")


class TestVerify:
    def test_a_new_token_gets_a_little_time(self, connect: Connect, waits: list[float]) -> None:
        with serving(error(401), error(401), error(403)) as server:
            TokenApi(connect(server.url, retries=2), APPLICATION).verify(token(), "other")
            assert len(server.seen) == 3
        assert len(waits) == 2

    @pytest.mark.parametrize("retries", [0, 2])
    def test_but_not_for_ever(self, connect: Connect, retries: int) -> None:
        with serving(error(401)) as server:
            with pytest.raises(VerificationError, match="does not accept the new API token 'x'") as caught:
                TokenApi(connect(server.url, retries=retries), APPLICATION).verify(token(), "other")
            assert len(server.seen) == retries + 1
        assert "other" not in f"{caught.value} {caught.value.failure}"
