# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run on this machine at a time changes a token."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._host import lock
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._module import single
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, the_token

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

Options = dict[str, Any]


@pytest.fixture(autouse=True)
def ansible_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the modules and this process keep their locks."""
    path = tmp_path / "ansible"
    monkeypatch.setenv("ANSIBLE_HOME", str(path))
    return path


@pytest.fixture
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules do not wait for a lock."""
    monkeypatch.setattr(single, "exclusive", partial(exclusive, wait=0))


OPTIONS: list[Options] = [
    {"name": "x"},
    {"name": "x", "recreate": "always"},
    {"name": "x", "state": "absent"},
    {"api_token_id": "ab" * 12},
    {"api_token_id": "AB" * 12, "name": "y"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_task_whose_token_is_locked_does_nothing(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, without_waiting: None, options: Options
) -> None:
    sandbox.seed_token("x", id="ab" * 12)
    name = None if "api_token_id" in options else "x"
    with exclusive(sandbox.url, sandbox.application_id, name):
        result = failing_api_token(**options)
        assert result["failure"] == {"kind": "lock"}
        assert "Run the task again" in result["msg"]
        assert methods(sandbox) == []
        # Nobody has to wait for a task that writes nothing.
        api_token(**options, _check=True)
    api_token(**options)


@pytest.mark.parametrize(("held", "options"), [("x", {"api_token_id": "ab" * 12}), (None, {"name": "x"})], ids=str)
def test_a_task_by_id_and_one_by_name_exclude_each_other(
    sandbox: Sandbox, failing_api_token: Task, without_waiting: None, held: str | None, options: Options
) -> None:
    sandbox.seed_token("x", id="ab" * 12)
    with exclusive(sandbox.url, sandbox.application_id, held):
        assert failing_api_token(**options)["failure"] == {"kind": "lock"}
    assert methods(sandbox) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3"])
def test_loopback_has_several_names(
    sandbox: Sandbox, failing_api_token: Task, without_waiting: None, host: str
) -> None:
    url = sandbox.url.replace("127.0.0.1", host)
    with exclusive(sandbox.url, sandbox.application_id, "x"):
        assert failing_api_token(name="x", api_url=url)["failure"] == {"kind": "lock"}


@pytest.mark.parametrize("spelling", ["{}/", "{}//", "{} ", "HTTP{}"])
def test_a_url_can_be_spelt_in_several_ways(
    sandbox: Sandbox, failing_api_token: Task, without_waiting: None, spelling: str
) -> None:
    url = spelling.format(sandbox.url if spelling.startswith("{") else sandbox.url.removeprefix("http"))
    with exclusive(sandbox.url, sandbox.application_id, "x"):
        assert failing_api_token(name="x", api_url=url)["failure"] == {"kind": "lock"}


def test_other_tokens_are_not_held_up(
    sandbox: Sandbox, api_token: Task, without_waiting: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There are fewer locks than tokens. Here, no two of them share one by chance.
    monkeypatch.setattr(lock, "_bucket", lambda *parts: "-".join(parts).encode().hex())
    sandbox.seed(applications=[{"id": "d" * 24}])
    with exclusive(sandbox.url, sandbox.application_id, "x"):
        assert api_token(name="y")["changed"]
        assert api_token(name="x", application_id="d" * 24)["changed"]


def test_a_listing_needs_no_lock(sandbox: Sandbox, api_token_info: Task, without_waiting: None) -> None:
    with exclusive(sandbox.url, sandbox.application_id, "x"):
        assert api_token_info(name="x")["api_tokens"] == []


def test_a_task_that_fails_frees_its_lock(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, without_waiting: None
) -> None:
    sandbox.fault("status", method="POST", status=403)
    failing_api_token(name="x")
    api_token(name="x")
    assert the_token(sandbox)["name"] == "x"


def test_without_a_place_for_locks_a_task_goes_on(sandbox: Sandbox, api_token: Task, ansible_home: Path) -> None:
    ansible_home.write_text("not a directory", encoding="utf-8")
    result = api_token(name="x", scope=["devices.get"])
    assert result["changed"]
    assert the_token(sandbox)["name"] == "x"
    # Worth a note, but not a warning: it is no problem of this task.
    [note] = result["notes"]
    assert "Other runs on this machine are not excluded" in note
    assert str(ansible_home) in note
    assert result["warnings"] == []


def test_a_directory_that_others_can_write_to_is_no_place(api_token: Task, ansible_home: Path) -> None:
    (ansible_home / "losant.platform").mkdir(parents=True)
    (ansible_home / "losant.platform").chmod(0o777)
    [note] = api_token(name="x")["notes"]
    assert f"others can write to the directory {ansible_home / 'losant.platform'}" in note


def test_with_a_lock_there_is_nothing_to_note(api_token: Task, ansible_home: Path) -> None:
    assert "notes" not in api_token(name="x")
    assert sorted(path.name for path in (ansible_home / "losant.platform").iterdir()) == ["locks"]


def test_check_mode_creates_no_lock(api_token: Task, ansible_home: Path) -> None:
    assert api_token(name="x", _check=True)["changed"]
    assert not ansible_home.exists()
