# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.errors import BadAnswerError

Json = t.Dict[str, t.Any]

#: Losant's default for the size of a page. The largest size that it takes is not documented.
DEFAULT_PAGE_SIZE = 100
#: No list of this API is as long.
MAX_ITEMS = 100_000
#: The order of the one field that no two items share, so that the pages of a list fit together.
BY_ID: t.Mapping[str, str] = {"sortField": "id", "sortDirection": "asc"}


def items_of(answer: Json) -> list[Json]:
    """The items of one page of a list.

    :raises BadAnswerError: ``items`` is missing or is no list of objects with an id
    """
    items = answer.get("items")
    if not isinstance(items, list) or not all(isinstance(i, dict) and isinstance(i.get("id"), str) for i in items):
        raise BadAnswerError("Losant's answer has no list of items, each with an id. Check api_url.")
    return items


def count_of(value: t.Any) -> int | None:
    """A number of things as Losant reports it, or None where it reports none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


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

    def take(self, answer: Json) -> list[Json]:
        """The items of the next page."""
        items = items_of(answer)
        ids = {item["id"] for item in items}
        total = count_of(answer.get("totalCount"))
        if len(ids) < len(items) or ids & self._ids or (self.page > 0 and total != self._total):
            self.shifted = True
        # A server that sends the same page for ever brings no new id, and one that makes up new ones is stopped.
        brings_new = bool(ids - self._ids)
        self._ids |= ids
        if len(self._ids) > MAX_ITEMS:
            raise BadAnswerError(f"Losant's answers have no end: there are more than {MAX_ITEMS} items. Check api_url.")
        self._total = total
        self.page += 1
        self.finished = not brings_new or self._is_last(len(items), count_of(answer.get("perPage")))
        if self.finished and total is not None and len(self._ids) != total:
            self.shifted = True
        return items

    def _is_last(self, length: int, page_size: int | None) -> bool:
        if self._total is not None:
            return len(self._ids) >= self._total
        # Losant may serve smaller pages than it was asked for, and tells so. If not, none is longer than its default.
        return length < min(self._per_page, page_size or DEFAULT_PAGE_SIZE)
