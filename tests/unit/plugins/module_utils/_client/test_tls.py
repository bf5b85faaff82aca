# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a client trusts."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from ansible_collections.losant.platform.plugins.module_utils._client.errors import ConnectionFailedError, Effect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import RawServer, ok, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, send
from losant_sandbox.client import Sandbox


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def context_of(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[RawServer]:
    """A server whose certificate is signed by the test's own authority."""
    with serving(ok(), tls=context_of(authority, "localhost")) as server:
        yield server


@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_authority_is_refused_immediately(
    connect: Connect, server: RawServer, waits: list[float], method: str
) -> None:
    with pytest.raises(ConnectionFailedError, match=r"CERTIFICATE_VERIFY_FAILED.* set ca_path") as caught:
        send(connect(server.url, retries=3), method)
    assert caught.value.permanent
    assert caught.value.effect is Effect.NONE
    assert (server.seen, waits) == ([], [])


@pytest.mark.parametrize("method", METHODS)
def test_ca_path_adds_an_authority(connect: Connect, server: RawServer, ca_file: str, method: str) -> None:
    send(connect(server.url, ca_path=ca_file), method)
    assert [seen.method for seen in server.seen] == [method]


def test_a_certificate_for_another_host_is_refused(connect: Connect, authority: trustme.CA, ca_file: str) -> None:
    with serving(ok(), tls=context_of(authority, "other.example.com")) as server:
        with pytest.raises(ConnectionFailedError, match=r"(?i)hostname mismatch|hostname .* doesn't match") as caught:
            send(connect(server.url, ca_path=ca_file), "GET")
        assert server.seen == []
    assert caught.value.permanent


def test_another_authority_does_not_help(connect: Connect, server: RawServer, tmp_path: Path) -> None:
    path = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    with pytest.raises(ConnectionFailedError, match="CERTIFICATE_VERIFY_FAILED"):
        send(connect(server.url, ca_path=str(path)), "GET")
    assert server.seen == []


def test_without_validation_every_server_is_trusted_without_a_warning(connect: Connect, server: RawServer) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert send(connect(server.url, validate_certs=False), "GET") == {}


def test_the_environment_does_not_restore_validation(
    connect: Connect, server: RawServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    assert send(connect(server.url, validate_certs=False), "GET") == {}


def test_ca_path_wins_over_the_environment(
    connect: Connect, server: RawServer, ca_file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    assert send(connect(server.url, ca_path=ca_file), "GET") == {}


def test_a_ca_file_without_certificates_is_refused_immediately(
    connect: Connect, server: RawServer, waits: list[float], tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate\n", encoding="utf-8")
    with pytest.raises(ConnectionFailedError) as caught:
        send(connect(server.url, ca_path=str(path), retries=3), "GET")
    assert caught.value.permanent
    assert waits == []


def test_tls_to_a_plain_http_server_is_refused_immediately(
    connect: Connect, waits: list[float], sandbox: Sandbox
) -> None:
    with pytest.raises(ConnectionFailedError) as caught:
        send(connect(sandbox.url.replace("http:", "https:"), retries=3), "GET")
    assert "the server at this port speaks plain HTTP. Use http:// in api_url, or the right port." in str(caught.value)
    assert caught.value.permanent
    assert waits == []
