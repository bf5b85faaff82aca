# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications, users and instances as owners of tokens: their paths, and the scopes that allow each action."""

from __future__ import annotations

import pytest

from ansible_collections.losant.platform.plugins.module_utils._tokens.known_scopes import KNOWN_SCOPES
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import (
    WRITING,
    Owner,
    application,
    instance,
    user,
)

OWNER = application("575ec8687ae143cd83dc4a97")


def test_paths_and_label() -> None:
    assert OWNER.path == "/applications/575ec8687ae143cd83dc4a97/tokens"
    assert OWNER.probe == "/applications/575ec8687ae143cd83dc4a97"
    assert (OWNER.type, OWNER.id) == ("application", "575ec8687ae143cd83dc4a97")
    assert OWNER.label == "application 575ec8687ae143cd83dc4a97"


def test_its_scopes_are_known_to_the_api() -> None:
    known = {scope for family in KNOWN_SCOPES.values() for scope in family}
    for action in WRITING:
        assert set(OWNER.scopes_for(action, of_list=action == "post")) <= known
    reading = {scope for scope in OWNER.scopes_for("get", of_list=True) if "[" not in scope}
    assert reading == {"applicationApiTokens.*", "applicationApiTokens.get"}
    assert reading <= known


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (["all.Application"], {"post", "patch", "delete"}),
        (["all.Organization"], {"post", "patch", "delete"}),
        (["all.User"], {"post", "patch", "delete"}),
        (["devices.get", "all.Application"], {"post", "patch", "delete"}),
        (["applicationApiToken.*"], {"patch", "delete"}),
        (["applicationApiToken.patch", "applicationApiToken.delete"], {"patch", "delete"}),
        (["applicationApiToken.patch"], {"patch"}),
        (["applicationApiToken.delete", "applicationApiToken.get"], {"delete"}),
        (["applicationApiTokens.*"], {"post"}),
        (["applicationApiTokens.post", "applicationApiTokens.get"], {"post"}),
        (["applicationApiTokens.patch", "applicationApiToken.post"], set()),
        (["all.Application.read"], set()),
        (["all.Application.bounded"], set()),
        (["all.Application.cli"], set()),
        (["all.application"], set()),
        ([], set()),
    ],
    # The order of a set differs from process to process.
    ids=lambda value: str(sorted(value)),
)
def test_the_writing_actions_that_scopes_allow(scopes: list[str], expected: set[str]) -> None:
    assert OWNER.permitted(scopes) == expected


@pytest.mark.parametrize(
    ("owner", "scopes", "expected"),
    [
        (user(), ["all.User"], WRITING),
        (user(), ["only.User"], WRITING),
        (user(), ["userApiToken.*"], {"patch", "delete"}),
        (user(), ["only.User.bounded", "all.User.read", "all.Application", "all.Organization"], set()),
        (instance("a" * 24), ["all.Instance"], WRITING),
        (instance("a" * 24), ["all.User"], WRITING),
        (instance("a" * 24), ["instanceApiTokens.post"], {"post"}),
        (instance("a" * 24), ["only.User", "all.Instance.bounded", "applicationApiToken.*"], set()),
    ],
    ids=lambda value: value.type if isinstance(value, Owner) else str(sorted(value)),
)
def test_the_writing_actions_of_other_owners(owner: Owner, scopes: list[str], expected: set[str]) -> None:
    assert owner.permitted(scopes) == expected
    known = {scope for family in owner.token_scopes for scope in KNOWN_SCOPES[family]}
    assert {*owner.defaults["scope"], f"{owner.token_resource}.*", owner.scope_of("post", of_list=True)} <= known
