# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of fields says the same as the API, the declaration and the token."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import timedelta, timezone
from typing import NamedTuple

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module.access_key import access_key_spec
from ansible_collections.losant.platform.plugins.module_utils._module.api_token import api_token_spec
from ansible_collections.losant.platform.plugins.module_utils._module.user import roles_spec
from ansible_collections.losant.platform.plugins.module_utils._tokens.access_key import AccessKey
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import DEFAULT_SCOPE, ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.fields import (
    DEFAULT_STATUS,
    MAX_DESCRIPTION,
    MAX_NAME,
    Field,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.key_declaration import KeyDeclaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token
from ansible_collections.losant.platform.tests.unit.plugins.module_utils.tokens import NOW


class Schemas(NamedTuple):
    """The properties of the API's schemas, version 1.31. ``again``: those that repeat another one, and the secret."""

    kind: type[Token]
    declaration: type[Declaration]
    post: set[str]
    patch: set[str]
    response: set[str]
    again: set[str]


TOKENS = Schemas(
    ApiToken,
    Declaration,
    post={"name", "description", "expirationDate", "scope", "status", "defaultRole", "orgRoles"},
    patch={"name", "description", "status", "defaultRole", "orgRoles"},
    response={
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
    },
    again={"apiTokenId", "token"},
)
_FILTERS = {"filterType", "pubTopics", "subTopics", "addressFilterType", "addresses"}
KEYS = Schemas(
    AccessKey,
    KeyDeclaration,
    post={"name", "description", "deviceIds", "deviceTags", *_FILTERS},
    patch={"name", "description", "status", *_FILTERS},
    response={
        "id",
        "applicationKeyId",
        "applicationId",
        "creationDate",
        "createdById",
        "createdByType",
        "lastUpdated",
        "lastUpdatedById",
        "lastUpdatedByType",
        "key",
        "status",
        "secret",
        "deviceIds",
        "deviceTags",
        "name",
        "description",
        *_FILTERS,
    },
    again={"applicationKeyId", "secret"},
)
BOTH = pytest.mark.parametrize("schemas", [TOKENS, KEYS], ids=["tokens", "keys"])


def names(fields: Iterable[Field]) -> set[str]:
    return {field.api_name for field in fields}


@BOTH
def test_the_fields_are_those_of_the_api(schemas: Schemas) -> None:
    resource = schemas.kind.resource
    assert names(resource.declarable) == schemas.post | schemas.patch
    assert names(field for field in resource.fields if field.mutable) == schemas.patch
    assert names(field for field in resource.fields if field.create_only) == schemas.post - schemas.patch
    assert names(field for field in resource.fields if field.patch_only) == schemas.patch - schemas.post
    assert names(resource.fields) == schemas.response - schemas.again


def test_the_limits_are_those_of_the_api() -> None:
    assert (MAX_NAME, MAX_DESCRIPTION) == (255, 32767)
    assert (DEFAULT_SCOPE, DEFAULT_STATUS) == (("all.Application",), "active")


@BOTH
def test_a_token_has_each_field_and_no_other(schemas: Schemas) -> None:
    options = {field.option for field in schemas.kind.resource.fields}
    # A key has none.
    assert {field.name for field in dataclasses.fields(schemas.kind)} - {"expiration_date"} == options - {
        "expiration_date"
    }


@BOTH
def test_each_declarable_field_is_an_option(schemas: Schemas) -> None:
    spec = {**(access_key_spec() if schemas is KEYS else api_token_spec()), **roles_spec()}
    declared = {field.name for field in dataclasses.fields(schemas.declaration)}
    for field in schemas.kind.resource.declarable:
        assert field.option in declared
        assert field.option in spec
        assert field.owners == (("user",) if field.option in roles_spec() else ())


@BOTH
def test_a_field_is_mutable_or_create_only(schemas: Schemas) -> None:
    resource = schemas.kind.resource
    assert all(field.mutable is not field.create_only for field in resource.declarable)
    assert names(field for field in resource.fields if field.option in resource.mutable) == schemas.patch


@BOTH
def test_a_replacement_inherits_all_but_its_name_and_its_date(schemas: Schemas) -> None:
    """The name is the selector, and of the date it inherits the length of the lifetime."""
    declarable = schemas.post | schemas.patch
    inherited = names(field for field in schemas.kind.resource.fields if field.inherited)
    assert inherited == declarable - {"name", "expirationDate"}


def test_only_what_is_declared_is_sent() -> None:
    body_of = ApiToken.resource.body_of
    assert body_of({}) == {}
    assert body_of({"description": ""}) == {"description": ""}
    zone = timezone(timedelta(hours=2))
    values = {"name": "x", "scope": ("b.get", "a.get"), "expiration_date": NOW.astimezone(zone), "id": "not declarable"}
    assert body_of(values) == {"name": "x", "scope": ["b.get", "a.get"], "expirationDate": "2026-11-24T08:00:00.000Z"}


def test_what_post_does_not_take_is_set_later() -> None:
    resource = AccessKey.resource
    fields = {"name": "x", "status": "inactive", "device_ids": ()}
    assert resource.set_on_creation(fields) == {"name": "x", "device_ids": ()}
    assert resource.set_later(fields) == {"status": "inactive"}
    assert resource.set_later({"name": "x", "status": "active"}) == {}, "a new key is active"
    assert ApiToken.resource.set_later({"name": "x", "status": "inactive"}) == {}
