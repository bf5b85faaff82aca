# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime

from ..declaration import Declaration
from ..naming import read_superseded
from ..owner import Owner
from ..token import Token
from .context import Context
from .matching import Matches
from .steps import Delete, Patch, Purpose, Superseded, Write


class CleanUp(t.NamedTuple):
    """What earlier runs left to this one: the steps, what becomes of superseded tokens, and what cannot be done."""

    steps: tuple[Write, ...]
    superseded: tuple[Superseded, ...]
    warnings: tuple[str, ...]


def clean_up(matches: Matches, declared: Declaration, context: Context, owner: Owner, *, creating: bool) -> CleanUp:
    """Plan what to do with superseded tokens whose grace period is over, and the pending ones of interrupted runs.

    ``creating``: a new token supersedes the expired ones of its name, too.
    """
    steps = [*_superseded(matches, declared, context.now, creating=creating)]
    steps += [Delete(token, Purpose.CLEAN_UP) for token in matches.stale_pending(context.now)]
    allowed = [step for step in steps if step.action not in context.lacking]
    pending = {token.id for token in matches.pending}
    return CleanUp(
        tuple(allowed),
        tuple(_entry(step) for step in allowed if step.token.id not in pending),
        tuple(_refused(step, owner) for step in steps if step.action in context.lacking),
    )


def _superseded(matches: Matches, declared: Declaration, now: datetime, *, creating: bool) -> t.Iterator[Write]:
    delete = declared.superseded == "delete"
    if creating and delete:
        for token in matches.expired:
            yield Delete(token, Purpose.CLEAN_UP)
    for token in matches.superseded:
        former = read_superseded(token.name)
        if former is None or not former.is_over(now):
            continue
        if delete:
            yield Delete(token, Purpose.CLEAN_UP)
        elif declared.superseded == "deactivate" and token.status == "active" and not token.is_expired(now):
            yield Patch(token, {"status": "inactive"}, Purpose.CLEAN_UP)


def _entry(step: Write) -> Superseded:
    token: Token = step.token
    return Superseded(token, token.name, "deleted" if step.action == "delete" else "deactivated")


def _refused(step: Write, owner: Owner) -> str:
    return (
        f"{step.token.title} is a leftover of an earlier run. It stays, as the scopes in access_token lack"
        f" {owner.scope_of(step.action, of_list=False)}."
    )
