# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import signal
import threading
import time
import types
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ansible_collections.losant.platform.plugins.module_utils._common.system import System

#: What ends a process that could still clean up.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Seconds after which a wait notices a signal. A lock to wait with could be held when the signal arrives.
_SLICE = 0.1


@dataclass(frozen=True)
class Deferral:
    """What a task works with while signals are deferred.

    ``system``: says whether a signal has arrived, and does not sleep any longer then; ``arrived``: the signals
    """

    system: System
    arrived: list[int]


@contextmanager
def deferred_signals(system: System) -> t.Iterator[Deferral]:
    """Let a signal end the task between two steps, so that it can be rolled back, and not in the middle of a request.

    The alarm by which Ansible limits the time of a task is one of them. Afterwards it is off: the work is done, and its
    result must not be lost.
    """
    arrived: list[int] = []
    previous = {}
    # Python allows handlers only in the main thread. Elsewhere nobody sends the thread a signal.
    if threading.current_thread() is threading.main_thread():
        for number in (*_SIGNALS, *_expected_alarm()):
            if signal.getsignal(number) is signal.SIG_IGN:
                continue  # as under nohup
            previous[number] = signal.signal(number, lambda received, _frame: arrived.append(received))

    def sleep(seconds: float) -> None:
        if system.sleep is not time.sleep:
            system.sleep(seconds)
            return
        end = time.monotonic() + seconds
        while not arrived and (remaining := end - time.monotonic()) > 0:
            time.sleep(min(_SLICE, remaining))

    try:
        yield Deferral(replace(system, sleep=sleep, interrupted=lambda: bool(arrived)), arrived)
    finally:
        if signal.SIGALRM in previous:
            signal.alarm(0)
        for number, handler in previous.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


class AlarmError(BaseException):
    """The time of the task is over."""


@contextmanager
def alarm_ends_call(grace: int) -> t.Iterator[None]:
    """Let the alarm that is deferred end a call that may never return, such as one to a host that hangs.

    :param grace: seconds for a call that begins after the alarm, to clean up
    :raises AlarmError: the call took too long
    """
    deferring = signal.getsignal(signal.SIGALRM)
    if not callable(deferring) or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: types.FrameType | None) -> None:
        deferring(number, frame)
        raise AlarmError()

    signal.signal(signal.SIGALRM, end)
    try:
        if not signal.getitimer(signal.ITIMER_REAL)[0]:
            signal.alarm(grace)
        yield
    finally:
        signal.signal(signal.SIGALRM, deferring)


def _expected_alarm() -> tuple[signal.Signals, ...]:
    """The signal of an alarm, if somebody has set one."""
    return (signal.SIGALRM,) if callable(signal.getsignal(signal.SIGALRM)) else ()
