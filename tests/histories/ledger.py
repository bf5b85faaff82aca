# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who created which token, who holds its secret, and what was said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.losant.platform.tests.histories.environment import Run
from ansible_collections.losant.platform.tests.support.tokens import Tokens, id_in, is_expired
from losant_sandbox.client import Json


@dataclass
class Ledger:
    """Sets of ids: of the tokens that runs created (``staged``: by staged runs), whose secret was delivered (in the result
    of a run that succeeded, or in a file), and that the message of a failed run named."""

    created: set[str] = field(default_factory=set)
    staged: set[str] = field(default_factory=set)
    delivered: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    def note(self, run: Run, held: str | None) -> None:
        """Record a run; ``held`` is the id of the token whose secret is in the file after it."""
        self.created |= run.created
        if run.staged:
            self.staged |= run.created
        secret = None if run.failed else run.result.get("token")
        self.delivered |= {token_id for token_id in (held, id_in(secret) if secret else None) if token_id}
        if run.failed:
            self.named |= {token_id for token_id in run.created if _names(run.message, run.after[token_id])}

    def adopt(self, token_id: str) -> None:
        """Somebody else gave the token its name: they decide what it is for."""
        self.created.discard(token_id)
        self.staged.discard(token_id)


def _names(message: str, token: Json) -> bool:
    # When the list cannot be read after a lost response, the id is unknown: the name is all that the task can show.
    named = repr(token["name"]) in message and "may have been created anyway" in message
    return token["id"] in message or named


def unexpired(tokens: Tokens, name: str, moment: datetime) -> list[str]:
    """The ids of the unexpired tokens of exactly this name."""
    return [token_id for token_id, token in tokens.items() if token["name"] == name and not is_expired(token, moment)]
