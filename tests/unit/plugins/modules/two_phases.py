# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the phases share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    shown,
)

if TYPE_CHECKING:
    from losant_sandbox.client import Json, Sandbox

Options = dict[str, Any]
SCOPE = ["devices.get"]
DECLARED: Options = {"name": "x", "scope": SCOPE}
#: A declaration that only a new token can meet.
REPLACED: Options = {**DECLARED, "description": "new", "expires_in": "30d", "recreate": "always"}
PENDING_NAME = "x ~pending:0123456789abcdef"
MINUTE_AGO = "2026-11-24T07:59:00.000Z"
READING = ["all.Application.read"]


def limited(sandbox: Sandbox, *scopes: str) -> str:
    """The secret of an access token with just these scopes."""
    return str(sandbox.seed_token("caller", scope=["applicationApiTokens.get", *scopes])["token"])


def untouched(sandbox: Sandbox, *tokens: Json) -> bool:
    return {token["id"]: token for token in sandbox.tokens()} == {token["id"]: shown(token) for token in tokens}
