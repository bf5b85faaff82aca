# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cells of the matrix: every call of every scenario, with every fault. A part of them stands for all in short runs."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.losant.platform.tests.faults.kinds import FAULTS, TIMES, Call, Fault, Times
from ansible_collections.losant.platform.tests.faults.recording import Recording, recordings

#: Set to "all" for the full product.
ALL = os.environ.get("LOSANT_FAULTS") == "all"


@dataclass(frozen=True)
class Cell:
    """One fault at one call of one scenario."""

    recording: Recording
    call: Call
    fault: Fault
    times: Times

    @property
    def call_name(self) -> str:
        return f"{self.call.index + 1}-{self.call.method}"

    def __str__(self) -> str:
        recording = self.recording
        return f"{recording.scenario.name}-{self.call_name}-{self.fault.name}-{self.times}-{recording.mode}"


@dataclass(frozen=True)
class Crash:
    """A process that dies right before or right after one request."""

    recording: Recording
    call: Call
    when: str

    def __str__(self) -> str:
        recording = self.recording
        return f"{recording.scenario.name}-{self.when}-{self.call.index + 1}-{self.call.method}-{recording.mode}"


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
    """Each fault at each call of each scenario, in a mode and as often as its place in the list has it."""
    chosen = []
    for number, group in enumerate(_groups()):
        # Steps without a common divisor with the lengths, so that all combinations have their turn.
        chosen.append(group[number * 7 % len(group)])
    return tuple(chosen)


def _groups() -> Iterator[Sequence[Cell]]:
    """The cells of one call of one scenario with one fault, in all modes and as often as can be."""
    groups: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in all_cells():
        groups.setdefault((cell.recording.scenario.name, cell.call_name, cell.fault.name), []).append(cell)
    yield from groups.values()


def fault_cells() -> tuple[Cell, ...]:
    """The cells of this run."""
    return all_cells() if ALL else some_cells()


#: The scenarios whose dying is tried in short runs.
_MORTAL = ("create", "rotate-delete")


@functools.cache
def all_crashes() -> tuple[Crash, ...]:
    """Staged, at every request. What only reads dies without a trace."""
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
    return tuple(crash for crash in all_crashes() if crash.recording.scenario.name in _MORTAL and crash.call.index > 0)
