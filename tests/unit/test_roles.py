# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role takes of a token what the module takes, and its documentation is that of the code."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.losant.platform.plugins.plugin_utils._role_entries import DECLARED, OF_FILE, ROLE_WIDE
from ansible_collections.losant.platform.plugins.plugin_utils._role_task import VARIABLES
from ansible_collections.losant.platform.tests.unit.specs import ROOT, spec_of

ROLE = ROOT / "roles" / "api_tokens"
#: What an entry has beside options of the module: where the secret goes.
BESIDE = {"hosts", "vault_file", "vault_variable"}


def specification() -> dict[str, Any]:
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    main: dict[str, Any] = specs["argument_specs"]["main"]
    return main


def variables() -> dict[str, dict[str, Any]]:
    return {name.removeprefix("api_tokens_"): option for name, option in specification()["options"].items()}


def entry_options() -> dict[str, dict[str, Any]]:
    options: dict[str, dict[str, Any]] = variables()["tokens"]["options"]
    return options


def test_every_option_of_an_entry_is_used() -> None:
    assert set(entry_options()) == {*DECLARED, *OF_FILE, *BESIDE}


def test_every_variable_is_used() -> None:
    assert set(variables()) == set(VARIABLES)
    assert set(ROLE_WIDE) <= set(variables())


def test_defaults_are_those_that_the_specification_names() -> None:
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    named = {f"api_tokens_{name}": option["default"] for name, option in variables().items() if "default" in option}
    assert defaults == named


@pytest.mark.parametrize("name", sorted(set(entry_options()) - BESIDE))
def test_an_entry_takes_what_the_module_takes(name: str) -> None:
    ours, modules = entry_options()[name], spec_of("api_token")[name]
    assert ours.get("choices") == modules.get("choices")
    assert ours.get("elements") == modules.get("elements")


@pytest.mark.parametrize("name", ROLE_WIDE)
def test_a_variable_for_all_entries_is_as_an_entry_has_it(name: str) -> None:
    ours, entry = variables()[name], entry_options()[name]
    assert (ours["type"], ours.get("choices")) == (entry["type"], entry.get("choices"))
    assert "default" not in entry


def test_the_examples_use_options_that_exist() -> None:
    plays = yaml.safe_load(specification()["examples"])
    assert len(plays) == 3
    for play in plays:
        given = play["roles"][0] if "roles" in play else play["tasks"][0]["vars"]
        assert {name for name in given if name != "role"} <= set(specification()["options"])
        for entry in given["api_tokens_tokens"]:
            assert set(entry) <= set(entry_options())
