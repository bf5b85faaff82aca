# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names can be declared, when creation is staged, and what becomes of rivals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, SOON
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    bodies,
    ids,
    methods,
    text_of,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

Options = dict[str, Any]

RESERVED = [
    "x ~pending:0123456789abcdef",
    "x ~pending:",
    "x ~superseded:2026-11-24T10:00:00Z",
    "x ~superseded:never",
    "x ~superseded:someday",
    "x~superseded:never",
    " ~pending:1",
    "~pending:1",
    "a ~superseded:never ~pending:1",
]
FREE = ["x ~pending", "~pending: x", "x ~pending:1 y", "x ~Pending:1", "~superseded:never and so on", "x ~ y"]


@pytest.mark.parametrize(
    ("name", "more", "check"),
    [
        *((name, {}, False) for name in RESERVED),
        *((RESERVED[0], more, True) for more in ({}, {"state": "absent"})),
        *((RESERVED[2], more, False) for more in ({"api_token_id": "a" * 24}, {"staged": "false"})),
    ],
    ids=str,
)
def test_a_name_that_ends_in_a_mark_is_refused(
    sandbox: Sandbox, failing_api_token: Task, name: str, more: Options, check: bool
) -> None:
    result = failing_api_token(name=name, **more, _check=check)
    assert repr(name) in result["msg"]
    assert result["failure"] == {"kind": "invalid_option", "option": "name"}
    assert methods(sandbox) == []


@pytest.mark.parametrize("name", FREE)
def test_any_other_name_is_taken(sandbox: Sandbox, either_way: Task, name: str) -> None:
    assert either_way(name=name)["changed"]
    assert either_way(name=name, recreate="always")["changed"]
    assert the_token(sandbox)["name"] == name
    assert not either_way(name=name)["changed"]


LONG = "x" * 223


@pytest.mark.parametrize(("name", "check"), [(LONG, False), ("x" * 255, True)], ids=["223 real", "255 check"])
@pytest.mark.parametrize(
    ("there", "options"),
    [
        (False, {"staged": "true"}),
        (False, {"staged": "auto"}),
        (True, {"staged": "true", "recreate": "always"}),
        (True, {"staged": "false", "recreate": "always", "superseded_after": "2h"}),
        (True, {"staged": "false", "recreate": "always", "superseded": "deactivate"}),
        (True, {"staged": "false", "recreate": "always", "superseded": "keep"}),
    ],
    ids=str,
)
def test_a_name_too_long_for_its_mark_is_refused(
    sandbox: Sandbox, failing_api_token: Task, name: str, check: bool, there: bool, options: Options
) -> None:
    if there:
        sandbox.seed_token(name)
    result = failing_api_token(name=name, **options, _check=check)
    assert str(len(name)) in result["msg"]
    assert "222" in result["msg"]
    assert result["failure"] == {"kind": "invalid_option", "option": "name"}
    assert writes(sandbox) == []


@pytest.mark.parametrize("options", [{"superseded": "keep"}, {"superseded_after": "2h"}, {}], ids=str)
def test_the_longest_name_has_room_for_each_mark(sandbox: Sandbox, either_way: Task, options: Options) -> None:
    name = "x" * 222
    sandbox.seed_token(name, creationDate=EARLIER, expirationDate=SOON)
    either_way(name=name, recreate="always", **options)
    assert max(len(token["name"]) for token in sandbox.tokens()) == (255 if options else 222)


@pytest.mark.parametrize("options", [{}, {"description": "d"}, {"state": "absent"}], ids=str)
def test_a_long_name_is_no_matter_where_no_mark_is_needed(sandbox: Sandbox, either_way: Task, options: Options) -> None:
    sandbox.seed_token(LONG)
    assert either_way(name=LONG, **options)["changed"] is bool(options)


SCOPES: dict[str, tuple[list[str], bool]] = {
    "all": (["all.Application"], True),
    "organization": (["devices.get", "all.Organization"], True),
    "user": (["all.User"], True),
    "both families": (["applicationApiTokens.*", "applicationApiToken.*"], True),
    "each action": (
        [
            "applicationApiTokens.get",
            "applicationApiTokens.post",
            "applicationApiToken.patch",
            "applicationApiToken.delete",
        ],
        True,
    ),
    "the list alone": (["applicationApiTokens.*"], False),
    "no delete": (["applicationApiTokens.*", "applicationApiToken.patch"], False),
    "no patch": (["applicationApiTokens.*", "applicationApiToken.delete"], False),
    "look alikes": (["applicationApiTokens.*", "applicationApiToken.get", "all.Application.read"], False),
}


def _caller(sandbox: Sandbox, scope: list[str]) -> str:
    (caller,) = sandbox.seed(callers=[{"applicationId": sandbox.application_id, "scope": scope}])["callers"]
    return str(caller["token"])


@pytest.mark.parametrize(
    ("scope", "stages", "staged"),
    [*((*case, "auto") for case in SCOPES.values()), (*SCOPES["all"], None), (*SCOPES["the list alone"], None)],
    ids=[*SCOPES, "all by default", "the list alone by default"],
)
def test_auto_decides_by_the_scopes_of_the_access_token(
    sandbox: Sandbox, api_token: Task, scope: list[str], stages: bool, staged: str | None
) -> None:
    result = api_token(name="x", access_token=_caller(sandbox, scope), staged=staged)
    assert accepts(sandbox, result["token"])
    assert the_token(sandbox)["name"] == "x"
    assert ("~pending:" in bodies(sandbox, "POST")[0]["name"]) is stages


def test_a_token_that_tells_no_scopes_is_taken_to_have_none(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.switch(token_format="opaque")
    api_token(name="x", access_token=_caller(sandbox, ["all.Application"]))
    assert [body["name"] for body in bodies(sandbox, "POST")] == ["x"]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_staged_against_the_scopes_is_refused_before(sandbox: Sandbox, failing_api_token: Task, check: bool) -> None:
    token = _caller(sandbox, ["applicationApiTokens.*"])
    result = failing_api_token(name="x", access_token=token, staged="true", _check=check)
    assert "applicationApiToken.patch" in result["msg"]
    assert methods(sandbox) == ["GET"]
    assert "eyJ" not in text_of(result)


def test_staged_with_a_token_that_tells_no_scopes_names_what_is_left(sandbox: Sandbox, failing_api_token: Task) -> None:
    sandbox.switch(token_format="opaque")
    token = _caller(sandbox, ["applicationApiTokens.*"])
    result = failing_api_token(name="x", access_token=token, staged="true")
    assert "applicationApiToken.patch" in result["msg"]
    assert the_token(sandbox)["id"] in result["msg"]


#: What it takes to let a new token take the place of an old one, and what is lacking.
REPLACING: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({}, ["patch"], ["delete"]),
    ({}, [], ["delete"]),
    ({"superseded": "deactivate"}, ["delete"], ["patch"]),
    ({"superseded": "keep"}, ["delete"], ["patch"]),
    # It is to be deleted later.
    ({"superseded_after": "1h"}, [], ["delete", "patch"]),
    ({"superseded_after": "1h"}, ["patch"], ["delete"]),
]


@pytest.mark.parametrize(("options", "allowed", "lacking"), REPLACING, ids=str)
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_replacement_that_the_access_token_can_not_end_is_refused_before(
    sandbox: Sandbox,
    failing_api_token: Task,
    options: dict[str, Any],
    allowed: list[str],
    lacking: list[str],
    check: bool,
) -> None:
    old = sandbox.seed_token("x")
    scope = ["applicationApiTokens.*", *(f"applicationApiToken.{action}" for action in allowed)]
    result = failing_api_token(
        name="x", access_token=_caller(sandbox, scope), recreate="always", **options, _check=check
    )
    assert result["failure"]["scopes"] == [f"applicationApiToken.{action}" for action in lacking]
    assert "Nothing was written" in result["msg"]
    assert (ids(sandbox.tokens()), methods(sandbox)) == ([old["id"]], ["GET"])


@pytest.mark.parametrize(
    "options", [{"superseded": "keep"}, {"superseded": "deactivate", "superseded_after": "1h"}], ids=str
)
def test_what_takes_no_deletion_needs_no_scope_for_it(
    sandbox: Sandbox, api_token: Task, options: dict[str, Any]
) -> None:
    sandbox.seed_token("x")
    token = _caller(sandbox, ["applicationApiTokens.*", "applicationApiToken.patch"])
    assert accepts(sandbox, api_token(name="x", access_token=token, recreate="always", **options)["token"])


@pytest.mark.parametrize("value", ["perhaps", "AUTO", ""])
def test_staged_takes_nothing_else(sandbox: Sandbox, failing_api_token: Task, value: str) -> None:
    assert "staged" in failing_api_token(name="x", staged=value)["msg"]
    assert methods(sandbox) == []


@pytest.mark.parametrize(("value", "stages"), [(True, True), (False, False)])
def test_a_boolean_of_yaml_is_meant_as_it_is_written(
    sandbox: Sandbox, api_token: Task, value: Any, stages: bool
) -> None:
    api_token(name="x", staged=value)
    assert ("~pending:" in bodies(sandbox, "POST")[0]["name"]) is stages


OLDER, YOUNGER = "2026-11-24T07:59:59Z", "2026-11-24T08:00:01Z"


@pytest.fixture
def look_round(sandbox: Sandbox) -> Any:
    """Plants a token just before the task looks round, when the new one has its name."""
    return lambda **token: sandbox.fault("mutate", method="GET", skip=1, create=[token])


def test_the_younger_one_withdraws(sandbox: Sandbox, failing_either_way: Task, tmp_path: Any, look_round: Any) -> None:
    look_round(name="x", creationDate=OLDER, id="a" * 24)
    result = failing_either_way(name="x", token_file=str(tmp_path / "token"))
    assert ids(sandbox.tokens()) == ["a" * 24]
    assert "a" * 24 in result["msg"]
    assert "withdraws" in result["msg"]
    assert "eyJ" not in text_of(result)
    assert list(tmp_path.iterdir()) == []


def test_the_next_run_finds_the_older_one(
    sandbox: Sandbox, failing_either_way: Task, either_way: Task, look_round: Any
) -> None:
    look_round(name="x", creationDate=OLDER, id="a" * 24)
    failing_either_way(name="x")
    result = either_way(name="x")
    assert (result["changed"], result["api_token"]["id"]) == (False, "a" * 24)


def test_the_older_one_stays_and_warns(sandbox: Sandbox, either_way: Task, look_round: Any) -> None:
    look_round(name="x", creationDate=YOUNGER, id="a" * 24)
    result = either_way(name="x", scope=["devices.get"])
    (warning,) = result["warnings"]
    assert "a" * 24 in warning
    assert accepts(sandbox, result["token"])
    assert {result["api_token"]["id"], "a" * 24} == set(ids(sandbox.tokens()))


@pytest.mark.parametrize(("rival", "withdraws"), [("0" * 23 + "1", True), ("f" * 24, False)])
def test_of_two_of_the_same_moment_the_id_decides(
    sandbox: Sandbox, either_way: Task, failing_either_way: Task, look_round: Any, rival: str, withdraws: bool
) -> None:
    look_round(name="x", creationDate="2026-11-24T08:00:00Z", id=rival)
    (failing_either_way if withdraws else either_way)(name="x")
    assert (ids(sandbox.tokens()) == [rival]) is withdraws


@pytest.mark.parametrize("name", ["y", "X", "x ~superseded:never", "x ~pending:fedcba9876543210", "x ~kept"])
def test_any_other_token_is_no_rival(sandbox: Sandbox, either_way: Task, look_round: Any, name: str) -> None:
    look_round(name=name, creationDate=OLDER)
    assert either_way(name="x", scope=["devices.get"])["warnings"] == []


def test_what_was_pending_when_the_task_began_is_a_rival_once_it_has_the_name(
    sandbox: Sandbox, failing_either_way: Task
) -> None:
    """It was made earlier, but that alone does not tell: it is who names first that stays."""
    sandbox.seed_token("x ~pending:fedcba9876543210", creationDate=OLDER, id="a" * 24)
    sandbox.fault("mutate", method="POST", delete=["a" * 24])
    sandbox.fault("mutate", method="GET", skip=1, create=[{"name": "x", "creationDate": OLDER, "id": "a" * 24}])
    assert "withdraws" in failing_either_way(name="x")["msg"]
    assert ids(sandbox.tokens()) == ["a" * 24]


def test_a_direct_creation_does_not_blame_another_run_for_sure(
    sandbox: Sandbox, failing_api_token: Task, look_round: Any
) -> None:
    """A try that Losant refused may have been carried out all the same."""
    look_round(name="x", creationDate=OLDER, id="a" * 24)
    assert "a try of this task that Losant refused" in failing_api_token(name="x", staged="false")["msg"]


def test_when_the_list_cannot_be_read_again_it_is_told(sandbox: Sandbox, either_way: Task) -> None:
    sandbox.fault("status", method="GET", skip=1, status=500, times=None)
    result = either_way(name="x", scope=["devices.get"], retries=1)
    (warning,) = result["warnings"]
    assert "not known whether another run made an API token 'x' too" in warning
    assert accepts(sandbox, result["token"])


def test_in_a_rotation_the_old_token_outlives_the_withdrawal(
    sandbox: Sandbox, failing_api_token: Task, look_round: Any
) -> None:
    """It keeps the name that says it is superseded: the run that was first retires it, or else the next one."""
    old = sandbox.seed_token("x")
    look_round(name="x", creationDate=OLDER, id="a" * 24)
    run = partial(failing_api_token, name="x", recreate="always")
    assert "withdraws" in run()["msg"]
    assert accepts(sandbox, old["token"])
    assert {token["id"]: token["name"] for token in sandbox.tokens()} == {
        old["id"]: "x ~superseded:2026-11-24T08:00:00Z",
        "a" * 24: "x",
    }


def test_what_a_withdrawal_leaves_is_cleaned_up(
    sandbox: Sandbox, either_way: Task, failing_api_token: Task, look_round: Any
) -> None:
    sandbox.seed_token("x")
    look_round(name="x", creationDate=OLDER, id="a" * 24)
    failing_api_token(name="x", recreate="always")
    assert either_way(name="x")["changed"]
    assert ids(sandbox.tokens()) == ["a" * 24]
