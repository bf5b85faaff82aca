# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from functools import partial

from ansible_collections.losant.platform.plugins.module_utils._tokens.access_key import AccessKey

from .access_key import keys_of
from .api_token_info import find_tokens
from .application import for_application
from .operation import Operation, Spec
from .paging import list_spec


def access_key_info_spec() -> Spec:
    """The options of ``access_key_info`` beside those of the connection and of the application. The choices are the API's."""
    return {
        "access_key_id": {"type": "str", "aliases": ["applicationKeyId", "id"]},
        "key": {"type": "str", "no_log": False},
        "name": {"type": "str"},
        "filter_field": {"type": "str", "choices": ["key", "status", "name", ""], "aliases": ["filterField"]},
        "filter": {"type": "str"},
        "query": {"type": "dict"},
        **list_spec(["key", "status", "id", "creationDate", "lastUpdated", "name"], "creationDate", "desc"),
        "page": {"type": "int"},
        "rotate_after": {"type": "str"},
    }


ACCESS_KEY_INFO = for_application(
    Operation(
        "access_key_info",
        partial(find_tokens, find_owner=keys_of, resource=AccessKey.resource),
        access_key_info_spec(),
        {},
    )
)
