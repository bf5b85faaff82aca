# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What scenarios do when nothing goes wrong: their requests, and the tokens that exist afterwards."""

from __future__ import annotations

import functools
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.losant.platform.tests.faults.kinds import RecordedRequest
from ansible_collections.losant.platform.tests.faults.playing import play, run_phase
from ansible_collections.losant.platform.tests.faults.scenarios import SCENARIOS, Mode, Scenario, modes_of, prepare
from ansible_collections.losant.platform.tests.support.running import Result
from ansible_collections.losant.platform.tests.support.times import START
from losant_sandbox.client import Json, Sandbox

#: What the tokens of an application look like but for what only the server knows: ids and times.
Picture = Counter[str]


@dataclass(frozen=True)
class Recording:
    """An undisturbed run."""

    scenario: Scenario
    mode: Mode
    calls: tuple[RecordedRequest, ...]
    result: Result
    picture: Picture
    #: How many requests the first phase sends.
    first_phase: int = 0

    def __str__(self) -> str:
        return f"{self.scenario.name}-{self.mode}"


def picture_of(tokens: list[Json]) -> Picture:
    """The tokens, without ids and times."""
    fields = ("name", "status", "description", "scope", "expirationDate", "deviceTags")
    return Counter(str([token.get(field) for field in fields]) for token in tokens)


@functools.cache
def recordings() -> tuple[Recording, ...]:
    """Every scenario in every mode, undisturbed. In a sandbox of its own: pytest needs them before any fixture exists."""
    with Sandbox.start() as sandbox, tempfile.TemporaryDirectory() as directory:
        return tuple(
            _record(sandbox, scenario, mode, Path(directory)) for scenario in SCENARIOS for mode in modes_of(scenario)
        )


def _record(sandbox: Sandbox, scenario: Scenario, mode: Mode, directory: Path) -> Recording:
    prepared = prepare(sandbox, scenario, mode, directory)
    result = play(prepared, START, directory)[-1]
    if result.get("failed"):
        pytest.fail(f"{scenario.name} fails undisturbed: {result['msg']}")
    calls, picture = _calls(sandbox), picture_of(scenario.kind.listed(sandbox))
    return Recording(scenario, mode, calls, result, picture, _first_phase(sandbox, scenario, mode, directory))


def _first_phase(sandbox: Sandbox, scenario: Scenario, mode: Mode, directory: Path) -> int:
    if not scenario.phases:
        return 0
    run_phase(prepare(sandbox, scenario, mode, directory), scenario.phases[0], START, directory)
    return len(sandbox.requests())


def _calls(sandbox: Sandbox) -> tuple[RecordedRequest, ...]:
    seen: Counter[tuple[str, str]] = Counter()
    calls = []
    for index, request in enumerate(sandbox.requests()):
        place = request["method"], request["path"]
        calls.append(RecordedRequest(index, request["method"], _pattern(request["path"]), earlier=seen[place]))
        seen[place] += 1
    return tuple(calls)


def _pattern(path: str) -> str:
    """A regular expression for a path. Of a token's id only the end, a running number, is the same in every sandbox."""
    head, slash, last = path.rpartition("/")
    return f"{head}/.*{last[-6:]}" if slash and head.endswith(("/tokens", "/keys")) else path


def recording_of(scenario: Scenario, mode: Mode) -> Recording:
    """A scenario in a mode, undisturbed."""
    return next(record for record in recordings() if (record.scenario.name, record.mode) == (scenario.name, mode))
