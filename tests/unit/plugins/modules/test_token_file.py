# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``token_file`` delivers a secret to a file, reads which token's secret a file holds, and shows no secret.

What a place can do to a file is in test_delivery_refused.py and in the tests of ``_host``.
"""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support import running
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import text_of

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task, Way
    from losant_sandbox.client import Json, Sandbox

ME, MY_GROUP = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
#: As the sandbox makes no secret like it, a copy of it can be looked for.
OPAQUE = "a-secret-that-says-no-id"


@pytest.fixture(params=[running.run_module, running.run_action], ids=["module", "task"])
def way(request: pytest.FixtureRequest) -> Way:
    chosen: Way = request.param
    return chosen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "place").mkdir()
    return tmp_path / "place" / "token"


@pytest.fixture
def token_file(way: Way, path: Path) -> Task:
    """A task that is first predicted. Both results are equal, and the prediction has changed nothing."""

    def run(*, _check: bool = True, **options: Any) -> Result:
        given = {"path": str(path), **options}
        before = _contents(path.parent)
        predicted = way("token_file", given, check=True)
        assert _contents(path.parent) == before
        result = way("token_file", given, check=False)
        assert predicted == result
        texts = [options.get("token"), *(text for _mode, text in (*before.values(), *_contents(path.parent).values()))]
        secrets = {text.strip() for text in texts if text and len(text.strip()) > 20}
        assert [secret for secret in secrets if secret in text_of(result)] == []
        return result

    return run


def _contents(directory: Path) -> dict[str, tuple[int, str]]:
    return {
        file.name: (file.stat().st_mode, file.read_bytes().decode("latin-1"))
        for file in directory.glob("*")
        if file.is_file()
    }


@pytest.fixture
def token(sandbox: Sandbox) -> Json:
    return sandbox.seed_token("x")


def put(path: Path, text: str, mode: int = 0o600) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


class TestPresent:
    def test_it_is_written_once(self, token_file: Task, path: Path, token: Json) -> None:
        result = token_file(token=token["token"])
        assert path.read_text(encoding="utf-8") == token["token"]
        assert path.stat().st_mode & 0o7777 == 0o600
        assert {key: result[key] for key in ("changed", "path", "exists", "token_id", "mode", "owner", "group")} == {
            "changed": True,
            "path": str(path),
            "exists": True,
            "token_id": token["id"],
            "mode": "0600",
            "owner": ME,
            "group": MY_GROUP,
        }
        assert result["diff"]["before"] == {"path": str(path), "holds": "nothing"}
        assert result["diff"]["after"]["holds"] == "the secret"
        again = token_file(token=token["token"])
        assert not again["changed"]
        assert again["diff"]["before"] == again["diff"]["after"] == result["diff"]["after"]
        assert os.listdir(path.parent) == ["token"]

    @pytest.mark.parametrize("around", [("", "\n"), ("\r\n", "\r\n"), (" ", "\t")])
    def test_whitespace_around_the_secret_does_not_count(
        self, token_file: Task, path: Path, token: Json, around: tuple[str, str]
    ) -> None:
        put(path, token["token"].join(around))
        assert not token_file(token=token["token"])["changed"]
        assert path.read_bytes().decode() == token["token"].join(around)
        other = token_file(token=OPAQUE.join(around))
        assert other["changed"]
        assert path.read_text(encoding="utf-8") == OPAQUE

    @pytest.mark.parametrize("held", ["", "something else\n", "\xff\x00"])
    def test_what_the_file_held_is_replaced(self, token_file: Task, path: Path, token: Json, held: str) -> None:
        put(path, held, 0o640)
        result = token_file(token=token["token"])
        assert result["changed"]
        assert result["diff"]["before"]["holds"] == "something else"
        assert (result["diff"]["before"]["mode"], result["diff"]["after"]["mode"]) == ("0640", "0600")
        assert path.read_text(encoding="utf-8") == token["token"]

    @pytest.mark.parametrize("mode", ["0640", "640", "0o640", 0o640])
    def test_only_its_mode_is_changed(self, token_file: Task, path: Path, mode: str | int) -> None:
        put(path, OPAQUE)
        before = path.stat()
        result = token_file(token=OPAQUE, mode=mode)
        assert result["changed"]
        assert (result["diff"]["before"]["mode"], result["diff"]["after"]["mode"]) == ("0600", "0640")
        assert (result["diff"]["before"]["holds"], result["diff"]["after"]["holds"]) == ("the secret", "the secret")
        after = path.stat()
        assert after.st_mode & 0o7777 == 0o640
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
        assert not token_file(token=OPAQUE, mode=mode)["changed"]

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    def test_only_its_owner_and_group_are_changed(self, token_file: Task, path: Path) -> None:
        put(path, OPAQUE)
        result = token_file(token=OPAQUE, owner="54321", group="54322")
        assert (result["owner"], result["group"]) == ("54321", "54322")
        assert result["diff"]["after"]["owner"] == 54321
        assert (path.stat().st_uid, path.stat().st_gid) == (54321, 54322)
        # What is not declared is kept.
        assert not token_file(token=OPAQUE)["changed"]
        assert token_file(token="another-secret")["owner"] == "54321"
        assert path.stat().st_uid == 54321

    def test_a_secret_that_says_no_id_has_none(self, token_file: Task) -> None:
        assert token_file(token=OPAQUE)["token_id"] is None


class TestReading:
    def test_without_a_secret_it_only_reads(self, token_file: Task, path: Path, token: Json) -> None:
        put(path, token["token"] + "\n", 0o644)
        result = token_file(mode="0600")
        assert not result["changed"]
        assert (result["exists"], result["token_id"], result["mode"]) == (True, token["id"], "0644")
        assert result["diff"]["before"] == result["diff"]["after"]
        assert result["diff"]["before"]["holds"] == "a secret"

    def test_a_file_that_does_not_exist_holds_nothing(self, token_file: Task) -> None:
        result = token_file()
        assert [result[key] for key in ("changed", "exists", "token_id", "mode", "owner", "group")] == [
            False,
            False,
            None,
            None,
            None,
            None,
        ]

    @pytest.mark.parametrize("held", ["", "no secret", "eyJ.eyJ.x", "\xff"])
    def test_a_file_that_says_no_id(self, token_file: Task, path: Path, held: str) -> None:
        put(path, held)
        result = token_file()
        assert (result["exists"], result["token_id"]) == (True, None)


class TestAbsent:
    def test_it_is_removed_once(self, token_file: Task, path: Path, token: Json) -> None:
        put(path, token["token"])
        result = token_file(state="absent")
        assert (result["changed"], result["exists"], result["token_id"]) == (True, False, None)
        assert (result["diff"]["before"]["holds"], result["diff"]["after"]["holds"]) == ("a secret", "nothing")
        assert not path.exists()
        assert not token_file(state="absent")["changed"]

    def test_with_a_secret_only_a_file_that_holds_it_is_removed(
        self, token_file: Task, path: Path, token: Json
    ) -> None:
        put(path, OPAQUE + "\n")
        kept = token_file(state="absent", token=token["token"])
        assert (kept["changed"], kept["exists"]) == (False, True)
        assert kept["diff"]["after"]["holds"] == "something else"
        assert token_file(state="absent", token=OPAQUE)["changed"]
        assert not path.exists()


@pytest.mark.parametrize("options", [{}, {"state": "absent"}, {"state": "absent", "token": OPAQUE}], ids=str)
def test_without_its_directory_it_does_not_exist(token_file: Task, path: Path, options: dict[str, Any]) -> None:
    result = token_file(path=str(path.parent / "missing" / "token"), **options)
    assert (result.get("failed"), result["changed"], result["exists"]) == (None, False, False)
    assert result["diff"]["before"] == result["diff"]["after"]


def test_its_directory_must_exist_for_a_secret(token_file: Task, path: Path) -> None:
    result = token_file(path=str(path.parent / "missing" / "token"), token=OPAQUE)
    assert result["failed"]
    assert result["failure"] == {"kind": "delivery"}
    assert f"the directory {path.parent / 'missing'} does not exist. Create it first." in result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("token", [None, OPAQUE], ids=["without", "with"])
@pytest.mark.parametrize("kind", ["link", "directory", "large"])
def test_another_kind_of_file_is_refused(
    token_file: Task, path: Path, tmp_path: Path, kind: str, state: str, token: str | None
) -> None:
    other = tmp_path / "other"
    other.write_text(OPAQUE, encoding="utf-8")
    if kind == "link":
        path.symlink_to(other)
    elif kind == "directory":
        path.mkdir()
    else:
        path.write_bytes(b"x" * 70_000)
    result = token_file(state=state, token=token)
    assert result["failure"]["kind"] == "delivery"
    assert result["msg"].startswith(f"token_file {path} ")
    assert "Set token_file" not in result["msg"]  # the option has another name here
    assert other.read_text(encoding="utf-8") == OPAQUE


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("path", "relative"),
        ("path", "/"),
        ("mode", "u=rw"),
        ("mode", 640),
        ("owner", "no such user"),
        ("group", "no such group"),
        ("token", ""),
        ("token", " \n"),
        ("token", "two words"),
        ("token", "two\nlines"),
        ("token", "n\u00f6"),
        ("token", "x" * 40_000),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_value_that_cannot_be_used_is_refused(
    token_file: Task, path: Path, option: str, value: Any, state: str
) -> None:
    put(path, "untouched")
    result = token_file(**{"token": OPAQUE, "state": state, option: value})
    assert result["failure"] == {"kind": "invalid_option", "option": option}
    assert result["msg"].startswith(option)
    assert path.read_text(encoding="utf-8") == "untouched"


@pytest.mark.parametrize("options", [{"token": OPAQUE}, {}, {"state": "absent"}], ids=str)
def test_leftovers_of_interrupted_runs_are_removed(
    way: Way, path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("os.unlink", lambda _path: None)  # a run that ends before it can clean up
        patch.setattr("os.rename", _refuse)
        assert way("token_file", {"path": str(path), "token": OPAQUE}, check=False)["failed"]
    [fresh] = path.parent.iterdir()
    old = fresh.with_name(f"{fresh.name[:-16]}{'0' * 16}")
    old.write_text("old", encoding="utf-8")
    os.utime(old, (0, 0))
    way("token_file", {"path": str(path), **options}, check=True)
    assert {fresh, old} <= set(path.parent.iterdir())
    way("token_file", {"path": str(path), **options}, check=False)
    # The fresh one can be that of a run that is not finished.
    assert not old.exists()
    assert fresh.exists()


def _refuse(*_arguments: Any) -> None:
    raise OSError(5, "Input/output error")


def test_a_failure_leaves_the_file_as_it_was(way: Way, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(path, OPAQUE, 0o640)
    monkeypatch.setattr("os.rename", _refuse)
    result = way("token_file", {"path": str(path), "token": "another-secret"}, check=False)
    assert result["msg"] == f"Could not write token_file {path}: Input/output error."
    assert path.read_text(encoding="utf-8") == OPAQUE
    assert path.stat().st_mode & 0o7777 == 0o640
    assert os.listdir(path.parent) == ["token"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_file_of_another_user_in_a_public_directory_is_warned_about(token_file: Task, path: Path) -> None:
    put(path, "something else")
    os.chown(path, 54321, 54321)
    path.parent.chmod(0o777)
    [warning] = token_file(token=OPAQUE)["warnings"]
    assert f"token_file {path} belongs to the user 54321" in warning
    assert token_file(token=OPAQUE)["warnings"] == []
