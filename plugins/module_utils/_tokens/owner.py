# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass

#: The actions on API tokens that write.
WRITING = frozenset(("post", "patch", "delete"))


@dataclass(frozen=True)
class Owner:
    """What API tokens belong to, and all that differs from one kind of owner to the next.

    ``type`` and ``id``: as in the API's ``ownerType`` and ``ownerId``, and empty if only the access token knows the id;
    ``label``: as messages name it; ``path``: of the list of its tokens; ``probe``: a path that every token of the owner can
    be tried with; ``list_resource`` and ``token_resource``: the API's names in scopes, of the list (get, post) and of one
    token (get, patch, delete); ``families``: the broad scopes that include those; ``token_scopes``: the families of scopes
    that its tokens take, its own first; ``default_scope``: what Losant grants a token without a scope; ``reach``: what that
    is, for messages.
    """

    type: str
    id: str
    label: str
    path: str
    probe: str
    list_resource: str
    token_resource: str
    families: tuple[str, ...]
    token_scopes: tuple[str, ...]
    default_scope: tuple[str, ...]
    reach: str

    def scope_of(self, action: str, *, of_list: bool) -> str:
        """The scope for one action: ``applicationApiToken.delete``."""
        return f"{self.list_resource if of_list else self.token_resource}.{action}"

    def scopes_for(self, action: str, *, of_list: bool) -> tuple[str, ...]:
        """Every scope that allows an action. Scopes that end in ``.read`` and ``.bounded`` allow no writes to tokens."""
        families = self.families
        if action == "get":
            families = tuple(f"{family}[.bounded, .read]" for family in families)
        resource = self.list_resource if of_list else self.token_resource
        return (*families, f"{resource}.*", self.scope_of(action, of_list=of_list))

    def permitted(self, scopes: t.Collection[str]) -> frozenset[str]:
        """Which of the writing actions some scopes allow."""
        return frozenset(
            action
            for action in WRITING
            if not set(scopes).isdisjoint(self.scopes_for(action, of_list=action == "post"))
        )


def application(application_id: str) -> Owner:
    """An application as the owner of API tokens.

    Paths and scopes: the API's definition, version 1.31.0. An application token gets 403 for ``/me``, so a secret is
    tried with the application itself. Source: a third-party operator used against the live API.
    """
    return Owner(
        type="application",
        id=application_id,
        label=f"application {application_id}",
        path=f"/applications/{application_id}/tokens",
        probe=f"/applications/{application_id}",
        list_resource="applicationApiTokens",
        token_resource="applicationApiToken",
        families=("all.Application", "all.Organization", "all.User"),
        token_scopes=("application", "organization", "instance", "user"),
        default_scope=("all.Application",),
        reach="everything in the application",
    )


def user() -> Owner:
    """The user whom the access token belongs to, as the owner of API tokens.

    Paths and scopes: the API's definition, version 1.31.0. That a token without a scope gets ``all.User`` is inferred.
    """
    return Owner(
        type="user",
        id="",
        label="the user",
        path="/me/tokens",
        probe="/me",
        list_resource="userApiTokens",
        token_resource="userApiToken",
        families=("all.User", "only.User"),
        token_scopes=("user", "organization", "application", "instance"),
        default_scope=("all.User",),
        reach="everything that the user can do",
    )


def instance(instance_id: str) -> Owner:
    """An instance as the owner of API tokens.

    Paths and scopes: the API's definition, version 1.31.0. Its tokens reach no applications and no devices, by Losant's
    documentation. That a token without a scope gets ``all.Instance`` is inferred.
    """
    return Owner(
        type="instance",
        id=instance_id,
        label=f"instance {instance_id}",
        path=f"/instances/{instance_id}/tokens",
        probe=f"/instances/{instance_id}",
        list_resource="instanceApiTokens",
        token_resource="instanceApiToken",
        families=("all.Instance", "all.User"),
        token_scopes=("instance",),
        default_scope=("all.Instance",),
        reach="everything in the instance",
    )
