# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a whole list, page by page."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    ApiError,
    BadResponseError,
    ConnectionFailedError,
)
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import MAX_ITEMS, MAX_PAGES, Reading
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.raw_server import Response, as_json, serving
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import ACTION, PATH
from losant_sandbox.client import Sandbox

BY_ID = {"sortField": "id", "sortDirection": "asc"}


def id_of(number: int) -> str:
    return f"{number:024x}"


def seed(sandbox: Sandbox, *numbers: int) -> None:
    sandbox.seed(tokens=[{"id": id_of(number), "name": f"token {number}"} for number in numbers])
    sandbox.clear_requests()


def names(sandbox: Sandbox, connect: Connect, per_page: int = 2, **query: str) -> list[str]:
    client = connect(sandbox.url, access_token=sandbox.access_token)
    return [item["name"] for item in client.paginate(sandbox.tokens_path, ACTION, {**BY_ID, **query}, per_page)]


def named(*numbers: int) -> list[str]:
    return [f"token {number}" for number in numbers]


def pages_asked(sandbox: Sandbox) -> list[str]:
    return [entry["query"]["page"] for entry in sandbox.requests()]


@pytest.mark.parametrize(
    ("tokens", "with_totals", "without"),
    [(0, 1, 1), (1, 1, 1), (2, 1, 2), (3, 2, 2), (4, 2, 3), (5, 3, 3), (6, 3, 4)],
)
@pytest.mark.parametrize("totals", [True, False])
def test_as_many_requests_as_needed(
    connect: Connect, sandbox: Sandbox, tokens: int, with_totals: int, without: int, totals: bool
) -> None:
    seed(sandbox, *range(tokens))
    sandbox.switch(list_totals=totals)
    assert names(sandbox, connect) == named(*range(tokens))
    # Where no total is reported, a page shorter than the reported size is the last.
    assert pages_asked(sandbox) == [str(page) for page in range(with_totals if totals else without)]


def test_what_is_asked_for(connect: Connect, sandbox: Sandbox) -> None:
    seed(sandbox, 1, 2, 3)
    assert names(sandbox, connect, filterField="name", filter="token 1") == named(1)
    [entry] = sandbox.requests()
    assert entry["query"] == {
        "_actions": "false",
        "_links": "false",
        "_embedded": "false",
        **BY_ID,
        "filterField": "name",
        "filter": "token 1",
        "page": "0",
        "perPage": "2",
    }


@pytest.mark.parametrize("totals", [True, False])
def test_the_default_page_holds_exactly_a_hundred(connect: Connect, sandbox: Sandbox, totals: bool) -> None:
    seed(sandbox, *range(100))
    sandbox.switch(list_totals=totals)
    assert len(names(sandbox, connect, per_page=100)) == 100
    assert len(pages_asked(sandbox)) == (1 if totals else 2)


def test_a_server_with_smaller_pages(connect: Connect, sandbox: Sandbox) -> None:
    seed(sandbox, *range(7))
    sandbox.switch(per_page_max=2)
    assert names(sandbox, connect, per_page=100) == named(*range(7))
    assert pages_asked(sandbox) == ["0", "1", "2", "3"]


class TestShiftingList:
    """Somebody else changes the list between two pages."""

    def test_deleted_before_the_next_page(self, connect: Connect, sandbox: Sandbox) -> None:
        seed(sandbox, 1, 2, 3, 4, 5)
        sandbox.fault("mutate", method="GET", skip=1, delete=[id_of(1)])
        found = names(sandbox, connect)
        assert sorted(found) == named(1, 2, 3, 4, 5)
        assert len(set(found)) == len(found)

    def test_deleted_and_no_total_is_reported(self, connect: Connect, sandbox: Sandbox) -> None:
        """Nothing shows that an item was missed, but no item comes twice and the reading ends."""
        seed(sandbox, 1, 2, 3, 4, 5)
        sandbox.switch(list_totals=False)
        sandbox.fault("mutate", method="GET", skip=1, delete=[id_of(1)])
        assert names(sandbox, connect) == named(1, 2, 4, 5)

    def test_created_at_the_front(self, connect: Connect, sandbox: Sandbox) -> None:
        seed(sandbox, 1, 2, 3, 4)
        sandbox.fault("mutate", method="GET", skip=1, create=[{"id": id_of(0), "name": "token 0"}])
        assert names(sandbox, connect) == [*named(1, 2, 3, 4), "token 0"]

    def test_created_at_the_end(self, connect: Connect, sandbox: Sandbox) -> None:
        seed(sandbox, 1, 2, 3)
        sandbox.fault("mutate", method="GET", skip=1, create=[{"id": id_of(9), "name": "token 9"}])
        assert names(sandbox, connect) == named(1, 2, 3, 9)

    def test_deleted_and_created_so_that_the_total_stays(self, connect: Connect, sandbox: Sandbox) -> None:
        seed(sandbox, 1, 2, 3, 4, 5)
        change = {"create": [{"id": id_of(9), "name": "token 9"}], "delete": [id_of(5)]}
        sandbox.fault("mutate", method="GET", skip=1, **change)
        assert names(sandbox, connect) == named(1, 2, 3, 4, 9)

    def test_everything_is_deleted(self, connect: Connect, sandbox: Sandbox) -> None:
        seed(sandbox, 1, 2, 3)
        sandbox.fault("mutate", method="GET", skip=1, delete=[id_of(1), id_of(2), id_of(3)])
        assert names(sandbox, connect) == named(1, 2)
        assert pages_asked(sandbox) == ["0", "1", "0"]

    def test_a_list_that_keeps_changing_is_read_twice_and_no_more(self, connect: Connect, sandbox: Sandbox) -> None:
        seed(sandbox, 1, 2, 3, 4, 5, 6, 7)
        for number in range(2, 8):
            sandbox.fault("mutate", method="GET", skip=1, delete=[id_of(number)])
        found = names(sandbox, connect)
        assert len(set(found)) == len(found)
        assert pages_asked(sandbox).count("0") <= 2

    def test_pages_that_overlap(self, connect: Connect, sandbox: Sandbox) -> None:
        sandbox.seed(tokens=[{"id": id_of(number), "name": "same"} for number in range(5)])
        sandbox.switch(tie_order="shuffled")
        client = connect(sandbox.url, access_token=sandbox.access_token)
        found = [item["id"] for item in client.paginate(sandbox.tokens_path, ACTION, {"sortField": "name"}, 2)]
        # The first reading misses some; the second one is by id, where nothing overlaps.
        assert sorted(found) == [id_of(number) for number in range(5)]
        fields = [entry["query"]["sortField"] for entry in sandbox.requests()]
        assert fields[-3:] == ["id"] * 3
        assert set(fields[:-3]) == {"name"}


def found_in(connect: Connect, *pages: Any, per_page: int = 2, limit: int = 50) -> tuple[list[str], int]:
    """The ids in the responses, the last of which repeats, and the number of requests."""
    with serving(*[as_json(200, page) for page in pages]) as server:
        found = []
        for item in connect(server.url).paginate(PATH, ACTION, {}, per_page):
            found.append(item["id"])
            assert len(found) < limit
        return found, len(server.seen)


def page(*ids: str, **more: Any) -> dict[str, Any]:
    return {"items": [{"id": item} for item in ids], "count": len(ids), **more}


class TestFaultyServers:
    def test_the_same_page_forever(self, connect: Connect) -> None:
        assert found_in(connect, page("a", "b", perPage=2)) == (["a", "b"], 4)

    def test_the_same_page_forever_with_a_total(self, connect: Connect) -> None:
        assert found_in(connect, page("a", "b", totalCount=1000, perPage=2)) == (["a", "b"], 4)

    def test_empty_pages_forever(self, connect: Connect) -> None:
        assert found_in(connect, page(totalCount=1000)) == ([], 2)

    def test_a_total_that_says_too_little(self, connect: Connect) -> None:
        assert found_in(connect, page("a", "b", totalCount=0))[0] == ["a", "b"]

    def test_duplicates_on_one_page(self, connect: Connect) -> None:
        assert found_in(connect, page("a", "a"), page())[0] == ["a"]

    def test_duplicates_on_two_pages(self, connect: Connect) -> None:
        assert found_in(connect, page("a", "b"), page("b", "c"), page())[0] == ["a", "b", "c"]

    @pytest.mark.parametrize("total", [None, "2", -1, 1.5, True, [], {}])
    def test_a_total_of_another_type_is_ignored(self, connect: Connect, total: Any) -> None:
        assert found_in(connect, page("a", "b", totalCount=total), page("c", totalCount=total))[0] == ["a", "b", "c"]

    @pytest.mark.parametrize("size", [None, "2", -1, 0, 1.5, True, []])
    def test_a_page_size_of_another_type_is_ignored(self, connect: Connect, size: Any) -> None:
        pages = (page("a", "b", perPage=size), page("c", "d", perPage=size), page("e", perPage=size), page("f"))
        assert found_in(connect, *pages) == (["a", "b", "c", "d", "e"], 3)

    def test_without_a_page_size_none_is_longer_than_losants_default(self, connect: Connect) -> None:
        full = [f"{number:03d}" for number in range(100)]
        assert found_in(connect, page(*full), page("a"), per_page=500, limit=200) == ([*full, "a"], 2)
        assert found_in(connect, page(*full[:99]), page("a"), per_page=500, limit=200) == (full[:99], 1)

    def test_a_page_size_without_a_total_shows_the_end(self, connect: Connect) -> None:
        assert found_in(connect, page("a", perPage=1), page("b", perPage=1), page(perPage=1)) == (["a", "b"], 3)
        assert found_in(connect, page("a", "b", perPage=2), page("c", perPage=2)) == (["a", "b", "c"], 2)

    def test_items_are_returned_unchanged(self, connect: Connect) -> None:
        item = {"id": "a", "name": None, "more": [1]}
        with serving(as_json(200, {"items": [item]})) as server:
            assert list(connect(server.url).paginate(PATH, ACTION, {}, 2)) == [item]

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"count": 0},
            {"items": None},
            {"items": {}},
            {"items": "ab"},
            {"items": 5},
            {"items": [None]},
            {"items": ["a"]},
            {"items": [[]]},
            {"items": [{}]},
            {"items": [{"id": None}]},
            {"items": [{"id": 5}]},
            {"items": [{"id": ["a"]}]},
            {"items": [{"id": "a"}, {"name": "b"}]},
        ],
    )
    def test_items_that_are_not_a_list_of_objects(self, connect: Connect, data: dict[str, Any]) -> None:
        with serving(as_json(200, data)) as server:
            with pytest.raises(BadResponseError, match=r"^Could not do the thing: .*list of items") as caught:
                list(connect(server.url, retries=3).paginate(PATH, ACTION, {}, 2))
            assert caught.value.failure == {"kind": "bad_response", "method": "GET", "url": f"{server.url}{PATH}"}
            assert len(server.seen) == 1


def numbered(page_of: Callable[[int], dict[str, Any]], on_page: Callable[[], None] = lambda: None) -> Response:
    """A server whose pages come from a function of their number, in the order of the requests."""
    numbers = itertools.count()

    def respond(connection: socket.socket) -> None:
        on_page()
        connection.sendall(as_json(200, page_of(next(numbers))))

    return respond


class TestBounds:
    """No list is read without an end."""

    def test_ten_thousand_items_are_a_hundred_requests(self, connect: Connect) -> None:
        with serving(
            numbered(
                lambda number: page(
                    *(id_of(number * 100 + item) for item in range(100)), totalCount=10_000, perPage=100
                )
            )
        ) as server:
            assert len(list(connect(server.url).paginate(PATH, ACTION, {}, 100))) == 10_000
            assert len(server.seen) == 100

    def test_a_total_that_grows_with_each_page(self, connect: Connect) -> None:
        growing = numbered(lambda number: page(id_of(number), totalCount=number + 2, perPage=100))
        with serving(growing) as server:
            with pytest.raises(
                BadResponseError, match=r"^Could not do the thing: .*more pages than expected"
            ) as caught:
                list(connect(server.url).paginate(PATH, ACTION, {}, 100))
            assert len(server.seen) == 12
        assert "12 pages with 12 items were read, and Losant reports a total of 13" in str(caught.value)

    def test_a_list_that_grows_a_little_is_read(self) -> None:
        reading = Reading(1)
        for number in range(11):
            assert not reading.finished
            reading.take(page(id_of(number), totalCount=min(number + 2, 11)))
        assert reading.finished

    @pytest.mark.parametrize("total", [None, 10**9])
    def test_the_most_pages(self, total: int | None) -> None:
        reading = Reading(1)
        for number in range(MAX_PAGES - 1):
            reading.take(page(id_of(number), totalCount=total, perPage=1))
        with pytest.raises(BadResponseError, match="1100 pages with 1100 items"):
            reading.take(page(id_of(MAX_PAGES), totalCount=total, perPage=1))

    def test_the_most_items(self) -> None:
        reading = Reading(10_000)
        for number in range(MAX_ITEMS // 10_000):
            reading.take(page(*map(str, range(number * 10_000, (number + 1) * 10_000)), perPage=10_000))
        with pytest.raises(BadResponseError, match="more pages than expected: 11 pages with 100001 items"):
            reading.take(page("one more", perPage=10_000))

    @pytest.mark.parametrize(("retries", "limit"), [(0, 40), (2, 50)])
    def test_the_time_for_one_list_is_limited(self, connect: Connect, retries: int, limit: int) -> None:
        """Each page takes a second of a clock that only the server moves."""
        seconds = itertools.count()
        elapsed = [0]

        def wait_a_second() -> None:
            elapsed[0] = next(seconds)

        endless = numbered(lambda number: page(id_of(number), perPage=1), wait_a_second)
        with serving(endless) as server:
            client = connect(
                server.url, timeout=2, retries=retries, max_delay=5, system={"monotonic": lambda: elapsed[0]}
            )
            with pytest.raises(BadResponseError, match=f"takes more than {limit} seconds: .* pages.*raise timeout"):
                list(client.paginate(PATH, ACTION, {}, 1))
            assert len(server.seen) == limit + 2


class TestFailures:
    def test_a_page_is_tried_again(self, connect: Connect, sandbox: Sandbox) -> None:
        seed(sandbox, 1, 2, 3)
        sandbox.fault("reset_after", method="GET", skip=1)
        sandbox.fault("status", method="GET", status=502, skip=1)
        client = connect(sandbox.url, access_token=sandbox.access_token, retries=2)
        found = [item["name"] for item in client.paginate(sandbox.tokens_path, ACTION, BY_ID, 2)]
        assert found == named(1, 2, 3)
        assert pages_asked(sandbox) == ["0", "1", "1", "1"]

    @pytest.mark.parametrize(
        ("response", "kind"), [(b"", ConnectionFailedError), (as_json(403, {"type": "Forbidden"}), ApiError)]
    )
    def test_a_page_that_fails_is_not_a_short_list(
        self, connect: Connect, response: Response, kind: type[Exception]
    ) -> None:
        with serving(as_json(200, page("a", "b")), response) as server, pytest.raises(kind):
            list(connect(server.url).paginate(PATH, ACTION, {}, 2))

    def test_pages_are_read_only_as_they_are_needed(self, connect: Connect, sandbox: Sandbox) -> None:
        seed(sandbox, *range(6))
        client = connect(sandbox.url, access_token=sandbox.access_token)
        reading = client.paginate(sandbox.tokens_path, ACTION, BY_ID, 2)
        assert pages_asked(sandbox) == []
        assert next(reading)["name"] == "token 0"
        assert pages_asked(sandbox) == ["0"]
