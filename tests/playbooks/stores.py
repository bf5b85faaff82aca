# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for the collections of secret stores that the guides use: each store is a file."""

from __future__ import annotations

from pathlib import Path

#: Modules that read or write a secret, and lookups that read one: collection, name, and which argument holds the secret.
WRITERS = {
    "community.hashi_vault.vault_kv2_write": "args['data']['token']",
    "kubernetes.core.k8s": "args['definition']['stringData']['token']",
    "community.aws.secretsmanager_secret": "args['secret']",
    "community.general.github_secrets": "args['value']",
}
MODULE_READERS = {
    "kubernetes.core.k8s_info": "{'resources': [{'data': {'token': base64.b64encode(held.encode()).decode()}}] if held else []}",
}
LOOKUPS = {
    "community.hashi_vault.vault_kv2_get": "[{'secret': {'token': held}}] if held else []",
    "amazon.aws.secretsmanager_secret": "[held] if held else []",
}

_ACTION = """
import base64, os, pathlib
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    _supports_check_mode = {check_mode}

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        store, args = pathlib.Path({store!r}), self._task.args
        held = store.read_text() if store.exists() else ""
        {work}
"""
_WRITE = """if store.with_name("broken").exists():
            raise AnsibleActionFail("the store is broken")
        store.write_text(str({secret}))
        return {{"changed": True}}"""
_LOOKUP = """
import pathlib
from ansible.plugins.lookup import LookupBase

class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        store = pathlib.Path({store!r})
        held = store.read_text() if store.exists() else ""
        return {value}
"""


def install(collections: Path, store: Path) -> None:
    """Write the collections. All of them keep the secret in the file ``store``."""
    for name, secret in WRITERS.items():
        _write(collections, name, "action", _action(store, _WRITE.format(secret=secret), check_mode=False))
        _write(collections, name, "modules", "")
    for name, value in MODULE_READERS.items():
        _write(collections, name, "action", _action(store, f"return {value}", check_mode=True))
        _write(collections, name, "modules", "")
    for name, value in LOOKUPS.items():
        _write(collections, name, "lookup", _LOOKUP.format(store=str(store), value=value))


def _action(store: Path, work: str, *, check_mode: bool) -> str:
    return _ACTION.format(store=str(store), work=work, check_mode=check_mode)


def _write(collections: Path, name: str, kind: str, text: str) -> None:
    namespace, collection, plugin = name.split(".")
    directory = collections / "ansible_collections" / namespace / collection / "plugins" / kind
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{plugin}.py").write_text(text, encoding="utf-8")
