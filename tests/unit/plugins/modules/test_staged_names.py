# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names can be declared, when creation is staged, and what happens when a concurrent run creates the same token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, NOW, SOON
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

RESERVED = ["x ~pending:0123456789abcdef", "x ~superseded:2026-11-24T10:00:00Z", "~pending:1"]


@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize("more", [{}, {"state": "absent"}, {"api_token_id": "a" * 24}], ids=str)
def test_a_name_that_ends_in_a_suffix_is_refused(
    sandbox: Sandbox, failing_api_token: Task, name: str, more: Options
) -> None:
    results = [failing_api_token(name=name, **more, _check=check) for check in (True, False)]
    for result in results:
        assert repr(name) in result["msg"]
        assert result["failure"] == {"kind": "invalid_option", "option": "name"}
    assert methods(sandbox) == []


@pytest.mark.parametrize("name", ["x ~pending:1 y", "~superseded:never and so on"])
def test_a_name_that_contains_one_elsewhere_is_not(sandbox: Sandbox, api_token: Task, name: str) -> None:
    assert api_token(name=name)["changed"]
    assert api_token(name=name, recreate="always")["changed"]
    assert the_token(sandbox)["name"] == name
    assert not api_token(name=name)["changed"]


LONG = "x" * 223


@pytest.mark.parametrize(
    ("exists", "options"),
    [
        (False, {"staged": "auto"}),
        (True, {"staged": "true", "recreate": "always"}),
        (True, {"staged": "false", "recreate": "always", "superseded_after": "2h"}),
        (True, {"staged": "false", "recreate": "always", "superseded": "deactivate"}),
        (True, {"staged": "false", "recreate": "always", "superseded": "keep"}),
    ],
    ids=str,
)
def test_a_name_that_is_too_long_for_a_suffix_is_refused(
    sandbox: Sandbox, failing_api_token: Task, exists: bool, options: Options
) -> None:
    if exists:
        sandbox.seed_token(LONG)
    results = [failing_api_token(name=LONG, **options, _check=check) for check in (True, False)]
    for result in results:
        assert "name has 223 characters" in result["msg"]
        assert "222" in result["msg"]
        assert result["failure"] == {"kind": "invalid_option", "option": "name"}
    assert writes(sandbox) == []


@pytest.mark.parametrize("options", [{"superseded": "keep"}, {"superseded_after": "2h"}, {}], ids=str)
def test_the_longest_name_has_room_for_each_suffix(sandbox: Sandbox, api_token: Task, options: Options) -> None:
    name = "x" * 222
    sandbox.seed_token(name, creationDate=EARLIER, expirationDate=SOON)
    api_token(name=name, recreate="always", **options)
    assert max(len(token["name"]) for token in sandbox.tokens()) == (255 if options else 222)


@pytest.mark.parametrize("options", [{}, {"description": "d"}, {"state": "absent"}], ids=str)
def test_a_long_name_is_accepted_where_no_suffix_is_needed(sandbox: Sandbox, api_token: Task, options: Options) -> None:
    sandbox.seed_token(LONG)
    assert api_token(name=LONG, **options)["changed"] is bool(options)


def test_a_long_name_can_be_replaced_without_a_suffix(sandbox: Sandbox, api_token: Task) -> None:
    old = sandbox.seed_token(LONG)
    assert api_token(name=LONG, recreate="always", staged="false")["changed"]
    assert the_token(sandbox)["id"] != old["id"]


SCOPES: dict[str, tuple[list[str], bool]] = {
    "all": (["all.Application"], True),
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
    "similar names": (["applicationApiTokens.*", "applicationApiToken.get", "all.Application.read"], False),
}


def _caller(sandbox: Sandbox, scope: list[str]) -> str:
    (caller,) = sandbox.seed(callers=[{"applicationId": sandbox.application_id, "scope": scope}])["callers"]
    return str(caller["token"])


@pytest.mark.parametrize(("scope", "stages"), SCOPES.values(), ids=SCOPES)
def test_auto_decides_by_the_scopes_of_the_access_token(
    sandbox: Sandbox, api_token: Task, scope: list[str], stages: bool
) -> None:
    result = api_token(name="x", access_token=_caller(sandbox, scope))
    assert accepts(sandbox, result["token"])
    assert the_token(sandbox)["name"] == "x"
    assert ("~pending:" in bodies(sandbox, "POST")[0]["name"]) is stages


def test_with_an_access_token_that_shows_no_scopes_creation_is_not_staged(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.switch(token_format="opaque")
    api_token(name="x", access_token=_caller(sandbox, ["all.Application"]))
    assert [body["name"] for body in bodies(sandbox, "POST")] == ["x"]


def test_staged_creation_that_the_scopes_rule_out_is_refused_before(sandbox: Sandbox, failing_api_token: Task) -> None:
    token = _caller(sandbox, ["applicationApiTokens.*"])
    results = [failing_api_token(name="x", access_token=token, staged="true", _check=check) for check in (True, False)]
    assert results[0]["msg"] == results[1]["msg"]
    assert "applicationApiToken.patch" in results[1]["msg"]
    assert "Set staged=false" in results[1]["msg"]
    assert set(methods(sandbox)) == {"GET"}
    assert "eyJ" not in text_of(results[1])


def test_with_an_access_token_that_shows_no_scopes_the_leftover_is_named(
    sandbox: Sandbox, failing_api_token: Task
) -> None:
    sandbox.switch(token_format="opaque")
    token = _caller(sandbox, ["applicationApiTokens.*"])
    result = failing_api_token(name="x", access_token=token, staged="true")
    assert "applicationApiToken.patch" in result["msg"]
    assert the_token(sandbox)["id"] in result["msg"]


#: How a replacement is declared, what the scopes allow, and which ones are missing.
REPLACING: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({}, [], ["delete"]),
    ({"superseded": "deactivate"}, ["delete"], ["patch"]),
    ({"superseded": "keep"}, ["delete"], ["patch"]),
    # It is to be deleted later.
    ({"superseded_after": "1h"}, [], ["delete", "patch"]),
    ({"superseded_after": "1h"}, ["patch"], ["delete"]),
]


@pytest.mark.parametrize(("options", "allowed", "lacking"), REPLACING, ids=str)
def test_a_replacement_that_the_scopes_rule_out_is_refused_before(
    sandbox: Sandbox, failing_api_token: Task, options: dict[str, Any], allowed: list[str], lacking: list[str]
) -> None:
    old = sandbox.seed_token("x")
    scope = ["applicationApiTokens.*", *(f"applicationApiToken.{action}" for action in allowed)]
    declared = {"name": "x", "access_token": _caller(sandbox, scope), "recreate": "always", **options}
    results = [failing_api_token(**declared, _check=check) for check in (True, False)]
    for result in results:
        assert result["failure"]["scopes"] == [f"applicationApiToken.{action}" for action in lacking]
        assert "Nothing was changed" in result["msg"]
    assert (ids(sandbox.tokens()), set(methods(sandbox))) == ([old["id"]], {"GET"})


@pytest.mark.parametrize("selector", ["name", "id"])
@pytest.mark.parametrize(
    ("options", "scopes"),
    [({"description": "d"}, ["applicationApiToken.patch"]), ({"state": "absent"}, ["applicationApiToken.delete"])],
    ids=str,
)
def test_a_change_that_the_scopes_rule_out_is_refused_before(
    sandbox: Sandbox, failing_api_token: Task, selector: str, options: Options, scopes: list[str]
) -> None:
    """Promise 9: in check mode as well."""
    token = sandbox.seed_token("x")
    which = {"name": "x"} if selector == "name" else {"api_token_id": token["id"]}
    caller = _caller(sandbox, ["applicationApiTokens.*"])
    results = [failing_api_token(**which, access_token=caller, **options, _check=check) for check in (True, False)]
    for result in results:
        assert result["failure"]["scopes"] == scopes
        assert token["id"] in result["msg"]
    assert methods(sandbox) == ["GET"] * 2


def test_an_access_token_that_can_only_read_is_refused_before(sandbox: Sandbox, failing_api_token: Task) -> None:
    caller = _caller(sandbox, ["all.Application.read"])
    results = [failing_api_token(name="x", access_token=caller, _check=check) for check in (True, False)]
    assert [result["failure"]["scopes"] for result in results] == [["applicationApiTokens.post"]] * 2
    assert methods(sandbox) == ["GET"] * 2


@pytest.mark.parametrize(
    "options", [{"superseded": "keep"}, {"superseded": "deactivate", "superseded_after": "1h"}], ids=str
)
def test_without_a_deletion_its_scope_is_not_needed(sandbox: Sandbox, api_token: Task, options: dict[str, Any]) -> None:
    sandbox.seed_token("x")
    token = _caller(sandbox, ["applicationApiTokens.*", "applicationApiToken.patch"])
    assert accepts(sandbox, api_token(name="x", access_token=token, recreate="always", **options)["token"])


def test_staged_accepts_nothing_else(sandbox: Sandbox, failing_api_token: Task) -> None:
    assert "staged" in failing_api_token(name="x", staged="AUTO")["msg"]
    assert methods(sandbox) == []


@pytest.mark.parametrize(("value", "stages"), [(True, True), (False, False)])
def test_staged_accepts_booleans_of_yaml(sandbox: Sandbox, api_token: Task, value: Any, stages: bool) -> None:
    api_token(name="x", staged=value)
    assert ("~pending:" in bodies(sandbox, "POST")[0]["name"]) is stages


OLDER, YOUNGER = "2026-11-24T07:59:59Z", "2026-11-24T08:00:01Z"


Concurrent = Callable[..., None]


@pytest.fixture
def concurrent(sandbox: Sandbox) -> Concurrent:
    """Lets a concurrent run create a token just before the task reads the list again."""

    def create(**token: Any) -> None:
        sandbox.fault("mutate", method="GET", skip=1, create=[token])

    return create


def test_if_a_concurrent_run_was_first_the_new_token_is_deleted_again(
    sandbox: Sandbox, failing_either_way: Task, tmp_path: Path, concurrent: Concurrent
) -> None:
    concurrent(name="x", creationDate=OLDER, id="a" * 24)
    result = failing_either_way(name="x", token_file=str(tmp_path / "token"))
    assert ids(sandbox.tokens()) == ["a" * 24]
    assert "A concurrent run created API token 'x'" in result["msg"]
    assert "a" * 24 in result["msg"]
    assert result["failure"] == {"kind": "conflict", "ids": ["a" * 24]}
    assert "was deleted again" in result["msg"]
    assert "eyJ" not in text_of(result)
    assert list(tmp_path.iterdir()) == []


def test_the_next_run_finds_the_token_of_the_concurrent_one(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, concurrent: Concurrent
) -> None:
    concurrent(name="x", creationDate=OLDER, id="a" * 24)
    failing_api_token(name="x")
    result = api_token(name="x")
    assert (result["changed"], result["api_token"]["id"]) == (False, "a" * 24)


def test_if_the_concurrent_run_came_later_the_task_warns(
    sandbox: Sandbox, either_way: Task, concurrent: Concurrent
) -> None:
    concurrent(name="x", creationDate=YOUNGER, id="a" * 24)
    result = either_way(name="x", scope=["devices.get"])
    (warning,) = result["warnings"]
    assert "a" * 24 in warning
    assert accepts(sandbox, result["token"])
    assert {result["api_token"]["id"], "a" * 24} == set(ids(sandbox.tokens()))


@pytest.mark.parametrize(("other", "was_first"), [("0" * 23 + "1", True), ("f" * 24, False)])
def test_of_two_tokens_of_the_same_moment_the_id_decides(
    sandbox: Sandbox, api_token: Task, failing_api_token: Task, concurrent: Concurrent, other: str, was_first: bool
) -> None:
    concurrent(name="x", creationDate=NOW, id=other)
    (failing_api_token if was_first else api_token)(name="x")
    assert (ids(sandbox.tokens()) == [other]) is was_first


@pytest.mark.parametrize("name", ["y", "X", "x ~superseded:never", "x ~pending:fedcba9876543210"])
def test_a_token_of_another_name_is_no_conflict(
    sandbox: Sandbox, api_token: Task, concurrent: Concurrent, name: str
) -> None:
    concurrent(name=name, creationDate=OLDER)
    assert api_token(name="x", scope=["devices.get"])["warnings"] == []
    assert sorted(token["name"] for token in sandbox.tokens()) == sorted([name, "x"])


def test_a_pending_token_is_a_conflict_once_it_has_the_name(sandbox: Sandbox, failing_api_token: Task) -> None:
    """It was created before the task began. The run that names its token first keeps it."""
    sandbox.seed_token("x ~pending:fedcba9876543210", creationDate=OLDER, id="a" * 24)
    sandbox.fault("mutate", method="POST", delete=["a" * 24])
    sandbox.fault("mutate", method="GET", skip=1, create=[{"name": "x", "creationDate": OLDER, "id": "a" * 24}])
    assert "A concurrent run created API token 'x'" in failing_api_token(name="x")["msg"]
    assert ids(sandbox.tokens()) == ["a" * 24]


def test_a_direct_creation_says_that_it_may_be_no_concurrent_run(
    failing_api_token: Task, concurrent: Concurrent
) -> None:
    """A try that Losant refused may have been carried out anyway."""
    concurrent(name="x", creationDate=OLDER, id="a" * 24)
    assert "a try of this task that Losant refused" in failing_api_token(name="x", staged="false")["msg"]


def test_if_the_list_cannot_be_read_again_the_task_warns(sandbox: Sandbox, either_way: Task) -> None:
    sandbox.fault("status", method="GET", skip=1, status=500, times=None)
    result = either_way(name="x", scope=["devices.get"], retries=1)
    (warning,) = result["warnings"]
    assert "The check for a concurrent run failed" in warning
    assert accepts(sandbox, result["token"])


def test_in_a_rotation_the_old_token_stays_valid_after_a_conflict(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, concurrent: Concurrent
) -> None:
    """Its suffix stays, too: the run that was first retires it, or else the next run."""
    old = sandbox.seed_token("x")
    concurrent(name="x", creationDate=OLDER, id="a" * 24)
    result = failing_api_token(name="x", recreate="always")
    superseded = "x ~superseded:2026-11-24T08:00:00Z"
    assert f"The replaced token {old['id']} is now named {superseded!r}." in result["msg"]
    assert accepts(sandbox, old["token"])
    assert {token["id"]: token["name"] for token in sandbox.tokens()} == {old["id"]: superseded, "a" * 24: "x"}
    assert api_token(name="x")["changed"]
    assert ids(sandbox.tokens()) == ["a" * 24]


def test_a_replaced_token_that_the_concurrent_run_has_deleted_is_not_mentioned(
    sandbox: Sandbox, failing_api_token: Task
) -> None:
    old = sandbox.seed_token("x")
    sandbox.fault(
        "mutate", method="POST", delete=[old["id"]], create=[{"name": "x", "id": "a" * 24, "creationDate": OLDER}]
    )
    assert old["id"] not in failing_api_token(name="x", recreate="always")["msg"]
    assert ids(sandbox.tokens()) == ["a" * 24]


def test_after_a_conflict_a_new_token_that_cannot_be_deleted_again_is_named(
    sandbox: Sandbox, failing_api_token: Task, concurrent: Concurrent
) -> None:
    concurrent(name="x", creationDate=OLDER, id="a" * 24)
    sandbox.fault("status", method="DELETE", status=403, times=None)
    result = failing_api_token(name="x")
    (new,) = [token["id"] for token in sandbox.tokens() if token["id"] != "a" * 24]
    assert (result["failure"]["kind"], [new in left for left in result["failure"]["left"]]) == ("unfinished", [True])
    assert new in result["msg"]
