# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Losant refuses, and answers that are not Losant's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import ids, methods, text_of, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox


def _caller(sandbox: Sandbox, **fields: Any) -> str:
    """The secret of somebody who belongs to the application and is not in its list."""
    (caller,) = sandbox.seed(callers=[{"applicationId": sandbox.application_id, **fields}])["callers"]
    return str(caller["token"])


@pytest.mark.parametrize("scope", ["all.Application.read", "all.Application.bounded"])
@pytest.mark.parametrize(
    ("options", "needed"),
    [
        ({"name": "new"}, "applicationApiTokens.post"),
        ({"name": "x", "description": "d"}, "applicationApiToken.patch"),
        ({"name": "x", "state": "absent"}, "applicationApiToken.delete"),
    ],
    ids=["create", "update", "delete"],
)
def test_a_403_names_the_scopes_that_a_write_needs(
    sandbox: Sandbox, failing_api_token: Task, scope: str, options: dict[str, Any], needed: str
) -> None:
    sandbox.seed_token("x")
    before = sandbox.tokens()
    result = failing_api_token(access_token=_caller(sandbox, scope=[scope]), **options)
    family = needed.split(".")[0] + ".*"
    words = ["403 Forbidden: Access is forbidden", needed, family, "all.Application", "all.Organization", "all.User"]
    assert [word for word in [*words, ".read", ".bounded", ".cli"] if word not in result["msg"]] == []
    assert sandbox.tokens() == before


def test_a_403_names_the_scopes_that_reading_needs(
    sandbox: Sandbox, failing_api_token: Task, failing_api_token_info: Task
) -> None:
    token = _caller(sandbox, scope=["devices.get"])
    for result in (failing_api_token(name="x", access_token=token), failing_api_token_info(access_token=token)):
        words = ["403", "applicationApiTokens.get", "applicationApiTokens.*", "all.Application", ".read"]
        assert [word for word in words if word not in result["msg"]] == []
    assert writes(sandbox) == []


def test_check_mode_needs_no_more_than_reading(sandbox: Sandbox, api_token: Task) -> None:
    token = _caller(sandbox, scope=["applicationApiTokens.get"])
    assert api_token(name="x", access_token=token, _check=True)["changed"]


def test_the_two_scopes_together_do_it(sandbox: Sandbox, api_token: Task) -> None:
    token = _caller(sandbox, scope=["applicationApiTokens.*", "applicationApiToken.*"])
    for options in ({}, {"description": "d"}, {"recreate": "always"}, {"state": "absent"}):
        more: dict[str, Any] = options
        assert api_token(name="x", access_token=token, **more)["changed"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"expirationDate": "2026-01-01T00:00:00Z"}, "Access token has expired"),
        ({"status": "inactive"}, "Unauthorized"),
    ],
    ids=["expired", "inactive"],
)
def test_an_access_token_that_is_not_accepted(
    sandbox: Sandbox, failing_api_token: Task, fields: dict[str, Any], message: str
) -> None:
    result = failing_api_token(name="x", access_token=_caller(sandbox, **fields))
    assert result["failure"]["status"] == 401
    assert result["failure"]["message"] == message
    assert f"401 Unauthorized: {message}" in result["msg"]
    assert "access_token" in result["msg"]
    assert writes(sandbox) == []


def test_an_access_token_that_nobody_knows(sandbox: Sandbox, failing_api_token: Task) -> None:
    result = failing_api_token(name="x", access_token="not-a-known-token")
    assert "Invalid access token" in result["msg"]
    assert "not-a-known-token" not in text_of(result)
    assert sandbox.requests()[0]["caller"] == "unknown"


@pytest.mark.parametrize("status", [404, 403])
def test_an_application_that_is_not_there(sandbox: Sandbox, failing_api_token: Task, status: int) -> None:
    sandbox.switch(unknown_application_status=status)
    result = failing_api_token(name="x", application_id="f" * 24)
    assert result["failure"]["status"] == status
    assert "f" * 24 in result["msg"]
    assert methods(sandbox) == ["GET"]


def test_a_refused_value_is_told_in_losants_words(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.switch(unique_names=True)
    sandbox.seed_token("x", expirationDate="2026-01-01T00:00:00Z", creationDate="2025-01-01T00:00:00Z")
    result = failing_api_token(name="x")
    assert "400 Validation: apiToken.name must be unique" in result["msg"]
    assert result["failure"]["type"] == "Validation"


def test_validation_errors_in_the_body_do_no_harm(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.switch(validator="new", validation_errors_in_body=True)
    assert "apiToken.scope.0 must be one of" in failing_api_token(name="x", scope=["nope.nope"])["msg"]


def test_errors_of_the_body_parser_have_a_code(sandbox: Sandbox, failing_api_token: Task) -> None:
    body = {"code": "InvalidContent", "message": "Invalid JSON: Unexpected token"}
    sandbox.fault("status", method="POST", status=400, body=body)
    assert "400 InvalidContent: Invalid JSON" in failing_api_token(name="x")["msg"]


@pytest.mark.parametrize("path", ["/wrong", "/v1/"])
def test_a_405_hints_at_api_url(sandbox: Sandbox, failing_api_token: Task, path: str) -> None:
    result = failing_api_token(name="x", api_url=sandbox.url + path)
    assert "405 MethodNotAllowed" in result["msg"]
    assert "api_url" in result["msg"]
    assert path.strip("/") in result["msg"]


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 405])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_html_hints_at_api_url(sandbox: Sandbox, failing_api_token: Task, status: int, method: str) -> None:
    sandbox.fault("not_json", method=method, status=status, times=None)
    result = failing_api_token(name="x")
    assert "api_url" in result["msg"]
    assert str(status) in result["msg"]
    assert result["failure"]["method"] == method


STRANGE: dict[str, Any] = {
    "an object of something else": {"hello": "world"},
    "no items": {"count": 0},
    "items that are no list": {"items": {}, "count": 0},
    "items that are null": {"items": None},
    "an item that is no object": {"items": ["x"]},
    "an item without an id": {"items": [{"name": "x"}]},
    "an id that is no id": {"items": [{"id": "../../me", "name": "x"}]},
    "an id that is a number": {"items": [{"id": 5, "name": "x"}]},
    "no name": {"items": [{"id": "a" * 24}]},
    "a name that is a number": {"items": [{"id": "a" * 24, "name": 5}]},
    "a scope that is a text": {"items": [{"id": "a" * 24, "name": "x", "scope": "all.Application"}]},
    "a date that is none": {"items": [{"id": "a" * 24, "name": "x", "expirationDate": "tomorrow"}]},
    "a date without a zone": {"items": [{"id": "a" * 24, "name": "x", "expirationDate": "2027-01-01T00:00:00"}]},
    "a date that is a number": {"items": [{"id": "a" * 24, "name": "x", "expirationDate": 1798635600}]},
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE)
def test_a_list_that_makes_no_sense(
    sandbox: Sandbox, failing_api_token: Task, failing_api_token_info: Task, body: Any
) -> None:
    sandbox.fault("status", method="GET", status=200, body=body, times=None)
    for result in (
        failing_api_token(name="x"),
        failing_api_token(name="x", state="absent"),
        failing_api_token_info(),
        failing_api_token_info(page=0),
    ):
        assert result["failure"]["kind"] == "answer"
        assert f"Could not list the API tokens of application {sandbox.application_id}" in result["msg"]
        assert "api_url" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("kind", ["not_json", "empty", "not_object", "cut", "lie_length"])
def test_a_list_that_is_broken(sandbox: Sandbox, failing_api_token: Task, kind: str) -> None:
    sandbox.fault(kind, method="GET", times=None)
    result = failing_api_token(name="x", state="absent")
    assert result["msg"].startswith("Could not list the API tokens")
    assert writes(sandbox) == []


@pytest.mark.parametrize(
    "body", ["", "\x00\x1b[31mred", "[" * 100000, "x" * 100000, '"just a text"', "NaN", "\ufeff{}"]
)
def test_foreign_texts_are_quoted_briefly(sandbox: Sandbox, failing_api_token: Task, body: str) -> None:
    sandbox.fault("not_json", method="GET", body=body, status=200, times=None)
    result = failing_api_token(name="x")
    assert len(result["msg"]) < 600
    assert "\x1b" not in result["msg"]
    assert result["failure"]["kind"] == "answer"


@pytest.mark.parametrize("message", ["", "x" * 100000, "line\nbreak\x1b[31m", None, 5, {"a": 1}])
def test_strange_messages_of_errors(sandbox: Sandbox, failing_api_token: Task, message: Any) -> None:
    sandbox.fault("status", method="GET", status=400, body={"type": ["odd"], "message": message})
    result = failing_api_token(name="x")
    assert len(result["msg"]) < 1200
    assert "\x1b" not in result["msg"]
    assert "400" in result["msg"]


def test_a_redirect_is_not_followed(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.fault("status", method="GET", status=302, headers={"Location": f"{sandbox.url}/elsewhere"}, body={})
    result = failing_api_token(name="x")
    assert "redirect" in result["msg"]
    assert methods(sandbox) == ["GET"]


def test_the_access_token_that_an_answer_repeats_is_not_printed(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.fault("status", method="GET", status=400, body={"type": "Odd", "message": f"Bad: {sandbox.access_token}"})
    assert sandbox.access_token not in text_of(failing_api_token(name="x"))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_is_not_asked_for_again(sandbox: Sandbox, failing_api_token: Task, status: int, method: str) -> None:
    sandbox.fault("status", method=method, status=status, times=None)
    failing_api_token(name="x", retries=3)
    assert methods(sandbox).count(method) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("retries", [0, 2])
def test_a_passing_trouble_is(
    sandbox: Sandbox, failing_api_token: Task, status: int, method: str, retries: int
) -> None:
    sandbox.seed_token("x")
    sandbox.fault("status", method=method, status=status, times=None)
    options: dict[str, Any] = {"state": "absent"} if method == "DELETE" else {"status": "inactive"}
    failing_api_token(name="x", retries=retries, **options)
    assert methods(sandbox).count(method) == retries + 1


def test_a_failure_in_the_middle_tells_where(sandbox: Sandbox, failing_api_token: Task) -> None:
    expired = [sandbox.seed_token("x", expirationDate="2026-01-01T00:00:00Z")["id"] for _time in range(2)]
    sandbox.fault("status", method="DELETE", path=f".*/{expired[1]}", status=403)
    result = failing_api_token(name="x", state="absent")
    assert expired[1] in result["msg"]
    assert ids(sandbox.tokens()) == [expired[1]]
