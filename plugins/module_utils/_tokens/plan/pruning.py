# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Which tokens of an owner are not declared, and can be deleted."""

from __future__ import annotations

import typing as t
from fnmatch import fnmatchcase

from ..declaration import Declaration
from ..listing import Listing
from ..naming import bare_name, is_pending, read_superseded
from ..owner import Owner
from ..token import Token
from .checks import NOTHING_WRITTEN, PlanError
from .context import Context
from .matching import is_fresh
from .steps import Delete, Plan, Purpose


def prune(
    declared: t.Sequence[Declaration], keep: t.Sequence[str], tokens: Listing, context: Context, owner: Owner
) -> list[Plan]:
    """A plan for each token that is deleted because nothing declares it.

    These are spared: the token in use, pending ones of runs that may still be at work, superseded ones in their grace
    period, and those whose name ``keep`` lists or matches.

    :raises PlanError: the access token cannot delete tokens
    """
    selected = [tokens.selected(one.token_id, one.identity) for one in declared]
    ids = {token.id.lower() for token in selected if token is not None}
    # What concerns a declared name is handled with it. A name that a token loses in this run is not declared in the next.
    names = {declaration.name for declaration in declared}
    names |= {
        bare_name(token.name)
        for one, token in zip(declared, selected)
        if token is not None and one.name is None and one.state == "present"
    }
    undeclared = [token for token in tokens if token.id.lower() not in ids and bare_name(token.name) not in names]
    pruned = [token for token in undeclared if not _is_spared(token, keep, context)]
    if pruned and "delete" in context.lacking:
        scope = owner.scope_of("delete", of_list=False)
        raise PlanError(
            f"{owner.resource.title}s cannot be pruned: the scopes in access_token lack {scope}. {NOTHING_WRITTEN} Use an access token with"
            f" {owner.token_resource}.*, or with {owner.families[0]}.",
            scopes=[scope],
        )
    return [Plan((Delete(token, Purpose.REMOVE),), before=token) for token in pruned]


def _is_spared(token: Token, keep: t.Sequence[str], context: Context) -> bool:
    if token.id.lower() == context.caller_id:
        return True
    if is_pending(token.name) and is_fresh(token, context.now):
        return True
    former = read_superseded(token.name)
    if former is not None and not former.is_over(context.now):
        return True
    names = {token.name, bare_name(token.name)}
    return any(fnmatchcase(name, pattern) or name == pattern for name in names for pattern in keep)
