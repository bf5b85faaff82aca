# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``application``: the name of an application instead of its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._applications.names import begin_task
from ansible_collections.losant.platform.tests.support.running import action_of
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule
    from losant_sandbox.client import Sandbox

MODULES: list[tuple[str, dict[str, Any]]] = [
    ("api_token", {"name": "x", "scope": ["devices.get"]}),
    ("api_token_info", {}),
    ("api_tokens", {"api_tokens": [{"name": "x", "scope": ["devices.get"]}]}),
]


def by_name(run_module: RunModule, module: str, application: str, /, **options: Any) -> dict[str, Any]:
    return run_module(module, application_id=None, application=application, **options)


@pytest.mark.parametrize("name", ["plant", "plant (north)", "plant*"])
def test_a_token_of_a_named_application(
    sandbox: Sandbox, run_module: RunModule, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("LOSANT_APPLICATION_ID", sandbox.application_id)
    wanted, _other = sandbox.seed(applications=[{"name": name}, {"name": "plant (south)"}])["applications"]
    created = by_name(run_module, "api_token", name, **MODULES[0][1])
    assert created["api_token"]["owner_id"] == wanted["id"]
    assert {token["ownerId"] for token in sandbox.tokens()} == {wanted["id"]}
    [listed] = by_name(run_module, "api_token_info", name)["api_tokens"]
    assert listed["id"] == created["api_token"]["id"]
    [kept] = by_name(run_module, "api_tokens", name, **MODULES[2][1])["api_tokens"]
    assert kept["id"] == listed["id"]


@pytest.mark.parametrize(("module", "options"), MODULES)
def test_a_name_that_is_not_one_application(
    sandbox: Sandbox, run_module: RunModule, module: str, options: dict[str, Any]
) -> None:
    seeded = sandbox.seed(applications=[{"name": "twin"}, {"name": "twin", "organizationName": "Example"}])
    [caller] = sandbox.seed(callers=[{"applicationId": sandbox.application_id}])["callers"]
    ambiguous = by_name(run_module, module, "twin", **options)
    assert ambiguous["failure"]["application_ids"] == [application["id"] for application in seeded["applications"]]
    assert "of organization 'Example'. Nothing was changed." in ambiguous["msg"]
    missing = by_name(run_module, module, "nobody", **options)
    assert missing["msg"].startswith("No application is named 'nobody'")
    refused = by_name(run_module, module, "twin", access_token=caller["token"], **options)
    assert "The access token of an application cannot list applications." in refused["msg"]
    both = run_module(module, application="twin", **options)
    assert "mutually exclusive: application_id|application" in both["msg"]
    empty = by_name(run_module, module, "", **options)
    assert empty["msg"].startswith(
        "No application is set. Set application_id or application, or the environment variable"
    )
    assert writes(sandbox) == []


def test_an_id_costs_no_request_and_a_name_one_for_all_items(sandbox: Sandbox) -> None:
    sandbox.seed(applications=[{"name": "plant"}])
    connection = {"access_token": sandbox.access_token, "api_url": sandbox.url}
    plugin = action_of("api_token_info", {**connection, "application": "plant"})
    for _item in range(3):
        assert plugin.run(task_vars={})["api_tokens"] == []
    assert len(methods(sandbox)) == 4
    begin_task(None)
    plugin.run(task_vars={})
    assert len(methods(sandbox)) == 6
    action_of("api_token_info", {**connection, "application_id": sandbox.application_id}).run(task_vars={})
    assert len(methods(sandbox)) == 7
