# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random plays of two phases, one after another: in between the play dies, or somebody changes what was prepared."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.losant.platform.tests.histories.environment import Environment
from ansible_collections.losant.platform.tests.histories.events import BETWEEN, BUSY, DECLARATIONS, FAULTS, JUMPS, Json
from ansible_collections.losant.platform.tests.histories.test_histories import EXAMPLES, SHARDS, SHORT, SOAK, Histories

PLAYS = st.lists(
    st.fixed_dictionaries(
        {
            "options": BUSY,
            "compares": st.booleans(),
            "between": BETWEEN,
            "last": st.sampled_from(["commit", "commit", "abort", "nothing"]),
            "faults": st.just([]) | FAULTS,
        }
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize("shard", range(SHARDS))
@settings(
    SOAK if EXAMPLES else SHORT,
    suppress_health_check=[*HealthCheck],
)
@given(first=st.lists(DECLARATIONS, max_size=2), plays=PLAYS, jumps=st.lists(JUMPS, min_size=3, max_size=3))
def test_no_play_breaks_a_promise(
    environment: Environment, shard: int, first: list[Json], plays: list[Json], jumps: list[Json]
) -> None:
    """Afterwards, an undisturbed play commits what it prepares, and no pending token remains of the others."""
    history = Histories(environment)
    history.begin(first=first)
    for play in plays:
        history.play_two_phases(**play)
    for jump in jumps:
        history.jump(span=jump)
    history.ends_in_peace(plays[-1]["options"])
