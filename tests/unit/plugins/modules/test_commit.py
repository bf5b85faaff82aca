# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two phases: ``commit`` brings a delivered token in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, NOW, PAST, SOON
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    bodies,
    counts,
    ids,
    methods,
    named,
    predictable,
    the_token,
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
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import SetTime, Task
    from losant_sandbox.client import Json, Sandbox


class TestCommit:
    @pytest.fixture
    def prepared(self, api_token: Task, sandbox: Sandbox, old: Json) -> str:
        """The id of a token that was prepared to replace the current one."""
        token_id = api_token(**REPLACED, phase="prepare")["prepared_id"]
        sandbox.clear_requests()
        return str(token_id)

    @pytest.mark.parametrize(
        ("superseded", "left"),
        [
            ({}, {}),
            ({"superseded": "deactivate"}, {"x ~superseded:2026-11-24T08:00:00Z": "inactive"}),
            ({"superseded": "keep"}, {"x ~superseded:never": "active"}),
            ({"superseded_after": "2h"}, {"x ~superseded:2026-11-24T10:00:00Z": "active"}),
        ],
        ids=str,
    )
    def test_it_names_the_prepared_token_and_retires_the_old_one(
        self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str, superseded: Options, left: dict[str, str]
    ) -> None:
        result = api_token(**REPLACED, **superseded, phase="commit", prepared_id=prepared)
        assert named(sandbox) == {"x": "active", **left}
        assert (result["changed"], result["created"], result["api_token"]["id"]) == (True, False, prepared)
        assert result["prepared_id"] is None
        assert "token" not in result
        assert (result["api_token"]["name"], result["api_token"]["pending"]) == ("x", False)
        [entry] = result["superseded"]
        assert entry["id"] == old["id"]
        assert min(counts(sandbox)) > 0
        assert result["diff"]["before"]["id"] == old["id"]
        assert result["diff"]["after"]["id"] == prepared
        assert result["rotation"]["reason"] == "always"
        assert result["warnings"] == []

    def test_the_order_of_its_requests(self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str) -> None:
        over = sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z", creationDate=EARLIER)
        api_token(**REPLACED, phase="commit", prepared_id=prepared)
        assert methods(sandbox) == ["GET", "PATCH", "PATCH", "GET", "DELETE", "DELETE"]
        assert [token_id for _method, token_id in writes(sandbox)] == [old["id"], prepared, over["id"], old["id"]]

    def test_both_phases_lead_to_what_a_whole_task_leads_to(
        self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str
    ) -> None:
        api_token(**REPLACED, phase="commit", prepared_id=prepared)
        two_phases = the_token(sandbox)
        sandbox.reset()
        sandbox.clock(now=NOW)
        sandbox.seed_token("x", scope=["device.get"], creationDate=EARLIER)
        api_token(**REPLACED)
        whole = the_token(sandbox)
        for fields in (two_phases, whole):
            del fields["id"], fields["lastUpdated"], fields["ownerId"]
            for key in [key for key in fields if key.startswith("creator") or key.endswith("Id")]:
                del fields[key]
        assert two_phases == whole

    @pytest.mark.parametrize("is_prepared", [True, False], ids=["prepared", "prepared in check mode"])
    def test_the_check_mode_predicts_it(
        self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str, is_prepared: bool
    ) -> None:
        """Promise 9. In check mode, prepare writes nothing."""
        options = {**REPLACED, "phase": "commit"}
        given = {"prepared_id": prepared} if is_prepared else {}
        predicted = api_token(**options, **given, _check=True)
        assert set(methods(sandbox)) == {"GET"}
        result = api_token(**options, prepared_id=prepared)
        for outcome in (predicted, result):
            del outcome["diff"]["after"]["id"]
            outcome.pop("invocation", None)  # not with every core
        assert predictable(predicted, made=True) == predictable(result, made=True)

    def test_once_more_it_has_nothing_to_do(self, sandbox: Sandbox, api_token: Task, prepared: str) -> None:
        """Promise 1: the result of the first time was lost."""
        options = {**REPLACED, "phase": "commit", "prepared_id": prepared, "held_token": "another"}
        first = api_token(**options)
        sandbox.clear_requests()
        again = api_token(**options)
        assert methods(sandbox) == ["GET"]
        assert (again["changed"], again["api_token"]) == (False, first["api_token"])
        assert not again["rotation"]["due"]

    def test_once_more_it_finishes_what_the_first_time_did_not(
        self, sandbox: Sandbox, api_token: Task, old: Json, prepared: str
    ) -> None:
        options = {**REPLACED, "phase": "commit", "prepared_id": prepared, "retries": 0}
        sandbox.fault("status", method="DELETE", status=403)
        [warning] = api_token(**options)["warnings"]
        assert old["id"] in warning
        assert prepared in warning
        assert api_token(**options)["changed"]
        assert ids(sandbox.tokens()) == [prepared]
        assert not api_token(**options)["changed"]

    def test_an_hour_late_it_is_committed_and_not_cleaned_up(
        self, sandbox: Sandbox, api_token: Task, prepared: str, set_time: SetTime
    ) -> None:
        set_time("2026-11-24T10:00:00Z")
        result = api_token(**REPLACED, phase="commit", prepared_id=prepared)
        assert ids(sandbox.tokens()) == [result["api_token"]["id"]] == [prepared]

    def test_an_hour_later_another_run_removes_it(
        self, sandbox: Sandbox, api_token: Task, failing_api_token: Task, old: Json, prepared: str, set_time: SetTime
    ) -> None:
        """The play died between the phases: the old token works on."""
        set_time("2026-11-24T09:00:00Z")
        assert api_token(name="x")["changed"]
        assert untouched(sandbox, old)
        message = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared)["msg"]
        assert "it does not exist" in message
        assert "Run phase=prepare again" in message

    def test_what_can_be_changed_is_changed_with_the_name(
        self, sandbox: Sandbox, api_token: Task, prepared: str
    ) -> None:
        """Somebody changed the declaration between the phases."""
        options = {**REPLACED, "description": "newer", "status": "inactive"}
        result = api_token(**options, phase="commit", prepared_id=prepared)
        assert bodies(sandbox, "PATCH")[1] == {"name": "x", "description": "newer", "status": "inactive"}
        assert (result["api_token"]["description"], result["api_token"]["status"]) == ("newer", "inactive")

    @pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({"scope": ["device.get"]}, "scope"),
            ({"expires_in": None, "expiration_date": ""}, "expiration_date"),
            ({"expires_in": "20d"}, "expires_in"),
        ],
        ids=["scope", "expiration_date", "expires_in"],
    )
    def test_what_only_another_token_could_have_is_refused(
        self, sandbox: Sandbox, failing_api_token: Task, prepared: str, options: Options, field: str, check: bool
    ) -> None:
        before = sandbox.tokens()
        result = failing_api_token(**{**REPLACED, **options}, phase="commit", prepared_id=prepared, _check=check)
        assert result["failure"]["kind"] == "declaration"
        assert result["failure"]["fields"] == [field]
        assert prepared in result["msg"]
        assert "was prepared for another declaration" in result["msg"]
        assert sandbox.tokens() == before

    @pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (None, "it does not exist"),
            ({"name": "y"}, "it is named 'y'"),
            ({"name": "x ~superseded:2026-11-24T08:00:00Z"}, "it is named 'x ~superseded:2026-11-24T08:00:00Z'"),
            ({"name": "y ~pending:0123456789abcdef"}, "it is pending for another name: 'y ~pending:0123456789abcdef'"),
            ({"status": "inactive"}, "it is inactive"),
        ],
        ids=["deleted", "renamed", "superseded", "pending for another name", "deactivated"],
    )
    def test_a_token_that_is_no_longer_the_prepared_one(
        self,
        sandbox: Sandbox,
        failing_api_token: Task,
        prepared: str,
        change: Options | None,
        words: str,
        check: bool,
    ) -> None:
        path = f"{sandbox.tokens_path}/{prepared}"
        sandbox.call("DELETE" if change is None else "PATCH", path, json=change).raise_for_status()
        before = sandbox.tokens()
        result = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared, _check=check)
        assert result["failure"] == {"kind": "declaration", "ids": [prepared]}
        for expected in (words, "Nothing was changed.", "Run phase=prepare again"):
            assert expected in result["msg"]
        assert sandbox.tokens() == before

    def test_an_expired_token_is_not_committed(
        self, sandbox: Sandbox, failing_api_token: Task, prepared: str, set_time: SetTime
    ) -> None:
        set_time("2026-12-24T08:00:00Z")
        result = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared)
        assert "it expired at 2026-12-24T08:00:00.000Z" in result["msg"]
        assert set(methods(sandbox)) == {"GET"}

    @pytest.mark.parametrize("declared", [{"status": "inactive"}, {}], ids=["declared", "inherited"])
    def test_an_inactive_token_is_committed_if_that_is_meant(
        self, sandbox: Sandbox, api_token: Task, declared: Options
    ) -> None:
        sandbox.seed_token("x", scope=SCOPE, status="inactive", creationDate=EARLIER)
        options = {**DECLARED, **declared, "recreate": "always"}
        prepared_id = api_token(**options, phase="prepare")["prepared_id"]
        result = api_token(**options, phase="commit", prepared_id=prepared_id)
        assert (result["api_token"]["id"], result["api_token"]["status"]) == (prepared_id, "inactive")

    @pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
    def test_a_token_that_was_created_since_wins(
        self, sandbox: Sandbox, api_token: Task, failing_api_token: Task, prepared: str, check: bool, set_time: SetTime
    ) -> None:
        set_time("2026-11-24T08:01:00Z")
        current = api_token(**REPLACED)["api_token"]["id"]
        result = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared, _check=check)
        assert result["failure"] == {"kind": "conflict", "ids": [current]}
        assert current in result["msg"]
        assert ids(sandbox.tokens()) == ([prepared, current] if check else [current])
        assert ("no longer valid" in result["msg"]) is not check

    def test_the_prepared_token_cannot_be_deleted_after_a_conflict(
        self, sandbox: Sandbox, api_token: Task, failing_api_token: Task, prepared: str, set_time: SetTime
    ) -> None:
        set_time("2026-11-24T08:01:00Z")
        api_token(**REPLACED)
        sandbox.fault("status", method="DELETE", status=500, times=None)
        result = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared, retries=0)
        assert result["failure"]["left"] == [f"The prepared token {prepared} remains: delete it by api_token_id."]

    def test_the_token_that_the_task_authenticates_with_is_not_deleted_after_a_conflict(
        self, sandbox: Sandbox, api_token: Task, failing_api_token: Task, set_time: SetTime
    ) -> None:
        """Promise 11."""
        options: Options = {"name": "x", "scope": ["all.Application"], "recreate": "always"}
        prepared = api_token(**options, phase="prepare")
        set_time("2026-11-24T08:01:00Z")
        api_token(**options)
        more: Options = {"prepared_id": prepared["prepared_id"], "access_token": prepared["token"]}
        result = failing_api_token(**options, phase="commit", **more)
        assert "This task authenticates with it" in result["msg"]
        assert prepared["prepared_id"] in ids(sandbox.tokens())

    def test_a_token_that_is_named_meanwhile_wins(
        self, sandbox: Sandbox, failing_api_token: Task, old: Json, prepared: str
    ) -> None:
        """Between the first list and the naming: whoever named its token later gives way."""
        other = {"name": "x", "creationDate": MINUTE_AGO, "lastUpdated": MINUTE_AGO}
        sandbox.fault("mutate", method="GET", skip=1, create=[other])
        result = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared)
        assert result["failure"]["kind"] == "conflict"
        assert prepared not in ids(sandbox.tokens())
        assert f"The prepared token {prepared} was deleted" in result["msg"]
        assert f"The replaced token {old['id']} is now named" in result["msg"]

    def test_two_tokens_of_the_name_are_refused(self, sandbox: Sandbox, failing_api_token: Task, prepared: str) -> None:
        """Promise 2."""
        sandbox.seed_token("x", creationDate=EARLIER)
        assert "Two API tokens" in failing_api_token(**REPLACED, phase="commit", prepared_id=prepared)["msg"]
        assert writes(sandbox) == []

    def test_held_token_does_not_count(self, sandbox: Sandbox, api_token: Task, old: Json) -> None:
        """The place may hold the new secret already."""
        options: Options = {"name": "x", "recreate": "state_change"}
        prepared = api_token(**options, held_token="", phase="prepare")
        assert prepared["rotation"]["reason"] == "held_token"
        sandbox.clear_requests()
        more = {"prepared_id": prepared["prepared_id"], "held_token": "opaque"}
        result = api_token(**options, **more, phase="commit")
        assert sandbox.requests()[0]["path"].endswith("/tokens")
        assert result["rotation"]["reason"] == "held_token"
        assert ids(sandbox.tokens()) == [prepared["prepared_id"]]
        assert not api_token(**options, **more, phase="commit")["changed"]

    def test_the_access_token_must_be_able_to_name(
        self, sandbox: Sandbox, failing_api_token: Task, prepared: str
    ) -> None:
        access_token = limited(sandbox, "applicationApiToken.delete")
        result = failing_api_token(**REPLACED, phase="commit", prepared_id=prepared, access_token=access_token)
        assert result["failure"]["scopes"] == ["applicationApiToken.patch"]
        assert "staged=false" not in result["msg"]
        assert writes(sandbox) == []


class TestCommitWithoutPreparedToken:
    @pytest.mark.parametrize("prepared_id", [None, ""], ids=["null", "empty"])
    def test_it_does_what_needs_no_new_token(
        self, sandbox: Sandbox, api_token: Task, old: Json, prepared_id: str | None
    ) -> None:
        sandbox.seed_token("x ~superseded:2026-11-24T07:00:00Z", creationDate=EARLIER)
        sandbox.seed_token(PENDING_NAME, creationDate=EARLIER)
        options: Options = {"name": "x", "description": "changed", "phase": "commit", "prepared_id": prepared_id}
        result = api_token(**options)
        assert (result["changed"], result["api_token"]["description"]) == (True, "changed")
        assert ids(sandbox.tokens()) == [old["id"]]
        assert not api_token(**options)["changed"]

    def test_it_deletes_what_is_declared_absent(self, sandbox: Sandbox, api_token: Task, old: Json) -> None:
        result = api_token(name="x", state="absent", phase="commit")
        assert (result["changed"], result["api_token"]) == (True, None)
        assert sandbox.tokens() == []

    @pytest.mark.parametrize(
        ("seed", "options", "reason"),
        [
            (None, {}, None),
            ({"expirationDate": PAST}, {}, "expired"),
            ({"expirationDate": SOON}, {"rotate_before": "14d", "expires_in": "40d"}, "expires_soon"),
            ({"scope": ["device.get"]}, {"recreate": "state_change"}, "differs"),
            ({}, {"recreate": "always"}, "always"),
        ],
        ids=["missing", "expired", "expires soon", "differs", "always"],
    )
    def test_it_fails_if_a_new_token_is_needed(
        self, sandbox: Sandbox, failing_api_token: Task, seed: Options | None, options: Options, reason: str | None
    ) -> None:
        if seed is not None:
            sandbox.seed_token("x", **{"scope": SCOPE, "creationDate": EARLIER, **seed})
        result = failing_api_token(**DECLARED, **options, phase="commit")
        assert result["failure"] == {"kind": "declaration", "reason": reason}
        assert "Run phase=prepare" in result["msg"]
        assert (reason or "does not exist") in result["msg"]
        assert writes(sandbox) == []
