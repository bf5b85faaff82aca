# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import random
import secrets
import time
import typing as t
from dataclasses import dataclass
from datetime import datetime, timezone


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def _nonce() -> str:
    return secrets.token_hex(8)


def _never() -> bool:
    return False


@dataclass(frozen=True)
class System:
    """What the collection takes from the machine it runs on. A test passes its own.

    ``now``: the machine's clock, in UTC; ``monotonic``: seconds of a clock that nobody sets; ``sleep``: wait for some
    seconds; ``random``: a number from 0 to 1; ``nonce``: 16 hexadecimal characters that nobody else has;
    ``interrupted``: whether the task was asked to stop, so that nothing is tried again.
    """

    now: t.Callable[[], datetime] = _utc_now
    monotonic: t.Callable[[], float] = time.monotonic
    sleep: t.Callable[[float], None] = time.sleep
    random: t.Callable[[], float] = random.random
    nonce: t.Callable[[], str] = _nonce
    interrupted: t.Callable[[], bool] = _never


#: The machine as it is.
MACHINE = System()
