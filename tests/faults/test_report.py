# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation and the baseline tell of the fault matrix is of this matrix."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ansible_collections.losant.platform.tests.faults import comparing
from ansible_collections.losant.platform.tests.faults.cells import all_cells, all_crashes, all_keys
from ansible_collections.losant.platform.tests.faults.report import PAGE, RED, TABLE, Row, sections, write_docs

_DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_baseline_is_of_all_cells() -> None:
    """If not, ``make soak`` records it anew."""
    assert set(comparing.all_runs()) == set(all_keys())


def counted_in_the_table() -> Counter[tuple[str, str, str]]:
    """The cells of each scenario, fault and outcome, as the documentation has them."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for line in (_DOCS / TABLE).read_text(encoding="utf-8").splitlines():
        columns = [column.strip() for column in line.strip("|").split("|")]
        if len(columns) == 4 and columns[3].isdigit():
            counted[columns[0], columns[1], columns[2]] += int(columns[3])
    return counted


def test_the_table_is_of_all_cells() -> None:
    """If not, ``make soak`` writes it anew."""
    counted = Counter((scenario, fault) for scenario, fault, _outcome in counted_in_the_table().elements())
    expected = Counter((cell.recording.scenario.name, cell.fault.name) for cell in all_cells())
    expected += Counter((crash.recording.scenario.name, f"killed-{crash.when}") for crash in all_crashes())
    assert counted == expected


def test_the_table_has_the_recorded_outcomes() -> None:
    """If not, ``make soak`` writes both anew."""
    expected = Counter((row.scenario, row.fault, row.outcome) for row in comparing.rows())
    assert counted_in_the_table() == expected


def test_the_page_has_the_recorded_outcomes() -> None:
    """The same of the page that sums them up."""
    expected = list(sections(comparing.rows()))
    assert (_DOCS / PAGE).read_text(encoding="utf-8").split("\n")[-len(expected) :] == expected


def test_no_cell_is_red() -> None:
    assert RED not in (_DOCS / TABLE).read_text(encoding="utf-8")
    assert RED not in (_DOCS / PAGE).read_text(encoding="utf-8")


def test_the_page_counts(tmp_path: Path) -> None:
    (tmp_path / PAGE).parent.mkdir(parents=True)
    rows = [
        Row("create", "1-GET", "cut", "once", "direct-file", "done"),
        Row("create", "2-POST", "cut", "ever", "direct-file", "failed, nothing made"),
        Row("delete", "2-DELETE", "cut", "once", "direct-file", "done"),
        Row("create", "2-POST", "killed-after", "once", "staged-file", "killed, pending token"),
    ]
    write_docs(tmp_path, rows)
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert (
        "   * - ``create``\n     - 1\n     - 1\n   * - ``delete``\n     - 1\n     - 0\n   * - all\n     - 2\n     - 1\n"
        in page
    )
    assert "   * - ``cut``\n     - 2\n     - 1\n" in page
    assert "   * - scenario\n     - killed, pending token\n   * - ``create``\n     - 1\n" in page
    assert "| create | cut | done | 1 |" in (tmp_path / TABLE).read_text(encoding="utf-8")
