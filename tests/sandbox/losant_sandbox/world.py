# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a reset discards, in one place."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Any

from . import seeding
from .clock import Clock
from .faults import Faults
from .journal import Journal
from .jwt import create_opaque_secret, create_secret
from .response import ApiError, refused
from .state import Ids, State, Token
from .switches import Switches


class World:
    """State, clock, switches, faults and journal. A request keeps the world it began in, even after a reset."""

    def __init__(self, owner: Token, issuer: str) -> None:
        self.state = State()
        self.clock = Clock()
        self.switches = Switches()
        self.faults = Faults()
        self.journal = Journal()
        self.ids = Ids()
        #: Lists as filtered and sorted, by what was asked, until something changes.
        self.lists: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        self.issuer = issuer
        self._ended = asyncio.Event()
        seeding.seed_first(self, owner)

    def secret(self, token_id: str, subtype: str, scope: list[str], created: datetime, expires: datetime | None) -> str:
        if self.switches.token_format == "opaque":
            return create_opaque_secret()
        return create_secret(token_id, subtype, scope, self.issuer, created, expires)

    def changed(self, owners: set[str], request: int | None) -> None:
        self.lists.clear()
        self.journal.changed(self.state, owners, self.clock.now(), request)

    def no_application(self, *, foreign: bool) -> ApiError:
        switches = self.switches
        status = switches.foreign_application_status if foreign else switches.unknown_application_status
        return refused(status, "Application")

    async def pause(self, seconds: float) -> None:
        """Wait in real time, until this world ends at the latest."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)

    def end(self) -> None:
        self._ended.set()
