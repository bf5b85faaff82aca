# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any mix of declarations, tokens and files, and what each of them means to a user."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import assume, settings
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.listing import Listing
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.context import Context
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import FileState, Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Create, Delete, Patch, Plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.plan.world import World, stages_of
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    HOUR,
    MILLISECOND,
    NOW,
    OWNER,
    id_of,
)

#: For the properties that matter less, as most of the time goes into drawing examples.
FEWER = settings(max_examples=25)
PLAIN_NAMES = st.sampled_from(["x", "y"])
#: Suffixes of tokens that were replaced or are being created, and what looks like one and is none.
SUFFIXES = st.sampled_from(
    [
        "",
        "",
        "",
        " ~superseded:2026-11-23T08:00:00Z",
        " ~superseded:2026-11-24T08:00:00Z",
        " ~superseded:2026-11-25T08:00:00Z",
        " ~superseded:never",
        " ~superseded:soon",
        " ~pending:0123456789abcdef",
        " ~pending:fedcba9876543210",
    ]
)
NAMES = st.builds(lambda name, suffix: f"{name}{suffix}", PLAIN_NAMES, SUFFIXES)
IDS = st.integers(min_value=1, max_value=5).map(id_of)
DESCRIPTIONS = st.sampled_from([None, "", "a", "b"])
STATUSES = st.sampled_from(["active", "inactive"])
SCOPES = st.lists(
    st.sampled_from(["devices.get", "device.get", "all.Application", "events.get"]), unique=True, max_size=3
)
MOMENTS = st.sampled_from([NOW - 9 * DAY, NOW - MILLISECOND, NOW, NOW + MILLISECOND, NOW + DAY, NOW + 9 * DAY])
PASTS = st.sampled_from([None, NOW, NOW - MILLISECOND, NOW - HOUR, NOW - DAY, NOW - 99 * DAY])
SPANS = st.sampled_from([timedelta(0), MILLISECOND * 1000, HOUR, DAY, 9 * DAY])

TOKENS = st.lists(
    st.builds(
        ApiToken,
        id=IDS,
        name=NAMES,
        description=DESCRIPTIONS,
        status=STATUSES,
        scope=SCOPES.map(tuple),
        expiration_date=st.none() | MOMENTS,
        creation_date=PASTS,
    ),
    max_size=4,
    unique_by=lambda token: token.id,
)
#: A token that is in force, whatever else exists.
IN_FORCE = st.builds(
    ApiToken,
    id=st.just(id_of(9)),
    name=st.just("x"),
    status=st.sampled_from(["active", "active", "inactive"]),
    scope=st.sampled_from([("devices.get",), ("device.get", "events.get")]),
    expiration_date=st.sampled_from([None, NOW + MILLISECOND, NOW + DAY, NOW + 9 * DAY]),
    creation_date=st.sampled_from([NOW - DAY, NOW - 99 * DAY]),
)
LIFETIMES = st.one_of(
    st.just({}),
    st.just({"never_expires": True}),
    st.builds(lambda moment: {"expiration_date": moment}, MOMENTS),
    st.builds(lambda lifetime: {"expires_in": lifetime}, st.sampled_from([timedelta(seconds=1), DAY, 9 * DAY])),
)
SELECTORS = st.one_of(
    st.builds(lambda name: {"name": name}, PLAIN_NAMES),
    st.builds(lambda token_id: {"token_id": token_id}, IDS),
    st.builds(lambda name, token_id: {"name": name, "token_id": token_id}, PLAIN_NAMES, IDS),
)
DECLARATIONS = st.builds(
    lambda selector, lifetime, **more: Declaration(**selector, **lifetime, **more),
    SELECTORS,
    LIFETIMES,
    state=st.sampled_from(["present", "present", "present", "absent"]),
    description=DESCRIPTIONS,
    status=st.none() | STATUSES,
    scope=st.none() | SCOPES.filter(bool).map(tuple),
    recreate=st.sampled_from(["never", "state_change", "always"]),
    rotate_before=st.none() | SPANS,
    superseded=st.sampled_from(["delete", "deactivate", "keep"]),
    superseded_after=SPANS,
    verify=st.booleans(),
    allow_self_revoke=st.booleans(),
)
ATTRIBUTES = st.sampled_from([{"mode": "0600"}, {"mode": "0644"}])
#: A secret that says an id, no secret at all, an opaque one that Losant refuses, one that it accepts.
HOLDINGS = st.one_of(
    IDS.map(Holding),
    st.sampled_from([Holding(), Holding(opaque=True), Holding(opaque=True, accepted=True)]),
)
PATH = "/private/token"
WANTED = {"mode": "0600"}
FILES = st.one_of(
    st.none(),
    st.just(FileState(PATH, wanted=WANTED)),
    st.builds(FileState, st.just(PATH), st.just(True), HOLDINGS, ATTRIBUTES, st.just(WANTED)),
)
CONTEXTS = st.builds(
    Context,
    st.just(NOW),
    caller_id=st.none() | IDS,
    staged=st.booleans(),
    file=FILES,
    held=st.none() | st.none() | HOLDINGS,
)


@dataclass(frozen=True)
class Case:
    """A declaration that can be met, the tokens that exist, and their context."""

    declared: Declaration
    tokens: list[ApiToken]
    context: Context

    @property
    def plan(self) -> Plan:
        return plan(self.declared, Listing(self.tokens), self.context, OWNER)

    @property
    def world(self) -> World:
        return World(tuple(self.tokens), NOW, self.context.file, self.context.held)

    @property
    def world_after(self) -> World:
        """The world when the plan is carried out."""
        return stages_of(self.plan.steps, self.world)[-1]


@st.composite
def cases(draw: st.DrawFn, existing: st.SearchStrategy[ApiToken] | None = None, /, **fixed: Any) -> Case:
    """A case whose declaration has the fixed fields, with a token of ``existing`` in any case."""
    declared, tokens, context = replace(draw(DECLARATIONS), **fixed), draw(TOKENS), draw(CONTEXTS)
    always = [draw(existing)] if existing is not None else []
    if declared.name is None and declared.token_id is None:
        declared = replace(declared, name="x")
    # Most mixes that cannot be planned hold a token too many.
    for others in range(len(tokens), -1, -1):
        kept = [token for number, token in enumerate(tokens) if number < others or token.id == declared.token_id]
        kept += always
        try:
            plan(declared, Listing(kept), context, OWNER)
        except (PlanError, InvalidOptionError):
            continue
        return Case(declared, kept, context)
    assume(False)
    raise AssertionError


def deletions(planned: Plan) -> list[Token]:
    return [step.token for step in planned.steps if isinstance(step, Delete)]


def creations(planned: Plan) -> list[Create]:
    return [step for step in planned.steps if isinstance(step, Create)]


def patches(planned: Plan) -> list[Patch]:
    return [step for step in planned.steps if isinstance(step, Patch)]


def selected(declared: Declaration, world: World) -> list[Token]:
    """The unexpired tokens that the declaration selects."""
    if declared.token_id is not None:
        tokens = [token for token in world.tokens if token.id == declared.token_id]
    else:
        tokens = [token for token in world.tokens if token.name == declared.name]
    return [token for token in tokens if token.expiration_date is None or token.expiration_date > world.now]


def related(name: str | None, token: Token) -> bool:
    """Whether a token has the name, had it before it was replaced, or is to get it when its secret is delivered."""
    plain, tilde, suffix = token.name.rpartition(" ~")
    kinds = ("pending:", "superseded:2026", "superseded:never")
    return token.name == name or (bool(tilde) and plain == name and suffix.startswith(kinds))
