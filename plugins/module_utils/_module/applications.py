# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._applications.api import ApplicationApi
from ansible_collections.losant.platform.plugins.module_utils._applications.application import Application
from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import concurrently
from ansible_collections.losant.platform.plugins.module_utils._common.durations import option_duration
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import is_pending, read_superseded
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import application as owner
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import rotation_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

from .application_info import all_applications, application_list_spec
from .connection import checked_concurrency, connected, with_connection
from .operation import Operation, Options, Spec
from .results import Result, application_result

#: Later than every expiration date that is set.
_NEVER = "9999"


def applications_spec() -> Spec:
    """The options that select applications, beside those of the connection."""
    return {
        **application_list_spec(),
        "api_tokens": {"type": "bool", "default": False, "no_log": False},
        "expires_within": {"type": "str", "default": "30d"},
        "concurrency": {"type": "int", "default": 4},
    }


def find_applications_with_tokens(options: Options, check_mode: bool, system: System) -> Result:
    """Find the applications that the options select, with what is to be known of their tokens."""
    window = option_duration("expires_within", options["expires_within"])
    concurrency = checked_concurrency(options)
    with connected(options, read_only=True, system=system) as connection:
        client = connection.client

        def read(application: Application) -> Result:
            api = TokenApi(client, owner(application.id))
            return token_facts(list(api.all()), window, api.now())

        found = all_applications(options, ApplicationApi(client))
        results = list(map(application_result, found))
        if options["api_tokens"]:
            for result, facts in zip(results, concurrently(read, found, concurrency)):  # strict needs Python 3.10
                result["api_tokens"] = facts
    return {"changed": False, "applications": results, "warnings": list(client.warnings())}


def token_facts(tokens: t.Sequence[Token], window: timedelta, now: datetime) -> Result:
    """What is to be known of the tokens of one application, without any secret.

    ``active``, ``inactive`` and ``expired`` add up to ``total``; ``next_expiration``: of the tokens that have not expired;
    ``due``: the names of those that have expired and were not replaced, and of those that expire within ``window``.
    """
    expired = [token for token in tokens if token.is_expired(now)]
    living = [token for token in tokens if not token.is_expired(now)]
    lasting = {token.name for token in living}
    dates = {token.id: format_time(token.expiration_date) if token.expiration_date else _NEVER for token in tokens}
    due = [token for token in living if rotation_of(token, window, now).due]
    due += [token for token in expired if token.name not in lasting]
    current = [token for token in due if read_superseded(token.name) is None and not is_pending(token.name)]
    names = [token.name for token in sorted(current, key=lambda token: (dates[token.id], token.name))]
    return {
        "total": len(tokens),
        "active": sum(token.status == "active" for token in living),
        "inactive": sum(token.status != "active" for token in living),
        "expired": len(expired),
        "next_expiration": min((dates[token.id] for token in living if token.expiration_date), default=None),
        "due": list(dict.fromkeys(names)),
    }


ALL_APPLICATIONS = with_connection(Operation("applications", find_applications_with_tokens, applications_spec(), {}))
