# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from dataclasses import replace

from ..declaration import Declaration
from ..token import Token


def differences(declared: Declaration, token: Token) -> dict[str, t.Any]:
    """The declared fields whose meaning differs from the token's, with the declared values."""
    wanted = {field.option: getattr(declared, field.option) for field in token.resource.declarable}
    wanted = {option: value for option, value in wanted.items() if value is not None}
    if declared.never_expires:
        wanted["expiration_date"] = None
    current, then = token.comparable(), replace(token, **wanted).comparable()
    return {option: value for option, value in wanted.items() if current.get(option) != then[option]}


def split(declared: Declaration, token: Token) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Divide the differences into those that PATCH can change, and those that need a new token."""
    differing, mutable = differences(declared, token), token.resource.mutable
    return (
        {option: value for option, value in differing.items() if option in mutable},
        {option: value for option, value in differing.items() if option not in mutable},
    )
