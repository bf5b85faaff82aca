# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two phases: ``prepare`` creates a pending token, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module import outcome as outcome_module
from ansible_collections.losant.platform.tests.support.times import EARLIER, FUTURE, PAST
from ansible_collections.losant.platform.tests.support.tokens import PENDING, accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    ids,
    methods,
    named,
    predictable,
    shown,
    the_token,
    without_token,
    writes,
)
from ansible_collections.losant.platform.tests.unit.plugins.modules.two_phases import (
    DECLARED,
    MINUTE_AGO,
    PENDING_NAME,
    REPLACED,
    SCOPE,
    Options,
    limited,
    untouched,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Json, Sandbox


class TestPrepare:
    def test_it_creates_a_pending_token_and_nothing_else(self, sandbox: Sandbox, api_token: Task, old: Json) -> None:
        over = sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z", creationDate=EARLIER)
        stale = sandbox.seed_token(PENDING_NAME, creationDate=EARLIER)
        result = api_token(**REPLACED, status="inactive", phase="prepare")
        assert methods(sandbox) == ["GET", "POST", "GET"]
        pending = result["api_token"]
        assert PENDING.sub("", pending["name"]) == "x"
        assert (pending["pending"], pending["description"], pending["status"]) == (True, "new", "inactive")
        assert (result["changed"], result["created"], result["prepared_id"]) == (True, True, pending["id"])
        assert result["superseded"] == []
        assert result["rotation"]["reason"] == "always"
        for existing in (old, over, stale):
            assert shown(existing) in sandbox.tokens()

    def test_its_secret_is_returned(self, sandbox: Sandbox, api_token: Task, old: Json) -> None:
        result = api_token(**REPLACED, phase="prepare")
        assert accepts(sandbox, result["token"])
        assert accepts(sandbox, old["token"])
        assert result["token"] not in without_token(result)

    def test_a_secret_that_nobody_can_get_at_is_warned_about(self, api_token: Task) -> None:
        result = api_token(**DECLARED, phase="prepare", return_token=False)
        [warning] = result["warnings"]
        assert "token" not in result
        assert warning.endswith("Set return_token=true.")

    def test_the_check_mode_and_the_diff_predict_it(self, sandbox: Sandbox, api_token: Task, old: Json) -> None:
        predicted = api_token(**REPLACED, phase="prepare", _check=True)
        assert set(methods(sandbox)) == {"GET"}
        result = api_token(**REPLACED, phase="prepare")
        assert (predicted["prepared_id"], predicted["api_token"]["name"]) == (None, "x ~pending:(new)")
        assert predicted["diff"] == result["diff"]
        assert predicted["diff"]["before"] == {}
        assert predicted["diff"]["after"]["name"] == "x ~pending:(new)"
        assert predicted["api_token"]["pending"] is True
        for outcome in (predicted, result):
            outcome["prepared_id"] = outcome["api_token"]["name"] = None
        assert predictable(predicted, made=True) == predictable(result, made=True)

    @pytest.mark.parametrize(
        "options",
        [{}, {"description": "changed", "status": "inactive"}, {"state": "absent"}],
        ids=["converged", "an update", "absent"],
    )
    def test_what_needs_no_new_token_is_left_to_the_commit(
        self, sandbox: Sandbox, api_token: Task, old: Json, options: Options
    ) -> None:
        sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z", creationDate=EARLIER)
        result = api_token(name="x", phase="prepare", **options)
        assert methods(sandbox) == ["GET"]
        assert (result["changed"], result["created"], result["prepared_id"]) == (False, False, None)
        assert result["api_token"]["id"] == old["id"]
        assert result["diff"]["before"] == result["diff"]["after"]
        assert "token" not in result

    def test_nothing_exists_and_absent_is_declared(self, api_token: Task) -> None:
        result = api_token(name="x", state="absent", phase="prepare")
        assert (result["changed"], result["api_token"], result["prepared_id"]) == (False, None, None)

    def test_the_new_token_is_verified_before_it_is_delivered(self, sandbox: Sandbox, api_token: Task) -> None:
        result = api_token(**DECLARED, phase="prepare", verify=True)
        assert methods(sandbox) == ["GET", "POST", "GET", "GET"]
        assert sandbox.requests()[-1]["caller"] == result["prepared_id"]

    def test_a_token_that_losant_does_not_accept_is_deleted(self, sandbox: Sandbox, failing_api_token: Task) -> None:
        sandbox.fault(
            "status", path=f"/applications/{sandbox.application_id}", status=401, times=None, body={"type": "x"}
        )
        result = failing_api_token(**DECLARED, phase="prepare", verify=True, retries=0)
        assert sandbox.tokens() == []
        assert "was deleted again" in result["msg"]

    @pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
    @pytest.mark.parametrize("lacking", ["patch", "delete"])
    def test_an_access_token_that_could_not_commit_is_refused(
        self, sandbox: Sandbox, failing_api_token: Task, lacking: str, check: bool
    ) -> None:
        """Nothing is superseded, so a whole task would not need the deletion."""
        scopes = [
            "applicationApiTokens.post",
            *(f"applicationApiToken.{s}" for s in ("patch", "delete") if s != lacking),
        ]
        access_token = limited(sandbox, *scopes)
        sandbox.clear_requests()
        result = failing_api_token(**DECLARED, phase="prepare", staged="true", access_token=access_token, _check=check)
        assert methods(sandbox) == ["GET"]
        assert result["failure"]["scopes"] == [f"applicationApiToken.{lacking}"]
        assert "Nothing was changed." in result["msg"]

    @pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
    def test_it_needs_staged_creation(self, sandbox: Sandbox, failing_api_token: Task, check: bool) -> None:
        result = failing_api_token(**DECLARED, phase="prepare", staged="false", _check=check)
        assert methods(sandbox) == ["GET"]
        assert "staged=true" in result["msg"]
        assert result["failure"]["kind"] == "declaration"

    def test_a_converged_one_needs_no_scope_that_writes(self, sandbox: Sandbox, api_token: Task, old: Json) -> None:
        sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z", creationDate=EARLIER)
        result = api_token(name="x", phase="prepare", access_token=limited(sandbox), staged="false")
        assert (result["changed"], result["warnings"]) == (False, [])

    def test_what_the_commit_would_revoke_is_refused_before(
        self, sandbox: Sandbox, failing_api_token: Task, api_token: Task
    ) -> None:
        """Promise 11."""
        own = sandbox.seed_token("x", scope=["all.Application"], creationDate=EARLIER)
        options = {**REPLACED, "phase": "prepare", "access_token": own["token"]}
        assert "allow_self_revoke" in failing_api_token(**options)["msg"]
        assert writes(sandbox) == []
        assert api_token(**options, allow_self_revoke=True)["prepared_id"]

    def test_a_name_without_room_for_a_suffix_is_refused(self, sandbox: Sandbox, failing_api_token: Task) -> None:
        result = failing_api_token(name="x" * 230, scope=SCOPE, phase="prepare")
        assert (result["failure"]["kind"], result["failure"]["option"]) == ("invalid_option", "name")
        assert writes(sandbox) == []

    @pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
    def test_a_fresh_pending_token_is_a_conflict(
        self, sandbox: Sandbox, failing_api_token: Task, old: Json, check: bool
    ) -> None:
        other = sandbox.seed_token(PENDING_NAME, creationDate="2026-11-24T07:55:00.000Z")
        result = failing_api_token(**REPLACED, phase="prepare", _check=check)
        assert result["failure"] == {"kind": "conflict", "ids": [other["id"]]}
        for words in ("5m ago", f"phase=commit and prepared_id={other['id']}", "phase=abort", "in 55m"):
            assert words in result["msg"]
        assert untouched(sandbox, old, other)

    def test_a_fresh_pending_token_is_no_conflict_if_none_is_needed(self, sandbox: Sandbox, api_token: Task) -> None:
        sandbox.seed_token("x", scope=SCOPE)
        sandbox.seed_token(PENDING_NAME, creationDate=MINUTE_AGO)
        assert not api_token(**DECLARED, phase="prepare")["changed"]

    def test_a_stale_pending_token_or_one_of_another_name_is_no_conflict(
        self, sandbox: Sandbox, api_token: Task
    ) -> None:
        sandbox.seed_token(PENDING_NAME, creationDate="2026-11-24T07:00:00.000Z")
        sandbox.seed_token(PENDING_NAME.replace("x", "y", 1), creationDate=MINUTE_AGO)
        assert api_token(**DECLARED, phase="prepare")["created"]
        assert len(sandbox.tokens()) == 3

    @pytest.mark.parametrize(
        ("name", "created", "is_first"),
        [
            (PENDING_NAME, MINUTE_AGO, True),
            (PENDING_NAME, FUTURE, False),
            ("x", MINUTE_AGO, True),
            ("x", FUTURE, True),
            ("y ~pending:0123456789abcdef", MINUTE_AGO, False),
        ],
        ids=["prepared earlier", "prepared later", "named", "named after a later creation", "of another name"],
    )
    def test_of_two_simultaneous_runs_at_most_one_survives(
        self, sandbox: Sandbox, run_module: Any, name: str, created: str, is_first: bool
    ) -> None:
        sandbox.fault("mutate", method="GET", skip=1, create=[{"name": name, "creationDate": created}])
        result = run_module("api_token", **DECLARED, phase="prepare")
        assert bool(result.get("failed")) is is_first
        others = [token for token in sandbox.tokens() if token["name"] == name]
        assert len(others) == 1
        assert len(sandbox.tokens()) == (1 if is_first else 2)
        if is_first:
            assert result["failure"] == {"kind": "conflict", "ids": ids(others)}
            assert "was deleted again" in result["msg"]
            assert "token" not in result

    def test_the_list_cannot_be_read_after_the_creation(self, sandbox: Sandbox, api_token: Task) -> None:
        sandbox.fault("status", method="GET", skip=1, status=500, times=None)
        result = api_token(**DECLARED, phase="prepare", retries=0)
        [warning] = result["warnings"]
        assert "The check for a concurrent run failed" in warning
        assert "'x'" in warning
        assert result["prepared_id"]

    def test_a_lost_response_is_resolved(self, sandbox: Sandbox, api_token: Task) -> None:
        sandbox.fault("reset_after", method="POST")
        result = api_token(**DECLARED, phase="prepare")
        assert ids(sandbox.tokens()) == [result["prepared_id"]]
        assert accepts(sandbox, result["token"])

    def test_a_result_that_cannot_be_returned(
        self, sandbox: Sandbox, failing_api_token: Task, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Promise 5: nobody gets the secret, so the message names the token and how to delete it."""

        def broken(*_arguments: Any) -> NoReturn:
            raise ValueError

        monkeypatch.setattr(outcome_module, "diff_result", broken)
        result = failing_api_token(**DECLARED, phase="prepare")
        pending = the_token(sandbox)
        assert f"The new token {pending['id']} is pending, and its secret is lost" in result["msg"]
        assert result["failure"]["left"] == [pending["name"]]

    def test_an_expired_token_stays_until_the_commit(self, sandbox: Sandbox, api_token: Task) -> None:
        sandbox.seed_token("x", scope=SCOPE, creationDate=EARLIER, expirationDate=PAST)
        prepared = api_token(name="x", phase="prepare")
        assert prepared["rotation"]["reason"] == "expired"
        assert sorted(named(sandbox)) == ["x", prepared["api_token"]["name"]]
        result = api_token(name="x", phase="commit", prepared_id=prepared["prepared_id"])
        assert ids(sandbox.tokens()) == [result["api_token"]["id"]] == [prepared["prepared_id"]]
        assert result["rotation"]["reason"] == "expired"
