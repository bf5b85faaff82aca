# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Losant refuses, what the access token rules out, and responses that are not Losant's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import ids, methods, text_of, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox


#: What a gateway could repeat of the response that it did not deliver.
UPSTREAM = "opaque-secret-of-the-new-token"


def _caller(sandbox: Sandbox, **fields: Any) -> str:
    """The secret of somebody who belongs to the application and is not in its list."""
    (caller,) = sandbox.seed(callers=[{"applicationId": sandbox.application_id, **fields}])["callers"]
    return str(caller["token"])


WRITES: dict[str, tuple[dict[str, Any], str]] = {
    "create": ({"name": "new"}, "applicationApiTokens.post"),
    "update": ({"name": "x", "description": "d"}, "applicationApiToken.patch"),
    "delete": ({"name": "x", "state": "absent"}, "applicationApiToken.delete"),
}


@pytest.mark.parametrize(("options", "needed"), WRITES.values(), ids=WRITES)
def test_a_403_names_the_scopes_that_a_write_needs(
    sandbox: Sandbox, failing_api_token: Task, options: dict[str, Any], needed: str
) -> None:
    sandbox.switch(token_format="opaque")  # such an access token does not show its scopes
    sandbox.seed_token("x")
    before = sandbox.tokens()
    result = failing_api_token(access_token=_caller(sandbox, scope=["all.Application.read"]), **options)
    family = needed.split(".")[0] + ".*"
    words = ["403 Forbidden: Access is forbidden", needed, family, "all.Application", "all.Organization", "all.User"]
    assert [word for word in [*words, ".read", ".bounded", ".cli"] if word not in result["msg"]] == []
    assert sandbox.tokens() == before


@pytest.mark.parametrize("scope", ["all.Application.read", "all.Application.bounded", "applicationApiTokens.get"])
@pytest.mark.parametrize(("options", "needed"), WRITES.values(), ids=WRITES)
def test_what_the_scopes_in_the_access_token_rule_out_is_refused_in_check_mode_too(
    sandbox: Sandbox, failing_api_token: Task, scope: str, options: dict[str, Any], needed: str
) -> None:
    sandbox.seed_token("x")
    token = _caller(sandbox, scope=[scope])
    result = failing_api_token(access_token=token, **options)
    assert failing_api_token(access_token=token, **options, _check=True) == result
    words = [f"'{options['name']}'", needed, "Nothing was changed.", "Use an access token with", "all.Application."]
    assert [word for word in words if word not in result["msg"]] == []
    assert (result["failure"]["kind"], result["failure"]["scopes"]) == ("declaration", [needed])
    assert methods(sandbox) == ["GET", "GET"]


def test_a_token_selected_by_its_id_needs_the_same_scopes(sandbox: Sandbox, failing_api_token: Task) -> None:
    token_id = sandbox.seed_token("x")["id"]
    token = _caller(sandbox, scope=["applicationApiTokens.*"])
    for options, needed in (({"status": "inactive"}, "patch"), ({"state": "absent"}, "delete")):
        more: dict[str, Any] = options
        for check in (False, True):
            result = failing_api_token(api_token_id=token_id, access_token=token, **more, _check=check)
            assert result["failure"]["scopes"] == [f"applicationApiToken.{needed}"]
    assert writes(sandbox) == []


def test_a_403_names_the_scopes_that_reading_needs(
    sandbox: Sandbox, failing_api_token: Task, failing_api_token_info: Task
) -> None:
    token = _caller(sandbox, scope=["devices.get"])
    for result in (failing_api_token(name="x", access_token=token), failing_api_token_info(access_token=token)):
        words = ["403", "applicationApiTokens.get", "applicationApiTokens.*", "all.Application", ".read"]
        assert [word for word in words if word not in result["msg"]] == []
    assert writes(sandbox) == []


@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_a_task_that_changes_nothing_needs_only_to_read(sandbox: Sandbox, api_token: Task, token_format: str) -> None:
    sandbox.switch(token_format=token_format)
    sandbox.seed_token("x")
    token = _caller(sandbox, scope=["applicationApiTokens.get"])
    assert not api_token(name="x", access_token=token)["changed"]
    # What an opaque access token can do is not known before it is tried.
    if token_format == "opaque":
        assert api_token(name="new", access_token=token, _check=True)["changed"]


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
    # A message that only repeats the type is shown once.
    shown = "401 Unauthorized." if message == "Unauthorized" else f"401 Unauthorized: {message}."
    assert f"Losant responded {shown} Check access_token (or LOSANT_API_TOKEN)" in result["msg"]
    assert writes(sandbox) == []


def test_an_access_token_that_nobody_knows(sandbox: Sandbox, failing_api_token: Task) -> None:
    result = failing_api_token(name="x", access_token="not-a-known-token")
    assert "Invalid access token" in result["msg"]
    assert "not-a-known-token" not in text_of(result)
    assert sandbox.requests()[0]["caller"] == "unknown"


@pytest.mark.parametrize("status", [404, 403])
def test_an_application_that_does_not_exist(sandbox: Sandbox, failing_api_token: Task, status: int) -> None:
    sandbox.switch(unknown_application_status=status)
    result = failing_api_token(name="x", application_id="f" * 24)
    assert result["failure"]["status"] == status
    assert "f" * 24 in result["msg"]
    assert methods(sandbox) == ["GET"]


def test_a_refused_value_is_shown_in_losants_words(sandbox: Sandbox, failing_api_token: Task) -> None:
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


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("GET", 301), ("GET", 404), ("POST", 201), ("POST", 403)])
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
    "a scope that is a string": {"items": [{"id": "a" * 24, "name": "x", "scope": "all.Application"}]},
    "a date that is a word": {"items": [{"id": "a" * 24, "name": "x", "expirationDate": "tomorrow"}]},
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
        assert result["failure"]["kind"] == "bad_response"
        assert f"Could not list the API tokens of application {sandbox.application_id}" in result["msg"]
        assert "api_url" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("kind", ["not_json", "empty", "not_object", "cut", "lie_length"])
def test_a_list_that_is_broken(sandbox: Sandbox, failing_api_token: Task, kind: str) -> None:
    sandbox.fault(kind, method="GET", times=None)
    result = failing_api_token(name="x", state="absent")
    assert result["msg"].startswith("Could not list the API tokens")
    assert writes(sandbox) == []


FOREIGN = {
    "empty": "",
    "unprintable": "\x00\x1b[31mred",
    "nested": "[" * 100000,
    "long": "x" * 100000,
    "string": '"just a string"',
    "NaN": "NaN",
    "U+FEFF": "\ufeff{}",
}


@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
def test_foreign_texts_are_quoted_briefly(sandbox: Sandbox, failing_api_token: Task, body: str) -> None:
    sandbox.fault("not_json", method="GET", body=body, status=200, times=None)
    result = failing_api_token(name="x")
    assert len(result["msg"]) < 600
    assert "\x1b" not in result["msg"]
    assert result["failure"]["kind"] == "bad_response"


@pytest.mark.parametrize(
    "message",
    ["", "x" * 100000, "line\nbreak\x1b[31m", None, {"a": 1}],
    ids=["empty", "long", "lines", "null", "object"],
)
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


def test_an_access_token_that_a_response_repeats_is_not_printed(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.fault("status", method="GET", status=400, body={"type": "Odd", "message": f"Bad: {sandbox.access_token}"})
    assert sandbox.access_token not in text_of(failing_api_token(name="x"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("not_json", f"<html>upstream sent: {UPSTREAM}</html>"),
        ("status", {"message": f"upstream sent: {UPSTREAM}"}),
        ("status", {"error": "Bad Gateway", "body": UPSTREAM}),
    ],
    ids=["html", "message", "other keys"],
)
@pytest.mark.parametrize("staged", ["true", "false"], ids=["staged", "direct"])
def test_nothing_is_quoted_of_what_a_gateway_responds_to_a_post(
    sandbox: Sandbox, failing_api_token: Task, kind: str, body: Any, staged: str
) -> None:
    sandbox.fault(kind, method="POST", status=502, body=body, when="after", times=None)
    result = failing_api_token(name="x", staged=staged)
    assert "502" in result["msg"]
    assert [word for word in (UPSTREAM, UPSTREAM[:12], "upstream", "<html>") if word in text_of(result)] == []
    assert (result["failure"]["status"], result["failure"]["message"]) == (502, None)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_is_not_asked_for_again(sandbox: Sandbox, failing_api_token: Task, method: str) -> None:
    sandbox.fault("status", method=method, status=403, times=None)
    failing_api_token(name="x", retries=3)
    assert methods(sandbox).count(method) == 1


@pytest.mark.parametrize(("method", "status"), [("GET", 429), ("PATCH", 503), ("DELETE", 500)])
@pytest.mark.parametrize("retries", [0, 2])
def test_a_temporary_problem_is_asked_about_again(
    sandbox: Sandbox, failing_api_token: Task, status: int, method: str, retries: int
) -> None:
    sandbox.seed_token("x")
    sandbox.fault("status", method=method, status=status, times=None)
    options: dict[str, Any] = {"state": "absent"} if method == "DELETE" else {"status": "inactive"}
    failing_api_token(name="x", retries=retries, **options)
    assert methods(sandbox).count(method) == retries + 1


def test_two_tokens_of_one_name_are_listed_with_creation_date_and_status(
    sandbox: Sandbox, failing_api_token: Task
) -> None:
    first = sandbox.seed_token("x", creationDate="2026-01-02T00:00:00Z")["id"]
    second = sandbox.seed_token("x", creationDate="2026-03-04T00:00:00Z", status="inactive")["id"]
    result = failing_api_token(name="x")
    assert result["msg"].startswith(
        f"Two API tokens are named 'x': {first} (created 2026-01-02T00:00:00.000Z, active),"
        f" {second} (created 2026-03-04T00:00:00.000Z, inactive). Nothing was changed."
    )
    assert result["failure"]["ids"] == [first, second]


def test_a_failure_in_the_middle_says_where(sandbox: Sandbox, failing_api_token: Task) -> None:
    expired = [sandbox.seed_token("x", expirationDate="2026-01-01T00:00:00Z")["id"] for _time in range(2)]
    sandbox.fault("status", method="DELETE", path=f".*/{expired[1]}", status=403)
    result = failing_api_token(name="x", state="absent")
    assert expired[1] in result["msg"]
    assert ids(sandbox.tokens()) == [expired[1]]
