# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from datetime import timedelta
from functools import partial

from ansible_collections.losant.platform.plugins.module_utils._client.pagination import DEFAULT_PAGE_SIZE
from ansible_collections.losant.platform.plugins.module_utils._common.durations import option_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import check_name, checked_id
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import rotation_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import Found, Selection, find

from .application import OwnerOf, for_application, owner_of
from .connection import connected, with_connection
from .instance import for_instance, instance_of
from .operation import Operation, Options, Spec
from .results import Result, rotation_result, token_result
from .user import user_of


def api_token_info_spec() -> Spec:
    """The options of ``api_token_info`` beside those of the connection and of the owner. The choices are the API's."""
    return {
        "api_token_id": {"type": "str", "aliases": ["apiTokenId", "id"]},
        "name": {"type": "str"},
        "filter_field": {"type": "str", "choices": ["name", "status", ""], "aliases": ["filterField"]},
        "filter": {"type": "str"},
        "sort_field": {
            "type": "str",
            "default": "name",
            "choices": ["name", "status", "id", "creationDate", "lastUpdated", "expirationDate"],
            "aliases": ["sortField"],
        },
        "sort_direction": {
            "type": "str",
            "default": "asc",
            "choices": ["asc", "desc"],
            "aliases": ["sortDirection"],
        },
        "page": {"type": "int"},
        "per_page": {"type": "int", "default": DEFAULT_PAGE_SIZE, "aliases": ["perPage"]},
        "expires_within": {"type": "str"},
        "rotate_before": {"type": "str"},
    }


def find_api_tokens(options: Options, check_mode: bool, system: System, find_owner: OwnerOf = owner_of) -> Result:
    """Find the tokens that the options select, and return the module's result.

    :param find_owner: whose tokens
    """
    selection = _selection(options)
    window = None
    if options["rotate_before"] is not None:
        window = option_duration("rotate_before", options["rotate_before"])
    with connected(options, read_only=True, system=system) as connection:
        owner = find_owner(options, connection)
        found = find(selection, TokenApi(connection.client, owner))
    return {
        "changed": False,
        "api_tokens": _results(found, window, owner),
        "total_count": found.total_count,
        "warnings": list(connection.client.warnings()),
    }


def _results(found: Found, window: timedelta | None, owner: Owner) -> list[Result]:
    results = []
    for token in found.tokens:
        result = token_result(token, found.now, owner.id, owner.type)
        if window is not None:
            result["rotation"] = rotation_result(rotation_of(token, window, found.now))
        results.append(result)
    return results


def _selection(options: Options) -> Selection:
    query = {"sortField": options["sort_field"], "sortDirection": options["sort_direction"]}
    if options["filter"] and not options["filter_field"]:
        raise InvalidOptionError(
            "filter is given without filter_field, so Losant would ignore it. Add filter_field=name or"
            " filter_field=status.",
            option="filter_field",
        )
    if options["filter"]:
        query.update(filterField=options["filter_field"], filter=options["filter"])
    if options["page"] is not None and options["page"] < 0:
        raise InvalidOptionError("page counts from 0, and cannot be negative.", option="page")
    if options["per_page"] < 1:
        raise InvalidOptionError("per_page must be 1 or more.", option="per_page")
    check_name(options["name"])
    api_token_id, expires_within = options["api_token_id"], options["expires_within"]
    return Selection(
        query=query,
        page=options["page"],
        per_page=options["per_page"],
        name=options["name"],
        api_token_id=checked_id("api_token_id", api_token_id) if api_token_id is not None else None,
        expires_within=option_duration("expires_within", expires_within) if expires_within is not None else None,
    )


def _operation(name: str, find_owner: OwnerOf) -> Operation:
    return Operation(name, partial(find_api_tokens, find_owner=find_owner), api_token_info_spec(), {})


API_TOKEN_INFO = for_application(_operation("api_token_info", owner_of))
USER_API_TOKEN_INFO = with_connection(_operation("user_api_token_info", user_of))
INSTANCE_API_TOKEN_INFO = for_instance(_operation("instance_api_token_info", instance_of))
