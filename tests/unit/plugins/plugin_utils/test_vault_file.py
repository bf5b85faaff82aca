# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A vault file of one token: what is written, what is recognised, and what is refused."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host.errors import DeliveryError
from ansible_collections.losant.platform.plugins.plugin_utils._vault_file import Vault, VaultFile

PASSWORD, SECRET = "correct horse", Secret("eyJ.eyJ.s3cr3t")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.yml"


def opened(path: Path, label: str = "") -> VaultFile:
    return VaultFile(str(path), "pump_token", Vault(Secret(PASSWORD), label))


def encrypted(text: str, password: str = PASSWORD, label: str | None = None) -> bytes:
    content: bytes = VaultLib().encrypt(text, secret=VaultSecret(password.encode()), vault_id=label)
    return content


def decrypted(path: Path, label: str = "default") -> str:
    text: bytes = VaultLib([(label, VaultSecret(PASSWORD.encode()))]).decrypt(path.read_bytes())
    return text.decode()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_holds_one_variable_and_is_private(path: Path) -> None:
    file = opened(path)
    assert file.inspect().content is None
    file.check()
    file.write(SECRET)
    assert decrypted(path) == f"pump_token: {SECRET.reveal()}\n"
    assert mode_of(path) == 0o600
    assert opened(path).inspect().secret == SECRET
    assert [entry.name for entry in path.parent.iterdir()] == ["vault.yml"]


@pytest.mark.parametrize(
    "value", ["12345", "true", "a" * 12_000, "x: y #z".replace(" ", "")], ids=lambda value: value[:9]
)
def test_any_secret_is_read_as_it_was_written(path: Path, value: str) -> None:
    opened(path).write(Secret(value))
    assert opened(path).inspect().secret == Secret(value)


def test_nothing_is_ever_written_in_clear(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    real = os.pwrite

    def pwrite(fd: int, content: bytes, offset: int) -> int:
        written.append(bytes(content))
        return real(fd, content, offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    opened(path).write(SECRET)
    assert path.read_bytes() in written
    assert not [content for content in written if SECRET.reveal().encode() in content]


def test_the_label_is_written_and_any_is_read(path: Path) -> None:
    opened(path, "production").write(SECRET)
    assert path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.2;AES256;production\n")
    assert opened(path).inspect().secret == SECRET


def test_an_existing_file_keeps_its_mode(path: Path) -> None:
    path.write_bytes(encrypted("pump_token: old\n"))
    path.chmod(0o640)
    file = opened(path)
    found = file.inspect()
    assert found.attributes == found.wanted
    file.write(SECRET)
    assert mode_of(path) == 0o640


@pytest.mark.parametrize("before", [None, b"old"], ids=["new", "existing"])
def test_a_roll_back_restores_it_byte_by_byte(path: Path, before: bytes | None) -> None:
    content = encrypted("pump_token: old\n") if before is not None else None
    if content is not None:
        path.write_bytes(content)
    file = opened(path)
    file.inspect()
    file.write(SECRET)
    file.roll_back()
    assert (path.read_bytes() if path.exists() else None) == content


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"pump_token: clear\n", "is not encrypted with Ansible Vault"),
        (b"", "is not encrypted with Ansible Vault"),
        (encrypted("pump_token: x\n", password="another"), "cannot be decrypted with api_tokens_vault_password"),
        (encrypted("pump_token: x\n")[:-20], "cannot be decrypted with api_tokens_vault_password"),
        (b"$ANSIBLE_VAULT;1.1;AES256\nzz\n", "cannot be decrypted with api_tokens_vault_password"),
        (encrypted("pump_token: x\nother: y\n"), "holds other variables than pump_token: other"),
        (encrypted("other: y\n"), "holds other variables than pump_token: other"),
        (encrypted("[]\n"), "does not hold the variable pump_token"),
        (encrypted("just text"), "does not hold the variable pump_token"),
        (encrypted("a: b: c"), "does not hold the variable pump_token"),
        (encrypted("pump_token: !unknown x\n"), "does not hold the variable pump_token"),
        (encrypted("{}\n"), "holds no string in the variable pump_token"),
        (encrypted("pump_token: 12\n"), "holds no string in the variable pump_token"),
    ],
    ids=[
        "clear",
        "empty",
        "password",
        "cut",
        "damaged",
        "more",
        "other",
        "list",
        "text",
        "no-yaml",
        "tag",
        "nothing",
        "number",
    ],
)
def test_other_content_is_refused_and_not_touched(path: Path, content: bytes, problem: str) -> None:
    path.write_bytes(content)
    with pytest.raises(DeliveryError) as caught:
        opened(path).inspect()
    assert str(caught.value).startswith(f"vault_file {path} {problem}. It belongs to the role")
    assert path.read_bytes() == content


def test_a_directory_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="does not exist"):
        opened(tmp_path / "missing" / "vault.yml").inspect()
