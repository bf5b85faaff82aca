# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.batch import Progress

#: Shows the user a line.
Show = t.Callable[[str], None]
#: Seconds before the first line, and between two.
INTERVAL = 5.0


def progress_to(show: Show | None, subject: str, system: System) -> Progress:
    """What shows the user how far a long task has got. A short one shows nothing.

    :param show: None if there is nobody to show it to, as in a module
    :param subject: what the task works on
    """
    shown_at = system.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal shown_at
        now = system.monotonic()
        if show is not None and now - shown_at >= INTERVAL:
            shown_at = now
            show(f"API tokens of {subject}: {done} of {total} steps are done.")

    return progress
