# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

from .jwt import scopes_of, token_id_of
from .owner import WRITING, Owner


@dataclass(frozen=True)
class Caller:
    """What the access token says about itself.

    ``token_id``: its own id, if known; ``permitted``: the writing actions that its scopes allow, None if it does not say.
    """

    token_id: str | None
    permitted: frozenset[str] | None

    @classmethod
    def of(cls, access_token: Secret, owner: Owner) -> Caller:
        """Read the access token."""
        scopes = scopes_of(access_token)
        return cls(token_id_of(access_token), owner.permitted(scopes) if scopes else None)

    @property
    def lacking(self) -> frozenset[str]:
        """The writing actions that its scopes are known not to allow."""
        return WRITING - self.permitted if self.permitted is not None else frozenset()

    def stages(self, staged: str) -> bool:
        """Whether to create tokens staged. ``staged``: auto, true or false."""
        if staged == "auto":
            return self.permitted is not None and self.permitted >= {"patch", "delete"}
        return staged == "true"
