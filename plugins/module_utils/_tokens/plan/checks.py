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
from ..token import Resource, Token
from .context import Context
from .holdings import FileState
from .matching import Matches
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
    resource = tokens[0].resource
    raise PlanError(
        f"{_number(len(tokens))} {resource.label}s {verb} named {name!r}: {described}. {NOTHING_WRITTEN} Set"
        f" {resource.id_option} to choose one, or rename or delete the others.",
        ids=[token.id for token in tokens],
    )


def check_found(declared: Declaration, token: Token | None, resource: Resource) -> Token:
    """Refuse an id that no token has."""
    if token is not None:
        return token
    what, option = ("id", resource.id_option) if declared.token_id is not None else ("key", "key")
    noun = resource.noun
    raise PlanError(
        f"No {resource.label} has the {what} {declared.token_id or declared.identity}. Losant chooses the {what}s, so"
        f" {'an' if noun[0] == 'a' else 'a'} {noun} cannot be created with a given one. Correct {option}, or declare the"
        f" {noun} by name alone."
    )


def check_agree(declared: Declaration, token: Token | None) -> None:
    """Refuse an id and a key that belong to two tokens."""
    if token is not None and declared.identity not in (None, token.identity):
        raise PlanError(
            f"{token.resource.id_option} and key disagree: the key of {token.label} is {token.identity}, declared is"
            f" {declared.identity}. {NOTHING_WRITTEN} Omit one of the two."
        )


def check_not_expired(token: Token, now: datetime) -> None:
    """Refuse an expired token that is selected by its id: a replacement would have another id."""
    if token.is_expired(now):
        raise PlanError(
            f"{token.title} expired at {shown(token.expiration_date)}, and Losant cannot extend a token. Declare it"
            " by name alone to create a new one, or set state=absent to delete it."
        )


def check_selected_by_name(token: Token, reason: str) -> None:
    """Refuse to replace a token that is selected by its id: a replacement has another id."""
    raise PlanError(
        f"{token.title} would have to be replaced ({reason}), and a new {token.resource.noun} has a new id, which"
        f" {token.resource.id_option} cannot know. {NOTHING_WRITTEN} Declare it by name alone."
    )


def check_create_only(token: Token, differing: t.Mapping[str, t.Any]) -> None:
    """Refuse a difference that only a new token could remove."""
    if not differing:
        return
    pairs = described_differences(token, differing)
    raise PlanError(
        f"{token.title} differs in fields that Losant cannot change: {pairs}. {NOTHING_WRITTEN} Declare the"
        f" existing values, or set recreate=state_change to replace the {token.resource.noun} by a new one, which has a new"
        " secret.",
        fields=list(differing),
    )


def described_differences(token: Token, differing: t.Mapping[str, t.Any]) -> str:
    """Each differing field with both values."""
    current, wanted = token.comparable(), replace(token, **differing).comparable()
    return "; ".join(f"{field} is {shown(current[field])}, declared is {shown(wanted[field])}" for field in differing)


def check_places(token: Token, unmet: t.Sequence[str], context: Context) -> None:
    """Refuse to go on if the secret is not where it should be: it cannot be read again."""
    file_option, held_option = token.resource.file_option, token.resource.held_option
    if file_option in unmet and context.file is not None:
        _refuse_place(token, file_option, _file_problem(context.file, token.resource), "Restore the file")
    if file_option in unmet:
        problems = "; ".join(_file_problem(copy, token.resource) for copy in context.copies)
        _refuse_place(token, file_option, f"no host holds its secret ({problems})", "Restore one of the files")
    if held_option in unmet:
        problem = f"{held_option} is not {token.resource.held}"
        _refuse_place(token, held_option, problem, f"Restore what {held_option} reads")


def _file_problem(file: FileState, resource: Resource) -> str:
    problem = f"does not hold the secret of that {resource.noun}" if file.exists else "does not exist"
    return f"{resource.file_option} {file.path} {problem}"


def _refuse_place(token: Token, field: str, problem: str, remedy: str) -> t.NoReturn:
    raise PlanError(
        f"{token.title} exists, but {problem}, and Losant does not show a secret again. {NOTHING_WRITTEN}"
        f" {remedy}, or set recreate=state_change to replace the {token.resource.noun}.",
        fields=[field],
    )


def check_file_is_free(matches: Matches, tokens: Listing, context: Context) -> None:
    """Refuse a token file that holds the secret of another token which has not expired."""
    for file in context.files:
        token = tokens.by_identity(file.holding.identity)
        if token is not None and not token.is_expired(context.now) and token.id.lower() not in matches.ids:
            noun, option = token.resource.noun, token.resource.file_option
            raise PlanError(
                f"{option} {file.path} holds the secret of another {noun}: {token.label}, {_facts(token)}. {NOTHING_WRITTEN} Choose"
                f" another {option}, or delete that {noun} or the file.",
                ids=[token.id],
            )


def check_distinct(
    declared: t.Sequence[Declaration], places: t.Sequence[str | None], tokens: Listing, resource: Resource
) -> None:
    """Refuse declarations that concern the same token, or write to the same file.

    :param places: of the file of each, if it has one
    """
    seen: dict[tuple[str, str], int] = {}
    for index, (one, place) in enumerate(zip(declared, places)):
        found = tokens.selected(one.token_id, one.identity)
        concerned = {
            ("name", name) for name in (one.name, bare_name(found.name) if found else None) if name is not None
        }
        concerned |= {(resource.id_option, one.token_id)} if one.token_id is not None else set()
        concerned |= {(resource.file_option, place)} if place is not None else set()
        for what, value in sorted(concerned):
            other = seen.setdefault((what, value), index)
            if other != index:
                raise PlanError(
                    f"Entries {other} and {index} of {resource.list_option} concern the same {resource.noun} or file: {what}"
                    f" {value!r}. {NOTHING_WRITTEN} Declare each only once."
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
            f"{step.token.title} is the token that this task authenticates with, and the task would {verb} it."
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
            f" Set staged=false to create the {owner.resource.noun} without naming it afterwards."
            if _only_naming(plan, lacking)
            else ""
        )
        raise PlanError(
            f"{_attempt(plan, owner.resource)}: the scopes in access_token lack {' and '.join(scopes)}. {NOTHING_WRITTEN} Use an access token"
            f" with {owner.list_resource}.* and {owner.token_resource}.*, or with {owner.families[0]}.{hint}",
            scopes=scopes,
        )


def _scope_needed(step: t.Any, owner: Owner) -> tuple[str, str]:
    return step.action, owner.scope_of(step.action, of_list=False)


def _only_naming(plan: Plan, lacking: t.Collection[str]) -> bool:
    return plan.creates and plan.before is None and "post" not in lacking


def _attempt(plan: Plan, resource: Resource) -> str:
    token = plan.before or plan.after
    if token is None:
        return f"The {resource.noun}s cannot be deleted"
    if plan.has_new_token:
        return f"{token.title} cannot be {'created' if plan.before is None else 'replaced'}"
    return f"{token.title} cannot be {'updated' if plan.after is not None else 'deleted'}"


def shown(value: t.Any) -> str:
    """A value as messages show it."""
    if value is None:
        return "none"
    if isinstance(value, datetime):
        return format_time(value)
    return "[" + ", ".join(map(_shown_entry, value)) + "]" if isinstance(value, list) else str(value)


def _shown_entry(value: t.Any) -> str:
    return "=".join(value.values()) if isinstance(value, dict) else str(value)


def _facts(token: Token) -> str:
    created = f"created {format_time(token.creation_date)}, " if token.creation_date else ""
    return f"{created}{token.status}"


def _number(count: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four"}.get(count, str(count))
