# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import FileState, Holding
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import id_of, token

WANTED = {"mode": "0600"}


@pytest.mark.parametrize(
    ("holding", "status", "is_of", "may_be_of"),
    [
        (Holding(), "active", False, False),
        (Holding(), "inactive", False, False),
        (Holding(id_of(1)), "active", True, True),
        (Holding(id_of(1)), "inactive", True, True),
        (Holding(id_of(2)), "active", False, False),
        (Holding(id_of(2)), "inactive", False, False),
        # What the secret says counts more than that Losant accepts it.
        (Holding(id_of(2), accepted=True), "active", False, False),
        (Holding(opaque=True, accepted=True), "active", True, True),
        (Holding(opaque=True), "active", False, False),
        # Losant accepts no secret of an inactive token, so it may be its own.
        (Holding(opaque=True), "inactive", False, True),
    ],
)
def test_whose_secret_a_place_holds(holding: Holding, status: str, is_of: bool, may_be_of: bool) -> None:
    existing = token(status=status)
    assert (holding.is_of(existing), holding.may_be_of(existing)) == (is_of, may_be_of)


def test_ids_are_compared_without_case() -> None:
    assert Holding("abcdef" * 4).is_of(token(id="ABCDEF" * 4))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"wanted": WANTED}, True),
        ({"exists": True, "attributes": {"mode": "0644"}, "wanted": WANTED}, False),
        ({"exists": True, "attributes": WANTED, "wanted": WANTED}, True),
    ],
    ids=["no file", "wrong", "right"],
)
def test_whether_the_attributes_are_as_wanted(state: dict[str, Any], expected: bool) -> None:
    assert FileState("/private/token", **state).has_wanted_attributes is expected
