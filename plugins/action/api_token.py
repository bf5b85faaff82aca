# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.losant.platform.plugins.module_utils._module.masking import CAN_MASK


class ActionModule(ActionBase):
    """Runs the module, and keeps the secret of a new token off the screen."""

    TRANSFERS_FILES = False
    _supports_async = True
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        if not CAN_MASK and self._task.poll > 0:
            # A polled result comes from async_status, past this plugin; so the module runs in the foreground.
            self._task.async_val = 0
        result.update(
            self._execute_module(
                module_name="losant.platform.api_token", task_vars=task_vars, wrap_async=self._task.async_val
            )
        )
        if not CAN_MASK and "token" in result:
            # Hides just this result, and not from register. A task that made no token, or failed, stays readable.
            result["_ansible_no_log"] = True
        return result
