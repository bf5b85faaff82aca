# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What other tasks have to do with the files that should hold a token's secret."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .holdings import FileState
from .steps import Plan, Purpose


class CopyAction(enum.Enum):
    """What is to be done with one file."""

    NOTHING = "nothing"
    #: Write the secret of a new token.
    DELIVER = "deliver"
    #: Write the secret of the existing token, which another file holds.
    COPY = "copy"
    #: Give it its mode, owner and group.
    FIX = "fix"
    REMOVE = "remove"


@dataclass(frozen=True)
class Copy:
    """A file beside the task, and what is to be done with it. ``holds``: it certainly holds the token's secret."""

    file: FileState
    action: CopyAction
    holds: bool = False


def copies_of(plan: Plan, files: tuple[FileState, ...]) -> tuple[Copy, ...]:
    """What the plan means for each file."""
    return tuple(_copy(plan, file) for file in files)


def _copy(plan: Plan, file: FileState) -> Copy:
    if plan.has_new_token:
        return Copy(file, CopyAction.DELIVER)
    token = plan.after
    if token is None:
        removed = [step.token for step in plan.writes if step.purpose is Purpose.REMOVE]
        is_useless = file.exists and any(map(file.holding.is_of, removed))
        return Copy(file, CopyAction.REMOVE if is_useless else CopyAction.NOTHING)
    if not file.holding.may_be_of(token):
        return Copy(file, CopyAction.COPY)
    action = CopyAction.NOTHING if file.has_wanted_attributes else CopyAction.FIX
    return Copy(file, action, holds=file.holding.is_of(token))
