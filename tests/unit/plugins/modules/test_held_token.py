# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``held_token``: what the consumers of a token hold now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, text_of, the_token, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Sandbox

SCOPE = ["devices.get"]


def test_the_current_secret_meets_the_declaration(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    token = sandbox.seed_token("x", scope=SCOPE)
    held = f"{token['token']}\n"
    result = rehearsed(name="x", scope=SCOPE, held_token=held, recreate="state_change")
    assert (result["changed"], methods(sandbox)) == (False, ["GET"])
    assert token["token"] not in text_of(result)


@pytest.mark.parametrize("held", ["", "not a token"], ids=["empty", "no token"])
def test_anything_else_is_refused_by_default(sandbox: Sandbox, failing_api_token: Task, held: str) -> None:
    token = sandbox.seed_token("x", scope=SCOPE)
    result = failing_api_token(name="x", scope=SCOPE, held_token=held)
    assert token["id"] in result["msg"]
    assert "held_token is not the secret of that token" in result["msg"]
    assert result["failure"]["fields"] == ["held_token"]
    assert writes(sandbox) == []


def test_state_change_replaces_the_token_once(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    other = sandbox.seed_token("y", scope=SCOPE)
    old = sandbox.seed_token("x", scope=SCOPE)
    first = rehearsed(name="x", scope=SCOPE, held_token=other["token"], recreate="state_change")
    assert first["rotation"]["reason"] == "held_token"
    assert accepts(sandbox, first["token"])
    assert accepts(sandbox, other["token"])
    assert not accepts(sandbox, old["token"])
    assert not rehearsed(name="x", scope=SCOPE, held_token=first["token"], recreate="state_change")["changed"]


def test_losant_is_asked_about_a_secret_that_says_no_id(sandbox: Sandbox, rehearsed: Rehearsed) -> None:
    sandbox.switch(token_format="opaque")
    token = sandbox.seed_token("x", scope=SCOPE)
    assert not rehearsed(name="x", scope=SCOPE, held_token=token["token"], recreate="state_change")["changed"]
    assert the_token(sandbox)["id"] == token["id"]
