# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays a scenario: one task, or its phases with a delivery in between."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.losant.platform.tests.faults.scenarios import Prepared
from ansible_collections.losant.platform.tests.support.entries import result_of
from ansible_collections.losant.platform.tests.support.running import Result, run_at
from losant_sandbox.client import Json


def play(prepared: Prepared, moment: datetime, directory: Path, **more: Any) -> list[Result]:
    """Run the tasks of a scenario, and return their results. The first that fails is the last."""
    scenario = prepared.scenario
    if not scenario.phases:
        return [run_at(scenario.module, {**prepared.options, **more}, moment, directory)]
    results: list[Result] = []
    for phase in scenario.phases:
        results.append(run_phase(prepared, phase, moment, directory, **more))
        if results[-1].get("failed"):
            break
    return results


def run_phase(prepared: Prepared, phase: str, moment: datetime, directory: Path, **more: Any) -> Result:
    """Run one phase. What ``prepare`` creates is delivered, unless the scenario aborts it, or the phase failed."""
    result = run_at(prepared.scenario.module, {**phase_options(prepared, phase), **more}, moment, directory)
    if phase == "prepare":
        for part in prepared.singles:
            _deliver(part, result_of(result, part.scenario.name), failed=bool(result.get("failed")))
    return result


def _deliver(part: Prepared, result: Result, *, failed: bool) -> None:
    if result.get("failed"):
        return
    part.store.prepared_id = result["prepared_id"]
    secret = part.scenario.kind.delivered_by(result)
    if secret is None or "commit" not in part.scenario.phases:
        return
    if failed:
        part.store.given.add(secret)
    else:
        part.store.put(secret)


def phase_options(prepared: Prepared, phase: str) -> Json:
    """The options of one phase. The store shows what it holds."""
    kind = prepared.scenario.kind
    kind_held = f"held_{kind.short}"
    if prepared.parts:
        parts = [_phase_options_of_one(part, phase) for part in prepared.parts]
        entries = [
            {**entry, kind_held: options[kind_held]}
            for entry, options in zip(prepared.options[kind.many], parts, strict=True)
        ]
        ids = {options["name"]: options["prepared_id"] for options in parts if "prepared_id" in options}
        return {**prepared.options, "phase": phase, kind.many: entries, "prepared_ids": ids}
    return _phase_options_of_one(prepared, phase)


def _phase_options_of_one(prepared: Prepared, phase: str) -> Json:
    given = {} if phase == "prepare" else {"prepared_id": prepared.store.prepared_id}
    kind, secret = prepared.scenario.kind, prepared.store.secret
    return {**prepared.options, "phase": phase, f"held_{kind.short}": kind.held(secret) if secret else "", **given}
