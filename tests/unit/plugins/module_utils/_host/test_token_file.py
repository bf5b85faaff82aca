# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a secret is written to, and what it is like there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import RESERVED, DeliveryError, TokenFile

SECRET = "s3cr3t"
IS_ROOT = os.geteuid() == 0


@pytest.fixture(autouse=True)
def _loose_umask() -> Iterator[None]:
    """A umask that protects nothing, so that what is private is so by itself."""
    old = os.umask(0)
    yield
    os.umask(old)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "secrets"
    path.mkdir()
    return path


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "token"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


class TestWriting:
    @pytest.mark.parametrize("proved", [False, True])
    @pytest.mark.parametrize("before", [None, "", "old", "x" * 100_000])
    def test_it_holds_the_secret_and_nothing_else(self, path: Path, before: str | None, proved: bool) -> None:
        if before is not None:
            path.write_text(before)
        file = TokenFile(str(path))
        if proved:
            file.prove()
        file.write(SECRET)
        file.discard()
        assert path.read_text() == SECRET
        assert os.listdir(path.parent) == [path.name]

    def test_a_longer_secret_than_was_reserved(self, path: Path) -> None:
        file = TokenFile(str(path))
        file.prove()
        file.write("x" * (2 * RESERVED))
        assert path.read_text() == "x" * (2 * RESERVED)

    def test_it_is_replaced_in_one_step(self, path: Path) -> None:
        path.write_text("old")
        with path.open() as reader:
            TokenFile(str(path)).write(SECRET)
            # Whoever reads the old file reads all of it.
            assert reader.read() == "old"

    @pytest.mark.parametrize("mode", ["0600", "0640", "0400", "0"])
    def test_it_is_private_from_the_first_byte(self, path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
        seen: list[tuple[str, int]] = []
        reserved = b"\0" * RESERVED
        write, rename = os.pwrite, os.rename

        def pwrite(fd: int, data: bytes, offset: int) -> int:
            seen.append(("reserve" if data == reserved else data.decode(), stat.S_IMODE(os.fstat(fd).st_mode)))
            return write(fd, data, offset)

        def renaming(old: str, new: str) -> None:
            seen.append(("rename", mode_of(Path(old))))
            assert Path(old).stat().st_size == len(SECRET)
            assert not path.exists()
            rename(old, new)

        monkeypatch.setattr(os, "pwrite", pwrite)
        monkeypatch.setattr(os, "rename", renaming)
        wanted = int(mode, 8)
        TokenFile(str(path), mode=wanted).write(SECRET)
        assert seen == [("reserve", wanted), (SECRET, wanted), ("rename", wanted)]
        assert mode_of(path) == wanted

    def test_owner_and_group_are_kept(self, path: Path) -> None:
        path.write_text("old")
        owner = (os.geteuid() + 5, os.getegid() + 6) if IS_ROOT else (os.geteuid(), os.getegid())
        os.chown(path, *owner)
        TokenFile(str(path)).write(SECRET)
        assert (path.stat().st_uid, path.stat().st_gid) == owner

    def test_owner_and_group_as_numbers(self, path: Path) -> None:
        owner = (54321, 54322) if IS_ROOT else (os.geteuid(), os.getegid())
        file = TokenFile(str(path), str(owner[0]), str(owner[1]), "0640")
        wanted = {"mode": "0640", "owner": owner[0], "group": owner[1]}
        assert file.wanted_attributes() == wanted
        assert file.attributes() is None
        file.write(SECRET)
        assert file.attributes() == wanted
        assert (path.stat().st_uid, path.stat().st_gid) == owner

    def test_an_owner_that_may_not_be_given(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(fd: int, uid: int, gid: int) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "fchown", refuse)
        file = TokenFile(str(path), owner=str(os.geteuid() + 1))
        with pytest.raises(DeliveryError, match="Operation not permitted"):
            file.prove()
        assert os.listdir(path.parent) == []


class TestReading:
    def test_nothing_is_there(self, path: Path) -> None:
        file = TokenFile(str(path))
        assert file.read() is None
        assert file.attributes() is None
        assert file.wanted_attributes() == {"mode": "0600", "owner": os.geteuid(), "group": os.getegid()}

    @pytest.mark.parametrize(
        ("held", "read"),
        [(b"", ""), (b"s3cr3t", SECRET), (b" \ns3cr3t\r\n", SECRET), (b"\xff", "�"), (b"a\nb", "a\nb")],
    )
    def test_what_is_there(self, path: Path, held: bytes, read: str) -> None:
        path.write_bytes(held)
        assert TokenFile(str(path)).read() == read

    def test_a_huge_file_is_not_read_to_its_end(self, path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(2**40)
        held = TokenFile(str(path)).read()
        # Its beginning is not what it holds.
        assert held == ""

    def test_a_file_that_can_not_be_read(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path.write_text(SECRET)

        def refuse(*arguments: Any) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
        with pytest.raises(DeliveryError, match=r"Could not read token_file .*: Permission denied"):
            TokenFile(str(path)).read()


class TestTidying:
    def test_proving_and_discarding_leave_no_trace(self, path: Path) -> None:
        file = TokenFile(str(path))
        file.prove()
        assert len(os.listdir(path.parent)) == 1
        assert not path.exists()
        file.discard()
        file.discard()
        assert os.listdir(path.parent) == []

    def test_what_is_reserved_has_its_attributes_and_its_space(self, path: Path) -> None:
        file = TokenFile(str(path), mode="0640")
        file.prove()
        [reserved] = path.parent.iterdir()
        assert mode_of(reserved) == 0o640
        assert reserved.stat().st_size == RESERVED
        file.discard()

    @pytest.mark.parametrize("held", [b"old\n", b"", b"\xff\x00", b"x" * (RESERVED + 10)])
    def test_restore_what_was_held(self, path: Path, held: bytes) -> None:
        path.write_bytes(held)
        file = TokenFile(str(path))
        before = file.content()
        file.write(SECRET)
        file.restore(before, written=SECRET)
        assert (path.read_bytes(), mode_of(path)) == (held, 0o600)
        assert os.listdir(path.parent) == [path.name]

    def test_restore_that_there_was_none(self, path: Path) -> None:
        file = TokenFile(str(path))
        before = file.content()
        file.write(SECRET)
        file.restore(before, written=SECRET)
        assert os.listdir(path.parent) == []

    @pytest.mark.parametrize("written", ["of another run", "", None])
    def test_what_somebody_else_has_written_since_stays(self, path: Path, written: str | None) -> None:
        path.write_text("old")
        file = TokenFile(str(path))
        before = file.content()
        file.write(SECRET)
        path.unlink()
        if written is not None:
            path.write_text(written)
        with pytest.raises(DeliveryError, match="holds something else by now"):
            file.restore(before, written=SECRET)
        assert (path.read_text() if path.exists() else None) == written

    def test_remove(self, path: Path) -> None:
        path.write_text(SECRET)
        for _turn in range(2):
            TokenFile(str(path)).remove()
            assert os.listdir(path.parent) == []

    def test_fix_attributes(self, path: Path) -> None:
        path.write_text(SECRET)
        path.chmod(0o666)
        inode = path.stat().st_ino
        group = os.getegid() + 7 if IS_ROOT else os.getegid()
        file = TokenFile(str(path), group=str(group), mode="0440")
        assert file.attributes() != file.wanted_attributes()
        file.fix_attributes()
        assert file.attributes() == file.wanted_attributes() == {"mode": "0440", "owner": os.geteuid(), "group": group}
        assert (path.read_text(), path.stat().st_ino) == (SECRET, inode)

    def test_fix_attributes_of_nothing(self, path: Path) -> None:
        with pytest.raises(DeliveryError, match="No such file"):
            TokenFile(str(path)).fix_attributes()

    def test_fix_attributes_follows_no_link(self, path: Path, tmp_path: Path) -> None:
        target = tmp_path / "target"
        target.write_text("x")
        target.chmod(0o644)
        path.symlink_to(target)
        with pytest.raises(DeliveryError):
            TokenFile(str(path)).fix_attributes()
        assert mode_of(target) == 0o644


class TestOptions:
    @pytest.mark.parametrize("path", ["", "token", "./token", "~/token", "a/../b", "/a\0b"])
    def test_a_path_that_is_not_absolute(self, path: str) -> None:
        with pytest.raises(InvalidOptionError, match="not an absolute path") as caught:
            TokenFile(path)
        assert caught.value.failure["option"] == "token_file"

    @pytest.mark.parametrize(
        ("mode", "value"),
        [
            ("0600", 0o600),
            ("600", 0o600),
            ("0o640", 0o640),
            ("02640", 0o2640),
            (0o600, 0o600),
            (0, 0),
        ],
    )
    def test_a_mode(self, path: Path, mode: Any, value: int) -> None:
        assert TokenFile(str(path), mode=mode).wanted_attributes()["mode"] == f"{value:04o}"

    @pytest.mark.parametrize("mode", ["", "6", "0888", "u=rw", "-600", "77777", -1, 0o10000, True, 1.5, None, []])
    def test_a_mode_that_is_none(self, path: Path, mode: Any) -> None:
        with pytest.raises(InvalidOptionError, match="not octal") as caught:
            TokenFile(str(path), mode=mode)
        assert caught.value.failure["option"] == "mode"

    @pytest.mark.parametrize("option", ["owner", "group"])
    @pytest.mark.parametrize("value", ["", "no such name", "-1", "٣", "1.5"])
    def test_an_owner_that_is_none(self, path: Path, option: str, value: str) -> None:
        with pytest.raises(InvalidOptionError, match=f"{option} is {value!r}") as caught:
            TokenFile(str(path), **{option: value})
        assert caught.value.failure["option"] == option

    def test_owner_and_group_by_name(self, path: Path) -> None:
        file = TokenFile(str(path), owner="root", group="root" if _has_group("root") else "wheel")
        assert file.wanted_attributes() == {"mode": "0600", "owner": 0, "group": 0}


def _has_group(name: str) -> bool:
    return any(line.split(":")[0] == name for line in Path("/etc/group").read_text(encoding="utf-8").splitlines())


def test_what_is_restored_has_its_mode_again(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"old")
    path.chmod(0o640)
    file = TokenFile(str(path))
    before, attributes = file.content(), file.attributes()
    file.write("new")
    assert path.stat().st_mode & 0o777 == 0o600
    file.restore(before, attributes, written="new")
    assert path.read_bytes() == b"old"
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(tmp_path.glob(".losant-*"))
