# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that look like Losant's: JSON Web Tokens. The signature is random; nobody verifies it."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime
from typing import Any


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _json_part(value: dict[str, Any]) -> str:
    return _part(json.dumps(value, separators=(",", ":")).encode())


def create_secret(
    token_id: str,
    subtype: str,
    scope: list[str],
    issuer: str,
    issued: datetime,
    expires: datetime | None,
) -> str:
    payload: dict[str, Any] = {
        "sub": token_id,
        "subtype": subtype,
        "scope": scope,
        "iss": issuer,
        "iat": int(issued.timestamp()),
    }
    if expires is not None:
        payload["exp"] = int(expires.timestamp())
    header = {"alg": "EdDSA", "typ": "JWT"}
    return f"{_json_part(header)}.{_json_part(payload)}.{_part(secrets.token_bytes(64))}"


def create_opaque_secret() -> str:
    return secrets.token_urlsafe(48)


#: How the secret of each access key begins, so that it is recognised wherever it shows.
KEY_SECRET_PREFIX = "5ec2e75e"


def create_key_secret() -> str:
    """The secret of an access key: 64 hexadecimal digits."""
    return KEY_SECRET_PREFIX + secrets.token_hex(28)
