# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import json
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

try:
    from ansible.module_utils.secrets import register_secret
except ImportError:  # ansible-core before 2.22
    #: Whether Ansible masks a registered secret wherever it prints.
    CAN_MASK = False
else:
    CAN_MASK = True


def mask(secret: Secret) -> None:
    """Make Ansible mask a secret wherever it prints, if it can. The value stays usable."""
    if CAN_MASK:
        register_secret(secret.reveal())


def without_values(result: dict[str, t.Any], secrets: t.Collection[str]) -> dict[str, t.Any]:
    """A result without the values of secret options. If Ansible can mask, it knows them already."""
    if CAN_MASK:
        return result
    cleaned: dict[str, t.Any] = _without(secrets, result)
    return cleaned


def _without(secrets: t.Collection[str], value: t.Any) -> t.Any:
    """What Ansible makes of a value, which takes long. So it gets only the parts that hold a secret."""
    if not _may_hold(secrets, value):
        return value
    if isinstance(value, dict):
        return {key: _without(secrets, part) for key, part in value.items()}
    # Later cores deprecate it, so they must not even import it.
    from ansible.module_utils.common.parameters import remove_values

    return remove_values(value, secrets)


def _may_hold(secrets: t.Collection[str], value: t.Any) -> bool:
    """Whether a secret can be in a value. JSON writes a string in the same way wherever it is."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError):
        return True
    return any(json.dumps(secret)[1:-1] in text for secret in secrets)
