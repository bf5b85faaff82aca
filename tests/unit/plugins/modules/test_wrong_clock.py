# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promise 13: the machine's clock is wrong, and decisions about time use Losant's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.environment import set_time
from ansible_collections.losant.platform.tests.support.times import EARLIER, NOW, PAST, SOON, START
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import counts, ids, methods, the_token

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

SCOPE = ["devices.get"]
SLOW, FAST = timedelta(days=-100), timedelta(days=100)


class Clock:
    """The machine's clock, which differs from Losant's."""

    def __init__(self) -> None:
        self.difference = timedelta(0)

    def now(self) -> datetime:
        return START + self.difference


@pytest.fixture
def clock(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that can be set. The sandbox, which stands for Losant, has its own."""
    clock = Clock()
    set_time(monkeypatch, clock.now)
    return clock


def _only_of_the_clock(result: Any, direction: str) -> bool:
    (warning,) = result["warnings"]
    return "clock of this machine" in warning and f"100d {direction} Losant" in warning


def test_with_a_slow_clock_a_replacement_stays_valid(sandbox: Sandbox, api_token: Task, clock: Clock) -> None:
    """The new token would otherwise be expired when it is created, and the old one is deleted."""
    sandbox.seed_token("x", scope=SCOPE, creationDate=EARLIER, expirationDate=SOON)
    clock.difference = SLOW
    result = api_token(name="x", scope=SCOPE, expires_in="40d", rotate_before="14d")
    assert accepts(sandbox, result["token"])
    assert the_token(sandbox)["expirationDate"] == "2027-01-03T08:00:00.000Z"
    assert min(counts(sandbox)) > 0
    assert _only_of_the_clock(result, "behind")


@pytest.mark.parametrize(("difference", "direction"), [(SLOW, "behind"), (FAST, "ahead of")])
def test_what_is_due_and_expired_is_decided_by_losants_clock(
    sandbox: Sandbox, api_token: Task, clock: Clock, difference: timedelta, direction: str
) -> None:
    sandbox.seed_token("due", scope=SCOPE, creationDate=EARLIER, expirationDate=SOON)
    sandbox.seed_token("not due", scope=SCOPE, creationDate=EARLIER, expirationDate=SOON)
    sandbox.seed_token("expired", scope=SCOPE, creationDate=EARLIER, expirationDate=PAST)
    clock.difference = difference
    results = {
        "due": api_token(name="due", rotate_before="10d"),
        "not due": api_token(name="not due", rotate_before="9d23h"),
        "expired": api_token(name="expired"),
    }
    assert {name: result["rotation"]["reason"] for name, result in results.items()} == {
        "due": "expires_soon",
        "not due": None,
        "expired": "expired",
    }
    assert [_only_of_the_clock(result, direction) for result in results.values()] == [True] * 3


def test_with_a_fast_clock_a_fresh_pending_token_is_not_deleted(
    sandbox: Sandbox, api_token: Task, clock: Clock
) -> None:
    """A concurrent run has created it, and delivers its secret now."""
    pending = sandbox.seed_token("x ~pending:0123456789abcdef", scope=SCOPE, creationDate=NOW)
    token = sandbox.seed_token("x", scope=SCOPE)
    clock.difference = FAST
    assert not api_token(name="x", scope=SCOPE)["changed"]
    assert ids(sandbox.tokens()) == [pending["id"], token["id"]]


def test_with_a_fast_clock_a_grace_period_is_kept(sandbox: Sandbox, api_token: Task, clock: Clock) -> None:
    old = sandbox.seed_token("x", scope=SCOPE)
    clock.difference = FAST
    first = api_token(name="x", scope=SCOPE, recreate="always", superseded_after="2h")
    assert [entry["until"] for entry in first["superseded"]] == ["2026-11-24T10:00:00.000Z"]
    assert not api_token(name="x", scope=SCOPE, superseded_after="2h")["changed"]
    assert accepts(sandbox, old["token"])


@pytest.mark.parametrize(("seconds", "warns"), [(60, False), (61, True), (-60, False), (-61, True)])
def test_more_than_a_minute_is_warned_about(
    sandbox: Sandbox, api_token: Task, clock: Clock, seconds: int, warns: bool
) -> None:
    sandbox.seed_token("x", scope=SCOPE)
    clock.difference = timedelta(seconds=seconds)
    result = api_token(name="x", scope=SCOPE)
    assert ["clock of this machine" in warning for warning in result["warnings"]] == [True] * warns
    assert methods(sandbox) == ["GET"]
