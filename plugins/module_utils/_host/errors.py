# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import re
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError


class DeliveryError(LosantError):
    """The token file cannot be read, written or removed. The message names its path."""

    kind = "delivery"


class LockError(LosantError):
    """Another run on this machine works on the same token or application. Nothing was written."""

    kind = "lock"


def failed_call(attempt: str, path: str, error: OSError) -> DeliveryError:
    """Describe a call of the operating system that failed. ``attempt`` is a verb, such as ``write``."""
    return DeliveryError(f"Could not {attempt} token_file {path}: {error.strerror or error}.")


def problem_of(check: t.Callable[[], None]) -> str | None:
    """Why a check refuses; None if it does not."""
    try:
        check()
    except LosantError as error:
        return str(error)
    return None


#: The option in a message, and not in a path.
_TOKEN_FILE = re.compile(r"(?<![\w/.-])token_file(?![\w/.-])")


def in_words_of(option: str, text: str) -> str:
    """A message about a file in the words of a task that declares the file with another option than ``token_file``."""
    return _TOKEN_FILE.sub(option, text)
