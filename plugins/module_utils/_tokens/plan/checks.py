# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import Delete, Name, Patch, Plan
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

#: What PATCH can change, and what only a new token can have otherwise. Source: the schemas apiTokenPatch, apiTokenPost.
MUTABLE = ("name", "description", "status")
CREATE_ONLY = ("scope", "expiration_date")


class PlanError(LosantError):
    """The declaration cannot be met. Nothing was written."""

    kind = "declaration"


def named(token: Token) -> str:
    """A token as messages name it."""
    return f"The API token {token.name!r} ({token.id})"


def differences(declared: Declaration, token: Token) -> dict[str, t.Any]:
    """The declared fields whose meaning differs from the token's, with the declared values."""
    wanted = {field: getattr(declared, field) for field in (*MUTABLE, *CREATE_ONLY)}
    wanted = {field: value for field, value in wanted.items() if value is not None}
    if declared.never_expires:
        wanted["expiration_date"] = None
    there, then = token.comparable(), replace(token, **wanted).comparable()
    return {field: value for field, value in wanted.items() if there[field] != then[field]}


def refuse_ambiguous(name: str, tokens: t.Sequence[Token], verb: str) -> None:
    """Two tokens that fit one name: never pick one."""
    if len(tokens) < 2:
        return
    ids = [token.id for token in tokens]
    raise PlanError(
        f"{len(ids)} API tokens {verb} the name {name!r}: {', '.join(ids)}. Nothing was written. Say which one is meant"
        " with api_token_id, or remove or rename the others.",
        ids=ids,
    )


def refuse_missing_id(api_token_id: str | None) -> t.NoReturn:
    """An id that is not there can't be made."""
    raise PlanError(
        f"The application has no API token with the id {api_token_id}. Losant chooses the ids, so a token can't be made"
        " with a given one: correct api_token_id, or declare the token by name alone."
    )


def refuse_expired(token: Token) -> t.NoReturn:
    """An expired token that is selected by its id can't be replaced under that id."""
    raise PlanError(
        f"{named(token)} expired at {_shown(token.expiration_date)}, and Losant can't extend a token. Declare it by name"
        " alone to have a new one made, or use state=absent to remove it."
    )


def refuse_replacing_by_id(token: Token) -> t.NoReturn:
    """A new token has a new id."""
    raise PlanError(
        f"{named(token)} would have to be replaced by a new one, which api_token_id could not find again. Replacing needs"
        " name alone as the selector."
    )


def refuse_create_only(declared: Declaration, token: Token, fields: t.Sequence[str]) -> t.NoReturn:
    """A difference in what can't be changed, without leave to replace the token."""
    there, wanted = token.comparable(), replace(token, **differences(declared, token)).comparable()
    pairs = "; ".join(f"{field} is {_shown(there[field])}, declared is {_shown(wanted[field])}" for field in fields)
    raise PlanError(
        f"{named(token)} differs in what Losant can't change: {pairs}. Nothing was written. Declare what is there, or"
        " set recreate=state_change to have it replaced by a new token, whose secret is new too.",
        fields=list(fields),
    )


def refuse_token_file(token: Token, *, exists: bool) -> t.NoReturn:
    """The secret is not where it should be, without leave to replace the token."""
    problem = "does not hold the secret of that token" if exists else "does not exist"
    raise PlanError(
        f"{named(token)} is there, but token_file {problem}, and Losant does not show a secret again. Nothing was"
        " written. Put the secret back into the file, or set recreate=state_change to have the token replaced.",
        fields=["token_file"],
    )


def refuse_window(window: timedelta, life: timedelta) -> None:
    """A token that would be due for rotation as soon as it is made."""
    if window >= life:
        raise PlanError(
            f"rotate_before is {window}, and the new token would live {life}: it would be due for rotation from the start,"
            " in every run. Declare a longer life or a smaller window. Nothing was written."
        )


def refuse_self_revoke(plan: Plan, caller_id: str | None) -> None:
    """The task would take away the token that it authenticates with."""
    superseded = {entry.token.id for entry in plan.superseded}
    for step in plan.steps:
        if not isinstance(step, (Delete, Patch)) or caller_id is None or step.token.id.lower() != caller_id:
            continue
        if isinstance(step, Delete):
            verb = "delete"
        elif step.token.id in superseded:
            verb = "supersede"
        elif step.changes.get("status") == "inactive":
            verb = "deactivate"
        else:
            continue
        raise PlanError(
            f"{named(step.token)} is the one this task authenticates with, and the task would {verb} it. Nothing was"
            " written. Use another access token, or set allow_self_revoke=true."
        )


def action_of(step: Name | Patch | Delete) -> str:
    """What the access token must be allowed to do to a single token for a step."""
    return "delete" if isinstance(step, Delete) else "patch"


def refuse_unpermitted(plan: Plan, declared: Declaration, lacking: t.Collection[str]) -> None:
    """A new token that could be made, and then neither be named nor take the place of the old one, now or later."""
    if not plan.makes_token:
        return
    needed = {
        action_of(step)
        for step in plan.steps
        if isinstance(step, Name) or (isinstance(step, (Delete, Patch)) and not step.cleaning)
    }
    if plan.before is not None and declared.superseded != "keep":
        needed.add("delete" if declared.superseded == "delete" else "patch")
    scopes = [f"applicationApiToken.{action}" for action in sorted(needed.intersection(lacking))]
    if scopes:
        purpose = (
            "take the place of the old one"
            if plan.before is not None
            else "get its name (staged=false needs no change)"
        )
        raise PlanError(
            f"access_token may not do all that it takes: its scopes lack {' and '.join(scopes)}, without which the new token"
            f" could not {purpose}. Nothing was written. Use an access token with applicationApiToken.* or all.Application.",
            scopes=scopes,
        )


def _shown(value: t.Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, datetime):
        return format_time(value)
    return "[" + ", ".join(value) + "]" if isinstance(value, list) else str(value)
