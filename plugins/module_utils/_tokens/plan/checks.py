# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Why a declaration cannot be met. Each check raises PlanError, and nothing was written then."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.durations import format_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time

from ..declaration import Declaration
from ..listing import Listing
from ..naming import bare_name
from ..owner import Owner
from ..token import Token
from .context import Context
from .holdings import FileState
from .matching import Matches
from .rotation import HELD_TOKEN, TOKEN_FILE
from .steps import Create, Name, Plan, Purpose

#: What every message of this package says.
NOTHING_WRITTEN = "Nothing was changed."


class PlanError(LosantError):
    """The declaration cannot be met. Nothing was written."""

    kind = "declaration"


def check_unique(name: str, tokens: t.Sequence[Token], verb: str = "are") -> None:
    """Refuse to choose among several tokens of one name."""
    if len(tokens) < 2:
        return
    described = ", ".join(f"{token.id} ({_facts(token)})" for token in tokens)
    raise PlanError(
        f"{_number(len(tokens))} API tokens {verb} named {name!r}: {described}. {NOTHING_WRITTEN} Set api_token_id to choose"
        " one, or rename or delete the others.",
        ids=[token.id for token in tokens],
    )


def check_found(api_token_id: str, token: Token | None) -> Token:
    """Refuse an id that no token has."""
    if token is not None:
        return token
    raise PlanError(
        f"No API token has the id {api_token_id}. Losant chooses the ids, so a token cannot be created with a given one."
        " Correct api_token_id, or declare the token by name alone."
    )


def check_not_expired(token: Token, now: datetime) -> None:
    """Refuse an expired token that is selected by its id: a replacement would have another id."""
    if token.is_expired(now):
        raise PlanError(
            f"{token.label} expired at {shown(token.expiration_date)}, and Losant cannot extend a token. Declare it"
            " by name alone to create a new one, or set state=absent to delete it."
        )


def check_selected_by_name(token: Token, reason: str) -> None:
    """Refuse to replace a token that is selected by its id: a replacement has another id."""
    raise PlanError(
        f"{token.label} would have to be replaced ({reason}), and a new token has a new id, which api_token_id"
        f" cannot know. {NOTHING_WRITTEN} Declare it by name alone."
    )


def check_create_only(token: Token, differing: t.Mapping[str, t.Any]) -> None:
    """Refuse a difference that only a new token could remove."""
    if not differing:
        return
    pairs = described_differences(token, differing)
    raise PlanError(
        f"{token.label} differs in fields that Losant cannot change: {pairs}. {NOTHING_WRITTEN} Declare the"
        " existing values, or set recreate=state_change to replace the token by a new one, which has a new secret.",
        fields=list(differing),
    )


def described_differences(token: Token, differing: t.Mapping[str, t.Any]) -> str:
    """Each differing field with both values."""
    current, wanted = token.comparable(), replace(token, **differing).comparable()
    return "; ".join(f"{field} is {shown(current[field])}, declared is {shown(wanted[field])}" for field in differing)


def check_places(token: Token, unmet: t.Sequence[str], context: Context) -> None:
    """Refuse to go on if the secret is not where it should be: it cannot be read again."""
    if TOKEN_FILE in unmet and context.file is not None:
        _refuse_place(token, TOKEN_FILE, _file_problem(context.file), "Restore the file")
    if TOKEN_FILE in unmet:
        problems = "; ".join(map(_file_problem, context.copies))
        _refuse_place(token, TOKEN_FILE, f"no host holds its secret ({problems})", "Restore one of the files")
    if HELD_TOKEN in unmet:
        _refuse_place(token, HELD_TOKEN, "held_token is not the secret of that token", "Restore what held_token reads")


def _file_problem(file: FileState) -> str:
    problem = "does not hold the secret of that token" if file.exists else "does not exist"
    return f"token_file {file.path} {problem}"


def _refuse_place(token: Token, field: str, problem: str, remedy: str) -> t.NoReturn:
    raise PlanError(
        f"{token.label} exists, but {problem}, and Losant does not show a secret again. {NOTHING_WRITTEN}"
        f" {remedy}, or set recreate=state_change to replace the token.",
        fields=[field],
    )


def check_file_is_free(matches: Matches, tokens: Listing, context: Context) -> None:
    """Refuse a token file that holds the secret of another token which has not expired."""
    for file in context.files:
        token = tokens.by_id(file.holding.token_id)
        if token is not None and not token.is_expired(context.now) and token.id.lower() not in matches.ids:
            raise PlanError(
                f"token_file {file.path} holds the secret of another token: {token.label}, {_facts(token)}. {NOTHING_WRITTEN} Choose"
                " another token_file, or delete that token or the file.",
                ids=[token.id],
            )


def check_distinct(declared: t.Sequence[Declaration], places: t.Sequence[str | None], tokens: Listing) -> None:
    """Refuse declarations that concern the same token, or write to the same file.

    :param places: of the token file of each, if it has one
    """
    seen: dict[tuple[str, str], int] = {}
    for index, (one, place) in enumerate(zip(declared, places)):
        found = tokens.by_id(one.api_token_id)
        concerned = {
            ("name", name) for name in (one.name, bare_name(found.name) if found else None) if name is not None
        }
        concerned |= {("api_token_id", one.api_token_id)} if one.api_token_id is not None else set()
        concerned |= {("token_file", place)} if place is not None else set()
        for what, value in sorted(concerned):
            other = seen.setdefault((what, value), index)
            if other != index:
                raise PlanError(
                    f"Entries {other} and {index} of api_tokens concern the same token or file: {what} {value!r}."
                    f" {NOTHING_WRITTEN} Declare each only once."
                )


def check_window(window: timedelta | None, lifetime: timedelta) -> None:
    """Refuse a token that would be due for rotation as soon as it is created."""
    if window is not None and window >= lifetime:
        raise PlanError(
            f"rotate_before is {format_duration(window)}, and the new token would live {format_duration(lifetime)}: it would"
            f" be due for rotation immediately, in every run. {NOTHING_WRITTEN} Declare a longer lifetime or a smaller"
            " rotate_before."
        )


def check_self_revoke(plan: Plan, caller_id: str | None) -> None:
    """Refuse to delete, deactivate or replace the token that the task authenticates with."""
    superseded = {entry.token.id for entry in plan.superseded}
    for step in plan.writes:
        if step.token.id.lower() != caller_id:
            continue
        if not step.ends_token and step.token.id not in superseded:
            continue
        verb = "replace" if step.token.id in superseded else "delete" if step.action == "delete" else "deactivate"
        raise PlanError(
            f"{step.token.label} is the token that this task authenticates with, and the task would {verb} it."
            f" {NOTHING_WRITTEN} Use another access token, or set allow_self_revoke=true."
        )


def check_permitted(plan: Plan, declared: Declaration, owner: Owner, lacking: t.Collection[str]) -> None:
    """Refuse what the scopes inside the access token rule out, before anything is written.

    A replacement needs leave to retire the old token even if that is due later.
    """
    needed = {_scope_needed(step, owner) for step in plan.writes if step.purpose is not Purpose.CLEAN_UP}
    for step in plan.steps:
        if isinstance(step, Create):
            needed.add(("post", owner.scope_of("post", of_list=True)))
        elif isinstance(step, Name):
            needed.add(("patch", owner.scope_of("patch", of_list=False)))
    if plan.has_new_token and plan.before is not None and declared.superseded != "keep":
        later = "delete" if declared.superseded == "delete" else "patch"
        needed.add((later, owner.scope_of(later, of_list=False)))
    scopes = sorted(scope for action, scope in needed if action in lacking)
    if scopes:
        hint = (
            " Set staged=false to create a token without naming it afterwards." if _only_naming(plan, lacking) else ""
        )
        raise PlanError(
            f"{_attempt(plan)}: the scopes in access_token lack {' and '.join(scopes)}. {NOTHING_WRITTEN} Use an access token"
            f" with {owner.list_resource}.* and {owner.token_resource}.*, or with {owner.families[0]}.{hint}",
            scopes=scopes,
        )


def _scope_needed(step: t.Any, owner: Owner) -> tuple[str, str]:
    return step.action, owner.scope_of(step.action, of_list=False)


def _only_naming(plan: Plan, lacking: t.Collection[str]) -> bool:
    return plan.creates and plan.before is None and "post" not in lacking


def _attempt(plan: Plan) -> str:
    token = plan.before or plan.after
    if token is None:
        return "The tokens cannot be deleted"
    if plan.has_new_token:
        return f"{token.label} cannot be {'created' if plan.before is None else 'replaced'}"
    return f"{token.label} cannot be {'updated' if plan.after is not None else 'deleted'}"


def shown(value: t.Any) -> str:
    """A value as messages show it."""
    if value is None:
        return "none"
    if isinstance(value, datetime):
        return format_time(value)
    return "[" + ", ".join(value) + "]" if isinstance(value, list) else str(value)


def _facts(token: Token) -> str:
    created = f"created {format_time(token.creation_date)}, " if token.creation_date else ""
    return f"{created}{token.status}"


def _number(count: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four"}.get(count, str(count))
