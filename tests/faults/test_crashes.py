# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The crash matrix: a process is killed before or after any of its requests, and the next run repairs everything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from link_collection import link_collection

from ansible_collections.losant.platform.tests.faults import comparing
from ansible_collections.losant.platform.tests.faults.checks import others_touched, outage
from ansible_collections.losant.platform.tests.faults.converging import broken_in_the_end
from ansible_collections.losant.platform.tests.faults.observation import Observation, look
from ansible_collections.losant.platform.tests.faults.playing import phase_options, run_phase
from ansible_collections.losant.platform.tests.faults.report import PROPERTY, Row, outcome_of
from ansible_collections.losant.platform.tests.faults.scenarios import Prepared, prepare
from ansible_collections.losant.platform.tests.support.times import NOW, START
from ansible_collections.losant.platform.tests.support.tokens import is_pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible_collections.losant.platform.tests.faults.cells import Crash
    from losant_sandbox.client import Sandbox

_RUNNER = Path(__file__).with_name("crash_runner.py")
_SANDBOX = Path(__file__).resolve().parents[1] / "sandbox"
_DEADLINE = 60


def test_the_next_run_repairs_it(
    running_sandbox: Sandbox, tmp_path: Path, crash: Crash, record_property: Callable[[str, Any], None]
) -> None:
    prepared = prepare(running_sandbox, crash.recording.scenario, crash.recording.mode, tmp_path)
    _crash(prepared, crash, tmp_path)
    seen = look(running_sandbox, prepared, [])
    outcome = outcome_of(seen)
    if prepared.scenario.model is None:
        record_property(PROPERTY, list(Row(*crash.key, outcome)))
    broken = [*outage(seen), *others_touched(seen), *_lost(seen)]
    broken += broken_in_the_end(running_sandbox, seen, tmp_path)
    broken += comparing.check(crash.key, seen, record_property)
    if broken:
        pytest.fail("\n".join([outcome, *broken]), pytrace=False)


def _crash(prepared: Prepared, crash: Crash, directory: Path) -> None:
    options, index = prepared.options, crash.call.index
    phases = prepared.scenario.phases
    if phases:
        if index >= crash.recording.first_phase:
            run_phase(prepared, phases[0], START, directory)
            phases, index = phases[1:], index - crash.recording.first_phase
        options = phase_options(prepared, phases[0])
    wanted = {
        "module": prepared.scenario.module,
        "options": {name: value for name, value in options.items() if value is not None},
        "moment": NOW,
        "directory": str(directory),
        "collections": str(link_collection()),
        "index": index,
        "when": crash.when,
    }
    done = subprocess.run(
        [sys.executable, str(_RUNNER)],
        input=json.dumps(wanted),
        env={**os.environ, "PYTHONPATH": str(_SANDBOX)},
        capture_output=True,
        text=True,
        timeout=_DEADLINE,
        check=False,
    )
    if done.returncode != -signal.SIGKILL or done.stdout:
        pytest.fail(f"the process was not killed, but ended with {done.returncode}: {done.stderr}{done.stdout}")


def _lost(seen: Observation) -> Iterator[str]:
    """The token of that name has its secret in the file. A secret that would have been returned is lost with the process."""
    for token in seen.orphans():
        if seen.prepared.mode.file and not is_pending(token):
            yield f"nobody has the secret of {token['name']!r}"
