# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random histories of runs, faults, clock jumps and other people's changes: none of them breaks a promise.

``LOSANT_SOAK_EXAMPLES=N`` plays N random histories instead of a few that are always the same, in ``LOSANT_SOAK_SHARDS``
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

from ansible_collections.losant.platform.tests.histories import checks
from ansible_collections.losant.platform.tests.histories.environment import Environment, Run
from ansible_collections.losant.platform.tests.histories.events import (
    BUSY,
    CHANGES,
    DECLARATIONS,
    DECLARED,
    DOUBLE_FAULT,
    FAULTS,
    FILE_CONTENTS,
    JUMPS,
    LOST_CREATION,
    ONE_FAULT,
    OTHER_TOKENS,
    OUTAGE,
)
from ansible_collections.losant.platform.tests.histories.ledger import Ledger
from ansible_collections.losant.platform.tests.support.tokens import Tokens
from losant_sandbox.client import Json

EXAMPLES = int(os.environ.get("LOSANT_SOAK_EXAMPLES", "0"))
SHARDS = int(os.environ.get("LOSANT_SOAK_SHARDS", "1")) if EXAMPLES else 1
STEPS = 12
WITHOUT_HASTE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
SHORT = settings(
    max_examples=60, stateful_step_count=STEPS, derandomize=True, deadline=None, suppress_health_check=WITHOUT_HASTE
)
SOAK = settings(
    max_examples=max(1, EXAMPLES // SHARDS),
    stateful_step_count=STEPS,
    deadline=None,
    print_blob=True,
    suppress_health_check=WITHOUT_HASTE,
    database=DirectoryBasedExampleDatabase(Path(__file__).resolve().parents[2] / ".cache" / "hypothesis"),
)


class Histories(RuleBasedStateMachine):
    """One history. Every rule is one thing that happens."""

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self._environment = environment
        self._ledger = Ledger()
        self._tokens: Tokens = {}
        self._last: dict[str, Json] = {}

    @initialize(first=st.lists(DECLARATIONS, max_size=2))
    def begin(self, first: list[Json]) -> None:
        """Nothing exists except what a few undisturbed runs create."""
        self._environment.begin()
        for options in first:
            self.run(options)

    @rule(options=DECLARATIONS)
    def run(self, options: Json) -> None:
        """Somebody runs a task; if it succeeds, again."""
        self._run_and_again(options, [])

    @rule(options=BUSY, faults=ONE_FAULT)
    def run_with_a_fault(self, options: Json, faults: list[Json]) -> None:
        self._run_and_again(options, faults)

    @rule(options=BUSY, faults=LOST_CREATION)
    def run_with_a_lost_creation(self, options: Json, faults: list[Json]) -> None:
        self._run_and_again(options, faults)

    @rule(options=BUSY, faults=DOUBLE_FAULT)
    def run_with_two_faults(self, options: Json, faults: list[Json]) -> None:
        self._run_and_again(options, faults)

    @rule(options=BUSY, faults=OUTAGE)
    def run_in_an_outage(self, options: Json, faults: list[Json]) -> None:
        self._run_and_again(options, faults)

    @precondition(lambda self: self._last)
    @rule(which=st.integers(min_value=0, max_value=1), faults=st.just([]) | FAULTS)
    def run_as_before(self, which: int, faults: list[Json]) -> None:
        """A task runs as it did the last time."""
        names = sorted(self._last)
        self._run_and_again(self._last[names[which % len(names)]], faults)

    @rule(options=DECLARATIONS, faults=OUTAGE)
    def check_in_an_outage(self, options: Json, faults: list[Json]) -> None:
        self._run(options, faults, check=True)

    @rule(options=DECLARATIONS)
    def check_and_run(self, options: Json) -> None:
        """A task runs in check mode, and then for real."""
        preview = self._run(options, [], check=True)
        checks.check_preview(preview, self._run(options, []))

    @rule(span=JUMPS)
    def jump(self, span: timedelta) -> None:
        self._environment.jump(span)

    @rule(wanted=OTHER_TOKENS)
    def somebody_creates(self, wanted: Json) -> None:
        fields = {"name": wanted["name"], "status": wanted["status"], "scope": ["devices.get"]}
        if wanted["days"] is not None:
            expires = self._environment.moment + timedelta(days=wanted["days"])
            created = self._environment.moment - timedelta(days=20)
            fields |= {"expirationDate": expires.isoformat(), "creationDate": created.isoformat()}
        self._environment.sandbox.seed_token(**fields)
        self._tokens = self._environment.tokens()

    @precondition(lambda self: self._tokens)
    @rule(which=st.integers(min_value=0, max_value=5), change=CHANGES)
    def somebody_changes(self, which: int, change: Json | None) -> None:
        token_id = list(self._tokens)[which % len(self._tokens)]
        method = "DELETE" if change is None else "PATCH"
        sandbox = self._environment.sandbox
        sandbox.call(method, f"{sandbox.tokens_path}/{token_id}", json=change).raise_for_status()
        if change is not None and "name" in change:
            self._ledger.adopt(token_id)
        self._tokens = self._environment.tokens()

    @rule(name=st.sampled_from(DECLARED), content=FILE_CONTENTS)
    def somebody_changes_a_file(self, name: str, content: str | None) -> None:
        file = self._environment.token_file(name)
        if content is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(content, encoding="utf-8")

    def _run_and_again(self, options: Json, faults: list[Json]) -> None:
        first = self._run(options, faults)
        if not first.failed:
            # What was replaced because of `always` meets the declaration now.
            lasting = "never" if options["recreate"] == "never" else "state_change"
            checks.check_again(first, self._run({**options, "recreate": lasting}, []))

    def _run(self, options: Json, faults: list[Json], *, check: bool = False) -> Run:
        self._last[options["name"]] = options
        run = self._environment.run(options, self._tokens, check=check, faults=faults)
        self._ledger.note(run, self._environment.held(run.name))
        checks.check_promises(run, self._ledger, self._environment.sandbox.access_token)
        checks.check_ambiguous(run)
        checks.check_failure(run)
        checks.check_success(run)
        checks.check_staged(self._ledger, run)
        if run.writes:
            checks.check_outage(run, self._ledger, self._environment.changes(run.requests[0]["index"]))
        self._tokens = run.after
        return run


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_history_breaks_a_promise(environment: Environment, shard: int) -> None:
    run_state_machine_as_test(partial(Histories, environment), settings=SOAK if EXAMPLES else SHORT)  # type: ignore[arg-type]
