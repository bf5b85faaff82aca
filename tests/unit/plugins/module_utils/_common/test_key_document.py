# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import tomllib

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.key_document import (
    FORMATS,
    KeyDocument,
    key_in,
    read_document,
)
from ansible_collections.losant.platform.plugins.module_utils._common.secret import KeySecret

DEVICE, KEY, SECRET = "575ecf887ae143cd83dc4aa2", "6a4ff5a1-6e3d", "0f47b6f2"
ENV = f"DEVICE_ID={DEVICE}\nACCESS_KEY={KEY}\nACCESS_SECRET={SECRET}\n"


def document(name: str) -> KeyDocument:
    return KeyDocument(name, DEVICE, KeySecret(KEY, SECRET))


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_read_again(name: str) -> None:
    read = read_document(document(name).text())
    assert read is not None
    assert (read.format, read.device_id, read.secret.key, read.secret.reveal()) == (name, DEVICE, KEY, SECRET)
    assert key_in(document(name).text().strip()) == KEY


def test_the_formats_are_those_that_agents_read() -> None:
    assert document("env").text() == ENV
    assert tomllib.loads(document("toml").text()) == {"gateway": {"id": DEVICE, "key": KEY, "secret": SECRET}}
    assert json.loads(document("json").text()) == {"deviceId": DEVICE, "key": KEY, "secret": SECRET}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "eyJ.a.token",
        "LOG_LEVEL=info\n" + ENV,
        ENV + f"ACCESS_KEY={KEY}\n",
        ENV.replace(f"={SECRET}", "="),
        "# by hand\n" + ENV,
        document("toml").text() + "[logger]\nlevel = 'info'\n",
        json.dumps({"deviceId": DEVICE, "key": KEY, "secret": SECRET, "more": "x"}),
        json.dumps({"deviceId": DEVICE, "key": KEY, "secret": 5}),
        "{",
        "[" * 100_000,
    ],
    ids=[
        "empty",
        "token",
        "more",
        "twice",
        "no secret",
        "comment",
        "more toml",
        "more json",
        "number",
        "broken",
        "deep",
    ],
)
def test_what_holds_anything_else_is_no_key_file(text: str) -> None:
    assert read_document(text) is None


@pytest.mark.parametrize("value", ["", "a b", "a'b", 'a"b', "a\nb", "a#b", "$a", "a\\b"])
@pytest.mark.parametrize("name", FORMATS)
def test_values_that_need_quotes_are_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="quoted"):
        KeyDocument(name, DEVICE, KeySecret(KEY, value)).text()


def test_quotes_and_spaces_of_toml() -> None:
    text = f'[gateway]\nsecret="{SECRET}"\n id =  "{DEVICE}"\nkey = \'{KEY}\'\n'
    read = read_document(text)
    assert read is not None
    assert read.secret.key == KEY


def test_one_word_is_the_key_itself() -> None:
    assert key_in(KEY) == KEY
    assert key_in("two words") is None
