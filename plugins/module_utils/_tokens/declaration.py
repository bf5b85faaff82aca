# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.losant.platform.plugins.module_utils._common.durations import option_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import option_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import is_marked
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import ID_PATTERN

# Limits of the API's schema apiTokenPost.
MAX_NAME = 255
MAX_DESCRIPTION = 32767


@dataclass(frozen=True)
class Declaration:
    """What a task declares of one token. None means that the task does not mention it.

    ``never_expires`` is the declaration of an empty ``expiration_date``.
    """

    name: str | None = None
    api_token_id: str | None = None
    state: str = "present"
    description: str | None = None
    status: str | None = None
    scope: tuple[str, ...] | None = None
    expiration_date: datetime | None = None
    never_expires: bool = False
    expires_in: timedelta | None = None
    recreate: str = "never"
    rotate_before: timedelta | None = None
    superseded: str = "delete"
    superseded_after: timedelta = timedelta(0)
    verify: bool = False
    allow_self_revoke: bool = False

    @property
    def selector(self) -> str:
        """What selects the token, as a text."""
        return self.api_token_id or self.name or ""


def declaration_from(options: t.Mapping[str, t.Any]) -> Declaration:
    """The declaration that a module's options make.

    :raises InvalidOptionError: a value that Losant would refuse, or that cannot be meant
    """
    name, api_token_id = options.get("name"), options.get("api_token_id")
    if name is None and api_token_id is None:
        raise InvalidOptionError("One of name and api_token_id is needed to say which token is meant.", option="name")
    check_name(name)
    if name is not None and is_marked(name):
        raise InvalidOptionError(
            f"name is {name!r}, and what it ends in marks tokens that are being made or were replaced. Choose another.",
            option="name",
        )
    expiration_date = options.get("expiration_date")
    if expiration_date is not None and options.get("expires_in") is not None:
        raise InvalidOptionError("expiration_date and expires_in exclude each other.", option="expires_in")
    return Declaration(
        name=name,
        api_token_id=checked_id("api_token_id", api_token_id) if api_token_id is not None else None,
        state=options.get("state") or "present",
        description=_checked_description(options.get("description")),
        status=options.get("status"),
        scope=_checked_scope(options.get("scope")),
        expiration_date=option_time("expiration_date", expiration_date) if expiration_date else None,
        never_expires=expiration_date == "",
        expires_in=_checked_expires_in(options.get("expires_in")),
        recreate=options.get("recreate") or "never",
        rotate_before=_checked_window(options.get("rotate_before"), options.get("expires_in")),
        superseded=options.get("superseded") or "delete",
        superseded_after=_checked_wait(options.get("superseded_after")),
        verify=bool(options.get("verify")),
        allow_self_revoke=bool(options.get("allow_self_revoke")),
    )


def checked_id(option: str, value: str) -> str:
    """An id for a path of the API, in lower case, as Losant writes it.

    :raises InvalidOptionError: it is no id
    """
    if not ID_PATTERN.fullmatch(value):
        raise InvalidOptionError(f"{option} is {value!r}, which is not 24 hexadecimal characters.", option=option)
    return value.lower()


def check_name(name: str | None) -> None:
    """Refuse a name that Losant would not take.

    :raises InvalidOptionError: it is empty or too long
    """
    if name is not None and not 1 <= len(name) <= MAX_NAME:
        raise InvalidOptionError(f"name has {len(name)} characters; Losant takes 1 to {MAX_NAME}.", option="name")


def _checked_description(description: str | None) -> str | None:
    if description is not None and len(description) > MAX_DESCRIPTION:
        raise InvalidOptionError(
            f"description has {len(description)} characters; Losant takes {MAX_DESCRIPTION} at most.",
            option="description",
        )
    return description


def _checked_scope(scope: t.Sequence[str] | None) -> tuple[str, ...] | None:
    if scope is None:
        return None
    if not scope:
        raise InvalidOptionError(
            "scope is an empty list, and what Losant grants then is not documented. List the scopes that the token"
            " needs, or leave the option out.",
            option="scope",
        )
    for entry in scope:
        # The schema of answers says 1 to 1024 characters; no scope has a blank or a control character.
        if not re.fullmatch(r"[\x21-\x7e]{1,1024}", entry):
            raise InvalidOptionError(f"scope has the entry {entry!r}, which cannot be a scope.", option="scope")
    # Losant refuses duplicates, and in a set they mean nothing.
    return tuple(dict.fromkeys(scope))


def _checked_expires_in(text: str | None) -> timedelta | None:
    if text is None:
        return None
    duration = option_duration("expires_in", text)
    if not duration:
        raise InvalidOptionError("expires_in is zero: such a token would never be of use.", option="expires_in")
    return duration


def _checked_wait(text: str | None) -> timedelta:
    # An empty text is refused, not taken for no wait: it is more likely a variable that went wrong.
    return option_duration("superseded_after", text) if text is not None else timedelta(0)


def _checked_window(window: str | None, expires_in: str | None) -> timedelta | None:
    if window is None:
        return None
    duration = option_duration("rotate_before", window)
    if expires_in is not None and duration >= option_duration("expires_in", expires_in):
        raise InvalidOptionError(
            f"rotate_before is {window} and expires_in {expires_in}: a new token would be due for rotation from the start, in"
            " every run. The window must be shorter than the life.",
            option="rotate_before",
        )
    return duration
