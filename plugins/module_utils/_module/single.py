# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files, LocalFiles
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.caller import Caller
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import ensure

from .application import OwnerOf
from .connection import connected
from .declaring import Copies, Declaring
from .operation import Options
from .outcome import outcome_result, unreported
from .results import Result, with_remarks


def ensure_one(
    options: Options,
    check_mode: bool,
    system: System,
    files: Files | None = None,
    copies: Copies = (),
    *,
    declaring: Declaring,
    find_owner: OwnerOf,
) -> Result:
    """Ensure that one token or access key is as declared, and return the module's result.

    :param copies: files that other tasks write; the result says what is to be done with each
    :param find_owner: whose it is
    """
    finish = declaring.begin(options, files or LocalFiles(system), copies)
    with connected(options, read_only=check_mode, system=system) as connection:
        client, access_token = connection
        owner = find_owner(options, connection)
        work = finish(declaring.look_up([options], client, owner))
        declared = work.declared
        name = None if declared.selects_one else declared.name
        kind, noun = owner.type, owner.resource.label
        with exclusive(options["api_url"], owner.id, name, kind=kind, noun=noun, dry=check_mode, system=system) as note:
            outcome = ensure(work, TokenApi(client, owner), Caller.of(access_token, owner), system, dry=check_mode)
    try:
        result = outcome_result(outcome, declared, owner, options)
    except Exception as error:  # noqa: BLE001 # whatever it is, a new token must not remain unnamed
        raise unreported(error, outcome) from None
    if copies:
        result["copies"] = [{"action": copy.action.value, "holds": copy.holds} for copy in outcome.copies]
    return with_remarks(result, client.warnings(), note)


def may_return_secret(options: Options, declaring: Declaring) -> bool:
    """Whether a secret can be in the result, judging by options that may be incomplete."""
    if options["state"] == "absent" or options["phase"] not in ("all", "prepare"):
        return False
    return declaring.kind.resource.returns_secret(options)
