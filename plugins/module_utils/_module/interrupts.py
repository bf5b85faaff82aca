# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import signal
import threading
import time
import typing as t
from contextlib import contextmanager
from dataclasses import replace

from ansible_collections.losant.platform.plugins.module_utils._common.system import System

#: What ends a process that could still clean up.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def deferred_signals(system: System) -> t.Iterator[System]:
    """Let a signal end the task between two steps, so that it can be rolled back, and not in the middle of a request.

    The system that is yielded says whether a signal has arrived, and does not sleep any longer then.
    """
    arrived = threading.Event()
    previous = {}
    # Python allows handlers only in the main thread. Elsewhere nobody sends the thread a signal.
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            if signal.getsignal(number) is signal.SIG_IGN:
                continue  # as under nohup
            previous[number] = signal.signal(number, lambda _number, _frame: arrived.set())

    def sleep(seconds: float) -> None:
        if system.sleep is time.sleep:
            arrived.wait(seconds)  # unlike time.sleep, it ends when a signal arrives
        else:
            system.sleep(seconds)

    try:
        yield replace(system, sleep=sleep, interrupted=arrived.is_set)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
