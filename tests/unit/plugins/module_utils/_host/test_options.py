# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a token file: what is accepted, and what is refused before anything is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token"


def refusal_of(path: str | Path, **options: Any) -> InvalidOptionError:
    with pytest.raises(InvalidOptionError) as caught:
        TokenFile(str(path), **options)
    return caught.value


class TestPath:
    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("", "not an absolute path"),
            ("token", "not an absolute path"),
            ("./token", "not an absolute path"),
            ("~/token", "not an absolute path"),
            ("a/../b", "not an absolute path"),
            ("/", "names a directory"),
            ("/a/", "names a directory"),
            ("/a//", "names a directory"),
            ("/a/.", "names a directory"),
            ("/a/..", "names a directory"),
            ("/a\0b", "NUL"),
            ("/a\ud800b", "no path can have"),
            ("/a" + chr(0xDCFF), "no path can have"),
        ],
    )
    def test_it_is_refused(self, path: str, reason: str) -> None:
        error = refusal_of(path)
        assert reason in str(error)
        assert error.failure["option"] == "token_file"
        # The message itself can be printed.
        assert str(error).encode()

    @pytest.mark.parametrize("name", ["a/../token", "./token", "a//token", "töken", "...", " "])
    def test_it_is_used_as_it_is(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "a").mkdir()
        file = TokenFile(f"{tmp_path}/{name}")
        file.write(Secret("s3cr3t"))
        assert (tmp_path / name).read_text() == "s3cr3t"
        assert file.path == f"{tmp_path}/{name}"

    def test_the_kernel_resolves_what_follows_a_link(self, tmp_path: Path) -> None:
        """``link/..`` is the parent of the link's target."""
        (tmp_path / "elsewhere" / "target").mkdir(parents=True)
        (tmp_path / "link").symlink_to(tmp_path / "elsewhere" / "target")
        file = TokenFile(f"{tmp_path}/link/../token")
        file.check()
        file.write(Secret("s3cr3t"))
        assert (tmp_path / "elsewhere" / "token").read_text() == "s3cr3t"
        assert not (tmp_path / "token").exists()
        assert file.content() == b"s3cr3t"


class TestMode:
    @pytest.mark.parametrize(
        ("mode", "value"),
        [
            ("0600", "0600"),
            ("600", "0600"),
            ("640", "0640"),
            ("0o640", "0640"),
            ("02640", "2640"),
            ("0000", "0000"),
            # What YAML reads from these digits without quotes.
            (0o600, "0600"),
            (0o640, "0640"),
            (0o644, "0644"),
            (0o400, "0400"),
            (0o440, "0440"),
            (0o660, "0660"),
            (0o700, "0700"),
            (0o750, "0750"),
            (0o755, "0755"),
            (0, "0000"),
        ],
    )
    def test_it_is_accepted(self, path: Path, mode: Any, value: str) -> None:
        assert TokenFile(str(path), mode=mode).wanted_attributes()["mode"] == value

    @pytest.mark.parametrize("mode", [400, 440, 444, 600, 640, 644, 660, 664, 700, 750, 755, 770, 777, 1777, 2640])
    def test_a_mode_without_quotes_and_zero_is_refused(self, path: Path, mode: int) -> None:
        error = refusal_of(path, mode=mode)
        assert f"such as '{mode:04d}', in quotes" in str(error)
        assert error.failure["option"] == "mode"

    @pytest.mark.parametrize(
        "mode",
        ["", "6", "0888", "u=rw", "-600", "77777", "0640\n", -1, 0o10000, 999, True, False, 1.5, 640.0, None, []],
    )
    def test_it_is_refused(self, path: Path, mode: Any) -> None:
        error = refusal_of(path, mode=mode)
        assert "not octal" in str(error)
        assert "quotes" in str(error)
        assert error.failure["option"] == "mode"


@pytest.mark.parametrize("option", ["owner", "group"])
class TestOwner:
    @pytest.mark.parametrize("value", ["", "no such name", "-1", "٣", "1.5", "1e3", " 1", "a\0b", "\ud800"])
    def test_an_unknown_name_is_refused(self, path: Path, option: str, value: str) -> None:
        error = refusal_of(path, **{option: value})
        assert f"{option} is {value!r}" in str(error)
        assert error.failure["option"] == option

    @pytest.mark.parametrize("value", ["4294967295", "4294967296", "9" * 5000, "04294967295"])
    def test_a_number_that_no_file_can_have_is_refused(self, path: Path, option: str, value: str) -> None:
        """4294967295 is -1, which changes nothing, so the owner would never be the declared one."""
        error = refusal_of(path, **{option: value})
        assert "4294967294" in str(error)
        assert error.failure["option"] == option

    @pytest.mark.parametrize("value", ["0", "54321", "000054321", "4294967294"])
    def test_a_number_is_accepted(self, path: Path, option: str, value: str) -> None:
        options: dict[str, Any] = {option: value}
        assert TokenFile(str(path), **options).wanted_attributes()[option] == int(value)

    def test_a_name_is_accepted(self, path: Path, option: str) -> None:
        name = path.parent.owner() if option == "owner" else path.parent.group()
        number = path.parent.stat().st_uid if option == "owner" else path.parent.stat().st_gid
        options: dict[str, Any] = {option: name}
        assert TokenFile(str(path), **options).wanted_attributes()[option] == number
