# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Histories that once broke a promise."""

from __future__ import annotations

from ansible_collections.losant.platform.tests.histories.test_histories import Histories
from ansible_collections.losant.platform.tests.histories.world import Json, World

REPLACING: Json = {
    "name": "alpha",
    "scope": ["devices.get"],
    "recreate": "always",
    "superseded": "deactivate",
    "staged": "auto",
    "state": "present",
    "status": None,
    "to_file": False,
}


def test_no_outage_when_nobody_knows_whether_the_old_token_is_inactive(world: World) -> None:
    """The deactivation was done, its answer lost, and nothing but a deletion works any more."""
    world.begin()
    first = world.run(REPLACING, {})
    (old,) = first.made
    lost: Json = {"kind": "reset_after", "method": "PATCH", "skip": 2, "times": 2}
    broken = [{"kind": "status", "method": method, "skip": 2, "times": None} for method in ("PATCH", "GET")]
    second = world.run(REPLACING, first.after, faults=[lost, *broken])
    (new,) = second.made
    assert second.after[new]["status"] == "active"
    assert new in second.result["api_token"]["id"]
    (warning,) = second.warnings
    assert old in warning
    assert new in warning


def test_what_a_file_holds_is_judged_by_what_the_token_will_be(world: World) -> None:
    """Of an inactive token Losant takes no secret, so anything can be its own; but the task makes it active."""
    history = Histories(world)
    declared = {**REPLACING, "recreate": "state_change", "status": "active", "to_file": True, "return_token": False}
    history.begin(first=[declared])
    history.somebody_meddles(change={"status": "inactive"}, which=0)
    history.somebody_spoils_a_file(content="garbage", name=declared["name"])
    history.run(options=declared)


def test_no_moment_without_a_working_token_in_an_outage(world: World) -> None:
    """From the deactivation on every request is carried out, and no answer says so."""
    history = Histories(world)
    history.begin(first=[REPLACING])
    history.run_into_an_outage(
        options=REPLACING, troubles=[{"kind": "empty", "when": "after", "method": "*", "skip": 5, "times": None}]
    )
