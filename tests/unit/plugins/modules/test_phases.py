# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two phases: ``abort``, options that contradict a phase, and a whole play."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, NOW
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    UNKNOWN_ID,
    ids,
    methods,
    writes,
)
from ansible_collections.losant.platform.tests.unit.plugins.modules.two_phases import (
    DECLARED,
    PENDING_NAME,
    REPLACED,
    Options,
    limited,
    untouched,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import SetTime, Task
    from losant_sandbox.client import Json, Sandbox


class TestAbort:
    @pytest.fixture
    def prepared(self, api_token: Task, sandbox: Sandbox, old: Json) -> str:
        token_id = api_token(**REPLACED, phase="prepare")["prepared_id"]
        sandbox.clear_requests()
        return str(token_id)

    def test_it_deletes_the_pending_token_and_nothing_else(
        self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str
    ) -> None:
        other = sandbox.seed_token(PENDING_NAME, creationDate=EARLIER)
        over = sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z", creationDate=EARLIER)
        predicted = api_token(**REPLACED, phase="abort", prepared_id=prepared, _check=True)
        assert writes(sandbox) == []
        result = api_token(**REPLACED, phase="abort", prepared_id=prepared)
        assert predicted == result
        assert writes(sandbox) == [("DELETE", prepared)]
        assert untouched(sandbox, old, other, over)
        assert (result["changed"], result["created"], result["prepared_id"]) == (True, False, None)
        assert result["api_token"]["id"] == old["id"]
        assert (result["diff"]["before"]["id"], result["diff"]["after"]) == (prepared, {})

    def test_once_more_it_has_nothing_to_do(self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str) -> None:
        api_token(**REPLACED, phase="abort", prepared_id=prepared)
        result = api_token(**REPLACED, phase="abort", prepared_id=prepared)
        assert (result["changed"], result["api_token"]["id"]) == (False, old["id"])

    @pytest.mark.parametrize("prepared_id", [None, "", UNKNOWN_ID], ids=["null", "empty", "gone"])
    def test_nothing_is_prepared(self, sandbox: Sandbox, api_token: Task, prepared_id: str | None) -> None:
        result = api_token(**DECLARED, phase="abort", prepared_id=prepared_id)
        assert (result["changed"], result["api_token"]) == (False, None)
        assert methods(sandbox) == ["GET"]

    @pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
    @pytest.mark.parametrize("name", ["x", "y", "y ~pending:0123456789abcdef", "x ~superseded:never"])
    def test_another_token_is_not_deleted(
        self, sandbox: Sandbox, failing_api_token: Task, name: str, check: bool
    ) -> None:
        token = sandbox.seed_token(name)
        result = failing_api_token(name="x", phase="abort", prepared_id=token["id"], _check=check)
        assert result["failure"] == {"kind": "declaration", "ids": [token["id"]]}
        assert repr(name) in result["msg"]
        assert untouched(sandbox, token)

    def test_a_lost_response_is_resolved(self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str) -> None:
        sandbox.fault("reset_after", method="DELETE")
        assert api_token(**REPLACED, phase="abort", prepared_id=prepared, retries=0)["changed"]
        assert untouched(sandbox, old)

    def test_a_refusal_is_an_error(self, sandbox: Sandbox, failing_api_token: Task, prepared: str) -> None:
        sandbox.fault("status", method="DELETE", status=403)
        assert prepared in failing_api_token(**REPLACED, phase="abort", prepared_id=prepared)["msg"]

    def test_several_tokens_of_the_name_are_no_obstacle(
        self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str
    ) -> None:
        sandbox.seed_token("x", creationDate=EARLIER)
        result = api_token(**REPLACED, phase="abort", prepared_id=prepared)
        assert (result["changed"], result["api_token"]) == (True, None)

    def test_the_access_token_must_be_able_to_delete(
        self, sandbox: Sandbox, failing_api_token: Task, prepared: str
    ) -> None:
        result = failing_api_token(
            **REPLACED, phase="abort", prepared_id=prepared, access_token=limited(sandbox, "applicationApiToken.patch")
        )
        assert result["failure"]["scopes"] == ["applicationApiToken.delete"]
        assert writes(sandbox) == []


class TestOptions:
    @pytest.mark.parametrize("phase", ["prepare", "commit", "abort"])
    def test_a_token_file_is_refused(self, sandbox: Sandbox, failing_api_token: Task, phase: str) -> None:
        result = failing_api_token(**DECLARED, phase=phase, token_file="/nowhere/token")
        assert (result["failure"]["kind"], result["failure"]["option"]) == ("invalid_option", "token_file")
        assert methods(sandbox) == []

    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"phase": "all"},
            {"phase": "prepare"},
            {"phase": "commit", "state": "absent"},
            {"phase": "commit", "api_token_id": UNKNOWN_ID},
            {"phase": "abort", "api_token_id": UNKNOWN_ID},
            {"phase": "abort", "api_token_id": UNKNOWN_ID, "name": None},
            {"phase": "commit", "prepared_id": "no id"},
        ],
        ids=str,
    )
    def test_a_prepared_id_that_does_not_fit_is_refused(
        self, sandbox: Sandbox, failing_api_token: Task, options: Options
    ) -> None:
        result = failing_api_token(**{"name": "x", "prepared_id": UNKNOWN_ID, **options})
        assert (result["failure"]["kind"], result["failure"]["option"]) == ("invalid_option", "prepared_id")
        assert methods(sandbox) == []

    @pytest.mark.parametrize("phase", ["all", "prepare"])
    def test_an_empty_one_is_none(self, api_token: Task, phase: str) -> None:
        assert api_token(**DECLARED, phase=phase, prepared_id="")["created"]

    def test_a_held_token_and_a_token_file_exclude_each_other(self, failing_api_token: Task) -> None:
        result = failing_api_token(**DECLARED, held_token="", token_file="/nowhere/token")
        assert "mutually exclusive" in result["msg"]

    def test_the_key_exists_in_a_whole_task(self, api_token: Task) -> None:
        assert api_token(**DECLARED)["prepared_id"] is None

    def test_an_id_can_be_given_to_phases_that_need_no_token(self, sandbox: Sandbox, api_token: Task) -> None:
        token = sandbox.seed_token("x")
        for phase, changed in (("prepare", False), ("commit", True), ("abort", False)):
            result = api_token(api_token_id=token["id"], description="changed", phase=phase)
            assert (result["changed"], result["api_token"]["id"]) == (changed, token["id"])


def test_a_play_that_rotates_through_a_store(sandbox: Sandbox, api_token: Task, set_time: SetTime, old: Json) -> None:
    """A year of plays, each with a prepare, a delivery and a commit: a valid secret is in the store at every moment."""
    store = old["token"]
    options: Options = {**DECLARED, "expires_in": "40d", "rotate_before": "14d", "recreate": "state_change"}
    moment, rotations = datetime.fromisoformat(NOW), 0
    for _week in range(52):
        moment += timedelta(days=7)
        set_time(moment.isoformat())
        assert accepts(sandbox, store)
        prepared = api_token(**options, held_token=store, phase="prepare")
        if prepared["created"]:
            rotations += 1
            store = prepared["token"]
        api_token(**options, held_token=store, phase="commit", prepared_id=prepared["prepared_id"])
        assert accepts(sandbox, store)
        assert ids(sandbox.tokens()) == [prepared["api_token"]["id"]]
    assert rotations > 10
