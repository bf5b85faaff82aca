# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from functools import partial

from ansible_collections.losant.platform.plugins.module_utils._common.durations import format_duration
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import (
    Declaration,
    declaration_from,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Work

from .application import OwnerOf, for_application, owner_of
from .connection import with_connection
from .declaring import PHASES, Copies, Declaring, Finish
from .instance import for_instance, instance_of
from .operation import Operation, Options, Spec
from .single import ensure_one, may_return_secret
from .user import roles_spec, user_of

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


def token_file_of(options: Options, files: Files) -> Destination | None:
    """The file that the options name, if they do."""
    if options["token_file"] is None:
        return None
    return files.open(options["token_file"], options["owner"], options["group"], options["mode"])


def _begin(options: Options, files: Files, copies: Copies) -> Finish:
    work = Work(declaration_from(options), options["staged"], token_file_of(options, files), copies)
    return lambda _names: work


DECLARING = Declaring(ApiToken, API_TOKEN_RESTRICTIONS, _begin)


def _operation(name: str, find_owner: OwnerOf, more: Spec | None = None) -> Operation:
    return Operation(
        name,
        partial(ensure_one, declaring=DECLARING, find_owner=find_owner),
        {**api_token_spec(), **(more or {})},
        API_TOKEN_RESTRICTIONS,
        host_paths=("token_file",),
        delivers=True,
        kind=ApiToken,
        returns_secret=partial(may_return_secret, declaring=DECLARING),
    )


ensure_api_token = partial(ensure_one, declaring=DECLARING, find_owner=owner_of)
API_TOKEN = for_application(_operation("api_token", owner_of))
USER_API_TOKEN = with_connection(_operation("user_api_token", user_of, roles_spec()))
INSTANCE_API_TOKEN = for_instance(_operation("instance_api_token", instance_of))
