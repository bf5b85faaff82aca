# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several reads at a time give what one after the other gives."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import concurrently
from ansible_collections.losant.platform.plugins.module_utils._client.errors import ApiError
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.requests_of import ACTION

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
    from losant_sandbox.client import Sandbox

BY_ID = {"sortField": "id", "sortDirection": "asc"}


def test_as_many_at_a_time_as_wanted() -> None:
    together = threading.Barrier(3, timeout=30)

    def work(number: int) -> int:
        together.wait()
        return number * number

    assert list(concurrently(work, range(6), 3)) == [0, 1, 4, 9, 16, 25]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_the_first_error_ends_the_rest(concurrency: int) -> None:
    done: list[int] = []

    def work(number: int) -> int:
        if number == 2:
            raise ValueError(number)
        done.append(number)
        return number

    results = concurrently(work, range(1000), concurrency)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ValueError, match="2"):
        next(results)
    assert len(done) < 1000


@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("tokens", [0, 1, 2, 7])
def test_pages(connect: Connect, sandbox: Sandbox, tokens: int, totals: bool) -> None:
    seeded = sandbox.seed(tokens=[{"name": f"t{number}"} for number in range(tokens)])["tokens"]
    sandbox.switch(list_totals=totals)
    client = connect(sandbox.url, access_token=sandbox.access_token)
    found = list(client.paginate(sandbox.tokens_path, ACTION, BY_ID, 2, concurrency=4))
    assert [item["id"] for item in found] == [item["id"] for item in seeded]
    asked = sorted(entry["query"]["page"] for entry in sandbox.requests())
    assert asked == [str(page) for page in range(max(1, -(-tokens // 2) if totals else tokens // 2 + 1))]


def test_a_list_that_shifts(connect: Connect, sandbox: Sandbox) -> None:
    ids = [token["id"] for token in sandbox.seed(tokens=[{} for _number in range(9)])["tokens"]]
    sandbox.fault("mutate", method="GET", skip=1, delete=[ids[0]])
    client = connect(sandbox.url, access_token=sandbox.access_token)
    found = [item["id"] for item in client.paginate(sandbox.tokens_path, ACTION, BY_ID, 2, concurrency=4)]
    assert sorted(found) == ids


def test_a_page_that_fails(connect: Connect, sandbox: Sandbox) -> None:
    sandbox.seed(tokens=[{} for _number in range(9)])
    sandbox.fault("status", method="GET", skip=2, status=403)
    client = connect(sandbox.url, access_token=sandbox.access_token)
    with pytest.raises(ApiError, match="403"):
        list(client.paginate(sandbox.tokens_path, ACTION, BY_ID, 2, concurrency=4))
