# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of many pages, short pages, and pages that shift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import bodies, ids, methods, queries, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox


#: The longest page that Losant serves, and whether it shows totals. Without them a short page is taken for the last one.
CAPS = [(None, True), (49, True), (100, False)]


@pytest.fixture
def many(sandbox: Sandbox) -> list[str]:
    """The ids of 250 tokens, of which 25 each share a name."""
    return ids(sandbox.seed(tokens=[{"name": f"token {number % 10}"} for number in range(250)])["tokens"])


def _pages(sandbox: Sandbox) -> list[int]:
    return [int(query["page"]) for query in queries(sandbox, "page")]


def test_all_pages_are_read(sandbox: Sandbox, api_token_info: Task, many: list[str]) -> None:
    result = api_token_info()
    assert sorted(ids(result["api_tokens"])) == many
    assert result["total_count"] == 250
    assert _pages(sandbox) == [0, 1, 2]


@pytest.mark.parametrize(
    ("spelling", "per_page", "pages"),
    [("per_page", 1000, 1), ("perPage", 250, 1), ("per_page", 249, 2), ("perPage", 125, 2), ("per_page", 50, 5)],
)
def test_per_page_is_what_is_asked_for_at_once(
    sandbox: Sandbox, api_token_info: Task, many: list[str], per_page: int, pages: int, spelling: str
) -> None:
    options: dict[str, Any] = {spelling: per_page}
    assert sorted(ids(api_token_info(**options)["api_tokens"])) == many
    assert queries(sandbox, "page", "perPage") == [{"page": str(n), "perPage": str(per_page)} for n in range(pages)]


@pytest.mark.parametrize(("page", "count"), [(0, 100), (1, 100), (2, 50), (3, 0), (999999, 0)])
def test_one_page(sandbox: Sandbox, api_token_info: Task, many: list[str], page: int, count: int) -> None:
    result = api_token_info(page=page, sort_field="id")
    assert ids(result["api_tokens"]) == many[page * 100 : page * 100 + 100]
    assert (len(result["api_tokens"]), result["total_count"]) == (count, 250)
    assert _pages(sandbox) == [page]


def test_one_page_of_another_size(sandbox: Sandbox, api_token_info: Task, many: list[str]) -> None:
    assert ids(api_token_info(page=3, per_page=10, sort_field="id")["api_tokens"]) == many[30:40]


def test_a_selection_looks_at_the_page_alone(sandbox: Sandbox, api_token_info: Task, many: list[str]) -> None:
    result = api_token_info(page=1, per_page=10, sort_field="id", name="token 3")
    assert ids(result["api_tokens"]) == [many[13]]
    assert result["total_count"] == 250


def test_one_page_of_a_list_without_totals(sandbox: Sandbox, api_token_info: Task, many: list[str]) -> None:
    sandbox.switch(list_totals=False)
    result = api_token_info(page=0)
    assert (len(result["api_tokens"]), result["total_count"]) == (100, None)


@pytest.mark.parametrize(("most", "totals"), CAPS, ids=str)
def test_a_server_that_caps_pages(
    sandbox: Sandbox, api_token_info: Task, many: list[str], most: int | None, totals: bool
) -> None:
    sandbox.switch(per_page_max=most, list_totals=totals)
    for per_page in (100, 1000):
        result = api_token_info(per_page=per_page)
        assert sorted(ids(result["api_tokens"])) == many
        assert result["total_count"] == 250


@pytest.mark.parametrize("totals", [True, False], ids=["totals", "no totals"])
def test_the_last_page_is_full(sandbox: Sandbox, api_token_info: Task, totals: bool) -> None:
    sandbox.switch(list_totals=totals)
    sandbox.seed(tokens=[{} for _time in range(20)])
    assert len(api_token_info(per_page=10)["api_tokens"]) == 20


def test_one_page_is_one_request(sandbox: Sandbox, api_token: Task) -> None:
    sandbox.seed(tokens=[{"name": f"token {number}"} for number in range(100)])
    assert not api_token(name="token 99")["changed"]
    assert methods(sandbox) == ["GET"]


def test_many_tokens_of_one_name_are_read_once(sandbox: Sandbox, api_token: Task, many: list[str]) -> None:
    sandbox.switch(tie_order="shuffled")
    assert not api_token(name="x", state="absent")["changed"]
    assert _pages(sandbox) == [0, 1, 2]


@pytest.mark.parametrize(("most", "totals"), [(49, True), (100, False)], ids=str)
def test_a_token_on_a_late_page_is_not_created_again(
    sandbox: Sandbox, api_token: Task, many: list[str], totals: bool, most: int | None
) -> None:
    sandbox.switch(list_totals=totals, per_page_max=most)
    sandbox.seed_token("last")
    assert not api_token(name="last")["changed"]
    assert writes(sandbox) == []


def test_two_tokens_on_different_pages_are_ambiguous(sandbox: Sandbox, failing_api_token: Task) -> None:
    tokens = sandbox.seed(tokens=[{"name": "x" if number in (0, 149) else "y"} for number in range(150)])["tokens"]
    result = failing_api_token(name="x")
    assert result["failure"]["ids"] == [tokens[0]["id"], tokens[149]["id"]]


@pytest.mark.parametrize("field", ["name", "status"])
def test_equal_sort_keys_lose_nothing(sandbox: Sandbox, api_token_info: Task, many: list[str], field: str) -> None:
    sandbox.switch(tie_order="shuffled")
    result = api_token_info(sort_field=field)
    assert sorted(ids(result["api_tokens"])) == many
    assert result["total_count"] == 250


@pytest.mark.parametrize("deleted", [0, 99, 100, 150])
def test_a_token_that_is_deleted_while_the_list_is_read_hides_no_other(
    sandbox: Sandbox, api_token_info: Task, many: list[str], deleted: int
) -> None:
    sandbox.fault("mutate", method="GET", skip=1, delete=[many[deleted]])
    found = ids(api_token_info(sort_field="id")["api_tokens"])
    assert set(many) - {many[deleted]} <= set(found)
    assert len(found) == len(set(found))


def test_a_token_that_is_created_while_the_list_is_read_doubles_no_other(
    sandbox: Sandbox, api_token_info: Task, many: list[str]
) -> None:
    sandbox.fault("mutate", method="GET", skip=1, create=[{"id": "0" * 24, "name": "first"}])
    result = api_token_info(sort_field="id")
    assert sorted(ids(result["api_tokens"])) == ["0" * 24, *many]
    assert result["total_count"] == 251


def test_a_shift_creates_no_second_token(sandbox: Sandbox, api_token: Task, many: list[str]) -> None:
    sandbox.fault("mutate", method="GET", skip=1, delete=[many[0]])
    wanted = sandbox.tokens()[100]
    assert not api_token(api_token_id=wanted["id"])["changed"]
    sandbox.seed_token("z", id="0" * 23 + "1")
    sandbox.fault("mutate", method="GET", skip=1, delete=[many[1]])
    assert not api_token(name="z")["changed"]
    assert bodies(sandbox, "POST") == []


def test_a_server_that_ignores_page_does_not_hold_the_task(sandbox: Sandbox, api_token_info: Task) -> None:
    body = {"items": [{"id": "a" * 24, "name": "x"}], "count": 1, "totalCount": 5, "perPage": 1}
    sandbox.fault("status", method="GET", status=200, body=body, times=None)
    assert ids(api_token_info(per_page=1)["api_tokens"]) == ["a" * 24]
    assert len(methods(sandbox)) < 10


def test_a_page_that_fails_is_asked_for_again(sandbox: Sandbox, api_token_info: Task, many: list[str]) -> None:
    sandbox.fault("status", method="GET", skip=1, status=503)
    assert len(api_token_info()["api_tokens"]) == 250
    assert _pages(sandbox) == [0, 1, 1, 2]


def test_a_list_that_cannot_be_read_to_its_end_creates_nothing(
    sandbox: Sandbox, failing_api_token: Task, many: list[str]
) -> None:
    sandbox.fault("status", method="GET", skip=2, status=500, times=None)
    failing_api_token(name="x")
    assert writes(sandbox) == []
