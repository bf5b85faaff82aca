# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The domain's two entries: ensure one token, and find tokens."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import DeliveryError, TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.caller import Caller
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import application
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import Holding
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import Selection, ensure, find
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Outcome, Work
from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.memory_api import (
    NEW,
    OLD,
    SECRET,
    Fault,
    MemoryApi,
    api_error,
)
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.conftest import Connect
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import (
    DAY,
    NOW,
    expired,
    id_of,
    secret_of,
    token,
)
from losant_sandbox.client import Sandbox

NOBODY = Caller(None, None)


def outcome_of(
    api: MemoryApi, *, dry: bool = False, file: TokenFile | None = None, staged: str = "false", **declared: Any
) -> Outcome:
    work = Work(Declaration(**{"name": "x", **declared}), staged, file)
    return ensure(work, api.as_api, NOBODY, System(), dry=dry)


class TestEnsure:
    @pytest.mark.parametrize(
        ("declared", "calls"),
        [
            ({}, ["list"]),
            ({"description": "new"}, ["list", "patch"]),
            ({"state": "absent"}, ["list", "delete"]),
            ({"recreate": "always"}, ["list", "create", "list", "delete"]),
            ({"name": "new"}, ["list", "create", "list"]),
        ],
        ids=str,
    )
    def test_it_reads_once_and_a_dry_run_writes_nothing(self, declared: dict[str, Any], calls: list[str]) -> None:
        """Promise 9."""
        dry, real = MemoryApi([token(1)]), MemoryApi([token(1)])
        expected = outcome_of(dry, dry=True, **declared)
        assert dry.calls == ["list"]
        outcome = outcome_of(real, **declared)
        assert real.calls == calls
        assert outcome.plan == expected.plan
        assert (outcome.token and outcome.token.comparable()) == (expected.token and expected.token.comparable())
        assert expected.secret is None
        assert (outcome.secret == Secret(SECRET)) is ("create" in calls)

    def test_a_failure_has_the_warnings_of_the_plan(self) -> None:
        """A misspelt scope explains why Losant refuses it."""
        api = MemoryApi([], Fault("create", api_error(400)))
        with pytest.raises(RequestError) as caught:
            outcome_of(api, scope=("devices.got",))
        [warning] = caught.value.warnings
        assert "'devices.got'" in warning

    def test_two_tokens_of_the_name_leave_everything_as_it_is(self) -> None:
        """Promise 2."""
        api = MemoryApi([token(1), token(2)])
        with pytest.raises(PlanError, match="Two API tokens are named 'x'"):
            outcome_of(api, recreate="always")
        assert api.calls == ["list"]


class TestFile:
    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (None, None),
            (secret_of(OLD), Holding(OLD)),
            (f"{secret_of(OLD)}\n", Holding(OLD)),
            ("opaque", Holding(opaque=True)),
            ("accepted", Holding(opaque=True, accepted=True)),
            ("no secret at all", Holding()),
            ("", Holding()),
        ],
        ids=["no file", "a secret", "with a line break", "opaque", "opaque and accepted", "with spaces", "empty"],
    )
    def test_what_the_file_holds(self, tmp_path: Path, content: str | None, expected: Holding | None) -> None:
        path = tmp_path / "token"
        if content is not None:
            path.write_text(content)
        api = MemoryApi([], accepted={"accepted"})
        outcome = outcome_of(api, file=TokenFile(str(path)), dry=True, recreate="always")
        assert outcome.file_before is not None
        assert (outcome.file_before.holding if outcome.file_before.exists else None) == expected
        # Losant is asked only about what says no id.
        assert api.calls == (["accepts", "list"] if expected is not None and expected.opaque else ["list"])

    @pytest.mark.parametrize("dry", [False, True])
    def test_a_file_that_cannot_be_written_is_found_before_anything_is_created(self, tmp_path: Path, dry: bool) -> None:
        """Promise 9: check mode finds it as well."""

        class FullDisk(TokenFile):
            def check(self) -> None:
                raise DeliveryError("The disk is full.")

        api = MemoryApi([token(1)])
        with pytest.raises(DeliveryError, match="The disk is full"):
            outcome_of(api, file=FullDisk(str(tmp_path / "token")), recreate="always", dry=dry)
        assert api.calls == ["list"]

    def test_a_dry_run_leaves_nothing_in_the_directory(self, tmp_path: Path) -> None:
        directory = tmp_path / "secrets"
        directory.mkdir()
        assert outcome_of(MemoryApi(), file=TokenFile(str(directory / "token")), dry=True).plan.delivers
        assert [*directory.iterdir()] == []

    def test_the_live_secret_of_another_token_is_not_overwritten(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        path.write_text(secret_of(OLD))
        api = MemoryApi([token(1, "other")])
        with pytest.raises(PlanError, match="holds the secret of another token: API token 'other'"):
            outcome_of(api, file=TokenFile(str(path)), recreate="state_change")
        assert api.calls == ["list"]
        assert path.read_text() == secret_of(OLD)
        api = MemoryApi([expired(1, "other")])
        assert outcome_of(api, file=TokenFile(str(path))).secret == Secret(SECRET)
        assert path.read_text() == SECRET


class TestHeldToken:
    """What the consumers hold is compared with the current token."""

    @pytest.mark.parametrize(
        ("held", "status", "is_right"),
        [
            (secret_of(OLD), "active", True),
            (secret_of(OLD), "inactive", True),
            (secret_of(id_of(2)), "active", False),
            ("", "active", False),
            ("", "inactive", False),
            ("accepted", "active", True),
            ("refused", "active", False),
            ("refused", "inactive", True),
            ("no secret at all", "active", False),
        ],
        ids=[
            "right",
            "right, inactive",
            "of another token",
            "empty",
            "empty, inactive",
            "opaque and accepted",
            "opaque and refused",
            "opaque, inactive",
            "with spaces",
        ],
    )
    def test_it_decides_whether_a_new_secret_is_needed(self, held: str, status: str, is_right: bool) -> None:
        tokens, accepted = [token(1, status=status)], {"accepted"}
        declared: dict[str, Any] = {"held_token": Secret(held), "recreate": "state_change"}
        outcome = outcome_of(MemoryApi(tokens, accepted=accepted), **declared)
        assert (outcome.secret is None) is is_right
        assert outcome.plan.rotation.reason == (None if is_right else "held_token")
        if not is_right:
            with pytest.raises(PlanError, match="held_token is not the secret of that token") as caught:
                outcome_of(MemoryApi(tokens, accepted=accepted), **{**declared, "recreate": "never"})
            assert caught.value.failure["fields"] == ["held_token"]

    def test_a_file_and_a_store_must_both_be_right(self, tmp_path: Path) -> None:
        path = tmp_path / "token"
        path.write_text(secret_of(OLD))
        declared: dict[str, Any] = {"held_token": Secret(secret_of(id_of(2))), "recreate": "state_change"}
        outcome = outcome_of(MemoryApi([token(1)]), file=TokenFile(str(path)), **declared)
        assert outcome.plan.rotation.reason == "held_token"
        assert path.read_text() == SECRET


def access_token(**claims: Any) -> Secret:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Secret(f"e30.{payload}.c2ln")


class TestCaller:
    OWNER = MemoryApi().as_api.owner

    @pytest.mark.parametrize(
        ("claims", "token_id", "lacking", "stages"),
        [
            ({"sub": OLD, "scope": ["all.Application"]}, OLD, set(), True),
            ({"sub": OLD, "scope": ["applicationApiToken.*"]}, OLD, {"post"}, True),
            ({"sub": OLD, "scope": ["applicationApiTokens.*"]}, OLD, {"patch", "delete"}, False),
            ({"sub": OLD, "scope": ["applicationApiToken.patch"]}, OLD, {"post", "delete"}, False),
            ({"sub": OLD, "scope": ["all.Application.read"]}, OLD, {"post", "patch", "delete"}, False),
            ({"sub": OLD}, OLD, set(), False),
            ({"sub": OLD, "subtype": "user", "scope": ["all.User"]}, None, set(), True),
        ],
        ids=["everything", "no post", "post alone", "patch alone", "read", "unknown", "a user"],
    )
    def test_what_an_access_token_says(
        self, claims: dict[str, Any], token_id: str | None, lacking: set[str], stages: bool
    ) -> None:
        caller = Caller.of(access_token(**claims), self.OWNER)
        assert caller.token_id == token_id
        assert caller.lacking == lacking
        assert [caller.stages(staged) for staged in ("auto", "true", "false")] == [stages, True, False]

    def test_an_opaque_access_token_says_nothing(self) -> None:
        assert Caller.of(Secret("opaque"), self.OWNER) == NOBODY

    @pytest.mark.parametrize("dry", [False, True])
    @pytest.mark.parametrize(
        "declared", [{"token_id": OLD, "description": "new"}, {"state": "absent"}, {"recreate": "always"}], ids=str
    )
    def test_check_mode_refuses_what_the_real_run_would(self, declared: dict[str, Any], dry: bool) -> None:
        """Promise 9: the scopes inside the access token already show it."""
        api = MemoryApi([token(1)])
        caller = Caller(None, frozenset())
        with pytest.raises(PlanError, match="the scopes in access_token lack"):
            ensure(Work(Declaration(**{"name": "x", **declared})), api.as_api, caller, System(), dry=dry)
        assert api.calls == ["list"]


@pytest.mark.parametrize("offset", [-400 * DAY, timedelta(0), 400 * DAY], ids=["behind", "right", "ahead"])
def test_the_clock_of_the_machine_does_not_matter(connect: Connect, sandbox: Sandbox, offset: timedelta) -> None:
    """Promise 13: Losant's clock decides."""
    system: Mapping[str, Any] = {"now": lambda: NOW + offset}
    client = connect(sandbox.url, access_token=sandbox.access_token, system=system)
    api = TokenApi(client, application(sandbox.application_id))
    sandbox.clock(now=NOW.isoformat())
    fresh = sandbox.seed_token("x ~pending:0123456789abcdef", creationDate=(NOW - timedelta(minutes=59)).isoformat())
    declared = Declaration(name="x", expires_in=DAY, rotate_before=DAY / 2, scope=("devices.get",))
    for expected in (True, False):
        outcome = ensure(Work(declared, "false"), api, NOBODY, replace(System(), **system), dry=False)
        assert (outcome.secret is not None) is expected
        assert outcome.token is not None
        assert outcome.token.expiration_date == NOW + DAY
    assert fresh["id"] in {existing["id"] for existing in sandbox.tokens()}
    assert bool(client.warnings()) is bool(offset)


class TestFind:
    TOKENS = (
        {"id": id_of(1), "name": "x", "expirationDate": (NOW + DAY).isoformat()},
        {"id": id_of(2), "name": "xx"},
        {"id": id_of(3), "name": "x"},
        {"id": id_of(4), "name": "y", "expirationDate": (NOW - DAY).isoformat()},
    )

    @pytest.fixture
    def api(self, connect: Connect, sandbox: Sandbox) -> TokenApi:
        sandbox.seed(tokens=[*self.TOKENS])
        client = connect(sandbox.url, access_token=sandbox.access_token)
        return TokenApi(client, application(sandbox.application_id))

    @pytest.mark.parametrize(
        ("selection", "expected"),
        [
            ({}, [1, 2, 3, 4]),
            ({"name": "x"}, [1, 3]),
            ({"name": "x*"}, []),
            ({"token_id": id_of(2)}, [2]),
            ({"expires_within": timedelta(0)}, [4]),
            ({"expires_within": DAY}, [1, 4]),
            ({"expires_within": DAY - timedelta(milliseconds=1)}, [4]),
            ({"name": "x", "expires_within": timedelta.max}, [1]),
        ],
        ids=str,
    )
    def test_what_is_compared_here(self, api: TokenApi, selection: dict[str, Any], expected: list[int]) -> None:
        found = find(Selection({"sortField": "id"}, 2, **selection), api)
        assert [existing.id for existing in found.tokens] == [id_of(number) for number in expected]
        assert found.total_count == 4

    def test_a_single_page(self, api: TokenApi) -> None:
        found = find(Selection({"sortField": "id"}, 3, page=1), api)
        assert ([existing.id for existing in found.tokens], found.total_count) == ([id_of(4)], 4)


def test_a_new_token_has_its_id_in_the_outcome() -> None:
    outcome = outcome_of(MemoryApi())
    assert outcome.token is not None
    assert outcome.token.id == NEW
    assert outcome.now == NOW
