# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.differences import differences, split
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, NOW, token

EXISTING: dict[str, Any] = {"description": "d", "scope": ("a.get", "b.get"), "expiration_date": NOW + DAY}


@pytest.mark.parametrize(
    ("declared", "mutable", "create_only"),
    [
        ({}, {}, {}),
        (
            {"name": "y", "description": "e", "status": "inactive"},
            {"name": "y", "description": "e", "status": "inactive"},
            {},
        ),
        ({"description": ""}, {"description": ""}, {}),
        ({"scope": ("a.get",)}, {}, {"scope": ("a.get",)}),
        ({"scope": ("b.get", "a.get", "b.get")}, {}, {}),
        ({"expiration_date": NOW + DAY + timedelta(microseconds=999)}, {}, {}),
        ({"expiration_date": NOW}, {}, {"expiration_date": NOW}),
        ({"never_expires": True}, {}, {"expiration_date": None}),
        ({"expires_in": DAY, "rotate_before": DAY}, {}, {}),
    ],
    ids=str,
)
def test_what_differs_in_meaning(
    declared: dict[str, Any], mutable: dict[str, Any], create_only: dict[str, Any]
) -> None:
    assert split(Declaration(**declared), token(**EXISTING)) == (mutable, create_only)


def test_nothing_equals_an_empty_description() -> None:
    assert differences(Declaration(description=""), token(description=None)) == {}


def test_a_token_that_never_expires_does_not_differ_from_that_declaration() -> None:
    assert differences(Declaration(never_expires=True), token()) == {}
