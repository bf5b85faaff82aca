# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of the guide "What happens when" say what the table of verdicts says."""

from __future__ import annotations

import re

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import Effect
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.verdicts import (
    Listed,
    Verdict,
    verdict_of,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Purpose
from ansible_collections.losant.platform.tests.unit.specs import ROOT

GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_failures.rst").read_text(encoding="utf-8")
ANYTHING_ELSE = (Listed.UNCHANGED, Listed.INVALID, Listed.UNREADABLE, Listed.NOT_READ)
EFFECTS = {
    "any, or none": tuple(Effect),
    "a refusal, or an error such as 500": (Effect.NONE, Effect.UNKNOWN),
    "none: the connection broke, or the time was up": (Effect.IN_FLIGHT,),
}
RETIREMENT = {
    "the old token is retired": Listed.APPLIED,
    "the old token no longer exists": Listed.MISSING,
    "the old token, still valid": Listed.UNCHANGED,
    "the old token, expired or inactive": Listed.INVALID,
    "nothing: it cannot be read": Listed.UNREADABLE,
}


def table_after(heading: str) -> list[list[str]]:
    """The rows of the first table after a heading, without its head."""
    section = GUIDE.split(f"\n{heading}\n")[1]
    table = re.search(r"\.\. list-table::\n(?:   .*\n|\n)+", section)
    assert table is not None
    rows = [row.split("\n     - ") for row in table[0].split("\n   * - ")[1:]]
    return [[cell.strip() for cell in row] for row in rows[1:]]


CHANGES = table_after("What if a change or a deletion fails?")
RETIREMENTS = table_after("What if the old token cannot be retired?")


def test_every_verdict_is_explained() -> None:
    assert [verdict.value for verdict in Verdict if f"\n{verdict.value}\n  " not in GUIDE] == []


def test_every_purpose_has_its_row() -> None:
    """The retirement has a table of its own, and sentences say what becomes of a rollback."""
    purposes = {Purpose(re.findall("``(.+)``", row[0])[0]) for row in CHANGES}
    assert purposes == {*Purpose} - {Purpose.RETIRE, Purpose.ROLL_BACK, Purpose.RESTORE_NAME}


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: row[0])
def test_a_change_ends_as_the_guide_says(row: list[str]) -> None:
    [purpose] = map(Purpose, re.findall("``(.+)``", row[0]))
    # A deleted token that does not exist any more is the change itself.
    missing = Listed.APPLIED if purpose is Purpose.REMOVE else Listed.MISSING
    for effect in Effect:
        found = [verdict_of(purpose, effect, listed).value for listed in (Listed.APPLIED, missing)]
        rest = {verdict_of(purpose, effect, listed).value for listed in ANYTHING_ELSE}
        assert [*found, *rest] == row[1:]


@pytest.mark.parametrize("row", RETIREMENTS, ids=lambda row: f"{row[0]}, {row[1]}")
def test_a_retirement_ends_as_the_guide_says(row: list[str]) -> None:
    response, shows, verdict = row
    assert {verdict_of(Purpose.RETIRE, effect, RETIREMENT[shows]).value for effect in EFFECTS[response]} == {verdict}


def test_every_end_of_a_retirement_is_in_the_guide() -> None:
    covered = {(effect, RETIREMENT[shows]) for response, shows, _verdict in RETIREMENTS for effect in EFFECTS[response]}
    assert covered == {(effect, listed) for effect in Effect for listed in RETIREMENT.values()}
