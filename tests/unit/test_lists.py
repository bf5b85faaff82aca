# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists that are kept by hand are complete."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from ansible_collections.losant.platform.plugins.module_utils._common.version import VERSION
from ansible_collections.losant.platform.plugins.module_utils._module.connection import VARIABLES, connection_spec
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


def loaded(*path: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(ROOT.joinpath(*path).read_text(encoding="utf-8"))
    return data


def public_plugins() -> list[str]:
    """The plugins that users call by name."""
    files = [path for directory in OTHER_PLUGINS for path in (ROOT / "plugins" / directory).glob("*.py")]
    return [*sorted({*MODULES} - PARTS_OF_ROLES), *sorted(path.stem for path in files if not path.name.startswith("_"))]


def test_the_modules_are_found() -> None:
    assert {"api_token", "api_token_info"} <= set(MODULES)


def test_the_action_group_holds_all_modules() -> None:
    assert sorted(loaded("meta", "runtime.yml")["action_groups"]["losant"]) == MODULES


def test_action_plugins_belong_to_modules() -> None:
    """An action plugin runs a module's code elsewhere; it has no documentation of its own."""
    names = {path.stem for path in (ROOT / "plugins" / "action").glob("*.py") if not path.name.startswith("_")}
    assert names <= set(MODULES)


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
    assert document["attributes"]["action_group"]["membership"] == [f"{COLLECTION}.losant"]
    assert document["attributes"]["check_mode"]["support"] == "full"
    assert arguments_of(module)["supports_check_mode"] is True


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_the_name_of_its_file(module: str) -> None:
    assert documents_of(module)[0]["module"] == module


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_the_connection(module: str) -> None:
    """The options of the connection and their defaults are the same everywhere; test_argument_specs.py has the facts."""
    spec = spec_of(module)
    assert {name: spec.get(name) for name in connection_spec()} == connection_spec()
    assert set(VARIABLES) == {*connection_spec(), "application_id"}
