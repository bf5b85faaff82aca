# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import nullcontext

from ansible_collections.losant.platform.plugins.module_utils._common.durations import format_duration
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError, as_losant_error
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import new_token_stays
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import (
    Declaration,
    declaration_from,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import (
    Caller,
    FoundFile,
    Outcome,
    ensure,
)

from .application import for_application, owner_of
from .connection import connected
from .masking import mask
from .operation import OpenFile, Operation, Options, Spec
from .results import Result, diff_result, rotation_result, superseded_result, token_result


def api_token_spec() -> Spec:
    """The options of ``api_token`` beside those of the connection and of the application."""
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
        "phase": {"type": "str", "default": Declaration.phase, "choices": ["all", "prepare", "commit", "abort"]},
        "prepared_id": {"type": "str"},
    }


def ensure_api_token(
    options: Options,
    check_mode: bool,
    system: System,
    open_file: OpenFile = TokenFile,
    copies: t.Sequence[FoundFile] = (),
) -> Result:
    """Ensure that one token is as declared, and return the module's result.

    :param copies: files that other tasks write; the result says what is to be done with each
    """
    declared = declaration_from(options)
    file = _token_file(options, system, open_file)
    with connected(options, read_only=check_mode, system=system) as connection:
        client, access_token = connection
        owner = owner_of(options, connection)
        api = TokenApi(client, owner)
        caller = Caller.of(access_token, api)
        # A dry run writes nothing, so nobody has to wait for it.
        name = None if declared.api_token_id is not None else declared.name
        lock = nullcontext() if check_mode else exclusive(options["api_url"], owner.id, name, system=system)
        with lock as note:
            outcome = ensure(
                declared, api, caller, system, file, staged=options["staged"], dry=check_mode, copies=copies
            )
    try:
        result = _result(outcome, declared, owner.id, options)
    except Exception as error:  # noqa: BLE001 # whatever it is, a new token must not remain unnamed
        raise _unreported(error, outcome) from None
    result["warnings"] = [*client.warnings(), *result["warnings"]]
    if copies:
        result["copies"] = [{"action": copy.action.value, "holds": copy.holds} for copy in outcome.copies]
    return {**result, "notes": [note]} if note else result


def _result(outcome: Outcome, declared: Declaration, owner_id: str, options: Options) -> Result:
    token, planned = outcome.token, outcome.plan
    return_token = returns_secret(options)
    result: Result = {
        "changed": bool(planned.steps),
        "created": planned.creates,
        # The key exists in every phase, so that a template can use it.
        "prepared_id": _prepared_id(outcome, declared),
        "api_token": token_result(token, outcome.now, owner_id) if token else None,
        "changed_fields": planned.changed_fields,
        "rotation": rotation_result(planned.rotation),
        "superseded": [superseded_result(entry) for entry in planned.superseded],
        "diff": diff_result(planned, outcome.file_before, outcome.copies),
        "warnings": list(planned.warnings),
    }
    if outcome.secret is not None and return_token:
        # Registered only now: a value that nobody gets needs no masking.
        mask(outcome.secret)
        result["token"] = outcome.secret.reveal()
    if planned.creates and token is not None and not return_token and outcome.file_before is None:
        remedy = "return_token=true or token_file" if declared.phase == "all" else "return_token=true"
        result["warnings"].append(
            f"The secret of the new {token.label} is not returned, and cannot be read again. Set {remedy}."
        )
    return result


def _prepared_id(outcome: Outcome, declared: Declaration) -> str | None:
    """The id of the token that is to be committed."""
    if declared.phase == "prepare" and outcome.plan.creates and outcome.token is not None:
        return outcome.token.id or None
    return outcome.plan.prepared_id


def _unreported(error: Exception, outcome: Outcome) -> LosantError:
    """The error for a result that cannot be returned. The writes are done, so it names a new token."""
    failure = as_losant_error(error)
    if outcome.secret is None or outcome.token is None:
        return failure
    return new_token_stays(failure, outcome.token, outcome.file_before.path if outcome.file_before else None)


def returns_secret(options: Options) -> bool:
    """Whether the result holds the secret of a token that the task creates."""
    return_token = options["return_token"]
    return bool(return_token if return_token is not None else options["token_file"] is None)


def _token_file(options: Options, system: System, open_file: OpenFile) -> Destination | None:
    if options["token_file"] is None:
        return None
    return open_file(options["token_file"], options["owner"], options["group"], options["mode"], system)


def _may_return_secret(options: Options) -> bool:
    """Whether a secret can be in the result, judging by options that may be incomplete."""
    return options["state"] != "absent" and options["phase"] in ("all", "prepare") and returns_secret(options)


API_TOKEN = for_application(
    Operation(
        "api_token",
        ensure_api_token,
        api_token_spec(),
        {
            "required_one_of": [("name", "api_token_id")],
            "mutually_exclusive": [("expiration_date", "expires_in"), ("held_token", "token_file")],
        },
        host_paths=("token_file",),
        returns_secret=_may_return_secret,
    )
)
