# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.losant.platform.plugins.module_utils._module.token_file import TOKEN_FILE
from ansible_collections.losant.platform.plugins.plugin_utils._action import LosantAction


class ActionModule(LosantAction):
    operation = TOKEN_FILE

    def _runs_on_host(self) -> bool:
        return not self._host_is_here
