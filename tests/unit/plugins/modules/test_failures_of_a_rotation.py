# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Steps of a rotation that Losant refuses, and what cannot be rolled back.

``tests/faults`` disturbs every request in every other way; a refusal (403) and two faults in one task are here.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, SOON
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import born, counts, named, text_of

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule
    from losant_sandbox.client import Json, Sandbox

Options = dict[str, Any]
#: How often a request is sent again. A fault lasts as long, and what is undone after that goes well.
RETRIES = 1

#: One fault for each thing that a task can know of a request: it had no effect, or that is unknown.
FAULTS: dict[str, Options] = {
    "refused": {"kind": "status", "status": 403},
    "500 before": {"kind": "status", "status": 500},
}
#: Which request a step is, with OLD for the old token's id, and what the task declares to have that step.
STEPS: dict[str, tuple[Options, Options]] = {
    "create": ({"method": "POST"}, {}),
    "verify": ({"method": "GET", "path": "/applications/[0-9a-f]+"}, {"verify": True}),
    "rename": ({"method": "PATCH", "path": ".*/OLD"}, {"superseded_after": "2h"}),
    "name": ({"method": "PATCH", "path": ".*/tokens/(?!OLD)[0-9a-f]+"}, {}),
    "delete": ({"method": "DELETE", "path": ".*/OLD"}, {}),
    "deactivate": ({"method": "PATCH", "path": ".*/OLD", "skip": 1}, {"superseded": "deactivate"}),
}
#: A token that is created directly has its name from the start.
CASES = [(step, staged) for step in STEPS for staged in ("true", "false") if (step, staged) != ("name", "false")]

#: How the new token is created, and where its secret goes.
WAYS = [("true", "file"), ("false", "result")]


@pytest.fixture(params=["result", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Where the secret goes, if it goes to a file."""
    return tmp_path / "token" if request.param == "file" else None


@pytest.fixture
def old(sandbox: Sandbox, path: Path | None) -> Json:
    """A token that is due."""
    token = sandbox.seed_token("x", creationDate=EARLIER, expirationDate=SOON, description="d")
    if path is not None:
        path.write_text(token["token"], encoding="utf-8")
    return token


@pytest.fixture
def rotate(run_module: RunModule, path: Path | None) -> Callable[..., Result]:
    """A task that rotates the token, and may fail."""
    options: Options = {"name": "x", "rotate_before": "10d", "scope": ["devices.get"], "retries": RETRIES}
    if path is not None:
        options |= {"token_file": str(path), "return_token": False}
    return partial(run_module, "api_token", **options)


def _fault(sandbox: Sandbox, old: Json, step: str, fault: Options) -> None:
    request = {
        key: value.replace("OLD", old["id"]) if key == "path" else value for key, value in STEPS[step][0].items()
    }
    refused = fault.get("status") == 403
    # A trial counts as passed when Losant knows the token, be it only to forbid it something.
    status = {"status": 401} if refused and step == "verify" else {}
    times = 1 if (refused and step != "verify") or step == "create" else RETRIES + 1
    sandbox.fault(**{**request, **fault, **status, "times": times})


def _keep_the_new_one(sandbox: Sandbox, old: Json) -> None:
    """Refuse to delete any token but the old one."""
    sandbox.fault("status", method="DELETE", status=403, path=f".*/tokens/(?!{old['id']})[0-9a-f]+", times=None)


def _files(path: Path | None) -> Iterator[str]:
    """What is in the folder of the file: one file, whatever happened."""
    if path is not None:
        for file in path.parent.iterdir():
            yield file.read_text(encoding="utf-8")


def _secret(result: Result, path: Path | None) -> str:
    return path.read_text(encoding="utf-8") if path is not None else str(result["token"])


def _nothing_happened(sandbox: Sandbox, result: Result, old: Json, path: Path | None) -> None:
    """The old token is as it was, and what is left of the new one is told."""
    (found,) = (token for token in sandbox.tokens() if token["id"] == old["id"])
    assert {key: found[key] for key in ("name", "status", "description")} == {
        "name": "x",
        "status": "active",
        "description": "d",
    }
    assert accepts(sandbox, old["token"])
    assert list(_files(path)) == ([old["token"]] if path is not None else [])
    for token in sandbox.tokens():
        assert token["id"] == old["id"] or token["id"] in result["msg"] or token["name"] in result["msg"].split("'")
    assert "eyJ" not in text_of(result)


def _delivered(sandbox: Sandbox, result: Result, path: Path | None) -> None:
    assert accepts(sandbox, _secret(result, path))
    assert [token["id"] for token in sandbox.tokens() if token["name"] == "x"] == [result["api_token"]["id"]]
    assert len(list(_files(path))) == (path is not None)


@pytest.mark.parametrize(("step", "staged"), CASES)
def test_a_step_is_refused(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path | None, step: str, staged: str
) -> None:
    options = {"staged": staged, **STEPS[step][1]}
    _fault(sandbox, old, step, FAULTS["refused"])
    first = rotate(**options)
    assert [request["fault"] for request in sandbox.requests() if request["fault"]] != [], "the fault did not hit"
    if first.get("failed"):
        _nothing_happened(sandbox, first, old, path)
        # What the message names can be removed as it says.
        for token_id in first["failure"].get("ids", []):
            sandbox.call("DELETE", f"{sandbox.tokens_path}/{token_id}")
    else:
        _delivered(sandbox, first, path)

    sandbox.clear_faults()
    second = rotate(**options)
    assert not second.get("failed"), second["msg"]
    # Where the old token may have gone after all, the new one stayed, and the next run cleans up.
    assert second["changed"] is bool(first.get("failed") or old["id"] in " ".join(first["warnings"]))
    _delivered(sandbox, second if first.get("failed") else first, path)
    assert {"active", "inactive"} >= set(named(sandbox).values())
    assert len(sandbox.tokens()) == (1 if step not in ("rename", "deactivate") else 2)
    assert not rotate(**options)["changed"]
    assert min(counts(sandbox)) > 0
    assert [name for name in named(sandbox) if "~pending" in name] == []


@pytest.mark.parametrize("staged", ["true", "false"])
@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.EDQUOT], ids=lambda code: errno.errorcode[code])
def test_the_delivery_fails_after_the_creation(
    sandbox: Sandbox,
    rotate: Callable[..., Result],
    old: Json,
    path: Path | None,
    monkeypatch: pytest.MonkeyPatch,
    staged: str,
    code: int,
) -> None:
    def broken(_source: str, _target: str) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", broken)
        first = rotate(staged=staged)
    if path is None:
        _delivered(sandbox, first, path)
        return
    assert os.strerror(code) in first["msg"]
    assert f"{born(sandbox)[-1]} was removed again" in first["msg"]
    _nothing_happened(sandbox, first, old, path)
    assert len(sandbox.tokens()) == 1
    _delivered(sandbox, rotate(staged=staged), path)
    assert min(counts(sandbox)) > 0


@pytest.mark.parametrize(("step", "fault"), [("verify", "refused"), ("rename", "500 before"), ("name", "refused")])
@pytest.mark.parametrize(("staged", "path"), WAYS, indirect=["path"])
def test_what_cannot_be_undone_is_named(
    sandbox: Sandbox,
    rotate: Callable[..., Result],
    old: Json,
    path: Path | None,
    step: str,
    fault: str,
    staged: str,
) -> None:
    if (step, staged) == ("name", "false"):
        step = "rename"
    _fault(sandbox, old, step, FAULTS[fault])
    _keep_the_new_one(sandbox, old)
    result = rotate(staged=staged, **STEPS[step][1])
    assert result["failed"]
    _nothing_happened(sandbox, result, old, path)
    new = born(sandbox)[-1]
    assert new != old["id"]
    assert new in result["msg"]
    assert "delete it by api_token_id" in result["msg"]
    assert [new in left for left in result["failure"]["left"]] == [True]
    assert min(counts(sandbox)) > 0
    # As the message says.
    sandbox.clear_faults()
    sandbox.call("DELETE", f"{sandbox.tokens_path}/{new}")
    _delivered(sandbox, rotate(staged=staged), path)


@pytest.mark.parametrize("step", ["delete", "deactivate"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("staged", "path"), WAYS, indirect=["path"])
def test_when_the_new_one_can_not_be_removed_it_is_delivered(
    sandbox: Sandbox,
    rotate: Callable[..., Result],
    old: Json,
    path: Path | None,
    step: str,
    fault: str,
    staged: str,
) -> None:
    """Promises 5 and 6, without anybody's help: the next run retires the old one, and changes nothing else."""
    _fault(sandbox, old, step, FAULTS[fault])
    _keep_the_new_one(sandbox, old)
    first = rotate(staged=staged, **STEPS[step][1])
    assert not first.get("failed"), first["msg"]
    (warning,) = first["warnings"]
    assert old["id"] in warning
    _delivered(sandbox, first, path)
    second = rotate(staged=staged, **STEPS[step][1])
    assert "token" not in second
    _delivered(sandbox, first, path)
    assert not rotate(staged=staged, **STEPS[step][1])["changed"]
    assert min(counts(sandbox)) > 0


@pytest.mark.parametrize("step", ["delete", "deactivate"])
def test_a_name_goes_back_when_it_is_free(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path | None, step: str
) -> None:
    sandbox.switch(unique_names=True)
    _fault(sandbox, old, step, FAULTS["refused"])
    result = rotate(staged="true", **STEPS[step][1])
    assert result["failed"]
    _nothing_happened(sandbox, result, old, path)
    assert named(sandbox) == {"x": "active"}
    assert min(counts(sandbox)) > 0


def test_a_name_that_another_run_has_taken_does_not_go_back(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path | None
) -> None:
    """Promise 2: otherwise two would bear it."""
    _fault(sandbox, old, "name", FAULTS["refused"])
    sandbox.fault("mutate", method="DELETE", create=[{"name": "x", "id": "a" * 24}])
    result = rotate(superseded_after="2h")
    assert result["failed"]
    assert "a" * 24 in result["msg"]
    assert f"The token {old['id']} bears the name 'x ~superseded:2026-11-24T10:00:00Z' now." in result["msg"]
    assert [token["id"] for token in sandbox.tokens() if token["name"] == "x"] == ["a" * 24]
    assert accepts(sandbox, old["token"])
    assert list(_files(path)) == ([old["token"]] if path is not None else [])


def test_a_file_that_another_run_has_written_is_not_put_back(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def with_another_run(source: str, target: str) -> None:
        rename(source, target)
        Path(target).write_text("of another run", encoding="utf-8")

    monkeypatch.setattr(os, "rename", with_another_run)
    _fault(sandbox, old, "name", FAULTS["refused"])
    result = rotate()
    assert ("The token file was not put back" in result["msg"]) is (path is not None)
    assert list(_files(path)) == (["of another run"] if path is not None else [])


def test_a_file_that_cannot_be_restored_is_named(
    sandbox: Sandbox, rotate: Callable[..., Result], old: Json, path: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, calls = os.rename, []

    def broken_the_second_time(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rename(source, target)

    monkeypatch.setattr(os, "rename", broken_the_second_time)
    _fault(sandbox, old, "delete", FAULTS["refused"])
    result = rotate()
    assert result["failed"]
    assert accepts(sandbox, old["token"])
    assert len(calls) == (2 if path is not None else 0)
    assert ("The token file was not put back" in result["msg"]) is (path is not None)
    assert len(list(_files(path))) == (path is not None)
