# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies, which come from the environment."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    ConnectionFailedError,
    Effect,
)
from ansible_collections.losant.platform.plugins.module_utils._client.failures import connection_error
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Request
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import (
    Response,
    error,
    hang_up,
    raw,
    reset,
    serving,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import ACTION, METHODS, send
from losant_sandbox.client import Sandbox

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
def test_a_host_in_no_proxy_is_reached_directly(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
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
    connect: Connect, monkeypatch: pytest.MonkeyPatch, method: str, response: Response
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


UNUSABLE = [
    "http://",
    "foo://user:hidden@proxy:99999",
    "ftp://user:hidden@proxy:80",
    "http://proxy:port",
    "http://user:hidden@",
    "http://user:hidden@:80",
    "http://user:hidden@proxy:99999",
    "http://user:hidden@127.0.0.1:port",
    "http://user:hid/den@127.0.0.1:80",
    "http://user:hid#den@127.0.0.1:80",
    "http://user:hid?den@127.0.0.1:80",
    "http://user:hid[den@127.0.0.1:80",
    "http://user:hid]den@[::1",
    "http://user:hidden\u20ac@127.0.0.1:80",
    "http://user:hidden%E2%82%AC@127.0.0.1:80",
    "http://user:hidden\udcff@127.0.0.1:80",
    "user:hidden@127.0.0.1:80",
    f"http://user:hidden@{'a' * 300}",
]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("proxy", UNUSABLE)
def test_an_unusable_proxy_url_is_refused(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, waits: list[float], proxy: str, scheme: str
) -> None:
    set_proxy(monkeypatch, proxy)
    with pytest.raises(ConnectionFailedError) as caught:
        send(connect(f"{scheme}://{FAR}", retries=2), "POST")
    text = f"{caught.value} {caught.value.failure}"
    assert f"was not sent: the proxy in {scheme}_proxy is not a valid URL" in text
    assert "http://USER:PASSWORD@HOST:PORT" in text
    assert "hid" not in text
    assert "den" not in text
    assert caught.value.effect is Effect.NONE
    assert waits == []


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_variable_of_an_unusable_proxy_is_named(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://user:hidden@")
    with pytest.raises(ConnectionFailedError, match=f"the proxy in {variable} is not a valid URL"):
        send(connect(f"https://{FAR}"), "GET")


CREDENTIALS = ["user:pa%2Fss", "user:p@ss:w", "user:p%40ss%3Aw", "us er:p ss", "user:p\xe4ss", ":pass", "user:", "user"]


@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_odd_credentials_reach_the_proxy(connect: Connect, monkeypatch: pytest.MonkeyPatch, credentials: str) -> None:
    with serving() as proxy:
        set_proxy(monkeypatch, f"http://{credentials}@127.0.0.1:{proxy.port}/")
        assert send(connect(f"http://{FAR}"), "GET") == {}
        [seen] = proxy.seen
    assert seen.target.startswith(f"http://{FAR}/things?")


@pytest.mark.parametrize("credentials", [item for item in CREDENTIALS if "p" in item])
@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
@pytest.mark.parametrize("response", [raw(502), hang_up, reset], ids=["502", "closed", "reset"])
def test_the_password_of_the_proxy_is_not_shown(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, credentials: str, scheme: str, response: Response
) -> None:
    with serving(response) as proxy:
        set_proxy(monkeypatch, f"{scheme}://{credentials}@127.0.0.1:{proxy.port}")
        with pytest.raises(ConnectionFailedError) as caught:
            send(connect(f"https://{FAR}"), "GET")
    assert credentials not in f"{caught.value} {caught.value.failure}"


def test_the_password_of_an_unreachable_proxy_is_not_shown(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    set_proxy(monkeypatch, "http://user:hidden@127.0.0.1:1")
    with pytest.raises(ConnectionFailedError) as caught:
        send(connect(f"http://{FAR}"), "GET")
    assert "hidden" not in f"{caught.value} {caught.value.failure}"


def test_a_socks_proxy_without_its_library_names_it() -> None:
    request = Request("POST", "https://api.losant.com/x", ACTION, {})
    error = connection_error(request, requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."), 1)
    assert "needs the Python library PySocks" in str(error)
    assert (error.effect, error.permanent) == (Effect.NONE, True)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_speaks_plain_http_is_recognized(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, scheme: str
) -> None:
    set_proxy(monkeypatch, sandbox.url.replace("http:", "https:"))
    with pytest.raises(ConnectionFailedError, match=r"the proxy at this port speaks plain HTTP\. Use http://"):
        send(connect(f"{scheme}://{FAR}"), "GET")
