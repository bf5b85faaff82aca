# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.losant.platform.plugins.module_utils._host.lock import LockError, one_at_a_time

#: Takes the same kernel lock on a file, says so, and keeps it until it is killed.
HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "r+")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "locks"


def take(folder: Path, *what: str) -> None:
    """Take a lock and give it back at once."""
    with one_at_a_time(*(what or ("x",)), patience=0, folder=str(folder)):
        pass


def refusal_of(folder: Path, *what: str) -> str:
    with pytest.raises(LockError) as caught:
        take(folder, *what)
    assert caught.value.failure == {"kind": "lock"}
    return str(caught.value)


def test_only_one_at_a_time(folder: Path) -> None:
    with one_at_a_time("x", folder=str(folder)):
        message = refusal_of(folder)
    assert "Another run on this host is at the same token" in message
    assert "Nothing was written" in message
    take(folder)


def test_a_failure_gives_it_back(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="trouble"), one_at_a_time("x", folder=str(folder)):
        raise RuntimeError("trouble")
    take(folder)


@pytest.mark.parametrize(("one", "other"), [(("x",), ("y",)), (("a", "b"), ("ab",)), (("a", "b"), ("b", "a"))])
def test_other_things_do_not_wait(folder: Path, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    with one_at_a_time(*one, folder=str(folder)):
        take(folder, *other)
        assert refusal_of(folder, *one)


def test_it_is_freed_when_its_holder_is_killed(folder: Path) -> None:
    take(folder)
    [path] = folder.iterdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            assert str(path) in refusal_of(folder)
        finally:
            holder.kill()
            holder.wait()
    take(folder)


def test_what_is_made_is_private(folder: Path) -> None:
    take(folder, "a secret name")
    assert folder.stat().st_mode & 0o777 == 0o700
    [path] = folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "secret" not in path.name
    assert path.read_bytes() == b""


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701, 0o1777])
def test_a_folder_that_others_can_enter(folder: Path, mode: int) -> None:
    folder.mkdir()
    folder.chmod(mode)
    assert "mode 0700" in refusal_of(folder)
    assert list(folder.iterdir()) == []


def test_a_folder_of_somebody_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(0o700)
    someone = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: someone)
    assert "belongs to the user of the task" in refusal_of(folder)


def test_a_folder_that_is_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(0o700)
    folder.symlink_to(tmp_path / "real")
    assert "must be a folder" in refusal_of(folder)
    assert list((tmp_path / "real").iterdir()) == []


def test_a_folder_that_is_a_file(folder: Path) -> None:
    folder.touch(0o700)
    assert "must be a folder" in refusal_of(folder)


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    assert "No such file or directory" in refusal_of(tmp_path / "missing" / "locks")


def test_a_lock_that_is_a_link(folder: Path, tmp_path: Path) -> None:
    take(folder)
    [path] = folder.iterdir()
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    assert "Could not open the lock" in refusal_of(folder)
    assert not (tmp_path / "elsewhere").exists()
