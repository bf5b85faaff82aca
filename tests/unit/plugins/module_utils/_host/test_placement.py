# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rename to the token file would meet is found by a check, and nothing is changed."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._host import placement
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import DeliveryError, TokenFile
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._host.machine import flagged, mounted, running

SECRET = Secret("s3cr3t")
#: Everything that would end in a rename or a removal.
CHANGES: dict[str, Callable[[TokenFile], Any]] = {
    "check": TokenFile.check,
    "check_removal": TokenFile.check_removal,
    "write": lambda file: file.write(SECRET),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    directory = tmp_path / "secrets"
    directory.mkdir()
    (directory / "token").write_text("old")
    return directory / "token"


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest) -> Callable[[TokenFile], Any]:
    return CHANGES[request.param]


def refusal_of(change: Callable[[TokenFile], Any], path: Path) -> str:
    """The message of a change that is refused, when the directory is as it was."""
    before = sorted(os.listdir(path.parent))
    with pytest.raises(DeliveryError) as caught:
        change(TokenFile(str(path)))
    assert str(path) in str(caught.value)
    assert caught.value.failure == {"kind": "delivery"}
    assert sorted(os.listdir(path.parent)) == before
    assert path.read_text() == "old"
    return str(caught.value)


@pytest.mark.parametrize("flag", ["immutable", "append-only"])
def test_a_flag_of_the_file(path: Path, change: Callable[[TokenFile], Any], flag: str) -> None:
    with flagged(path, flag):
        message = refusal_of(change, path)
    assert f"the file is {flag}" in message
    assert "chattr -" in message


@pytest.mark.parametrize("flag", ["immutable", "append-only"])
def test_a_flag_of_the_directory(path: Path, change: Callable[[TokenFile], Any], flag: str) -> None:
    """A temporary file in an append-only directory could not be removed again."""
    with flagged(path.parent, flag):
        message = refusal_of(change, path)
    assert f"the directory {path.parent} is {flag}" in message


@pytest.mark.parametrize("flag", ["immutable", "append-only"])
def test_a_flag_of_the_directory_of_a_new_file(path: Path, flag: str) -> None:
    path.unlink()
    with flagged(path.parent, flag):
        with pytest.raises(DeliveryError, match=f"directory {path.parent} is {flag}"):
            TokenFile(str(path)).check()
        TokenFile(str(path)).check_removal()
        assert os.listdir(path.parent) == []


def test_a_file_that_is_a_mount_point(path: Path, tmp_path: Path, change: Callable[[TokenFile], Any]) -> None:
    source = tmp_path / "source"
    source.write_text("old")
    with mounted(path, source):
        assert "the file is a mount point" in refusal_of(change, path)
    assert source.read_text() == "old"


def test_a_file_below_a_link_is_no_mount_point(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path.parent)
    file = TokenFile(f"{link}/token")
    file.check()
    file.write(SECRET)
    assert path.read_text() == "s3cr3t"


def test_a_read_only_file_system(
    path: Path, change: Callable[[TokenFile], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.statvfs

    def statvfs(name: str) -> os.statvfs_result:
        values = list(real(name))
        values[8] |= os.ST_RDONLY
        return os.statvfs_result(values)

    monkeypatch.setattr(os, "statvfs", statvfs)
    assert "mounted read-only" in refusal_of(change, path)


def test_a_directory_that_cannot_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_arguments, **_named: False)
    monkeypatch.setattr(os, "supports_effective_ids", set())
    assert "cannot write to the directory" in refusal_of(TokenFile.check_removal, path)


class TestSticky:
    """Only the owner of a file or of the sticky directory, or root, can rename another file over it."""

    @pytest.fixture(autouse=True)
    def _another_user(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """File and directory belong to somebody else than the user of the task, who is not root."""
        user = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: user)
        monkeypatch.setattr(placement, "_acts_as_any_owner", lambda: False)
        path.parent.chmod(0o1777)

    def test_a_file_of_another_user(self, path: Path, change: Callable[[TokenFile], Any]) -> None:
        assert "sticky directory" in refusal_of(change, path)

    def test_a_new_file_for_another_user(self, path: Path) -> None:
        path.unlink()
        file = TokenFile(str(path), owner=str(os.geteuid() + 1))
        with pytest.raises(DeliveryError, match="sticky directory"):
            file.check()
        assert os.listdir(path.parent) == []

    def test_without_the_sticky_bit(self, path: Path) -> None:
        path.parent.chmod(0o777)
        TokenFile(str(path)).check_removal()

    def test_for_a_process_that_acts_as_any_owner(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(placement, "_acts_as_any_owner", lambda: True)
        TokenFile(str(path)).check_removal()

    @pytest.mark.parametrize("whose", ["file", "directory"])
    def test_for_an_owner(self, path: Path, monkeypatch: pytest.MonkeyPatch, whose: str) -> None:
        """The status of one of the two shows the user of the task as its owner."""
        call, user = ("lstat" if whose == "file" else "stat"), os.geteuid()
        real = getattr(os, call)

        def owned(name: Any, **named: Any) -> os.stat_result:
            values = list(real(name, **named))
            values[stat.ST_UID] = user
            return os.stat_result(values)

        monkeypatch.setattr(os, call, owned)
        TokenFile(str(path)).check_removal()


#: Compares the code with the kernel, as far as this user can have a file of another one: as it is, and without CAP_FOWNER.
CAPABILITY = """
import ctypes, os, sys
from ansible_collections.losant.platform.plugins.module_utils._host.placement import _acts_as_any_owner

directory = sys.argv[1]
other, new = os.path.join(directory, "other"), os.path.join(directory, "new")

def compare():
    open(other, "w").close()
    open(new, "w").close()
    os.chown(other, 54321, 54321)
    os.chown(directory, 54322, 54322)
    try:
        os.rename(new, other)
        renamed = True
    except PermissionError:
        renamed = False
    assert _acts_as_any_owner() is renamed

if os.geteuid() == 0:
    compare()
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, data)
    data[0] &= ~8
    assert libc.capset(header, data) == 0
    compare()
assert not _acts_as_any_owner()
print("ready", flush=True)
sys.stdin.read()
"""


def test_what_the_kernel_lets_a_process_do_as_any_owner(path: Path) -> None:
    path.parent.chmod(0o1777)
    with running(CAPABILITY, str(path.parent)) as process:
        assert process.poll() is None


def test_without_proc_root_acts_as_any_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_arguments: Any, **_named: Any) -> Any:
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", missing)
    results = []
    for user in (0, 1000):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        results.append(placement._acts_as_any_owner())
    assert results == [True, False]


def test_without_proc_a_file_is_no_mount_point(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_arguments: Any, **_named: Any) -> Any:
        raise FileNotFoundError

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", missing)
        TokenFile(str(path)).write(SECRET)
    assert path.read_text() == "s3cr3t"


def test_a_file_system_without_flags(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> bytes:
        raise OSError(25, "Inappropriate ioctl for device")

    monkeypatch.setattr("fcntl.ioctl", refuse)
    TokenFile(str(path)).write(SECRET)
    assert path.read_text() == "s3cr3t"


def test_another_system_than_linux(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the same number can be another call."""

    def refuse(*_arguments: Any) -> bytes:
        raise AssertionError("no such call")

    monkeypatch.setattr("fcntl.ioctl", refuse)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delattr(os, "O_PATH")
    TokenFile(str(path)).write(SECRET)
    assert path.read_text() == "s3cr3t"


class TestWarnings:
    @pytest.fixture
    def other(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
        """A user who owns the file, but is not the user of the task."""
        owner = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
        # The directory belongs to the user of the task, or to root.
        real = os.stat

        def stat_of(name: Any, **named: Any) -> os.stat_result:
            values = list(real(name, **named))
            values[stat.ST_UID] = owner + 1 if name == str(path.parent) else values[stat.ST_UID]
            return os.stat_result(values)

        monkeypatch.setattr(os, "stat", stat_of)
        return owner

    @pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o720, 0o702])
    def test_a_kept_owner_in_a_directory_that_others_can_write_to(self, path: Path, other: int, mode: int) -> None:
        path.parent.chmod(mode)
        (warning,) = TokenFile(str(path)).warnings
        assert str(path) in warning
        assert f"the user {other}" in warning
        assert "Set owner" in warning

    def test_a_directory_of_a_third_user(self, path: Path, other: int, monkeypatch: pytest.MonkeyPatch) -> None:
        path.parent.chmod(0o755)
        user = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: user)
        assert len(TokenFile(str(path)).warnings) == 1

    @pytest.mark.parametrize("mode", [0o700, 0o755])
    def test_a_directory_that_others_cannot_write_to(self, path: Path, other: int, mode: int) -> None:
        path.parent.chmod(mode)
        assert TokenFile(str(path)).warnings == ()

    def test_a_declared_owner(self, path: Path, other: int) -> None:
        path.parent.chmod(0o777)
        assert TokenFile(str(path), owner=str(other)).warnings == ()

    def test_a_new_file(self, path: Path, other: int) -> None:
        path.unlink()
        path.parent.chmod(0o777)
        assert TokenFile(str(path)).warnings == ()

    def test_a_file_of_the_user_of_the_task(self, path: Path) -> None:
        path.parent.chmod(0o777)
        assert TokenFile(str(path)).warnings == ()

    def test_a_missing_directory_is_reported_elsewhere(self, tmp_path: Path) -> None:
        assert TokenFile(str(tmp_path / "missing" / "token")).warnings == ()
