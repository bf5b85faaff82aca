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
    BETWEEN,
    BUSY,
    CHANGES,
    DECLARATIONS,
    DECLARED,
    DOUBLE_FAULT,
    FAULTS,
    FILE_CONTENTS,
    INTERRUPTIONS,
    JUMPS,
    LOST_CREATION,
    MANY,
    ONE_FAULT,
    OTHER_TOKENS,
    OUTAGE,
    REDECLARED,
)
from ansible_collections.losant.platform.tests.histories.ledger import Ledger
from ansible_collections.losant.platform.tests.support.tokens import Tokens, base_name, is_pending
from losant_sandbox.client import Json

EXAMPLES = int(os.environ.get("LOSANT_SOAK_EXAMPLES", "0"))
SHARDS = int(os.environ.get("LOSANT_SOAK_SHARDS", "1")) if EXAMPLES else 1
STEPS = 12
WITHOUT_HASTE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
SHORT = settings(
    phases=[__import__("hypothesis").Phase.explicit, __import__("hypothesis").Phase.generate],
    max_examples=60,
    stateful_step_count=STEPS,
    derandomize=True,
    deadline=None,
    suppress_health_check=WITHOUT_HASTE,
)
SOAK = settings(
    max_examples=max(1, EXAMPLES // SHARDS),
    stateful_step_count=STEPS,
    deadline=None,
    print_blob=True,
    suppress_health_check=WITHOUT_HASTE,
    database=DirectoryBasedExampleDatabase(Path(__file__).resolve().parents[2] / ".cache" / "hypothesis"),
)


#: Options that the entries of a task have in common.
_OF_A_PHASE = ("phase", "prepared_id")


class Histories(RuleBasedStateMachine):
    """One history. Every rule is one thing that happens."""

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self._environment = environment
        self._ledger = Ledger()
        self._tokens: Tokens = {}
        self._last: dict[str, Json] = {}
        #: What was declared when a token was prepared, and its id, by name.
        self._prepared: dict[str, Json] = {}
        #: The secrets that were delivered between two phases, by name.
        self._stores: dict[str, str] = {}

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

    @rule(options=BUSY | DECLARATIONS, faults=st.just([]) | FAULTS, compares=st.booleans())
    def prepare(self, options: Json, faults: list[Json], compares: bool) -> None:
        """The play can end after it, or go on whenever it is."""
        self._prepare(options, faults, compares=compares)

    @rule(
        options=BUSY,
        compares=st.booleans(),
        between=BETWEEN,
        last=st.sampled_from(["commit", "commit", "abort", "nothing"]),
        faults=st.just([]) | FAULTS,
    )
    def play_two_phases(
        self, options: Json, compares: bool, between: str | Json | None, last: str, faults: list[Json]
    ) -> None:
        """A token is prepared, something happens, and then it is committed or aborted."""
        self._prepare({**options, "state": "present", "staged": "auto"}, [], compares=compares)
        prepared = self._prepared.get(options["name"])
        if prepared is None:
            return
        self._happens(between, prepared)
        if last == "commit":
            self._commit(prepared, faults)
        elif last == "abort":
            self._abort(prepared, faults)

    @precondition(lambda self: self._prepared)
    @rule(which=st.integers(min_value=0, max_value=1), redeclared=REDECLARED, faults=st.just([]) | FAULTS)
    def commit(self, which: int, redeclared: Json, faults: list[Json]) -> None:
        """Whatever happened to the prepared token in between; perhaps it was committed before."""
        self._commit({**self._any_prepared(which), **redeclared}, faults)

    @rule(options=DECLARATIONS, faults=st.just([]) | FAULTS)
    def commit_what_was_not_prepared(self, options: Json, faults: list[Json]) -> None:
        self._commit(_in_phase(options, "commit"), faults)

    @precondition(lambda self: self._prepared)
    @rule(which=st.integers(min_value=0, max_value=1), faults=st.just([]) | FAULTS)
    def abort(self, which: int, faults: list[Json]) -> None:
        self._abort(self._any_prepared(which), faults)

    @rule(options=MANY)
    def run_many(self, options: Json) -> None:
        """Somebody runs a task for many tokens; if it succeeds, again. Threads make no difference to what is done."""
        self.run_many_in_threads(options, [])

    def run_many_in_threads(self, options: Json, faults: list[Json]) -> None:
        """No rule takes faults here: which request they hit, and so what the history is, would be different each time."""
        self._run_many_and_again({**options, "concurrency": 4}, faults)

    @rule(options=MANY, faults=FAULTS)
    def run_many_with_faults(self, options: Json, faults: list[Json]) -> None:
        self._run_many_and_again(options, faults)

    @rule(options=MANY, interrupted_at=INTERRUPTIONS, faults=st.just([]) | FAULTS)
    def interrupt_many(self, options: Json, interrupted_at: int, faults: list[Json]) -> None:
        self._run_many(options, faults, interrupted_at=interrupted_at)

    @rule(options=MANY)
    def check_and_run_many(self, options: Json) -> None:
        preview, _parts = self._run_many(options, [], check=True)
        checks.check_many_predicted(preview, self._run_many(options, [])[0])

    @rule(
        options=MANY,
        between=BETWEEN,
        last=st.sampled_from(["commit", "commit", "abort", "nothing"]),
        faults=st.just([]) | FAULTS,
        later=st.just([]) | FAULTS,
    )
    def play_two_phases_of_many(
        self, options: Json, between: str | Json | None, last: str, faults: list[Json], later: list[Json]
    ) -> None:
        """Tokens are prepared, something happens to one of them, and those that were prepared are committed or aborted."""
        entries = [{**_without_file(entry), "staged": "auto"} for entry in options["api_tokens"]]
        _whole, parts = self._run_many({**options, "api_tokens": entries, "phase": "prepare"}, faults)
        for part in parts:
            checks.check_prepare(part)
            self._keep_prepared(part)
        prepared = [part for part in parts if not part.failed]
        if not prepared or last == "nothing":
            return
        if prepared[0].created:
            self._happens(between, self._prepared[prepared[0].name])
        self._end_many(options, prepared, last, later)

    def _end_many(self, options: Json, prepared: list[Run], phase: str, faults: list[Json]) -> None:
        entries = [{key: value for key, value in part.options.items() if key not in _OF_A_PHASE} for part in prepared]
        ids = {part.name: part.result["prepared_id"] for part in prepared}
        options = {**options, "api_tokens": entries, "phase": phase, "prepared_ids": ids}
        whole, parts = self._run_many(options, faults)
        check = checks.check_commit if phase == "commit" else checks.check_abort
        for part in parts:
            check(part)
        if not whole.failed:
            for part, again in zip(parts, self._run_many(options, [])[1], strict=True):
                check(again)
                checks.check_again(part, again)

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
        self._environment.seed(fields)
        self._tokens = self._environment.tokens()

    @precondition(lambda self: self._tokens)
    @rule(which=st.integers(min_value=0, max_value=5), change=CHANGES)
    def somebody_changes(self, which: int, change: Json | None) -> None:
        self._change(list(self._tokens)[which % len(self._tokens)], change)

    def _change(self, token_id: str, change: Json | None) -> None:
        method = "DELETE" if change is None else "PATCH"
        path = f"{self._environment.path}/{token_id}"
        self._environment.sandbox.call(method, path, json=change).raise_for_status()
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
            checks.check_again(first, self._run({**options, "recreate": _lasting(options)}, []))

    def ends_in_peace(self, options: Json) -> None:
        """Once all that is pending is an hour old, a play of two phases does what a whole task would, and leaves nothing."""
        options = {**options, "state": "present", "staged": "auto"}
        self._prepare(options, [], compares=False)
        prepared = self._prepared.get(options["name"])
        if prepared is None:
            return
        self._commit(prepared, [])
        named = self._tokens.get(prepared["prepared_id"])
        if named is not None and named["name"] == options["name"]:
            related = [token for token in self._tokens.values() if base_name(token) == options["name"]]
            assert not any(map(is_pending, related)), related

    def _happens(self, between: str | Json | None, prepared: Json) -> None:
        """What happens between two phases."""
        if between == "an hour":
            self._environment.jump(timedelta(minutes=61))
        elif between == "a run":
            self._run({**prepared, "phase": "all", "prepared_id": None}, [])
        elif between == "another prepare":
            self._prepare({**prepared, "prepared_id": None}, [], compares=False)
        elif not isinstance(between, str) and prepared["prepared_id"] in self._tokens:
            self._change(prepared["prepared_id"], between)

    def _any_prepared(self, which: int) -> Json:
        return list(self._prepared.values())[which % len(self._prepared)]

    def _prepare(self, options: Json, faults: list[Json], *, compares: bool) -> None:
        options = _in_phase(options, "prepare")
        name = options["name"]
        held = self._stores.get(name) if compares else None
        preview = self._run({**options, "held_token": held}, [], check=True)
        run = self._run({**options, "held_token": held}, faults)
        if not run.disturbed:
            checks.check_preview(preview, run)
        checks.check_prepare(run)
        self._keep_prepared(run)

    def _keep_prepared(self, run: Run) -> None:
        if run.created and not run.failed:
            self._stores[run.name] = run.result["token"]
            self._prepared[run.name] = {**run.options, "phase": "commit", "prepared_id": run.result["prepared_id"]}

    def _abort(self, options: Json, faults: list[Json]) -> None:
        options = {**options, "phase": "abort"}
        run = self._run(options, faults)
        checks.check_abort(run)
        if not run.failed:
            checks.check_again(run, self._run(options, []))

    def _commit(self, options: Json, faults: list[Json]) -> None:
        run = self._run(options, faults)
        checks.check_commit(run)
        if not run.failed:
            again = self._run(options, [])
            checks.check_commit(again)
            checks.check_again(run, again)

    def _run(self, options: Json, faults: list[Json], *, check: bool = False) -> Run:
        if "phase" not in options:
            self._last[options["name"]] = options
        run = self._environment.run(options, self._tokens, check=check, faults=faults)
        self._tokens = run.after
        self._check(run)
        return run

    def _run_many_and_again(self, options: Json, faults: list[Json]) -> None:
        whole, parts = self._run_many(options, faults)
        if not whole.failed:
            entries = [{**entry, "recreate": _lasting(entry)} for entry in options["api_tokens"]]
            again = self._run_many({**options, "api_tokens": entries}, [])
            for part, part_again in zip(parts, again[1], strict=True):
                checks.check_again(part, part_again)

    def _run_many(
        self, options: Json, faults: list[Json], *, check: bool = False, interrupted_at: int | None = None
    ) -> tuple[Run, list[Run]]:
        options = {"concurrency": 1, "phase": "all", **options}
        whole, parts = self._environment.run_many(
            options, self._tokens, check=check, faults=faults, interrupted_at=interrupted_at
        )
        self._tokens = whole.after
        for part in parts:
            self._check(part)
        checks.check_many(whole, parts, self._environment.sandbox.access_token)
        return whole, parts

    def _check(self, run: Run) -> None:
        self._ledger.note(run, self._environment.held(run.name))
        checks.check_promises(run, self._ledger, self._environment.sandbox.access_token)
        checks.check_ambiguous(run)
        checks.check_failure(run)
        checks.check_success(run)
        checks.check_staged(self._ledger, run)
        if run.writes:
            checks.check_outage(run, self._ledger, self._environment.changes(run.requests[0]["index"]))


def _lasting(options: Json) -> str:
    """What to recreate in a second run: what was replaced because of ``always`` meets the declaration now."""
    return "never" if options["recreate"] == "never" else "state_change"


def _in_phase(options: Json, phase: str) -> Json:
    """A declaration in a phase, which has no token file."""
    return {**_without_file(options), "phase": phase}


def _without_file(options: Json) -> Json:
    kept = {option: value for option, value in options.items() if option != "return_token"}
    return {**kept, "to_file": False}


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_history_breaks_a_promise(environment: Environment, shard: int) -> None:
    run_state_machine_as_test(partial(Histories, environment), settings=SOAK if EXAMPLES else SHORT)  # type: ignore[arg-type]


#: The engine is the same, so fewer will do.
_FEWER = settings(SHORT, max_examples=20)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_history_of_access_keys_breaks_a_promise(key_environment: Environment, shard: int) -> None:
    run_state_machine_as_test(partial(Histories, key_environment), settings=SOAK if EXAMPLES else _FEWER)  # type: ignore[arg-type]
