# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong: kinds of faults, and how often they hit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from losant_sandbox.client import Sandbox

#: ``once``: this request only; ``ever``: this and all later requests of its method and path; ``down``: all from this on.
Times = Literal["once", "ever", "down"]
TIMES: tuple[Times, ...] = get_args(Times)
#: Seconds that a request has under the faults of kind ``delay``, and that the sandbox takes.
SHORT_TIMEOUT = 0.5
DELAY = 1.2


@dataclass(frozen=True)
class RecordedRequest:
    """One request of an undisturbed run: its place among all of the run, and among those of its method and path.

    ``path`` is a regular expression.
    """

    index: int
    method: str
    path: str
    earlier: int

    @property
    def name(self) -> str:
        return f"{self.index + 1}-{self.method}"

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault. ``refuses``: the response shows that the work was not done, so that POST can be repeated."""

    name: str
    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    refuses: bool = False

    @property
    def slow(self) -> bool:
        return self.kind == "delay"

    def can_hit(self, call: RecordedRequest, times: Times) -> bool:
        """Whether it is tried with a request. Those that take their time are with writes, if not all is slow from then on."""
        return not self.slow or (call.writes and times != "down")

    def add_to(self, sandbox: Sandbox, call: RecordedRequest, times: Times) -> None:
        """Add the fault to the sandbox."""
        if times == "ever":
            sandbox.fault(self.kind, method=call.method, path=call.path, skip=call.earlier, times=None, **self.fields)
        else:
            sandbox.fault(self.kind, skip=call.index, times=1 if times == "once" else None, **self.fields)


def _statuses() -> list[FaultKind]:
    return [
        FaultKind(f"{status}-{when}", "status", {"status": status, "when": when})
        for status in (500, 502, 503, 504)
        for when in ("before", "after")
    ]


def _refusals() -> list[FaultKind]:
    soon = {"headers": {"Retry-After": "1"}}
    return [
        FaultKind("429", "status", {"status": 429}, refuses=True),
        FaultKind("429-retry-after", "status", {"status": 429, **soon}, refuses=True),
        FaultKind("503-retry-after", "status", {"status": 503, **soon}, refuses=True),
    ]


def _spoiled() -> list[FaultKind]:
    return [
        FaultKind(f"{kind}-{when}", kind, {"when": when})
        for kind in ("not_json", "empty")
        for when in ("before", "after")
    ]


def _delays() -> list[FaultKind]:
    return [FaultKind(f"delay-{when}", "delay", {"when": when, "seconds": DELAY}) for when in ("before", "after")]


FAULTS: tuple[FaultKind, ...] = (
    FaultKind("reset_before", "reset_before"),
    FaultKind("reset_after", "reset_after"),
    *_statuses(),
    *_refusals(),
    FaultKind("cut", "cut"),
    *_spoiled(),
    *_delays(),
)
