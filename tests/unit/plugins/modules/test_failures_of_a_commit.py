# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two phases: a failed ``commit`` is rolled back. The prepared token stays: its secret may be in use already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import ids, named, text_of
from ansible_collections.losant.platform.tests.unit.plugins.modules.two_phases import REPLACED, Options

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Json, Sandbox


@pytest.fixture
def prepared(api_token: Task, old: Json) -> str:
    return str(api_token(**REPLACED, phase="prepare")["prepared_id"])


def _fail(sandbox: Sandbox, failing_api_token: Task, prepared: str) -> Result:
    result = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared, retries=0)
    sandbox.clear_faults()
    assert prepared in result["msg"]
    assert "Run phase=commit again" in result["msg"]
    assert "eyJ" not in text_of(result)
    return result


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 403}, {"kind": "reset_before"}], ids=str)
@pytest.mark.parametrize("step", ["free the name", "name"])
def test_before_the_token_has_its_name(
    sandbox: Sandbox,
    api_token: Task,
    failing_api_token: Task,
    old: Json,
    prepared: str,
    fault: Options,
    step: str,
) -> None:
    before = named(sandbox)
    target = old["id"] if step == "free the name" else prepared
    sandbox.fault(**fault, method="PATCH", path=f".*/{target}")
    result = _fail(sandbox, failing_api_token, prepared)
    assert named(sandbox) == before
    assert f"The prepared token {prepared} stays pending." in result["msg"]
    assert "or phase=abort" in result["msg"]
    assert result["failure"]["kind"] == "unfinished"
    api_token(**REPLACED, phase="commit", prepared_id=prepared)
    assert ids(sandbox.tokens()) == [prepared]


def test_the_list_cannot_be_read(sandbox: Sandbox, failing_api_token: Task, old: Json, prepared: str) -> None:
    before = sandbox.tokens()
    sandbox.fault("status", method="GET", status=500)
    result = _fail(sandbox, failing_api_token, prepared)
    assert result["failure"]["status"] == 500
    assert sandbox.tokens() == before


def test_the_naming_may_have_been_carried_out(
    sandbox: Sandbox, api_token: Task, failing_api_token: Task, old: Json, prepared: str
) -> None:
    before = named(sandbox)
    sandbox.fault("reset_after", method="PATCH", path=f".*/{prepared}")
    sandbox.fault("status", method="GET", skip=1, status=500)
    result = _fail(sandbox, failing_api_token, prepared)
    assert named(sandbox) == before
    assert f"The prepared token {prepared} is as it was." in result["msg"]
    assert f"The token {old['id']} is as it was." in result["msg"]


def test_the_naming_cannot_be_taken_back(
    sandbox: Sandbox, api_token: Task, failing_api_token: Task, old: Json, prepared: str
) -> None:
    """Then the old token does not get its name back: two tokens would have it."""
    sandbox.fault("reset_after", method="PATCH", path=f".*/{prepared}", times=None)
    sandbox.fault("status", method="GET", skip=1, status=500, times=None)
    result = _fail(sandbox, failing_api_token, prepared)
    assert list(named(sandbox).values()) == ["active", "active"]
    assert f"The prepared token {prepared} may now be named 'x'." in result["failure"]["left"]
    assert "phase=abort" not in result["msg"]
    api_token(**REPLACED, phase="commit", prepared_id=prepared)
    assert ids(sandbox.tokens()) == [prepared]


def test_someone_deletes_the_token_meanwhile(
    sandbox: Sandbox, failing_api_token: Task, old: Json, prepared: str
) -> None:
    sandbox.fault("mutate", method="PATCH", path=f".*/{prepared}", delete=[prepared])
    result = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared)
    assert f"The prepared token {prepared} no longer exists. Run phase=prepare again." in result["msg"]
    assert [(token["id"], token["name"]) for token in sandbox.tokens()] == [(old["id"], "x")]


@pytest.mark.parametrize("superseded", ["delete", "deactivate"])
@pytest.mark.parametrize(
    "fault",
    [{"kind": "status", "status": 403}, {"kind": "status", "status": 500}, {"kind": "reset_before"}],
    ids=str,
)
def test_the_old_token_cannot_be_retired(
    sandbox: Sandbox, api_token: Task, old: Json, prepared: str, superseded: str, fault: Options
) -> None:
    """Only the user could take the delivery back, so both stay."""
    method = "DELETE" if superseded == "delete" else "PATCH"
    sandbox.fault(**fault, method=method, path=f".*/{old['id']}", skip=method == "PATCH", times=None)
    options = {**REPLACED, "superseded": superseded, "phase": "commit", "prepared_id": prepared, "retries": 0}
    result = api_token(**options)
    [warning] = result["warnings"]
    assert f"The replaced token {old['id']} may still work." in warning
    assert prepared in warning
    assert result["superseded"][0]["action"] == "kept"
    assert {token["id"]: token["status"] for token in sandbox.tokens()} == {old["id"]: "active", prepared: "active"}
    sandbox.clear_faults()
    assert api_token(**options)["changed"]
    assert not api_token(**options)["changed"]


def test_the_list_cannot_be_read_after_the_naming(sandbox: Sandbox, api_token: Task, prepared: str) -> None:
    sandbox.fault("status", method="GET", skip=1, status=500, times=None)
    [warning] = api_token(**REPLACED, phase="commit", prepared_id=prepared, retries=0)["warnings"]
    assert "The check for a concurrent run failed" in warning
