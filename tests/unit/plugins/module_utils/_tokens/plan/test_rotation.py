# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import (
    NOT_DUE,
    Rotation,
    rotation_of,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, NOW, token

MILLISECOND = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("expires", "window", "expected"),
    [
        (None, None, NOT_DUE),
        (None, DAY, NOT_DUE),
        (None, timedelta.max, NOT_DUE),
        (NOW + DAY, None, NOT_DUE),
        (NOW + MILLISECOND, None, NOT_DUE),
        (NOW, None, Rotation(True, "expired", None)),
        (NOW - DAY, None, Rotation(True, "expired", None)),
        (NOW - DAY, DAY, Rotation(True, "expired", NOW - 2 * DAY)),
        (NOW + DAY + MILLISECOND, DAY, Rotation(False, None, NOW + MILLISECOND)),
        (NOW + DAY, DAY, Rotation(True, "expires_soon", NOW)),
        (NOW + MILLISECOND, timedelta(0), Rotation(False, None, NOW + MILLISECOND)),
        (NOW, timedelta(0), Rotation(True, "expired", NOW)),
    ],
)
def test_when_a_token_is_due(expires: datetime | None, window: timedelta | None, expected: Rotation) -> None:
    assert rotation_of(token(expiration_date=expires), window, NOW) == expected


def test_a_window_beyond_all_calendars_is_due_since_ever() -> None:
    there = token(expiration_date=NOW + 9999 * DAY)
    assert rotation_of(there, timedelta(days=999_999_999), NOW) == Rotation(True, "expires_soon", there.creation_date)


def test_as_modules_return_it() -> None:
    assert NOT_DUE.result() == {"due": False, "reason": None, "due_at": None}
    assert Rotation(True, "expired", NOW).result() == {
        "due": True,
        "reason": "expired",
        "due_at": "2026-11-24T08:00:00.000Z",
    }
