# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that are kept by hand are complete."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.losant.platform.plugins.module_utils._common.version import VERSION
from ansible_collections.losant.platform.plugins.module_utils._module.connection import VARIABLES, connection_spec
from ansible_collections.losant.platform.plugins.plugin_utils._action import SECRET_OPTIONS, LosantAction
from ansible_collections.losant.platform.tests.unit.specs import (
    COLLECTION,
    MODULES,
    PARTS_OF_ROLES,
    ROOT,
    arguments_of,
    documents_of,
    spec_of,
)

#: Directories of plugins that users call by name, beside modules. One that does not exist holds none.
OTHER_PLUGINS = ("inventory", "lookup", "filter", "test", "callback", "connection", "become")

#: Options that are paths where Losant is called.
CONTROLLER_PATHS = ("access_token_file", "ca_path")


def loaded(*path: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(ROOT.joinpath(*path).read_text(encoding="utf-8"))
    return data


def public_plugins() -> list[str]:
    """The plugins that users call by name."""
    files = [path for directory in OTHER_PLUGINS for path in (ROOT / "plugins" / directory).glob("*.py")]
    return [*sorted({*MODULES} - PARTS_OF_ROLES), *sorted(path.stem for path in files if not path.name.startswith("_"))]


def test_the_modules_are_found() -> None:
    assert {"api_token", "api_token_info"} <= set(MODULES)


def calls_losant(module: str) -> bool:
    """Whether a module takes the options of the connection."""
    return set(connection_spec()) <= set(spec_of(module))


def test_the_action_group_holds_all_modules_that_call_losant() -> None:
    calling = [module for module in MODULES if calls_losant(module)]
    assert sorted(loaded("meta", "runtime.yml")["action_groups"]["losant"]) == calling
    assert set(MODULES) - set(calling) == {"token_file"}


def test_every_module_has_an_action_plugin_that_does_its_work() -> None:
    assert {path.stem for path in (ROOT / "plugins" / "action").glob("*.py")} == set(MODULES)
    for module in MODULES:
        action = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.action.{module}").ActionModule
        assert issubclass(action, LosantAction)
        assert action.operation.name == module
        assert {**action.operation.spec, **action.operation.private_spec} == spec_of(module)


@pytest.mark.parametrize("module", MODULES)
def test_what_an_action_plugin_knows_of_options_is_true(module: str) -> None:
    """Paths on the host are options of type path; the others of that type are read on the controller."""
    action = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.action.{module}").ActionModule
    paths = set(paths_in(spec_of(module)))
    assert paths - set(action.operation.host_paths) == set(CONTROLLER_PATHS) & set(spec_of(module))
    assert set(action.operation.host_paths) <= paths
    assert all(name.startswith("_") for name in action.operation.private_spec)


def paths_in(spec: dict[str, Any]) -> Iterator[str]:
    """The options of type path, suboptions after a dot."""
    for name, option in spec.items():
        if option["type"] == "path":
            yield name
        yield from (f"{name}.{inner}" for inner in paths_in(option.get("options", {})))


def secrets_in(spec: dict[str, Any]) -> Iterator[str]:
    """The options that hold a secret, suboptions too, with their aliases."""
    for name, option in spec.items():
        if option.get("no_log"):
            yield from (name, *option.get("aliases", ()))
        yield from secrets_in(option.get("options", {}))


def test_the_secret_options_are_known() -> None:
    assert {name for module in MODULES for name in secrets_in(spec_of(module))} == set(SECRET_OPTIONS)


def test_the_version_is_that_of_galaxy() -> None:
    assert loaded("galaxy.yml")["version"] == VERSION


def test_the_collection_has_its_name() -> None:
    galaxy = loaded("galaxy.yml")
    assert f"{galaxy['namespace']}.{galaxy['name']}" == COLLECTION


@pytest.mark.parametrize("name", public_plugins())
def test_the_readme_lists_every_plugin(name: str) -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.match(rf"\|\s*(?:\w+ )?\[?`{re.escape(f'{COLLECTION}.{name}')}`", line)]


def test_the_readme_lists_no_other_plugin() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(rf"^\|\s*(?:\w+ )?\[?`{re.escape(COLLECTION)}\.(\w+)`", text, flags=re.MULTILINE)
    roles = [path.name for path in (ROOT / "roles").glob("*")]
    assert listed
    assert set(listed) <= {*public_plugins(), *roles}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_the_attributes_of_its_group(module: str) -> None:
    document, _examples, _returned = documents_of(module)
    group = document["attributes"].get("action_group", {}).get("membership", [])
    assert group == ([f"{COLLECTION}.losant"] if calls_losant(module) else [])
    assert document["attributes"]["check_mode"]["support"] == "full"
    assert arguments_of(module)["supports_check_mode"] is True


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_the_name_of_its_file(module: str) -> None:
    assert documents_of(module)[0]["module"] == module


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_the_whole_connection_or_nothing_of_it(module: str) -> None:
    """The options of the connection and their defaults are the same everywhere; test_argument_specs.py has the facts."""
    spec = spec_of(module)
    assert {name: spec[name] for name in connection_spec() if name in spec} in (connection_spec(), {})
    assert set(VARIABLES) == {*connection_spec(), "application_id", "instance_id"}
