# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._module.api_token import (
    INSTANCE_API_TOKEN,
    ensure_api_token,
)
from ansible_collections.losant.platform.plugins.module_utils._module.instance import instance_of
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Options
from ansible_collections.losant.platform.plugins.plugin_utils._action import LosantAction


class ActionModule(LosantAction):
    operation = INSTANCE_API_TOKEN

    def execute(self, options: Options, check_mode: bool, system: System) -> dict[str, t.Any]:
        return ensure_api_token(options, check_mode, system, self.files(system), find_owner=instance_of)
