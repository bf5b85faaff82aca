# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._tokens.jwt import (
    claims_of,
    scopes_of,
    token_id_of,
)
from losant_sandbox.client import Sandbox

ID = "575ec7417ae143cd83dc4a95"


def encoded(data: bytes, padded: bool = False) -> str:
    text = base64.urlsafe_b64encode(data).decode()
    return text if padded else text.rstrip("=")


def secret_with(payload: Any) -> Secret:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Secret(f"{encoded(b'{}')}.{encoded(data)}.{encoded(b'signature')}")


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"sub": ID, "subtype": "apiToken"}, ID),
        ({"sub": ID}, ID),
        ({"sub": ID, "subtype": None}, ID),
        ({"sub": ID.upper(), "subtype": "apiToken"}, ID),
        ({"sub": ID, "subtype": "user"}, None),
        ({"sub": ID, "subtype": "device"}, None),
        ({"sub": ID, "subtype": ["apiToken"]}, None),
        ({"sub": ID, "subtype": {}}, None),
        ({"subtype": "apiToken"}, None),
        ({"sub": None}, None),
        ({"sub": 5}, None),
        ({"sub": [ID]}, None),
        ({}, None),
    ],
)
def test_the_id_inside_a_secret(claims: dict[str, Any], expected: str | None) -> None:
    assert token_id_of(secret_with(claims)) == expected


@pytest.mark.parametrize(
    "secret",
    [
        Secret(""),
        Secret("opaque"),
        Secret("a.b"),
        Secret("a.b.c.d"),
        Secret(".."),
        Secret("a.!.c"),
        Secret("a.é.c"),
        Secret("a.A.c"),
        Secret(f"a.{encoded(b'not json')}.c"),
        secret_with([]),
        secret_with(None),
        secret_with("text"),
        secret_with(b"\xff\xff\xff"),
        secret_with(b'{"a":' * 100_000),
        secret_with(b"9" * 10_000),
    ],
)
def test_a_secret_that_is_not_a_jwt_has_no_claims(secret: Secret) -> None:
    assert claims_of(secret) == {}
    assert token_id_of(secret) is None


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert isinstance(claims_of(Secret(text)), dict)


@given(st.binary())
def test_any_payload_can_be_read(payload: bytes) -> None:
    assert isinstance(claims_of(secret_with(payload)), dict)


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text())))
def test_claims_are_read_as_written(claims: dict[str, Any]) -> None:
    assert claims_of(secret_with(claims)) == claims


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("filler", ["", "a", "aa", "aaa"])
def test_padding_does_not_matter(padded: bool, filler: str) -> None:
    payload = json.dumps({"sub": ID, "more": filler}).encode()
    assert token_id_of(Secret(f"x.{encoded(payload, padded)}.y")) == ID


def test_spaces_around_a_secret_do_not_matter() -> None:
    assert token_id_of(Secret(f"  {secret_with({'sub': ID}).reveal()}\n")) == ID


def test_the_payload_is_base64_for_urls() -> None:
    claims = {"sub": ID, "more": "???>>>~~~ÿ"}
    data = json.dumps(claims, ensure_ascii=False).encode("utf-8")
    assert set("-_") & set(encoded(data))
    assert claims_of(secret_with(data)) == claims


def test_the_secrets_of_the_api(sandbox: Sandbox) -> None:
    created = sandbox.seed_token("x")
    assert token_id_of(Secret(created["token"])) == created["id"]
    assert token_id_of(Secret(sandbox.access_token)) is None
    assert claims_of(Secret(sandbox.access_token))["subtype"] == "user"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (["all.Application"], {"all.Application"}),
        (["devices.get", "devices.get", "device.*"], {"devices.get", "device.*"}),
        ([None, 5, ["all.Application"], {}, "devices.get"], {"devices.get"}),
        ([], set()),
        ("all.Application", set()),
        ({"all.Application": True}, set()),
        (None, set()),
    ],
    # The order of a set differs from process to process.
    ids=lambda value: repr(sorted(value) if isinstance(value, set) else value),
)
def test_the_scopes_inside_a_secret(scope: Any, expected: set[str]) -> None:
    assert scopes_of(secret_with({"sub": ID, "scope": scope})) == expected


@pytest.mark.parametrize("text", ["", "opaque", "a.b.c"])
def test_a_secret_that_says_no_scopes(text: str) -> None:
    assert scopes_of(Secret(text)) == frozenset()
    assert scopes_of(secret_with({"sub": ID})) == frozenset()
