# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """The options that say which application; ``application_spec()`` in module_utils/_module/application.py is their spec."""

    DOCUMENTATION = r"""
options:
  application_id:
    description:
      - The id of the application, 24 hexadecimal characters.
      - One of O(application_id) and O(application) is required. They are mutually exclusive.
      - If C(module_defaults) sets it, a task that sets O(application) needs O(application_id) set to V({{ omit }}).
      - If neither is set, the environment variable E(LOSANT_APPLICATION_ID) is used.
    type: str
    aliases: [applicationId]
  application:
    description:
      - The name of the application, instead of its id. It is compared exactly.
      - The id is looked up once in a task, for all items of a loop. Names of applications are not unique at Losant. If no application has
        the name, or if several have it, the task fails and writes nothing.
      - It needs an access token that can list applications, which is one of a user. The token of an application cannot.
    type: str
"""

    PLUGIN = r"""
options:
  application_id:
    description:
      - The id of the application, 24 hexadecimal characters.
      - One of O(application_id) and O(application) is required. They are mutually exclusive. An option of the plugin wins over a
        variable.
    type: str
    aliases: [applicationId]
    env:
      - name: LOSANT_APPLICATION_ID
    vars:
      - name: losant_application_id
    ini:
      - section: losant
        key: application_id
  application:
    description:
      - The name of the application, instead of its id. It is compared exactly. If no application has the name, or if several have it,
        the plugin fails.
      - It needs an access token that can list applications, which is one of a user. The token of an application cannot.
    type: str
"""
