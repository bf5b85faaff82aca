# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Histories that once broke a promise."""

from __future__ import annotations

from ansible_collections.losant.platform.tests.histories.environment import Environment
from ansible_collections.losant.platform.tests.histories.test_histories import Histories
from losant_sandbox.client import Json

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


def test_no_outage_when_nobody_knows_whether_the_old_token_is_inactive(environment: Environment) -> None:
    """The deactivation was done, its response lost, and only a deletion works from then on."""
    environment.begin()
    first = environment.run(REPLACING, {})
    (old,) = first.created
    lost: Json = {"kind": "reset_after", "method": "PATCH", "skip": 2, "times": 2}
    broken = [{"kind": "status", "method": method, "skip": 2, "times": None} for method in ("PATCH", "GET")]
    second = environment.run(REPLACING, first.after, faults=[lost, *broken])
    (new,) = second.created
    assert second.after[new]["status"] == "active"
    assert new in second.result["api_token"]["id"]
    (warning,) = second.warnings
    assert old in warning
    assert new in warning


def test_a_file_is_compared_with_the_token_as_it_will_be(environment: Environment) -> None:
    """Losant accepts no secret of an inactive token, so any content can be it; but the task activates the token."""
    history = Histories(environment)
    declared = {**REPLACING, "recreate": "state_change", "status": "active", "to_file": True, "return_token": False}
    history.begin(first=[declared])
    history.somebody_changes(change={"status": "inactive"}, which=0)
    history.somebody_changes_a_file(content="garbage", name=declared["name"])
    history.run(options=declared)


def test_no_moment_without_a_working_token_in_an_outage(environment: Environment) -> None:
    """From the deactivation on every request is carried out, and no response says so."""
    history = Histories(environment)
    history.begin(first=[REPLACING])
    history.run_in_an_outage(
        options=REPLACING, faults=[{"kind": "empty", "when": "after", "method": "*", "skip": 5, "times": None}]
    )
