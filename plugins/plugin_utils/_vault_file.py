# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.module_utils.common.yaml import yaml_dump, yaml_load
from ansible.parsing.vault import VaultLib, VaultSecret, is_encrypted, parse_vaulttext_envelope

from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.errors import DeliveryError
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import Inspection, TokenFile

_SYSTEM = System()


class Vault(t.NamedTuple):
    """How files are encrypted. ``vault_id``: the label that is written into them, empty for none."""

    password: Secret
    vault_id: str = ""

    def encrypt(self, text: bytes) -> bytes:
        """Encrypt a text in memory."""
        encrypted: bytes = VaultLib().encrypt(text, secret=self._key, vault_id=self.vault_id or None)
        return encrypted

    def decrypt(self, content: bytes) -> bytes:
        """Decrypt a file in memory, whatever its label is.

        :raises AnsibleError: the password is wrong, or the content is damaged
        """
        label = parse_vaulttext_envelope(content, default_vault_id="default")[3]
        text: bytes = VaultLib([(label, self._key)]).decrypt(content)
        return text

    @property
    def _key(self) -> VaultSecret:
        return VaultSecret(self.password.reveal().encode("utf-8"))


class VaultFile(TokenFile):
    """A variables file that is encrypted with Ansible Vault, and holds the secret of one token in one variable.

    It belongs to the role, so other content is refused, and nothing is merged. The clear text is never on the disk. An
    existing file keeps its mode, owner and group.

    :param path: an absolute path
    :param variable: the name of the variable
    """

    def __init__(self, path: str, variable: str, vault: Vault, system: System = _SYSTEM) -> None:
        super().__init__(path, system=system, option="vault_file")
        self._variable = variable
        self._vault = vault
        self._encrypted: tuple[Secret, bytes] | None = None

    def inspect(self) -> Inspection:
        """Look at the file. The content that is found is the secret.

        :raises DeliveryError: it holds anything but the variable, or cannot be read or decrypted
        """
        content = self.content()
        secret = self._decrypted(content).encode("utf-8") if content is not None else None
        return Inspection(secret, self.attributes() or {}, self.wanted_attributes())

    def wanted_attributes(self) -> dict[str, t.Any]:
        """Return mode, owner and group as they will be: those of an existing file."""
        return self.attributes() or super().wanted_attributes()

    def _encoded(self, secret: Secret) -> bytes:
        # Each encryption has a salt of its own, and what was written has to be recognised later.
        if self._encrypted is None or self._encrypted[0] != secret:
            text = yaml_dump({self._variable: secret.reveal()}, width=2**20)
            self._encrypted = secret, self._vault.encrypt(text.encode("utf-8"))
        return self._encrypted[1]

    def _decrypted(self, content: bytes) -> str:
        if not is_encrypted(content):
            raise self._refusal("is not encrypted with Ansible Vault")
        try:
            text = self._vault.decrypt(content)
        except (AnsibleError, ValueError):  # their texts say no more
            raise self._refusal(
                "cannot be decrypted with api_tokens_vault_password", "Correct the password, choose"
            ) from None
        try:
            held = yaml_load(text)
        except Exception:  # noqa: BLE001 # an error of the parser shows a part of the content
            held = None
        if not isinstance(held, dict):
            raise self._refusal(f"does not hold the variable {self._variable}")
        others = sorted(str(name) for name in held if name != self._variable)
        if others:
            raise self._refusal(f"holds other variables than {self._variable}: {', '.join(others)}")
        value = held.get(self._variable)
        if not isinstance(value, str):
            raise self._refusal(f"holds no string in the variable {self._variable}")
        return value

    def _refusal(self, problem: str, remedy: str = "Choose") -> DeliveryError:
        return DeliveryError(
            f"vault_file {self.path} {problem}. It belongs to the role, and holds one variable for one token. Nothing was"
            f" changed. {remedy} another path, or move the file away."
        )
