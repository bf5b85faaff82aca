# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome of a disturbed run, in a few words, and the table of all cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ansible_collections.losant.platform.tests.faults.observation import Observation
from ansible_collections.losant.platform.tests.support.tokens import is_pending

#: The property of a test that holds its row.
PROPERTY = "losant_faults"
RED = "RED"
#: The page of the documentation, below its directory.
PAGE = "docsite/rst/guide_fault_matrix.rst"

#: The lines that begin every file, this one too.
NOTICE = [line.removeprefix("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3]]

_PAGE_HEAD = """\
.. _ansible_collections.losant.platform.docsite.guide_fault_matrix:

The fault matrix
================

``make soak`` writes this page. It makes each request of each scenario fail in each way: once, every time, or together with all requests after it;
with tokens that are created in stages and under their own name; with the secret in the result, in a file, and delivered between two phases. Each of these
is a cell. After it, the promises about secrets, outages and duplicates are checked. Then a second run without a fault must lead to what is declared. A cell
in which any of that does not hold is red.

done
    The task did what is declared. It repaired what went wrong on the way.
done, with a warning
    The same. The warning names what is left to a later run, what can still appear, or what could not be found out.
failed, all as it was
    The task failed. The current token and the file are as before. If they did not exist, they do not exist now.
failed, with a leftover
    The task failed, and the error names what is not as before. It is one of these:

    - a new token that could not be deleted, and whose secret nobody has
    - an old token that works under another name
    - a token that the task had to delete, and that is deleted, although no response said so
    - a prepared token that is still to be committed or aborted

    A task of many tokens fails with an error for each entry that failed, and this is said of those. Every other entry is done. Nothing is pruned then.
killed
    The process was killed right before or after a request. A secret that was not returned would have been in the result of the task. With a token
    file, it is in the file.

The faults: after ``before``, Losant did not do the work; after ``after``, it did. ``reset`` is a connection that breaks, ``cut`` a response that ends
in the middle, ``delay`` one that arrives after the timeout, ``not_json`` a page of HTML, ``empty`` an empty body. Numbers are statuses. The tables
count cells.

.. contents::
   :local:
   :depth: 1

"""


_NOTHING, _AS_IT_WAS = "nothing made", "old token as it was"


class Row(NamedTuple):
    """One line of the table."""

    scenario: str
    call: str
    fault: str
    times: str
    mode: str
    outcome: str


def outcome_of(seen: Observation) -> str:
    """The outcome of a run, in a few words."""
    if seen.result is None:
        return _after_crash(seen)
    if not seen.failed:
        return "done, with a warning" if seen.warned else "done"
    if seen.prepared.parts:
        return f"failed: {', '.join([*_failed_entries(seen), *_not_pruned(seen)])}"
    return f"failed, {_remains(seen)}"


def _failed_entries(seen: Observation) -> Iterator[str]:
    """The entries of a batch that failed. All others are done."""
    for single in seen.singles:
        if single.failed:
            yield f"{single.declared} ({_remains(single)})"


def _not_pruned(seen: Observation) -> Iterator[str]:
    for error in (seen.result or {}).get("errors", []):
        if error["index"] is None:
            same = seen.prepared.before[error[f"{seen.prepared.scenario.kind.name}_id"]] in seen.tokens
            yield f"{error['name']} ({_AS_IT_WAS if same else 'old token gone, named'})"


def _remains(seen: Observation) -> str:
    """What a task that failed leaves."""
    parts = [_old_token(seen)]
    orphans = seen.orphans()
    if orphans:
        parts.append("pending token named" if all(map(is_pending, orphans)) else "orphan named")
    elif seen.prepared_token() is not None:
        parts.append("prepared token named")
    return ", ".join(filter(None, parts))


def _old_token(seen: Observation) -> str:
    old_id = seen.prepared.old_id
    if old_id is None:
        return "" if seen.orphans() else _NOTHING
    old = seen.old()
    if old is None:
        return "old token gone, named"
    was = seen.prepared.before[old_id]
    same = all(old.get(key) == value for key, value in was.items() if key != "lastUpdated")
    return _AS_IT_WAS if same else "old token changed, named"


def _after_crash(seen: Observation) -> str:
    orphans = seen.orphans()
    if not orphans:
        return "killed, every secret held"
    return "killed, pending token" if all(map(is_pending, orphans)) else "killed, secret not returned"


def write_table(path: Path, rows: list[Row]) -> None:
    """Write all rows as Markdown, in the order of their names."""
    path.write_text(_markdown(Row._fields, sorted(rows)), encoding="utf-8")


def write_docs(directory: Path, rows: list[Row]) -> None:
    """Write the page of the documentation that sums the cells up."""
    comment = "\n".join(["..", *(f"  {line}" for line in NOTICE), "", ""])
    (directory / PAGE).write_text(comment + _PAGE_HEAD + "\n".join(sections(rows)), encoding="utf-8")


def sections(rows: list[Row]) -> Iterator[str]:
    """The lines of the page that count."""
    killed = [row for row in rows if row.outcome.startswith("killed")]
    disturbed = [row for row in rows if not row.outcome.startswith("killed")]
    for title, column, part in (
        ("By scenario", "scenario", disturbed),
        ("By fault", "fault", disturbed),
        ("When the process is killed", "scenario", killed),
    ):
        yield from (title, "-" * len(title), "")
        yield from _counted(column, part)


def _counted(column: str, rows: list[Row]) -> Iterator[str]:
    """An RST table: how often each outcome occurs, for each value of a column, and in all."""
    outcomes = sorted({_in_short(row.outcome) for row in rows})
    counts = Counter((getattr(row, column), _in_short(row.outcome)) for row in rows)
    yield from (".. list-table::", "   :header-rows: 1", "", *_rst_row([column, *outcomes]))
    for value in sorted({getattr(row, column) for row in rows}):
        yield from _rst_row([f"``{value}``", *(str(counts[value, outcome]) for outcome in outcomes)])
    totals = Counter(_in_short(row.outcome) for row in rows)
    yield from _rst_row(["all", *(str(totals[outcome]) for outcome in outcomes)])
    yield ""


def _in_short(outcome: str) -> str:
    head, _colon, entries = outcome.partition(": ")
    remains = re.findall(r"\((.+?)\)", entries) if entries else [outcome.partition(", ")[2]]
    if head.startswith("failed") and set(remains) <= {_NOTHING, _AS_IT_WAS}:
        return "failed, all as it was"
    return "failed, with a leftover" if outcome.startswith("failed") else outcome


def _rst_row(cells: list[str]) -> list[str]:
    return [f"   {'* -' if number == 0 else '  -'} {cell}" for number, cell in enumerate(cells)]


def _markdown(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [_line(heads), _line(("---",) * len(heads)), *map(_line, rows)]
    return "\n".join([*lines, ""])


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
