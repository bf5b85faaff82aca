# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that cannot be written. No temporary file remains, and the old file is unchanged."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import DeliveryError, TokenFile

SECRET = Secret("s3cr3t")
ERRORS = [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT, errno.EACCES]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    directory = tmp_path / "secrets"
    directory.mkdir()
    return directory / "token"


def make_link(path: Path) -> None:
    target = path.parent.parent / "target"
    target.write_text("target")
    path.symlink_to(target)


#: Something at the path that is not a token file, and how the message describes it.
OBSTACLES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "symlink": (make_link, "is a symbolic link"),
    "dangling symlink": (lambda path: path.symlink_to(path.parent / "nowhere"), "is a symbolic link"),
    "directory": (lambda path: path.mkdir(), "is a directory"),
    "fifo": (os.mkfifo, "is not a regular file"),
    "missing directory": (lambda path: path.parent.rmdir(), "does not exist. Create it first"),
}
ACTIONS: dict[str, Callable[[TokenFile], Any]] = {
    "read": TokenFile.inspect,
    "attributes": TokenFile.attributes,
    "wanted_attributes": TokenFile.wanted_attributes,
    "check": TokenFile.check,
    "check_removal": TokenFile.check_removal,
    "write": lambda file: file.write(SECRET),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_something_else_at_the_path(path: Path, obstacle: str, action: str) -> None:
    make, message = OBSTACLES[obstacle]
    make(path)
    before = sorted(os.listdir(path.parent)) if path.parent.exists() else None
    with pytest.raises(DeliveryError, match=message) as caught:
        ACTIONS[action](TokenFile(str(path)))
    assert str(path) in str(caught.value)
    assert SECRET.reveal() not in str(caught.value)
    assert (sorted(os.listdir(path.parent)) if path.parent.exists() else None) == before
    if obstacle == "symlink":
        assert path.read_text() == "target"


def test_a_parent_that_is_a_file(path: Path) -> None:
    path.write_text("x")
    with pytest.raises(DeliveryError, match="does not exist"):
        TokenFile(str(path / "token")).check()


def test_a_name_that_is_too_long(path: Path) -> None:
    with pytest.raises(DeliveryError, match="File name too long"):
        TokenFile(str(path.parent / ("x" * 300))).check()


def fail(monkeypatch: pytest.MonkeyPatch, function: str, code: int) -> None:
    """Let a call of the operating system fail."""

    def failing(*arguments: Any, **named: Any) -> Any:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, function, failing)


@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("function", ["open", "pwrite", "fsync", "fchmod"])
def test_a_check_fails_as_a_write_would(
    path: Path, monkeypatch: pytest.MonkeyPatch, function: str, code: int, before: str | None
) -> None:
    if before is not None:
        path.write_text(before)
    file = TokenFile(str(path))
    with monkeypatch.context() as patches:
        fail(patches, function, code)
        with pytest.raises(DeliveryError, match=f"Could not write token_file .*: {os.strerror(code)}"):
            file.check()
    file.discard()
    assert os.listdir(path.parent) == ([path.name] if before is not None else [])
    if before is not None:
        assert path.read_text() == before


@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("function", ["pwrite", "ftruncate", "fsync", "rename"])
def test_a_write_that_fails(
    path: Path, monkeypatch: pytest.MonkeyPatch, function: str, code: int, before: str | None, checked: bool
) -> None:
    if before is not None:
        path.write_text(before)
    file = TokenFile(str(path))
    if checked:
        file.check()
    with monkeypatch.context() as patches:
        fail(patches, function, code)
        with pytest.raises(DeliveryError, match=os.strerror(code)) as caught:
            file.write(SECRET)
    assert SECRET.reveal() not in str(caught.value)
    file.discard()
    assert os.listdir(path.parent) == ([path.name] if before is not None else [])
    if before is not None:
        assert path.read_text() == before


@pytest.mark.parametrize("open_files", [True, False])
def test_a_directory_that_cannot_be_synchronised_does_no_harm(
    path: Path, monkeypatch: pytest.MonkeyPatch, open_files: bool
) -> None:
    file = TokenFile(str(path))
    file.check()
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
    assert path.read_text() == SECRET.reveal()


@pytest.mark.parametrize("code", ERRORS)
def test_a_file_that_cannot_be_removed(path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    path.write_text("old")
    with monkeypatch.context() as patches:
        fail(patches, "unlink", code)
        with pytest.raises(DeliveryError, match=f"Could not remove token_file .*: {os.strerror(code)}"):
            TokenFile(str(path)).remove()
    assert path.read_text() == "old"


def test_no_file_remains_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for function in ("fchmod", "fsync", "pwrite", "ftruncate", "rename"):
        with monkeypatch.context() as patches:
            fail(patches, function, errno.ENOSPC)
            with pytest.raises(DeliveryError):
                TokenFile(str(path)).write(SECRET)
    TokenFile(str(path)).write(SECRET)
    assert TokenFile(str(path)).inspect().secret == SECRET
    # Only files of this test: connections that other tests left to the garbage collector come and go.
    assert not [target for target in _open_files() if target.startswith(str(path.parent))]


def _open_files() -> Iterator[str]:
    for descriptor in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the one that lists the directory
            yield os.readlink(f"/proc/self/fd/{descriptor}")


@pytest.mark.parametrize("checked", [False, True])
def test_a_write_that_is_cut_short_is_continued(path: Path, monkeypatch: pytest.MonkeyPatch, checked: bool) -> None:
    real = os.pwrite
    file = TokenFile(str(path))
    if checked:
        file.check()
    with monkeypatch.context() as patches:
        patches.setattr(os, "pwrite", lambda fd, data, offset: real(fd, data[:5000], offset))
        file.write(Secret("x" * 12_000))
    assert path.read_text() == "x" * 12_000


def test_a_disk_that_gets_full_fails_a_check(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cuts a write short without an error; only the next one fails."""
    real = os.pwrite

    def pwrite(fd: int, data: bytes, offset: int) -> int:
        room = 4096 - offset
        if room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, data[:room], offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(DeliveryError, match=os.strerror(errno.ENOSPC)):
        TokenFile(str(path)).check()
    assert os.listdir(path.parent) == []
