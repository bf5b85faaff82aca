# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup and inventory plugins have the options of the connection that modules have, as Ansible configures plugins."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.losant.platform.plugins.doc_fragments._connection_plugin import ModuleDocFragment
from ansible_collections.losant.platform.plugins.module_utils._module.connection import VARIABLES, connection_spec

OPTIONS: dict[str, dict[str, Any]] = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]


def test_the_options_are_those_of_the_modules() -> None:
    assert list(OPTIONS) == list(connection_spec())


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_is_as_modules_have_it(name: str) -> None:
    spec, option = connection_spec()[name], OPTIONS[name]
    for key in ("type", "default", "aliases"):
        assert option.get(key) == spec.get(key)
    assert bool(option.get("secret")) == bool(spec.get("no_log"))


@pytest.mark.parametrize("name", OPTIONS)
def test_a_variable_of_ansible_and_a_setting_are_named_like_that_of_the_environment(name: str) -> None:
    variable, option = VARIABLES[name][0], OPTIONS[name]
    assert option["env"] == [{"name": variable}]
    assert option["vars"] == [{"name": variable.lower()}]
    assert option["ini"] == [{"section": "losant", "key": variable.removeprefix("LOSANT_").lower()}]
