# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy after a failed write, cell by cell."""

from __future__ import annotations

import itertools
import re

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import Effect
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.verdicts import (
    Listed,
    Verdict,
    reads_list,
    verdict_of,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Purpose

#: Each cell, written down independently of the code. Columns: what the list shows after the write failed. Two spaces or
#: more separate them.
TABLE = """
purpose                effect     applied  missing    unchanged  invalid    unreadable  not read

update                 none       done     fail       fail       fail       fail        fail
update                 unknown    done     fail       fail       fail       fail        fail
update                 in flight  done     fail       fail       fail       fail        fail

remove                 none       done     fail       fail       fail       fail        fail
remove                 unknown    done     fail       fail       fail       fail        fail
remove                 in flight  done     fail       fail       fail       fail        fail

restore the name       none       done     fail       fail       fail       fail        fail
restore the name       unknown    done     fail       fail       fail       fail        fail
restore the name       in flight  done     fail       fail       fail       fail        fail

name                   none       done     roll back  roll back  roll back  roll back   roll back
name                   unknown    done     roll back  roll back  roll back  roll back   roll back
name                   in flight  done     roll back  roll back  roll back  roll back   roll back

free the name          none       done     gone       roll back  roll back  roll back   roll back
free the name          unknown    done     gone       roll back  roll back  roll back   roll back
free the name          in flight  done     gone       roll back  roll back  roll back   roll back

retire                 none       done     gone       roll back  keep both  keep both   keep both
retire                 unknown    done     gone       roll back  keep both  keep both   keep both
retire                 in flight  done     gone       keep both  keep both  keep both   keep both

retire after delivery  none       done     gone       keep both  keep both  keep both   keep both
retire after delivery  unknown    done     gone       keep both  keep both  keep both   keep both
retire after delivery  in flight  done     gone       keep both  keep both  keep both   keep both

clean up               none       done     gone       later      later      later       later
clean up               unknown    done     gone       later      later      later       later
clean up               in flight  done     gone       later      later      later       later

roll back              none       done     keep both  keep both  keep both  keep both   keep both
roll back              unknown    done     roll back  keep both  keep both  roll back   keep both
roll back              in flight  done     roll back  roll back  roll back  roll back   roll back
"""

Cell = tuple[Purpose, Effect, Listed]
ALL_CELLS: list[Cell] = [*itertools.product(Purpose, Effect, Listed)]
EFFECTS = {effect.name.replace("_", " ").lower(): effect for effect in Effect}
VERDICTS = {**{verdict.value: verdict for verdict in Verdict}, "later": Verdict.LATER}
#: What the docstring says that the list shows.
SHOWN = {
    "the change applied": {Listed.APPLIED},
    "no such token": {Listed.MISSING},
    "the old token, still valid": {Listed.UNCHANGED},
    "the new token": {Listed.UNCHANGED, Listed.INVALID, Listed.NOT_READ},
    "anything else": set(Listed),
}


def cells_of_table() -> dict[Cell, Verdict]:
    head, *rows = [re.split(r"  +", line) for line in TABLE.splitlines() if line]
    return {
        (Purpose(purpose), EFFECTS[effect], Listed(listed)): VERDICTS[verdict]
        for purpose, effect, *verdicts in rows
        for listed, verdict in zip(head[2:], verdicts, strict=True)
    }


def rows_of_docstring() -> list[tuple[set[Purpose], set[Effect], set[Listed], Verdict]]:
    lines = [line.strip() for line in (verdict_of.__doc__ or "").splitlines()]
    first, second, last = [number for number, line in enumerate(lines) if line.startswith("====")]
    widths = [match.span() for match in re.finditer("=+", lines[first])]
    head, *rows = [
        [line[start:end].strip() for start, end in [*widths[:-1], (widths[-1][0], len(line))]]
        for line in (lines[first + 1], *lines[second + 1 : last])
    ]
    assert head == ["purpose", "effect", "the list shows", "verdict"]
    return [
        (
            set(Purpose) if purpose == "any" else {Purpose(purpose)},
            set(Effect) if effects == "any" else {EFFECTS[effect] for effect in effects.split(", ")},
            SHOWN[shown],
            Verdict(verdict),
        )
        for purpose, effects, shown, verdict in rows
    ]


CELLS = cells_of_table()


def test_the_table_here_has_every_cell() -> None:
    assert sorted(CELLS, key=ALL_CELLS.index) == ALL_CELLS


@pytest.mark.parametrize(
    ("purpose", "effect", "listed"),
    ALL_CELLS,
    ids=[f"{purpose.value}, {effect.name.lower()}, {listed.value}" for purpose, effect, listed in ALL_CELLS],
)
def test_the_verdict_of_each_cell(purpose: Purpose, effect: Effect, listed: Listed) -> None:
    assert verdict_of(purpose, effect, listed) is CELLS[purpose, effect, listed]


def test_the_docstring_says_what_the_function_does() -> None:
    rows = rows_of_docstring()
    for purpose, effect, listed in ALL_CELLS:
        verdict = next(
            verdict
            for purposes, effects, shown, verdict in rows
            if purpose in purposes and effect in effects and listed in shown
        )
        assert verdict is verdict_of(purpose, effect, listed), (purpose, effect, listed)


def test_each_row_of_the_docstring_decides_a_cell() -> None:
    deciding = [
        next(
            number
            for number, (purposes, effects, shown, _verdict) in enumerate(rows_of_docstring())
            if purpose in purposes and effect in effects and listed in shown
        )
        for purpose, effect, listed in ALL_CELLS
    ]
    assert set(deciding) == set(range(len(rows_of_docstring())))


@pytest.mark.parametrize("purpose", Purpose, ids=lambda purpose: purpose.value)
def test_only_a_refusal_needs_no_look_at_the_list(purpose: Purpose) -> None:
    assert reads_list(purpose, Effect.UNKNOWN)
    assert reads_list(purpose, Effect.IN_FLIGHT)
    # Before the new token is deleted again, it has to be known that the old one is valid.
    assert reads_list(purpose, Effect.NONE) is (purpose is Purpose.RETIRE)
