# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import env_fallback

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.retry import RetryPolicy
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

Spec = t.Dict[str, t.Any]


def connection_spec() -> Spec:
    """The options of the connection, the same for every plugin; the doc fragment ``_connection`` describes them."""
    return {
        "access_token": {
            "type": "str",
            "required": True,
            "no_log": True,
            "aliases": ["auth_token"],
            "fallback": (env_fallback, ["LOSANT_API_TOKEN"]),
        },
        "api_url": {
            "type": "str",
            "default": "https://api.losant.com",
            "fallback": (env_fallback, ["LOSANT_API_URL"]),
        },
        "losant_domain": {
            "type": "str",
            "aliases": ["losantdomain"],
            "fallback": (env_fallback, ["LOSANT_DOMAIN"]),
        },
        "timeout": {"type": "float", "default": 30, "fallback": (env_fallback, ["LOSANT_TIMEOUT"])},
        "retries": {"type": "int", "default": 5, "fallback": (env_fallback, ["LOSANT_RETRIES"])},
        "retry_max_delay": {"type": "float", "default": 60, "fallback": (env_fallback, ["LOSANT_RETRY_MAX_DELAY"])},
        "validate_certs": {"type": "bool", "default": True, "fallback": (env_fallback, ["LOSANT_VALIDATE_CERTS"])},
        "ca_path": {"type": "path", "fallback": (env_fallback, ["LOSANT_CA_PATH"])},
    }


def application_spec() -> Spec:
    """The option that every module for one application's tokens takes."""
    return {"application_id": {"type": "str", "required": True, "aliases": ["applicationId"]}}


def connect(options: t.Mapping[str, t.Any], *, read_only: bool) -> Client:
    """The client that the connection options describe.

    :raises InvalidOptionError: an option's value cannot be used
    """
    # nan is refused too: no comparison with it is true.
    if not 0 < options["timeout"] < 86400:
        raise InvalidOptionError("timeout must be more than 0 seconds and less than a day.", option="timeout")
    if not 0 <= options["retries"] <= 100:
        raise InvalidOptionError("retries must be 0 to 100.", option="retries")
    if not 0 <= options["retry_max_delay"] < 86400:
        raise InvalidOptionError(
            "retry_max_delay must be 0 seconds or more and less than a day.", option="retry_max_delay"
        )
    return Client(
        access_token=Secret(options["access_token"]),
        api_url=options["api_url"],
        losant_domain=options["losant_domain"],
        timeout=options["timeout"],
        retry=RetryPolicy(options["retries"], options["retry_max_delay"]),
        validate_certs=options["validate_certs"],
        ca_path=options["ca_path"],
        read_only=read_only,
    )
