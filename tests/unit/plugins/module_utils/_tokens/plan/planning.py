# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for tests that name one case each. See ``cases`` for any mix."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.listing import Listing
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.context import Context
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import FileState, Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Create, Plan
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW, OWNER

PATH = "/private/token"


def planned(
    *tokens: ApiToken,
    now: datetime = NOW,
    caller_id: str | None = None,
    staged: bool = False,
    lacking: Collection[str] = (),
    file: FileState | None = None,
    held: Holding | None = None,
    copies: Sequence[FileState] = (),
    **declared: Any,
) -> Plan:
    """The plan for a declaration, of the name x if no other is given."""
    context = Context(now, caller_id, staged, frozenset(lacking), file, held, copies=tuple(copies))
    return plan(Declaration(**{"name": "x", **declared}), Listing(tokens), context, OWNER)


def refusal_of(*tokens: ApiToken, **case: Any) -> PlanError:
    """The error of a declaration that cannot be met."""
    with pytest.raises(PlanError) as caught:
        planned(*tokens, **case)
    assert caught.value.failure["kind"] == "declaration"
    return caught.value


def fields_sent(planned: Plan) -> dict[str, Any]:
    """What the first step, which creates, sends."""
    step = planned.steps[0]
    assert isinstance(step, Create)
    assert step.token == planned.after
    return dict(step.fields)


def file_with(holding: Holding | None = None, **more: Any) -> FileState:
    """A token file that exists, with a holding of nothing if none is given."""
    return FileState(PATH, True, holding or Holding(), **more)


def no_file() -> FileState:
    """A token file that does not exist yet."""
    return FileState(PATH)
