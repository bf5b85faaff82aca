# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run on this host at a time does something to a token."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._host import lock as _lock
from ansible_collections.losant.platform.plugins.module_utils._module import api_token as _api_token
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, the_token

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

Options = dict[str, Any]
#: Takes the lock that is its argument, says so, and holds it until it is killed.
HOLDER = """
import fcntl, sys
lock = open(sys.argv[1])
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "locks"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules do not wait for a lock."""
    monkeypatch.setattr(_api_token, "one_at_a_time", partial(_lock.one_at_a_time, patience=0))


def _take(folder: Path, *what: str) -> None:
    with _lock.one_at_a_time(*what, patience=0, folder=str(folder)):
        pass


def test_a_lock_that_is_held_is_not_had(folder: Path) -> None:
    with _lock.one_at_a_time("a", "b", folder=str(folder)):
        with pytest.raises(_lock.LockError, match="0 seconds"):
            _take(folder, "a", "b")
        _take(folder, "a", "c")
        _take(folder, "ab")
    _take(folder, "a", "b")


def test_a_run_that_fails_frees_it(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), _lock.one_at_a_time("a", folder=str(folder)):
        raise ZeroDivisionError
    _take(folder, "a")


def test_a_holder_that_dies_frees_it(folder: Path) -> None:
    _take(folder, "a")
    (lock,) = folder.iterdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(_lock.LockError):
            _take(folder, "a")
        holder.kill()
        holder.wait()
        _take(folder, "a")


def test_it_waits_as_long_as_it_has_patience(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: sum(waited))
    monkeypatch.setattr(time, "sleep", waited.append)
    again = _lock.one_at_a_time("a", patience=3, folder=str(folder))
    with _lock.one_at_a_time("a", folder=str(folder)), pytest.raises(_lock.LockError), again:
        pass
    assert sum(waited) == pytest.approx(3, abs=0.1)


def test_it_is_had_as_soon_as_it_is_free(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = _lock.one_at_a_time("a", folder=str(folder))
    holder.__enter__()
    waits: list[float] = []

    def free(seconds: float) -> None:
        waits.append(seconds)
        holder.__exit__(None, None, None)

    monkeypatch.setattr(time, "sleep", free)
    with _lock.one_at_a_time("a", patience=600, folder=str(folder)):
        assert len(waits) == 1


def test_folder_and_lock_are_the_users_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        _take(folder, "a name", "another")
    finally:
        os.umask(before)
    (lock,) = folder.iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, lock)] == [0o700, 0o600]
    assert "name" not in lock.name


@pytest.mark.parametrize("mode", [0o777, 0o755, 0o770, 0o701, 0o1777], ids=oct)
def test_a_folder_that_others_can_use_is_refused(folder: Path, mode: int) -> None:
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(_lock.LockError, match="0700"):
        _take(folder, "a")
    assert list(folder.iterdir()) == []


def test_a_folder_of_somebody_else_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(mode=0o700)
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    with pytest.raises(_lock.LockError, match="belongs to the user"):
        _take(folder, "a")


@pytest.mark.parametrize("kind", ["link to a folder", "dangling link", "file"])
def test_what_is_no_folder_is_refused(folder: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "target"
    if kind == "file":
        folder.write_text("a file", encoding="utf-8")
    else:
        folder.symlink_to(target)
    if kind == "link to a folder":
        target.mkdir(mode=0o700)
    with pytest.raises(_lock.LockError):
        _take(folder, "a")
    assert not target.exists() or list(target.iterdir()) == []


def test_a_lock_that_is_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    _take(folder, "a")
    (lock,) = folder.iterdir()
    lock.unlink()
    lock.symlink_to(tmp_path / "victim")
    with pytest.raises(_lock.LockError):
        _take(folder, "a")
    assert not (tmp_path / "victim").exists()


def test_without_a_place_for_locks_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(_lock.LockError, match="No such file"):
        _take(tmp_path / "missing" / "locks", "a")


OPTIONS: list[Options] = [
    {"name": "x"},
    {"name": "x", "recreate": "always"},
    {"name": "x", "state": "absent"},
    {"api_token_id": "ab" * 12},
    {"api_token_id": "AB" * 12, "name": "y"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_task_whose_token_is_locked_does_nothing(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, impatient: None, options: Options
) -> None:
    sandbox.seed_token("x", id="ab" * 12)
    selector = options.get("api_token_id", "x").lower()
    with _lock.one_at_a_time(sandbox.url, sandbox.application_id, selector):
        result = failing_api_token(**options)
        assert result["failure"] == {"kind": "lock"}
        assert "Run the task again" in result["msg"]
        assert methods(sandbox) == []
        # Nobody has to wait for a task that writes nothing.
        api_token(**options, _check=True)
    api_token(**options)


@pytest.mark.parametrize("spelling", ["{}/", "{}//", "{} ", "HTTP{}"])
def test_a_url_can_be_spelt_in_several_ways(
    sandbox: Sandbox, failing_api_token: Task, impatient: None, spelling: str
) -> None:
    url = spelling.format(sandbox.url if spelling.startswith("{") else sandbox.url.removeprefix("http"))
    with _lock.one_at_a_time(sandbox.url, sandbox.application_id, "x"):
        assert failing_api_token(name="x", api_url=url)["failure"] == {"kind": "lock"}


@pytest.mark.parametrize(
    ("url", "same"),
    [("https://api.losant.com", "https://API.Losant.com:443/"), ("http://proxy/losant", "HTTP://Proxy:80/losant/")],
)
def test_a_default_port_and_capitals_make_no_other_api(url: str, same: str) -> None:
    assert _api_token._address({"api_url": url}) == _api_token._address({"api_url": same})


def test_other_tokens_are_not_held_up(sandbox: Sandbox, api_token: Task, impatient: None) -> None:
    sandbox.seed(applications=[{"id": "d" * 24}])
    with _lock.one_at_a_time(sandbox.url, sandbox.application_id, "x"):
        assert api_token(name="y")["changed"]
        assert api_token(name="x", application_id="d" * 24)["changed"]


def test_a_listing_needs_no_lock(sandbox: Sandbox, api_token_info: Task, impatient: None) -> None:
    with _lock.one_at_a_time(sandbox.url, sandbox.application_id, "x"):
        assert api_token_info(name="x")["api_tokens"] == []


def test_a_task_that_fails_frees_its_lock(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, impatient: None
) -> None:
    sandbox.fault("status", method="POST", status=403)
    failing_api_token(name="x")
    api_token(name="x")
    assert the_token(sandbox)["name"] == "x"


def test_a_task_refuses_a_folder_that_others_can_use(
    sandbox: Sandbox, failing_api_token: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / f"losant.platform-{os.geteuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    result = failing_api_token(name="x")
    assert result["failure"] == {"kind": "lock"}
    assert str(folder) in result["msg"]
    assert methods(sandbox) == []
