# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How hosts share the work of the role, and which results of earlier tasks count."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.plugin_utils._role_records import (
    Records,
    content_from,
    optional_secret,
    secret_from,
    shared_work,
    to_text,
    unforeseen,
)

BATCH, NAMED = ("a", "b", "c"), ("b", "c", "z")


@pytest.mark.parametrize(
    ("host", "taking_part", "leader", "serves"),
    [
        ("a", BATCH, "a", ("z",)),
        ("b", BATCH, "a", ("b",)),
        ("b", ("b", "c"), "b", ("b", "z")),
        ("c", ("b", "c"), "b", ("c",)),
        ("a", ("a",), "a", ("b", "c", "z")),
    ],
)
def test_hosts_in_step_handle_their_own_files_and_the_first_the_others(
    host: str, taking_part: tuple[str, ...], leader: str, serves: tuple[str, ...]
) -> None:
    share = shared_work(host, BATCH, NAMED, taking_part.__contains__, linear=True)
    assert (share.leader, share.serves) == (leader, serves)


@pytest.mark.parametrize("host", BATCH)
def test_hosts_out_of_step_leave_everything_to_the_first(host: str) -> None:
    share = shared_work(host, BATCH, NAMED, lambda _host: False, linear=False)
    assert (share.leader, share.serves) == (("a", NAMED) if host == "a" else ("", ()))


def test_results_of_another_run_do_not_count() -> None:
    hostvars: dict[str, Any] = {"a": {"api_tokens_plan": {"run": "1", "x": 1}, "api_tokens_old": {"run": "0"}}}
    records = Records(hostvars, "1")
    assert records.of("a", "plan") == {"run": "1", "x": 1}
    for host, task in (("a", "old"), ("a", "missing"), ("b", "plan")):
        assert records.of(host, task) == {}
        assert records.problem(host, task) is None


def test_results_of_loops_are_found_by_the_host_that_was_served() -> None:
    mine, theirs, old, broken = (
        {"api_tokens_host": "a", "run": "1"},
        {"api_tokens_host": "z", "run": "1"},
        {"api_tokens_host": "y", "run": "0"},
        {"api_tokens_host": "x", "failed": True, "msg": "broken"},
    )
    hostvars = {
        "a": {"api_tokens_found": {"results": [mine, theirs, old, broken]}},
        "b": {"api_tokens_found": {"skipped": True}},
    }
    found = Records(hostvars, "1").by_served(("a", "b"), "found")
    assert found == {"a": mine, "z": theirs, "x": broken}
    assert [unforeseen(item) for item in found.values()] == [None, None, "broken"]


@pytest.mark.parametrize("record", [{"failed": True, "msg": "why"}, {"unreachable": True, "msg": "why"}], ids=str)
def test_a_task_that_failed_says_why(record: dict[str, Any]) -> None:
    assert Records({"a": {"api_tokens_plan": record}}, "1").problem("a", "plan") == "why"


def test_a_secret_is_not_in_clear_in_a_record() -> None:
    text = to_text(Secret("s3cr3t"))
    assert text is not None
    assert "s3cr3t" not in text
    assert secret_from(text) == optional_secret(text) == Secret("s3cr3t")
    assert content_from(to_text(b"\xff\n")) == b"\xff\n"
    assert to_text(None) is None
    assert content_from(None) is None
    assert optional_secret(None) is None
