# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.errors import (
    BadResponseError,
    Effect,
    RequestError,
)
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError, as_losant_error
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import format_time
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

from ..api import TokenApi
from ..listing import Listing
from ..naming import pending_name
from ..plan.steps import Create
from ..token import Token
from .conflicts import check_first, check_first_pending, described, later_warnings, newly_named
from .rollback import UnfinishedError

#: How often a token is created again after a lost response.
CREATION_TRIES = 3


class Created(t.NamedTuple):
    """A new token. ``secret``: None if the response has none that can be used; ``sent_name``: the name in the request."""

    token: Token
    secret: Secret | None
    sent_name: str

    def check_name(self) -> None:
        """Check that the token has the name that was sent.

        :raises BadResponseError: it has another one
        """
        if self.token.name != self.sent_name:
            raise self._bad(
                f"named it {self.token.name!r} instead of {self.sent_name!r}, so that no later run could find it"
            )

    def check(self) -> Secret:
        """Check the response before anything relies on it, and return the secret.

        :raises BadResponseError: the token is not what was asked for
        """
        if self.secret is None:
            raise self._bad("sent no secret that can be used")
        self.check_name()
        created, expires = self.token.creation_date, self.token.expiration_date
        if created and expires and expires <= created:
            raise self._bad(
                f"shows that it expired at {format_time(expires)}, before it was created at {format_time(created)}"
            )
        return self.secret

    def _bad(self, problem: str) -> BadResponseError:
        return BadResponseError(f"Losant created {self.token.label}, but {problem}.")


class Creation:
    """Creates one token, whatever becomes of the responses, and finds out whether a concurrent run created the same one.

    :param known: the names of all tokens that existed before, by id
    :param nonce: makes the names of pending tokens unique
    :param reread: reads all tokens when the new one has its name
    """

    def __init__(
        self,
        api: TokenApi,
        known: t.Mapping[str, str],
        nonce: t.Callable[[], str],
        reread: t.Callable[[], Listing] | None = None,
    ) -> None:
        self.warnings: list[str] = []
        self._api = api
        self._resource = api.owner.resource
        self._known = known
        self._nonce = nonce
        self._reread = reread or api.all
        self._direct = False
        #: The pending names of all tries. Nobody else has the nonces.
        self._own_names: set[str] = set()
        #: Those whose response was lost and that no token was found for. It may still appear.
        self._unseen_names: set[str] = set()

    def create(self, step: Create) -> Created:
        """Create the token."""
        self._direct = not step.staged
        return self._create_staged(step) if step.staged else self._create_directly(step)

    def check_conflicts(self, mine: Token, name: str) -> None:
        """Read the list when the token exists: a run elsewhere may have created the same one meanwhile.

        :param mine: it has its name, or is pending to be delivered by other tasks
        :raises ConflictError: the other run was first
        """
        try:
            tokens = self._reread().concerning(name)
        except RequestError as error:
            self.warnings.append(
                f"The check for a concurrent run failed, because the list could not be read: {error} Another run may have"
                f" created {self._resource.label} {name!r}, too."
            )
            return
        self._delete_late([token for token in tokens if token.id != mine.id and token.name in self._own_names])
        others = newly_named(tokens, name, self._known, {mine.id})
        if mine.name == name:
            check_first(mine, others, self._doubt())
            self.warnings += later_warnings(others, self._doubt())
        else:
            pending = [token for token in tokens if token.id not in self._known and token.name not in self._own_names]
            check_first_pending(mine, name, others, pending)
        self.warnings += map(self._may_appear, sorted(self._unseen_names))

    def conflict_with(self, name: str, *own_ids: str) -> Token | None:
        """A token that got a name since the task began, if one did."""
        return next(iter(newly_named(self._api.all(), name, self._known, own_ids)), None)

    def _doubt(self) -> str:
        if not self._direct:
            return ""
        return (
            " If there is no other run, it is the result of a try of this task that Losant refused and carried out anyway."
            f" Then its secret is lost: delete it by {self._resource.id_option}."
        )

    def _delete_late(self, tokens: t.Iterable[Token]) -> None:
        """Delete tokens of creations whose response was lost and that were carried out late."""
        for token in tokens:
            try:
                self._api.delete(token)
                self._unseen_names.discard(token.name)
            except RequestError as error:
                self.warnings.append(f"{error} Nobody has its secret. A run in an hour or later deletes it.")

    def _create_directly(self, step: Create) -> Created:
        """Create the token under its own name. A lost response ends in an error that names what appeared."""
        try:
            return Created(*self._api.create(step.fields), step.token.name)
        except BaseException as error:  # noqa: BLE001 # whatever it is, the token may exist
            failure = _after_sending(error)
        raise self._lost(failure, step.token.name)

    def _lost(self, failure: LosantError, name: str) -> LosantError:
        """The error for a token that may have been created without anyone getting its secret."""
        noun = self._resource.noun
        try:
            appeared = [token for token in self._api.all() if token.name == name and token.id not in self._known]
        except RequestError:
            return UnfinishedError(
                f"{failure} It may have been created anyway, and the list cannot be read to find out. Look for a new {noun}"
                f" named {name!r} and delete it: its secret is lost.",
                cause=failure,
            )
        if not appeared:
            warning = (
                f"No new {noun} named {name!r} has appeared yet, but Losant may still carry the creation out. Look for one"
                " before you run the task again, and delete it: its secret is lost."
            )
            failure.warnings = (warning,)
            return failure
        return UnfinishedError(
            f"{failure} Meanwhile one of that name appeared: {', '.join(map(described, appeared))}. If nobody else created it,"
            f" it is this task's and its secret is lost: delete it by {self._resource.id_option} and run the task again, or"
            f" rename it by {self._resource.id_option} to keep it.",
            cause=failure,
            ids=[token.id for token in appeared],
        )

    def _create_staged(self, step: Create) -> Created:
        """Create the token under a pending name. After a lost response that name shows which token to delete."""
        for attempt in range(CREATION_TRIES):
            name = pending_name(step.token.name, self._nonce())
            self._own_names.add(name)
            try:
                return Created(*self._api.create({**step.fields, "name": name}), name)
            except BaseException as error:  # noqa: BLE001 # whatever it is, the token may exist
                failure = _after_sending(error)
            self._delete_lost(failure, name)
            if not isinstance(failure, RequestError):
                break
            if attempt + 1 < CREATION_TRIES:
                self._api.pause(attempt)
        failure.warnings = tuple(map(self._may_appear, sorted(self._unseen_names)))
        raise failure

    def _delete_lost(self, failure: LosantError, name: str) -> None:
        self._unseen_names.add(name)
        try:
            for token in self._api.all():
                if token.name == name:
                    self._api.delete(token)
                    self._unseen_names.discard(name)
        except RequestError as error:
            raise UnfinishedError(
                f"{failure} {self._resource.label} {name!r} may have been created anyway. It cannot be deleted now ({error}), and"
                " nobody has its secret. A run in an hour or later deletes it.",
                cause=failure,
                left=[name],
            ) from None

    def _may_appear(self, name: str) -> str:
        return (
            f"Losant may still carry out a creation whose response was lost. If {self._resource.label} {name!r} appears, nobody"
            " has its secret, and a run in an hour or later deletes it."
        )


def _after_sending(error: BaseException) -> LosantError:
    """The error to report for a creation that may have been carried out.

    :raises RequestError: it certainly was not
    """
    if isinstance(error, RequestError) and error.effect is Effect.NONE:
        raise error
    return as_losant_error(error)
