# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ..access_key import AccessKey
from .checks import NOTHING_WRITTEN, PlanError
from .steps import Plan

#: The filters that compare with a list.
_WITH_LIST = ("whitelist", "blacklist")


def check_lists(planned: Plan) -> None:
    """Refuse a key whose filter has nothing to compare with.

    Source: Losant's own server for AI assistants says so of topics; that a request without them fails is inferred.

    :raises PlanError: a key would be created or changed so
    """
    changed = set(planned.changed_fields)
    problem = _missing_list(t.cast("AccessKey", planned.after)) if planned.after is not None and changed else None
    if problem is not None:
        raise PlanError(
            f"{problem}: Losant would refuse that. {NOTHING_WRITTEN} List at least one, or declare another filter."
        )


def _missing_list(key: AccessKey) -> str | None:
    if key.filter_type in _WITH_LIST and not (key.pub_topics or key.sub_topics):
        return f"filter_type is {key.filter_type}, and neither pub_topics nor sub_topics has a topic"
    if key.address_filter_type in _WITH_LIST and not key.addresses:
        return f"address_filter_type is {key.address_filter_type}, and addresses has none"
    return None
