# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs on one machine exclude each other; without a place for locks, a run goes on without."""

from __future__ import annotations

import fcntl
import os
import pwd
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.lock import LockError, exclusive
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._host.machine import running

URL = "https://api.losant.com"
APPLICATION = "a" * 24
#: Holds a lock until it is killed. An empty name stands for a task by id.
HOLDER = """
import sys
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
directory, url, application_id, name = sys.argv[1:]
with exclusive(url, application_id, name or None, directory=directory) as note:
    assert note is None, note
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "locks"


@contextmanager
def held(
    directory: Path, name: str | None = "x", *, url: str = URL, application_id: str = APPLICATION
) -> Iterator[None]:
    """Another process that holds a lock."""
    with running(HOLDER, str(directory), url, application_id, name or ""):
        yield


def take(
    directory: Path | None, name: str | None = "x", *, url: str = URL, application_id: str = APPLICATION
) -> str | None:
    """Take a lock without waiting, and release it; return the note."""
    place = str(directory) if directory is not None else None
    with exclusive(url, application_id, name, directory=place, wait=0) as note:
        return note


def refusal_of(directory: Path, name: str | None = "x", **more: str) -> str:
    with pytest.raises(LockError) as caught:
        take(directory, name, **more)
    assert caught.value.failure == {"kind": "lock"}
    assert "Another run on this machine" in str(caught.value)
    assert "Nothing was written. Run the task again" in str(caught.value)
    return str(caught.value)


class TestExclusion:
    def test_the_same_token(self, directory: Path) -> None:
        with held(directory):
            message = refusal_of(directory)
        assert "'x'" in message
        assert APPLICATION in message
        assert take(directory) is None

    @pytest.mark.parametrize(("one", "other"), [(None, "x"), ("x", None), (None, None)])
    def test_a_task_by_id_excludes_all_of_the_application(
        self, directory: Path, one: str | None, other: str | None
    ) -> None:
        with held(directory, one):
            assert f"working on the application {APPLICATION}" in refusal_of(directory, other)
        assert take(directory, other) is None

    @pytest.mark.parametrize("more", [{"name": "y"}, {"application_id": "b" * 24}, {"url": "https://losant.example"}])
    def test_other_tokens_do_not_wait(self, directory: Path, more: dict[str, str]) -> None:
        with held(directory):
            assert take(directory, **more) is None

    @pytest.mark.parametrize("more", [{"application_id": "b" * 24}, {"url": "https://losant.example"}])
    def test_a_task_by_id_does_not_wait_for_other_applications(self, directory: Path, more: dict[str, str]) -> None:
        with held(directory, None):
            assert take(directory, None, **more) is None

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("http://localhost:8080", "http://127.0.0.1:8080"),
            ("http://localhost:8080", "http://127.1.2.3:8080/"),
            ("http://localhost:8080", "http://[::1]:8080"),
            ("http://127.0.0.1:8080", "HTTP://LocalHost.:8080//"),
            ("http://127.0.0.1:8080", "http://losant.localhost:8080"),
            ("https://api.losant.com", " https://API.Losant.com:443/ "),
            ("http://proxy/losant", "HTTP://Proxy:80/losant/"),
        ],
    )
    def test_spellings_of_one_api(self, directory: Path, one: str, other: str) -> None:
        with held(directory, url=one):
            assert refusal_of(directory, url=other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("http://localhost:8080", "http://localhost:8081"),
            ("http://localhost:8080", "https://localhost:8080"),
            ("http://localhost:8080", "http://10.0.0.1:8080"),
            ("http://proxy/losant", "http://proxy/other"),
        ],
    )
    def test_different_apis(self, directory: Path, one: str, other: str) -> None:
        with held(directory, url=one):
            assert take(directory, url=other) is None

    @pytest.mark.parametrize("url", ["http://[", "http://x:y"])
    def test_a_url_that_cannot_be_read_is_left_to_the_client(self, directory: Path, url: str) -> None:
        assert take(directory, url=url) is None

    def test_capitals_of_an_id(self, directory: Path) -> None:
        with held(directory, None):
            assert refusal_of(directory, application_id=APPLICATION.upper())

    def test_a_process_that_is_killed_releases_it(self, directory: Path) -> None:
        with running(HOLDER, str(directory), URL, APPLICATION, "x") as process:
            process.kill()
            process.wait()
            assert take(directory) is None

    def test_a_failure_releases_it(self, directory: Path) -> None:
        with pytest.raises(ZeroDivisionError), exclusive(URL, APPLICATION, "x", directory=str(directory)):
            raise ZeroDivisionError
        assert take(directory) is None

    def test_a_started_program_does_not_keep_it(self, directory: Path) -> None:
        with ExitStack() as programs:
            with exclusive(URL, APPLICATION, "x", directory=str(directory)):
                programs.enter_context(running("print('ready', flush=True); input()"))
            assert take(directory) is None

    def test_a_refusal_releases_the_lock_of_the_application(self, directory: Path) -> None:
        with held(directory, "x"):
            refusal_of(directory, "x")
        assert take(directory, None) is None


class TestWaiting:
    def test_it_ends_after_the_wait(self, directory: Path) -> None:
        waits: list[float] = []
        system = System(sleep=waits.append, monotonic=lambda: 1000.0 + sum(waits))
        with held(directory):
            attempt = exclusive(URL, APPLICATION, "x", directory=str(directory), wait=3, system=system)
            with pytest.raises(LockError, match="did not finish within 3 seconds"), attempt:
                pass
        assert sum(waits) == pytest.approx(3)

    def test_both_locks_share_one_wait(self, directory: Path) -> None:
        waits: list[float] = []
        with running(HOLDER, str(directory), URL, APPLICATION, "") as by_id, held_later(directory) as start:

            def sleep(seconds: float) -> None:
                waits.append(seconds)
                if len(waits) == 20:
                    by_id.kill()
                    by_id.wait()
                    start()

            system = System(sleep=sleep, monotonic=lambda: sum(waits))
            attempt = exclusive(URL, APPLICATION, "x", directory=str(directory), wait=3, system=system)
            with pytest.raises(LockError, match="API token 'x'"), attempt:
                pass
        assert sum(waits) == pytest.approx(3)

    def test_it_ends_when_the_other_run_ends(self, directory: Path) -> None:
        waits: list[float] = []
        with running(HOLDER, str(directory), URL, APPLICATION, "x") as process:

            def sleep(seconds: float) -> None:
                waits.append(seconds)
                process.kill()
                process.wait()

            system = System(sleep=sleep)
            with exclusive(URL, APPLICATION, "x", directory=str(directory), wait=600, system=system) as note:
                assert note is None
                assert len(waits) == 1

    def test_an_interruption_ends_it(self, directory: Path) -> None:
        waits: list[float] = []
        system = System(sleep=waits.append, interrupted=lambda: len(waits) == 2)
        with held(directory):
            attempt = exclusive(URL, APPLICATION, "x", directory=str(directory), wait=600, system=system)
            with pytest.raises(LockError, match=r"interrupted.*Nothing was written"), attempt:
                pass
        assert len(waits) == 2


@contextmanager
def held_later(directory: Path) -> Iterator[Callable[[], None]]:
    """A function that starts another process, which holds the lock of the token ``x`` until the end."""
    holders: list[Any] = []

    def start() -> None:
        holder = held(directory)
        holder.__enter__()
        holders.append(holder)

    yield start
    for holder in holders:
        holder.__exit__(None, None, None)


class TestFiles:
    def test_their_number_is_bounded(self, directory: Path) -> None:
        for application in range(100):
            for token in range(10):
                assert take(directory, f"token {token}", application_id=f"{application:024x}") is None
        assert 100 < len(os.listdir(directory)) <= 128

    def test_they_are_private_and_empty(self, directory: Path) -> None:
        before = os.umask(0)
        try:
            take(directory, "a secret name")
        finally:
            os.umask(before)
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert len(os.listdir(directory)) == 2
        for path in directory.iterdir():
            assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (0o600, b"")
            assert "name" not in path.name


class TestPlace:
    @pytest.fixture(autouse=True)
    def _no_other_place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
        monkeypatch.delenv("ANSIBLE_HOME", raising=False)
        monkeypatch.delenv("HOME", raising=False)

    @staticmethod
    def files(home: Path) -> list[str]:
        return os.listdir(home / "losant.platform" / "locks")

    def test_the_home_of_ansible(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANSIBLE_HOME", str(tmp_path / "new" / "ansible"))
        monkeypatch.setenv("HOME", str(tmp_path / "not used"))
        assert take(None) is None
        assert len(self.files(tmp_path / "new" / "ansible")) == 2
        assert not (tmp_path / "not used").exists()

    def test_the_home_of_ansible_in_the_user_home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ANSIBLE_HOME", "~/elsewhere")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert take(None) is None
        assert len(self.files(tmp_path / "elsewhere")) == 2

    def test_the_user_home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        assert take(None) is None
        assert len(self.files(tmp_path / ".ansible")) == 2

    @pytest.mark.parametrize("home", [None, ""])
    def test_the_user_home_of_the_system(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None
    ) -> None:
        if home is not None:
            monkeypatch.setenv("HOME", home)
        entry = pwd.struct_passwd(("user", "x", os.geteuid(), 0, "", str(tmp_path), "/bin/sh"))
        monkeypatch.setattr(pwd, "getpwuid", lambda _uid: entry)
        assert take(None) is None
        assert len(self.files(tmp_path / ".ansible")) == 2

    def test_a_user_without_a_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(uid: int) -> None:
            raise KeyError(uid)

        monkeypatch.setattr(pwd, "getpwuid", unknown)
        note = take(None)
        assert note is not None
        assert "no home directory" in note

    def test_others_cannot_block_it_in_the_temporary_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        (shared / f"losant.platform-{os.geteuid()}").write_text("planted")
        monkeypatch.setattr(tempfile, "tempdir", str(shared))
        monkeypatch.setenv("HOME", str(tmp_path))
        assert take(None) is None


class TestNoPlace:
    """The task goes on without a lock."""

    def note_of(self, directory: Path) -> str:
        note = take(directory)
        assert note is not None
        assert "no lock can be kept" in note
        return note

    @pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777], ids=oct)
    def test_others_can_write_there(self, directory: Path, mode: int) -> None:
        directory.mkdir()
        directory.chmod(mode)
        assert f"others can write to the directory {directory}" in self.note_of(directory)
        assert list(directory.iterdir()) == []

    def test_it_belongs_to_another_user(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        directory.mkdir(0o700)
        user = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: user)
        assert "does not belong to the user of the task" in self.note_of(directory)

    @pytest.mark.parametrize("kind", ["link to a directory", "dangling link", "file"])
    def test_it_is_not_a_directory(self, directory: Path, tmp_path: Path, kind: str) -> None:
        target = tmp_path / "target"
        if kind == "file":
            directory.touch(0o700)
        else:
            directory.symlink_to(target)
        if kind == "link to a directory":
            target.mkdir(0o700)
        assert "is not a directory" in self.note_of(directory)
        assert not target.exists() or list(target.iterdir()) == []

    def test_it_cannot_be_created(self, tmp_path: Path) -> None:
        assert "No such file or directory" in self.note_of(tmp_path / "missing" / "locks")

    def test_the_home_of_ansible_cannot_be_created(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("ANSIBLE_HOME", str(tmp_path / "file" / "ansible"))
        note = take(None)
        assert note is not None
        assert str(tmp_path / "file" / "ansible") in note

    def test_a_lock_file_is_a_link(self, directory: Path, tmp_path: Path) -> None:
        take(directory)
        for path in directory.iterdir():
            path.unlink()
            path.symlink_to(tmp_path / "elsewhere")
        assert "cannot be opened" in self.note_of(directory)
        assert not (tmp_path / "elsewhere").exists()

    def test_the_file_system_has_no_locks(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_fd: int, _how: int) -> None:
            raise OSError(37, "No locks available")

        monkeypatch.setattr(fcntl, "flock", refuse)
        assert "No locks available" in self.note_of(directory)

    def test_no_file_remains_open(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        take(directory)
        before = len(os.listdir("/proc/self/fd"))
        take(directory)
        with held(directory):
            refusal_of(directory)
        assert len(os.listdir("/proc/self/fd")) == before
