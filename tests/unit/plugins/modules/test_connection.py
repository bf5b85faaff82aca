# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection, and what is sent over it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.retry import RetryPolicy
from ansible_collections.losant.platform.plugins.module_utils._module import connection
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    bodies,
    methods,
    queries,
    text_of,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox


#: The requests of a task that creates a token, when the access token can manage tokens.
CREATING = ["GET", "POST", "PATCH", "GET"]


def _headers(sandbox: Sandbox) -> list[dict[str, str]]:
    return [request["headers"] for request in sandbox.requests()]


def test_every_request_carries_what_the_api_wants(sandbox: Sandbox, api_token: Task) -> None:
    for options in ({}, {"description": "d"}, {"recreate": "always"}, {"state": "absent"}):
        more: dict[str, Any] = options
        api_token(name="x", **more)
    assert set(methods(sandbox)) == {"GET", "POST", "PATCH", "DELETE"}
    for headers in _headers(sandbox):
        assert headers["accept"] == "application/json"
        assert headers["accept-version"].startswith("^1.")
        assert headers["user-agent"].startswith("losant.platform/1.")
        assert "losantdomain" not in headers
    sent = [headers["content-type"] for headers in _headers(sandbox) if "content-type" in headers]
    assert set(sent) == {"application/json"}
    assert len(sent) == len(bodies(sandbox, "POST")) + len(bodies(sandbox, "PATCH"))
    assert {request["caller"] for request in sandbox.requests()} != {None, "unknown"}
    assert queries(sandbox, "access_token", "jwt") == [{}] * len(methods(sandbox))


@pytest.mark.parametrize("spelling", ["losant_domain", "losantdomain"])
def test_the_domain_is_sent(sandbox: Sandbox, api_token: Task, api_token_info: Task, spelling: str) -> None:
    options: dict[str, Any] = {spelling: "example.com"}
    api_token(name="x", **options)
    api_token_info(**options)
    assert methods(sandbox) == [*CREATING, "GET"]
    assert {headers["losantdomain"] for headers in _headers(sandbox)} == {"example.com"}


def test_the_aliases_of_the_other_options(sandbox: Sandbox, api_token: Task) -> None:
    api_token(
        application_id=None,
        applicationId=sandbox.application_id,
        access_token=None,
        auth_token=sandbox.access_token,
        name="x",
        expirationDate="2027-06-30T12:00:00Z",
    )
    assert the_token(sandbox)["expirationDate"] == "2027-06-30T12:00:00.000Z"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The settings of each client that a task uses."""
    seen: list[dict[str, Any]] = []

    def recorded(**settings: Any) -> Client:
        seen.append(settings)
        return Client(**settings)

    monkeypatch.setattr(connection, "Client", recorded)
    return seen


def test_the_environment_stands_in(
    sandbox: Sandbox,
    api_token: Task,
    api_token_info: Task,
    monkeypatch: pytest.MonkeyPatch,
    settings: list[dict[str, Any]],
) -> None:
    for name, value in {
        "LOSANT_API_TOKEN": sandbox.access_token,
        "LOSANT_API_URL": sandbox.url,
        "LOSANT_APPLICATION_ID": sandbox.application_id,
        "LOSANT_DOMAIN": "example.com",
        "LOSANT_TIMEOUT": "7.5",
        "LOSANT_RETRIES": "2",
        "LOSANT_RETRY_MAX_DELAY": "0",
        "LOSANT_VALIDATE_CERTS": "no",
        "LOSANT_CA_PATH": "/",
    }.items():
        monkeypatch.setenv(name, value)
    unset: dict[str, Any] = dict.fromkeys(["access_token", "api_url", "application_id", "retry_max_delay"])
    for task, options in ((api_token, {"name": "x", **unset}), (api_token_info, unset)):
        result = task(**options)
        used = settings.pop()
        assert used["losant_domain"] == "example.com"
        assert (used["timeout"], used["retry"]) == (7.5, RetryPolicy(2, 0))
        assert (used["validate_certs"], used["ca_path"]) == (False, "/")
        assert sandbox.access_token not in text_of(result)
    assert methods(sandbox) == [*CREATING, "GET"]


def test_an_option_wins_over_the_environment(
    sandbox: Sandbox, api_token: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSANT_API_TOKEN", "from-the-environment")
    monkeypatch.setenv("LOSANT_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LOSANT_DOMAIN", "environment.example.com")
    api_token(name="x", losant_domain="option.example.com")
    assert methods(sandbox) == CREATING
    assert {headers["losantdomain"] for headers in _headers(sandbox)} == {"option.example.com"}


def test_an_application_in_an_option_wins_over_the_environment(
    sandbox: Sandbox, api_token: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSANT_APPLICATION_ID", "f" * 24)
    assert api_token(name="x")["api_token"]["owner_id"] == sandbox.application_id


@pytest.mark.parametrize(
    ("variable", "value", "option"),
    [
        ("LOSANT_API_TOKEN", "", "access_token"),
        ("LOSANT_API_TOKEN", "a b", "access_token"),
        ("LOSANT_API_URL", "api.losant.com", "api_url"),
        ("LOSANT_APPLICATION_ID", "dashboard", "application_id"),
        ("LOSANT_RETRIES", "-1", "retries"),
        ("LOSANT_CA_PATH", "/nonexistent", "ca_path"),
    ],
)
def test_bad_values_in_the_environment(
    sandbox: Sandbox,
    failing_api_token: Task,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    option: str,
) -> None:
    monkeypatch.setenv(variable, value)
    unset: dict[str, Any] = {option: None}
    assert option in failing_api_token(name="x", **unset)["msg"]
    assert methods(sandbox) == []


@pytest.mark.parametrize(
    ("variable", "value", "option"),
    [
        ("LOSANT_TIMEOUT", "abc", "timeout"),
        ("LOSANT_TIMEOUT", "", "timeout"),
        ("LOSANT_RETRIES", "2.5", "retries"),
        ("LOSANT_RETRY_MAX_DELAY", "soon", "retry_max_delay"),
        ("LOSANT_VALIDATE_CERTS", "perhaps", "validate_certs"),
    ],
)
def test_an_unusable_variable_is_named(
    sandbox: Sandbox,
    failing_api_token: Task,
    failing_api_token_info: Task,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    option: str,
) -> None:
    monkeypatch.setenv(variable, value)
    unset: dict[str, Any] = {option: None}
    for result in (failing_api_token(name="x", **unset), failing_api_token_info(**unset)):
        assert result["msg"] == f"The environment variable {variable} is {value!r}, which {option} cannot be."
        assert result["failure"] == {"kind": "invalid_option", "option": option}
    assert methods(sandbox) == []


def test_an_unusable_variable_does_not_matter_beside_the_option(
    api_token: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSANT_TIMEOUT", "abc")
    assert api_token(name="x", timeout=7)["changed"]


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port that refuses connections: bound, and nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield int(unused.getsockname()[1])


def test_plain_http_to_another_machine_warns(
    failing_api_token: Task, failing_api_token_info: Task, monkeypatch: pytest.MonkeyPatch, refusing_port: int
) -> None:
    # Through a proxy, so that the name is never looked up.
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{refusing_port}")
    options: dict[str, Any] = {"api_url": "http://losant.example", "retries": 0}
    for result in (failing_api_token(name="x", **options), failing_api_token_info(**options)):
        assert result["failure"]["kind"] == "connection"
        [warning] = result["warnings"]
        assert "plain http to another machine" in warning
        assert "http://losant.example" in warning


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_plain_http_to_this_machine_does_not_warn(failing_api_token: Task, refusing_port: int, host: str) -> None:
    result = failing_api_token(name="x", api_url=f"http://{host}:{refusing_port}", retries=0)
    assert result["failure"]["kind"] == "connection"
    assert result["warnings"] == []


def test_whitespace_around_the_access_token_does_not_matter(sandbox: Sandbox, api_token: Task) -> None:
    result = api_token(name="x", access_token=f"  {sandbox.access_token}\n")
    assert sandbox.access_token not in text_of(result)
    assert the_token(sandbox)["name"] == "x"


def test_a_slash_at_the_end_of_the_url_does_not_matter(sandbox: Sandbox, api_token: Task) -> None:
    api_token(name="x", api_url=f"{sandbox.url}/")
    path = sandbox.tokens_path
    assert [request["path"] for request in sandbox.requests()] == [
        *[path] * 2,
        f"{path}/{the_token(sandbox)['id']}",
        path,
    ]


@pytest.mark.parametrize("machine", ["127.0.0.1", "default"])
def test_a_netrc_does_not_replace_the_token(
    sandbox: Sandbox, api_token: Task, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, machine: str
) -> None:
    entry = "default" if machine == "default" else f"machine {machine}"
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"{entry} login user password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    assert api_token(name="x")["changed"]
    assert "unknown" not in {request["caller"] for request in sandbox.requests()}


def test_a_refused_connection_is_reported(
    failing_api_token: Task, failing_api_token_info: Task, refusing_port: int
) -> None:
    url = f"http://127.0.0.1:{refusing_port}"
    for result in (failing_api_token(name="x", api_url=url), failing_api_token_info(api_url=url)):
        assert "refused" in result["msg"]
        assert url in result["msg"]
        assert "Check api_url" in result["msg"]
        assert result["failure"]["kind"] == "connection"


@pytest.mark.parametrize("url", ["http://.example.com", "http://" + "a" * 64 + ".example.com"])
def test_a_host_that_cannot_exist_is_reported(failing_api_token: Task, url: str) -> None:
    result = failing_api_token(name="x", api_url=url, retries=0)
    assert result["failure"]["kind"] == "connection"
    assert "api_url" in result["msg"]


def test_https_to_a_plain_http_port_says_so(sandbox: Sandbox, failing_api_token: Task) -> None:
    result = failing_api_token(name="x", api_url=sandbox.url.replace("http:", "https:"), retries=0)
    assert result["failure"]["kind"] == "connection"
    assert "the server at this port speaks plain HTTP. Use http:// in api_url" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("kind", ["reset_before", "cut"])
def test_a_broken_reading_is_repeated(sandbox: Sandbox, api_token: Task, kind: str) -> None:
    sandbox.fault(kind, method="GET", times=5)
    assert api_token(name="x")["changed"]
    assert methods(sandbox) == ["GET"] * 5 + CREATING


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_broken_change_is_given_up_in_the_end(sandbox: Sandbox, failing_api_token: Task, method: str) -> None:
    token = sandbox.seed_token("x")
    sandbox.fault("reset_before", method=method, times=None)
    options: dict[str, Any] = {"PATCH": {"status": "inactive"}, "DELETE": {"state": "absent"}}[method]
    result = failing_api_token(name="x", retries=1, **options)
    assert writes(sandbox) == [(method, token["id"])] * 2
    assert result["failure"]["kind"] == "connection"
    assert token["id"] in result["msg"]


@pytest.mark.parametrize("asked", ["0", "1", "Tue, 24 Nov 2026 08:00:01 GMT", "soon", ""])
def test_a_retry_after_of_any_form_does_no_harm(sandbox: Sandbox, api_token: Task, asked: str) -> None:
    sandbox.fault("status", method="GET", status=429, headers={"Retry-After": asked})
    assert api_token(name="x")["changed"]
