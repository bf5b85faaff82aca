# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import base64
import json
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret


def claims_of(secret: Secret) -> dict[str, t.Any]:
    """What a token says about itself: the payload of a JWT, read and not verified. Empty if it is not a JWT.

    Losant's tokens are JWTs with ``sub`` (for an API token its id), ``subtype`` and ``scope``.
    Source: payloads seen in Losant's own tools; that ``sub`` is the id is inferred.
    """
    parts = secret.reveal().strip().split(".")
    if len(parts) != 3:
        return {}
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def token_id_of(secret: Secret) -> str | None:
    """The id of the API token that a secret belongs to; None if the secret does not say."""
    claims = claims_of(secret)
    subject = claims.get("sub")
    if claims.get("subtype") not in (None, "apiToken") or not isinstance(subject, str):
        return None
    return subject.lower()


def scopes_of(secret: Secret) -> frozenset[str]:
    """The scopes that a secret says it has. Empty if it does not say."""
    scopes = claims_of(secret).get("scope")
    return frozenset(scope for scope in scopes if isinstance(scope, str)) if isinstance(scopes, list) else frozenset()
