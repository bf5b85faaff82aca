# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that create, replace and delete many tokens in threads, with faults that hit whichever request comes: no order is promised."""

from __future__ import annotations

import random

import pytest

from ansible_collections.losant.platform.tests.histories.environment import Environment
from ansible_collections.losant.platform.tests.histories.events import Json
from ansible_collections.losant.platform.tests.histories.test_histories import EXAMPLES, Histories

#: How many applications are tried. Each has a number of its own, from which everything random is derived.
SEEDS = range(max(8, EXAMPLES // 50))
_NAMES = [f"token-{number}" for number in range(12)]
_KINDS: tuple[Json, ...] = (
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "cut"},
    {"kind": "empty", "when": "after"},
    {"kind": "not_json", "when": "before"},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 502, "when": "after"},
)


def _entries(randomness: random.Random) -> list[Json]:
    """What is declared, in a random order. Most of it needs a write."""
    return [
        {
            "name": name,
            "state": randomness.choice(["present", "present", "present", "absent"]),
            "status": None,
            "description": randomness.choice([None, "a", "b"]),
            "scope": ["devices.get"],
            "recreate": randomness.choice(["state_change", "always", "always"]),
            "superseded": randomness.choice(["delete", "deactivate", "keep"]),
            "staged": randomness.choice(["auto", "auto", "false"]),
            "to_file": randomness.choice([True, False]),
        }
        for name in randomness.sample(_NAMES, randomness.randint(6, len(_NAMES)))
    ]


def _faults(randomness: random.Random) -> list[Json]:
    return [
        {
            **randomness.choice(_KINDS),
            "method": randomness.choice(["POST", "PATCH", "PATCH", "DELETE", "*"]),
            "skip": randomness.randint(1, 6),
            "times": randomness.choice([1, 4, None]),
        }
        for _fault in range(randomness.randint(1, 3))
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_threads_break_no_promise(environment: Environment, seed: int) -> None:
    """Two tasks are disturbed. What each leaves is what the next one begins with."""
    randomness = random.Random(seed)
    history = Histories(environment)
    history.begin(first=[])
    for faults in ([], _faults(randomness), _faults(randomness), []):
        options: Json = {"api_tokens": _entries(randomness), "prune": randomness.random() < 0.3, "keep": None}
        history.run_many_in_threads(options, faults)
