# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a replaced token, immediately and in later runs."""

from __future__ import annotations

import errno
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST, SOON
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    break_call,
    counts,
    ids,
    methods,
    named,
    the_token,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule, SetTime, Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Json, Sandbox

Options = dict[str, Any]

SCOPE = ["devices.get"]
IN_TIME, OVER = "2026-11-24T09:59:59.999Z", "2026-11-24T10:00:00.000Z"


class Outcome(NamedTuple):
    """What becomes of the old token: its name and status (None when it is deleted), and what the result says."""

    name: str | None
    status: str | None
    action: str
    until: str | None = None


KEPT = Outcome("x ~superseded:2026-11-24T10:00:00Z", "active", "kept", OVER)
KEPT_TO_ITS_END = Outcome("x ~superseded:2026-12-04T08:00:00Z", "active", "kept", SOON)
#: By ``superseded`` and ``superseded_after``: what becomes of it immediately, and after the grace period if that differs.
OUTCOMES: dict[tuple[str, str], tuple[Outcome, Outcome | None]] = {
    ("delete", "0s"): (Outcome(None, None, "deleted"), None),
    ("delete", "2h"): (KEPT, Outcome(None, None, "deleted")),
    ("deactivate", "0s"): (Outcome("x ~superseded:2026-11-24T08:00:00Z", "inactive", "deactivated"), None),
    ("deactivate", "2h"): (KEPT, KEPT._replace(status="inactive", action="deactivated", until=None)),
    ("keep", "0s"): (KEPT_TO_ITS_END, None),
    ("keep", "2h"): (KEPT_TO_ITS_END, None),
}


@pytest.fixture
def rehearsed(rehearsed: Rehearsed) -> Rehearsed:
    return partial(rehearsed, name="x")


@pytest.fixture
def old(sandbox: Sandbox) -> Json:
    return sandbox.seed_token("x", scope=SCOPE, creationDate=EARLIER, expirationDate=SOON)


def _entry(old: Json, name: str, outcome: Outcome) -> Json:
    return {"id": old["id"], "name": outcome.name or name, "action": outcome.action, "until": outcome.until}


def _check(sandbox: Sandbox, outcome: Outcome) -> None:
    """The new token has the name, and the old one is as expected."""
    old = {outcome.name: outcome.status} if outcome.name else {}
    assert named(sandbox) == {"x": "active", **old}
    assert min(counts(sandbox)) > 0, "for a while no usable token existed"


@pytest.mark.parametrize(
    ("staged", "superseded", "after"),
    [*(("true", *options) for options in OUTCOMES), ("false", "delete", "0s"), ("false", "deactivate", "2h")],
)
def test_a_whole_rotation(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime, old: Json, staged: str, superseded: str, after: str
) -> None:
    options: Options = {"rotate_before": "10d", "superseded": superseded, "superseded_after": after, "staged": staged}
    now, later = OUTCOMES[superseded, after]
    first = rehearsed(**options)
    assert first["superseded"] == [_entry(old, "x", now)]
    _check(sandbox, now)

    new = first["api_token"]["id"]
    set_time(IN_TIME)
    again = rehearsed(**options)
    assert (again["changed"], again["superseded"], methods(sandbox)) == (False, [], ["GET"])
    _check(sandbox, now)

    set_time(OVER)
    finished = rehearsed(**options)
    assert finished["changed"] is (later is not None)
    assert finished["superseded"] == ([_entry(old, now.name or "", later)] if later else [])
    assert (finished["api_token"]["id"], finished["created"], "token" in finished) == (new, False, False)
    _check(sandbox, later or now)

    set_time("2026-12-04T08:00:01Z")
    again = rehearsed(**options)
    assert (again["changed"], again["superseded"], methods(sandbox)) == (False, [], ["GET"])
    assert accepts(sandbox, first["token"])


def test_the_clean_up_is_in_the_diff(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    old = sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z")
    deactivated = rehearsed(superseded="deactivate")["diff"]
    assert deactivated["before"]["superseded"] == [f"{old['name']} ({old['id']}), active"]
    assert deactivated["after"]["superseded"] == [f"{old['name']} ({old['id']}), inactive"]
    deleted = rehearsed()["diff"]
    assert (len(deleted["before"]["superseded"]), deleted["after"]["superseded"]) == (1, [])
    assert "superseded" not in rehearsed()["diff"]["before"]


def test_absent_deletes_what_earlier_runs_left_and_nothing_else(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    for name in ("x ~superseded:2026-11-24T10:00:00Z", "x ~superseded:never", "x ~pending:0123456789abcdef"):
        sandbox.seed_token(name)
    sandbox.seed_token("x", expirationDate=PAST)
    others = [
        sandbox.seed_token(name)["id"]
        for name in (
            "y ~superseded:2026-11-24T10:00:00Z",
            "xx ~pending:0123456789abcdef",
            "x ~superseded:someday",
            "x~superseded:never",
            "x ~kept",
            "x y ~pending:0123456789abcdef",
        )
    ]
    assert rehearsed(state="absent")["changed"]
    assert ids(sandbox.tokens()) == others


def test_a_token_without_expiration_is_kept_without_end(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime
) -> None:
    old = sandbox.seed_token("x", scope=SCOPE)
    result = rehearsed(recreate="always", superseded="keep")
    assert result["superseded"] == [_entry(old, "x", Outcome("x ~superseded:never", "active", "kept"))]
    set_time("2099-01-01T00:00:00Z")
    for superseded in ("keep", "delete", "deactivate"):
        assert not rehearsed(superseded=superseded)["changed"]
    assert named(sandbox) == {"x": "active", "x ~superseded:never": "active"}


def test_an_inactive_token_that_is_deactivated_is_renamed(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    old = sandbox.seed_token("x", scope=SCOPE, status="inactive")
    options: Options = {"status": "active", "superseded": "deactivate"}
    (entry,) = rehearsed(recreate="always", **options)["superseded"]
    assert (entry["id"], entry["action"]) == (old["id"], "deactivated")
    assert named(sandbox) == {"x": "active", "x ~superseded:2026-11-24T08:00:00Z": "inactive"}
    assert not rehearsed(**options)["changed"]


@pytest.mark.parametrize("superseded", ["delete", "deactivate", "keep"])
def test_an_expired_predecessor(sandbox: Sandbox, rehearsed: Rehearsed, superseded: str) -> None:
    old = sandbox.seed_token("x", scope=SCOPE, creationDate=EARLIER, expirationDate=PAST)
    options: Options = {"superseded": superseded, "superseded_after": "2h"}
    result = rehearsed(**options)
    deleted = superseded == "delete"
    assert result["superseded"] == ([_entry(old, "x", Outcome(None, None, "deleted"))] if deleted else [])
    assert ids(sandbox.tokens()) == [*([] if deleted else [old["id"]]), result["api_token"]["id"]]
    assert not rehearsed(**options)["changed"]


@pytest.mark.parametrize(("superseded", "action"), [("delete", "deleted"), ("deactivate", "deactivated")])
def test_each_of_several_has_its_own_grace_period(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime, superseded: str, action: str
) -> None:
    first = sandbox.seed_token("x", scope=SCOPE)["id"]
    options: Options = {"superseded": superseded, "superseded_after": "2h"}
    second = rehearsed(recreate="always", **options)["api_token"]["id"]
    set_time("2026-11-24T09:00:00Z")
    third = rehearsed(recreate="always", **options)["api_token"]["id"]
    assert sorted(named(sandbox)) == [
        "x",
        "x ~superseded:2026-11-24T10:00:00Z",
        "x ~superseded:2026-11-24T11:00:00Z",
    ]
    retired = []
    for moment in ("2026-11-24T10:30:00Z", "2026-11-24T11:00:00Z", "2026-11-24T12:00:00Z"):
        set_time(moment)
        result = rehearsed(**options)
        assert result["api_token"]["id"] == third
        retired.append([(entry["id"], entry["action"]) for entry in result["superseded"]])
    assert retired == [[(first, action)], [(second, action)], []]
    assert min(counts(sandbox)) > 0


@pytest.mark.parametrize("then", ["deactivate", "keep"])
def test_the_declaration_of_the_later_run_decides(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime, then: str
) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    rehearsed(recreate="always", superseded="delete", superseded_after="2h")
    set_time(OVER)
    rehearsed(superseded=then)
    assert named(sandbox) == {"x": "active", KEPT.name: "inactive" if then == "deactivate" else "active"}
    assert not rehearsed(superseded=then)["changed"]


def test_a_deactivated_token_can_be_deleted_later(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    old = sandbox.seed_token("x", scope=SCOPE)
    rehearsed(recreate="always", superseded="deactivate")
    (entry,) = rehearsed(superseded="delete")["superseded"]
    assert (entry["id"], entry["action"]) == (old["id"], "deleted")
    assert named(sandbox) == {"x": "active"}


def test_one_run_can_change_a_token_and_clean_up(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime, api_token: Task
) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    rehearsed(recreate="always", superseded_after="2h")
    set_time(OVER)
    result = rehearsed(description="d")
    assert (result["changed_fields"], len(result["superseded"])) == (["description"], 1)
    assert the_token(sandbox)["description"] == "d"
    assert not api_token(name="x", description="d")["changed"]


def test_a_token_that_expires_in_its_grace_period(sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime) -> None:
    sandbox.seed_token("x", scope=SCOPE, creationDate=EARLIER, expirationDate="2026-11-24T09:00:00Z")
    rehearsed(rotate_before="1d", superseded_after="2h")
    set_time("2026-11-24T09:30:00Z")
    assert not rehearsed(rotate_before="1d")["changed"]
    set_time(OVER)
    assert rehearsed(rotate_before="1d")["changed"]
    assert the_token(sandbox)["name"] == "x"


@pytest.mark.parametrize("creates", [False, True], ids=["changes", "creates"])
def test_a_leftover_that_cannot_be_deleted_stops_nothing_else(
    sandbox: Sandbox, run_module: RunModule, creates: bool
) -> None:
    refused = sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z")
    other = sandbox.seed_token("x ~superseded:2026-11-24T07:30:00Z")
    if not creates:
        sandbox.seed_token("x")
    sandbox.fault("status", method="DELETE", path=f".*/{refused['id']}", status=403, times=None)
    result = run_module("api_token", name="x", description="d", scope=SCOPE if creates else None)
    assert {token["name"]: token.get("description") for token in sandbox.tokens()} == {
        refused["name"]: None,
        "x": "d",
    }
    assert other["id"] not in ids(sandbox.tokens())
    if creates:
        assert refused["id"] in " ".join(result["warnings"])
        assert [entry["action"] for entry in result["superseded"]] == ["kept", "deleted"]
    else:
        assert result["failed"]
        assert refused["id"] in result["msg"]
        assert result["msg"].endswith("Everything else is done.")


def test_an_expired_token_that_cannot_be_deleted_is_deleted_by_the_next_replacement(
    sandbox: Sandbox, api_token: Task
) -> None:
    expired, _current = sandbox.seed_token("x", expirationDate=PAST), sandbox.seed_token("x", scope=SCOPE)
    sandbox.fault("status", method="DELETE", path=f".*/{expired['id']}", status=403)
    result = api_token(name="x", recreate="always")
    assert ids(sandbox.tokens()) == [expired["id"], result["api_token"]["id"]]
    (warning,) = result["warnings"]
    assert expired["id"] in warning
    assert "It is deleted when the next one is created" in warning
    later = api_token(name="x", recreate="always")
    assert ids(sandbox.tokens()) == [later["api_token"]["id"]]


def test_a_file_that_cannot_be_removed_after_its_token_is_named(
    sandbox: Sandbox, run_module: RunModule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    path.write_text(sandbox.seed_token("x")["token"], encoding="utf-8")
    path.chmod(0o600)
    break_call(monkeypatch, os, "unlink", errno.EPERM)
    result = run_module("api_token", name="x", state="absent", token_file=str(path))
    assert sandbox.tokens() == []
    assert f"Could not remove token_file {path}" in result["msg"]
    assert "The API token is deleted, so the secret in the file is no longer valid" in result["msg"]


@pytest.mark.parametrize("creates", [False, True], ids=["exists", "creates"])
def test_a_leftover_that_the_scopes_do_not_let_delete_is_reported(
    sandbox: Sandbox, rehearsed: Rehearsed, creates: bool
) -> None:
    """Promises 1 and 9: to try would fail in every run."""
    leftover = sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z")
    if not creates:
        sandbox.seed_token("x")
    scope = ["applicationApiTokens.*", "applicationApiToken.patch"]
    (caller,) = sandbox.seed(callers=[{"applicationId": sandbox.application_id, "scope": scope}])["callers"]
    result = rehearsed(scope=["all.Application"], access_token=caller["token"])
    (warning,) = result["warnings"]
    assert leftover["id"] in warning
    assert "applicationApiToken.delete" in warning
    assert (result["changed"], result["superseded"]) == (creates, [])


@pytest.mark.parametrize(
    "options", [{"superseded": "keep"}, {"superseded_after": "2h"}, {"superseded": "deactivate"}], ids=str
)
def test_a_token_that_somebody_else_deletes_meanwhile_is_reported_as_deleted(
    sandbox: Sandbox, api_token: Task, options: Options
) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault("mutate", method="POST", delete=[old["id"]])
    result = api_token(name="x", recreate="always", **options)
    assert result["superseded"] == [{"id": old["id"], "name": "x", "action": "deleted", "until": None}]
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]]


def test_an_inactive_superseded_predecessor_is_warned_about(sandbox: Sandbox, api_token: Task) -> None:
    """Promise 8: nothing shows whether it was deactivated when it was replaced, or before."""
    old = sandbox.seed_token("x ~superseded:2026-11-24T10:00:00Z", status="inactive", scope=["devices.get"])
    (warning,) = api_token(name="x")["warnings"]
    assert old["id"] in warning
    assert "Declare status" in warning
