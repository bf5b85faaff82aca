# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """The option that says which instance; ``instance_spec()`` in module_utils/_module/instance.py is its spec."""

    DOCUMENTATION = r"""
options:
  instance_id:
    description:
      - The id of the instance, 24 hexadecimal characters.
      - If not set, the environment variable E(LOSANT_INSTANCE_ID) is used.
    type: str
    required: true
    aliases: [instanceId]
notes:
  - If C(module_defaults) of the group sets O(losant.platform.api_token#module:application_id) or
    O(losant.platform.api_token#module:application), set it to V({{ omit }}) in this task.
"""
