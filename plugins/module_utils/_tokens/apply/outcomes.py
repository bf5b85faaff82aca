# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.losant.platform.plugins.module_utils._client.errors import RequestError

from ..naming import has_suffix, read_superseded
from ..plan.steps import Superseded, Write
from ..token import Token


class Result(enum.Enum):
    """How a write to an existing token ended for the task."""

    DONE = "done"
    #: Someone else deleted the token.
    GONE = "gone"
    #: A later run does it.
    LATER = "later"
    #: The old token may still work beside the new one.
    KEPT = "kept"


@dataclass(frozen=True)
class Outcome:
    """What became of a write. ``name``: the token's name afterwards; ``error``: why it is left to a later run."""

    step: Write
    result: Result
    name: str
    error: RequestError | None = None

    @property
    def is_left(self) -> bool:
        return self.result in (Result.LATER, Result.KEPT)


def superseded_after(planned: t.Iterable[Superseded], outcomes: t.Sequence[Outcome]) -> tuple[Superseded, ...]:
    """What really became of the superseded tokens."""
    return tuple(_became(entry, [o for o in outcomes if o.step.token.id == entry.token.id]) for entry in planned)


def _became(entry: Superseded, outcomes: t.Sequence[Outcome]) -> Superseded:
    if any(outcome.result is Result.GONE for outcome in outcomes):
        return replace(entry, action="deleted", name=entry.token.name, until=None)
    left = [outcome for outcome in outcomes if outcome.is_left]
    if not left:
        return entry
    former = read_superseded(left[-1].name)
    return replace(entry, action="kept", name=left[-1].name, until=former.until if former else None)


def warnings_of(outcomes: t.Iterable[Outcome], created: Token | None) -> tuple[str, ...]:
    """What the user should know about what is left to a later run."""
    return tuple(_warning(outcome, created) for outcome in outcomes if outcome.is_left)


def _warning(outcome: Outcome, created: Token | None) -> str:
    if outcome.result is Result.KEPT:
        by_id = f"by {outcome.step.token.resource.id_option}"
        later = f"A later run of this task deletes or deactivates the old one, or delete it {by_id}."
        if not has_suffix(outcome.name):
            later = f"Delete the old one {by_id}: both have the same name, so a later run cannot distinguish them."
        new = created.id if created else None
        return (
            f"{outcome.error} The replaced {outcome.step.token.resource.noun} {outcome.step.token.id} may still work. The new one, {new}, is in force."
            f" {later}"
        )
    if has_suffix(outcome.step.token.name):
        return f"{outcome.error} A later run of this task does it."
    return f"{outcome.error} The token has expired. It is deleted when the next one is created, or with state=absent."
