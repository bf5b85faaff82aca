# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs came to when they were last recorded, so that a change is a decision that shows in a diff.

The directory ``baseline`` has a file for each scenario, and a file has blocks with an empty line in between. Runs that
came to the same share a block::

    once: done
        GET /tokens x2
        POST /tokens [name NAME, scope]
    1-GET direct-file direct-result: 429 500-after 500-before

That is: how often the fault hits and the outcome; what was sent (see sent.py), unless that is not recorded; and for
each call the modes and the faults. Nobody writes these files by hand. See ``ADVICE`` for how they come to be.
"""

from __future__ import annotations

import difflib
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.losant.platform.tests.faults.cells import ALL, UNDISTURBED, Key
from ansible_collections.losant.platform.tests.faults.kinds import TIMES
from ansible_collections.losant.platform.tests.faults.observation import Observation
from ansible_collections.losant.platform.tests.faults.report import NOTICE, Row, outcome_of
from ansible_collections.losant.platform.tests.faults.sent import sent_by

#: No file can have its name: Ansible takes a directory for a package, and that before a module.
DIRECTORY = Path(__file__).with_name("baseline")
#: Whether this run writes the files. A part of the matrix would leave the rest of it as it was, and out of date.
RECORD = ALL and os.environ.get("LOSANT_FAULTS_RECORD") == "1"
#: The property of a test that holds what is to be recorded.
RUN = "losant_faults_run"
ADVICE = """\
If it is meant to be so, record it and look at the diff. `make soak` records everything; for one scenario it is
LOSANT_FAULTS=all LOSANT_FAULTS_RECORD=1 pytest -n auto tests/faults -k {scenario}"""

_INDENT = "    "
_ORDER = (UNDISTURBED, *TIMES)


class RecordedRun(NamedTuple):
    """What a run came to. ``sent`` is empty if it is not recorded."""

    outcome: str
    sent: tuple[str, ...] = ()


Runs = Mapping[Key, RecordedRun]


def check(key: Key, seen: Observation, record_property: Callable[[str, Any], None]) -> list[str]:
    """How a run differs from the recorded one, in words. If this is to be recorded, it does not."""
    model = seen.prepared.scenario.model
    if model is not None:
        return list(_otherwise_than_tokens(key._replace(scenario=model), outcome_of(seen)))
    run = RecordedRun(outcome_of(seen), sent_by(seen) if _keeps_requests(key) else ())
    if RECORD:
        record_property(RUN, [*key, run.outcome, *run.sent])
        return []
    return list(differences(recorded(key.scenario).get(key), run, key.scenario))


def _otherwise_than_tokens(key: Key, outcome: str) -> Iterator[str]:
    """How a run with access keys differs from the recorded one with API tokens. A new key is tried with POST, not with GET."""
    then = recorded(key.scenario).get(key)
    if then is not None and then.outcome != outcome and key.scenario != "rotate-verified":
        yield f"with API tokens, this ends as {then.outcome!r}, and with access keys as {outcome!r}"


def run_of(values: list[str]) -> tuple[Key, RecordedRun]:
    """Read the property of a test."""
    fields = len(Key._fields)
    return Key(*values[:fields]), RecordedRun(values[fields], tuple(values[fields + 1 :]))


def differences(then: RecordedRun | None, now: RecordedRun, scenario: str) -> Iterator[str]:
    if then == now:
        return
    was = [] if then is None else [then.outcome, *then.sent]
    changes = difflib.ndiff(was, [now.outcome, *now.sent])
    yield f"this run is not as recorded in tests/faults/baseline/{scenario}.txt: - is as recorded, + as seen"
    yield from (f"{_INDENT}{line.rstrip()}" for line in changes if not line.startswith("?"))
    yield ADVICE.format(scenario=scenario)


def _keeps_requests(key: Key) -> bool:
    """Whether the requests of a run are recorded: those of a process that was killed are the first of others."""
    return key.times == UNDISTURBED or (key.times == "once" and not key.fault.startswith("killed"))


@functools.cache
def recorded(scenario: str) -> Runs:
    """What is recorded of a scenario."""
    path = DIRECTORY / f"{scenario}.txt"
    return read(scenario, path.read_text(encoding="utf-8")) if path.exists() else {}


def read(scenario: str, text: str) -> Runs:
    """Read the text of a file."""
    runs: dict[Key, RecordedRun] = {}
    for block in text.split("\n\n"):
        head, *lines = [line for line in block.splitlines() if not line.startswith("#")] or [""]
        times, _colon, outcome = head.partition(": ")
        run = RecordedRun(outcome, tuple(line.strip() for line in lines if line.startswith(_INDENT)))
        for line in lines:
            if not line.startswith(_INDENT):
                runs |= dict.fromkeys(_keys_in(line, scenario, times), run)
    return runs


def _keys_in(line: str, scenario: str, times: str) -> Iterator[Key]:
    place, _colon, faults = line.partition(": ")
    call, *modes = place.split()
    for mode in modes:
        for fault in faults.split():
            yield Key(scenario, call, fault, times, mode)


def write(keys: tuple[Key, ...], news: Runs) -> None:
    """Write the files of the scenarios that there is news of, and leave out what is no key any more."""
    DIRECTORY.mkdir(exist_ok=True)
    for path in DIRECTORY.glob("*.txt"):
        if path.stem not in {key.scenario for key in keys}:
            path.unlink()
    for scenario in {key.scenario for key in news}:
        runs = {**recorded(scenario), **news}
        text = text_of(scenario, {key: runs[key] for key in keys if key.scenario == scenario and key in runs})
        (DIRECTORY / f"{scenario}.txt").write_text(text, encoding="utf-8")
    recorded.cache_clear()


def all_runs() -> Runs:
    """What is recorded of all scenarios, also of those that are no more."""
    return {key: run for path in sorted(DIRECTORY.glob("*.txt")) for key, run in recorded(path.stem).items()}


def rows() -> list[Row]:
    """What is recorded of all disturbed runs, as rows of the report."""
    return [Row(*key, run.outcome) for key, run in all_runs().items() if key.times != UNDISTURBED]


def text_of(scenario: str, runs: Runs) -> str:
    """The text of a file. The order is that of the matrix, so that one decision changes few lines."""
    blocks: dict[tuple[str, RecordedRun], list[Key]] = {}
    for key in sorted(runs, key=lambda key: _ORDER.index(key.times)):
        blocks.setdefault((key.times, runs[key]), []).append(key)
    notice = [f"# {line}" for line in (*NOTICE, "", f"The scenario {scenario!r}, as recorded: see comparing.py.")]
    texts = ["\n".join(line.rstrip() for line in notice)]
    texts += ["\n".join(_block(times, run, keys)) for (times, run), keys in blocks.items()]
    return "\n\n".join(texts) + "\n"


def _block(times: str, run: RecordedRun, keys: list[Key]) -> Iterator[str]:
    yield f"{times}: {run.outcome}"
    yield from (f"{_INDENT}{line}" for line in run.sent)
    faults: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        faults.setdefault((key.call, key.mode), []).append(key.fault)
    modes: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (call, mode), names in sorted(faults.items(), key=lambda item: _place_of(item[0][0])):
        modes.setdefault((call, tuple(names)), []).append(mode)
    for (call, listed), same in modes.items():
        yield f"{' '.join([call, *same])}: {' '.join(listed)}"


def _place_of(call: str) -> int:
    """The number of a call; an undisturbed run has none."""
    number = call.partition("-")[0]
    return int(number) if number.isdigit() else 0
