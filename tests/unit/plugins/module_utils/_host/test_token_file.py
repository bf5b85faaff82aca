# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a secret is written to a file, read, restored and removed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InternalError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host.placement import MAX_BYTES
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import DeliveryError, TokenFile

SECRET = Secret("s3cr3t")
IS_ROOT = os.geteuid() == 0


@pytest.fixture(autouse=True)
def _loose_umask() -> Iterator[None]:
    """A umask that protects nothing, so that what is private is so by itself."""
    old = os.umask(0)
    yield
    os.umask(old)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "secrets"
    path.mkdir()
    return path


@pytest.fixture
def path(directory: Path) -> Path:
    return directory / "token"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


class TestWriting:
    @pytest.mark.parametrize("checked", [False, True])
    @pytest.mark.parametrize("before", [None, "", "old", "x" * 60_000])
    def test_it_holds_the_secret_and_nothing_else(self, path: Path, before: str | None, checked: bool) -> None:
        if before is not None:
            path.write_text(before)
        file = TokenFile(str(path))
        if checked:
            file.check()
        file.write(SECRET)
        file.discard()
        assert path.read_text() == SECRET.reveal()
        assert os.listdir(path.parent) == [path.name]

    @pytest.mark.parametrize("value", ["", "sécret", "a b", "a\nb", "x" * 40_000])
    def test_what_is_not_a_token_is_not_written(self, path: Path, value: str) -> None:
        with pytest.raises(InternalError) as caught:
            TokenFile(str(path)).write(Secret(value))
        assert value == "" or value not in str(caught.value)
        assert caught.value.__cause__ is None
        assert os.listdir(path.parent) == []

    def test_it_is_replaced_in_one_step(self, path: Path) -> None:
        path.write_text("old")
        with path.open() as reader:
            TokenFile(str(path)).write(SECRET)
            # Whoever reads the old file reads all of it.
            assert reader.read() == "old"

    @pytest.mark.parametrize("mode", ["0600", "0640", "0400", "0000"])
    def test_it_is_private_from_the_first_byte(self, path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
        seen: list[tuple[str, int]] = []
        reserved = b"\0" * MAX_BYTES
        write, rename = os.pwrite, os.rename

        def pwrite(fd: int, data: bytes, offset: int) -> int:
            seen.append(("reserve" if data == reserved else data.decode(), stat.S_IMODE(os.fstat(fd).st_mode)))
            return write(fd, data, offset)

        def renaming(old: str, new: str) -> None:
            seen.append(("rename", mode_of(Path(old))))
            assert Path(old).stat().st_size == len(SECRET.reveal())
            assert not path.exists()
            rename(old, new)

        monkeypatch.setattr(os, "pwrite", pwrite)
        monkeypatch.setattr(os, "rename", renaming)
        wanted = int(mode, 8)
        TokenFile(str(path), mode=mode).write(SECRET)
        assert seen == [("reserve", wanted), (SECRET.reveal(), wanted), ("rename", wanted)]
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

    def test_an_owner_that_cannot_be_given(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(fd: int, uid: int, gid: int) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "fchown", refuse)
        file = TokenFile(str(path), owner=str(os.geteuid() + 1))
        with pytest.raises(DeliveryError, match="Operation not permitted"):
            file.check()
        assert os.listdir(path.parent) == []


class TestReplacedByAnotherProcess:
    """Another user can rename files in a shared directory, though not read the secret."""

    def test_before_the_rename(self, path: Path) -> None:
        path.write_text("old")
        file = TokenFile(str(path))
        file.check()
        (temporary,) = path.parent.glob(".losant-*")
        temporary.rename(path.parent / "stolen")
        temporary.write_text("planted")
        with pytest.raises(DeliveryError, match="replaced the temporary file") as caught:
            file.write(SECRET)
        assert str(path) in str(caught.value)
        assert path.read_text() == "old"
        assert temporary.read_text() == "planted"
        assert (path.parent / "stolen").read_text() == ""

    @pytest.mark.parametrize("planted", ["planted", None])
    def test_during_the_rename(self, path: Path, monkeypatch: pytest.MonkeyPatch, planted: str | None) -> None:
        rename = os.rename

        def swapped(source: str, target: str) -> None:
            rename(source, path.parent / "stolen")
            if planted is not None:
                Path(target).write_text(planted)

        monkeypatch.setattr(os, "rename", swapped)
        with pytest.raises(DeliveryError, match="is not the file that was written") as caught:
            TokenFile(str(path)).write(SECRET)
        assert str(path) in str(caught.value)
        assert SECRET.reveal() not in str(caught.value)
        assert (path.read_text() if path.exists() else None) == planted
        assert (path.parent / "stolen").read_text() == ""


class TestReading:
    def test_a_missing_file(self, path: Path) -> None:
        file = TokenFile(str(path))
        assert file.inspect().secret is None
        assert file.attributes() is None
        assert file.wanted_attributes() == {"mode": "0600", "owner": os.geteuid(), "group": os.getegid()}

    @pytest.mark.parametrize(
        ("held", "read"),
        [(b"", ""), (b"s3cr3t", "s3cr3t"), (b" \ns3cr3t\r\n", "s3cr3t"), (b"\xff", "�"), (b"a\nb", "a\nb")],
    )
    def test_an_existing_file(self, path: Path, held: bytes, read: str) -> None:
        path.write_bytes(held)
        assert TokenFile(str(path)).inspect().secret == Secret(read)

    @pytest.mark.parametrize("size", [MAX_BYTES + 1, 3 * 2**30])
    @pytest.mark.parametrize(
        "action",
        [
            TokenFile.inspect,
            TokenFile.content,
            TokenFile.attributes,
            TokenFile.check,
            TokenFile.check_removal,
            lambda file: file.write(SECRET),
        ],
    )
    def test_a_large_file_is_refused(self, path: Path, size: int, action: Callable[[TokenFile], Any]) -> None:
        with path.open("wb") as large:
            large.truncate(size)
        with pytest.raises(DeliveryError, match=f"{path} has {size} bytes"):
            action(TokenFile(str(path)))
        assert os.listdir(path.parent) == [path.name]
        assert path.stat().st_size == size

    def test_a_file_that_has_become_large_is_not_read(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another process writes to it between the look at the path and the opening."""
        path.write_text("old")
        real = os.open

        def grow(name: str, *arguments: Any) -> int:
            with path.open("wb") as large:
                large.truncate(3 * 2**30)
            return real(name, *arguments)

        monkeypatch.setattr(os, "open", grow)
        with pytest.raises(DeliveryError, match="bytes"):
            TokenFile(str(path)).inspect()

    def test_the_largest_file(self, path: Path) -> None:
        path.write_text("x" * MAX_BYTES)
        assert TokenFile(str(path)).content() == b"x" * MAX_BYTES

    def test_a_file_that_cannot_be_read(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path.write_text(SECRET.reveal())

        def refuse(*arguments: Any) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
        with pytest.raises(DeliveryError, match=r"Could not read token_file .*: Permission denied"):
            TokenFile(str(path)).inspect()


class TestRestoring:
    def test_check_and_discard_change_nothing(self, path: Path) -> None:
        file = TokenFile(str(path))
        file.check()
        assert len(os.listdir(path.parent)) == 1
        assert not path.exists()
        file.discard()
        file.discard()
        assert os.listdir(path.parent) == []

    def test_a_reserved_file_has_its_final_attributes_and_size(self, path: Path) -> None:
        file = TokenFile(str(path), mode="0640")
        file.check()
        [reserved] = path.parent.iterdir()
        assert mode_of(reserved) == 0o640
        assert reserved.stat().st_size == MAX_BYTES
        file.discard()

    @pytest.mark.parametrize("held", [b"old\n", b"", b"\xff\x00", b"x" * MAX_BYTES])
    def test_restore_what_was_held(self, path: Path, held: bytes) -> None:
        path.write_bytes(held)
        file = TokenFile(str(path))
        before = file.content()
        file.write(SECRET)
        file.restore(before, written=SECRET)
        assert (path.read_bytes(), mode_of(path)) == (held, 0o600)
        assert os.listdir(path.parent) == [path.name]

    def test_restore_a_missing_file(self, path: Path) -> None:
        file = TokenFile(str(path))
        before = file.content()
        file.write(SECRET)
        file.restore(before, written=SECRET)
        assert os.listdir(path.parent) == []

    @pytest.mark.parametrize("written", ["by another run", "", None])
    def test_what_another_process_has_written_since_is_kept(self, path: Path, written: str | None) -> None:
        path.write_text("old")
        file = TokenFile(str(path))
        before = file.content()
        file.write(SECRET)
        path.unlink()
        if written is not None:
            path.write_text(written)
        with pytest.raises(DeliveryError, match="another process has changed it since"):
            file.restore(before, written=SECRET)
        assert (path.read_text() if path.exists() else None) == written

    @pytest.mark.parametrize("held", [None, b"old"])
    def test_what_is_as_before_is_not_restored(self, path: Path, held: bytes | None) -> None:
        """So that a caller can restore without knowing whether a write was interrupted before or after the rename."""
        if held is not None:
            path.write_bytes(held)
        file = TokenFile(str(path))
        before = [(entry, entry.stat()) for entry in path.parent.iterdir()]
        file.restore(file.content(), file.attributes(), written=SECRET)
        assert [(entry, entry.stat()) for entry in path.parent.iterdir()] == before

    def test_an_interruption_right_after_the_rename_can_be_restored(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path.write_text("old")
        file = TokenFile(str(path))
        before, attributes = file.content(), file.attributes()
        rename = os.rename

        def interrupted(source: str, target: str) -> None:
            rename(source, target)
            raise KeyboardInterrupt

        with monkeypatch.context() as patches:
            patches.setattr(os, "rename", interrupted)
            with pytest.raises(KeyboardInterrupt):
                file.write(SECRET)
        assert path.read_text() == SECRET.reveal()
        file.restore(before, attributes, written=SECRET)
        assert path.read_text() == "old"
        assert os.listdir(path.parent) == [path.name]

    def test_remove(self, path: Path) -> None:
        path.write_text(SECRET.reveal())
        for _turn in range(2):
            TokenFile(str(path)).remove()
            assert os.listdir(path.parent) == []

    def test_fix_attributes(self, path: Path) -> None:
        path.write_text(SECRET.reveal())
        path.chmod(0o666)
        inode = path.stat().st_ino
        group = os.getegid() + 7 if IS_ROOT else os.getegid()
        file = TokenFile(str(path), group=str(group), mode="0440")
        assert file.attributes() != file.wanted_attributes()
        file.fix_attributes()
        assert file.attributes() == file.wanted_attributes() == {"mode": "0440", "owner": os.geteuid(), "group": group}
        assert (path.read_text(), path.stat().st_ino) == (SECRET.reveal(), inode)

    def test_fix_attributes_of_a_missing_file(self, path: Path) -> None:
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


def test_restore_restores_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"old")
    path.chmod(0o640)
    file = TokenFile(str(path))
    before, attributes = file.content(), file.attributes()
    file.write(SECRET)
    assert path.stat().st_mode & 0o777 == 0o600
    file.restore(before, attributes, written=SECRET)
    assert path.read_bytes() == b"old"
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(tmp_path.glob(".losant-*"))
