# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from .access_key import AccessKey
from .owner import Owner


def application_keys(application_id: str) -> Owner:
    """An application as the owner of access keys.

    Paths and scopes: the API's definition, version 1.31.0. A key is tried where devices authenticate.
    """
    return Owner(
        type="application",
        id=application_id,
        label=f"application {application_id}",
        path=f"/applications/{application_id}/keys",
        probe="/auth/device",
        list_resource="applicationKeys",
        token_resource="applicationKey",
        families=("all.Application", "all.Organization", "all.User"),
        token_scopes=(),
        limits=("device_ids", "devices", "device_tags"),
        unlimited="so it works for every device of the application. Name the devices that use it.",
        defaults={"application_id": application_id},
        kind=AccessKey,
        bounded_writes=True,
    )
