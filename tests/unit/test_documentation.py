# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the modules is that of the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.losant.platform.plugins.module_utils._module.connection import VARIABLES
from ansible_collections.losant.platform.tests.unit.specs import (
    COLLECTION,
    MODULES,
    PARTS_OF_ROLES,
    Option,
    documents_of,
    options_with_paths,
    spec_of,
)

MIN_EXAMPLES = 5

NAMED_PAIRS = [
    pytest.param(path, option, document, id=f"{module}:{path}")
    for module in MODULES
    for path, option, document in options_with_paths(spec_of(module), documents_of(module)[0]["options"])
]
PAIRS = [pytest.param(*pair.values[1:], id=pair.id) for pair in NAMED_PAIRS]


@pytest.mark.parametrize(("option", "document"), PAIRS)
def test_an_option_is_documented_and_a_documented_one_exists(option: Option, document: Option) -> None:
    assert option
    assert document
    assert document["description"]


@pytest.mark.parametrize(("option", "document"), PAIRS)
def test_an_option_is_documented_as_it_is(option: Option, document: Option) -> None:
    assert document.get("type", "str") == option.get("type", "str")
    assert document.get("elements") == option.get("elements")
    assert document.get("default") == option.get("default")
    assert document.get("choices") == option.get("choices")
    assert sorted(document.get("aliases", [])) == sorted(option.get("aliases", []))
    assert document.get("required", False) == option.get("required", False)


@pytest.mark.parametrize(("name", "option", "document"), NAMED_PAIRS)
def test_a_variable_of_the_environment_is_named(name: str, option: Option, document: Option) -> None:
    described = document["description"]
    text = described if isinstance(described, str) else " ".join(described)
    assert option.get("fallback", (None, [name]))[1] == [name]
    # application_info lists all applications, unless the task itself names one.
    reads = name in VARIABLES and "id" not in option.get("aliases", ())
    assert ("environment variable" in text) == reads
    assert not reads or f"E({VARIABLES[name][0]})" in text


def tasks_in(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All tasks, those in blocks included."""
    for task in tasks:
        parts = [task[key] for key in ("block", "rescue", "always") if key in task]
        if parts:
            for part in parts:
                yield from tasks_in(part)
        else:
            yield task


def actions_of(task: dict[str, Any]) -> list[str]:
    """The names of the modules that a task runs; there should be one. A keyword of Ansible has no dot in it."""
    return [key for key in task if "." in key]


def examples_of(module: str) -> list[dict[str, Any]]:
    tasks = list(tasks_in(yaml.safe_load(documents_of(module)[1])))
    assert tasks
    return tasks


@pytest.mark.parametrize("module", sorted({*MODULES} - PARTS_OF_ROLES))
def test_there_are_enough_examples(module: str) -> None:
    assert len([task for task in examples_of(module) if f"{COLLECTION}.{module}" in task]) >= MIN_EXAMPLES


@pytest.mark.parametrize("module", MODULES)
def test_examples_use_full_names(module: str) -> None:
    for task in examples_of(module):
        [action] = actions_of(task)
        assert len(action.split(".")) >= 3, action
        assert task["name"]


@pytest.mark.parametrize("module", MODULES)
def test_examples_use_options_that_exist(module: str) -> None:
    for task in examples_of(module):
        [action] = actions_of(task)
        if not action.startswith(f"{COLLECTION}."):
            continue
        spec = spec_of(action.removeprefix(f"{COLLECTION}."))
        known = {*spec, *(alias for option in spec.values() for alias in option.get("aliases", []))}
        assert set(task[action]) <= known
        for name, value in task[action].items():
            choices = spec.get(name, {}).get("choices")
            values = value if isinstance(value, list) else [value]
            assert choices is None or set(values) <= set(choices) or "{{" in str(value)


@pytest.mark.parametrize("module", MODULES)
def test_references_are_to_modules_that_exist(module: str) -> None:
    entries = documents_of(module)[0].get("seealso", [])
    named = [entry["module"] for entry in entries if entry.get("module", "").startswith(f"{COLLECTION}.")]
    assert {name.removeprefix(f"{COLLECTION}.") for name in named} <= set(MODULES)
