# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page "How fast it is" and its plots, from the results of the last run."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from . import fleets, inventories, plots
from .fleets import MANY, ONE, REST, SERIES, Series
from .tasks import CONTROLLER, DEBUG, SIZES, URI

Results = dict[str, Any]

RESULTS = Path(__file__).with_name("results.yml")
PAGES = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst"
PAGE = PAGES / "guide_speed.rst"

_SECONDS = "seconds of the whole command"
#: The lines that begin every file, this one too.
_NOTICE = [line.removeprefix("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3]]
_HEAD = """\

.. _ansible_collections.losant.platform.docsite.guide_speed:

How fast it is
==============

``make bench`` measures this, and writes this page. The times are those of the whole command, on one machine: {machine}.
All cases were played in turn, and the median counts. The sandbox ran on the same machine. Times on your machine differ. The ratios
differ less.

.. contents::
   :local:
   :depth: 1
"""
_TASKS = """\
The play has one task, and everything is as declared. A task of ``losant.platform.api_token`` sends one request and looks at its token file, a task of
``ansible.builtin.uri`` sends the same request, and a task of ``ansible.builtin.debug`` does nothing. "ratio" is the time divided by that of ``debug``.
Rounds: {rounds}. Rounds of those that start a Python process for each task: {slow_rounds}.

A task for Losant is done in the process that Ansible has started for it, on the controller. A module like ``uri`` first has a Python process started on
the host. So does ``api_token`` with ``losant_run_on: host``, and for a file behind a connection: there a small module handles the file.
"""
_COST = """\
What a converged task of ``api_token`` costs more than ``debug``: once for a play, the imports of requests and of this collection, about half a
second of a core. For each task about 12 milliseconds of a core, half of them for the request and the memory that the new process touches, the
others for the check of the options and of the result, by Ansible's own code, and for the plan.
"""
_FLEETS = """\
How the time grows with the number of tokens of one application: one task of ``losant.platform.api_tokens`` with ``concurrency: {concurrency}``, a loop of
``api_token``, and a loop of ``ansible.builtin.uri`` with one request for each token. Rounds: {rounds}. Rounds of the loops, which are
measured with fewer tokens: {slow_rounds}. In brackets: seconds more than an empty play, which is Ansible's own share.
"""


def read_results() -> Results:
    """The results of the last run, by section."""
    results: Results = yaml.safe_load(RESULTS.read_text(encoding="utf-8"))
    return results


def write_results(results: Results) -> None:
    """Keep the results of a run, and write the page and its plots."""
    notice = "".join(f"# {line}\n" for line in _NOTICE)
    text = yaml.safe_dump(results, sort_keys=False, default_flow_style=None, width=150)
    RESULTS.write_text(f"{notice}---\n{text}", encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")
    for name, plot in all_plots(results).items():
        (PAGES / name).write_text(plot, encoding="utf-8")


def page(results: Results) -> str:
    """The text of the page."""
    lines = [*(f".. {line}" for line in _NOTICE), _HEAD.format(**results)]
    for section, (title, text_of) in _SECTIONS.items():
        if section in results:  # each can be measured by itself
            lines += [*_title(title, "-"), *text_of(results[section])]
    return "\n".join(lines)


def all_plots(results: Results) -> dict[str, str]:
    """The plots, by the names of their files."""
    found = {}
    for size in SIZES if "tasks" in results else ():
        seconds = _medians(results["tasks"]["seconds"][size.title])
        found[_plot_name(size.title)] = plots.bars(f"{size.title}: {_SECONDS}", seconds, _NOTICE)
    for series in SERIES if "fleets" in results else ():
        grown = _lines(results["fleets"], series)
        found[_plot_name(series.title)] = plots.lines(f"{series.title}: {_SECONDS}", grown, _NOTICE)
    return found


def ratio(seconds: Mapping[str, Sequence[float]], kind: str, to: str) -> float:
    """How many times as long one kind takes as another."""
    return statistics.median(seconds[kind]) / statistics.median(seconds[to])


def _tasks(results: Results) -> Iterator[str]:
    yield _TASKS.format(**results)
    yield _COST
    for size in SIZES:
        yield from _title(size.title, "~")
        yield from _table_of_tasks(results["seconds"][size.title])
        yield from ("", *_summary(results["seconds"][size.title]), "")
        yield from _image(size.title, f"The times of the table for {size.title}, as bars")


def _table_of_tasks(seconds: Mapping[str, Sequence[float]]) -> Iterator[str]:
    rows = [(kind, f"{statistics.median(seconds[kind]):.1f}", f"{ratio(seconds, kind, DEBUG):.2f}") for kind in seconds]
    yield from _table(("task", "seconds", "ratio"), rows)


def _summary(seconds: Mapping[str, Sequence[float]]) -> Iterator[str]:
    yield (
        f"``api_token`` takes {ratio(seconds, CONTROLLER, DEBUG):.2f} times as long as ``debug``, and ``uri`` takes"
        f" {ratio(seconds, URI, CONTROLLER):.0f} times as long as ``api_token``."
    )


def _fleets(results: Results) -> Iterator[str]:
    yield _FLEETS.format(concurrency=fleets.CONCURRENCY, **results)
    for series in SERIES:
        seconds = results["seconds"][series.title]
        empty = statistics.median(seconds[fleets.EMPTY][0])
        yield from _title(series.title, "~")
        rows = [
            (f"{size:,}", *(_cell(seconds[kind].get(size), empty) for kind in (MANY, ONE, REST)))
            for size in series.sizes[MANY]
        ]
        yield from _table(("tokens", MANY, ONE, REST), rows)
        yield from ("", f"An empty play takes {empty:.1f} s.", "")
        yield from _image(series.title, f"The times of the table for {series.title}, as lines")


def _cell(measured: Sequence[float] | None, empty: float) -> str:
    if measured is None:
        return "-"
    seconds = statistics.median(measured)
    return f"{seconds:.1f} s ({seconds - empty:.1f})"


def _lines(results: Results, series: Series) -> dict[str, dict[int, float]]:
    seconds = results["seconds"][series.title]
    return {kind: _medians(seconds[kind]) for kind in series.sizes}


def _reading(results: Results) -> Iterator[str]:
    more = _difference(results["seconds"], fleets.READING, fleets.EMPTY)
    memory = _difference(results["megabytes"], fleets.READING, fleets.EMPTY)
    yield (
        f"A task of ``losant.platform.api_token_info`` that reads {fleets.READ:,} tokens sends {results['requests']} requests. It takes"
        f" {more:.1f} s more than an empty play, and its largest process needs {memory:.0f} MB more. Rounds: {results['rounds']}."
    )
    yield ""


def _inventories(results: Results) -> Iterator[str]:
    yield inventories.TEXT.format(**results)
    for title, measured in results["seconds"].items():
        yield from _title(title, "~")
        rows = [
            (kind, f"{statistics.median(values):.1f}", f"{ratio(measured, kind, inventories.STATIC):.2f}")
            for kind, values in measured.items()
        ]
        yield from _table(("inventory", "seconds", "ratio"), rows)
        yield from ("", inventories.OWN.format(own=statistics.median(results["own"][title])), "")


_SECTIONS = {
    "tasks": ("One task", _tasks),
    "fleets": ("Many tokens", _fleets),
    "reading": ("A long list", _reading),
    "inventories": ("Inventories", _inventories),
}


def _difference(measured: Mapping[str, Sequence[float]], kind: str, other: str) -> float:
    return statistics.median(measured[kind]) - statistics.median(measured[other])


def _medians(measured: Mapping[Any, Sequence[float]]) -> dict[Any, float]:
    return {key: statistics.median(values) for key, values in measured.items()}


def _title(text: str, line: str) -> tuple[str, ...]:
    return (text, line * len(text), "")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", "")
    for row in (head, *rows):
        yield f"   * - {row[0]}"
        yield from (f"     - {cell}" for cell in row[1:])


def _image(title: str, described: str) -> Iterator[str]:
    yield from (f".. image:: {_plot_name(title)}", f"   :alt: {described}", "")


def _plot_name(title: str) -> str:
    """The file of a plot, beside the page."""
    return f"speed_{title.lower().replace(',', '').replace(' ', '_')}.svg"
