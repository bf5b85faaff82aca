# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paging, sorting and filtering of the list of tokens."""

from __future__ import annotations

from typing import Any

import pytest

from losant_sandbox.client import Sandbox


def _seed(sandbox: Sandbox, *names: str) -> list[str]:
    return [token["id"] for token in sandbox.seed(tokens=[{"name": name} for name in names])["tokens"]]


def _list(sandbox: Sandbox, **params: Any) -> dict[str, Any]:
    response = sandbox.call("GET", sandbox.tokens_path, params=params)
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    assert body["count"] == len(body["items"])
    return body


def _names(sandbox: Sandbox, **params: Any) -> list[str]:
    return [item["name"] for item in _list(sandbox, **params)["items"]]


def test_an_empty_list(sandbox: Sandbox) -> None:
    body = _list(sandbox)
    assert (body["items"], body["count"], body["totalCount"]) == ([], 0, 0)


def test_defaults(sandbox: Sandbox) -> None:
    _seed(sandbox, *(f"t{number:03d}" for number in range(101)))
    body = _list(sandbox)
    assert (body["page"], body["perPage"], body["count"], body["totalCount"]) == (0, 100, 100, 101)
    assert (body["sortField"], body["sortDirection"]) == ("name", "asc")
    assert not {"filter", "filterField"} & set(body)


def test_pages_join_to_the_whole_list(sandbox: Sandbox) -> None:
    _seed(sandbox, *"edcba")
    pages = [_list(sandbox, page=page, perPage=2) for page in range(4)]
    assert [[item["name"] for item in page["items"]] for page in pages] == [["a", "b"], ["c", "d"], ["e"], []]
    assert [page["page"] for page in pages] == [0, 1, 2, 3]
    assert {page["totalCount"] for page in pages} == {5}


def test_a_page_far_beyond_the_end_is_empty(sandbox: Sandbox) -> None:
    _seed(sandbox, "a")
    assert _list(sandbox, page="9" * 15)["items"] == []


@pytest.mark.parametrize("per_page", ["abc", "-5", "0", "", "1.5", "9" * 5000, "٣"])
def test_a_per_page_without_sense_is_the_default(sandbox: Sandbox, per_page: str) -> None:
    _seed(sandbox, "a", "b")
    body = _list(sandbox, perPage=per_page)
    assert (body["count"], body["perPage"]) == (2, 100)


def test_equal_names_keep_the_order_they_came_in(sandbox: Sandbox) -> None:
    ids = _seed(sandbox, "x", "x", "x")
    assert [item["id"] for item in _list(sandbox)["items"]] == ids
    assert [item["id"] for item in _list(sandbox, sortDirection="desc")["items"]] == ids


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("name", ["a", "b", "c"]),
        ("status", ["b", "c", "a"]),
        ("id", ["c", "b", "a"]),
        ("creationDate", ["b", "a", "c"]),
        ("lastUpdated", ["a", "c", "b"]),
        # Those that never expire come first.
        ("expirationDate", ["b", "c", "a"]),
    ],
)
def test_sort_fields(sandbox: Sandbox, field: str, expected: list[str]) -> None:
    def time(day: int) -> str:
        return f"2026-01-0{day}T00:00:00Z"

    sandbox.seed(
        tokens=[
            {
                "name": "c",
                "id": f"{1:024x}",
                "creationDate": time(3),
                "lastUpdated": time(5),
                "expirationDate": "2099-01-01T00:00:00Z",
            },
            {"name": "b", "id": f"{2:024x}", "creationDate": time(1), "lastUpdated": time(6)},
            {
                "name": "a",
                "id": f"{3:024x}",
                "status": "inactive",
                "creationDate": time(2),
                "lastUpdated": time(4),
                "expirationDate": "2099-01-02T00:00:00Z",
            },
        ]
    )
    if field == "status":
        expected = ["c", "b", "a"]  # two are active: in the order of their creation
    assert _names(sandbox, sortField=field) == expected


def test_sort_is_by_character_code(sandbox: Sandbox) -> None:
    _seed(sandbox, "b", "a", "B")
    assert _names(sandbox) == ["B", "a", "b"]
    assert _names(sandbox, sortDirection="desc") == ["b", "a", "B"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my*token", ["my new token", "mytoken"]),
        ("my*", ["my new token", "mytoken"]),
        ("*", ["My token", "a.b", "m?", "my new token", "mytoken"]),
        ("mytoken", ["mytoken"]),
        ("token", []),
        ("*new*", ["my new token"]),
        ("m?", ["m?"]),
        ("a.b", ["a.b"]),
        ("a*.*b", ["a.b"]),
        ("[am]*", []),
        ("", ["My token", "a.b", "m?", "my new token", "mytoken"]),
    ],
)
def test_glob(sandbox: Sandbox, text: str, expected: list[str]) -> None:
    _seed(sandbox, "mytoken", "my new token", "My token", "m?", "a.b")
    assert _names(sandbox, filterField="name", filter=text) == expected


def test_filter_by_status(sandbox: Sandbox) -> None:
    sandbox.seed(tokens=[{"name": "on"}, {"name": "off", "status": "inactive"}])
    assert _names(sandbox, filterField="status", filter="inactive") == ["off"]


def test_a_filter_without_a_field_has_no_effect(sandbox: Sandbox) -> None:
    _seed(sandbox, "a", "b")
    assert _names(sandbox, filter="a") == ["a", "b"]


def test_total_count_is_that_of_the_filtered(sandbox: Sandbox) -> None:
    _seed(sandbox, "a1", "a2", "a3", "b")
    body = _list(sandbox, filterField="name", filter="a*", perPage=2)
    assert (body["count"], body["totalCount"]) == (2, 3)


def test_unknown_parameters_are_ignored(sandbox: Sandbox) -> None:
    _seed(sandbox, "a")
    assert _names(sandbox, foo="bar", losantdomain="example.com") == ["a"]


def test_a_list_that_shifts_while_it_is_read(sandbox: Sandbox) -> None:
    first, *_others = _seed(sandbox, "a", "b", "c")
    sandbox.fault("mutate", method="GET", skip=1, delete=[first], create=[{"name": "d"}])
    read = [_names(sandbox, perPage=2, page=page) for page in (0, 1)]
    assert read == [["a", "b"], ["d"]]
