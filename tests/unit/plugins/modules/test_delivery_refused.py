# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``token_file``: what cannot take the secret is refused before anything is created, and nothing remains in the directory."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from ansible_collections.losant.platform.plugins.module_utils._host import temporary
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._host.machine import flagged, mounted
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import break_call, shown, text_of, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox


def _link(path: Path) -> None:
    (path.parent / "target").write_text("target", encoding="utf-8")
    path.symlink_to(path.parent / "target")


#: What there is where the file should be, and how the message calls it.
PLACES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "symbolic link": (_link, "symbolic link"),
    "dangling link": (lambda path: path.symlink_to(path.parent / "nowhere"), "symbolic link"),
    "directory": (lambda path: path.mkdir(), "a directory"),
    "fifo": (os.mkfifo, "not a regular file"),
}


def _entries(directory: Path) -> list[tuple[str, int]]:
    return sorted((entry.name, entry.lstat().st_mode) for entry in directory.iterdir())


@pytest.fixture(params=[False, True], ids=["real", "check"])
def check(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize(("make", "called"), PLACES.values(), ids=PLACES)
def test_what_is_no_file(
    sandbox: Sandbox,
    failing_api_token: Task,
    tmp_path: Path,
    make: Callable[[Path], Any],
    called: str,
    check: bool,
) -> None:
    old = sandbox.seed_token("x")
    make(tmp_path / "token")
    before = _entries(tmp_path)
    result = failing_api_token(name="x", recreate="always", token_file=str(tmp_path / "token"), _check=check)
    assert called in result["msg"]
    assert str(tmp_path / "token") in result["msg"]
    assert result["failure"]["kind"] == "delivery"
    assert writes(sandbox) == []
    assert sandbox.tokens() == [shown(old)]
    assert _entries(tmp_path) == before


@pytest.mark.parametrize("place", ["missing", "file"])
def test_no_directory(sandbox: Sandbox, failing_api_token: Task, tmp_path: Path, place: str, check: bool) -> None:
    if place == "file":
        (tmp_path / "directory").write_text("a file", encoding="utf-8")
    before = _entries(tmp_path)
    result = failing_api_token(name="x", token_file=str(tmp_path / "directory" / "token"), _check=check)
    assert str(tmp_path / "directory") in result["msg"]
    assert result["failure"]["kind"] == "delivery"
    assert writes(sandbox) == []
    assert _entries(tmp_path) == before


#: A call of the system that fails while the place is checked, and how.
BROKEN: dict[str, tuple[Any, str, int]] = {
    "no permission": (temporary, "_create", errno.EACCES),
    "no inodes": (temporary, "_create", errno.ENOSPC),
    "no space": (os, "pwrite", errno.ENOSPC),
    "no quota": (os, "pwrite", errno.EDQUOT),
    "no space after all": (os, "fsync", errno.ENOSPC),
    "no right to give it away": (os, "fchown", errno.EPERM),
    "no right to change the mode": (os, "fchmod", errno.EPERM),
}


@pytest.mark.parametrize(("place", "call", "code"), BROKEN.values(), ids=BROKEN)
def test_a_place_that_cannot_be_written(
    sandbox: Sandbox,
    failing_api_token: Task,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: Any,
    call: str,
    code: int,
    check: bool,
) -> None:
    path = tmp_path / "token"
    old = sandbox.seed_token("x")
    path.write_text(old["token"], encoding="utf-8")
    before = _entries(tmp_path)
    break_call(monkeypatch, place, call, code)
    owner = str(os.geteuid() + 1) if call == "fchown" else None
    result = failing_api_token(name="x", recreate="always", token_file=str(path), owner=owner, _check=check)
    assert os.strerror(code) in result["msg"]
    assert str(path) in result["msg"]
    assert result["failure"]["kind"] == "delivery"
    assert writes(sandbox) == []
    assert sandbox.tokens() == [shown(old)]
    assert _entries(tmp_path) == before


@contextmanager
def _mount_point(path: Path) -> Iterator[None]:
    source = path.with_name("source")
    source.write_bytes(path.read_bytes())
    with mounted(path, source):
        yield
    source.unlink()


@contextmanager
def _large(path: Path) -> Iterator[None]:
    held = path.read_bytes()
    os.truncate(path, 3 * 2**30)
    yield
    assert path.stat().st_size == 3 * 2**30
    path.write_bytes(held)


#: What keeps a rename from replacing an existing file, and how the message describes it.
PROTECTED: dict[str, tuple[Callable[[Path], AbstractContextManager[None]], str]] = {
    "immutable file": (lambda path: flagged(path, "immutable"), "the file is immutable"),
    "append-only file": (lambda path: flagged(path, "append-only"), "the file is append-only"),
    "immutable directory": (lambda path: flagged(path.parent, "immutable"), "is immutable"),
    "append-only directory": (lambda path: flagged(path.parent, "append-only"), "is append-only"),
    "mount point": (_mount_point, "the file is a mount point"),
    "large file": (_large, "has 3221225472 bytes"),
}


@pytest.mark.parametrize(("protect", "message"), PROTECTED.values(), ids=PROTECTED)
def test_a_file_that_cannot_be_replaced(
    sandbox: Sandbox,
    failing_api_token: Task,
    tmp_path: Path,
    protect: Callable[[Path], AbstractContextManager[None]],
    message: str,
    check: bool,
) -> None:
    path = tmp_path / "directory" / "token"
    path.parent.mkdir()
    old = sandbox.seed_token("x")
    path.write_text(old["token"], encoding="utf-8")
    with protect(path):
        result = failing_api_token(name="x", recreate="always", token_file=str(path), _check=check)
    assert message in result["msg"]
    assert str(path) in result["msg"]
    assert result["failure"]["kind"] == "delivery"
    assert writes(sandbox) == []
    assert sandbox.tokens() == [shown(old)]
    assert path.read_text(encoding="utf-8").rstrip("\0") == old["token"]
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO], ids=lambda code: errno.errorcode[code])
def test_a_file_that_cannot_be_read(
    sandbox: Sandbox, failing_api_token: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, check: bool
) -> None:
    path = tmp_path / "token"
    path.write_text(sandbox.seed_token("x")["token"], encoding="utf-8")
    open_it = os.open

    def broken(name: Any, *arguments: Any, **more: Any) -> int:
        if name == str(path):
            raise OSError(code, os.strerror(code))
        return open_it(name, *arguments, **more)

    monkeypatch.setattr(os, "open", broken)
    result = failing_api_token(name="x", token_file=str(path), recreate="state_change", _check=check)
    assert os.strerror(code) in result["msg"]
    assert writes(sandbox) == []


def test_attributes_that_cannot_be_changed(
    sandbox: Sandbox, failing_api_token: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    path.write_text(sandbox.seed_token("x")["token"], encoding="utf-8")
    path.chmod(0o644)
    break_call(monkeypatch, os, "fchmod", errno.EPERM)
    assert os.strerror(errno.EPERM) in failing_api_token(name="x", token_file=str(path))["msg"]
    assert writes(sandbox) == []


def test_a_file_that_cannot_be_removed(
    sandbox: Sandbox, failing_api_token: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    secret = sandbox.seed_token("x")["token"]
    path.write_text(secret, encoding="utf-8")
    break_call(monkeypatch, os, "unlink", errno.EPERM)
    result = failing_api_token(name="x", token_file=str(path), state="absent")
    assert os.strerror(errno.EPERM) in result["msg"]
    assert str(path) in result["msg"]
    assert secret not in text_of(result)


def test_a_creation_that_is_refused_leaves_no_temporary_file(
    sandbox: Sandbox, failing_either_way: Task, tmp_path: Path
) -> None:
    sandbox.fault("status", method="POST", status=403)
    failing_either_way(name="x", token_file=str(tmp_path / "token"))
    assert _entries(tmp_path) == []


def test_an_unforeseen_failure_leaves_no_temporary_file_no_secret_and_no_token(
    sandbox: Sandbox, failing_either_way: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> NoReturn:
        raise RuntimeError("eyJ-a-secret")

    monkeypatch.setattr(os, "rename", broken)
    result = failing_either_way(name="x", token_file=str(tmp_path / "token"))
    assert result["failure"]["kind"] == "unfinished"
    assert "RuntimeError in broken, line " in result["msg"]
    assert "was deleted again." in result["msg"]
    assert sandbox.tokens() == []
    assert "eyJ" not in text_of(result)
    assert _entries(tmp_path) == []


def test_check_mode_leaves_no_temporary_file(api_token: Task, tmp_path: Path) -> None:
    assert api_token(name="x", token_file=str(tmp_path / "token"), _check=True)["changed"]
    assert _entries(tmp_path) == []
