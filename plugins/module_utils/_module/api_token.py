# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import nullcontext
from functools import partial

from ansible_collections.losant.platform.plugins.module_utils._common.durations import format_duration
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files, LocalFiles
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.caller import Caller
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import (
    Declaration,
    declaration_from,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import ensure
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import FoundFile, Work

from .application import OwnerOf, for_application, owner_of
from .connection import connected, with_connection
from .instance import for_instance, instance_of
from .operation import Operation, Options, Spec
from .outcome import outcome_result, returns_secret, unreported
from .results import Result
from .user import roles_spec, user_of

#: The phases of a task.
PHASES = ("all", "prepare", "commit", "abort")
#: What AnsibleModule checks beyond the single options.
API_TOKEN_RESTRICTIONS: t.Mapping[str, t.Any] = {
    "required_one_of": [("name", "api_token_id")],
    "mutually_exclusive": [("expiration_date", "expires_in"), ("held_token", "token_file")],
}


def api_token_spec() -> Spec:
    """The options of ``api_token`` beside those of the connection and of the owner."""
    return {
        "name": {"type": "str"},
        "api_token_id": {"type": "str", "aliases": ["apiTokenId", "id"]},
        "state": {"type": "str", "default": Declaration.state, "choices": ["present", "absent"]},
        "description": {"type": "str"},
        "status": {"type": "str", "choices": ["active", "inactive"]},
        "scope": {"type": "list", "elements": "str"},
        "expiration_date": {"type": "str", "aliases": ["expirationDate"]},
        "expires_in": {"type": "str"},
        "recreate": {"type": "str", "default": Declaration.recreate, "choices": ["never", "state_change", "always"]},
        "rotate_before": {"type": "str"},
        "superseded": {"type": "str", "default": Declaration.superseded, "choices": ["delete", "deactivate", "keep"]},
        "superseded_after": {"type": "str", "default": format_duration(Declaration.superseded_after)},
        "verify": {"type": "bool", "default": Declaration.verify},
        "token_file": {"type": "path"},
        "owner": {"type": "str"},
        "group": {"type": "str"},
        "mode": {"type": "raw", "default": "0600"},
        "return_token": {"type": "bool", "no_log": False},
        "held_token": {"type": "str", "no_log": True},
        "staged": {"type": "str", "default": "auto", "choices": ["auto", "true", "false"]},
        "allow_self_revoke": {"type": "bool", "default": Declaration.allow_self_revoke},
        "phase": {"type": "str", "default": Declaration.phase, "choices": list(PHASES)},
        "prepared_id": {"type": "str"},
    }


def ensure_api_token(
    options: Options,
    check_mode: bool,
    system: System,
    files: Files | None = None,
    copies: t.Sequence[FoundFile] = (),
    find_owner: OwnerOf = owner_of,
) -> Result:
    """Ensure that one token is as declared, and return the module's result.

    :param copies: files that other tasks write; the result says what is to be done with each
    :param find_owner: whose token it is
    """
    declared = declaration_from(options)
    work = Work(declared, options["staged"], token_file_of(options, files or LocalFiles(system)), copies)
    with connected(options, read_only=check_mode, system=system) as connection:
        client, access_token = connection
        owner = find_owner(options, connection)
        api = TokenApi(client, owner)
        caller = Caller.of(access_token, owner)
        # A dry run writes nothing, so nobody has to wait for it.
        name = None if declared.api_token_id is not None else declared.name
        lock = exclusive(options["api_url"], owner.id, name, kind=owner.type, system=system)
        with nullcontext() if check_mode else lock as note:
            outcome = ensure(work, api, caller, system, dry=check_mode)
    try:
        result = outcome_result(outcome, declared, owner, options)
    except Exception as error:  # noqa: BLE001 # whatever it is, a new token must not remain unnamed
        raise unreported(error, outcome) from None
    result["warnings"] = [*client.warnings(), *result["warnings"]]
    if copies:
        result["copies"] = [{"action": copy.action.value, "holds": copy.holds} for copy in outcome.copies]
    return {**result, "notes": [note]} if note else result


def token_file_of(options: Options, files: Files) -> Destination | None:
    """The file that the options name, if they do."""
    if options["token_file"] is None:
        return None
    return files.open(options["token_file"], options["owner"], options["group"], options["mode"])


def _may_return_secret(options: Options) -> bool:
    """Whether a secret can be in the result, judging by options that may be incomplete."""
    return options["state"] != "absent" and options["phase"] in ("all", "prepare") and returns_secret(options)


def _operation(name: str, find_owner: OwnerOf, more: Spec | None = None) -> Operation:
    return Operation(
        name,
        partial(ensure_api_token, find_owner=find_owner),
        {**api_token_spec(), **(more or {})},
        API_TOKEN_RESTRICTIONS,
        host_paths=("token_file",),
        returns_secret=_may_return_secret,
    )


API_TOKEN = for_application(_operation("api_token", owner_of))
USER_API_TOKEN = with_connection(_operation("user_api_token", user_of, roles_spec()))
INSTANCE_API_TOKEN = for_instance(_operation("instance_api_token", instance_of))
