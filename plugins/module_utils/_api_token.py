# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.losant.platform.plugins.module_utils._api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._declaration import declaration_from
from ansible_collections.losant.platform.plugins.module_utils._options import Spec, application_spec, connect
from ansible_collections.losant.platform.plugins.module_utils._secret import token_id_of
from ansible_collections.losant.platform.plugins.module_utils._times import now
from ansible_collections.losant.platform.plugins.module_utils._token import Token
from ansible_collections.losant.platform.plugins.module_utils._tokens import Outcome, ensure


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
        "return_token": {"type": "bool", "default": True, "no_log": False},
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
    moment = now()
    outcome = ensure(declared, api, moment, token_id_of(options["access_token"]), dry=check_mode)
    return _result(outcome, api.application_id, moment, return_token=options["return_token"])


def _result(outcome: Outcome, application_id: str, moment: datetime, *, return_token: bool) -> dict[str, t.Any]:
    token = outcome.token
    warnings = list(outcome.plan.warnings)
    result: dict[str, t.Any] = {
        "changed": bool(outcome.plan.steps),
        "api_token": {**token.result(moment), "owner_id": token.owner_id or application_id} if token else None,
        "changed_fields": outcome.plan.changed_fields,
        "diff": {"before": _shown(outcome.plan.before), "after": _shown(outcome.plan.after)},
    }
    if outcome.secret is not None and return_token:
        result["token"] = outcome.secret
    if outcome.plan.makes_token and token is not None and not return_token:
        warnings.append(
            f"The secret of the new API token {token.name!r} ({token.id or 'new'}) is not returned, and can't be read"
            " again."
        )
    return {**result, "warnings": warnings}


def _shown(token: Token | None) -> dict[str, t.Any]:
    """A side of the diff. A token that is yet to be made has no id, before and after it is made."""
    return {"id": token.id or "(new)", **token.comparable()} if token else {}
