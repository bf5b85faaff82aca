# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user sees when a step of a rotation fails. The fault matrix tries every fault at every step."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST, SOON
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    born,
    counts,
    ids,
    named,
    text_of,
    without_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule, Task
    from losant_sandbox.client import Json, Sandbox

Options = dict[str, Any]
SCOPE = ["devices.get"]
SUPERSEDED = "x ~superseded:2026-11-24T08:00:00Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the secret is delivered to."""
    return tmp_path / "token"


@pytest.fixture
def old(sandbox: Sandbox, path: Path) -> Json:
    """A token that is due, with its secret in the file."""
    token = sandbox.seed_token("x", scope=SCOPE, creationDate=EARLIER, expirationDate=SOON, description="d")
    path.write_text(token["token"], encoding="utf-8")
    path.chmod(0o600)
    return token


@pytest.fixture
def rotate(run_module: RunModule, path: Path) -> Callable[..., Result]:
    """A task that rotates the token, and can fail."""
    return partial(run_module, "api_token", name="x", rotate_before="10d", scope=SCOPE, retries=1, token_file=str(path))


def _fail(sandbox: Sandbox, method: str, end: str = "", /, kind: str = "status", **fault: Any) -> None:
    """Let requests of a method fail whose path has an end. A refusal by default."""
    more = {"status": 403} if kind == "status" else {}
    sandbox.fault(kind, method=method, path=f".*/{end}" if end else ".*", **{**more, "times": None, **fault})


def _all_but(old: Json) -> str:
    """The end of a path to any token but the old one."""
    return f"tokens/(?!{old['id']})[0-9a-f]+"


def _assert_rolled_back(sandbox: Sandbox, result: Result, old: Json, path: Path) -> None:
    """Promise 6: the old token is as it was, and the only one."""
    assert result["failed"]
    assert [(token["id"], token["name"], token["status"]) for token in sandbox.tokens()] == [(old["id"], "x", "active")]
    assert f"The new token {born(sandbox)[-1]} was deleted again." in result["msg"]
    assert [file.read_text(encoding="utf-8") for file in path.parent.iterdir()] == [old["token"]]
    assert min(counts(sandbox)) > 0
    assert "eyJ" not in text_of(result)


def _assert_kept(sandbox: Sandbox, result: Result, old: Json, path: Path) -> None:
    """Promises 5 and 6: the new token is delivered, and a warning names both."""
    assert not result.get("failed"), result
    (warning,) = result["warnings"]
    assert old["id"] in warning
    assert result["api_token"]["id"] in warning
    assert result["superseded"] == [
        {"id": old["id"], "name": SUPERSEDED, "action": "kept", "until": "2026-11-24T08:00:00.000Z"}
    ]
    assert accepts(sandbox, path.read_text(encoding="utf-8"))
    assert old["token"] not in text_of(result)


STEPS: dict[str, tuple[str, str, Options]] = {
    "rename": ("PATCH", "OLD", {"superseded_after": "2h"}),
    "name": ("PATCH", "NEW", {}),
    "delete": ("DELETE", "OLD", {}),
    "deactivate": ("PATCH", "OLD", {"superseded": "deactivate", "staged": "true"}),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_refused_step_is_rolled_back(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path, step: str
) -> None:
    method, end, options = STEPS[step]
    place = _all_but(old) if end == "NEW" else old["id"]
    # Staged, the old token is renamed before it is deactivated.
    _fail(sandbox, method, place, skip=int(step == "deactivate"), times=1)
    result = rotate(**options)
    _assert_rolled_back(sandbox, result, old, path)
    assert result["failure"]["kind"] == "unfinished"
    assert result["failure"]["left"] == []
    assert not rotate(**options).get("failed")
    assert not rotate(**options)["changed"]


def test_a_rolled_back_token_is_deleted_only_once(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path
) -> None:
    _fail(sandbox, "DELETE", old["id"])
    _assert_rolled_back(sandbox, rotate(), old, path)
    new = born(sandbox)[-1]
    assert [end for method, end in writes(sandbox) if method == "DELETE"] == [old["id"], new]
    assert writes(sandbox)[-1] == ("PATCH", old["id"])


def test_the_name_is_restored_when_it_is_free(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path
) -> None:
    """A server that keeps names unique would refuse it before."""
    sandbox.switch(unique_names=True)
    _fail(sandbox, "DELETE", old["id"])
    _assert_rolled_back(sandbox, rotate(), old, path)


def test_a_name_that_a_concurrent_run_has_taken_is_not_restored(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path
) -> None:
    """Promise 2: otherwise two tokens would have it."""
    _fail(sandbox, "PATCH", _all_but(old), times=1)
    sandbox.fault("mutate", method="DELETE", create=[{"name": "x", "id": "a" * 24}])
    result = rotate(superseded_after="2h")
    assert result["failed"]
    assert "a" * 24 in result["msg"]
    assert f"The token {old['id']} is now named 'x ~superseded:2026-11-24T10:00:00Z'." in result["msg"]
    assert [token["id"] for token in sandbox.tokens() if token["name"] == "x"] == ["a" * 24]
    assert accepts(sandbox, old["token"])
    assert path.read_text(encoding="utf-8") == old["token"]


def test_a_new_token_that_cannot_be_deleted_again_is_named(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path
) -> None:
    """Promise 5."""
    _fail(sandbox, "PATCH", _all_but(old))
    _fail(sandbox, "DELETE", _all_but(old))
    result = rotate()
    assert result["failed"]
    new = born(sandbox)[-1]
    assert f"The new token {new} remains, and nobody has its secret: delete it by api_token_id." in result["msg"]
    assert [new in left for left in result["failure"]["left"]] == [True]
    assert named(sandbox)["x"] == "active"
    assert accepts(sandbox, old["token"])
    assert path.read_text(encoding="utf-8") == old["token"]


@pytest.mark.parametrize("step", ["delete", "deactivate"])
def test_if_neither_token_can_be_retired_the_new_one_is_delivered(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path, step: str
) -> None:
    method, _end, options = STEPS[step]
    _fail(sandbox, method, old["id"], skip=int(step == "deactivate"))
    _fail(sandbox, "DELETE", _all_but(old))
    first = rotate(**options)
    _assert_kept(sandbox, first, old, path)
    sandbox.clear_faults()
    second = rotate(**options)
    assert (second["changed"], second["created"]) == (True, False)
    assert not rotate(**options)["changed"]
    assert [token["id"] for token in sandbox.tokens() if token["status"] == "active"] == [first["api_token"]["id"]]


@pytest.mark.parametrize("staged", ["true", "false"])
@pytest.mark.parametrize("deleted", [False, True], ids=["not carried out", "carried out later"])
def test_if_the_old_token_may_still_be_deleted_the_new_one_stays(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path, deleted: bool, staged: str
) -> None:
    """Promise 6: to delete the new one could leave none."""
    _fail(sandbox, "DELETE", kind="reset_before")
    first = rotate(staged=staged)
    _assert_kept(sandbox, first, old, path)
    sandbox.clear_faults()
    if deleted:
        sandbox.call("DELETE", f"{sandbox.tokens_path}/{old['id']}")
    # A later run finds it by its name.
    assert rotate()["changed"] is not deleted
    assert ids(sandbox.tokens()) == [first["api_token"]["id"]]
    assert not rotate()["changed"]


@pytest.mark.parametrize("kind", ["reset_after", "not_json"])
def test_if_the_old_token_is_deleted_and_the_response_is_lost_the_task_succeeds(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path, kind: str
) -> None:
    _fail(sandbox, "DELETE", kind=kind, when="after")
    result = rotate()
    assert result["warnings"] == []
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]] != [old["id"]]
    assert accepts(sandbox, path.read_text(encoding="utf-8"))


def test_if_nothing_is_known_about_the_old_token_the_new_one_stays(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path
) -> None:
    _fail(sandbox, "DELETE", status=500)
    _fail(sandbox, "GET", status=500, skip=2)
    _assert_kept(sandbox, rotate(), old, path)


@pytest.mark.parametrize(
    "change",
    [{"delete": True}, {"status": "inactive"}, {"expirationDate": PAST}],
    ids=["deleted", "inactive", "expired"],
)
def test_if_the_old_token_is_no_longer_valid_the_new_one_stays(
    sandbox: Sandbox, api_token: Task, old: Json, change: Options
) -> None:
    """Promise 6: somebody else has changed it meanwhile, and Losant refuses to delete it."""
    _fail(sandbox, "DELETE")
    sandbox.fault("mutate", method="POST", delete=[old["id"]])
    if "delete" not in change:
        sandbox.fault("mutate", method="GET", skip=1, create=[{"name": "x", **change, "id": old["id"]}])
    result = api_token(name="x", recreate="always", retries=0)
    assert accepts(sandbox, result["token"])
    assert old["token"] not in without_token(result)


@pytest.mark.parametrize("code", [errno.EIO, errno.EDQUOT], ids=lambda code: errno.errorcode[code])
def test_a_delivery_that_fails_is_rolled_back(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def broken(_source: str, _target: str) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", broken)
        result = rotate()
    assert os.strerror(code) in result["msg"]
    assert str(path) in result["msg"]
    _assert_rolled_back(sandbox, result, old, path)
    assert rotate()["changed"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_exception_that_ends_the_task_in_the_delivery_is_rolled_back(
    sandbox: Sandbox,
    rotate: Callable[..., Result],
    old: Json,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """Promise 5: whatever the exception."""
    rename, calls = os.rename, []

    def interrupted(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) > 1 or moment == "after":
            rename(source, target)
        if len(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "rename", interrupted)
    result = rotate()
    _assert_rolled_back(sandbox, result, old, path)
    assert "The task was interrupted." in result["msg"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_ends_the_task_between_two_steps(
    sandbox: Sandbox,
    rotate: Callable[..., Result],
    old: Json,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
) -> None:
    rename, calls = os.rename, []

    def signalled(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) == 1:
            signal.raise_signal(number)
        rename(source, target)

    handler = signal.getsignal(number)
    monkeypatch.setattr(os, "rename", signalled)
    result = rotate()
    _assert_rolled_back(sandbox, result, old, path)
    assert "The task was interrupted." in result["msg"]
    assert signal.getsignal(number) is handler


def test_a_file_that_a_concurrent_run_has_written_is_not_restored(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def with_a_concurrent_run(source: str, target: str) -> None:
        rename(source, target)
        Path(target).write_text("of a concurrent run", encoding="utf-8")

    monkeypatch.setattr(os, "rename", with_a_concurrent_run)
    _fail(sandbox, "PATCH", _all_but(old), times=1)
    result = rotate()
    assert f"token_file {path} was not restored" in result["msg"]
    assert path.read_text(encoding="utf-8") == "of a concurrent run"


def test_a_file_that_cannot_be_restored_is_named(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, calls = os.rename, []

    def broken_the_second_time(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rename(source, target)

    monkeypatch.setattr(os, "rename", broken_the_second_time)
    _fail(sandbox, "DELETE", old["id"])
    result = rotate()
    assert result["failed"]
    assert accepts(sandbox, old["token"])
    assert len(calls) == 2
    assert f"token_file {path} was not restored" in result["msg"]
    assert len(list(path.parent.iterdir())) == 1
