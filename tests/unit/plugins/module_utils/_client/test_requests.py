# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a request of the client looks like on the wire."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.losant.platform.plugins.module_utils._client.transport import API_VERSION
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import Seen, as_json, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import ACTION, METHODS, PATH, send
from losant_sandbox.client import Sandbox

GALAXY = Path(__file__).resolve().parents[5] / "galaxy.yml"


def seen_of(connect: Connect, method: str = "GET", **settings: str) -> Seen:
    """The one request that a client sends."""
    with serving() as server:
        send(connect(server.url, **settings), method)
        [seen] = server.seen
    return seen


@pytest.mark.parametrize("method", METHODS)
def test_every_request_has_the_headers_of_the_api(connect: Connect, method: str) -> None:
    seen = seen_of(connect, method)
    assert seen.method == method
    assert seen.headers["authorization"] == "Bearer secret"
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["accept-version"] == API_VERSION
    assert "losantdomain" not in seen.headers


def test_the_api_version_is_a_caret_range() -> None:
    assert re.fullmatch(r"\^\d+\.\d+\.\d+", API_VERSION)


def test_the_user_agent_has_the_version_of_the_collection(connect: Connect) -> None:
    version = yaml.safe_load(GALAXY.read_text(encoding="utf-8"))["version"]
    assert seen_of(connect).headers["user-agent"].startswith(f"losant.platform/{version} python-requests/")


def test_the_domain_is_sent_if_given(connect: Connect) -> None:
    assert seen_of(connect, losant_domain="example.com").headers["losantdomain"] == "example.com"


@pytest.mark.parametrize("method", METHODS)
def test_only_post_and_patch_have_a_body(connect: Connect, method: str) -> None:
    seen = seen_of(connect, method)
    if method in ("POST", "PATCH"):
        assert json.loads(seen.body) == {"name": "x"}
        assert seen.headers["content-type"] == "application/json"
    else:
        assert seen.body == b""
        assert "content-type" not in seen.headers


@pytest.mark.parametrize("method", METHODS)
def test_links_and_actions_are_declined(connect: Connect, method: str) -> None:
    assert seen_of(connect, method).target == f"{PATH}?_actions=false&_links=false&_embedded=false"


def test_the_query_is_encoded(connect: Connect) -> None:
    with serving() as server:
        connect(server.url).get(PATH, ACTION, {"filter": "a b&c=d*ü", "page": 3})
        [seen] = server.seen
    assert seen.target.endswith("&filter=a+b%26c%3Dd%2A%C3%BC&page=3")


def test_a_path_in_the_url_is_kept(connect: Connect) -> None:
    with serving() as server:
        send(connect(f"{server.url}/proxied/losant/"), "GET")
        [seen] = server.seen
    assert seen.target.startswith(f"/proxied/losant{PATH}?")


@pytest.mark.parametrize("token", ["  secret", "secret\n", "\t secret \r\n"])
def test_whitespace_around_the_token_is_dropped(connect: Connect, token: str) -> None:
    assert seen_of(connect, access_token=token).headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize("name", [".netrc", "_netrc"])
def test_netrc_does_not_win(connect: Connect, tmp_path: Path, name: str) -> None:
    (tmp_path / "home" / name).write_text("machine localhost login eve password wrong\n", encoding="utf-8")
    assert seen_of(connect).headers["authorization"] == "Bearer secret"


def test_the_variable_netrc_does_not_win(connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "mine"
    netrc.write_text("default login eve password wrong\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    assert seen_of(connect).headers["authorization"] == "Bearer secret"


def test_cookies_do_not_replace_the_token(connect: Connect) -> None:
    with serving(as_json(200, {}, "Set-Cookie: session=1")) as server:
        client = connect(server.url)
        send(client, "GET")
        send(client, "GET")
        assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer secret"] * 2


def test_a_session_serves_several_requests(connect: Connect, sandbox: Sandbox) -> None:
    client = connect(sandbox.url, access_token=sandbox.access_token)
    created = client.post(sandbox.tokens_path, ACTION, {"name": "x"})
    path = f"{sandbox.tokens_path}/{created['id']}"
    assert client.patch(path, ACTION, {"name": "y"})["name"] == "y"
    assert client.get(path, ACTION, {})["name"] == "y"
    client.delete(path, ACTION)
    assert sandbox.tokens() == []
    assert [entry["method"] for entry in sandbox.requests()] == ["POST", "PATCH", "GET", "DELETE"]
