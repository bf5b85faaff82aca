# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial

from ansible_collections.losant.platform.plugins.module_utils._common.durations import option_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import check_name, checked_id
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import rotation_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import Selection, find
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Resource, Token

from .application import OwnerOf, for_application, owner_of
from .connection import connected, with_connection
from .instance import for_instance, instance_of
from .operation import Operation, Options, Spec
from .paging import check_paging, list_spec, sort_query
from .results import Result, rotation_result
from .user import user_of


def api_token_info_spec() -> Spec:
    """The options of ``api_token_info`` beside those of the connection and of the owner. The choices are the API's."""
    return {
        "api_token_id": {"type": "str", "aliases": ["apiTokenId", "id"]},
        "name": {"type": "str"},
        "filter_field": {"type": "str", "choices": ["name", "status", ""], "aliases": ["filterField"]},
        "filter": {"type": "str"},
        **list_spec(["name", "status", "id", "creationDate", "lastUpdated", "expirationDate"]),
        "page": {"type": "int"},
        "expires_within": {"type": "str"},
        "rotate_before": {"type": "str"},
    }


def find_tokens(
    options: Options, _check_mode: bool, system: System, *, find_owner: OwnerOf, resource: Resource
) -> Result:
    """Find the tokens or access keys that the options select, and return the module's result.

    :param find_owner: whose they are
    """
    selection = _selection(options, resource)
    window, age = _duration("rotate_before", options), _duration("rotate_after", options)
    with connected(options, read_only=True, system=system) as connection:
        owner = find_owner(options, connection)
        found = find(selection, TokenApi(connection.client, owner))
    return {
        "changed": False,
        resource.list_option: [_result(token, found.now, owner, window, age) for token in found.tokens],
        "total_count": found.total_count,
        "warnings": list(connection.client.warnings()),
    }


def _duration(option: str, options: Options) -> timedelta | None:
    text = options.get(option)
    return option_duration(option, text) if text is not None else None


def _result(token: Token, now: datetime, owner: Owner, window: timedelta | None, age: timedelta | None) -> Result:
    result = token.result(now, owner.id, owner.type)
    if window is not None or age is not None:
        result["rotation"] = rotation_result(rotation_of(token, window, now, age))
    return result


def _selection(options: Options, resource: Resource) -> Selection:
    query = sort_query(options)
    if options["filter"] and not options["filter_field"]:
        raise InvalidOptionError(
            "filter is given without filter_field, so Losant would ignore it. Add filter_field=name or"
            " filter_field=status.",
            option="filter_field",
        )
    if options["filter"]:
        query.update(filterField=options["filter_field"], filter=options["filter"])
    check_paging(options)
    if options.get("query"):
        query["query"] = json.dumps(options["query"], separators=(",", ":"))
    check_name(options["name"])
    token_id = options[resource.id_option]
    return Selection(
        query=query,
        page=options["page"],
        per_page=options["per_page"],
        name=options["name"],
        token_id=checked_id(resource.id_option, token_id) if token_id is not None else None,
        identity=options.get("key"),
        expires_within=_duration("expires_within", options),
    )


def _operation(name: str, find_owner: OwnerOf) -> Operation:
    find_them = partial(find_tokens, find_owner=find_owner, resource=ApiToken.resource)
    return Operation(name, find_them, api_token_info_spec(), {})


API_TOKEN_INFO = for_application(_operation("api_token_info", owner_of))
USER_API_TOKEN_INFO = with_connection(_operation("user_api_token_info", user_of))
INSTANCE_API_TOKEN_INFO = for_instance(_operation("instance_api_token_info", instance_of))
