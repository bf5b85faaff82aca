# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cells of the matrix: every call of every scenario, with every fault. A part of them stands for all in short runs."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ansible_collections.losant.platform.tests.faults.kinds import FAULTS, TIMES, FaultKind, RecordedRequest, Times
from ansible_collections.losant.platform.tests.faults.recording import Recording, recordings
from ansible_collections.losant.platform.tests.faults.scenarios import Mode, Scenario

#: Set to "all" for the full product.
ALL = os.environ.get("LOSANT_FAULTS") == "all"


#: In place of how often a fault hits: there is none.
UNDISTURBED = "undisturbed"


class Key(NamedTuple):
    """What distinguishes a run from all others, in words."""

    scenario: str
    call: str
    fault: str
    times: str
    mode: str


@dataclass(frozen=True)
class Cell:
    """One fault at one call of one scenario."""

    recording: Recording
    call: RecordedRequest
    fault: FaultKind
    times: Times

    @property
    def key(self) -> Key:
        recording = self.recording
        return Key(recording.scenario.name, self.call.name, self.fault.name, self.times, str(recording.mode))

    def __str__(self) -> str:
        return "-".join(self.key)


@dataclass(frozen=True)
class Crash:
    """A process that is killed right before or right after one request."""

    recording: Recording
    call: RecordedRequest
    when: str

    @property
    def key(self) -> Key:
        recording = self.recording
        return Key(recording.scenario.name, self.call.name, f"killed-{self.when}", "once", str(recording.mode))

    def __str__(self) -> str:
        key = self.key
        return f"{key.scenario}-{self.when}-{key.call}-{key.mode}"


@functools.cache
def all_cells() -> tuple[Cell, ...]:
    return tuple(
        Cell(recording, call, fault, times)
        for recording in recordings()
        for call in recording.calls
        for fault in FAULTS
        for times in TIMES
        if fault.can_hit(call, times)
    )


@functools.cache
def some_cells() -> tuple[Cell, ...]:
    """Some faults at each call of each scenario. Faults, modes and how often they hit take turns."""
    chosen = []
    for number, group in enumerate(_groups()):
        # Steps without a common divisor with the lengths, so that all combinations have their turn.
        chosen.append(group[number * 7 % len(group)])
    return tuple(chosen)


#: How many faults hit each call in short runs. What they do to an entry of a batch is what they do to a single token.
_OF_A_CALL, _OF_A_BATCH, _OF_A_KEY = 8, 4, 2


def _groups() -> Iterator[Sequence[Cell]]:
    """The cells of one call of one scenario with one of a few faults, in all modes and as often as can be."""
    groups: dict[tuple[str, str, int], list[Cell]] = {}
    for cell in all_cells():
        scenario = cell.recording.scenario
        number = _OF_A_BATCH if scenario.entries else _OF_A_CALL
        fault = FAULTS.index(cell.fault) % (_OF_A_KEY if scenario.model else number)
        groups.setdefault((scenario.name, cell.call.name, fault), []).append(cell)
    yield from groups.values()


def fault_cells() -> tuple[Cell, ...]:
    """The cells of this run."""
    return all_cells() if ALL else some_cells()


#: The scenarios whose process is killed in short runs.
_KILLED = ("create", "rotate-delete", "key-rotate-delete")


@functools.cache
def all_crashes() -> tuple[Crash, ...]:
    """Staged, at every request. A process that only reads leaves no trace."""
    return tuple(
        Crash(recording, call, when)
        for recording in recordings()
        if recording.mode.staged and not recording.scenario.reads
        for call in recording.calls
        for when in ("before", "after")
    )


def crashes() -> tuple[Crash, ...]:
    """The crashes of this run."""
    if ALL:
        return all_crashes()
    return tuple(crash for crash in all_crashes() if crash.recording.scenario.name in _KILLED and crash.call.index > 0)


def undisturbed_key(scenario: Scenario, mode: Mode) -> Key:
    return Key(scenario.name, "run", "none", UNDISTURBED, str(mode))


def all_keys() -> tuple[Key, ...]:
    """Every run that is recorded: undisturbed, with a fault, and killed."""
    return (
        *(undisturbed_key(recording.scenario, recording.mode) for recording in recordings() if _records(recording)),
        *(cell.key for cell in all_cells() if _records(cell.recording)),
        *(crash.key for crash in all_crashes() if _records(crash.recording)),
    )


def _records(recording: Recording) -> bool:
    """Whether its runs are recorded. Those of access keys end as those of API tokens do."""
    return recording.scenario.model is None
