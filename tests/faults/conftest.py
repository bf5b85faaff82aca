# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cells as tests, and the report of them: set LOSANT_FAULTS_REPORT to the path of a Markdown file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

# Found by the setting ``pythonpath`` of pytest.ini.
from link_collection import link_collection

from losant_sandbox.client import Sandbox

if AnsibleCollectionConfig.collection_finder is None:
    init_plugin_loader([str(link_collection())])

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.faults.report import Row

#: Where to write all rows, and the folder of the documentation to write into.
_REPORT, _DOCS = os.environ.get("LOSANT_FAULTS_REPORT"), os.environ.get("LOSANT_FAULTS_DOCS")
_ROWS: list[Row] = []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each cell."""
    from ansible_collections.losant.platform.tests.faults import cells

    if "cell" in metafunc.fixturenames:
        metafunc.parametrize("cell", cells.fault_cells(), ids=str)
    if "crash" in metafunc.fixturenames:
        metafunc.parametrize("crash", cells.crashes(), ids=str)


@pytest.fixture(scope="session")
def faulty_sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect the rows; with xdist the main process gets those of all workers."""
    from ansible_collections.losant.platform.tests.faults.report import PROPERTY, RED, Row

    found = [value for name, value in report.user_properties if name == PROPERTY]
    if report.when == "call" and found:
        row = Row(*map(str, found[-1] if isinstance(found[-1], (list, tuple)) else ()))
        _ROWS.append(row._replace(outcome=f"{RED}: {row.outcome}") if report.failed else row)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report, in the main process."""
    from ansible_collections.losant.platform.tests.faults.report import write_docs, write_table

    if not _ROWS or hasattr(session.config, "workerinput"):
        return
    if _REPORT:
        write_table(Path(_REPORT), _ROWS)
    if _DOCS:
        write_docs(Path(_DOCS), _ROWS)
