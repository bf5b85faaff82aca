# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every parameter of the API's two actions is an option: its name, its default, its values, whether it is required.

The facts are those of Losant's documentation of ``applicationApiTokens``, actions Get and Post.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.unit.specs import arguments_of, spec_of


@dataclass(frozen=True)
class Parameter:
    name: str
    required: bool = False
    default: str | None = None
    values: tuple[str, ...] | None = None


SORT_FIELDS = ("name", "status", "id", "creationDate", "lastUpdated", "expirationDate")

GET = (
    Parameter("applicationId", required=True),
    Parameter("sortField", default="name", values=SORT_FIELDS),
    Parameter("sortDirection", default="asc", values=("asc", "desc")),
    Parameter("page", default="0"),
    Parameter("perPage", default="100"),
    Parameter("filterField", values=("name", "status")),
    Parameter("filter"),
    Parameter("losantdomain"),
)
POST = (Parameter("applicationId", required=True), Parameter("apiToken", required=True), Parameter("losantdomain"))
#: The properties of the object ``apiToken`` of Post, by the API's schema apiTokenPost.
API_TOKEN = (
    Parameter("name", required=True),
    Parameter("description"),
    Parameter("expirationDate"),
    Parameter("scope"),
    Parameter("status", values=("active", "inactive")),
)

#: The snake_case of a name that the API writes without a hump.
WORDS = {"losantdomain": "losant_domain"}
#: Where an option differs from the parameter, and why.
DEFAULTS = {"page": None}  # without a page all pages are read
VALUES = {"filterField": ("name", "status", "")}  # the API's documentation says that an empty one means no filtering
#: Parameters that are options only in parts.
SPREAD = {"apiToken": API_TOKEN}  # a task declares a token field by field
REPLACEABLE = {"name": ("name", "api_token_id")}  # an existing token can be selected by its id
ELSEWHERE = {"applicationId"}  # it can come from the environment, or from the name of the application

ACTIONS = {"api_token_info": GET, "api_token": POST}


def flat(parameters: tuple[Parameter, ...]) -> list[Parameter]:
    """The parameters, and instead of those that are spread their parts."""
    return [part for parameter in parameters for part in SPREAD.get(parameter.name, (parameter,))]


CASES = [
    pytest.param(module, parameter, id=f"{module}:{parameter.name}")
    for module, parameters in ACTIONS.items()
    for parameter in flat(parameters)
]


def snake_case(name: str) -> str:
    return WORDS.get(name) or re.sub(r"[A-Z]", lambda hump: f"_{hump[0].lower()}", name)


def option_of(module: str, parameter: Parameter) -> dict[str, Any]:
    spec = spec_of(module)
    assert snake_case(parameter.name) in spec
    return spec[snake_case(parameter.name)]


def test_the_tables_are_complete() -> None:
    assert [len(GET), len(POST), len(API_TOKEN)] == [8, 3, 5]
    assert snake_case("applicationId") == "application_id"
    assert {*DEFAULTS, *VALUES, *SPREAD, *WORDS, *REPLACEABLE, *ELSEWHERE} <= {
        p.name for p in (*GET, *POST, *API_TOKEN)
    }


@pytest.mark.parametrize(("module", "parameter"), CASES)
def test_the_spelling_of_the_api_is_an_alias(module: str, parameter: Parameter) -> None:
    names = [snake_case(parameter.name), *option_of(module, parameter).get("aliases", [])]
    assert parameter.name in names


@pytest.mark.parametrize(("module", "parameter"), CASES)
def test_the_default_is_the_apis(module: str, parameter: Parameter) -> None:
    default = option_of(module, parameter).get("default")
    expected = DEFAULTS.get(parameter.name, parameter.default)
    assert (None if default is None else str(default)) == expected


@pytest.mark.parametrize(("module", "parameter"), CASES)
def test_the_values_are_the_apis(module: str, parameter: Parameter) -> None:
    choices = option_of(module, parameter).get("choices")
    expected = VALUES.get(parameter.name, parameter.values)
    assert (None if choices is None else tuple(choices)) == expected


@pytest.mark.parametrize(("module", "parameter"), CASES)
def test_what_is_required_is_required(module: str, parameter: Parameter) -> None:
    if parameter.required and parameter.name in REPLACEABLE:
        assert REPLACEABLE[parameter.name] in arguments_of(module)["required_one_of"]
        assert not option_of(module, parameter).get("required")
    elif parameter.name in ELSEWHERE:
        assert not option_of(module, parameter).get("required")
    else:
        assert bool(option_of(module, parameter).get("required")) == parameter.required
