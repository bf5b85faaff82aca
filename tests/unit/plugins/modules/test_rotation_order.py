# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of a rotation's steps, ``verify``, and rotating the token that the task authenticates with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import PAST, SOON
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    born,
    counts,
    ids,
    methods,
    shown,
    text_of,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule, SetTime, Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Json, Sandbox

Options = dict[str, Any]
SCOPE = ["devices.get"]
#: What tries a new token.
TRY = {"method": "GET", "path": "/applications/[0-9a-f]+"}

RETIRING: dict[str, tuple[Options, list[str]]] = {
    "delete": ({"superseded": "delete"}, ["PATCH old", "PATCH new", "GET list", "DELETE old"]),
    "deactivate": ({"superseded": "deactivate"}, ["PATCH old", "PATCH new", "GET list", "PATCH old"]),
    "keep": ({"superseded": "keep"}, ["PATCH old", "PATCH new", "GET list"]),
    "later": ({"superseded_after": "2h"}, ["PATCH old", "PATCH new", "GET list"]),
}


def _steps(sandbox: Sandbox, old: str) -> list[str]:
    """The requests so far, with what they were for."""
    steps = []
    for request in sandbox.requests():
        end = request["path"].rsplit("/", 1)[1]
        kind = {"tokens": "list", sandbox.application_id: "try", old: "old"}.get(end, "new")
        steps.append(f"{request['method']} {kind}")
    return steps


@pytest.mark.parametrize(("options", "retiring"), RETIRING.values(), ids=RETIRING)
def test_the_order_of_steps(
    sandbox: Sandbox,
    either_way: Task,
    staged: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: Options,
    retiring: list[str],
) -> None:
    path = tmp_path / "token"
    old = sandbox.seed_token("x", scope=SCOPE)
    path.write_text(old["token"], encoding="utf-8")
    until_delivery: list[str] = []
    rename = os.rename

    def watched(source: str, target: str) -> None:
        until_delivery.extend(_steps(sandbox, old["id"]))
        rename(source, target)

    monkeypatch.setattr(os, "rename", watched)
    either_way(name="x", recreate="always", verify=True, token_file=str(path), **options)
    # The list is read again when the new token has its name: staged, after "PATCH new"; direct, at once.
    creating = ["GET list", "POST list", *(["GET list"] if staged == "false" else [])]
    assert until_delivery == creating
    if staged == "false":
        retiring = [step for step in retiring if step not in ("PATCH new", "GET list")]
        if options == {"superseded": "delete"}:
            retiring = ["DELETE old"]
    assert _steps(sandbox, old["id"]) == [*creating, "GET try", *retiring]
    assert min(counts(sandbox)) > 0


@pytest.mark.parametrize("times", [1, 5])
def test_verify_is_patient(sandbox: Sandbox, either_way: Task, times: int) -> None:
    sandbox.seed_token("x")
    sandbox.fault("status", **TRY, status=401, times=times)
    result = either_way(name="x", recreate="always", verify=True)
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert [
        request["status"] for request in sandbox.requests() if request["path"].endswith(sandbox.application_id)
    ] == [
        *[401] * times,
        200,
    ]


@pytest.mark.parametrize("status", [401, 500])
@pytest.mark.parametrize("rotating", [False, True], ids=["new", "rotating"])
def test_verify_is_not_patient_for_ever(
    sandbox: Sandbox, failing_either_way: Task, staged: str, tmp_path: Path, status: int, rotating: bool
) -> None:
    path = tmp_path / "token"
    old = [sandbox.seed_token("x")] if rotating else []
    for token in old:
        path.write_text(token["token"], encoding="utf-8")
    sandbox.fault("status", **TRY, status=status, times=None)
    result = failing_either_way(name="x", recreate="always", verify=True, token_file=str(path), retries=2)
    assert sandbox.tokens() == [shown(token) for token in old]
    assert methods(sandbox)[2 if staged == "true" else 3 :] == ["GET"] * 3 + ["DELETE"]
    assert f"{born(sandbox)[-1]} was removed again" in result["msg"]
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == [token["token"] for token in old]
    assert "eyJ" not in text_of(result)


def test_a_secret_that_does_not_work_tells_so(sandbox: Sandbox, failing_either_way: Task) -> None:
    sandbox.fault("status", **TRY, status=401, times=None)
    assert "does not accept the new API token 'x" in failing_either_way(name="x", verify=True)["msg"]


@pytest.mark.parametrize("scope", [["devices.get"], ["applicationApiTokens.get"], ["all.Application.read"]], ids=str)
def test_a_token_that_may_do_little_is_accepted(sandbox: Sandbox, either_way: Task, scope: list[str]) -> None:
    secret = either_way(name="x", scope=scope, verify=True)["token"]
    assert accepts(sandbox, secret)


@pytest.mark.parametrize("options", [{"verify": False}, {}, {"verify": True, "status": "inactive"}], ids=str)
def test_otherwise_nothing_is_tried(sandbox: Sandbox, either_way: Task, options: Options) -> None:
    either_way(name="x", **options)
    assert {request["path"].rsplit("/", 1)[1] for request in sandbox.requests()} - {"tokens"} <= set(born(sandbox)) | {
        the_token(sandbox)["id"]
    }


def test_verify_of_a_token_that_is_there_asks_nothing(sandbox: Sandbox, either_way: Task) -> None:
    sandbox.seed_token("x")
    assert not either_way(name="x", verify=True)["changed"]
    assert methods(sandbox) == ["GET"]


def test_check_mode_tries_nothing(sandbox: Sandbox, either_way: Task) -> None:
    assert either_way(name="x", verify=True, _check=True)["changed"]
    assert methods(sandbox) == ["GET"]


@pytest.fixture
def me(sandbox: Sandbox) -> Json:
    """The token that the task authenticates with."""
    return sandbox.seed_token("me", creationDate="2026-10-25T08:00:00Z", expirationDate=SOON)


@pytest.mark.parametrize(("options", "_retiring"), RETIRING.values(), ids=RETIRING)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize("why", [{"recreate": "always"}, {"rotate_before": "10d"}], ids=str)
def test_promise_11_a_task_does_not_supersede_its_own_token(
    sandbox: Sandbox,
    failing_api_token: Task,
    me: Json,
    options: Options,
    _retiring: list[str],
    check: bool,
    why: Options,
) -> None:
    result = failing_api_token(name="me", access_token=me["token"], **why, **options, _check=check)
    assert me["id"] in result["msg"]
    assert "allow_self_revoke" in result["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize(("options", "_retiring"), RETIRING.values(), ids=RETIRING)
def test_promise_11_unless_told_to(
    sandbox: Sandbox, rehearsed: Rehearsed, staged: str, me: Json, options: Options, _retiring: list[str]
) -> None:
    result = rehearsed(
        name="me", access_token=me["token"], rotate_before="10d", allow_self_revoke=True, staged=staged, **options
    )
    assert accepts(sandbox, result["token"])
    alive = options.get("superseded") == "keep" or "superseded_after" in options
    assert accepts(sandbox, me["token"]) is alive
    assert min(counts(sandbox)) > 0


def test_promise_11_holds_when_its_time_is_over(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, me: Json, set_time: SetTime
) -> None:
    options: Options = {"name": "me", "superseded_after": "2h"}
    api_token(**options, recreate="always")
    set_time("2026-11-24T10:00:00Z")
    sandbox.clear_requests()
    assert "allow_self_revoke" in failing_api_token(**options, access_token=me["token"])["msg"]
    assert writes(sandbox) == []
    assert api_token(**options, access_token=me["token"], allow_self_revoke=True)["changed"]
    assert the_token(sandbox)["id"] != me["id"]


#: How the response to the retirement of the own token is lost, what the next request with it gets, and tries after it.
LOST_RESPONSES = [("reset_after", 401, 0), ("reset_after", 403, 5), ("cut", 401, 5), ("not_json", 403, 0)]


@pytest.mark.parametrize(("kind", "status", "retries"), LOST_RESPONSES)
@pytest.mark.parametrize("options", [{"recreate": "always"}, {"state": "absent"}], ids=str)
def test_the_lost_response_to_the_deletion_of_the_own_token(
    sandbox: Sandbox, either_way: Task, me: Json, kind: str, options: Options, status: int, retries: int
) -> None:
    sandbox.switch(deleted_token_status=status)
    sandbox.fault(kind, method="DELETE", status=502, when="after")
    result = either_way(name="me", access_token=me["token"], allow_self_revoke=True, retries=retries, **options)
    assert sandbox.call("GET", sandbox.tokens_path, token=me["token"]).status_code == status
    assert result["warnings"] == [warning for warning in result["warnings"] if "No scope is declared" in warning]
    assert ids(sandbox.tokens()) == ([] if "state" in options else [result["api_token"]["id"]])


@pytest.mark.parametrize(("kind", "status", "retries"), LOST_RESPONSES[:3])
@pytest.mark.parametrize("replacing", [True, False], ids=["replacing", "status alone"])
def test_the_lost_response_to_the_deactivation_of_the_own_token(
    sandbox: Sandbox, either_way: Task, me: Json, kind: str, replacing: bool, status: int, retries: int
) -> None:
    sandbox.switch(inactive_token_status=status)
    sandbox.fault(kind, method="PATCH", path=f".*/{me['id']}", skip=1 if replacing else 0)
    options: Options = {"recreate": "always", "superseded": "deactivate"} if replacing else {"status": "inactive"}
    result = either_way(name="me", access_token=me["token"], allow_self_revoke=True, retries=retries, **options)
    assert sandbox.call("GET", sandbox.tokens_path, token=me["token"]).status_code == status
    assert (result["warnings"], "token" in result) == ([], replacing)
    assert result["api_token"]["status"] == ("active" if replacing else "inactive")


@pytest.mark.parametrize("options", [{"recreate": "always"}, {"state": "absent"}], ids=str)
def test_a_deletion_of_the_own_token_that_is_refused(
    sandbox: Sandbox, failing_either_way: Task, me: Json, options: Options
) -> None:
    sandbox.switch(self_delete="forbid")
    result = failing_either_way(name="me", access_token=me["token"], allow_self_revoke=True, **options)
    assert "403" in result["msg"]
    assert [(token["id"], token["name"]) for token in sandbox.tokens()] == [(me["id"], "me")]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
@pytest.mark.parametrize("options", [{"recreate": "always"}, {"state": "absent"}], ids=str)
def test_a_deletion_of_the_own_token_that_is_refused_when_repeated(
    sandbox: Sandbox, run_module: RunModule, me: Json, kind: str, options: Options
) -> None:
    """The refusal alone does not tell that the first try was done: the token may still be good for reading."""
    sandbox.switch(self_delete="forbid")
    sandbox.fault(kind, method="DELETE")
    result = run_module("api_token", name="me", access_token=me["token"], allow_self_revoke=True, **options)
    assert accepts(sandbox, me["token"])
    assert result.get("failed") or me["id"] in " ".join(result["warnings"])


#: What a task that uses a token that was superseded, and whose time is over, does with the others of its name.
LEAVINGS: list[Options] = [
    {},
    {"recreate": "always"},
    {"state": "absent"},
    {"description": "d"},
    {"superseded": "deactivate"},
]


@pytest.mark.parametrize("options", LEAVINGS, ids=str)
def test_an_own_token_that_is_a_leaving_is_the_last_to_go(
    sandbox: Sandbox, either_way: Task, options: Options, tmp_path: Path
) -> None:
    (me, _other, _inforce) = (
        sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z"),
        sandbox.seed_token("x ~superseded:2026-11-24T07:30:00Z"),
        sandbox.seed_token("x"),
    )
    either_way(name="x", access_token=me["token"], allow_self_revoke=True, **options)
    assert not accepts(sandbox, me["token"])
    assert writes(sandbox)[-1][1] == me["id"]
    sandbox.clear_requests()
    assert not either_way(name="x", **{**options, "recreate": "never"})["changed"]


@pytest.mark.parametrize("own_file", [False, True], ids=["file of another", "own file"])
def test_a_file_goes_with_the_token_whose_secret_it_holds(
    sandbox: Sandbox, run_module: RunModule, tmp_path: Path, own_file: bool
) -> None:
    """Otherwise it stays for good if the last deletion fails: the next run does not know its token any more."""
    other, me = sandbox.seed_token("x"), sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z")
    path = tmp_path / "token"
    path.write_text((me if own_file else other)["token"], encoding="utf-8")
    path.chmod(0o600)
    sandbox.switch(self_delete="forbid")
    result = run_module(
        "api_token",
        name="x",
        state="absent",
        token_file=str(path),
        access_token=me["token"],
        allow_self_revoke=True,
    )
    assert result["failed"]
    assert ids(sandbox.tokens()) == [me["id"]]
    assert path.exists() is own_file


def test_the_own_token_is_the_last_to_go(sandbox: Sandbox, api_token: Task, me: Json) -> None:
    sandbox.seed_token("me", creationDate="2026-01-01T00:00:00Z", expirationDate=PAST)
    for name in ("me ~superseded:2026-11-24T10:00:00Z", "me ~superseded:never", "me ~pending:0123456789abcdef"):
        sandbox.seed_token(name)
    api_token(name="me", state="absent", access_token=me["token"], allow_self_revoke=True)
    assert writes(sandbox)[-1] == ("DELETE", me["id"])
    assert sandbox.tokens() == []


def test_another_access_token_may_supersede_it(sandbox: Sandbox, either_way: Task, me: Json) -> None:
    result = either_way(name="me", recreate="always")
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert not accepts(sandbox, me["token"])
