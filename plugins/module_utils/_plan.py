# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._errors import InvalidOptionError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._scopes import scope_warnings
from ansible_collections.losant.platform.plugins.module_utils._times import format_time
from ansible_collections.losant.platform.plugins.module_utils._token import DEFAULT_SCOPE, DEFAULT_STATUS, Token

#: What PATCH can change, and what only a new token can have otherwise. Source: the schemas apiTokenPatch, apiTokenPost.
MUTABLE = ("name", "description", "status")
CREATE_ONLY = ("scope", "expiration_date")


class PlanError(LosantError):
    """The declaration cannot be met. Nothing was written."""

    kind = "declaration"


@dataclass(frozen=True)
class Create:
    """Make a token. ``fields`` are the ones to send, by option name; ``token`` is what should come of it."""

    fields: t.Mapping[str, t.Any]
    token: Token


@dataclass(frozen=True)
class Patch:
    """Change fields of a token that is there: a rename and a deactivation are patches too."""

    token: Token
    changes: t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Delete:
    """Remove a token."""

    token: Token


Step = t.Union[Create, Patch, Delete]


@dataclass(frozen=True)
class Plan:
    """The steps from what is there to what is declared, in order, and the token before and after them."""

    steps: tuple[Step, ...] = ()
    before: Token | None = None
    after: Token | None = None
    warnings: tuple[str, ...] = ()

    @property
    def makes_token(self) -> bool:
        """Whether there will be a new secret."""
        return any(isinstance(step, Create) for step in self.steps)

    @property
    def changed_fields(self) -> list[str]:
        """The declarable fields that differ before and after; none for a token that is removed."""
        if self.after is None:
            return []
        # What is not there has no description; an empty one counts as none.
        before = self.before.comparable() if self.before else {"description": ""}
        return [field for field, value in self.after.comparable().items() if before.get(field) != value]


def plan(declared: Declaration, tokens: t.Sequence[Token], now: datetime, caller_id: str | None = None) -> Plan:
    """The steps that make it so. Pure: it asks nothing and changes nothing.

    :param tokens: all tokens of the application
    :param caller_id: the id of the token that the task authenticates with, if known
    :raises PlanError: it can't be so, or must not be done
    """
    if declared.api_token_id is not None:
        made = _plan_by_id(declared, tokens, now)
    else:
        made = _plan_by_name(declared, tokens, now)
    if not declared.allow_self_revoke:
        _refuse_self_revoke(made.steps, caller_id)
    return replace(made, warnings=(*made.warnings, *scope_warnings(declared.scope or ())))


def _plan_by_id(declared: Declaration, tokens: t.Sequence[Token], now: datetime) -> Plan:
    token = next((token for token in tokens if token.id.lower() == declared.api_token_id), None)
    if declared.state == "absent":
        return Plan(steps=(Delete(token),), before=token) if token else Plan()
    if token is None:
        raise PlanError(
            f"The application has no API token with the id {declared.api_token_id}. Losant chooses the ids, so a token"
            " can't be made with a given one: correct api_token_id, or declare the token by name alone."
        )
    if token.is_expired(now):
        raise PlanError(
            f"{_named(token)} expired at {_shown(token.expiration_date)}, and Losant can't extend a token. Declare it"
            " by name alone to have a new one made, or use state=absent to remove it."
        )
    if declared.name is not None and declared.name != token.name:
        _refuse_ambiguous(declared.name, [token, *_living(declared.name, tokens, now)], "would have")
    return _plan_present(declared, token, (), now)


def _plan_by_name(declared: Declaration, tokens: t.Sequence[Token], now: datetime) -> Plan:
    name = t.cast("str", declared.name)
    living = _living(name, tokens, now)
    _refuse_ambiguous(name, living, "have")
    expired = sorted((token for token in tokens if token.name == name and token.is_expired(now)), key=_age)
    token = living[0] if living else None
    if declared.state == "absent":
        # The token in use, if it is among them, must be the last to go.
        doomed = [*expired, *living]
        return Plan(steps=tuple(Delete(token) for token in doomed), before=doomed[-1] if doomed else None)
    if token is None:
        return _plan_create(declared, expired, now)
    return _plan_present(declared, token, expired, now)


def _plan_present(declared: Declaration, token: Token, expired: t.Sequence[Token], now: datetime) -> Plan:
    differing = [field for field in CREATE_ONLY if field in _differences(declared, token)]
    if declared.recreate == "always" or (differing and declared.recreate == "state_change"):
        if declared.api_token_id is not None:
            raise PlanError(
                f"{_named(token)} would have to be replaced by a new one, which api_token_id could not find again."
                " Replacing needs name alone as the selector."
            )
        return _plan_create(declared, [*expired, token], now)
    if differing:
        raise PlanError(_create_only_message(declared, token, differing), fields=differing)
    changes = {field: value for field, value in _differences(declared, token).items() if field in MUTABLE}
    steps = (Patch(token, changes),) if changes else ()
    return Plan(steps=steps, before=token, after=replace(token, **changes))


def _plan_create(declared: Declaration, predecessors: t.Sequence[Token], now: datetime) -> Plan:
    """Make the token; then remove its predecessors, the one in force last. It takes over what is not declared."""
    heir_of = predecessors[-1] if predecessors else None
    fields: dict[str, t.Any] = {"name": declared.name}
    for field in ("description", "status", "scope"):
        value = getattr(declared, field)
        if value is None and heir_of is not None:
            value = getattr(heir_of, field)
        if value is not None:
            fields[field] = value
    expiration_date = _expiration(declared, heir_of, now)
    if expiration_date is not None:
        fields["expiration_date"] = expiration_date
    expected = Token(
        **{"id": "", "status": DEFAULT_STATUS, "scope": DEFAULT_SCOPE, "owner_type": "application", **fields}
    )
    return Plan(
        steps=(Create(fields, expected), *(Delete(token) for token in predecessors)),
        before=heir_of if heir_of and not heir_of.is_expired(now) else None,
        after=expected,
        warnings=() if "scope" in fields else (_scope_left_out(declared.name),),
    )


def _expiration(declared: Declaration, heir_of: Token | None, now: datetime) -> datetime | None:
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
    if heir_of is None or heir_of.expiration_date is None:
        return None
    if heir_of.creation_date is None:
        raise PlanError(
            f"{_named(heir_of)} is to be replaced, but Losant does not tell when it was made, so the length of its life"
            " is unknown. Declare expires_in or expiration_date."
        )
    expiration_date = _later(now, heir_of.expiration_date - heir_of.creation_date)
    if expiration_date <= now:
        raise PlanError(
            f"{_named(heir_of)} is to be replaced, but it was expired from the start, so there is no length of its life to"
            " take over. Declare expires_in or expiration_date."
        )
    return expiration_date


def _later(now: datetime, life: timedelta) -> datetime:
    try:
        return now.replace(microsecond=0) + life
    except OverflowError:
        pass
    raise InvalidOptionError("expires_in reaches beyond the year 9999.", option="expires_in")


def _differences(declared: Declaration, token: Token) -> dict[str, t.Any]:
    """The declared fields whose meaning differs from the token's, with the declared values."""
    wanted = {field: getattr(declared, field) for field in (*MUTABLE, *CREATE_ONLY)}
    wanted = {field: value for field, value in wanted.items() if value is not None}
    if declared.never_expires:
        wanted["expiration_date"] = None
    there, then = token.comparable(), replace(token, **wanted).comparable()
    return {field: value for field, value in wanted.items() if there[field] != then[field]}


def _living(name: str, tokens: t.Sequence[Token], now: datetime) -> list[Token]:
    """The unexpired tokens of a name, inactive ones included: status=active brings those back at any time."""
    return sorted((token for token in tokens if token.name == name and not token.is_expired(now)), key=_age)


def _age(token: Token) -> tuple[str, str]:
    return (format_time(token.creation_date) if token.creation_date else "", token.id)


def _refuse_ambiguous(name: str, tokens: t.Sequence[Token], verb: str) -> None:
    if len(tokens) < 2:
        return
    ids = [token.id for token in tokens]
    raise PlanError(
        f"{len(ids)} API tokens {verb} the name {name!r}: {', '.join(ids)}. Nothing was written. Say which one is meant"
        " with api_token_id, or remove or rename the others.",
        ids=ids,
    )


def _refuse_self_revoke(steps: t.Iterable[Step], caller_id: str | None) -> None:
    for step in steps:
        removes = isinstance(step, Delete) or (isinstance(step, Patch) and step.changes.get("status") == "inactive")
        if removes and not isinstance(step, Create) and caller_id is not None and step.token.id.lower() == caller_id:
            raise PlanError(
                f"{_named(step.token)} is the one this task authenticates with, and the task would"
                f" {'delete' if isinstance(step, Delete) else 'deactivate'} it. Nothing was written. Use another access"
                " token, or set allow_self_revoke=true."
            )


def _create_only_message(declared: Declaration, token: Token, fields: t.Sequence[str]) -> str:
    there, wanted = token.comparable(), replace(token, **_differences(declared, token)).comparable()
    pairs = "; ".join(f"{field} is {_shown(there[field])}, declared is {_shown(wanted[field])}" for field in fields)
    return (
        f"{_named(token)} differs in what Losant can't change: {pairs}. Nothing was written. Declare what is there, or"
        " set recreate=state_change to have it replaced by a new token, whose secret is new too."
    )


def _scope_left_out(name: str | None) -> str:
    return (
        f"The API token {name!r} is made without a scope, so Losant grants {', '.join(DEFAULT_SCOPE)}: everything in"
        " the application. List what it needs in scope."
    )


def _named(token: Token) -> str:
    return f"The API token {token.name!r} ({token.id})"


def _shown(value: t.Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, datetime):
        return format_time(value)
    return "[" + ", ".join(value) + "]" if isinstance(value, list) else str(value)
