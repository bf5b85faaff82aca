# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.pagination import DEFAULT_PAGE_SIZE
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError

from .operation import Options, Spec


def list_spec(sort_fields: t.Sequence[str], default: str = "name", direction: str = "asc") -> Spec:
    """The options that say how a list is sorted and read. The choices are the API's.

    :param sort_fields: what Losant can sort by
    :param default: the field that it sorts by
    :param direction: the direction in which it sorts, asc or desc
    """
    return {
        "sort_field": {"type": "str", "default": default, "choices": list(sort_fields), "aliases": ["sortField"]},
        "sort_direction": {
            "type": "str",
            "default": direction,
            "choices": ["asc", "desc"],
            "aliases": ["sortDirection"],
        },
        "per_page": {"type": "int", "default": DEFAULT_PAGE_SIZE, "aliases": ["perPage"]},
    }


def sort_query(options: Options) -> dict[str, str]:
    """The part of a query that says how a list is sorted."""
    return {"sortField": options["sort_field"], "sortDirection": options["sort_direction"]}


def check_paging(options: Options) -> None:
    """Refuse a page that cannot be meant.

    :raises InvalidOptionError: it is one
    """
    if options["page"] is not None and options["page"] < 0:
        raise InvalidOptionError("page counts from 0, and cannot be negative.", option="page")
    if options["per_page"] < 1:
        raise InvalidOptionError("per_page must be 1 or more.", option="per_page")
