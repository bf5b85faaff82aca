# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System

from .connection import with_connection
from .operation import Operation, Options
from .results import Result

#: In the order in which the role takes them.
STEPS = ("check", "share", "inspect", "plan", "apply", "read", "deliver", "commit", "restore", "abort", "report")


def refuse(_options: Options, _check_mode: bool, _system: System) -> Result:
    """The action plugin does the work. Without it, there is none."""
    raise InvalidOptionError("api_tokens_step is a part of the role api_tokens, and runs on the controller only.")


API_TOKENS_STEP = with_connection(
    Operation(
        "api_tokens_step",
        refuse,
        {"step": {"type": "str", "required": True, "choices": list(STEPS)}, "host": {"type": "str"}},
        {},
    )
)
