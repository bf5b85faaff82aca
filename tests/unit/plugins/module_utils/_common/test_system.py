# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.system import MACHINE, System


def test_the_machine_has_a_clock_in_utc() -> None:
    now = MACHINE.now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_the_clock_that_nobody_sets_does_not_go_back() -> None:
    first = MACHINE.monotonic()
    assert MACHINE.monotonic() >= first


def test_a_random_number_is_a_share_of_one() -> None:
    assert all(0 <= MACHINE.random() < 1 for _number in range(10))


def test_each_nonce_is_new() -> None:
    nonces = [MACHINE.nonce() for _number in range(10)]
    assert all(re.fullmatch("[0-9a-f]{16}", nonce) for nonce in nonces)
    assert len(set(nonces)) == 10


def test_nobody_interrupts_unless_a_system_says_so() -> None:
    MACHINE.sleep(0)
    assert not MACHINE.interrupted()
    assert System(interrupted=lambda: True).interrupted()
