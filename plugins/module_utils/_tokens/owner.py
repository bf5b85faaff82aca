# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .api_token import DEFAULT_SCOPE, ApiToken
from .token import Resource, Token

#: The actions on tokens that write.
WRITING = frozenset(("post", "patch", "delete"))


@dataclass(frozen=True)
class Owner:
    """What tokens belong to, and all that differs from one kind of owner to the next.

    ``type`` and ``id``: as in the API's ``ownerType`` and ``ownerId``, and empty if only the access token knows the id;
    ``label``: as messages name it; ``path``: of the list of its tokens; ``probe``: where a new token can be tried;
    ``list_resource`` and ``token_resource``: the API's names in scopes, of the list (get, post) and of one token (get, patch,
    delete); ``families``: the broad scopes that include those; ``token_scopes``: the families of scopes that its tokens take,
    its own first; ``limits``: the fields of a token that limit what it can do; ``unlimited``: what a token without them can
    do, for messages; ``defaults``: the fields of a new token that a task need not declare; ``kind``: what kind its tokens
    are; ``bounded_writes``: scopes that end in ``.bounded`` allow writes, too.
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
    limits: tuple[str, ...]
    unlimited: str
    defaults: t.Mapping[str, t.Any]
    kind: t.Type[Token] = ApiToken  # noqa: UP006 # in this class, type is a field
    bounded_writes: bool = False

    @property
    def resource(self) -> Resource:
        """What its tokens are called, and their fields."""
        return self.kind.resource

    def scope_of(self, action: str, *, of_list: bool) -> str:
        """The scope for one action: ``applicationApiToken.delete``."""
        return f"{self.list_resource if of_list else self.token_resource}.{action}"

    def scopes_for(self, action: str, *, of_list: bool) -> tuple[str, ...]:
        """Every scope that allows an action, as messages list them."""
        endings = "[.bounded, .read]" if action == "get" else "[.bounded]" if self.bounded_writes else ""
        families = tuple(f"{family}{endings}" for family in self.families)
        resource = self.list_resource if of_list else self.token_resource
        return (*families, f"{resource}.*", self.scope_of(action, of_list=of_list))

    def permitted(self, scopes: t.Collection[str]) -> frozenset[str]:
        """Which of the writing actions some scopes allow. Scopes that end in ``.read`` allow none."""
        endings = ("", ".bounded") if self.bounded_writes else ("",)
        broad = {f"{family}{ending}" for family in self.families for ending in endings}
        return frozenset(action for action in WRITING if not broad.union(self._own(action)).isdisjoint(scopes))

    def _own(self, action: str) -> tuple[str, str]:
        of_list = action == "post"
        return (self.scope_of("*", of_list=of_list), self.scope_of(action, of_list=of_list))


def _grants(scope: tuple[str, ...], reach: str) -> str:
    return f"so Losant grants it {', '.join(scope)}: {reach}. List the scopes that it needs."


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
        limits=("scope",),
        unlimited=_grants(DEFAULT_SCOPE, "everything in the application"),
        defaults={"owner_type": "application", "scope": DEFAULT_SCOPE},
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
        limits=("scope",),
        unlimited=_grants(("all.User",), "everything that the user can do"),
        defaults={"owner_type": "user", "scope": ("all.User",)},
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
        limits=("scope",),
        unlimited=_grants(("all.Instance",), "everything in the instance"),
        defaults={"owner_type": "instance", "scope": ("all.Instance",)},
    )
