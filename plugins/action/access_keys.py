# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.losant.platform.plugins.module_utils._module.access_keys import ACCESS_KEYS
from ansible_collections.losant.platform.plugins.plugin_utils._action import LosantAction


class ActionModule(LosantAction):
    operation = ACCESS_KEYS
