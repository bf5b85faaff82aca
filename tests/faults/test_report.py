# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation and the baseline describe the fault matrix as it is."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.losant.platform.tests.faults import comparing
from ansible_collections.losant.platform.tests.faults.cells import all_keys
from ansible_collections.losant.platform.tests.faults.report import PAGE, RED, Row, sections, write_docs

_DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_baseline_is_of_all_cells() -> None:
    """If not, ``make soak`` records it again."""
    assert set(comparing.all_runs()) == set(all_keys())


def test_the_page_has_the_recorded_outcomes() -> None:
    """If not, ``make soak`` writes both again."""
    expected = list(sections(comparing.rows()))
    assert (_DOCS / PAGE).read_text(encoding="utf-8").split("\n")[-len(expected) :] == expected


def test_no_cell_is_red() -> None:
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
