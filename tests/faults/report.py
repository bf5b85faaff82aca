# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of a disturbed run, in a few words, and the table of all cells."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ansible_collections.losant.platform.tests.faults.seen import Seen, is_pending

#: The property of a test that holds its row.
PROPERTY = "losant_faults"
RED = "RED"


class Row(NamedTuple):
    """One line of the table."""

    scenario: str
    call: str
    fault: str
    times: str
    mode: str
    outcome: str


def outcome_of(seen: Seen) -> str:
    """The outcome of a run, in a few words."""
    if seen.result is None:
        return _after_crash(seen)
    if not seen.failed:
        return "done, with a warning" if seen.result.get("warnings") else "done"
    parts = ["failed", _old_token(seen)]
    orphans = seen.orphans()
    if orphans:
        parts.append("pending token named" if all(map(is_pending, orphans)) else "orphan named")
    return ", ".join(filter(None, parts))


def _old_token(seen: Seen) -> str:
    old_id = seen.prepared.old_id
    if old_id is None:
        return "" if seen.orphans() else "nothing made"
    old = seen.old()
    if old is None:
        return "old token gone, named"
    was = seen.prepared.before[old_id]
    same = all(old.get(key) == value for key, value in was.items() if key != "lastUpdated")
    return "old token as it was" if same else "old token changed, named"


def _after_crash(seen: Seen) -> str:
    orphans = seen.orphans()
    if not orphans:
        return "killed, every secret held"
    return "killed, pending token" if all(map(is_pending, orphans)) else "killed, secret not returned"


def write_table(path: Path, rows: list[Row]) -> None:
    """Write all rows and a summary as Markdown, in the order of their names."""
    lines = ["## Summary", "", *_table(("scenario", "outcome", "cells"), summary(rows)), "", "## Cells", ""]
    lines += _table(Row._fields, [tuple(row) for row in sorted(rows)])
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def summary(rows: list[Row]) -> list[tuple[str, ...]]:
    """How often each outcome is there in each scenario."""
    counts = Counter((row.scenario, row.outcome) for row in rows)
    return [(scenario, outcome, str(count)) for (scenario, outcome), count in sorted(counts.items())]


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [_line(heads), _line(("---",) * len(heads)), *map(_line, rows)]


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
