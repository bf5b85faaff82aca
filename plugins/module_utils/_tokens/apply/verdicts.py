# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What happens after a write fails. The whole policy stands in the docstring of verdict_of."""

from __future__ import annotations

import enum
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._client.errors import Effect, RequestError

from ..plan.steps import Purpose
from ..token import Token


class Listed(enum.Enum):
    """What the list of tokens shows after a write failed."""

    #: The change is in force: the field has the value, or the token to delete does not exist any more.
    APPLIED = "applied"
    #: The token to change does not exist any more.
    MISSING = "missing"
    #: The token is as it was.
    UNCHANGED = "unchanged"
    #: The token is as it was, but no longer valid: it has expired, or someone deactivated it.
    INVALID = "invalid"
    #: The list cannot be read.
    UNREADABLE = "unreadable"
    #: Nobody has looked, as Losant refused the write.
    NOT_READ = "not read"


class Verdict(enum.Enum):
    """What to do after a write failed."""

    #: The write was carried out anyway: go on.
    DONE = "done"
    #: Someone else deleted the token, so nothing is left to do to it: go on.
    GONE = "gone"
    #: The task fails. What was done before stays.
    FAIL = "fail"
    #: The task fails, and the new token is deleted, so that the old one stays in force. A prepared one stays pending.
    ROLL_BACK = "roll back"
    #: The new token stays in force, and the old one may still work: warn, and leave it to a later run.
    KEEP_BOTH = "keep both"
    #: A later run does it: warn.
    LATER = "leave for later"


class Written(t.NamedTuple):
    """How a write ended. ``token``: as it is afterwards, None if it is deleted; ``error``: None if nothing failed.

    ``listed``: what the list shows after a failure.
    """

    verdict: Verdict
    token: Token | None = None
    error: RequestError | None = None
    listed: Listed | None = None

    @property
    def is_without_effect(self) -> bool:
        """Whether Losant certainly did not carry it out."""
        return self.error is not None and self.error.effect is Effect.NONE


def raise_unless_done(written: Written) -> None:
    """Raise the error of a write that ended in any other way.

    :raises RequestError: the verdict is not DONE
    """
    if written.verdict is not Verdict.DONE and written.error is not None:
        raise written.error


def reads_list(purpose: Purpose, effect: Effect) -> bool:
    """Whether the list has to be read before the verdict.

    A refusal needs no look, except at the retirement of the old token: a rollback must leave a valid one.
    """
    return effect is not Effect.NONE or purpose is Purpose.RETIRE


_ANY = frozenset(Effect)
_NONE, _UNKNOWN = frozenset({Effect.NONE}), frozenset({Effect.UNKNOWN})
_SETTLED = _NONE | _UNKNOWN
_AS_IT_WAS = frozenset({Listed.UNCHANGED, Listed.INVALID, Listed.NOT_READ})
_NOT_APPLIED = frozenset(Listed) - {Listed.APPLIED}

#: The rows of the table below, the first that fits decides.
_TABLE: t.Sequence[tuple[frozenset[Purpose], frozenset[Effect], frozenset[Listed], Verdict]] = (
    (frozenset(Purpose), _ANY, frozenset({Listed.APPLIED}), Verdict.DONE),
    (
        frozenset({Purpose.FREE_NAME, Purpose.RETIRE, Purpose.RETIRE_AFTER_DELIVERY, Purpose.CLEAN_UP}),
        _ANY,
        frozenset({Listed.MISSING}),
        Verdict.GONE,
    ),
    (
        frozenset({Purpose.UPDATE, Purpose.REMOVE, Purpose.RESTORE_NAME}),
        _ANY,
        _NOT_APPLIED,
        Verdict.FAIL,
    ),
    (frozenset({Purpose.CLEAN_UP}), _ANY, _NOT_APPLIED, Verdict.LATER),
    (frozenset({Purpose.FREE_NAME, Purpose.NAME}), _ANY, _NOT_APPLIED, Verdict.ROLL_BACK),
    (frozenset({Purpose.RETIRE}), _SETTLED, frozenset({Listed.UNCHANGED}), Verdict.ROLL_BACK),
    (frozenset({Purpose.RETIRE, Purpose.RETIRE_AFTER_DELIVERY}), _ANY, _NOT_APPLIED, Verdict.KEEP_BOTH),
    (frozenset({Purpose.ROLL_BACK}), _NONE, _NOT_APPLIED, Verdict.KEEP_BOTH),
    (frozenset({Purpose.ROLL_BACK}), _UNKNOWN, _AS_IT_WAS, Verdict.KEEP_BOTH),
    (frozenset({Purpose.ROLL_BACK}), _ANY, _NOT_APPLIED, Verdict.ROLL_BACK),
)


def verdict_of(purpose: Purpose, effect: Effect, listed: Listed) -> Verdict:
    """What to do after a write to a token failed.

    ``effect``: what is known about the write from the error alone: none (Losant refused it), unknown (Losant may have
    carried it out, and will not do so any more), in flight (it may still be carried out). ``listed``: what the list of
    tokens shows then. The first row that fits decides:

    =====================  ===============  ==========================  ===============
    purpose                effect           the list shows              verdict
    =====================  ===============  ==========================  ===============
    any                    any              the change applied          done
    free the name          any              no such token               gone
    retire                 any              no such token               gone
    retire after delivery  any              no such token               gone
    clean up               any              no such token               gone
    update                 any              anything else               fail
    remove                 any              anything else               fail
    restore the name       any              anything else               fail
    clean up               any              anything else               leave for later
    free the name          any              anything else               roll back
    name                   any              anything else               roll back
    retire                 none, unknown    the old token, still valid  roll back
    retire                 any              anything else               keep both
    retire after delivery  any              anything else               keep both
    roll back              none             anything else               keep both
    roll back              unknown          the new token               keep both
    roll back              any              anything else               roll back
    =====================  ===============  ==========================  ===============

    Retiring the old token and deleting the new one (``roll back``) decide together. Once the new token has its name, it
    is deleted again only if the old one is certain to stay: Losant did not carry the retirement out and will not, the old
    token is valid, and the new one can be deleted or is already at risk. Otherwise both stay, as deleting the new
    token could leave none.

    When the user has delivered the new secret (``retire after delivery``), the new token is not deleted in any case: only
    the user could take the delivery back.
    """
    return next(
        verdict
        for purposes, effects, shown, verdict in _TABLE
        if purpose in purposes and effect in effects and listed in shown
    )
