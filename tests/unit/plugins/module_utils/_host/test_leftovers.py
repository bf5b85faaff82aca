# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Temporary files of interrupted runs are removed by the next run for the same token file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._host.machine import running

#: Reserves a temporary file for a token file, and keeps it until it is killed.
RUN = """
import sys
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
TokenFile(sys.argv[1], mode=sys.argv[2]).check()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    directory = tmp_path / "secrets"
    directory.mkdir()
    return directory / "token"


def age(directory: Path, hours: float) -> None:
    """Let the temporary files in a directory be of an earlier time, by the clock of the file system."""
    (directory / "now").touch()
    now = (directory / "now").stat().st_mtime
    (directory / "now").unlink()
    for entry in directory.glob(".losant-*"):
        os.utime(entry, (now, now - hours * 3600))


def leave(path: Path, *, mode: str = "0600", hours: float = 1.1) -> Path:
    """Leave the temporary file of an interrupted run; return its path."""
    before = set(path.parent.iterdir())
    with running(RUN, str(path), mode):
        pass
    age(path.parent, hours)
    (leftover,) = set(path.parent.iterdir()) - before
    return leftover


@pytest.mark.parametrize("mode", ["0600", "0644", "0400"])
@pytest.mark.parametrize("existing", [None, "old"])
def test_it_is_removed(path: Path, existing: str | None, mode: str) -> None:
    if existing is not None:
        path.write_text(existing)
    leave(path, mode=mode)
    TokenFile(str(path)).remove_leftovers()
    assert os.listdir(path.parent) == ([] if existing is None else [path.name])


def test_it_is_kept_for_an_hour(path: Path) -> None:
    leftover = leave(path, hours=0.9)
    TokenFile(str(path)).remove_leftovers()
    assert list(path.parent.iterdir()) == [leftover]


def test_one_of_another_token_file_is_kept(path: Path) -> None:
    leftover = leave(path.with_name("token2"))
    TokenFile(str(path)).remove_leftovers()
    assert list(path.parent.iterdir()) == [leftover]


def test_one_of_a_run_in_progress_is_kept(path: Path) -> None:
    """However long the run takes."""
    with running(RUN, str(path), "0600"):
        age(path.parent, 100)
        TokenFile(str(path)).remove_leftovers()
        assert len(os.listdir(path.parent)) == 1
    TokenFile(str(path)).remove_leftovers()
    assert os.listdir(path.parent) == []


def test_the_own_one_is_kept(path: Path) -> None:
    file = TokenFile(str(path))
    file.check()
    age(path.parent, 100)
    file.remove_leftovers()
    file.write(Secret("s3cr3t"))
    assert path.read_text() == "s3cr3t"


def _to_link(leftover: Path) -> None:
    leftover.rename(leftover.parent.parent / "target")
    leftover.symlink_to(leftover.parent.parent / "target")


def _to_directory(leftover: Path) -> None:
    leftover.unlink()
    leftover.mkdir()


def _to_fifo(leftover: Path) -> None:
    leftover.unlink()
    os.mkfifo(leftover)


@pytest.mark.parametrize("change", [_to_link, _to_directory, _to_fifo])
def test_what_is_not_a_regular_file_is_kept(path: Path, change: Callable[[Path], None]) -> None:
    leftover = leave(path)
    change(leftover)
    os.utime(leftover, (0, 0), follow_symlinks=False)
    TokenFile(str(path)).remove_leftovers()
    assert list(path.parent.iterdir()) == [leftover]


def test_one_of_another_user_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leftover = leave(path)
    user = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: user)
    TokenFile(str(path)).remove_leftovers()
    assert list(path.parent.iterdir()) == [leftover]


def test_one_of_the_declared_owner_is_removed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted run has given it its final owner before it wrote a secret."""
    leave(path)
    owner = str(os.geteuid())
    monkeypatch.setattr(os, "geteuid", lambda: int(owner) + 1)
    TokenFile(str(path), owner=owner).remove_leftovers()
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("name", ["x" * 255, "ä" * 127])
def test_a_long_name_has_a_temporary_file_as_well(path: Path, name: str) -> None:
    file = TokenFile(str(path.parent / name))
    file.check()
    file.write(Secret("s3cr3t"))
    assert os.listdir(path.parent) == [name]


@pytest.mark.parametrize("call", ["listdir", "unlink", "open"])
def test_a_failure_does_not_matter(path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    leave(path)

    def refuse(*_arguments: Any, **_named: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        TokenFile(str(path)).remove_leftovers()
    assert any(path.parent.iterdir())


def test_a_file_system_without_locks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(path)

    def refuse(_fd: int, _how: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", refuse)
    file = TokenFile(str(path))
    file.remove_leftovers()
    assert os.listdir(path.parent) == []
    file.write(Secret("s3cr3t"))
    assert path.read_text() == "s3cr3t"


def test_without_a_directory_it_does_nothing(tmp_path: Path) -> None:
    TokenFile(str(tmp_path / "missing" / "token")).remove_leftovers()
    assert os.listdir(tmp_path) == ["home"]
