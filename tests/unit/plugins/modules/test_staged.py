# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Staged creation: a lost response is resolved, and leftovers of interrupted runs are deleted."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module import runner
from ansible_collections.losant.platform.tests.support.times import EARLIER
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    bodies,
    born,
    counts,
    ids,
    methods,
    named,
    posted,
    shown,
    text_of,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import SetTime, Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Json, Sandbox

Options = dict[str, Any]
SCOPE = ["devices.get"]
#: The request is carried out, and the response does not show it.
LOST: list[Options] = [
    {"kind": "reset_after"},
    {"kind": "not_object", "when": "after", "body": {}},
    {"kind": "status", "when": "after", "status": 502},
]
#: The request is not carried out, and the failure does not show that.
DOUBTFUL: list[Options] = [{"kind": "reset_before"}, {"kind": "status", "status": 500}]


@pytest.fixture
def api_token(api_token: Task) -> Task:
    return partial(api_token, name="x", staged="true", scope=SCOPE)


@pytest.fixture
def failing_api_token(failing_api_token: Task) -> Task:
    return partial(failing_api_token, name="x", staged="true", scope=SCOPE)


@pytest.fixture(params=[False, True], ids=["new", "replacing"])
def old(request: pytest.FixtureRequest, sandbox: Sandbox) -> list[Json]:
    """The tokens that exist before."""
    return [sandbox.seed_token("x", scope=SCOPE)] if request.param else []


@pytest.fixture
def nonces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pending names that are known in advance: they count from 0."""
    numbers = itertools.count()
    monkeypatch.setattr(runner, "SYSTEM", replace(runner.SYSTEM, nonce=lambda: f"{next(numbers):016x}"))


def _names_posted(sandbox: Sandbox) -> list[str]:
    return [body["name"] for body in bodies(sandbox, "POST")]


@pytest.mark.parametrize("fault", [*LOST, *DOUBTFUL], ids=str)
def test_promise_07_after_a_lost_response_the_token_is_created_again(
    sandbox: Sandbox, api_token: Task, fault: Options
) -> None:
    old = sandbox.seed_token("x", scope=SCOPE)
    sandbox.fault(**fault, method="POST", times=2)
    result = api_token(recreate="always", description="d")
    assert the_token(sandbox)["id"] == result["api_token"]["id"] != old["id"]
    assert accepts(sandbox, result["token"])
    assert posted(sandbox) == [posted(sandbox)[0]] * 3
    *lost, _last = names = _names_posted(sandbox)
    assert len(set(names)) == 3, "a nonce was used twice"
    # What the list showed was deleted. What it did not show may still appear, so a warning names it.
    unseen = sorted(lost) if fault in DOUBTFUL else []
    assert [name in warning for name, warning in zip(unseen, result["warnings"], strict=True)] == [True] * len(unseen)
    assert min(counts(sandbox)) > 0
    assert not api_token()["changed"]


@pytest.mark.parametrize("fault", [LOST[0], DOUBTFUL[0]], ids=str)
def test_after_three_tries_the_task_fails(
    sandbox: Sandbox, failing_api_token: Task, old: list[Json], fault: Options
) -> None:
    sandbox.fault(**fault, method="POST", times=None)
    result = failing_api_token(recreate="always")
    assert len(_names_posted(sandbox)) == 3
    assert sandbox.tokens() == [shown(token) for token in old]
    assert "eyJ" not in text_of(result)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_promise_07_a_pending_token_that_cannot_be_deleted_is_named(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, method: str, set_time: SetTime
) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    sandbox.fault("reset_after", method="POST", times=None)
    sandbox.fault("status", method=method, skip=method == "GET", status=500, times=None)
    result = failing_api_token(recreate="always", retries=1)
    (pending,) = _names_posted(sandbox)
    assert repr(pending) in result["msg"]
    assert pending in named(sandbox)
    assert result["failure"]["left"] == [pending]
    sandbox.clear_faults()
    set_time("2026-11-24T09:00:01Z")
    final = api_token()
    assert final["changed"]
    assert list(named(sandbox)) == ["x"]
    assert ids(sandbox.tokens()) == [final["api_token"]["id"]]


def test_a_refusal_is_final(sandbox: Sandbox, failing_api_token: Task, old: list[Json]) -> None:
    sandbox.fault("status", method="POST", status=409)
    failing_api_token(recreate="always")
    assert methods(sandbox) == ["GET", "POST"]
    assert sandbox.tokens() == [shown(token) for token in old]


def test_a_creation_that_is_carried_out_late_is_deleted(
    sandbox: Sandbox, api_token: Task, old: list[Json], nonces: None
) -> None:
    late = f"x ~pending:{0:016x}"
    sandbox.fault("reset_before", method="POST")
    # The list does not show it after the lost response, and shows it after the second creation.
    sandbox.fault("mutate", method="GET", skip=2, create=[{"name": late}])
    result = api_token(recreate="always")
    assert _names_posted(sandbox) == [late, f"x ~pending:{1:016x}"]
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]]
    assert accepts(sandbox, result["token"])
    assert result["warnings"] == []


@pytest.mark.parametrize("retries", [0, 2])
def test_the_response_to_the_naming_is_lost(sandbox: Sandbox, api_token: Task, retries: int) -> None:
    sandbox.fault("reset_after", method="PATCH")
    result = api_token(retries=retries)
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert result["api_token"]["name"] == the_token(sandbox)["name"] == "x"
    assert accepts(sandbox, result["token"])
    assert not api_token()["changed"]


@pytest.mark.parametrize("fault", DOUBTFUL, ids=str)
def test_a_naming_that_is_not_carried_out_is_rolled_back(
    sandbox: Sandbox, failing_api_token: Task, old: list[Json], fault: Options
) -> None:
    sandbox.fault(**fault, method="PATCH", path=f".*/tokens/(?!{'|'.join(ids(old)) or 'none'})[0-9a-f]+", times=None)
    result = failing_api_token(recreate="always", retries=1)
    assert [(token["id"], token["name"]) for token in sandbox.tokens()] == [(token["id"], "x") for token in old]
    assert born(sandbox)[-1] in result["msg"]
    assert "eyJ" not in text_of(result)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_token_that_losant_names_otherwise_is_deleted_again(
    sandbox: Sandbox, failing_api_token: Task, old: list[Json], nonces: None, method: str
) -> None:
    """No later run would find it under the declared name, and each would create another."""
    name = "x" if method == "PATCH" else f"x ~pending:{0:016x}"
    body = {"name": f"{name}!", "token": "the-secret"}
    # The sandbox gives the new token the id after that of the last one.
    created = f"{int(sandbox.seed_token('other')['id'], 16) + 1:024x}"
    sandbox.fault(
        "status",
        method=method,
        path=f".*/tokens(/{created})?",
        when="after",
        status=201 if method == "POST" else 200,
        body={"id": created, **body},
    )
    result = failing_api_token(recreate="always")
    assert f"named it '{name}!' instead of '{name}'" in result["msg"]
    assert f"The new token {created} was deleted again." in result["msg"]
    assert sorted(named(sandbox)) == ["other", *(["x"] if old else [])]
    assert [accepts(sandbox, token["token"]) for token in old] == [True] * len(old)


@pytest.mark.parametrize(
    ("created_at", "interrupted"), [("2026-11-24T07:00:00Z", True), ("2026-11-24T07:00:01Z", False)]
)
def test_the_pending_token_of_an_interrupted_run_is_deleted_once_it_is_an_hour_old(
    sandbox: Sandbox, rehearsed: Rehearsed, old: list[Json], created_at: str, interrupted: bool
) -> None:
    left = sandbox.seed_token("x ~pending:0123456789abcdef", creationDate=created_at)["id"]
    other = sandbox.seed_token("y ~pending:0123456789abcdef", creationDate=EARLIER)["id"]
    options: Options = {"name": "x", "scope": SCOPE}
    result = rehearsed(**options)
    assert result["changed"] is (interrupted or not old)
    assert result["superseded"] == []
    assert (left in ids(sandbox.tokens())) is not interrupted
    assert other in ids(sandbox.tokens())
    assert not rehearsed(**options)["changed"]


def test_nothing_is_inherited_from_a_pending_token(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x ~pending:0123456789abcdef", description="d", status="inactive")
    result = api_token()
    assert (result["api_token"]["description"], result["api_token"]["status"]) == (None, "active")


@pytest.mark.parametrize("superseded", ["delete", "deactivate"])
def test_a_run_that_was_interrupted_between_two_renames_is_finished_by_the_next(
    sandbox: Sandbox, rehearsed: Rehearsed, superseded: str, set_time: SetTime
) -> None:
    # The old token was renamed, and the new one, whose secret nobody may have, not yet.
    fields: Options = {"scope": SCOPE, "description": "d"}
    sandbox.seed_token("x ~superseded:2026-11-24T08:00:00Z", creationDate=EARLIER, **fields)
    sandbox.seed_token("x ~pending:0123456789abcdef", **fields)
    options: Options = {"name": "x", "staged": "true", "superseded": superseded}
    result = rehearsed(**options)
    assert result["api_token"]["description"] == "d"
    assert accepts(sandbox, result["token"])
    assert min(counts(sandbox)) > 0
    set_time("2026-11-24T09:00:00Z")
    assert rehearsed(**options)["changed"]
    assert [name for name in named(sandbox) if "pending" in name] == []
    assert not rehearsed(**options)["changed"]
    assert named(sandbox)["x"] == "active"


def test_a_pending_token_is_found_by_its_id(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    left = sandbox.seed_token("x ~pending:0123456789abcdef")
    by_id: Options = {"name": None, "scope": None, "api_token_id": left["id"]}
    assert rehearsed(**by_id)["api_token"]["pending"] is True
    assert rehearsed(**by_id, state="absent")["changed"]
    assert writes(sandbox) == [("DELETE", left["id"])]
