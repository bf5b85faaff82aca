# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError

from .token import Token


class ConflictError(LosantError):
    """A concurrent run creates the same token, and was first."""

    kind = "conflict"


class PreparedConflictError(ConflictError):
    """A concurrent run created the same token since ``prepared`` was created, so that one has to be deleted."""

    def __init__(self, text: str, prepared: Token, **failure: t.Any) -> None:
        super().__init__(text, **failure)
        self.prepared = prepared
