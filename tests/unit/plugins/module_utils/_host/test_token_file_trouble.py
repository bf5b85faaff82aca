# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that can't take a secret. Nothing is left behind, and what was there is untouched."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._host.token_file import DeliveryError, TokenFile

SECRET = "s3cr3t"
ERRORS = [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT, errno.EACCES]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    return folder / "token"


def make_link(path: Path) -> None:
    target = path.parent.parent / "target"
    target.write_text("target")
    path.symlink_to(target)


OBSTACLES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "symlink": (make_link, "is a symbolic link"),
    "dangling symlink": (lambda path: path.symlink_to(path.parent / "nowhere"), "is a symbolic link"),
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "fifo": (os.mkfifo, "is no ordinary file"),
    "missing folder": (lambda path: path.parent.rmdir(), "there is no folder"),
}
ACTIONS: dict[str, Callable[[TokenFile], Any]] = {
    "read": TokenFile.read,
    "attributes": TokenFile.attributes,
    "wanted_attributes": TokenFile.wanted_attributes,
    "prove": TokenFile.prove,
    "write": lambda file: file.write(SECRET),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_is_no_file(path: Path, obstacle: str, action: str) -> None:
    make, message = OBSTACLES[obstacle]
    make(path)
    before = sorted(os.listdir(path.parent)) if path.parent.exists() else None
    with pytest.raises(DeliveryError, match=message) as caught:
        ACTIONS[action](TokenFile(str(path)))
    assert str(path) in str(caught.value)
    assert SECRET not in str(caught.value)
    assert (sorted(os.listdir(path.parent)) if path.parent.exists() else None) == before
    if obstacle == "symlink":
        assert path.read_text() == "target"


def test_a_parent_that_is_a_file(path: Path) -> None:
    path.write_text("x")
    with pytest.raises(DeliveryError, match="there is no folder"):
        TokenFile(str(path / "token")).prove()


def test_a_name_that_is_too_long(path: Path) -> None:
    with pytest.raises(DeliveryError, match="File name too long"):
        TokenFile(str(path.parent / ("x" * 300))).prove()


def fail(monkeypatch: pytest.MonkeyPatch, function: str, code: int) -> None:
    """Let a function of the system fail from now on."""

    def failing(*arguments: Any, **named: Any) -> Any:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, function, failing)


@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("function", ["open", "pwrite", "fsync", "fchmod"])
def test_it_is_proved_before_a_secret_is_made(
    path: Path, monkeypatch: pytest.MonkeyPatch, function: str, code: int, before: str | None
) -> None:
    if before is not None:
        path.write_text(before)
    file = TokenFile(str(path))
    with monkeypatch.context() as patches:
        fail(patches, function, code)
        with pytest.raises(DeliveryError, match=f"Could not write token_file .*: {os.strerror(code)}"):
            file.prove()
    file.discard()
    assert os.listdir(path.parent) == ([path.name] if before is not None else [])
    if before is not None:
        assert path.read_text() == before


@pytest.mark.parametrize("proved", [False, True])
@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("function", ["pwrite", "ftruncate", "fsync", "rename"])
def test_a_write_that_fails(
    path: Path, monkeypatch: pytest.MonkeyPatch, function: str, code: int, before: str | None, proved: bool
) -> None:
    if before is not None:
        path.write_text(before)
    file = TokenFile(str(path))
    if proved:
        file.prove()
    with monkeypatch.context() as patches:
        fail(patches, function, code)
        with pytest.raises(DeliveryError, match=os.strerror(code)) as caught:
            file.write(SECRET)
    assert SECRET not in str(caught.value)
    file.discard()
    assert os.listdir(path.parent) == ([path.name] if before is not None else [])
    if before is not None:
        assert path.read_text() == before


@pytest.mark.parametrize("open_files", [True, False])
def test_a_folder_that_can_not_be_synchronised_does_no_harm(
    path: Path, monkeypatch: pytest.MonkeyPatch, open_files: bool
) -> None:
    file = TokenFile(str(path))
    file.prove()
    real = os.fsync

    def fsync(fd: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{fd}"):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(fd)

    with monkeypatch.context() as patches:
        patches.setattr(os, "fsync", fsync)
        if not open_files:
            fail(patches, "open", errno.EACCES)
        file.write(SECRET)
    assert path.read_text() == SECRET


@pytest.mark.parametrize("code", ERRORS)
def test_a_file_that_can_not_be_removed(path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    path.write_text("old")
    with monkeypatch.context() as patches:
        fail(patches, "unlink", code)
        with pytest.raises(DeliveryError, match=f"Could not remove token_file .*: {os.strerror(code)}"):
            TokenFile(str(path)).remove()
    assert path.read_text() == "old"


def test_no_open_file_is_left(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for function in ("fchmod", "fsync", "pwrite", "ftruncate", "rename"):
        with monkeypatch.context() as patches:
            fail(patches, function, errno.ENOSPC)
            with pytest.raises(DeliveryError):
                TokenFile(str(path)).write(SECRET)
    TokenFile(str(path)).write(SECRET)
    assert TokenFile(str(path)).read() == SECRET
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("proved", [False, True])
def test_a_write_that_is_cut_short_is_continued(path: Path, monkeypatch: pytest.MonkeyPatch, proved: bool) -> None:
    real = os.pwrite
    file = TokenFile(str(path))
    if proved:
        file.prove()
    with monkeypatch.context() as patches:
        patches.setattr(os, "pwrite", lambda fd, data, offset: real(fd, data[:5000], offset))
        file.write("x" * 12_000)
    assert path.read_text() == "x" * 12_000


def test_a_disk_that_gets_full_is_no_proof(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cuts a write short without an error; only the next one fails."""
    real = os.pwrite

    def pwrite(fd: int, data: bytes, offset: int) -> int:
        room = 4096 - offset
        if room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, data[:room], offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(DeliveryError, match=os.strerror(errno.ENOSPC)):
        TokenFile(str(path)).prove()
    assert os.listdir(path.parent) == []
