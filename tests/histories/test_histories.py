# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random histories of runs, faults, clock jumps and other people's changes: none of them breaks a promise.

``LOSANT_SOAK_EXAMPLES=N`` makes it N random histories instead of a few that are always the same, in ``LOSANT_SOAK_SHARDS``
parts that pytest-xdist can run at the same time.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ansible_collections.losant.platform.tests.histories import promises
from ansible_collections.losant.platform.tests.histories.happenings import (
    BUSY,
    DECLARATIONS,
    DECLARED,
    DOUBLE_FAULT,
    JUMPS,
    LOST_CREATION,
    MEDDLINGS,
    ONE_FAULT,
    OUTAGE,
    SPOILT_FILES,
    STRANGERS,
    TROUBLES,
)
from ansible_collections.losant.platform.tests.histories.ledger import Ledger
from ansible_collections.losant.platform.tests.histories.world import Json, Run, Tokens, World

EXAMPLES = int(os.environ.get("LOSANT_SOAK_EXAMPLES", "0"))
SHARDS = int(os.environ.get("LOSANT_SOAK_SHARDS", "1")) if EXAMPLES else 1
STEPS = 12
UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
SHORT = settings(
    max_examples=60, stateful_step_count=STEPS, derandomize=True, deadline=None, suppress_health_check=UNHURRIED
)
SOAK = settings(
    max_examples=max(1, EXAMPLES // SHARDS),
    stateful_step_count=STEPS,
    deadline=None,
    print_blob=True,
    suppress_health_check=UNHURRIED,
    database=DirectoryBasedExampleDatabase(Path(__file__).resolve().parents[2] / ".cache" / "hypothesis"),
)


class Histories(RuleBasedStateMachine):
    """One history. Every rule is one thing that happens."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._ledger = Ledger()
        self._tokens: Tokens = {}
        self._last: dict[str, Json] = {}

    @initialize(first=st.lists(DECLARATIONS, max_size=2))
    def begin(self, first: list[Json]) -> None:
        """Nothing is there but what a few undisturbed runs make."""
        self._world.begin()
        for options in first:
            self.run(options)

    @rule(options=DECLARATIONS)
    def run(self, options: Json) -> None:
        """Somebody runs a task; if it succeeds, once more."""
        self._run_and_again(options, [])

    @rule(options=BUSY, troubles=ONE_FAULT)
    def run_with_a_fault(self, options: Json, troubles: list[Json]) -> None:
        self._run_and_again(options, troubles)

    @rule(options=BUSY, troubles=LOST_CREATION)
    def run_and_lose_a_creation(self, options: Json, troubles: list[Json]) -> None:
        self._run_and_again(options, troubles)

    @rule(options=BUSY, troubles=DOUBLE_FAULT)
    def run_with_two_faults(self, options: Json, troubles: list[Json]) -> None:
        self._run_and_again(options, troubles)

    @rule(options=BUSY, troubles=OUTAGE)
    def run_into_an_outage(self, options: Json, troubles: list[Json]) -> None:
        self._run_and_again(options, troubles)

    @precondition(lambda self: self._last)
    @rule(which=st.integers(min_value=0, max_value=1), troubles=st.just([]) | TROUBLES)
    def run_as_before(self, which: int, troubles: list[Json]) -> None:
        """A task runs as it did the last time."""
        names = sorted(self._last)
        self._run_and_again(self._last[names[which % len(names)]], troubles)

    @rule(options=DECLARATIONS, troubles=OUTAGE)
    def check_in_trouble(self, options: Json, troubles: list[Json]) -> None:
        self._run(options, troubles, check=True)

    @rule(options=DECLARATIONS)
    def check_and_run(self, options: Json) -> None:
        """A task runs in check mode, and then really."""
        preview = self._run(options, [], check=True)
        promises.check_preview(preview, self._run(options, []))

    @rule(span=JUMPS)
    def jump(self, span: timedelta) -> None:
        self._world.jump(span)

    @rule(wanted=STRANGERS)
    def somebody_creates(self, wanted: Json) -> None:
        fields = {"name": wanted["name"], "status": wanted["status"], "scope": ["devices.get"]}
        if wanted["days"] is not None:
            end = self._world.moment + timedelta(days=wanted["days"])
            born = self._world.moment - timedelta(days=20)
            fields |= {"expirationDate": end.isoformat(), "creationDate": born.isoformat()}
        self._world.sandbox.seed_token(**fields)
        self._tokens = self._world.tokens()

    @precondition(lambda self: self._tokens)
    @rule(which=st.integers(min_value=0, max_value=5), change=MEDDLINGS)
    def somebody_meddles(self, which: int, change: Json | None) -> None:
        token_id = list(self._tokens)[which % len(self._tokens)]
        method = "DELETE" if change is None else "PATCH"
        sandbox = self._world.sandbox
        sandbox.call(method, f"{sandbox.tokens_path}/{token_id}", json=change).raise_for_status()
        if change is not None and "name" in change:
            self._ledger.adopt(token_id)
        self._tokens = self._world.tokens()

    @rule(name=st.sampled_from(DECLARED), content=SPOILT_FILES)
    def somebody_spoils_a_file(self, name: str, content: str | None) -> None:
        file = self._world.token_file(name)
        if content is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(content, encoding="utf-8")

    def _run_and_again(self, options: Json, troubles: list[Json]) -> None:
        first = self._run(options, troubles)
        if not first.failed:
            # What was replaced because that was asked for meets the declaration now.
            lasting = "never" if options["recreate"] == "never" else "state_change"
            promises.check_again(first, self._run({**options, "recreate": lasting}, []))

    def _run(self, options: Json, troubles: list[Json], *, check: bool = False) -> Run:
        self._last[options["name"]] = options
        run = self._world.run(options, self._tokens, check=check, faults=troubles)
        promises.check_output(run)
        promises.check_strangers(run)
        promises.check_ambiguous(run)
        promises.check_failure(run)
        promises.check_success(run)
        self._ledger.note(run, self._world.held(run.name))
        promises.check_secrets(self._ledger, run.after, run.moment)
        promises.check_staged(self._ledger, run)
        if run.writes:
            promises.check_outage(run, self._ledger, self._world.changes(run.requests[0]["index"]))
        self._tokens = run.after
        return run


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_history_breaks_a_promise(world: World, shard: int) -> None:
    run_state_machine_as_test(partial(Histories, world), settings=SOAK if EXAMPLES else SHORT)  # type: ignore[arg-type]
