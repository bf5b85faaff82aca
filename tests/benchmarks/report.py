# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page "How fast it is" and its plots, from the results of the last run."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ansible_collections.losant.platform.tests.benchmarks.cases import CONTROLLER, DEBUG, EMPTY, SIZES, TASKS, URI, Size

RESULTS = Path(__file__).with_name("results.json")
PAGES = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst"
PAGE = PAGES / "guide_speed.rst"

_NOTICE = [f".. {line.removeprefix('# ')}" for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:3]]
_HEAD = """\

.. _ansible_collections.losant.platform.docsite.guide_speed:

How fast it is
==============

``make bench`` measures this, and writes this page. The times are those of the whole command ``ansible-playbook``, on one machine:
{machine}.
All cases were played in turn, and the median counts: of {rounds} for the quick ones, of {slow_rounds} for those that start a Python process for each task. The
sandbox ran on the same machine.

The play has one task, and everything is as declared. A task of ``losant.platform.api_token`` sends one request and looks at its token file, a task of
``ansible.builtin.uri`` sends the same request, and a task of ``ansible.builtin.debug`` does nothing. "ratio" is the time divided by that of ``debug``.
Times on your machine differ. The ratios differ less.

A task for Losant is done in the process that Ansible has started for it, on the controller. A module like ``uri`` first has a Python process started on
the host. So does ``api_token`` with ``losant_run_on: host``, and for a file behind a connection: there a small module handles the file.
"""


class Results(NamedTuple):
    """What a run of the benchmarks measured. ``seconds``: by size and kind, one for each round that it was played in."""

    machine: str
    rounds: int
    slow_rounds: int
    seconds: dict[str, dict[str, list[float]]]

    def median(self, size: Size, kind: str) -> float:
        return statistics.median(self.seconds[size.title][kind])

    def ratio(self, size: Size, kind: str, to: str) -> float:
        return self.median(size, kind) / self.median(size, to)


def read_results() -> Results:
    """The results of the last run."""
    return Results(**json.loads(RESULTS.read_text(encoding="utf-8")))


def page(results: Results) -> str:
    """The text of the page."""
    lines = [*_NOTICE, _HEAD.format(**results._asdict())]
    for size in SIZES:
        lines += [size.title, "-" * len(size.title), "", *_table(results, size), "", *_summary(results, size), ""]
        lines += [f".. image:: {plot_name(size)}", f"   :alt: The times of the table for {size.title}, as bars", ""]
    return "\n".join(lines)


def _table(results: Results, size: Size) -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", "", "   * - task", "     - seconds", "     - ratio")
    for kind in (EMPTY, *TASKS):
        yield f"   * - {kind}"
        yield f"     - {results.median(size, kind):.1f}"
        yield f"     - {results.ratio(size, kind, DEBUG):.2f}"


def _summary(results: Results, size: Size) -> Iterator[str]:
    yield (
        f"``api_token`` takes {results.ratio(size, CONTROLLER, DEBUG):.2f} times as long as ``debug``, and ``uri`` takes"
        f" {results.ratio(size, URI, CONTROLLER):.0f} times as long as ``api_token``."
    )


def plot_name(size: Size) -> str:
    """The file of a plot, beside the page."""
    return f"speed_{size.title.replace(' ', '_')}.svg"


_WIDTH, _BAR, _LABELS, _VALUES = 720, 26, 250, 60


def plot(results: Results, size: Size) -> str:
    """The times of one size as bars, in SVG."""
    kinds = (EMPTY, *TASKS)
    longest = max(results.median(size, kind) for kind in kinds)
    height = _BAR * len(kinds) + 10
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13">',
        f"<title>{size.title}: seconds of the whole command</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for number, kind in enumerate(kinds):
        seconds = results.median(size, kind)
        width = max(1.0, (_WIDTH - _LABELS - _VALUES) * seconds / longest)
        colour = "#2a78c2" if kind.startswith("api_token") else "#9aa5b1"
        top = 5 + number * _BAR
        rows += [
            f'<text x="{_LABELS - 8}" y="{top + 17}" text-anchor="end">{kind}</text>',
            f'<rect x="{_LABELS}" y="{top + 3}" width="{width:.1f}" height="{_BAR - 6}" fill="{colour}"/>',
            f'<text x="{_LABELS + width + 6:.1f}" y="{top + 17}">{seconds:.1f} s</text>',
        ]
    return "\n".join([*rows, "</svg>", ""])


def write_page(results: Results) -> None:
    """Write the page and its plots."""
    PAGE.write_text(page(results), encoding="utf-8")
    for size in SIZES:
        (PAGES / plot_name(size)).write_text(plot(results, size), encoding="utf-8")
