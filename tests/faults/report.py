# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of a disturbed run, in a few words, and the table of all cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ansible_collections.losant.platform.tests.faults.observation import Observation
from ansible_collections.losant.platform.tests.support.tokens import is_pending

#: The property of a test that holds its row.
PROPERTY = "losant_faults"
RED = "RED"
#: What the documentation has of it, below its folder.
TABLE, PAGE = "fault_matrix.md", "docsite/rst/guide_fault_matrix.rst"

#: The lines that begin every file, this one too.
NOTICE = [line.removeprefix("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3]]

_TABLE_HEAD = """\
# The fault matrix

Written by `make soak`, and summed up in `docsite/rst/guide_fault_matrix.rst`. "Named" is what the error names. A pending token
is a new one that could not be removed; a run an hour later does so. An orphan is the same, made under its own name: it is to be
deleted as the error says. An old token that is changed works, under another name.

"""
_PAGE_HEAD = """\
.. _ansible_collections.losant.platform.docsite.guide_fault_matrix:

The fault matrix
================

``make soak`` wrote this page. Each request of each scenario is made to fail in each way: once, every time, or with all requests after it; in stages
and
under its own name; with the secret in the result and in a file. Each of these is a cell. After it, the promises about secrets, outages and doubles
are
checked, and a second, undisturbed run has to end in what is declared. A cell in which any of that does not hold is red.

done
    The task did what is declared. What went wrong on the way was set right.
done, with a warning
    The same, and the warning names what is left to a later run, what may still appear, or what could not be found out.
failed, all as it was
    The task failed. The token in force before it is as it was, and so is the file; if there was none, there is none.
failed, with a leaving
    The task failed, and the error names what is not as it was: a new token that could not be removed and whose secret nobody has, an
    old one that works under another name, or one that was to be removed and is, though no answer said so.
killed
    The process was killed right before or after a request. Where the secret was not returned, it was to be in the result
    of the task, and a token file would have had it.

The faults: ``before`` and ``after`` tell whether Losant did the work all the same (``after``). ``reset`` is a connection that breaks, ``cut`` an
answer that ends in the middle,
``delay`` one that comes after the timeout, ``not_json`` a page of HTML, ``empty`` nothing at all. Numbers are statuses.
The tables count cells. ``docs/fault_matrix.md`` in the repository does so for each pair of scenario and fault, and tells the leavings apart.

.. contents::
   :local:
   :depth: 1

"""


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
        return "done, with a warning" if seen.result.get("warnings") else "done"
    parts = ["failed", _old_token(seen)]
    orphans = seen.orphans()
    if orphans:
        parts.append("pending token named" if all(map(is_pending, orphans)) else "orphan named")
    return ", ".join(filter(None, parts))


def _old_token(seen: Observation) -> str:
    old_id = seen.prepared.old_id
    if old_id is None:
        return "" if seen.orphans() else "nothing made"
    old = seen.old()
    if old is None:
        return "old token gone, named"
    was = seen.prepared.before[old_id]
    same = all(old.get(key) == value for key, value in was.items() if key != "lastUpdated")
    return "old token as it was" if same else "old token changed, named"


def _after_crash(seen: Observation) -> str:
    orphans = seen.orphans()
    if not orphans:
        return "killed, every secret held"
    return "killed, pending token" if all(map(is_pending, orphans)) else "killed, secret not returned"


def write_table(path: Path, rows: list[Row]) -> None:
    """Write all rows as Markdown, in the order of their names."""
    path.write_text(_markdown(Row._fields, sorted(rows)), encoding="utf-8")


def write_docs(folder: Path, rows: list[Row]) -> None:
    """Write what the documentation has of it: a table of scenarios, faults and outcomes, and a page that sums it up."""
    counts = Counter((row.scenario, row.fault, row.outcome) for row in rows)
    table = _markdown(("scenario", "fault", "outcome", "cells"), [(*key, str(counts[key])) for key in sorted(counts)])
    comment = "\n".join(["<!--", *NOTICE, "-->", "", ""])
    (folder / TABLE).write_text(f"{comment}{_TABLE_HEAD}{table}", encoding="utf-8")
    comment = "\n".join(["..", *(f"  {line}" for line in NOTICE), "", ""])
    (folder / PAGE).write_text(comment + _PAGE_HEAD + "\n".join(sections(rows)), encoding="utf-8")


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
    """An RST table: how often each outcome is there, for each value of a column, and in all."""
    outcomes = sorted({_in_short(row.outcome) for row in rows})
    counts = Counter((getattr(row, column), _in_short(row.outcome)) for row in rows)
    yield from (".. list-table::", "   :header-rows: 1", "", *_rst_row([column, *outcomes]))
    for value in sorted({getattr(row, column) for row in rows}):
        yield from _rst_row([f"``{value}``", *(str(counts[value, outcome]) for outcome in outcomes)])
    totals = Counter(_in_short(row.outcome) for row in rows)
    yield from _rst_row(["all", *(str(totals[outcome]) for outcome in outcomes)])
    yield ""


def _in_short(outcome: str) -> str:
    if outcome in ("failed, nothing made", "failed, old token as it was"):
        return "failed, all as it was"
    return "failed, with a leaving" if outcome.startswith("failed") else outcome


def _rst_row(cells: list[str]) -> list[str]:
    return [f"   {'* -' if number == 0 else '  -'} {cell}" for number, cell in enumerate(cells)]


def _markdown(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [_line(heads), _line(("---",) * len(heads)), *map(_line, rows)]
    return "\n".join([*lines, ""])


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
