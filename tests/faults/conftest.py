# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cells as tests, and what is written of them.

Set LOSANT_FAULTS_REPORT to the path of a Markdown file for a report. With LOSANT_FAULTS=all, LOSANT_FAULTS_RECORD=1
records the runs in the baseline, and writes the documentation of all that is recorded.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.faults.cells import Key
    from ansible_collections.losant.platform.tests.faults.comparing import RecordedRun
    from ansible_collections.losant.platform.tests.faults.report import Row

#: Where to write all rows.
_REPORT = os.environ.get("LOSANT_FAULTS_REPORT")
_DOCS = Path(__file__).resolve().parents[2] / "docs"
_ROWS: list[Row] = []
#: What is to be recorded.
_RUNS: dict[Key, RecordedRun] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each cell."""
    from ansible_collections.losant.platform.tests.faults import cells
    from ansible_collections.losant.platform.tests.faults.recording import recordings

    if "cell" in metafunc.fixturenames:
        metafunc.parametrize("cell", cells.fault_cells(), ids=str)
    if "crash" in metafunc.fixturenames:
        metafunc.parametrize("crash", cells.crashes(), ids=str)
    if "recording" in metafunc.fixturenames:
        metafunc.parametrize("recording", recordings(), ids=str)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect the rows and runs; with xdist the main process gets those of all workers. A run that fails is not recorded."""
    from ansible_collections.losant.platform.tests.faults.comparing import RUN, run_of
    from ansible_collections.losant.platform.tests.faults.report import PROPERTY, RED, Row

    if report.when != "call":
        return
    for name, value in report.user_properties:
        words = list(map(str, value)) if isinstance(value, (list, tuple)) else []
        if name == PROPERTY:
            row = Row(*words)
            _ROWS.append(row._replace(outcome=f"{RED}: {row.outcome}") if report.failed else row)
        elif name == RUN and report.passed:
            _RUNS.update([run_of(words)])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report and the records, in the main process."""
    from ansible_collections.losant.platform.tests.faults import comparing
    from ansible_collections.losant.platform.tests.faults.cells import all_keys
    from ansible_collections.losant.platform.tests.faults.report import write_docs, write_table

    if hasattr(session.config, "workerinput"):
        return
    if _REPORT and _ROWS:
        write_table(Path(_REPORT), _ROWS)
    if _RUNS:
        comparing.write(all_keys(), _RUNS)
        # What was not run now was recorded earlier. What failed now goes into the documentation as it is: red.
        rows = {row[:-1]: row for row in (*comparing.rows(), *_ROWS)}
        write_docs(_DOCS, list(rows.values()))
