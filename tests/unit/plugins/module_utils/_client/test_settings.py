# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a client refuses before it sends anything."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client import client as _client
from ansible_collections.losant.platform.plugins.module_utils._client import errors as _errors
from ansible_collections.losant.platform.plugins.module_utils._client.errors import ReadOnlyError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InternalError, InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import METHODS, send

URL = "http://localhost:1"

UNSENDABLE = [
    "sec ret",
    "sec\nret",
    "sec\rret",
    "sec\r\nX-Evil: 1",
    "sec\tret",
    "sec\x00ret",
    "sec\x1bret",
    "sec\x7fret",
    "sec\u00a0ret",
    "secrét",
    "sec\u2028ret",
]


def refusal_of(connect: Connect, url: str = URL, **settings: object) -> InvalidOptionError:
    with pytest.raises(InvalidOptionError) as caught:
        connect(url, **settings)
    return caught.value


@pytest.mark.parametrize("token", UNSENDABLE)
def test_an_unsendable_token_is_refused_and_not_shown(connect: Connect, token: str) -> None:
    error = refusal_of(connect, access_token=token)
    assert error.failure == {"kind": "invalid_option", "option": "access_token"}
    assert "access_token" in str(error)
    assert "sec" not in str(error)
    assert "ret" not in str(error).replace("secret", "")


@pytest.mark.parametrize("token", ["", " ", "\n", "\t \r\n"])
def test_an_empty_token_is_refused(connect: Connect, token: str) -> None:
    assert str(refusal_of(connect, access_token=token)) == "access_token is empty."


@pytest.mark.parametrize("domain", [" ", "exam ple.com", "example.com\r\nX-Evil: 1", "exämple.com"])
def test_an_unsendable_domain_is_refused(connect: Connect, domain: str) -> None:
    assert refusal_of(connect, losant_domain=domain).failure["option"] == "losant_domain"


@pytest.mark.parametrize("domain", [None, ""])
def test_a_domain_is_optional(connect: Connect, domain: str | None) -> None:
    connect(URL, losant_domain=domain)


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "/",
        "api.losant.com",
        "//api.losant.com",
        "ftp://api.losant.com",
        "file:///etc/passwd",
        "http://",
        "https:///applications",
        "http://:8080",
        "https://api.losant.com:port",
        "https://api.losant.com:70000",
        "https://[::1",
        "https://user@api.losant.com",
        "https://user:password@api.losant.com",
        "https://@api.losant.com",
        "https://api.losant.com?a=b",
        "https://api.losant.com/?",
        "https://api.losant.com/#",
        "https://api.losant.com#part",
        "https://api.lo sant.com",
        "https://api.losant.com/\r\nX-Evil: 1",
        "https://api.lösant.com",
    ],
)
def test_an_invalid_url_is_refused(connect: Connect, url: str) -> None:
    error = refusal_of(connect, url)
    assert error.failure["option"] == "api_url"
    assert "password" not in str(error).replace("user, password", "")


@pytest.mark.parametrize(
    "url", ["https://api.losant.com", "HTTPS://api.losant.com/", " http://10.0.0.1:8080/losant ", "http://[::1]:80"]
)
def test_a_valid_url_is_accepted(connect: Connect, url: str) -> None:
    connect(url)


def test_a_missing_ca_path_is_refused(connect: Connect, tmp_path: Path) -> None:
    error = refusal_of(connect, ca_path=str(tmp_path / "none.pem"))
    assert error.failure["option"] == "ca_path"
    assert "none.pem" in str(error)


def test_without_validation_the_ca_path_does_not_matter(connect: Connect, tmp_path: Path) -> None:
    connect(URL, ca_path=str(tmp_path / "none.pem"), validate_certs=False)


@pytest.mark.parametrize("method", METHODS)
def test_a_read_only_client_reads_and_does_not_write(connect: Connect, method: str) -> None:
    with serving() as server:
        client = connect(server.url, read_only=True)
        if method == "GET":
            assert send(client, method) == {}
        else:
            with pytest.raises(ReadOnlyError, match="do the thing"):
                send(client, method)
        assert [seen.method for seen in server.seen] == (["GET"] if method == "GET" else [])


def test_a_read_only_error_is_an_internal_error() -> None:
    assert issubclass(ReadOnlyError, InternalError)
    assert ReadOnlyError("x").failure == {"kind": "internal_error"}
    assert not issubclass(ReadOnlyError, _errors.RequestError)


@pytest.mark.parametrize("missing", ["requests", "urllib3"])
def test_without_requests_the_files_load_and_the_client_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in ("requests", "urllib3")]:
        monkeypatch.delitem(sys.modules, name)
    package = sys.modules[str(_client.__package__)]
    for file in ("imports", "proxies", "failures", "transport", "client"):
        monkeypatch.delitem(sys.modules, f"{package.__name__}.{file}")
        # The import below changes this too; it is restored after the test.
        monkeypatch.setattr(package, file, getattr(package, file))
    # An import of what is None here fails.
    monkeypatch.setitem(sys.modules, missing, None)
    bare = importlib.import_module(f"{package.__name__}.client")
    assert bare is not _client
    with pytest.raises(_errors.MissingLibraryError, match="requests"):
        bare.Client(access_token=Secret("secret"), api_url=URL, retry=None)
    imports = importlib.import_module(f"{package.__name__}.imports")
    assert f"import of {missing} halted" in imports.IMPORT_ERROR


@pytest.mark.parametrize(
    "url",
    ["https://api.losant.com", "http://localhost:1", "http://127.0.0.1:1", "http://127.1.2.3", "http://[::1]:1/x"],
)
def test_https_and_loopback_lead_to_no_warning(connect: Connect, url: str) -> None:
    assert connect(url).warnings() == ()


@pytest.mark.parametrize(
    "url",
    ["http://api.losant.com", "HTTP://10.0.0.1:8080", "http://localhost.example.com", "http://[::2]", "http://0.0.0.0"],
)
def test_plain_http_to_another_machine_leads_to_a_warning(connect: Connect, url: str) -> None:
    [warning] = connect(url).warnings()
    assert url in warning
    assert "the access token travels unencrypted" in warning
    assert connect(url).reading_with(Secret("other")).warnings() == (warning,)
