# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role reports in the end: the last word on each token, and what could not be restored."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.plugin_utils._role_entries import Entry
from ansible_collections.losant.platform.plugins.plugin_utils._role_records import to_text
from ansible_collections.losant.platform.plugins.plugin_utils._role_report import (
    concerned,
    delivery_problems,
    message,
    report,
    taken_back,
)

ON_HOSTS = Entry("pump", {}, ("a", "b"), {"path": "/token"})
TO_TASKS = Entry("pump", {}, to_tasks=True)
BARE = Entry("pump", {})
TODO = {"a": "deliver", "b": "deliver"}
DONE: dict[str, Any] = {"run": "1", "places": {"pump": {"written": True}}}


@pytest.mark.parametrize(
    ("done", "problems"),
    [
        ({"a": DONE, "b": DONE}, []),
        ({"a": DONE}, ["b: the host did not report"]),
        ({"a": DONE, "b": {"msg": "broken"}}, ["b: broken"]),
        ({"a": DONE, "b": {"run": "1", "places": {}}}, ["b: the host did nothing"]),
        ({"a": DONE, "b": {"run": "1", "places": {"pump": {"problem": "full"}}}}, ["b: full"]),
    ],
    ids=["all", "silent", "broken", "nothing", "problem"],
)
def test_a_host_that_does_not_confirm_is_a_problem(done: dict[str, Any], problems: list[str]) -> None:
    assert delivery_problems(ON_HOSTS, TODO, done, {}, "1") == problems


@pytest.mark.parametrize(
    ("handed", "problems"),
    [
        ({"1": ""}, []),
        ({"1": "Write: full"}, ["Write: full"]),
        ({}, ["the tasks of api_tokens_deliver did not finish"]),
        ({"0": ""}, ["the tasks of api_tokens_deliver did not finish"]),
    ],
    ids=["done", "failed", "silent", "other-token"],
)
def test_tasks_of_the_user_must_confirm(handed: dict[str, str], problems: list[str]) -> None:
    assert delivery_problems(TO_TASKS, {}, {}, handed, "1") == problems
    assert delivery_problems(TO_TASKS, {}, {}, handed, None) == []


def test_what_is_not_restored_is_named() -> None:
    restored = {"a": {"run": "1", "places": {"pump": {}}}, "b": {"run": "1", "places": {"pump": {"problem": "full"}}}}
    text = taken_back(ON_HOSTS, TODO, {"a": DONE, "b": DONE}, restored, {}, "17")
    assert "The files on a are as they were. The file was not restored on b: full." in text
    silent = taken_back(ON_HOSTS, TODO, {"a": DONE, "b": DONE}, {}, {"error": "refused"}, "17")
    assert "not restored on a: the host did not report." in silent
    assert "The new token 17 remains, pending: refused." in silent


PLANNED = {"changed": True, "asks": True, "created": True}


def reported(entry: Entry, *stages: Any, check_mode: bool = False) -> tuple[dict[str, Any], dict[str, str]]:
    """The report for one entry. ``stages``: of plan, apply, commit and abort."""
    records = [{"tokens": {"pump": stage}} if stage is not None else {} for stage in [*stages, None, None, None][:4]]
    collected = report([entry], *records, check_mode=check_mode, problem="interrupted")
    return collected.results[0], collected.errors


def test_the_last_word_counts() -> None:
    prepared = {"changed": True, "created": True, "prepared_id": "17"}
    result, errors = reported(
        ON_HOSTS, PLANNED, prepared, {"changed": True, "created": True, "api_token": {"id": "17"}}
    )
    assert (result["api_token"], result["created"], errors) == ({"id": "17"}, True, {})
    result, errors = reported(ON_HOSTS, PLANNED, prepared, {"error": "one", "take_back": True}, {"error": "two"})
    assert (result["failed"], result["created"], errors) == (True, False, {"pump": "two"})


def test_tasks_that_ended_early_are_no_success() -> None:
    prepared = {"changed": True, "created": True, "prepared_id": "17"}
    for stages in ((PLANNED,), (PLANNED, prepared), (PLANNED, prepared, {"error": "x", "take_back": True})):
        assert "interrupted." in reported(ON_HOSTS, *stages)[1]["pump"]
    assert "17" in reported(ON_HOSTS, PLANNED, prepared)[1]["pump"]
    assert reported(ON_HOSTS, PLANNED, check_mode=True)[1] == {}
    assert reported(ON_HOSTS, {"changed": False})[1] == {}


def test_a_secret_is_returned_only_if_it_is_delivered_nowhere() -> None:
    made = {"changed": True, "created": True, "token": to_text(b"s3cr3t")}
    assert reported(BARE, PLANNED, made)[0]["token"] == "s3cr3t"
    assert "token" not in reported(TO_TASKS, PLANNED, made, {"changed": True, "created": True})[0]


def test_the_error_of_one_token_stands_alone_and_several_are_counted() -> None:
    assert message({"x": "why"}, 5) == "why"
    assert message({"x": "why", "y": "how"}, 5) == "2 of 5 API tokens are not as declared.\nwhy\nhow"


def test_hosts_that_lack_nothing_do_not_fail() -> None:
    assert [concerned(host, "z", [ON_HOSTS], {"pump": "x"}) for host in "abcz"] == [True, True, False, True]
    assert [concerned(host, "z", [ON_HOSTS], {"other": "x"}) for host in "ab"] == [False, False]
