# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import waiting
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.checks import PlanError, named
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token


def new_token_fields(declared: Declaration, predecessor: Token | None, now: datetime) -> dict[str, t.Any]:
    """The fields of a new token: what is declared, and what it takes over from its predecessor.

    :raises PlanError: something can't be taken over
    :raises InvalidOptionError: the token would be expired from the start
    """
    fields: dict[str, t.Any] = {"name": declared.name}
    for field in ("description", "status", "scope"):
        value = getattr(declared, field)
        # Whether a superseded token is still active says nothing about its successor.
        if value is None and predecessor is not None and not (field == "status" and waiting(predecessor.name)):
            value = getattr(predecessor, field)
        if value is not None:
            fields[field] = value
    if fields.get("scope") == ():
        raise PlanError(
            f"{named(t.cast('Token', predecessor))} is to be replaced and has no scope, and what Losant grants for an"
            " empty one is not documented. Declare scope."
        )
    expiration_date = _expiration(declared, predecessor, now)
    if expiration_date is not None:
        fields["expiration_date"] = expiration_date
    return fields


def _expiration(declared: Declaration, predecessor: Token | None, now: datetime) -> datetime | None:
    if declared.expiration_date is not None:
        if declared.expiration_date <= now:
            raise InvalidOptionError(
                f"expiration_date {format_time(declared.expiration_date)} is past: a new token would be expired from"
                " the start.",
                option="expiration_date",
            )
        return declared.expiration_date
    if declared.never_expires:
        return None
    if declared.expires_in is not None:
        return _later(now, declared.expires_in)
    if predecessor is None or predecessor.expiration_date is None:
        return None
    return _same_life(predecessor, predecessor.expiration_date, now)


def _same_life(predecessor: Token, expired_at: datetime, now: datetime) -> datetime:
    if predecessor.creation_date is None:
        raise PlanError(
            f"{named(predecessor)} is to be replaced, but Losant does not tell when it was made, so the length of its life"
            " is unknown. Declare expires_in or expiration_date."
        )
    expiration_date = _later(now, expired_at - predecessor.creation_date)
    if expiration_date <= now:
        raise PlanError(
            f"{named(predecessor)} is to be replaced, but it was expired from the start, so there is no length of its life"
            " to take over. Declare expires_in or expiration_date."
        )
    return expiration_date


def _later(now: datetime, life: timedelta) -> datetime:
    try:
        return now.replace(microsecond=0) + life
    except OverflowError:
        pass
    raise InvalidOptionError("expires_in reaches beyond the year 9999.", option="expires_in")
