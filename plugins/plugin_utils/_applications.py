# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.losant.platform.plugins.module_utils._module.applications import ALL_APPLICATIONS
from ansible_collections.losant.platform.plugins.module_utils._module.results import Result

from ._inventory import Entry, LosantInventory

#: The group of all hosts.
_GROUP = "applications"


class ApplicationsInventory(LosantInventory):
    """Applications as hosts."""

    operation = ALL_APPLICATIONS

    def entries(self, found: Result) -> Iterable[Entry]:
        for application in found["applications"]:
            yield Entry(application["id"], application["name"], self.prefixed(application), (_GROUP,))
