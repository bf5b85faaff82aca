# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that tests ask for: which request they match, and how often."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from .call import Call

Kind = Literal[
    "status",
    "reset_before",
    "reset_after",
    "cut",
    "not_json",
    "empty",
    "not_object",
    "delay",
    "lie_length",
    "drip",
    "mutate",
]
KINDS: tuple[str, ...] = get_args(Kind)
# These damage the real response, so the work is done first unless the fault says otherwise.
_AFTER = ("reset_after", "cut", "lie_length", "drip")


@dataclass
class Fault:
    kind: str
    method: str = "*"
    path: str = ".*"
    when: str | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    seconds: float = 0.0
    # How many matching requests pass untouched, and how many are hit then (None: all).
    skip: int = 0
    times: int | None = 1
    # lie_length: the Content-Length to announce; drip: bytes to a piece.
    length: int | None = None
    size: int = 1
    # mutate: tokens to create, whole seeds to add, ids to delete.
    create: list[dict[str, Any]] = field(default_factory=list)
    seed: dict[str, Any] = field(default_factory=dict)
    delete: list[str] = field(default_factory=list)
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"fault {self.kind!r} does not exist; the kinds are {', '.join(KINDS)}")
        if self.when not in (None, "before", "after"):
            raise ValueError(f"when must be before or after, not {self.when!r}")
        self.method = self.method.upper()
        if self.when is None:
            self.when = "after" if self.kind in _AFTER else "before"
        self._path = re.compile(self.path)

    @property
    def after(self) -> bool:
        return self.when == "after"

    def matches(self, call: Call) -> bool:
        exhausted = self.times is not None and self.hits >= self.times
        return not exhausted and self.method in ("*", call.method) and bool(self._path.fullmatch(call.path))

    def take(self) -> bool:
        """Count a matching request; whether it is hit."""
        if self.skip > 0:
            self.skip -= 1
            return False
        self.hits += 1
        return True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, wanted: dict[str, Any]) -> Fault:
        try:
            fault = Fault(**wanted)
        except (TypeError, re.error) as error:
            raise ValueError(f"not a fault: {error}") from error
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def as_json(self) -> list[dict[str, Any]]:
        return [fault.as_json() for fault in self._faults]

    def mutations(self, call: Call) -> list[Fault]:
        """The changes to apply before this request gets its response; other faults still apply to it."""
        return [fault for fault in self._faults if fault.kind == "mutate" and fault.matches(call) and fault.take()]

    def next(self, call: Call) -> Fault | None:
        """The first fault for this request. One that still skips leaves the request to the next one."""
        for fault in self._faults:
            if fault.kind != "mutate" and fault.matches(call) and fault.take():
                return fault
        return None
