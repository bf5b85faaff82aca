# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who made which token, who holds its secret, and what was said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.losant.platform.tests.histories.world import Json, Run, Tokens, id_in

_MARK = re.compile(r"(?P<name>.+) ~(?P<kind>pending|superseded):(?P<what>\S+)")


@dataclass
class Ledger:
    """Sets of ids: of the tokens that runs made (``staged``: by staged runs), whose secret was delivered (in the result of a
    run that succeeded, or in a file), and that the message of a failed run told of."""

    made: set[str] = field(default_factory=set)
    staged: set[str] = field(default_factory=set)
    delivered: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def note(self, run: Run, held: str | None) -> None:
        """Take in a run; ``held`` is the id of the token whose secret is in the file after it."""
        self.made |= run.made
        if run.staged:
            self.staged |= run.made
        secret = None if run.failed else run.result.get("token")
        self.delivered |= {token_id for token_id in (held, id_in(secret) if secret else None) if token_id}
        if run.failed:
            self.told |= {token_id for token_id in run.made if _tells(run.message, run.after[token_id])}

    def adopt(self, token_id: str) -> None:
        """Somebody else gave the token its name: what it is for is up to them."""
        self.made.discard(token_id)
        self.staged.discard(token_id)


def _tells(message: str, token: Json) -> bool:
    # When the list can't be read after a lost answer, the id is not to be had: the name is all that there is to tell.
    named = repr(token["name"]) in message and "may have been made all the same" in message
    return token["id"] in message or named


def base_name(token: Json) -> str:
    """The name without a mark."""
    match = _MARK.fullmatch(token["name"])
    return match["name"] if match else str(token["name"])


def is_marked(token: Json) -> bool:
    return _MARK.fullmatch(token["name"]) is not None


def is_over(token: Json, moment: datetime) -> bool:
    """Whether it is a superseded token whose time is over."""
    match = _MARK.fullmatch(token["name"])
    if match is None or match["kind"] != "superseded" or match["what"] == "never":
        return False
    return datetime.fromisoformat(match["what"]) <= moment


def is_living(token: Json, moment: datetime) -> bool:
    """Whether it is not expired."""
    expires = token.get("expirationDate")
    return expires is None or datetime.fromisoformat(expires) > moment


def is_usable(token: Json, moment: datetime) -> bool:
    return token["status"] == "active" and is_living(token, moment)


def living(tokens: Tokens, name: str, moment: datetime) -> list[str]:
    """The ids of the unexpired tokens of just this name."""
    return [token_id for token_id, token in tokens.items() if token["name"] == name and is_living(token, moment)]
