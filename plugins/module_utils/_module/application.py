# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import os
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._applications.api import ApplicationApi
from ansible_collections.losant.platform.plugins.module_utils._applications.names import id_of
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import checked_id
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner, application

from .connection import VARIABLES, Connection, with_connection
from .operation import Operation, Options, Spec, with_alternatives

#: Says whose tokens a task is about.
OwnerOf = t.Callable[[Options, Connection], Owner]
#: Two ways to say which application, as in :data:`.connection.ACCESS_TOKENS`.
APPLICATIONS = ("application_id", "application")


def application_spec() -> Spec:
    """The options of every module for one application; the doc fragment ``_application`` describes them."""
    return {
        # The environment counts only if neither is set, so it is read in owner_of.
        "application_id": {"type": "str", "aliases": ["applicationId"]},
        "application": {"type": "str"},
    }


def for_application(operation: Operation) -> Operation:
    """The work of a module for one application, with the options that say which, and those of the connection."""
    return with_alternatives(with_connection(operation), application_spec(), APPLICATIONS)


def owner_of(options: Options, connection: Connection) -> Owner:
    """The application that the options mean. A name is looked up once in a task; an id costs no request.

    :raises InvalidOptionError: none is set, or it cannot be used
    :raises ApplicationNameError: no application has the name, or several have it
    """
    return application(application_id_of(options, connection))


def application_id_of(options: Options, connection: Connection, environ: t.Mapping[str, str] | None = None) -> str:
    """The id of the application that the options mean: an option wins over the environment.

    :param environ: instead of that of the process
    """
    variable, _check = VARIABLES["application_id"]
    application_id, name = options["application_id"], options["application"]
    if application_id is None and name is None:
        application_id = (os.environ if environ is None else environ).get(variable)
    if application_id is not None:
        return checked_id("application_id", application_id)
    if not name:
        raise InvalidOptionError(
            f"No application is set. Set application_id or application, or the environment variable {variable}.",
            option="application_id",
        )
    scope = (options["api_url"], options["losant_domain"], connection.access_token)
    return id_of(name, ApplicationApi(connection.client), scope)
