# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies, which come from the environment."""

from __future__ import annotations

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError, ConnectionFailedError, Effect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import (
    Reply,
    error,
    hang_up,
    ok,
    raw,
    reset,
    serving,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, send

#: A host that no name server knows: a request to it arrives only through a proxy.
FAR = "losant.invalid"
NOBODY = "http://127.0.0.1:1"


def set_proxy(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("http_proxy", url)
    monkeypatch.setenv("https_proxy", url)


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_gets_the_request(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with serving() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        assert send(connect(f"http://{FAR}"), "GET") == {}
        [seen] = proxy.seen
    assert seen.target.startswith(f"http://{FAR}/things?")
    assert seen.headers["authorization"] == "Bearer secret"


@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_a_host_in_no_proxy_is_reached_directly(connect: Connect, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    with serving() as proxy, serving() as server:
        set_proxy(monkeypatch, proxy.url)
        monkeypatch.setenv(variable, "localhost")
        send(connect(server.url), "GET")
        assert (len(proxy.seen), len(server.seen)) == (0, 1)


def test_a_tunnel_is_requested_without_the_token(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(raw(502)) as proxy:
        set_proxy(monkeypatch, proxy.url)
        with pytest.raises(ConnectionFailedError):
            send(connect(f"https://{FAR}"), "GET")
        [seen] = proxy.seen
    assert (seen.method, seen.target) == ("CONNECT", f"{FAR}:443")
    assert "authorization" not in seen.headers


@pytest.mark.parametrize("method", METHODS)
def test_a_refused_tunnel_has_sent_nothing(connect: Connect, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    with serving(raw(407)) as proxy:
        set_proxy(monkeypatch, proxy.url)
        with pytest.raises(ConnectionFailedError, match=r"Tunnel connection failed: 407.*proxy settings") as caught:
            send(connect(f"https://{FAR}", retries=1), method)
        assert [seen.method for seen in proxy.seen] == ["CONNECT", "CONNECT"]
    assert caught.value.effect is Effect.NONE


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("method", METHODS)
def test_an_unreachable_proxy_has_sent_nothing(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, waits: list[float], method: str, scheme: str
) -> None:
    set_proxy(monkeypatch, NOBODY)
    with pytest.raises(ConnectionFailedError, match="refused") as caught:
        send(connect(f"{scheme}://{FAR}", retries=2), method)
    assert caught.value.effect is Effect.NONE
    assert len(waits) == 2


@pytest.mark.parametrize("response", [hang_up, reset])
@pytest.mark.parametrize("method", METHODS)
def test_a_proxy_that_breaks_off_may_have_sent_the_request(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, method: str, response: Reply
) -> None:
    """Promise 7: a POST is never blindly repeated."""
    with serving(response) as proxy:
        set_proxy(monkeypatch, proxy.url)
        with pytest.raises(ConnectionFailedError) as caught:
            send(connect(f"http://{FAR}", retries=2), method)
        assert [seen.method for seen in proxy.seen] == [method] * (1 if method == "POST" else 3)
    assert caught.value.effect > Effect.NONE


def test_an_error_status_of_the_proxy_is_an_api_error(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(error(407)) as proxy:
        set_proxy(monkeypatch, proxy.url)
        with pytest.raises(ApiError) as caught:
            send(connect(f"http://{FAR}"), "GET")
    assert caught.value.status == 407


@pytest.mark.parametrize("proxy", ["http://", "foo://proxy:99999", "http://proxy:port"])
def test_an_unusable_proxy_url_is_refused(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, waits: list[float], proxy: str
) -> None:
    set_proxy(monkeypatch, proxy)
    with serving(ok()) as server, pytest.raises(ConnectionFailedError, match="proxy settings in the environment"):
        send(connect(server.url, retries=2), "POST")
    assert waits == []
    assert server.seen == []


def test_the_password_of_the_proxy_is_not_shown(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    set_proxy(monkeypatch, "http://user:hidden@127.0.0.1:1")
    with pytest.raises(ConnectionFailedError) as caught:
        send(connect(f"http://{FAR}"), "GET")
    assert "hidden" not in f"{caught.value} {caught.value.failure}"
