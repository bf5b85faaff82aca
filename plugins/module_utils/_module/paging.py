# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError

from .operation import Options


def check_paging(options: Options) -> None:
    """Refuse a page that cannot be meant.

    :raises InvalidOptionError: it is one
    """
    if options["page"] is not None and options["page"] < 0:
        raise InvalidOptionError("page counts from 0, and cannot be negative.", option="page")
    if options["per_page"] < 1:
        raise InvalidOptionError("per_page must be 1 or more.", option="per_page")
