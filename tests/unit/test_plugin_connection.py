# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup and inventory plugins have the options of the connection that modules have, as Ansible configures plugins."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.plugins.loader import fragment_loader, inventory_loader
from ansible.utils.plugin_docs import get_docstring

from ansible_collections.losant.platform.plugins.doc_fragments._application import ModuleDocFragment as Application
from ansible_collections.losant.platform.plugins.doc_fragments._connection_plugin import ModuleDocFragment
from ansible_collections.losant.platform.plugins.module_utils._module.connection import VARIABLES, connection_spec
from ansible_collections.losant.platform.tests.unit.specs import (
    COLLECTION,
    ROOT,
    documents_of,
    options_with_paths,
    spec_of,
)

Document = dict[str, Any]

OPTIONS: dict[str, Document] = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
APPLICATION: Document = yaml.safe_load(Application.PLUGIN)["options"]["application_id"]
ALL = {**OPTIONS, "application_id": APPLICATION}
INVENTORIES = sorted(path.stem for path in (ROOT / "plugins" / "inventory").glob("*.py"))
#: Plugins that do what a module does, and options that only they have.
SAME_AS_MODULES = [("lookup", "api_tokens", "api_token_info", {"_terms"})]


def documents_of_plugin(kind: str, name: str) -> tuple[Document, str, Document]:
    """A plugin's documentation with its fragments, its examples, and what it documents to return."""
    path = ROOT / "plugins" / kind / f"{name}.py"
    doc, examples, returned, _metadata = get_docstring(
        str(path), fragment_loader, collection_name=COLLECTION, plugin_type=kind
    )
    return doc, examples, returned


def test_the_options_are_those_of_the_modules() -> None:
    assert list(OPTIONS) == list(connection_spec())


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_is_as_modules_have_it(name: str) -> None:
    spec, option = connection_spec()[name], OPTIONS[name]
    for key in ("type", "default", "aliases"):
        assert option.get(key) == spec.get(key)
    assert bool(option.get("secret")) == bool(spec.get("no_log"))


@pytest.mark.parametrize("name", ALL)
def test_a_variable_of_ansible_and_a_setting_are_named_like_that_of_the_environment(name: str) -> None:
    variable, option = VARIABLES[name][0], ALL[name]
    assert option["env"] == [{"name": variable}]
    assert option["vars"] == [{"name": variable.lower()}]
    assert option["ini"] == [{"section": "losant", "key": variable.removeprefix("LOSANT_").lower()}]


@pytest.mark.parametrize(("kind", "name", "module", "more"), SAME_AS_MODULES)
def test_a_plugin_has_the_options_of_its_module(kind: str, name: str, module: str, more: set[str]) -> None:
    options = documents_of_plugin(kind, name)[0]["options"]
    spec = spec_of(module)
    assert set(options) - more == set(spec)
    for option in spec:
        for key in ("type", "elements", "default", "choices", "aliases"):
            assert options[option].get(key) == spec[option].get(key), (option, key)


def test_the_lookup_returns_what_its_module_returns() -> None:
    _doc, examples, returned = documents_of_plugin("lookup", "api_tokens")
    assert list(returned["_raw"]["contains"]) == list(documents_of("api_token_info")[2]["api_tokens"]["contains"])
    assert str(yaml.safe_load(examples)).count("query('losant.platform.api_tokens'") >= 5


@pytest.mark.parametrize("name", INVENTORIES)
def test_an_inventory_documents_the_options_of_its_operation(name: str) -> None:
    options = documents_of_plugin("inventory", name)[0]["options"]
    operation = inventory_loader.get(f"{COLLECTION}.{name}").operation
    assert operation.name == name
    for path, option, document in options_with_paths(dict(operation.spec), options):
        if option:
            assert document["description"], path
            for key in ("type", "elements", "default", "choices", "aliases"):
                assert document.get(key) == option.get(key), (path, key)


@pytest.mark.parametrize("name", INVENTORIES)
def test_the_examples_of_an_inventory_have_options_that_exist(name: str) -> None:
    document, examples, _returned = documents_of_plugin("inventory", name)
    files = list(yaml.safe_load_all(examples))
    assert len(files) >= 5
    for file in files:
        assert file["plugin"] == f"{COLLECTION}.{name}"
        assert set(file) <= set(document["options"])
