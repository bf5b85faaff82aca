# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Staged creation: lost answers are repaired, and what died runs left is removed."""

from __future__ import annotations

import itertools
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

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
#: Answers to a creation that tell no secret, though the token was made.
LOST: list[Options] = [
    {"kind": "reset_after"},
    {"kind": "cut"},
    {"kind": "lie_length"},
    {"kind": "not_json", "when": "after"},
    {"kind": "empty", "when": "after"},
    {"kind": "not_object", "when": "after", "body": {}},
    *({"kind": "status", "when": "after", "status": status} for status in (301, 500, 502, 503, 504)),
]
#: Answers to one that was not done, which can't be told from the others.
DOUBTFUL: list[Options] = [{"kind": "reset_before"}, {"kind": "status", "status": 500}, {"kind": "not_json"}]


@pytest.fixture
def api_token(api_token: Task) -> Task:
    return partial(api_token, name="x", staged="true", scope=SCOPE)


@pytest.fixture
def failing_api_token(failing_api_token: Task) -> Task:
    return partial(failing_api_token, name="x", staged="true", scope=SCOPE)


@pytest.fixture(params=[False, True], ids=["new", "replacing"])
def old(request: pytest.FixtureRequest, sandbox: Sandbox) -> list[Json]:
    """The tokens that are there before."""
    return [sandbox.seed_token("x", scope=SCOPE)] if request.param else []


@pytest.fixture
def nonces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pending names that are known beforehand: they count from 0."""
    numbers = itertools.count()
    monkeypatch.setattr(secrets, "token_hex", lambda size: f"{next(numbers):0{2 * size}x}")


def _names_posted(sandbox: Sandbox) -> list[str]:
    return [body["name"] for body in bodies(sandbox, "POST")]


@pytest.mark.parametrize(
    ("old", "times", "fault"),
    [
        *((True, 1, fault) for fault in (*LOST, *DOUBTFUL)),
        *((False, 2, fault) for fault in (LOST[0], DOUBTFUL[0])),
    ],
    indirect=["old"],
    ids=str,
)
def test_promise_07_a_lost_answer_is_repaired(
    sandbox: Sandbox, api_token: Task, old: list[Json], fault: Options, times: int
) -> None:
    sandbox.fault(**fault, method="POST", times=times)
    result = api_token(recreate="always", description="d")
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert accepts(sandbox, result["token"])
    assert posted(sandbox) == [posted(sandbox)[0]] * (times + 1)
    *lost, _last = names = _names_posted(sandbox)
    assert len(set(names)) == times + 1, "a nonce was used twice"
    # What was found was removed; what was not found may still appear, and is told.
    untraced = sorted(lost) if fault in DOUBTFUL else []
    assert [name in warning for name, warning in zip(untraced, result["warnings"], strict=True)] == [True] * len(
        untraced
    )
    assert not old or min(counts(sandbox)) > 0
    assert not api_token()["changed"]


@pytest.mark.parametrize("fault", [LOST[0], LOST[-1], DOUBTFUL[0]], ids=str)
def test_it_is_given_up_in_the_end(sandbox: Sandbox, failing_api_token: Task, old: list[Json], fault: Options) -> None:
    sandbox.fault(**fault, method="POST", times=None)
    result = failing_api_token(recreate="always")
    assert len(_names_posted(sandbox)) == 3
    assert sandbox.tokens() == [shown(token) for token in old]
    assert "eyJ" not in text_of(result)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_promise_07_what_cannot_be_repaired_is_named(
    sandbox: Sandbox,
    failing_api_token: Task,
    api_token: Task,
    old: list[Json],
    method: str,
    set_time: SetTime,
) -> None:
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


@pytest.mark.parametrize("refused", [400, 403, 409])
def test_a_refusal_is_taken_at_its_word(
    sandbox: Sandbox, failing_api_token: Task, old: list[Json], refused: int
) -> None:
    sandbox.fault("status", method="POST", status=refused)
    failing_api_token(recreate="always")
    assert methods(sandbox) == ["GET", "POST"]
    assert sandbox.tokens() == [shown(token) for token in old]


def test_a_creation_that_arrives_late_is_removed(
    sandbox: Sandbox, api_token: Task, old: list[Json], nonces: None
) -> None:
    late = f"x ~pending:{0:016x}"
    sandbox.fault("reset_before", method="POST")
    # It is not there when the task looks for it, and there when the task looks round after the second creation.
    sandbox.fault("mutate", method="GET", skip=2, create=[{"name": late}])
    result = api_token(recreate="always")
    assert _names_posted(sandbox) == [late, f"x ~pending:{1:016x}"]
    assert ids(sandbox.tokens()) == [result["api_token"]["id"]]
    assert accepts(sandbox, result["token"])
    assert result["warnings"] == []


@pytest.mark.parametrize(
    ("old", "retries", "fault"),
    [*((True, 0, fault) for fault in LOST), (True, 2, LOST[0]), (False, 2, LOST[1])],
    indirect=["old"],
    ids=str,
)
def test_a_naming_whose_answer_is_lost(
    sandbox: Sandbox, api_token: Task, old: list[Json], fault: Options, retries: int
) -> None:
    sandbox.fault(**fault, method="PATCH", path=f".*/tokens/(?!{'|'.join(ids(old)) or 'none'})[0-9a-f]+")
    result = api_token(recreate="always", retries=retries)
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert result["api_token"]["name"] == the_token(sandbox)["name"] == "x"
    assert accepts(sandbox, result["token"])
    assert not api_token()["changed"]


@pytest.mark.parametrize("fault", DOUBTFUL, ids=str)
def test_a_naming_that_is_not_done(sandbox: Sandbox, failing_api_token: Task, old: list[Json], fault: Options) -> None:
    sandbox.fault(**fault, method="PATCH", path=f".*/tokens/(?!{'|'.join(ids(old)) or 'none'})[0-9a-f]+", times=None)
    result = failing_api_token(recreate="always", retries=1)
    assert [(token["id"], token["name"]) for token in sandbox.tokens()] == [(token["id"], "x") for token in old]
    assert born(sandbox)[-1] in result["msg"]
    assert "eyJ" not in text_of(result)


@pytest.mark.parametrize(("made_at", "abandoned"), [("2026-11-24T07:00:00Z", True), ("2026-11-24T07:00:01Z", False)])
@pytest.mark.parametrize("staged", ["true", "false"])
def test_what_a_died_run_left_is_removed_once_it_is_an_hour_old(
    sandbox: Sandbox, rehearsed: Rehearsed, old: list[Json], made_at: str, abandoned: bool, staged: str
) -> None:
    left = sandbox.seed_token("x ~pending:0123456789abcdef", creationDate=made_at)["id"]
    other = sandbox.seed_token("y ~pending:0123456789abcdef", creationDate=EARLIER)["id"]
    options: Options = {"name": "x", "staged": staged, "scope": SCOPE}
    result = rehearsed(**options)
    assert result["changed"] is (abandoned or not old)
    assert result["superseded"] == []
    assert (left in ids(sandbox.tokens())) is not abandoned
    assert other in ids(sandbox.tokens())
    assert not rehearsed(**options)["changed"]


def test_a_pending_token_is_nobodys_predecessor(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed_token("x ~pending:0123456789abcdef", description="d", status="inactive")
    result = api_token()
    assert (result["api_token"]["description"], result["api_token"]["status"]) == (None, "active")


@pytest.mark.parametrize("superseded", ["delete", "deactivate", "keep"])
def test_a_run_that_died_between_the_two_names_is_finished_by_the_next(
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
