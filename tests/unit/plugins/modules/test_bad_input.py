# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Input that cannot be right gets a clear error and no write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, text_of

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

ID = "575ec7417ae143cd83dc4a95"
BAD_IDS = ["", " ", ID[:-1], ID + "0", ID[:-1] + "g", f" {ID}", f"{ID}\n", "../" + ID, "é" * 24, "\uff11" * 24]
# Every form that a time or a duration cannot have is in test_rfc3339.py and test_durations.py.
BAD_TIMES = [" ", "tomorrow", "2027-06-30", "2027-06-30T12:00:00", "2027-02-29T00:00:00Z", "1798635600"]
BAD_DURATIONS = ["", " ", "-1d", "90", "1.5d", "1d 12h", "P90D", "9" * 6000 + "s", "1000000000d"]
TOO_LONG = ["3000000d", "999999999d"]


def _refused(sandbox: Sandbox, result: dict[str, Any], option: str) -> None:
    """The error names the option and shows no secret, and nothing was sent."""
    assert option in result["msg"]
    assert methods(sandbox) == []
    assert sandbox.access_token not in text_of(result)
    assert "Traceback" not in text_of(result)
    assert result.get("failure", {}).get("kind") in (None, "invalid_option")


BAD: list[tuple[str, Any]] = [
    *(("application_id", value) for value in BAD_IDS),
    *(("api_token_id", value) for value in BAD_IDS),
    ("name", ""),
    ("name", "x" * 256),
    ("description", "x" * 32768),
    ("status", "off"),
    ("status", ""),
    ("state", "rotated"),
    ("recreate", "yes please"),
    ("scope", []),
    ("scope", [""]),
    ("scope", ["devices.get", " "]),
    ("scope", ["devices get"]),
    ("scope", ["devices.get\n"]),
    ("scope", ["x" * 1025]),
    ("scope", {"devices": "get"}),
    *(("expiration_date", value) for value in BAD_TIMES),
    *(("expires_in", value) for value in BAD_DURATIONS),
    ("expires_in", "0s"),
    ("expires_in", "0w0d"),
    ("return_token", "perhaps"),
    ("allow_self_revoke", "perhaps"),
]


def _short(value: Any) -> str:
    return str(value)[:40]


@pytest.mark.parametrize(("option", "value"), BAD, ids=_short)
def test_api_token_refuses(sandbox: Sandbox, failing_api_token: Task, option: str, value: Any) -> None:
    options: dict[str, Any] = {"name": "x", option: value}
    _refused(sandbox, failing_api_token(**options), option)


@pytest.mark.parametrize(
    ("option", "value"), [("application_id", "x"), ("name", ""), ("scope", []), ("expires_in", "0s")], ids=_short
)
def test_check_mode_refuses_the_same(sandbox: Sandbox, failing_api_token: Task, option: str, value: Any) -> None:
    options: dict[str, Any] = {"name": "x", option: value}
    result = failing_api_token(**options, _check=True)
    _refused(sandbox, result, option)
    assert result == failing_api_token(**options)


@pytest.mark.parametrize("value", TOO_LONG)
def test_a_lifetime_beyond_the_calendar_writes_nothing(sandbox: Sandbox, failing_api_token: Task, value: str) -> None:
    assert "expires_in" in failing_api_token(name="x", expires_in=value)["msg"]
    assert sandbox.requests(writes=True) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["name", "api_token_id"]),
        ({"state": "absent"}, ["name", "api_token_id"]),
        (
            {"name": "x", "expires_in": "1d", "expiration_date": "2027-06-30T12:00:00Z"},
            ["expires_in", "expiration_date"],
        ),
        ({"name": "x", "expires_in": "1d", "expiration_date": ""}, ["expires_in", "expiration_date"]),
        ({"name": "x", "application_id": None}, ["application_id"]),
        ({"name": "x", "access_token": None}, ["access_token", "access_token_file", "LOSANT_API_TOKEN"]),
        ({"name": "x", "nmae": "y"}, ["nmae"]),
    ],
    ids=str,
)
def test_api_token_refuses_what_does_not_go_together(
    sandbox: Sandbox, failing_api_token: Task, options: dict[str, Any], words: list[str]
) -> None:
    result = failing_api_token(**options)
    for word in words:
        _refused(sandbox, result, word)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("application_id", value) for value in BAD_IDS),
        *(("api_token_id", value) for value in BAD_IDS),
        ("name", ""),
        ("name", "x" * 256),
        ("filter_field", "scope"),
        ("sort_field", "scope"),
        ("sort_field", ""),
        ("sort_direction", "ASC"),
        ("page", -1),
        ("page", "first"),
        ("page", 1.5),
        ("per_page", 0),
        ("per_page", -5),
        ("per_page", "all"),
        *(("expires_within", value) for value in BAD_DURATIONS),
    ],
    ids=_short,
)
def test_api_token_info_refuses(sandbox: Sandbox, failing_api_token_info: Task, option: str, value: Any) -> None:
    options: dict[str, Any] = {option: value}
    _refused(sandbox, failing_api_token_info(**options), option)


def test_api_token_info_refuses_a_filter_without_its_field(sandbox: Sandbox, failing_api_token_info: Task) -> None:
    _refused(sandbox, failing_api_token_info(filter="my*"), "filter_field")


BAD_URLS = [
    "",
    " ",
    "api.losant.com",
    "file:///etc/passwd",
    "http://",
    "http://user:password@127.0.0.1",
    "http://127.0.0.1:99999",
    "http://[::1",
    "http://127.0.0.1/a b",
    "http://127.0.0.1/\r\nX-Header: 1",
    "http://exämple.com",
    "http://127.0.0.1?x=1",
    "http://127.0.0.1/#",
]
# Each would be in a header.
BAD_TOKENS = ["", "\n", "a b", "a\r\nX-Header: 1", "a\x00b", "tökén", "Bearer abc", "\u200babc"]
BAD_DOMAINS = [" ", "example.com\r\nX-Header: 1", "exämple.com", "a\x00b"]
CONNECTION: list[tuple[str, Any]] = [
    *(("api_url", value) for value in BAD_URLS),
    *(("access_token", value) for value in BAD_TOKENS),
    *(("losant_domain", value) for value in BAD_DOMAINS),
    ("timeout", 0),
    ("timeout", -1),
    ("timeout", "nan"),
    ("timeout", "inf"),
    ("timeout", "soon"),
    ("timeout", 1e9),
    ("retries", -1),
    ("retries", 101),
    ("retries", "often"),
    ("retry_max_delay", -1),
    ("retry_max_delay", "nan"),
    ("retry_max_delay", "inf"),
    ("validate_certs", "perhaps"),
    ("ca_path", "/nonexistent/ca.pem"),
]


@pytest.mark.parametrize(("option", "value"), CONNECTION, ids=repr)
def test_every_module_refuses_a_bad_connection(
    sandbox: Sandbox, failing_api_token: Task, failing_api_token_info: Task, option: str, value: Any
) -> None:
    options: dict[str, Any] = {option: value}
    _refused(sandbox, failing_api_token(name="x", **options), option)
    _refused(sandbox, failing_api_token_info(**options), option)


def test_a_bad_token_is_not_shown(failing_api_token: Task) -> None:
    result = failing_api_token(name="x", access_token="very-secret with-a-space")
    assert "very-secret" not in text_of(result)
    assert "with-a-space" not in text_of(result)


@pytest.mark.parametrize("url", ["http://user:hunter2@127.0.0.1", "http://127.0.0.1?access_token=hunter2"])
def test_a_secret_in_a_bad_url_is_not_in_the_message(failing_api_token: Task, url: str) -> None:
    assert "hunter2" not in failing_api_token(name="x", api_url=url)["msg"]
