# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An existing token that outlives ``expires_in``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, the_token, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import SetTime
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Sandbox

SCOPE = ["devices.get"]
#: Nothing, and more than a minute beyond 90 days.
LONGER = [None, "2027-02-22T08:01:01Z"]


@pytest.mark.parametrize("expires", LONGER)
def test_by_default_it_is_kept_and_the_task_warns(sandbox: Sandbox, rehearsed: Rehearsed, expires: str | None) -> None:
    """Somebody may use a token that is adopted."""
    token = sandbox.seed_token("x", scope=SCOPE, **({"expirationDate": expires} if expires else {}))
    result = rehearsed(name="x", scope=SCOPE, expires_in="90d")
    assert not result["changed"]
    (warning,) = result["warnings"]
    assert token["id"] in warning
    assert "exceeds the declared lifetime of 90d" in warning
    assert result["rotation"] == {"due": False, "reason": None, "due_at": None}


@pytest.mark.parametrize("expires", LONGER)
def test_state_change_replaces_it_once(sandbox: Sandbox, rehearsed: Rehearsed, expires: str | None) -> None:
    old = sandbox.seed_token("x", scope=SCOPE, **({"expirationDate": expires} if expires else {}))
    first = rehearsed(name="x", scope=SCOPE, expires_in="90d", recreate="state_change")
    assert first["rotation"]["reason"] == "exceeds_lifetime"
    assert first["created"]
    assert the_token(sandbox)["id"] == first["api_token"]["id"] != old["id"]
    assert the_token(sandbox)["expirationDate"] == "2027-02-22T08:00:00.000Z"
    second = rehearsed(name="x", scope=SCOPE, expires_in="90d", recreate="state_change")
    assert (second["changed"], second["warnings"], methods(sandbox)) == (False, [], ["GET"])


@pytest.mark.parametrize(
    "expires", ["2027-02-22T08:01:00Z", "2026-11-24T08:00:01Z"], ids=["a minute longer", "shorter"]
)
def test_a_minute_of_slack_and_a_shorter_life_replace_nothing(
    sandbox: Sandbox, rehearsed: Rehearsed, expires: str
) -> None:
    sandbox.seed_token("x", scope=SCOPE, expirationDate=expires)
    result = rehearsed(name="x", scope=SCOPE, expires_in="90d", recreate="state_change")
    assert (result["changed"], result["warnings"]) == (False, [])


def test_a_clock_that_goes_back_a_little_replaces_nothing(
    sandbox: Sandbox, rehearsed: Rehearsed, set_time: SetTime
) -> None:
    rehearsed(name="x", scope=SCOPE, expires_in="90d", recreate="state_change")
    set_time("2026-11-24T07:59:30Z")
    assert not rehearsed(name="x", scope=SCOPE, expires_in="90d", recreate="state_change")["changed"]
    assert writes(sandbox) == []
