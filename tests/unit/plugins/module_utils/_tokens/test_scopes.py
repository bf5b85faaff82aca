# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.losant.platform.plugins.module_utils._tokens.known_scopes import KNOWN_SCOPES
from ansible_collections.losant.platform.plugins.module_utils._tokens.scopes import scope_warnings

ALL = [scope for family in KNOWN_SCOPES.values() for scope in family]


def test_the_application_family_comes_first() -> None:
    assert next(iter(KNOWN_SCOPES)) == "application"


def test_the_families_have_scopes_that_look_like_scopes() -> None:
    assert len(KNOWN_SCOPES) >= 3
    assert len(ALL) > 300
    for family in KNOWN_SCOPES.values():
        assert len(set(family)) == len(family)
        assert all("." in scope and scope.isascii() and scope.isprintable() and " " not in scope for scope in family)


@pytest.mark.parametrize(
    "scope", ["all.Application", "all.Application.read", "all.Application.cli", "applicationApiTokens.*", "devices.get"]
)
def test_scopes_of_applications_are_known(scope: str) -> None:
    assert scope in KNOWN_SCOPES["application"]


@pytest.mark.parametrize(
    ("family", "scope"),
    [
        ("user", "me.entitlements"),
        ("user", "userOauthClient.get"),
        ("instance", "instance.entitlements"),
        ("instance", "instanceOrg.entitlement"),
        ("instance", "instanceOrg.entitlementSync"),
    ],
)
def test_scopes_of_the_newest_api_are_known(family: str, scope: str) -> None:
    assert scope in KNOWN_SCOPES[family]


def test_known_scopes_need_no_warning() -> None:
    assert scope_warnings(ALL) == []
    assert scope_warnings([]) == []


@pytest.mark.parametrize(
    ("scope", "nearest"),
    [
        ("device.gett", "device.get"),
        ("devices.got", "devices.get"),
        ("all.application", "all.Application"),
        ("ALL.APPLICATION.READ", "all.Application.read"),
        ("applicationApiToken.posts", None),
        ("Devices.Get", "devices.get"),
    ],
)
def test_a_mistyped_scope_is_warned_about_with_the_nearest_known_one(scope: str, nearest: str | None) -> None:
    [warning] = scope_warnings([scope])
    assert warning.startswith(f"The scope {scope!r} is not among those that this collection knows; Losant decides.")
    assert "The nearest known one is '" in warning
    if nearest is not None:
        assert f"The nearest known one is {nearest!r}." in warning


@pytest.mark.parametrize("scope", ["☃☃☃☃", "0", "%%%%%%%%"])
def test_a_scope_that_is_near_to_none_has_no_hint(scope: str) -> None:
    [warning] = scope_warnings([scope])
    assert "nearest" not in warning


def test_each_unknown_scope_has_its_warning() -> None:
    warnings = scope_warnings(["new.one", "devices.get", "new.two"])
    assert [warning.split("'")[1] for warning in warnings] == ["new.one", "new.two"]


@given(st.lists(st.text(max_size=30), max_size=3))
def test_any_text_gets_at_most_one_warning(scopes: list[str]) -> None:
    assert len(scope_warnings(scopes)) == len([scope for scope in scopes if scope not in ALL])
