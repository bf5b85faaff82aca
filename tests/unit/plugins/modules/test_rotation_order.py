# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of a rotation's steps, ``verify``, and rotating the token that the task authenticates with."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module import runner
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
#: The request that tries a new token.
TRY = {"method": "GET", "path": "/applications/[0-9a-f]+"}

RETIRING: dict[str, tuple[Options, list[str]]] = {
    "delete": ({"superseded": "delete"}, ["PATCH old", "PATCH new", "GET list", "DELETE old"]),
    "deactivate": ({"superseded": "deactivate"}, ["PATCH old", "PATCH new", "GET list", "PATCH old"]),
    "keep": ({"superseded": "keep"}, ["PATCH old", "PATCH new", "GET list"]),
    "later": ({"superseded_after": "2h"}, ["PATCH old", "PATCH new", "GET list"]),
}


def _steps(sandbox: Sandbox, old: str) -> list[str]:
    """The requests until now, with their purpose."""
    steps = []
    for request in sandbox.requests():
        end = request["path"].rsplit("/", 1)[1]
        kind = {"tokens": "list", sandbox.application_id: "try", old: "old"}.get(end, "new")
        steps.append(f"{request['method']} {kind}")
    return steps


CASES = [("true", name) for name in RETIRING] + [("false", "delete"), ("false", "deactivate")]


@pytest.mark.parametrize(("staged", "retiring"), CASES)
def test_the_order_of_steps(
    sandbox: Sandbox, api_token: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, staged: str, retiring: str
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
    options, steps = RETIRING[retiring]
    api_token(name="x", recreate="always", verify=True, token_file=str(path), staged=staged, **options)
    # The list is read again when the new token has its name: staged, after "PATCH new"; direct, after "POST list".
    creating = ["GET list", "POST list", *(["GET list"] if staged == "false" else [])]
    assert until_delivery == creating
    if staged == "false":
        steps = {"delete": ["DELETE old"], "deactivate": ["PATCH old", "PATCH old"]}[retiring]
    assert _steps(sandbox, old["id"]) == [*creating, "GET try", *steps]
    assert min(counts(sandbox)) > 0


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits of a task, which take no time."""
    seen: list[float] = []
    monkeypatch.setattr(runner, "SYSTEM", replace(runner.SYSTEM, sleep=seen.append, random=lambda: 1.0))
    return seen


def _tries(sandbox: Sandbox) -> list[int]:
    path = f"/applications/{sandbox.application_id}"
    return [request["status"] for request in sandbox.requests() if request["path"] == path]


def test_verify_waits_until_losant_accepts_the_new_token(sandbox: Sandbox, api_token: Task, waits: list[float]) -> None:
    sandbox.seed_token("x")
    sandbox.fault("status", **TRY, status=401, times=2)
    result = api_token(name="x", recreate="always", verify=True, retry_max_delay=60)
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert _tries(sandbox) == [401, 401, 200]
    assert waits == [1.0, 2.0]


def test_verify_does_not_wait_after_its_last_try(sandbox: Sandbox, failing_api_token: Task, waits: list[float]) -> None:
    sandbox.fault("status", **TRY, status=401, times=None)
    failing_api_token(name="x", verify=True, retries=2, retry_max_delay=60)
    assert _tries(sandbox) == [401] * 3
    assert waits == [1.0, 2.0]


@pytest.mark.parametrize("status", [401, 500])
@pytest.mark.parametrize("rotating", [False, True], ids=["new", "rotating"])
def test_a_new_token_that_is_not_accepted_is_deleted_again(
    sandbox: Sandbox, failing_api_token: Task, tmp_path: Path, status: int, rotating: bool
) -> None:
    path = tmp_path / "token"
    old = [sandbox.seed_token("x")] if rotating else []
    for token in old:
        path.write_text(token["token"], encoding="utf-8")
    sandbox.fault("status", **TRY, status=status, times=None)
    result = failing_api_token(name="x", recreate="always", verify=True, token_file=str(path), retries=2)
    assert sandbox.tokens() == [shown(token) for token in old]
    assert methods(sandbox) == ["GET", "POST", *["GET"] * 3, "DELETE"]
    assert ("does not accept the new API token 'x" if status == 401 else "500") in result["msg"]
    assert f"{born(sandbox)[-1]} was deleted again" in result["msg"]
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == [token["token"] for token in old]
    assert "eyJ" not in text_of(result)


@pytest.mark.parametrize("scope", [["devices.get"], ["all.Application.read"]], ids=str)
def test_a_token_with_few_scopes_is_accepted(sandbox: Sandbox, api_token: Task, scope: list[str]) -> None:
    secret = api_token(name="x", scope=scope, verify=True)["token"]
    assert accepts(sandbox, secret)


@pytest.mark.parametrize("options", [{}, {"verify": True, "status": "inactive"}], ids=str)
def test_otherwise_nothing_is_tried(sandbox: Sandbox, api_token: Task, options: Options) -> None:
    api_token(name="x", **options)
    assert _tries(sandbox) == []
    assert the_token(sandbox)["name"] == "x"


def test_verify_of_an_existing_token_sends_nothing_more(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x")
    assert not api_token(name="x", verify=True)["changed"]
    assert methods(sandbox) == ["GET"]


def test_in_check_mode_verify_sends_nothing(sandbox: Sandbox, api_token: Task) -> None:
    assert api_token(name="x", verify=True, _check=True)["changed"]
    assert methods(sandbox) == ["GET"]


@pytest.fixture
def me(sandbox: Sandbox) -> Json:
    """The token that the task authenticates with."""
    return sandbox.seed_token("me", creationDate="2026-10-25T08:00:00Z", expirationDate=SOON)


@pytest.mark.parametrize("retiring", RETIRING)
def test_promise_11_a_task_does_not_supersede_its_own_token(
    sandbox: Sandbox, failing_api_token: Task, me: Json, retiring: str
) -> None:
    options: Options = {"name": "me", "access_token": me["token"], "rotate_before": "10d", **RETIRING[retiring][0]}
    results = [failing_api_token(**options, _check=check) for check in (True, False)]
    assert results[0]["msg"] == results[1]["msg"]
    assert me["id"] in results[1]["msg"]
    assert "allow_self_revoke" in results[1]["msg"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("retiring", RETIRING)
def test_promise_11_unless_that_is_allowed(sandbox: Sandbox, rehearsed: Rehearsed, me: Json, retiring: str) -> None:
    options = RETIRING[retiring][0]
    result = rehearsed(name="me", access_token=me["token"], rotate_before="10d", allow_self_revoke=True, **options)
    assert accepts(sandbox, result["token"])
    assert accepts(sandbox, me["token"]) is (retiring in ("keep", "later"))
    assert min(counts(sandbox)) > 0


def test_promise_11_holds_when_the_grace_period_is_over(
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


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("options", [{"recreate": "always"}, {"state": "absent"}], ids=str)
@pytest.mark.parametrize("retries", [0, 1])
def test_the_response_to_the_deletion_of_the_own_token_is_lost(
    sandbox: Sandbox, api_token: Task, me: Json, options: Options, status: int, retries: int
) -> None:
    sandbox.switch(deleted_token_status=status)
    sandbox.fault("reset_after", method="DELETE")
    result = api_token(name="me", access_token=me["token"], allow_self_revoke=True, retries=retries, **options)
    assert sandbox.call("GET", sandbox.tokens_path, token=me["token"]).status_code == status
    assert result["warnings"] == [warning for warning in result["warnings"] if "No scope is declared" in warning]
    assert ids(sandbox.tokens()) == ([] if "state" in options else [result["api_token"]["id"]])


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("replacing", [True, False], ids=["replacing", "only the status"])
def test_the_response_to_the_deactivation_of_the_own_token_is_lost(
    sandbox: Sandbox, api_token: Task, me: Json, replacing: bool, status: int
) -> None:
    sandbox.switch(inactive_token_status=status)
    sandbox.fault("reset_after", method="PATCH", path=f".*/{me['id']}", skip=1 if replacing else 0)
    options: Options = {"recreate": "always", "superseded": "deactivate"} if replacing else {"status": "inactive"}
    result = api_token(name="me", access_token=me["token"], allow_self_revoke=True, retries=1, **options)
    assert sandbox.call("GET", sandbox.tokens_path, token=me["token"]).status_code == status
    assert (result["warnings"], "token" in result) == ([], replacing)
    assert result["api_token"]["status"] == ("active" if replacing else "inactive")


@pytest.mark.parametrize("options", [{"recreate": "always"}, {"state": "absent"}], ids=str)
def test_a_deletion_of_the_own_token_that_is_refused(
    sandbox: Sandbox, failing_api_token: Task, me: Json, options: Options
) -> None:
    sandbox.switch(self_delete="forbid")
    result = failing_api_token(name="me", access_token=me["token"], allow_self_revoke=True, **options)
    assert "403" in result["msg"]
    assert [(token["id"], token["name"]) for token in sandbox.tokens()] == [(me["id"], "me")]


@pytest.mark.parametrize("options", [{"recreate": "always"}, {"state": "absent"}], ids=str)
def test_a_deletion_of_the_own_token_that_is_refused_when_repeated(
    sandbox: Sandbox, run_module: RunModule, me: Json, options: Options
) -> None:
    """The refusal alone does not show that the first try was carried out: the token may still be valid for reading."""
    sandbox.switch(self_delete="forbid")
    sandbox.fault("reset_before", method="DELETE")
    result = run_module("api_token", name="me", access_token=me["token"], allow_self_revoke=True, **options)
    assert accepts(sandbox, me["token"])
    assert result.get("failed") or me["id"] in " ".join(result["warnings"])


@pytest.mark.parametrize(
    "options", [{}, {"recreate": "always"}, {"state": "absent"}, {"superseded": "deactivate"}], ids=str
)
def test_a_superseded_token_of_its_own_is_retired_last(sandbox: Sandbox, api_token: Task, options: Options) -> None:
    (me, _other, _current) = (
        sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z"),
        sandbox.seed_token("x ~superseded:2026-11-24T07:30:00Z"),
        sandbox.seed_token("x"),
    )
    api_token(name="x", access_token=me["token"], allow_self_revoke=True, **options)
    assert not accepts(sandbox, me["token"])
    assert writes(sandbox)[-1][1] == me["id"]
    sandbox.clear_requests()
    assert not api_token(name="x", **{**options, "recreate": "never"})["changed"]


@pytest.mark.parametrize("own_file", [False, True], ids=["file of another", "own file"])
def test_a_file_is_removed_with_the_token_whose_secret_it_holds(
    sandbox: Sandbox, run_module: RunModule, tmp_path: Path, own_file: bool
) -> None:
    """Otherwise it would remain if the last deletion fails: the next run would not find its token in the list."""
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


def test_the_own_token_is_deleted_last(sandbox: Sandbox, api_token: Task, me: Json) -> None:
    sandbox.seed_token("me", creationDate="2026-01-01T00:00:00Z", expirationDate=PAST)
    for name in ("me ~superseded:2026-11-24T10:00:00Z", "me ~superseded:never", "me ~pending:0123456789abcdef"):
        sandbox.seed_token(name)
    api_token(name="me", state="absent", access_token=me["token"], allow_self_revoke=True)
    assert writes(sandbox)[-1] == ("DELETE", me["id"])
    assert sandbox.tokens() == []


def test_another_access_token_can_supersede_it(sandbox: Sandbox, api_token: Task, me: Json) -> None:
    result = api_token(name="me", recreate="always")
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert not accepts(sandbox, me["token"])
