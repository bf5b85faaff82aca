# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Action, error_context
from ansible_collections.losant.platform.plugins.module_utils._client.pagination import (
    BY_ID,
    DEFAULT_PAGE_SIZE,
    count_of,
    items_of,
)

from .application import Application

_PATH = "/applications"
#: Source: the API's definition, version 1.31.0, action applications.get.
_LISTING_SCOPES = (
    "all.User[.bounded, .cli, .read], all.Organization or only.Organization[.bounded, .read], applications.*,"
    " applications.get"
)
_LISTING = Action(
    "list applications",
    {
        403: (
            "The access token of an application cannot list applications. Use the access token of a user with one of these"
            f" scopes: {_LISTING_SCOPES}. To use a single application, name it by its id, with application_id."
        )
    },
)
#: A name that means itself as a filter, whatever Losant takes for a special character.
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*", re.ASCII)


class Page(t.NamedTuple):
    """One page of the list. ``total_count``: the number of all matches; None if Losant does not show it."""

    applications: list[Application]
    total_count: int | None


class ApplicationApi:
    """Losant's actions that read applications."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def iterate(self, query: t.Mapping[str, str], per_page: int = DEFAULT_PAGE_SIZE) -> t.Iterator[Application]:
        """Every application that the query leaves, once."""
        with error_context(_LISTING):
            for item in self._client.paginate(_PATH, _LISTING, query, per_page):
                yield Application.from_api(item)

    def page(self, query: t.Mapping[str, str], page: int, per_page: int) -> Page:
        """Just one page, counted from 0."""
        with error_context(_LISTING):
            response = self._client.get(_PATH, _LISTING, {**query, "page": page, "perPage": per_page})
            found = [Application.from_api(item) for item in items_of(response)]
            return Page(found, count_of(response.get("totalCount")))

    def get(self, application_id: str, query: t.Mapping[str, str]) -> Application:
        """One application, which the token of that application can read, too."""
        action = Action(f"read application {application_id}")
        with error_context(action):
            return Application.from_api(self._client.get(f"{_PATH}/{application_id}", action, query))

    def named(self, name: str) -> list[Application]:
        """The applications of exactly this name. Only then the whole list is read, if Losant's filter finds none."""
        queries: list[t.Mapping[str, str]] = [BY_ID]
        if _PLAIN.fullmatch(name):
            queries.insert(0, {**BY_ID, "filterField": "name", "filter": name})
        found: list[Application] = []
        for query in queries:
            found = found or [application for application in self.iterate(query) if application.name == name]
        return found
