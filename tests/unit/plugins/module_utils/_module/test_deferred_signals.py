# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which signals end a task between two steps, and what is in place again afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._module.interrupts import deferred_signals

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    """Restore the handlers of whoever runs the tests."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_noted(number: signal.Signals) -> None:
    signal.signal(number, signal.SIG_DFL)
    with deferred_signals(System()) as deferral:
        assert not deferral.system.interrupted()
        os.kill(os.getpid(), number)
        assert deferral.system.interrupted()
        deferral.system.sleep(3600)  # does not wait any more
    assert signal.getsignal(number) is signal.SIG_DFL


@pytest.mark.parametrize("number", SIGNALS)
def test_an_ignored_signal_stays_ignored(number: signal.Signals) -> None:
    """As for a process that nohup started, or that runs in the background."""
    signal.signal(number, signal.SIG_IGN)
    with deferred_signals(System()) as deferral:
        os.kill(os.getpid(), number)
        assert not deferral.system.interrupted()
    assert signal.getsignal(number) is signal.SIG_IGN
