# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault matrix: whatever goes wrong at whichever request, no secret is lost, nothing is duplicated, and runs converge."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.faults import comparing
from ansible_collections.losant.platform.tests.faults.checks import broken_after
from ansible_collections.losant.platform.tests.faults.converging import broken_in_the_end
from ansible_collections.losant.platform.tests.faults.kinds import SHORT_TIMEOUT
from ansible_collections.losant.platform.tests.faults.observation import look
from ansible_collections.losant.platform.tests.faults.playing import play
from ansible_collections.losant.platform.tests.faults.report import PROPERTY, Row, outcome_of
from ansible_collections.losant.platform.tests.faults.scenarios import Prepared, prepare
from ansible_collections.losant.platform.tests.support.running import Result
from ansible_collections.losant.platform.tests.support.times import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from ansible_collections.losant.platform.tests.faults.cells import Cell
    from losant_sandbox.client import Sandbox


def test_the_promises_hold(
    running_sandbox: Sandbox, tmp_path: Path, cell: Cell, record_property: Callable[[str, Any], None]
) -> None:
    prepared = prepare(running_sandbox, cell.recording.scenario, cell.recording.mode, tmp_path)
    results = _disturbed(running_sandbox, prepared, cell, tmp_path)
    seen = look(running_sandbox, prepared, results)
    outcome = outcome_of(seen)
    if prepared.scenario.model is None:
        record_property(PROPERTY, list(Row(*cell.key, outcome)))
    broken = broken_after(seen, cell.fault, passing=cell.times == "once")
    broken += broken_in_the_end(running_sandbox, seen, tmp_path)
    if not any(request["fault"] for request in seen.requests):
        broken.append("the fault hit nothing")
    different = comparing.check(cell.key, seen, record_property)
    # Whether a request that is late every time is done when the list is read depends on the load of the machine.
    if not (cell.fault.slow and cell.times == "ever"):
        broken += different
    if broken:
        pytest.fail("\n".join([outcome, *broken, f"the task showed: {seen.shown}"]), pytrace=False)


def _disturbed(sandbox: Sandbox, prepared: Prepared, cell: Cell, directory: Path) -> list[Result]:
    """The run with the fault. Slow requests are finished when it returns."""
    cell.fault.add_to(sandbox, cell.call, cell.times)
    more = {"timeout": SHORT_TIMEOUT} if cell.fault.slow else {}
    results = play(prepared, START, directory, **more)
    if cell.fault.slow:
        _wait_for_responses(sandbox)
    return results


def _wait_for_responses(sandbox: Sandbox) -> None:
    for _attempt in range(100):
        if all(request["status"] is not None for request in sandbox.requests()):
            return
        time.sleep(0.05)
    pytest.fail("the sandbox did not respond to everything")
