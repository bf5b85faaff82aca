# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules return what they document, and document what they return."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.support.running import Result
from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule
from ansible_collections.losant.platform.tests.unit.specs import MODULES, PARTS_OF_ROLES, documents_of
from losant_sandbox.client import Sandbox

#: The options that a module which does not call Losant does not take.
WITHOUT_CONNECTION = dict.fromkeys(["application_id", "access_token", "api_url", "retry_max_delay"])
OF_USER: dict[str, Any] = {"application_id": None}
INSTANCE_ID = "575ec8687ae143cd83dc4b01"
OF_INSTANCE: dict[str, Any] = {"application_id": None, "instance_id": INSTANCE_ID}
DEVICE_ID = "575ecf887ae143cd83dc4aa2"
#: What the tokens of other owners have in addition. Their modules refer to those for applications for the rest.
OWN: dict[str, set[str]] = {"user": {"default_role", "org_roles"}, "instance": set()}
#: Tasks that together return all that a module can return.
TASKS: dict[str, list[dict[str, Any]]] = {
    "api_token": [{"name": "x", "scope": ["devices.get"]}, {"name": "x"}, {"name": "x", "scope": ["device.get"]}],
    "api_token_info": [{"rotate_before": "1d"}, {"rotate_before": "2w"}, {"access_token": "nobody"}],
    "api_tokens": [
        {"api_tokens": [{"name": "x", "scope": ["devices.get"]}]},
        {"api_tokens": [{"name": "x", "scope": ["device.get"]}, {"name": "y", "scope": ["nope"]}]},
    ],
    "application_info": [{"application_id": None}, {"application_id": None, "access_token": "nobody"}],
    "user_api_token": [
        {"name": "x", "scope": ["me.get"], **OF_USER},
        {"name": "x", "recreate": "always", **OF_USER},
        {"name": "x", "scope": [], **OF_USER},
    ],
    "user_api_token_info": [{"rotate_before": "1d", **OF_USER}, {"page": -1, **OF_USER}],
    "instance_api_token": [
        {"name": "x", "scope": ["instance.get"], **OF_INSTANCE},
        {"name": "x", "scope": [], **OF_INSTANCE},
    ],
    "instance_api_token_info": [{"rotate_before": "1d", **OF_INSTANCE}, {"page": -1, **OF_INSTANCE}],
    "access_key": [
        {"name": "x", "device_ids": [DEVICE_ID], "return_secret": True},
        {"name": "x", "device_ids": [DEVICE_ID], "recreate": "always", "superseded_after": "1h"},
        {"name": "x", "device_ids": []},
    ],
    "access_key_info": [{"rotate_after": "1d"}, {"page": -1}],
    "access_keys": [
        {"access_keys": [{"name": "x", "device_ids": [DEVICE_ID]}]},
        {"access_keys": [{"name": "x", "device_ids": []}, {"name": "y", "device_ids": [DEVICE_ID]}]},
    ],
    "device": [{"name": "x", "tags": {"a": "b"}}, {"name": "x", "gateway": "nobody"}],
    "device_info": [{}, {"page": -1}],
    "devices": [
        {"devices": [{"name": "x", "attributes": [{"name": "a", "data_type": "number"}]}]},
        {"devices": [{"name": "y"}, {"name": "z", "attributes": [{"name": "a"}]}]},
    ],
    "token_file": [
        {"path": __file__, **WITHOUT_CONNECTION},
        {"path": "/nonexistent/token", "token": "secret", **WITHOUT_CONNECTION},
    ],
}
#: What Ansible returns from every module.
ANSIBLES = {"changed", "failed", "msg", "invocation", "warnings", "deprecations", "exception"}


@pytest.fixture(autouse=True)
def instance(sandbox: Sandbox) -> None:
    sandbox.seed(instances=[{"id": INSTANCE_ID}], devices=[{"id": DEVICE_ID, "name": "gateway"}])


def results_of(run_module: RunModule, module: str) -> list[Result]:
    return [run_module(module, **options) for options in TASKS[module]]


def checked(value: Any, documented: dict[str, Any], path: str) -> None:
    """A value has the documented type, and so has all within it."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "str": str,
        "int": int,
        "bool": bool,
        "float": (int, float),
        "dict": dict,
        "list": list,
    }
    if value is None:
        return
    assert isinstance(value, kinds[documented["type"]]), path
    items: list[Any] = value if isinstance(value, list) else [value]
    for item in items:
        if isinstance(value, list):
            assert isinstance(item, kinds[documented["elements"]]), path
        if "contains" in documented:
            assert set(item) == set(documented["contains"]), path
            for name, inner in item.items():
                checked(inner, documented["contains"][name], f"{path}.{name}")


def test_every_module_has_tasks_here() -> None:
    assert sorted({*TASKS, *PARTS_OF_ROLES}) == MODULES


@pytest.mark.parametrize("module", TASKS)
def test_what_is_returned_is_documented_and_the_other_way_round(
    run_module: RunModule, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documented = documents_of(module)[2]
    results = results_of(run_module, module)
    run_module("api_token", name="other", scope=["devices.get"])
    results += results_of(run_module, module)
    # There is no place for a lock then.
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("ANSIBLE_HOME", str(file))
    results.append(run_module(module, **TASKS[module][0]))
    returned = {key for result in results for key in result} - ANSIBLES
    assert returned == set(documented)
    for result in results:
        for key in set(result) - ANSIBLES:
            checked(result[key], documented[key], key)


@pytest.mark.parametrize("module", TASKS)
def test_what_success_and_failure_return(run_module: RunModule, module: str) -> None:
    documented = documents_of(module)[2]
    for result in results_of(run_module, module):
        wanted = "failure" if result.get("failed") else "success"
        assert {key for key, entry in documented.items() if entry["returned"] == wanted} <= set(result)


@pytest.mark.parametrize("module", [module for module in TASKS if module.partition("_")[0] in OWN])
def test_a_token_of_another_owner_is_as_the_module_for_applications_documents(
    run_module: RunModule, module: str
) -> None:
    kind, _underscore, model = module.partition("_")
    run_module(f"{kind}_api_token", **TASKS[f"{kind}_api_token"][0])
    result, documented = run_module(module, **TASKS[module][0]), documents_of(model)[2]
    key = "api_tokens" if "api_tokens" in result else "api_token"
    [token] = result[key] if key == "api_tokens" else [result[key]]
    assert OWN[kind] <= set(token)
    checked(
        {name: value for name, value in token.items() if name not in OWN[kind]},
        {**documented[key], "type": "dict"},
        key,
    )
