# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._applications.api import ApplicationApi, Page
from ansible_collections.losant.platform.plugins.module_utils._applications.application import Application
from ansible_collections.losant.platform.plugins.module_utils._applications.names import check_unique
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import check_name, checked_id

from .connection import connected, with_connection
from .operation import Operation, Options, Spec
from .paging import check_paging, list_spec, sort_query
from .results import Result, application_result

_FILTER_FIELD = "name"


def application_list_spec() -> Spec:
    """The options that select applications from the list. The choices are the API's."""
    return {
        "org_id": {"type": "str", "aliases": ["orgId"]},
        "filter_field": {"type": "str", "choices": [_FILTER_FIELD, ""], "aliases": ["filterField"]},
        "filter": {"type": "str"},
        **list_spec(["name", "id", "creationDate", "ownerId", "lastUpdated"]),
        "summary_include": {"type": "list", "elements": "str", "aliases": ["summaryInclude"]},
        "summary_exclude": {"type": "list", "elements": "str", "aliases": ["summaryExclude"]},
    }


def application_info_spec() -> Spec:
    """The options of ``application_info`` beside those of the connection."""
    return {
        "application_id": {"type": "str", "aliases": ["applicationId", "id"]},
        "name": {"type": "str"},
        "page": {"type": "int"},
        **application_list_spec(),
    }


def find_applications(options: Options, check_mode: bool, system: System) -> Result:
    """Find the applications that the options select, and return the module's result."""
    check_name(options["name"])
    application_id = options["application_id"]
    if application_id is not None:
        application_id = checked_id("application_id", application_id)
    query, summary = list_query(options), _summary_query(options)
    with connected(options, read_only=True, system=system) as connection:
        api = ApplicationApi(connection.client)
        if application_id is not None:
            page = Page([api.get(application_id, summary)], 1)
        else:
            page = _listed(api, {**query, **summary}, options)
    found, name = page.applications, options["name"]
    if name is not None:
        found = [application for application in found if application.name == name]
        check_unique(name, found)
    return {
        "changed": False,
        "applications": list(map(application_result, found)),
        "total_count": page.total_count,
        "warnings": list(connection.client.warnings()),
    }


def all_applications(options: Options, api: ApplicationApi) -> list[Application]:
    """All applications that the options select."""
    return list(api.iterate({**list_query(options), **_summary_query(options)}, options["per_page"]))


def list_query(options: Options) -> dict[str, str]:
    """What is sent to select and sort applications.

    :raises InvalidOptionError: an option cannot be used
    """
    check_paging({"page": None, **options})
    query = sort_query(options)
    org_id = options["org_id"]
    if org_id is not None:
        # Nothing means the applications of the user, which belong to no organization.
        query["orgId"] = checked_id("org_id", org_id) if org_id else ""
    if options["filter"]:
        query.update(filterField=_FILTER_FIELD, filter=options["filter"])
    return query


def _summary_query(options: Options) -> dict[str, str]:
    names = {"summaryInclude": options["summary_include"], "summaryExclude": options["summary_exclude"]}
    return {name: ",".join(counts) for name, counts in names.items() if counts}


def _listed(api: ApplicationApi, query: t.Mapping[str, str], options: Options) -> Page:
    page, per_page = options["page"], options["per_page"]
    if page is None:
        found = list(api.iterate(query, per_page))
        return Page(found, len(found))
    return api.page(query, page, per_page)


APPLICATION_INFO = with_connection(
    Operation(
        "application_info",
        find_applications,
        application_info_spec(),
        {"mutually_exclusive": [("application_id", option) for option in ("name", "filter", "org_id", "page")]},
    )
)
