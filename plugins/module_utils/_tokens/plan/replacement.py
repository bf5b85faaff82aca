# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time

from ..declaration import Declaration
from ..naming import MAX_NAME_WITH_SUFFIX, check_room_for_suffix, read_superseded, superseded_name
from ..token import Resource, Token
from .checks import PlanError
from .steps import Delete, Patch, Purpose, Superseded


def new_token_fields(
    declared: Declaration, predecessor: Token | None, now: datetime, resource: Resource
) -> dict[str, t.Any]:
    """The fields of a new token: what is declared, and what it inherits from its predecessor.

    :raises PlanError: something cannot be inherited
    :raises InvalidOptionError: the token would be expired from the start
    """
    fields: dict[str, t.Any] = {"name": declared.name}
    for option in (field.option for field in resource.declarable if field.inherited):
        value = getattr(declared, option)
        # Whether a superseded token is still active says nothing about its replacement.
        if value is None and predecessor is not None and not (option == "status" and read_superseded(predecessor.name)):
            value = getattr(predecessor, option)
        if value is not None:
            fields[option] = value
    if predecessor is not None and fields.get("scope") == ():
        raise PlanError(
            f"{predecessor.title} has to be replaced and has no scope, and what Losant grants for an empty one is not"
            " documented. Declare scope."
        )
    expiration_date = _expiration(declared, predecessor, now)
    if expiration_date is not None:
        fields["expiration_date"] = expiration_date
    return fields


def _expiration(declared: Declaration, predecessor: Token | None, now: datetime) -> datetime | None:
    if declared.expiration_date is not None:
        if declared.expiration_date <= now:
            raise InvalidOptionError(
                f"expiration_date {format_time(declared.expiration_date)} has passed: a new token would be expired from"
                " the start.",
                option="expiration_date",
            )
        return declared.expiration_date
    if declared.never_expires:
        return None
    if declared.expires_in is not None:
        expiration_date = _later(now, declared.expires_in)
        if expiration_date is None:
            raise InvalidOptionError("expires_in reaches beyond the year 9999.", option="expires_in")
        return expiration_date
    if predecessor is None or predecessor.expiration_date is None:
        return None
    return _same_lifetime(predecessor, predecessor.expiration_date, now)


def _same_lifetime(predecessor: Token, expired_at: datetime, now: datetime) -> datetime:
    if predecessor.creation_date is None:
        raise PlanError(
            f"{predecessor.title} has to be replaced, but Losant does not show when it was created, so the length of its"
            " life is unknown. Declare expires_in or expiration_date."
        )
    expiration_date = _later(now, expired_at - predecessor.creation_date)
    if expiration_date is None:
        raise PlanError(
            f"{predecessor.title} has to be replaced, and a new token of the same lifetime would expire beyond the year 9999."
            " Declare expires_in or expiration_date."
        )
    if expiration_date <= now:
        raise PlanError(
            f"{predecessor.title} has to be replaced, but it was expired from the start, so it has no lifetime to inherit."
            " Declare expires_in or expiration_date."
        )
    return expiration_date


def _later(now: datetime, lifetime: timedelta) -> datetime | None:
    try:
        return now.replace(microsecond=0) + lifetime
    except OverflowError:
        return None


class Retirement(t.NamedTuple):
    """What happens to the token that is replaced: before the new one gets the name, after that, and the result."""

    before_naming: tuple[Patch, ...]
    after_naming: tuple[Patch | Delete, ...]
    superseded: Superseded


def retire(
    old: Token, declared: Declaration, now: datetime, *, staged: bool, purpose: Purpose = Purpose.RETIRE
) -> Retirement:
    """Plan the retirement of the token that is replaced.

    :param purpose: of what is done when the new token has its name
    :raises InvalidOptionError: its name leaves no room for the suffix that it needs
    """
    until = old.expiration_date if declared.superseded == "keep" else _end_of_grace_period(now, declared)
    name = superseded_name(old.name, until)
    if staged or declared.superseded_after or declared.superseded != "delete":
        check_room_for_suffix(old.name)
    rename = Patch(old, {"name": name}, Purpose.FREE_NAME)
    if declared.superseded == "keep" or declared.superseded_after:
        return Retirement((rename,), (), Superseded(old, name, "kept", until))
    if declared.superseded == "deactivate":
        deactivate = Patch(old, {"status": "inactive"}, purpose)
        return Retirement(
            (rename,), (deactivate,) if old.status == "active" else (), Superseded(old, name, "deactivated")
        )
    # Staged, an interrupted run leaves a name that says which token is which. Otherwise that would be unknown.
    fallback_name = name if len(old.name) <= MAX_NAME_WITH_SUFFIX else None
    return Retirement(
        (rename,) if staged else (),
        (Delete(old, purpose, fallback_name),),
        Superseded(old, old.name, "deleted"),
    )


def _end_of_grace_period(now: datetime, declared: Declaration) -> datetime:
    try:
        return now + declared.superseded_after
    except OverflowError:
        pass
    raise InvalidOptionError("superseded_after reaches beyond the year 9999.", option="superseded_after")
