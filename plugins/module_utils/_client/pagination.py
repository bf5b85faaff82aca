# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import math
import typing as t

from .errors import BadResponseError
from .messages import Json

#: Losant's default for the size of a page. The largest size that it accepts is not documented.
DEFAULT_PAGE_SIZE = 100
#: No list of this API has more items.
MAX_ITEMS = 100_000
#: Enough pages for the longest list at the default size.
MAX_PAGES = 1_100
#: Pages that a list can grow by while it is read.
SPARE_PAGES = 10
#: The order of the one field that no two items share, so that the pages of a list fit together.
BY_ID: t.Mapping[str, str] = {"sortField": "id", "sortDirection": "asc"}


def items_of(page: Json) -> list[Json]:
    """Return the items of one page of a list.

    :raises BadResponseError: ``items`` is missing or is not a list of objects with an id
    """
    items = page.get("items")
    if not isinstance(items, list) or not all(isinstance(i, dict) and isinstance(i.get("id"), str) for i in items):
        raise BadResponseError("Losant's response has no list of items, each with an id. Check api_url.")
    return items


def count_of(value: t.Any) -> int | None:
    """Return a number of things as Losant reports it, or None where it reports none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def pages_shown(first: Json) -> int:
    """Return how many pages a list has, as its first page shows it: 1 if it does not."""
    total, page_size = count_of(first.get("totalCount")), count_of(first.get("perPage"))
    return min(math.ceil(total / page_size), MAX_PAGES) or 1 if total and page_size else 1


class Reading:
    """One reading of a list from its first page to its last.

    Losant's pages count from 0 (``page``); ``totalCount`` counts all items, ``perPage`` is the size of a page.
    """

    def __init__(self, per_page: int) -> None:
        self.page = 0
        self.finished = False
        #: The list changed while it was read: some items may have been missed.
        self.shifted = False
        self._per_page = per_page
        self._ids: set[str] = set()
        self._total: int | None = None
        self._max_pages = MAX_PAGES

    def take(self, page: Json) -> list[Json]:
        """Return the items of the next page.

        :raises BadResponseError: it is not a page of a list, or the list does not end
        """
        items = items_of(page)
        ids = {item["id"] for item in items}
        total = count_of(page.get("totalCount"))
        page_size = count_of(page.get("perPage"))
        if self.page == 0:
            self._max_pages = self._pages_expected(total, page_size, len(items))
        elif total != self._total:
            self.shifted = True
        if len(ids) < len(items) or ids & self._ids:
            self.shifted = True
        # A server that repeats the same page forever brings no new id, and one that invents new ones is stopped.
        brings_new = bool(ids - self._ids)
        self._ids |= ids
        self._total = total
        self.page += 1
        self.finished = not brings_new or self._is_last(len(items), page_size)
        if self.finished and total is not None and len(self._ids) != total:
            self.shifted = True
        self._check_bounds()
        return items

    def describe(self) -> str:
        """Describe how far the reading came."""
        total = "no total" if self._total is None else f"a total of {self._total}"
        return f"{self.page} pages with {len(self._ids)} items were read, and Losant reports {total}"

    def _pages_expected(self, total: int | None, page_size: int | None, length: int) -> int:
        """The most pages that the first one explains. Losant may serve smaller pages than it was asked for."""
        if total is None:
            return MAX_PAGES
        smallest = min(self._per_page, page_size or self._per_page, length or self._per_page)
        return min(math.ceil(total / max(1, smallest)) + SPARE_PAGES, MAX_PAGES)

    def _check_bounds(self) -> None:
        if len(self._ids) > MAX_ITEMS or (self.page >= self._max_pages and not self.finished):
            raise BadResponseError(
                f"the list has more pages than expected: {self.describe()}. Check api_url, or set a larger page size."
            )

    def _is_last(self, length: int, page_size: int | None) -> bool:
        if self._total is not None:
            return len(self._ids) >= self._total
        # Losant may serve smaller pages than it was asked for, and reports it. If not, none is longer than its default.
        return length < min(self._per_page, page_size or DEFAULT_PAGE_SIZE)
