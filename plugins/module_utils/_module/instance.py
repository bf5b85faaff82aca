# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from dataclasses import replace

from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import checked_id
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner, instance

from .connection import Connection, fallback, with_connection
from .operation import Operation, Options, Spec


def instance_spec() -> Spec:
    """The option of every module for one instance; the doc fragment ``_instance`` describes it."""
    return {"instance_id": {"type": "str", "required": True, "aliases": ["instanceId"], **fallback("instance_id")}}


def for_instance(operation: Operation) -> Operation:
    """The work of a module for one instance, with the option that says which, and those of the connection."""
    operation = with_connection(operation)
    return replace(operation, spec={**instance_spec(), **operation.spec})


def instance_of(options: Options, _connection: Connection) -> Owner:
    """The instance that the option means.

    :raises InvalidOptionError: it cannot be used
    """
    return instance(checked_id("instance_id", options["instance_id"]))
