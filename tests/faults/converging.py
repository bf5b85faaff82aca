# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What undisturbed runs do after a disturbed one: they reach the declared state, and then change nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ansible_collections.losant.platform.tests.faults.checks import undeclared, unheld
from ansible_collections.losant.platform.tests.faults.observation import Observation, look
from ansible_collections.losant.platform.tests.faults.playing import play, run_phase
from ansible_collections.losant.platform.tests.faults.recording import picture_of, recording_of
from ansible_collections.losant.platform.tests.faults.scenarios import LATER, Prepared
from ansible_collections.losant.platform.tests.support.running import Result, run_at
from ansible_collections.losant.platform.tests.support.times import START
from ansible_collections.losant.platform.tests.support.tokens import is_expired, is_pending
from losant_sandbox.client import Json, Sandbox


def broken_in_the_end(sandbox: Sandbox, first: Observation, directory: Path) -> list[str]:
    """Run again, once more, and an hour later, and return what is broken then. ``first``: after the disturbed run."""
    prepared = first.prepared
    if prepared.scenario.reads:
        return list(_read_otherwise(prepared, directory))
    if prepared.scenario.phases:
        return list(_phases_in_the_end(sandbox, first, directory))
    if any(map(_advised, first.singles)):
        # Not everybody follows what an error says.
        unadvised = look(sandbox, prepared, play(prepared, START, directory), first)
        pairs = [pair for pair in zip(first.singles, unadvised.singles, strict=True) if _advised(pair[0])]
        broken = [problem for pair in pairs for problem in _unserved(*pair)]
        if broken or any(one.tokens != other.tokens for one, other in pairs):
            return broken
        _take_advice(sandbox, first, directory)
    second = look(sandbox, prepared, play(prepared, START, directory), first)
    if second.failed:
        return [f"the next run fails: {second.shown}"]
    broken = list(_not_in_force(second))
    third = look(sandbox, prepared, play(prepared, START, directory), second)
    if third.failed or (third.result or {}).get("changed") is not False:
        broken.append(f"a further run does not find everything done: {third.shown}")
    later = sandbox.clock(advance=LATER.total_seconds())
    last = look(sandbox, prepared, play(prepared, START + LATER, directory), third)
    if last.failed:
        return [*broken, f"the run an hour later fails ({later}): {last.shown}"]
    return [*broken, *_not_in_force(last), *_leftovers(last, first)]


def _not_in_force(seen: Observation) -> Iterator[str]:
    for single in seen.singles:
        yield from [*undeclared(single), *unheld(single)]


def _phases_in_the_end(sandbox: Sandbox, first: Observation, directory: Path) -> Iterator[str]:
    """Do what the error says. An hour later, a play that commits leads to what is declared, whatever happened before.

    Until then, a token that the disturbed play left pending can be in the way of a new one.
    """
    prepared = first.prepared
    if first.failed and len(first.results) == len(prepared.scenario.phases):
        again = run_phase(prepared, prepared.scenario.phases[-1], START, directory)
        if again.get("failed"):
            yield f"the phase that failed fails again: {again['msg']}"
    elif first.failed or first.crashed:
        before = look(sandbox, prepared, [], first)
        yield from _prepared_wrongly(
            before, look(sandbox, prepared, [run_phase(prepared, "prepare", START, directory)])
        )
    sandbox.clock(advance=LATER.total_seconds())
    committing = replace(prepared, scenario=replace(prepared.scenario, phases=("prepare", "commit")))
    for number in range(2):
        last = look(sandbox, committing, play(committing, START + LATER, directory), first)
        if last.failed:
            yield f"the play an hour later fails: {last.shown}"
        if number and any(result["changed"] for result in last.results):
            yield f"a further play does not find everything done: {last.shown}"
    yield from _not_in_force(last)
    for single in last.singles:
        if not single.prepared.scenario.absent:
            yield from _not_in_store(single)


def _prepared_wrongly(before: Observation, again: Observation) -> Iterator[str]:
    """A further prepare succeeds, or is refused because of a pending token, and then writes nothing for that one."""
    for was, now in zip(before.singles, again.singles, strict=True):
        refused = now.failed and (now.result or {})["failure"]["kind"] == "conflict"
        if now.failed and not (refused and now.tokens == was.tokens):
            yield f"the next run fails: {now.shown}"


def _not_in_store(last: Observation) -> Iterator[str]:
    stored = [token_id for token_id, secret in last.secrets.items() if secret == last.prepared.store.secret]
    if stored != [token["id"] for token in last.current()]:
        yield "the store holds another secret than that of the token"
    others = [token["name"] for token in last.related() if token["status"] == "active"]
    if others != [last.declared]:
        yield f"an hour later these tokens exist: {others}"


def _unserved(first: Observation, second: Observation) -> Iterator[str]:
    """Who had a secret of a usable token before a run has one after it."""
    if first.served() and not second.served() and not first.prepared.scenario.absent:
        yield f"the next run, in which nothing fails, leaves nobody with a usable token: {second.shown}"


def _take_advice(sandbox: Sandbox, first: Observation, directory: Path) -> None:
    """Do what the error or the warning says: delete what it names, if that has the declared name."""
    for token in [token for single in first.singles for token in _advised(single)]:
        _delete(first.prepared, token, directory)


def _advised(first: Observation) -> list[Json]:
    if first.failed:
        return [token for token in first.orphans() if not is_pending(token)]
    old = first.old()
    # Created directly, a new token can exist beside the old one, under the same name.
    apart = "cannot distinguish them" in first.shown and old is not None and not first.prepared.mode.staged
    return [old] if apart and old in first.current() else []


def _delete(prepared: Prepared, token: Json, directory: Path) -> None:
    connection = {
        name: value
        for name, value in prepared.options.items()
        if name in ("access_token", "api_url", "application_id", "timeout")
    }
    name = prepared.scenario.kind.name
    result: Result = run_at(name, {**connection, f"{name}_id": token["id"], "state": "absent"}, START, directory)
    if result.get("failed"):
        raise AssertionError(f"the advice cannot be followed: {result['msg']}")


def _read_otherwise(prepared: Prepared, directory: Path) -> Iterator[str]:
    result = run_at(prepared.scenario.module, prepared.options, START, directory)
    many = prepared.scenario.kind.many
    names = [token["name"] for token in result.get(many, [])]
    expected = [token["name"] for token in recording_of(prepared.scenario, prepared.mode).result[many]]
    if names != expected:
        yield f"the next run reads {names}, not {expected}"


def _leftovers(seen: Observation, first: Observation) -> Iterator[str]:
    """An hour later the same tokens exist as after an undisturbed run, and nothing else.

    An expired token that a run could not delete stays, as documented, until the next one is created.
    """
    shown = first.crashed or any(
        "deleted when the next one" in text for text in (first.result or {}).get("warnings", [])
    )
    tokens = [token for token in seen.tokens if not (shown and is_expired(token, START))]
    existing = picture_of(tokens)
    expected = recording_of(seen.prepared.scenario, seen.prepared.mode).picture
    if existing != expected:
        yield f"an hour later {dict(existing - expected)} should not exist, and {dict(expected - existing)} is missing"
