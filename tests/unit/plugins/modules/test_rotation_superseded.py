# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of a replaced token, at once and in later runs."""

from __future__ import annotations

import errno
import os
from functools import partial
from itertools import product
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


class Fate(NamedTuple):
    """What becomes of the old token: its name and status (None when it is gone), and what the result says."""

    name: str | None
    status: str | None
    action: str
    until: str | None = None


KEPT = Fate("x ~superseded:2026-11-24T10:00:00Z", "active", "kept", OVER)
LEFT = Fate("x ~superseded:2026-12-04T08:00:00Z", "active", "kept", SOON)
#: By ``superseded`` and ``superseded_after``: the fate at once, and in the first run after the time, if that changes it.
FATES: dict[tuple[str, str], tuple[Fate, Fate | None]] = {
    ("delete", "0s"): (Fate(None, None, "deleted"), None),
    ("delete", "2h"): (KEPT, Fate(None, None, "deleted")),
    ("deactivate", "0s"): (Fate("x ~superseded:2026-11-24T08:00:00Z", "inactive", "deactivated"), None),
    ("deactivate", "2h"): (KEPT, KEPT._replace(status="inactive", action="deactivated", until=None)),
    ("keep", "0s"): (LEFT, None),
    ("keep", "2h"): (LEFT, None),
}
MATRIX = pytest.mark.parametrize(("superseded", "after"), FATES, ids="-".join)


@pytest.fixture
def rehearsed(rehearsed: Rehearsed) -> Rehearsed:
    """A task in check mode and for real. How a token was created makes no difference to how an old one is retired."""
    return partial(rehearsed, name="x")


@pytest.fixture
def old(sandbox: Sandbox) -> Json:
    return sandbox.seed_token("x", scope=SCOPE, creationDate=EARLIER, expirationDate=SOON)


def _entry(old: Json, name: str, fate: Fate) -> Json:
    return {"id": old["id"], "name": fate.name or name, "action": fate.action, "until": fate.until}


def _there(sandbox: Sandbox, fate: Fate) -> None:
    """The new token bears the name, and the old one is as its fate says."""
    old = {fate.name: fate.status} if fate.name else {}
    assert named(sandbox) == {"x": "active", **old}
    assert min(counts(sandbox)) > 0, "there was a moment without a usable token"


@pytest.mark.parametrize(
    ("superseded", "after", "staged"),
    [*((*fate, "true") for fate in FATES), ("delete", "2h", "false"), ("deactivate", "0s", "false")],
    ids=str,
)
def test_a_whole_rotation(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime, old: Json, staged: str, superseded: str, after: str
) -> None:
    options: Options = {
        "rotate_before": "10d",
        "superseded": superseded,
        "superseded_after": after,
        "staged": staged,
    }
    now, later = FATES[superseded, after]
    first = rehearsed(**options)
    assert first["superseded"] == [_entry(old, "x", now)]
    _there(sandbox, now)

    new = first["api_token"]["id"]
    set_time(IN_TIME)
    for _time in range(2):
        again = rehearsed(**options)
        assert (again["changed"], again["superseded"], methods(sandbox)) == (False, [], ["GET"])
    _there(sandbox, now)

    set_time(OVER)
    finished = rehearsed(**options)
    assert finished["changed"] is (later is not None)
    assert finished["superseded"] == ([_entry(old, now.name or "", later)] if later else [])
    assert finished["api_token"]["id"] == new
    assert "token" not in finished
    _there(sandbox, later or now)

    for moment in (OVER, "2026-12-04T08:00:01Z"):
        set_time(moment)
        again = rehearsed(**options)
        assert (again["changed"], again["superseded"], methods(sandbox)) == (False, [], ["GET"])
    assert accepts(sandbox, first["token"])


@MATRIX
def test_absent_removes_all_that_a_rotation_left(
    sandbox: Sandbox, rehearsed: Rehearsed, api_token: Task, old: Json, superseded: str, after: str
) -> None:
    api_token(name="x", recreate="always", superseded=superseded, superseded_after=after)
    assert rehearsed(state="absent")["changed"]
    assert sandbox.tokens() == []
    assert not rehearsed(state="absent")["changed"]


def test_absent_removes_the_waiting_the_pending_and_the_expired_and_no_other(
    sandbox: Sandbox, rehearsed: Rehearsed
) -> None:
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


def test_a_token_for_ever_is_kept_for_ever(sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime) -> None:
    old = sandbox.seed_token("x", scope=SCOPE)
    result = rehearsed(recreate="always", superseded="keep")
    assert result["superseded"] == [_entry(old, "x", Fate("x ~superseded:never", "active", "kept"))]
    set_time("2099-01-01T00:00:00Z")
    for superseded in ("keep", "delete", "deactivate"):
        assert not rehearsed(superseded=superseded)["changed"]
    assert named(sandbox) == {"x": "active", "x ~superseded:never": "active"}


def test_a_time_with_milliseconds_is_not_over_too_early(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime
) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    set_time("2026-11-24T08:00:00.500Z")
    rehearsed(recreate="always", superseded_after="1s")
    set_time("2026-11-24T08:00:01.499Z")
    assert not rehearsed()["changed"]
    set_time("2026-11-24T08:00:02.000Z")
    assert rehearsed()["changed"]
    assert the_token(sandbox)["name"] == "x"


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
    gone = superseded == "delete"
    assert result["superseded"] == ([_entry(old, "x", Fate(None, None, "deleted"))] if gone else [])
    assert ids(sandbox.tokens()) == [*([] if gone else [old["id"]]), result["api_token"]["id"]]
    assert not rehearsed(**options)["changed"]


@pytest.mark.parametrize(("superseded", "action"), [("delete", "deleted"), ("deactivate", "deactivated")])
def test_several_wait_each_for_its_time(
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
    done = []
    for moment in ("2026-11-24T10:30:00Z", "2026-11-24T11:00:00Z", "2026-11-24T12:00:00Z"):
        set_time(moment)
        result = rehearsed(**options)
        assert result["api_token"]["id"] == third
        done.append([(entry["id"], entry["action"]) for entry in result["superseded"]])
    assert done == [[(first, action)], [(second, action)], []]
    assert min(counts(sandbox)) > 0


@pytest.mark.parametrize(("before", "then"), [*product(["delete", "deactivate"], ["delete", "deactivate", "keep"])])
def test_the_present_declaration_decides_what_is_done_in_the_end(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime, before: str, then: str
) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    rehearsed(recreate="always", superseded=before, superseded_after="2h")
    set_time(OVER)
    rehearsed(superseded=then)
    fates = {"delete": {}, "deactivate": {KEPT.name: "inactive"}, "keep": {KEPT.name: "active"}}
    assert named(sandbox) == {"x": "active", **fates[then]}
    assert not rehearsed(superseded=then)["changed"]


def test_one_that_was_deactivated_can_be_deleted_later(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    old = sandbox.seed_token("x", scope=SCOPE)
    rehearsed(recreate="always", superseded="deactivate")
    (entry,) = rehearsed(superseded="delete")["superseded"]
    assert (entry["id"], entry["action"]) == (old["id"], "deleted")
    assert named(sandbox) == {"x": "active"}


def test_a_change_and_a_clean_up_go_together(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime, api_token: Task
) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    rehearsed(recreate="always", superseded_after="2h")
    set_time(OVER)
    result = rehearsed(description="d")
    assert (result["changed_fields"], len(result["superseded"])) == (["description"], 1)
    assert the_token(sandbox)["description"] == "d"
    assert not api_token(name="x", description="d")["changed"]


def test_an_expiry_sooner_than_the_wait(sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime) -> None:
    sandbox.seed_token("x", scope=SCOPE, creationDate=EARLIER, expirationDate="2026-11-24T09:00:00Z")
    rehearsed(rotate_before="1d", superseded_after="2h")
    set_time("2026-11-24T09:30:00Z")
    assert not rehearsed(rotate_before="1d")["changed"]
    set_time(OVER)
    assert rehearsed(rotate_before="1d")["changed"]
    assert the_token(sandbox)["name"] == "x"


@pytest.mark.parametrize("makes", [False, True], ids=["changes", "makes"])
def test_leavings_that_can_not_go_stop_nothing_else(sandbox: Sandbox, run_module: RunModule, makes: bool) -> None:
    stubborn = sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z")
    other = sandbox.seed_token("x ~superseded:2026-11-24T07:30:00Z")
    if not makes:
        sandbox.seed_token("x")
    sandbox.fault("status", method="DELETE", path=f".*/{stubborn['id']}", status=403, times=None)
    result = run_module("api_token", name="x", description="d", scope=None if not makes else ["devices.get"])
    assert {token["name"]: token.get("description") for token in sandbox.tokens()} == {
        stubborn["name"]: None,
        "x": "d",
    }
    assert other["id"] not in str(sandbox.tokens())
    if makes:
        assert stubborn["id"] in " ".join(result["warnings"])
        assert [entry["action"] for entry in result["superseded"]] == ["kept", "deleted"]
    else:
        assert result["failed"]
        assert stubborn["id"] in result["msg"]
        assert result["msg"].endswith("All else is done.")


def test_a_file_that_stays_when_its_token_is_gone_is_named(
    sandbox: Sandbox, run_module: RunModule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    path.write_text(sandbox.seed_token("x")["token"], encoding="utf-8")
    path.chmod(0o600)
    break_call(monkeypatch, os, "unlink", errno.EPERM)
    result = run_module("api_token", name="x", state="absent", token_file=str(path))
    assert sandbox.tokens() == []
    assert "The API token is deleted, so the secret in the file is of no use" in result["msg"]


@pytest.mark.parametrize("makes", [False, True], ids=["is there", "makes"])
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_leavings_that_the_access_token_may_not_remove_are_told(
    sandbox: Sandbox, either_way: Task, makes: bool, check: bool
) -> None:
    """Promises 1 and 9: to try would fail in every run."""
    leaving = sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z")
    if not makes:
        sandbox.seed_token("x")
    (caller,) = sandbox.seed(
        callers=[
            {"applicationId": sandbox.application_id, "scope": ["applicationApiTokens.*", "applicationApiToken.patch"]}
        ]
    )["callers"]
    result = either_way(name="x", scope=["all.Application"], access_token=caller["token"], _check=check)
    (warning,) = result["warnings"]
    assert leaving["id"] in warning
    assert "applicationApiToken.delete" in warning
    assert (result["changed"], result["superseded"]) == (makes, [])


@pytest.mark.parametrize(
    "options", [{"superseded": "keep"}, {"superseded_after": "2h"}, {"superseded": "deactivate"}], ids=str
)
def test_one_that_somebody_else_deleted_meanwhile_is_told_as_deleted(
    sandbox: Sandbox, either_way: Task, options: Options
) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault("mutate", method="POST", delete=[old["id"]])
    result = either_way(name="x", recreate="always", **options)
    assert result["superseded"] == [{"id": old["id"], "name": "x", "action": "deleted", "until": None}]
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]]


def test_an_inactive_predecessor_that_bears_a_mark_is_told(sandbox: Sandbox, either_way: Task) -> None:
    """Promise 8: whether it was deactivated as it was replaced, or before, can't be told any more."""
    old = sandbox.seed_token("x ~superseded:2026-11-24T10:00:00Z", status="inactive", scope=["devices.get"])
    (warning,) = either_way(name="x")["warnings"]
    assert old["id"] in warning
    assert "Declare status" in warning
