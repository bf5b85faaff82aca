# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests read from tokens as the API shows them, from their names, and from secrets of the sandbox."""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime

from losant_sandbox.client import Json, Sandbox

#: Tokens by their ids, as the API shows them.
Tokens = dict[str, Json]

#: Every secret of the sandbox looks like this: a JSON Web Token, or the secret of an access key.
SECRET = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+|\b[0-9a-f]{64}\b")
#: What a staged token has behind its name until its secret is delivered.
PENDING = re.compile(r" ~pending:[0-9a-f]{16}\Z")
_SUFFIX = re.compile(r" ~(?P<kind>pending|superseded):(?P<detail>\S+)\Z")


def base_name(token: Json) -> str:
    """The name without a suffix of the collection."""
    return _SUFFIX.sub("", str(token.get("name") or ""))


def has_suffix(token: Json) -> bool:
    return _SUFFIX.search(token["name"]) is not None


def is_pending(token: Json) -> bool:
    match = _SUFFIX.search(token["name"])
    return match is not None and match["kind"] == "pending"


def grace_is_over(token: Json, moment: datetime) -> bool:
    """Whether the token is superseded and its grace period is over."""
    match = _SUFFIX.search(token["name"])
    if match is None or match["kind"] != "superseded" or match["detail"] == "never":
        return False
    return datetime.fromisoformat(match["detail"]) <= moment


def is_expired(token: Json, moment: datetime) -> bool:
    expires = token.get("expirationDate")
    return expires is not None and datetime.fromisoformat(expires) <= moment


def is_usable(token: Json, moment: datetime) -> bool:
    return token["status"] == "active" and not is_expired(token, moment)


def by_id(tokens: list[Json]) -> Tokens:
    return {token["id"]: token for token in tokens}


def id_in(secret: str) -> str | None:
    """The id of the token that a secret of the sandbox belongs to; None for any other string."""
    parts = secret.split(".")
    if len(parts) != 3:
        return None
    payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    return str(payload["sub"])


def accepts(sandbox: Sandbox, secret: str) -> bool:
    """Whether the sandbox accepts a secret, whatever its scope."""
    return sandbox.call("GET", f"/applications/{sandbox.application_id}", token=secret).status_code != 401
