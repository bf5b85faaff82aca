# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets and access tokens show where the guide says, and nowhere else."""

from __future__ import annotations

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module.masking import CAN_MASK

from ..conftest import Player
from ..guides import RST
from .expected import expected, table
from .runs import RUNNER_RUNS, RUNS, Found, Stage


def unexpected(run: str, found: Found) -> dict[str, str]:
    """The places that show something else than recorded."""
    recorded = {place: expected(run, place, is_2_22=CAN_MASK) for place in found}
    return {
        place: f"shows {sorted(found[place])}, recorded is {sorted(recorded[place])}"
        for place in found
        if found[place] != recorded[place]
    }


@pytest.mark.parametrize("run", RUNS)
def test_promise_04_ansible_playbook_shows_secrets_where_recorded(player: Player, run: str) -> None:
    assert not unexpected(run, Stage(player).play(RUNS[run]))


@pytest.mark.parametrize("run", RUNNER_RUNS)
def test_promise_04_ansible_runner_shows_secrets_where_recorded(player: Player, run: str) -> None:
    assert not unexpected(run, Stage(player).play_in_runner(RUNNER_RUNS[run]))


def test_the_guide_has_the_recorded_table() -> None:
    """If not, replace it: this prints the lines."""
    lines = "\n".join(table())
    assert f"\n{lines}\n" in (RST / "guide_secrets.rst").read_text(encoding="utf-8"), lines
