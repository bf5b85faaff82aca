# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A play ended between the delivery and the commit. The next prepare sees it in what the place holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Json, Sandbox

DECLARED: dict[str, Any] = {"name": "x", "scope": ["devices.get"], "recreate": "state_change"}


@pytest.fixture
def old(sandbox: Sandbox) -> Json:
    """The current token, which has to be replaced."""
    return sandbox.seed_token("x", scope=["device.get"], creationDate=EARLIER)


@pytest.fixture
def delivered(api_token: Task, sandbox: Sandbox, old: Json) -> Result:
    """The prepared token, whose secret is in the place."""
    prepared = api_token(**DECLARED, held_token=old["token"], phase="prepare")
    sandbox.clear_requests()
    return prepared


def test_the_delivered_token_is_prepared_already(sandbox: Sandbox, api_token: Task, delivered: Result) -> None:
    again = api_token(**DECLARED, held_token=delivered["token"], phase="prepare")
    assert methods(sandbox) == ["GET"]
    assert (again["changed"], again["created"], again["prepared_id"]) == (False, False, delivered["prepared_id"])
    assert again["api_token"]["id"] == delivered["prepared_id"]
    assert "token" not in again


def test_commit_completes_the_work(sandbox: Sandbox, api_token: Task, delivered: Result) -> None:
    again = api_token(**DECLARED, held_token=delivered["token"], phase="prepare")
    api_token(**DECLARED, held_token=delivered["token"], phase="commit", prepared_id=again["prepared_id"])
    [token] = sandbox.tokens()
    assert (token["id"], token["name"]) == (delivered["prepared_id"], "x")
    assert accepts(sandbox, delivered["token"])


def test_check_mode_predicts_it(api_token: Task, delivered: Result) -> None:
    again = api_token(**DECLARED, held_token=delivered["token"], phase="prepare", _check=True)
    assert (again["changed"], again["prepared_id"]) == (False, delivered["prepared_id"])


@pytest.mark.parametrize(
    "change",
    [{"scope": ["devices.post"]}, {"expiration_date": "2199-01-01T00:00:00Z"}, {"expires_in": "1d"}],
    ids=lambda change: next(iter(change)),
)
def test_a_token_for_another_declaration_is_not_used(
    failing_api_token: Task, delivered: Result, change: dict[str, Any]
) -> None:
    again = failing_api_token(**{**DECLARED, **change}, held_token=delivered["token"], phase="prepare")
    assert again["failure"] == {"kind": "conflict", "ids": [delivered["prepared_id"]]}


def test_an_expired_or_inactive_one_is_not_used(sandbox: Sandbox, api_token: Task, old: Json) -> None:
    for fields in ({"status": "inactive"}, {"expirationDate": PAST}):
        pending = sandbox.seed_token(
            "x ~pending:0123456789abcdef", scope=["devices.get"], creationDate="2026-11-24T06:00:00.000Z", **fields
        )
        again = api_token(**DECLARED, held_token=pending["token"], phase="prepare")
        assert again["created"]
        assert again["prepared_id"] != pending["id"]
        api_token(name="x", phase="abort", prepared_id=again["prepared_id"])


def test_one_that_another_run_has_overtaken_is_not_used(
    api_token: Task, failing_api_token: Task, delivered: Result
) -> None:
    api_token(**DECLARED)
    again = failing_api_token(**DECLARED, held_token=delivered["token"], phase="prepare")
    assert again["failure"]["kind"] == "conflict"
