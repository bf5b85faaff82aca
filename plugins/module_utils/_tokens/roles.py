# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What a user's token can do at most in each organization: the form of options, which results share, and Losant's."""

from __future__ import annotations

import typing as t

# The values and limits of the API's schema apiTokenPost.
ROLES = ("admin", "edit", "collaborate", "view", "none")
RESOURCE_ROLES = ("collaborate", "view", "none")
#: What stands for the user's own applications, in place of the id of an organization.
SANDBOX = "sandbox"
MAX_ORG_ROLES = 25
MAX_RESOURCE_ROLES = 100

#: One organization: ``org_id``, ``role``, ``application_roles`` and ``dashboard_roles``.
OrgRole = t.Dict[str, t.Any]
RESOURCES = (("application_roles", "applicationRoles"), ("dashboard_roles", "dashboardRoles"))


def read_org_roles(value: t.Any) -> tuple[OrgRole, ...]:
    """Losant's list in our form.

    :raises ValueError: it is not what the API promises
    """
    return tuple(
        {
            "org_id": _read(entry, "orgId"),
            "role": _read(entry, "role"),
            **{
                ours: [
                    {"resource_id": _read(one, "resourceId"), "role": _read(one, "role")}
                    for one in _entries(entry.get(theirs) or [])
                ]
                for ours, theirs in RESOURCES
            },
        }
        for entry in _entries(value)
    )


def write_org_roles(value: t.Iterable[OrgRole]) -> list[dict[str, t.Any]]:
    """Our form in Losant's. Empty lists are left out."""
    return [
        {
            "orgId": entry["org_id"],
            "role": entry["role"],
            **{
                theirs: [{"resourceId": one["resource_id"], "role": one["role"]} for one in entry[ours]]
                for ours, theirs in RESOURCES
                if entry[ours]
            },
        }
        for entry in value
    ]


def comparable_org_roles(value: t.Iterable[OrgRole] | None) -> list[OrgRole]:
    """A form that is equal when the meaning is: the order means nothing."""
    return sorted(
        (
            {
                **entry,
                **{ours: sorted(entry[ours], key=lambda one: str(one["resource_id"])) for ours, _name in RESOURCES},
            }
            for entry in value or ()
        ),
        key=lambda entry: str(entry["org_id"]),
    )


def _entries(value: t.Any) -> list[t.Mapping[str, t.Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError
    return value


def _read(entry: t.Mapping[str, t.Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str):
        raise ValueError
    return value
