# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lists have in common: filter, sort, page."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .call import Call
from .state import Token
from .switches import Switches
from .validation import check_choice, refusal
from .world import World

Item = dict[str, Any]

_NUMBER = re.compile(r"\d{1,15}", re.ASCII)
_DEFAULT_PER_PAGE = 100
_PAGING = frozenset({"page", "perPage"})


@dataclass(frozen=True)
class ListRules:
    """The declared values of a list's query parameters."""

    sort_fields: tuple[str, ...]
    filter_fields: tuple[str, ...]
    sort_field: str = "name"
    sort_direction: str = "asc"

    def check(self, call: Call, switches: Switches) -> None:
        check_choice(call.value("sortField"), self.sort_fields, "sortField", switches)
        check_choice(call.value("sortDirection"), ("asc", "desc"), "sortDirection", switches)
        filter_field = call.value("filterField")
        if filter_field != "" or switches.empty_filter_field == "error":
            check_choice(filter_field, self.filter_fields, "filterField", switches)


def list_body(
    find: Callable[[], list[Item]],
    call: Call,
    caller: Token,
    world: World,
    rules: ListRules,
    *,
    filtered: bool = True,
) -> dict[str, Any]:
    """The requested page, with what the API shows about it; items are whole views.

    A long list is read page by page, so its order is kept until something changes.
    """
    switches = world.switches
    sort_field = call.value("sortField") or rules.sort_field
    descending = (call.value("sortDirection") or rules.sort_direction) == "desc"
    page = _number(call, "page", 0, 0, switches)
    per_page = _number(call, "perPage", _DEFAULT_PER_PAGE, 1, switches)
    if switches.per_page_max is not None:
        per_page = min(per_page, switches.per_page_max)
    reverse_order = switches.tie_order == "shuffled" and page % 2 == 1
    key = (caller.id, call.path, reverse_order, *(pair for pair in call.query if pair[0] not in _PAGING))
    if key not in world.lists:
        items = _filter(find(), call, switches) if filtered else find()
        world.lists[key] = _sort(items, sort_field, descending, switches, reverse_order=reverse_order)
    ordered = world.lists[key]
    shown = ordered[page * per_page : (page + 1) * per_page]
    body: dict[str, Any] = {"items": shown, "count": len(shown)}
    if switches.list_totals:
        body |= {"totalCount": len(ordered), "perPage": per_page, "page": page}
    body |= {"sortField": sort_field, "sortDirection": "desc" if descending else "asc"}
    for name in ("filterField", "filter"):
        if call.value(name):
            body[name] = call.value(name)
    return body


def _number(call: Call, name: str, default: int, least: int, switches: Switches) -> int:
    """page and perPage are declared as strings without limits, so the controller has to check them."""
    text = call.value(name)
    if text is None or text == "":
        return default
    if _NUMBER.fullmatch(text) and int(text) >= least:
        return int(text)
    if switches.invalid_paging == "error":
        raise refusal(f"{name} is the wrong type", switches)
    return default


def _filter(items: list[Item], call: Call, switches: Switches) -> list[Item]:
    name, text = call.value("filterField"), call.value("filter")
    if not name or not text:
        return items
    pattern = glob(text, switches)
    return [item for item in items if pattern.match(str(item.get(name) or ""))]


def glob(text: str, switches: Switches) -> re.Pattern[str]:
    if switches.glob_match == "partial":
        text = f"*{text}*"
    if switches.glob_characters == "extended":
        expression = fnmatch.translate(text)
    else:
        expression = "(?s:" + ".*".join(re.escape(part) for part in text.split("*")) + r")\Z"
    return re.compile(expression, 0 if switches.glob_case_sensitive else re.IGNORECASE)


def _sort(items: list[Item], name: str, descending: bool, switches: Switches, *, reverse_order: bool) -> list[Item]:
    def key(item: Item) -> tuple[bool, Any]:
        value = item.get(name)
        if isinstance(value, dict):  # connectionInfo, for connectionStatus
            value = value.get("connected")
        if isinstance(value, str) and not switches.sort_case_sensitive:
            value = value.casefold()
        return value is not None, "" if value is None else value

    return sorted(reversed(items) if reverse_order else items, key=key, reverse=descending)
