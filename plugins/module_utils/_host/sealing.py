# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Keeps what a token file holds out of the results of modules, which connection plugins and debug logs show."""

from __future__ import annotations

import base64
import hashlib
import secrets


def new_key() -> str:
    """Return a key for one text. It is needed for the time of one task and is stored nowhere."""
    return secrets.token_hex(32)


def seal(content: bytes, key: str) -> str:
    """Encrypt a text. The key must not be used for another one."""
    return base64.b64encode(_combined(content, key)).decode("ascii")


def unseal(text: str, key: str) -> bytes:
    """Decrypt what :func:`seal` returned."""
    return _combined(base64.b64decode(text), key)


def _combined(content: bytes, key: str) -> bytes:
    # A keyed stream, used once. The standard library has no cipher.
    stream = hashlib.shake_256(bytes.fromhex(key)).digest(len(content))
    return bytes(one ^ other for one, other in zip(content, stream))
