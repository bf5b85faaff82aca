# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens of users and instances keep the promises that tokens of applications do; and what only they have."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._module import single
from ansible_collections.losant.platform.tests.support import running
from ansible_collections.losant.platform.tests.support.times import FUTURE
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    bodies,
    methods,
    named,
    predictable,
    the_token,
    without_token,
)
from losant_sandbox.state import USER_ID

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule, Way
    from losant_sandbox.client import Sandbox

INSTANCE_ID = "575ec8687ae143cd83dc4b01"
ORG_ID = "575ec76c7ae143cd83dc4a96"
ROLES: dict[str, Any] = {
    "default_role": "none",
    "org_roles": [
        {"org_id": ORG_ID, "role": "view"},
        {"org_id": "sandbox", "role": "view", "application_roles": [{"resource_id": "a" * 24, "role": "none"}]},
    ],
}


class Owner(NamedTuple):
    """A kind of owner: its modules and their options, how its tokens are seeded, and what is known of its scopes."""

    module: str
    options: dict[str, Any]
    seeded: dict[str, Any]
    path: str
    scope: str
    default_scope: str
    needed: str


USER = Owner(
    "user_api_token",
    {"application_id": None},
    {"ownerType": "user"},
    "/me/tokens",
    "me.get",
    "all.User",
    "all.User[.bounded, .read], only.User[.bounded, .read], userApiTokens.*, userApiTokens.get",
)
INSTANCE = Owner(
    "instance_api_token",
    {"application_id": None, "instance_id": INSTANCE_ID},
    {"ownerType": "instance", "ownerId": INSTANCE_ID},
    f"/instances/{INSTANCE_ID}/tokens",
    "instanceOrgs.get",
    "all.Instance",
    "all.Instance[.bounded, .read], all.User[.bounded, .read], instanceApiTokens.*, instanceApiTokens.get",
)


class Tasks:
    """Tasks for the tokens of one owner."""

    def __init__(self, run_module: RunModule, owner: Owner) -> None:
        self.owner = owner
        self._run = run_module

    def ensure(self, *, _check: bool = False, **options: Any) -> Result:
        return self._succeeding(self.owner.module, _check=_check, **options)

    def find(self, **options: Any) -> list[Result]:
        found: list[Result] = self._succeeding(f"{self.owner.module}_info", **options)["api_tokens"]
        return found

    def fail(self, module: str = "", **options: Any) -> Result:
        result = self._run(f"{self.owner.module}{module}", **{**self.owner.options, **options})
        assert result.get("failed"), result
        return result

    def _succeeding(self, module: str, **options: Any) -> Result:
        result = self._run(module, **{**self.owner.options, **options})
        assert not result.get("failed"), result
        return result


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Way:
    """On the controller, unless a test wants something else."""
    chosen: Way = getattr(request, "param", running.run_action)
    return chosen


@pytest.fixture(params=[USER, INSTANCE], ids=lambda owner: owner.module)
def tasks(run_module: RunModule, sandbox: Sandbox, request: pytest.FixtureRequest) -> Tasks:
    sandbox.seed(instances=[{"id": INSTANCE_ID, "name": "Plant"}])
    return Tasks(run_module, request.param)


@pytest.fixture
def user(run_module: RunModule) -> Tasks:
    return Tasks(run_module, USER)


@pytest.mark.parametrize("way", [running.run_module, running.run_action], ids=["module", "task"], indirect=True)
def test_a_token_is_created_found_changed_and_deleted(sandbox: Sandbox, tasks: Tasks, tmp_path: Path) -> None:
    file, owner = tmp_path / "token", tasks.owner
    declared: dict[str, Any] = {
        "name": "x",
        "scope": [owner.scope],
        "expiration_date": FUTURE,
        "token_file": str(file),
        "verify": True,
    }
    predicted = tasks.ensure(**declared, _check=True)
    assert sandbox.requests(writes=True) == []
    created = tasks.ensure(**declared)
    predicted["api_token"]["owner_id"] = created["api_token"]["owner_id"]
    assert predictable(predicted, made=True) == predictable(created, made=True)
    assert {request["path"].rpartition("/tokens")[0] for request in sandbox.requests(writes=True)} == {owner.path[:-7]}
    token = the_token(sandbox)
    assert (token["name"], token["ownerType"], token["scope"]) == ("x", owner.seeded["ownerType"], [owner.scope])
    assert sandbox.call("GET", owner.path.removesuffix("/tokens"), file.read_text()).status_code in (200, 403)
    assert file.read_text() not in without_token(created)

    sandbox.clear_requests()
    assert tasks.ensure(**declared)["changed"] is False
    assert methods(sandbox) == ["GET"]
    changed = tasks.ensure(**declared, description="d", status="inactive")
    assert changed["changed_fields"] == ["description", "status"]
    [found] = tasks.find(name="x")
    assert found == changed["api_token"]
    tasks.ensure(name="x", state="absent", token_file=str(file))
    assert (sandbox.tokens(), file.exists()) == ([], False)


def test_a_token_is_rotated_in_stages(sandbox: Sandbox, tasks: Tasks) -> None:
    old = sandbox.seed_token("x", **tasks.owner.seeded, scope=[tasks.owner.scope], description="d")
    rotated = tasks.ensure(name="x", recreate="always", superseded_after="1h")
    assert rotated["api_token"]["scope"] == [tasks.owner.scope]
    assert [entry["id"] for entry in rotated["superseded"]] == [old["id"]]
    assert sorted(named(sandbox)) == ["x", "x ~superseded:2026-11-24T09:00:00Z"]
    owner_id = tasks.owner.seeded.get("ownerId", USER_ID)
    assert all(change["usable"][owner_id] for change in sandbox.history() if owner_id in change["usable"])
    prepared = tasks.ensure(name="y", scope=[tasks.owner.scope], phase="prepare")
    tasks.ensure(name="y", scope=[tasks.owner.scope], phase="commit", prepared_id=prepared["prepared_id"])
    assert "y" in named(sandbox)


def test_the_token_of_an_application_is_refused(sandbox: Sandbox, tasks: Tasks) -> None:
    secret = sandbox.seed(callers=[{"applicationId": sandbox.application_id}])["callers"][0]["token"]
    for module in ("", "_info"):
        result = tasks.fail(module, access_token=secret, **({} if module else {"name": "x"}))
        assert (result["failure"]["status"], result["failure"]["kind"]) == (403, "api")
        assert f"access_token needs one of these scopes: {tasks.owner.needed}." in result["msg"]
    assert sandbox.requests(writes=True) == []


def test_scopes_are_those_of_the_owner(sandbox: Sandbox, tasks: Tasks) -> None:
    sandbox.switch(other_scope_families="accept")
    [granted] = tasks.ensure(name="x")["warnings"]
    assert f"so Losant grants it {tasks.owner.default_scope}: everything" in granted
    assert the_token(sandbox)["scope"] == [tasks.owner.default_scope]
    misspelt = tasks.owner.default_scope.lower()
    result = tasks.ensure(name="y", scope=["devices.get", tasks.owner.scope], _check=True)
    other = [
        "The scope 'devices.get' is of the application family, which this kind of token is not known to take; Losant decides."
    ]
    assert result["warnings"] == (other if tasks.owner is INSTANCE else [])
    [warning] = tasks.ensure(name="y", scope=[misspelt], _check=True)["warnings"]
    assert f"The nearest known one is {tasks.owner.default_scope!r}." in warning


@pytest.mark.parametrize("options", [{"state": "absent"}, {"status": "inactive"}, {"recreate": "always"}], ids=str)
def test_a_task_does_not_end_the_token_that_it_uses(sandbox: Sandbox, tasks: Tasks, options: dict[str, Any]) -> None:
    own = sandbox.seed_token("own", **tasks.owner.seeded)
    result = tasks.fail(name="own", access_token=own["token"], **options)
    assert "is the token that this task authenticates with" in result["msg"]
    assert sandbox.requests(writes=True) == []
    tasks.ensure(name="own", access_token=own["token"], allow_self_revoke=True, state="absent")
    assert sandbox.tokens() == []


def test_too_narrow_an_access_token_is_refused_before_any_write(sandbox: Sandbox, tasks: Tasks) -> None:
    resource = tasks.owner.module.split("_", maxsplit=1)[0]
    [caller] = sandbox.seed(callers=[{"subtype": "user", "scope": [f"{resource}ApiTokens.get"]}])["callers"]
    result = tasks.fail(name="x", scope=[tasks.owner.scope], access_token=caller["token"])
    assert f"the scopes in access_token lack {resource}ApiTokens.post" in result["msg"]
    assert result["msg"].endswith(f"or with {tasks.owner.default_scope}.")


def test_owners_do_not_wait_for_each_other(
    sandbox: Sandbox, tasks: Tasks, run_module: RunModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single, "exclusive", partial(exclusive, wait=0))
    kind, owner_id = tasks.owner.seeded["ownerType"], tasks.owner.seeded.get("ownerId", "")
    with exclusive(sandbox.url, owner_id, None, kind=kind):
        locked = tasks.fail(name="x")
        assert locked["failure"] == {"kind": "lock"}
        assert f"the {kind}" in locked["msg"]
        assert run_module("api_token", name="x", scope=["devices.get"])["changed"]


def test_roles_are_compared_patched_and_inherited(sandbox: Sandbox, user: Tasks) -> None:
    declared = {"name": "x", "scope": ["me.get"], **ROLES}
    predicted, created = user.ensure(**declared, _check=True), user.ensure(**declared)
    assert (predicted["diff"], predicted["changed_fields"]) == (created["diff"], created["changed_fields"])
    token = the_token(sandbox)
    assert token["defaultRole"] == "none"
    assert token["orgRoles"] == [
        {"orgId": ORG_ID, "role": "view"},
        {"orgId": "sandbox", "role": "view", "applicationRoles": [{"resourceId": "a" * 24, "role": "none"}]},
    ]
    assert created["api_token"]["org_roles"][0] == {
        "org_id": ORG_ID,
        "role": "view",
        "application_roles": [],
        "dashboard_roles": [],
    }
    assert user.ensure(**{**declared, "org_roles": ROLES["org_roles"][::-1]})["changed"] is False
    assert user.find() == [created["api_token"]]

    changed = user.ensure(name="x", default_role="view", org_roles=ROLES["org_roles"][:1])
    assert changed["changed_fields"] == ["default_role", "org_roles"]
    assert bodies(sandbox, "PATCH")[-1] == {"defaultRole": "view", "orgRoles": [{"orgId": ORG_ID, "role": "view"}]}
    # A token that has fewer permissions is not replaced by one that has more.
    rotated = user.ensure(name="x", recreate="always")
    assert rotated["api_token"]["default_role"] == "view"
    assert the_token(sandbox)["orgRoles"] == [{"orgId": ORG_ID, "role": "view"}]
    assert user.ensure(name="x", org_roles=[])["changed_fields"] == ["org_roles"]
    assert user.ensure(name="x", org_roles=[])["changed"] is False


@pytest.mark.parametrize(
    ("org_roles", "message"),
    [
        ([{"org_id": "plant", "role": "view"}], "'plant', which is not 24 hexadecimal characters and not 'sandbox'"),
        ([{"org_id": ORG_ID, "role": "view"}, {"org_id": ORG_ID.upper(), "role": "none"}], "the same org_id twice"),
        ([{"org_id": f"{n:024x}", "role": "view"} for n in range(26)], "26 entries with a org_id. Losant takes 25"),
    ],
)
def test_roles_that_cannot_be_meant(sandbox: Sandbox, user: Tasks, org_roles: list[Any], message: str) -> None:
    result = user.fail(name="x", org_roles=org_roles)
    assert result["failure"] == {"kind": "invalid_option", "option": "org_roles"}
    assert message in result["msg"]
    assert methods(sandbox) == []


def test_roles_of_other_tokens_are_left_alone(sandbox: Sandbox, run_module: RunModule) -> None:
    """What they do to the token of an application is not known, so its replacement does not send them."""
    sandbox.seed_token("x", scope=["devices.get"], defaultRole="view", orgRoles=[])
    result = run_module("api_token", name="x", recreate="always")
    assert not {"default_role", "org_roles"} & {*result["api_token"], *result["diff"]["after"]}
    [body] = bodies(sandbox, "POST")
    assert not {"defaultRole", "orgRoles"} & set(body)


def test_an_instance_is_named(sandbox: Sandbox, run_module: RunModule, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.seed(instances=[{"id": INSTANCE_ID}])
    instance = Tasks(run_module, INSTANCE)
    assert "missing required arguments: instance_id" in instance.fail("_info", instance_id=None)["msg"]
    assert "24 hexadecimal characters" in instance.fail("_info", instance_id="plant")["msg"]
    unknown = instance.fail("_info", instance_id="a" * 24)
    assert "Instance was not found. Check the ids, and that the access token can see this instance." in unknown["msg"]
    monkeypatch.setenv("LOSANT_INSTANCE_ID", INSTANCE_ID.upper())
    assert instance.find(instance_id=None) == []
