# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of fields says the same as the API, the declaration and the token."""

from __future__ import annotations

import dataclasses
from datetime import timedelta, timezone
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module.api_token import api_token_spec
from ansible_collections.losant.platform.plugins.module_utils._module.user import roles_spec
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.fields import (
    DECLARABLE,
    DEFAULT_SCOPE,
    DEFAULT_STATUS,
    FIELDS,
    MAX_DESCRIPTION,
    MAX_NAME,
    MUTABLE,
    Field,
    body_of,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW

#: The properties of the API's schemas, version 1.31.
POST = {"name", "description", "expirationDate", "scope", "status", "defaultRole", "orgRoles"}
PATCH = {"name", "description", "status", "defaultRole", "orgRoles"}
RESPONSE = {
    "id",
    "apiTokenId",
    "creatorId",
    "creatorType",
    "creatorName",
    "ownerId",
    "ownerType",
    "name",
    "description",
    "creationDate",
    "lastUpdated",
    "expirationDate",
    "scope",
    "status",
    "defaultRole",
    "orgRoles",
    "token",
}


def names(fields: Any) -> set[str]:
    return {field.api_name for field in fields}


def test_the_fields_are_those_of_the_api() -> None:
    assert names(DECLARABLE) == POST
    assert names(field for field in FIELDS if field.mutable) == PATCH
    assert names(field for field in FIELDS if field.create_only) == POST - PATCH
    # The id has two spellings, and the secret is not part of a token.
    assert names(FIELDS) == RESPONSE - {"apiTokenId", "token"}


def test_the_limits_are_those_of_the_api() -> None:
    assert (MAX_NAME, MAX_DESCRIPTION) == (255, 32767)
    assert (DEFAULT_SCOPE, DEFAULT_STATUS) == (("all.Application",), "active")


def test_a_token_has_each_field_and_no_other() -> None:
    assert [field.option for field in FIELDS] == [field.name for field in dataclasses.fields(Token)]


@pytest.mark.parametrize("field", DECLARABLE, ids=lambda field: field.option)
def test_each_declarable_field_is_an_option(field: Field) -> None:
    assert field.option in {declared.name for declared in dataclasses.fields(Declaration)}
    assert field.option in (roles_spec() if field.owners else api_token_spec())
    assert field.owners in ((), ("user",))


def test_a_field_is_mutable_or_create_only() -> None:
    assert all(field.mutable is not field.create_only for field in DECLARABLE)
    assert {"name", "description", "status", "default_role", "org_roles"} == MUTABLE


def test_a_replacement_inherits_all_but_its_name_and_its_date() -> None:
    """The name is the selector, and of the date it inherits the length of the lifetime."""
    assert names(field for field in FIELDS if field.inherited) == POST - {"name", "expirationDate"}


def test_only_what_is_declared_is_sent() -> None:
    assert body_of({}) == {}
    assert body_of({"description": ""}) == {"description": ""}
    zone = timezone(timedelta(hours=2))
    values = {"name": "x", "scope": ("b.get", "a.get"), "expiration_date": NOW.astimezone(zone), "id": "not declarable"}
    assert body_of(values) == {"name": "x", "scope": ["b.get", "a.get"], "expirationDate": "2026-11-24T08:00:00.000Z"}
