# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promise 12: every error says what was attempted, what Losant responded, and what to do next."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, Effect
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Action, snippet
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import as_json, error, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, PATH, send
from losant_sandbox.client import Sandbox

ADVICE = {
    400: "Correct the value",
    401: "access_token",
    403: "has the scopes",
    404: "Check the ids",
    405: "check api_url",
    429: "retries and retry_max_delay",
    500: "later",
    503: "later",
}


def error_of(connect: Connect, response: bytes, method: str = "GET", **more: Any) -> ApiError:
    with serving(response) as server, pytest.raises(ApiError) as caught:
        send(connect(server.url), method, **more)
    return caught.value


@pytest.mark.parametrize("status", sorted(ADVICE))
@pytest.mark.parametrize("method", METHODS)
def test_what_was_attempted_what_happened_and_what_to_do(connect: Connect, method: str, status: int) -> None:
    caught = error_of(connect, error(status), method)
    assert str(caught).startswith(f"Could not do the thing: Losant responded {status} SomeError: It is {status}. ")
    assert ADVICE[status] in str(caught)
    assert str(caught).endswith(".")
    assert (caught.status, caught.error_type, caught.error_message) == (status, "SomeError", f"It is {status}")
    assert caught.effect is (Effect.UNKNOWN if status >= 500 else Effect.NONE)


@pytest.mark.parametrize("method", METHODS)
def test_the_failure_holds_the_facts(connect: Connect, method: str) -> None:
    failure = error_of(connect, error(404), method).failure
    assert failure.pop("url").endswith(PATH)
    assert failure == {"kind": "api", "status": 404, "type": "SomeError", "message": "It is 404", "method": method}


def test_the_advice_of_the_action_is_used(connect: Connect) -> None:
    action = Action("do the thing", {403: "It needs this.", 404: "It needs that."})
    text = "Could not do the thing: Losant responded 403 SomeError: It is 403. It needs this."
    assert str(error_of(connect, error(403), action=action)) == text


@pytest.mark.parametrize("response", [error(405), as_json(404, ["x"])])
def test_advice_about_the_url_names_it(connect: Connect, response: bytes) -> None:
    caught = error_of(connect, response)
    assert caught.failure["url"].endswith(PATH)
    assert caught.failure["url"] in str(caught)


def test_a_message_that_repeats_the_type_is_not_shown(connect: Connect) -> None:
    text = str(error_of(connect, as_json(401, {"type": "Unauthorized", "message": "Unauthorized"})))
    assert "Losant responded 401 Unauthorized. Check access_token" in text


@pytest.mark.parametrize("data", [{}, {"message": "Too many"}, None])
def test_an_error_without_a_type_is_not_called_losants(connect: Connect, data: dict[str, str] | None) -> None:
    assert "Losant responded" not in str(error_of(connect, as_json(429, data)))


@pytest.mark.parametrize(
    ("status", "is_refused"), [(400, False), (401, True), (403, True), (404, False), (429, False), (500, False)]
)
def test_what_is_a_refusal(connect: Connect, status: int, is_refused: bool) -> None:
    assert error_of(connect, error(status)).is_refused == is_refused


@pytest.mark.parametrize(
    ("status", "data", "effect"),
    [
        (400, {"type": "Validation"}, Effect.NONE),
        (429, None, Effect.NONE),
        (500, {"type": "Error"}, Effect.UNKNOWN),
        (500, {"code": "InternalError"}, Effect.UNKNOWN),
        (500, {}, Effect.IN_FLIGHT),
        (502, None, Effect.IN_FLIGHT),
        (504, {"message": "Endpoint request timed out"}, Effect.IN_FLIGHT),
    ],
)
def test_the_effect_of_an_error_status(
    connect: Connect, status: int, data: dict[str, str] | None, effect: Effect
) -> None:
    assert error_of(connect, as_json(status, data), "POST").effect is effect


@pytest.mark.parametrize(
    ("data", "error_type", "error_message"),
    [
        ({}, None, None),
        ({"type": None, "message": None}, None, None),
        ({"type": 5, "message": ["x"]}, None, None),
        ({"type": {}, "message": {}}, None, None),
        ({"type": True, "message": 1.5}, None, None),
        ({"type": "", "message": " "}, None, None),
        ({"code": "InvalidContent", "message": "Invalid JSON: x"}, "InvalidContent", "Invalid JSON: x"),
        ({"type": "NotFound", "code": "Other"}, "NotFound", None),
        ({"message": "only this"}, None, "only this"),
        ({"type": "a\nb", "message": "c\x1b[31m\r\nd"}, "a b", "c [31m d"),
        ({"message": "x" * 1000}, None, "x" * 500 + "..."),
    ],
)
def test_type_and_message_of_any_kind(
    connect: Connect, data: dict[str, Any], error_type: str | None, error_message: str | None
) -> None:
    caught = error_of(connect, as_json(400, data))
    assert (caught.error_type, caught.error_message) == (error_type, error_message)
    assert (caught.failure["type"], caught.failure["message"]) == (error_type, error_message)
    assert "None" not in str(caught)
    assert str(caught).isprintable()
    assert "no JSON object" not in str(caught)


def test_a_message_with_a_full_stop_gets_no_second_one(connect: Connect) -> None:
    text = str(error_of(connect, as_json(400, {"type": "Validation", "message": "No."})))
    assert "400 Validation: No. Correct" in text


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [400, 401, 500])
def test_the_access_token_is_in_no_error(connect: Connect, method: str, status: int) -> None:
    """Promise 4: the secret never appears in an error."""
    with serving(error(status)) as server, pytest.raises(ApiError) as caught:
        send(connect(server.url, access_token="t0p-s3cr3t"), method)
    assert "t0p-s3cr3t" not in f"{caught.value} {caught.value.failure} {caught.value.args}"


@pytest.mark.parametrize(
    ("token", "path", "status", "error_type"),
    [
        ("unknown", "/applications/575ec8687ae143cd83dc4a97/tokens", 401, "Unauthorized"),
        (None, "/applications/000000000000000000000000/tokens", 404, "NotFound"),
        (None, "/applications/x/tokens", 400, "Validation"),
        (None, "/nowhere", 405, "MethodNotAllowed"),
    ],
)
def test_the_errors_of_the_api(
    connect: Connect, sandbox: Sandbox, token: str | None, path: str, status: int, error_type: str
) -> None:
    with pytest.raises(ApiError) as caught:
        send(connect(sandbox.url, access_token=token or sandbox.access_token), "GET", path)
    assert (caught.value.status, caught.value.error_type) == (status, error_type)
    assert caught.value.is_not_found == (status == 404)


@given(st.text(), st.integers(min_value=1, max_value=100))
def test_a_snippet_is_short_and_on_one_line(text: str, length: int) -> None:
    cut = snippet(text, length)
    assert len(cut) <= length + len("...")
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in cut)


def test_a_snippet_of_a_short_text_is_the_text() -> None:
    assert snippet("nothing to cut") == "nothing to cut"
