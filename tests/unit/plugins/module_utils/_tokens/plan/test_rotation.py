# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import (
    NOT_DUE,
    SLACK,
    Rotation,
    exceeds_lifetime,
    rotation_of,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import DAY, MILLISECOND, NOW, token

LAST = datetime.max.replace(tzinfo=NOW.tzinfo)


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
def test_when_a_rotation_is_due(expires: datetime | None, window: timedelta | None, expected: Rotation) -> None:
    assert rotation_of(token(expiration_date=expires), window, NOW) == expected


def test_a_window_longer_than_the_calendar_is_due_from_the_start() -> None:
    existing = token(expiration_date=NOW + 9999 * DAY)
    expected = Rotation(True, "expires_soon", existing.creation_date)
    assert rotation_of(existing, timedelta(days=999_999_999), NOW) == expected


@pytest.mark.parametrize(
    ("expires", "lifetime", "expected"),
    [
        (None, None, False),
        (None, DAY, True),
        (None, timedelta.max, True),
        (NOW + 9 * DAY, None, False),
        (NOW + DAY + SLACK, DAY, False),
        (NOW + DAY + SLACK + MILLISECOND, DAY, True),
        (NOW - DAY, DAY, False),
        (LAST, timedelta.max, False),
    ],
)
def test_which_token_lives_longer_than_declared(
    expires: datetime | None, lifetime: timedelta | None, expected: bool
) -> None:
    assert exceeds_lifetime(token(expiration_date=expires), lifetime, NOW) is expected
