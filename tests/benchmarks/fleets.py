# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured with many tokens: one task for all, and loops of a task for each."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from .runner import Runner, report

MANY, ONE, REST = "api_tokens", "loop of api_token", "loop of ansible.builtin.uri"
#: Requests that are sent at the same time.
CONCURRENCY = 8
#: Seconds that are added to each response.
DELAY = 0.1


@dataclass(frozen=True)
class Series:
    """How the time grows with the number of tokens. ``sizes``: by kind, as far as it is measured.

    A loop of ``uri`` takes one second for each item, so it is measured with fewer.
    """

    title: str
    is_new: bool
    delay: float
    sizes: dict[str, tuple[int, ...]]


_ALL, _SOME, _FEW = (10, 100, 500, 2000), (10, 100, 500), (10, 100)
SERIES = (
    Series("Unchanged tokens", False, 0, {MANY: _ALL, ONE: _SOME, REST: _SOME}),
    Series("New tokens", True, 0, {MANY: _ALL, ONE: _SOME, REST: _SOME}),
    Series("Unchanged tokens, 100 ms for each response", False, DELAY, {MANY: _ALL, ONE: _FEW, REST: _FEW}),
    Series("New tokens, 100 ms for each response", True, DELAY, {MANY: _ALL, ONE: _FEW, REST: _FEW}),
)
#: An empty play: what Ansible needs to start.
EMPTY = "empty play"
#: How many tokens are read.
READ = 10_000
READING = "api_token_info"


def names(size: int) -> list[str]:
    """The names of the tokens."""
    return [f"token-{number}" for number in range(size)]


def playbook(kind: str, series: Series, size: int) -> str:
    """The play with one task. Every run with ``is_new`` begins without tokens."""
    return _play_of(_task(kind, series, size))


def _play_of(*tasks: dict[str, object]) -> str:
    return json.dumps([{"hosts": "all", "gather_facts": False, "tasks": list(tasks)}])


def _task(kind: str, series: Series, size: int) -> dict[str, object]:
    token = {"scope": ["devices.get"]}
    if kind == MANY:
        entries = [{"name": name, **token} for name in names(size)]
        return {"losant.platform.api_tokens": {"api_tokens": entries, "concurrency": CONCURRENCY}}
    loop = {"loop": names(size), "loop_control": {"label": "{{ item }}"}}
    if kind == ONE:
        return {"losant.platform.api_token": {"name": "{{ item }}", **token}, **loop}
    request: dict[str, object] = {"url": "{{ tokens_url }}", "headers": {"Authorization": "Bearer {{ access_token }}"}}
    if series.is_new:
        body = {"name": "{{ item }}", **token}
        request |= {"method": "POST", "body_format": "json", "body": body, "status_code": 201}
    return {"ansible.builtin.uri": request, **loop}


def measure(runner: Runner, rounds: int, slow_rounds: int) -> dict[str, Any]:
    """Play each series. Loops are slow."""
    seconds: dict[str, dict[str, dict[int, list[float]]]] = {}
    for series in SERIES:
        seconds[series.title] = {kind: {size: [] for size in sizes} for kind, sizes in series.sizes.items()}
        seconds[series.title][EMPTY] = {0: []}
        for number in range(rounds):
            seconds[series.title][EMPTY][0].append(_empty(runner))
            for kind, sizes in series.sizes.items():
                for size in sizes if kind == MANY or number < slow_rounds else ():
                    seconds[series.title][kind][size].append(_play(runner, series, kind, size))
    return {"rounds": rounds, "slow_rounds": slow_rounds, "seconds": seconds}


def _empty(runner: Runner) -> float:
    return round(runner.play(_play_of()).seconds, 2)


def _play(runner: Runner, series: Series, kind: str, size: int) -> float:
    sandbox = runner.sandbox
    sandbox.reset()
    if not series.is_new:
        sandbox.seed(tokens=[{"name": name, "scope": ["devices.get"]} for name in names(size)])
    if series.delay:
        sandbox.fault("delay", seconds=series.delay, times=None)
    cost = runner.play(playbook(kind, series, size))
    report(series.title, kind, size, cost=cost)
    return round(cost.seconds, 2)


def measure_reading(runner: Runner, rounds: int) -> dict[str, Any]:
    """Read many tokens, and play nothing."""
    sandbox = runner.sandbox
    sandbox.reset()
    sandbox.seed(tokens=[{"name": name, "scope": ["devices.get"]} for name in names(READ)])
    plays = {EMPTY: _play_of(), READING: _play_of({"losant.platform.api_token_info": {}})}
    measured: dict[str, dict[str, list[float]]] = {"seconds": defaultdict(list), "megabytes": defaultdict(list)}
    for _number in range(rounds):
        for kind, play in plays.items():
            cost = runner.play(play)
            report(f"{READ} tokens", kind, cost=cost)
            measured["seconds"][kind].append(round(cost.seconds, 2))
            measured["megabytes"][kind].append(round(cost.megabytes))
    requests = len(sandbox.requests()) // rounds
    return {"rounds": rounds, "requests": requests, **{name: dict(kinds) for name, kinds in measured.items()}}
