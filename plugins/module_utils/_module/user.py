# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner, user
from ansible_collections.losant.platform.plugins.module_utils._tokens.roles import RESOURCE_ROLES, ROLES

from .connection import Connection
from .operation import Options, Spec


def user_of(_options: Options, _connection: Connection) -> Owner:
    """The user whom the access token belongs to."""
    return user()


def roles_spec() -> Spec:
    """What only tokens of users have; the doc fragment ``_roles`` describes it."""
    return {
        "default_role": {"type": "str", "choices": list(ROLES), "aliases": ["defaultRole"]},
        "org_roles": {
            "type": "list",
            "elements": "dict",
            "aliases": ["orgRoles"],
            "options": {
                "org_id": {"type": "str", "required": True, "aliases": ["orgId"]},
                "role": {"type": "str", "required": True, "choices": list(ROLES)},
                "application_roles": _resource_roles("applicationRoles"),
                "dashboard_roles": _resource_roles("dashboardRoles"),
            },
        },
    }


def _resource_roles(api_name: str) -> Spec:
    return {
        "type": "list",
        "elements": "dict",
        "aliases": [api_name],
        "options": {
            "resource_id": {"type": "str", "required": True, "aliases": ["resourceId"]},
            "role": {"type": "str", "required": True, "choices": list(RESOURCE_ROLES)},
        },
    }
