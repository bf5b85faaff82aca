# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import base64
import json
import re
import typing as t

#: The actions on single API tokens that staged creation needs.
MANAGING = frozenset(("patch", "delete"))
#: What can be sent in a header.
_SENDABLE = re.compile(r"[\x21-\x7e]{1,32768}")


def claims_of(secret: str) -> dict[str, t.Any]:
    """What a token says of itself: the payload of a JWT, read and not verified. Empty if it is no JWT.

    Losant's tokens are JWTs with ``sub`` (for an API token its id), ``subtype`` and ``scope``.
    Source: payloads seen in Losant's own tools; that ``sub`` is the id is inferred.
    """
    parts = secret.strip().split(".")
    if len(parts) != 3:
        return {}
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def token_id_of(secret: str) -> str | None:
    """The id of the API token that a secret belongs to, as far as the secret tells."""
    claims = claims_of(secret)
    subject = claims.get("sub")
    if claims.get("subtype") not in (None, "apiToken") or not isinstance(subject, str):
        return None
    return subject.lower()


def managing_actions(secret: str) -> frozenset[str] | None:
    """Which of patch and delete a token may do to API tokens of an application; None if its own scopes do not tell.

    Source: the scopes that the API's definition, version 1.31.0, accepts for applicationApiToken.patch and .delete.
    """
    scopes = claims_of(secret).get("scope")
    held = {scope for scope in scopes if isinstance(scope, str)} if isinstance(scopes, list) else set()
    if not held:
        return None
    wide = not held.isdisjoint(("all.Application", "all.Organization", "all.User", "applicationApiToken.*"))
    return frozenset(action for action in MANAGING if wide or f"applicationApiToken.{action}" in held)


def is_sendable(text: str) -> bool:
    """Whether a text can be a token at all."""
    return _SENDABLE.fullmatch(text) is not None
