# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Which application a name means. The items of a loop share what was looked up, as they run in one process."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError

from .api import ApplicationApi
from .application import Application

#: By process, what else decides about the result, and name.
_IDS: dict[tuple[int, t.Hashable, str], str] = {}
#: The task that looked them up.
_TASK: list[t.Hashable] = [None]


class ApplicationNameError(LosantError):
    """No application has a name, or several have it. Nothing was changed."""

    kind = "application"


def begin_task(task: t.Hashable) -> None:
    """Forget what another task looked up. None is never the same task."""
    if task is None or task != _TASK[0]:
        _IDS.clear()
    _TASK[0] = task


def id_of(name: str, api: ApplicationApi, scope: t.Hashable) -> str:
    """The id of the only application of a name.

    :param scope: what decides about the result beside the name: where the API is, and who asks
    :raises ApplicationNameError: there is none, or more than one
    """
    key = (os.getpid(), scope, name)
    if key not in _IDS:
        found = api.named(name)
        check_unique(name, found)
        if not found:
            raise ApplicationNameError(
                f"No application is named {name!r}, as far as the access token can see. Nothing was changed. Check application"
                " and the access token, or set application_id."
            )
        _IDS[key] = found[0].id.lower()
    return _IDS[key]


def check_unique(name: str, found: t.Sequence[Application]) -> None:
    """Refuse several applications of one name.

    :raises ApplicationNameError: there are several
    """
    if len(found) > 1:
        ids = ", ".join(application.label for application in found)
        raise ApplicationNameError(
            f"{len(found)} applications are named {name!r}: {ids}. Nothing was changed. Set application_id to choose one.",
            application_ids=[application.id for application in found],
        )
