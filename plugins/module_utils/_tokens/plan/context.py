# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .holdings import FileState, Holding


@dataclass(frozen=True)
class Context:
    """What a plan depends on beside the declaration and the tokens.

    ``now``: the time by Losant's clock; ``caller_id``: the id of the token that the task authenticates with, if known;
    ``staged``: a new token has a pending name until its secret is delivered; ``lacking``: the writing actions (post, patch,
    delete) that the access token is known not to be allowed; ``file``: None if no ``token_file`` is declared; ``copies``: the
    files that other tasks write, one of which must hold the secret; ``held``: None if no ``held_token`` is declared; ``dry``:
    nothing will be written, and an earlier phase has written nothing either.
    """

    now: datetime
    caller_id: str | None = None
    staged: bool = False
    lacking: frozenset[str] = frozenset()
    file: FileState | None = None
    held: Holding | None = None
    dry: bool = False
    copies: tuple[FileState, ...] = ()

    @property
    def files(self) -> tuple[FileState, ...]:
        """All files for the secret, whoever writes them."""
        return (*((self.file,) if self.file is not None else ()), *self.copies)
