# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import FixFile, Plan, RemoveFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

Attributes = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class FileState:
    """What there is at ``token_file``.

    ``token_id``: the id that the secret in it tells; ``opaque``: it holds what may be a secret and tells no id;
    ``accepted``: Losant takes that;
    ``attributes`` and ``wanted``: mode, owner and group as they are, and as they shall be.
    """

    exists: bool = False
    token_id: str | None = None
    accepted: bool = False
    attributes: Attributes = field(default_factory=dict)
    wanted: Attributes = field(default_factory=dict)
    opaque: bool = False

    @property
    def right_attributes(self) -> bool:
        return not self.exists or self.attributes == self.wanted

    def holds(self, token: Token) -> bool:
        """Whether it holds the secret of a token, as far as can be known."""
        return self.token_id == token.id.lower() if self.token_id is not None else self.accepted

    def may_hold(self, token: Token) -> bool:
        """Whether that is so or can't be told: Losant takes no secret of an inactive token."""
        return self.holds(token) or (self.opaque and token.status == "inactive")

    def after(self, plan: Plan) -> FileState:
        """What there will be after a plan."""
        if any(isinstance(step, RemoveFile) for step in plan.steps):
            return FileState()
        if plan.delivers and plan.after is not None:
            return replace(self, exists=True, token_id=plan.after.id, attributes=self.wanted)
        if any(isinstance(step, FixFile) for step in plan.steps):
            return replace(self, attributes=self.wanted)
        return self

    def shown(self, token: Token | None) -> dict[str, t.Any]:
        """It as a side of a diff."""
        if not self.exists:
            return {"holds": "nothing"}
        holds = "the secret" if token is not None and self.may_hold(token) else "something else"
        return {"holds": holds, **self.attributes}
