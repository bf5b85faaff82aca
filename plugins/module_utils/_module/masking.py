# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.key_document import read_document
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


def mask_delivered(text: str | None) -> None:
    """The same for what goes to a file on a host: the secret of a token, or a key file with a secret in it."""
    if text is None:
        return
    document = read_document(text)
    for secret in (Secret(text), *([document.secret] if document is not None else [])):
        mask(secret)


def without_values(result: dict[str, t.Any], secrets: t.Collection[str]) -> dict[str, t.Any]:
    """A result without the values of secret options. If Ansible can mask, it knows them already."""
    if CAN_MASK:
        return result
    # Later cores deprecate it, so they must not even import it.
    from ansible.module_utils.common.parameters import remove_values

    cleaned: dict[str, t.Any] = remove_values(result, secrets)
    return cleaned
