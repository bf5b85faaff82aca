# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import nullcontext
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
from ansible_collections.losant.platform.plugins.module_utils._module.connection import Spec, application_spec, connect
from ansible_collections.losant.platform.plugins.module_utils._module.masking import mask
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import declaration_from
from ansible_collections.losant.platform.plugins.module_utils._tokens.jwt import MANAGING, managing_actions, token_id_of
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.file_state import FileState
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.planner import Surroundings
from ansible_collections.losant.platform.plugins.module_utils._tokens.service import Outcome, ensure
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Token

now = System().now


def api_token_spec() -> Spec:
    """The options of ``api_token`` beside those of the connection."""
    return {
        **application_spec(),
        "name": {"type": "str"},
        "api_token_id": {"type": "str", "aliases": ["apiTokenId", "id"]},
        "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
        "description": {"type": "str"},
        "status": {"type": "str", "choices": ["active", "inactive"]},
        "scope": {"type": "list", "elements": "str"},
        "expiration_date": {"type": "str", "aliases": ["expirationDate"]},
        "expires_in": {"type": "str"},
        "recreate": {"type": "str", "default": "never", "choices": ["never", "state_change", "always"]},
        "rotate_before": {"type": "str"},
        "superseded": {"type": "str", "default": "delete", "choices": ["delete", "deactivate", "keep"]},
        "superseded_after": {"type": "str", "default": "0s"},
        "verify": {"type": "bool", "default": False},
        "token_file": {"type": "path"},
        "owner": {"type": "str"},
        "group": {"type": "str"},
        "mode": {"type": "raw", "default": "0600"},
        "return_token": {"type": "bool", "default": True, "no_log": False},
        "staged": {"type": "str", "default": "auto", "choices": ["auto", "true", "false"]},
        "allow_self_revoke": {"type": "bool", "default": False},
    }


#: What AnsibleModule checks beyond the single options.
API_TOKEN_RESTRICTIONS: t.Mapping[str, t.Any] = {
    "required_one_of": [("name", "api_token_id")],
    "mutually_exclusive": [("expiration_date", "expires_in")],
}


def ensure_api_token(options: t.Mapping[str, t.Any], check_mode: bool) -> dict[str, t.Any]:
    """Make one token as it is declared, and return the module's result."""
    declared = declaration_from(options)
    api = TokenApi(connect(options, read_only=check_mode), options["application_id"])
    file = _token_file(options)
    around = _surroundings(options)
    # The name that an id stands for is not known yet.
    name = declared.name if declared.api_token_id is None else None
    # A dry run writes nothing, so nobody has to wait for it.
    lock = nullcontext() if check_mode else exclusive(options["api_url"], api.application_id, name)
    with lock:
        moment = now()
        outcome = ensure(declared, api, moment, around, file, dry=check_mode)
    return _result(outcome, api.application_id, moment, return_token=options["return_token"])


def _result(outcome: Outcome, application_id: str, moment: datetime, *, return_token: bool) -> dict[str, t.Any]:
    token, file = outcome.token, outcome.file_before
    warnings = list(outcome.plan.warnings)
    result: dict[str, t.Any] = {
        "changed": bool(outcome.plan.steps),
        "api_token": {**token.result(moment), "owner_id": token.owner_id or application_id} if token else None,
        "changed_fields": outcome.plan.changed_fields,
        "rotation": outcome.plan.rotation.result(),
        "superseded": [entry.result() for entry in outcome.plan.superseded],
        "diff": {
            "before": _shown(outcome.plan.before, file),
            "after": _shown(outcome.plan.after, file.after(outcome.plan) if file else None),
        },
    }
    if outcome.secret is not None:
        mask(outcome.secret)
    if outcome.secret is not None and return_token:
        result["token"] = outcome.secret
    if outcome.plan.makes_token and token is not None and not return_token and file is None:
        warnings.append(
            f"The secret of the new API token {token.name!r} ({token.id or 'new'}) is not returned, and can't be read"
            " again."
        )
    return {**result, "warnings": warnings}


def _surroundings(options: t.Mapping[str, t.Any]) -> Surroundings:
    """What the access token tells of itself, and what ``staged`` makes of it."""
    actions = managing_actions(options["access_token"])
    stages = actions == MANAGING if options["staged"] == "auto" else options["staged"] == "true"
    lacking = MANAGING - actions if actions is not None else frozenset()
    return Surroundings(caller_id=token_id_of(options["access_token"]), stages=stages, lacking=lacking)


def _token_file(options: t.Mapping[str, t.Any]) -> TokenFile | None:
    if options["token_file"] is None:
        return None
    return TokenFile(options["token_file"], options["owner"], options["group"], options["mode"])


def _shown(token: Token | None, file: FileState | None) -> dict[str, t.Any]:
    """A side of the diff. A token that is yet to be made has no id, before and after it is made."""
    side: dict[str, t.Any] = {"id": token.id or "(new)", **token.comparable()} if token else {}
    if file is not None:
        side["token_file"] = file.shown(token)
    return side
