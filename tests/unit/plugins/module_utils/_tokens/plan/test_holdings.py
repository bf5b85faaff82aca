# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.file_state import FileState
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    Create,
    Deliver,
    FixFile,
    Plan,
    RemoveFile,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import id_of, token

WANTED = {"mode": "0600"}
WRONG = {"mode": "0644"}
HELD = FileState(True, id_of(1), False, WRONG, WANTED)


@pytest.mark.parametrize(
    ("state", "holds"),
    [
        (FileState(), False),
        (FileState(True), False),
        (FileState(True, id_of(1)), True),
        (FileState(True, id_of(2)), False),
        # What it tells counts more than that Losant accepts it.
        (FileState(True, id_of(2), accepted=True), False),
        (FileState(True, None, accepted=True), True),
    ],
)
def test_whose_secret_it_holds(state: FileState, holds: bool) -> None:
    assert state.holds(token(1)) is holds


def test_ids_are_compared_without_case() -> None:
    assert FileState(True, "abcdef" * 4).holds(token(id="ABCDEF" * 4))


@pytest.mark.parametrize(
    ("state", "right"),
    [(FileState(wanted=WANTED), True), (HELD, False), (FileState(True, attributes=WANTED, wanted=WANTED), True)],
)
def test_whether_the_attributes_are_right(state: FileState, right: bool) -> None:
    assert state.right_attributes is right


def test_after_a_plan() -> None:
    new = token(id="")
    assert HELD.after(Plan()) == HELD
    assert HELD.after(Plan((FixFile(),))) == FileState(True, id_of(1), False, WANTED, WANTED)
    assert not HELD.after(Plan((RemoveFile(),))).exists
    delivered = FileState(wanted=WANTED).after(Plan((Create({}, new), Deliver()), after=new))
    assert delivered.exists
    assert delivered.holds(new)
    assert delivered.attributes == WANTED


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (FileState(wanted=WANTED), {"holds": "nothing"}),
        (HELD, {"holds": "the secret", **WRONG}),
        (FileState(True, id_of(2), attributes=WRONG), {"holds": "something else", **WRONG}),
        (FileState(True), {"holds": "something else"}),
    ],
)
def test_a_side_of_a_diff(state: FileState, shown: dict[str, Any]) -> None:
    assert state.shown(token(1)) == shown


def test_a_side_of_a_diff_without_a_token() -> None:
    assert HELD.shown(None) == {"holds": "something else", **WRONG}
