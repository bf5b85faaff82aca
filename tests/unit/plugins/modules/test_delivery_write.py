# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``token_file``: how the secret gets into it, and its owner, group and mode."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    ids,
    methods,
    text_of,
    the_token,
    without_token,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Sandbox

Options = dict[str, Any]

#: What is no mode in octal. Every form is in _host/test_options.py.
BAD_MODES: list[Any] = ["", "u=rw", "0999", 640, -1, True]
#: Another user and group where this process may give files away, else its own: numbers that nobody has a name for.
OTHER_UID, OTHER_GID = (54321, 54322) if os.geteuid() == 0 else (os.geteuid(), os.getegid())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token"


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """A umask of the process, from the widest to the narrowest."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _entries(path: Path) -> list[str]:
    return [entry.name for entry in path.parent.iterdir()]


@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_the_file_holds_the_secret_and_nothing_else(
    sandbox: Sandbox, either_way: Task, path: Path, token_format: str
) -> None:
    sandbox.switch(token_format=token_format)
    result = either_way(name="x", token_file=str(path), return_token=True)
    assert path.read_bytes() == result["token"].encode()
    assert accepts(sandbox, result["token"])
    assert _entries(path) == ["token"]


@pytest.mark.parametrize("existing", [False, True], ids=["new", "replacing"])
def test_it_is_private_from_the_first_byte(
    sandbox: Sandbox, api_token: Task, path: Path, umask: None, existing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if existing:
        path.write_text(sandbox.seed_token("x")["token"], encoding="utf-8")
        path.chmod(0o666)
    seen: list[tuple[str, int]] = []
    put, rename = os.pwrite, os.rename

    def watched_put(fd: int, data: bytes, offset: int) -> int:
        seen.append(("write", stat.S_IMODE(os.fstat(fd).st_mode)))
        return put(fd, data, offset)

    def watched_rename(source: str, target: str) -> None:
        assert (os.path.dirname(source), target) == (str(path.parent), str(path))
        assert Path(source).read_text(encoding="utf-8").count(".") == 2, "not the whole secret"
        seen.append(("rename", _mode(Path(source))))
        rename(source, target)

    monkeypatch.setattr(os, "pwrite", watched_put)
    monkeypatch.setattr(os, "rename", watched_rename)
    api_token(name="x", token_file=str(path), recreate="always")
    assert seen == [("write", 0o600), ("write", 0o600), ("rename", 0o600)]  # the room for it first, then the secret
    assert _mode(path) == 0o600


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [("0600", 0o600), ("600", 0o600), ("0640", 0o640), ("0o640", 0o640), (0o640, 0o640), ("0400", 0o400), ("0000", 0)],
)
def test_the_mode_is_the_declared_one(rehearsed: Rehearsed, path: Path, mode: Any, wanted: int) -> None:
    rehearsed(name="x", token_file=str(path), mode=mode)
    assert _mode(path) == wanted
    assert not rehearsed(name="x", token_file=str(path), mode=mode)["changed"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("mode", value) for value in BAD_MODES),
        *((option, value) for option in ("owner", "group") for value in ("", "nobody-has-this-name", "4294967295")),
        ("token_file", "token"),
        ("token_file", "../token"),
        ("token_file", ""),
        ("token_file", "/tmp/a\0b"),  # noqa: S108 # nothing is written there
    ],
    ids=repr,
)
def test_what_cannot_be_meant_is_refused(
    sandbox: Sandbox, failing_api_token: Task, path: Path, option: str, value: Any
) -> None:
    options: Options = {"token_file": str(path), option: value}
    result = failing_api_token(name="x", **options)
    assert option in result["msg"]
    assert failing_api_token(name="x", **options, _check=True) == result
    assert methods(sandbox) == []
    assert _entries(path) == []


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_home_directory_is_found(
    rehearsed: Rehearsed, tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    rehearsed(name="x", token_file="~/token")
    assert _entries(path) == ["token"]
    rehearsed(name="x", token_file="~/token", state=state)
    assert _entries(path) == (["token"] if state == "present" else [])


def test_owner_and_group_by_number(rehearsed: Rehearsed, path: Path) -> None:
    options: Options = {"token_file": str(path), "owner": str(OTHER_UID), "group": str(OTHER_GID)}
    rehearsed(name="x", **options)
    assert (path.stat().st_uid, path.stat().st_gid, _mode(path)) == (OTHER_UID, OTHER_GID, 0o600)
    assert not rehearsed(name="x", **options)["changed"]


def test_owner_and_group_by_name(rehearsed: Rehearsed, path: Path) -> None:
    options: Options = {"token_file": str(path), "owner": path.parent.owner(), "group": path.parent.group()}
    rehearsed(name="x", **options)
    assert (path.owner(), path.group()) == (path.parent.owner(), path.parent.group())


@pytest.mark.parametrize(("option", "uid", "gid"), [("owner", 54330, OTHER_GID), ("group", OTHER_UID, 54330)])
def test_what_is_not_declared_is_kept(
    sandbox: Sandbox, rehearsed: Rehearsed, path: Path, option: str, uid: int, gid: int
) -> None:
    path.write_text(sandbox.seed_token("x")["token"], encoding="utf-8")
    os.chown(path, OTHER_UID, OTHER_GID)
    rehearsed(name="x", token_file=str(path), recreate="always")
    assert (path.stat().st_uid, path.stat().st_gid) == (OTHER_UID, OTHER_GID)
    if os.geteuid() == 0:
        more: Options = {option: 54330}
        rehearsed(name="x", token_file=str(path), recreate="always", **more)
        assert (path.stat().st_uid, path.stat().st_gid) == (uid, gid)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, (0o600, os.geteuid(), os.getegid())),
        ({"mode": "0640"}, (0o640, os.geteuid(), os.getegid())),
        ({"mode": "0440", "owner": str(OTHER_UID)}, (0o440, OTHER_UID, os.getegid())),
        ({"group": str(OTHER_GID)}, (0o600, os.geteuid(), OTHER_GID)),
    ],
    ids=["mode by default", "mode", "owner", "group"],
)
def test_attributes_are_corrected_without_a_new_token(
    sandbox: Sandbox, rehearsed: Rehearsed, path: Path, options: Options, wanted: tuple[int, int, int]
) -> None:
    secret = sandbox.seed_token("x")["token"]
    path.write_text(secret, encoding="utf-8")
    path.chmod(0o666)
    result = rehearsed(name="x", token_file=str(path), **options)
    assert (result["changed"], result["changed_fields"], methods(sandbox)) == (True, [], ["GET"])
    assert (_mode(path), path.stat().st_uid, path.stat().st_gid) == wanted
    assert path.read_text(encoding="utf-8") == secret
    assert result["diff"]["before"]["token_file"]["mode"] == "0666"
    assert result["diff"]["after"]["token_file"]["mode"] == f"{wanted[0]:04o}"
    assert not rehearsed(name="x", token_file=str(path), **options)["changed"]
    assert ids(sandbox.tokens()) == [the_token(sandbox)["id"]]


def test_an_unquoted_mode_is_shown_as_it_is_meant(failing_api_token: Task, path: Path) -> None:
    assert (
        "Use a string such as '0640', in quotes." in failing_api_token(name="x", token_file=str(path), mode=640)["msg"]
    )


@pytest.mark.parametrize("return_token", [True, False, None], ids=["returned", "not returned", "by default"])
@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_promise_04_the_secret_is_nowhere_else(
    sandbox: Sandbox, api_token: Task, path: Path, return_token: bool | None, token_format: str
) -> None:
    sandbox.switch(token_format=token_format)
    before = sandbox.seed_token("x", scope=["devices.get"])["token"]
    path.write_text(before, encoding="utf-8")
    result = api_token(name="x", token_file=str(path), recreate="always", return_token=return_token)
    secret = path.read_text(encoding="utf-8")
    assert result.get("token") == (secret if return_token else None)
    assert [text for text in (secret, before) if text in without_token(result)] == []
    assert result["warnings"] == []
    again = api_token(name="x", token_file=str(path), return_token=return_token)
    assert not again["changed"]
    assert secret not in text_of(again)
