# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._errors import ApiError, LosantError, RequestError
from ansible_collections.losant.platform.plugins.module_utils._listing import BY_ID
from ansible_collections.losant.platform.plugins.module_utils._plan import Create, Patch, Plan
from ansible_collections.losant.platform.plugins.module_utils._token import Token


class UnfinishedError(LosantError):
    """A write failed and something is left, or may be left, behind. The message says what."""

    kind = "unfinished"


class Applied(t.NamedTuple):
    """The token after the last step, and the secret if one was made."""

    token: Token | None
    secret: str | None


def apply(plan: Plan, api: TokenApi, known_ids: t.Collection[str]) -> Applied:
    """Carry out the steps in order. A token that was made is removed again if its predecessor can't be.

    :param known_ids: the ids of all tokens that were there before
    :raises RequestError: a write was refused, and nothing is left of it
    :raises UnfinishedError: as its description says
    """
    token, secret, made = plan.after, None, None
    for step in plan.steps:
        if isinstance(step, Create):
            made, secret = _create(step, api, known_ids)
            token = made
        elif isinstance(step, Patch):
            token = api.patch(step.token, step.changes)
        elif made is None:
            _delete(step.token, api)
        else:
            _retire(step.token, made, api)
    return Applied(token, secret)


def _create(step: Create, api: TokenApi, known_ids: t.Collection[str]) -> tuple[Token, str]:
    try:
        token, secret = api.create(step.fields)
    except RequestError as error:
        if not error.maybe_done:
            raise
        failure = error
    else:
        if secret is not None:
            return token, secret
        raise _removed_again(f"Losant made the API token {token.name!r} ({token.id}) but sent no secret.", token, api)
    raise _lost_answer(failure, step.token.name, api, known_ids)


def _lost_answer(failure: RequestError, name: str, api: TokenApi, known_ids: t.Collection[str]) -> LosantError:
    """What to say when a token may have been made without anyone getting its secret."""
    try:
        appeared = [token.id for token in api.iterate(BY_ID) if token.name == name and token.id not in known_ids]
    except RequestError:
        return UnfinishedError(
            f"{failure} A token may have been made all the same, and the list can't be read to find out. Look for a"
            f" new token named {name!r} and delete it: its secret is lost."
        )
    if not appeared:
        return failure
    return UnfinishedError(
        f"{failure} Meanwhile a token of that name appeared: {', '.join(appeared)}. If nobody else made it, it is this"
        " task's and its secret is lost: delete it by api_token_id, then run the task again.",
        ids=appeared,
    )


def _delete(token: Token, api: TokenApi) -> None:
    try:
        api.delete(token)
    except ApiError as error:
        # Someone else was quicker, and it is gone as it should be.
        if not error.is_not_found:
            raise


def _retire(old: Token, made: Token, api: TokenApi) -> None:
    """Remove a predecessor. If that fails and it is still there, remove the new token instead."""
    try:
        _delete(old, api)
        return
    except RequestError as error:
        failure = error
    try:
        survives = any(token.id == old.id for token in api.iterate(BY_ID))
    except RequestError:
        raise UnfinishedError(
            f"{failure} Whether the token {old.id} is gone is not known, so the new one, {made.id}, was left in place, and"
            " its secret is lost: delete the one or the other by api_token_id.",
            ids=[old.id, made.id],
        ) from None
    if survives:
        raise _removed_again(f"{failure} The token {old.id} is as it was.", made, api)


def _removed_again(message: str, made: Token, api: TokenApi) -> UnfinishedError:
    try:
        _delete(made, api)
    except RequestError as error:
        return UnfinishedError(
            f"{message} The new token {made.id} can't be removed again: {error} Delete it by api_token_id: its secret"
            " is lost.",
            ids=[made.id],
        )
    return UnfinishedError(f"{message} The new token {made.id} was removed again.", removed=made.id)
