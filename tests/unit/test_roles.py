# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role takes of a token what the module takes, and hands all of it on, however the secret is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.losant.platform.tests.unit.specs import COLLECTION, ROOT, spec_of

ROLE = ROOT / "roles" / "api_tokens"
MODULE = f"{COLLECTION}.api_token"
#: What differs between a file on a host and one for a vault.
DELIVERY = {"token_file", "owner", "group", "mode", "return_token"}
#: What an entry has beside options of the module: where the secret goes.
BESIDE = {"host", "vault_file", "vault_variable"}


def declarations(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The options of each task that calls the module."""
    for task in tasks:
        yield from declarations([*task.get("block", []), *task.get("rescue", []), *task.get("always", [])])
        if MODULE in task:
            yield task[MODULE]


def options_in(file: str) -> dict[str, Any]:
    [options] = declarations(yaml.safe_load((ROLE / "tasks" / file).read_text(encoding="utf-8")))
    return {name: " ".join(str(value).split()) for name, value in options.items()}


def entry_options() -> dict[str, dict[str, Any]]:
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options: dict[str, dict[str, Any]] = specs["argument_specs"]["main"]["options"]["api_tokens_tokens"]["options"]
    return options


def test_a_vault_declares_what_a_file_does() -> None:
    to_file, to_vault = options_in("main.yml"), options_in("vault.yml")
    assert {name: value for name, value in to_file.items() if name not in DELIVERY} == {
        name: value for name, value in to_vault.items() if name not in DELIVERY
    }


def test_what_an_entry_takes_is_handed_on() -> None:
    handed_on = {name for name, value in options_in("main.yml").items() if "api_tokens_token." in value}
    assert handed_on - {"return_token"} == set(entry_options()) - BESIDE


@pytest.mark.parametrize("name", sorted(set(entry_options()) - BESIDE))
def test_an_entry_takes_the_choices_of_the_module(name: str) -> None:
    ours, modules = entry_options()[name], spec_of("api_token")[name]
    assert ours.get("choices") == modules.get("choices")
    assert ours.get("elements") == modules.get("elements")
