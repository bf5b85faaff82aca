# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """What only tokens of users have; ``roles_spec()`` in module_utils/_module/user.py is its spec."""

    DOCUMENTATION = r"""
options:
  default_role:
    description:
      - The highest role of the token in organizations that O(org_roles) does not list. The token never has more than its user.
      - If not set, Losant decides for a new token, and an existing one keeps its role.
    type: str
    choices: [admin, edit, collaborate, view, none]
    aliases: [defaultRole]
  org_roles:
    description:
      - The highest role of the token in single organizations, at most 25. The order does not matter.
      - It replaces the whole list. An empty list clears it.
    type: list
    elements: dict
    aliases: [orgRoles]
    suboptions:
      org_id:
        description:
          - The id of the organization. V(sandbox) stands for the applications that the user owns.
        type: str
        required: true
        aliases: [orgId]
      role:
        description:
          - The highest role in the organization.
        type: str
        required: true
        choices: [admin, edit, collaborate, view, none]
      application_roles:
        description:
          - The highest role in single applications, at most 100.
        type: list
        elements: dict
        aliases: [applicationRoles]
        suboptions:
          resource_id:
            description:
              - The id of the application.
            type: str
            required: true
            aliases: [resourceId]
          role:
            description:
              - The highest role in the application.
            type: str
            required: true
            choices: [collaborate, view, none]
      dashboard_roles:
        description:
          - The highest role in single dashboards, at most 100.
        type: list
        elements: dict
        aliases: [dashboardRoles]
        suboptions:
          resource_id:
            description:
              - The id of the dashboard.
            type: str
            required: true
            aliases: [resourceId]
          role:
            description:
              - The highest role in the dashboard.
            type: str
            required: true
            choices: [collaborate, view, none]
"""
