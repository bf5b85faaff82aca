# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import hashlib
from functools import cached_property

from ansible.errors import AnsibleError

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._module.application import APPLICATIONS
from ansible_collections.losant.platform.plugins.module_utils._module.connection import connection_spec
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Options

from ._action import LosantAction
from ._role_entries import ROLE_WIDE, Entry, Settings, settings_from
from ._role_records import Record, Records, optional_secret, secret_from
from ._role_tokens import Tokens, found_on

#: The variables of the role that a step reads, without their prefix.
VARIABLES = (*APPLICATIONS, "tokens", "deliver", "vault_password", "vault_id", *ROLE_WIDE)


class RoleTask(LosantAction):
    """What a task of the role api_tokens knows: the variables of the role, and what earlier tasks have left."""

    _check_mode: bool
    _system: System
    _options: Options

    def _open(self, entry: Entry) -> Destination:
        file = entry.file or {}
        return self.files(self._system).open(file["path"], file["owner"], file["group"], file["mode"])

    def _found(self, entry: Entry) -> dict[str, Record]:
        return found_on(entry, self._all_found)

    def _takes_part(self, host: str) -> bool:
        """Whether a host runs the role. With run_once, one has registered a result for all."""
        return self._records.of(host, "check").get("host") == host

    def _of_leader(self, task: str) -> Record:
        return self._records.of(self._leader, task)

    def _runs_on_host(self) -> bool:
        return False

    def _seen_on(self, host: str, entry: Entry) -> str | None:
        """The id of the token whose secret was in a file."""
        item = self._records.by_served([self._host], "found").get(host, {})
        token_id: str | None = item.get("places", {}).get(entry.name, {}).get("token_id")
        return token_id

    @property
    def _host(self) -> str:
        return str(self._variables["inventory_hostname"])

    @cached_property
    def _leader(self) -> str:
        return str(self._records.of(self._host, "share")["leader"])

    @cached_property
    def _plan_of_leader(self) -> Record:
        return self._of_leader("plan")

    @cached_property
    def _applied(self) -> Record:
        tokens: Record = self._of_leader("applied").get("tokens", {})
        return tokens

    @cached_property
    def _taking_part(self) -> list[str]:
        batch = list(self._variables["ansible_play_batch"])
        return [host for host in batch if self._records.of(host, "share").get("leader") == self._leader]

    @cached_property
    def _run(self) -> str:
        if self._options["step"] == "check":
            return str(self._task._uuid)
        registered = self._variables.get("api_tokens_check") or {}
        if "run" not in registered:
            raise InvalidOptionError("api_tokens_step belongs to the role api_tokens. Use the role.")
        return str(registered["run"])

    @cached_property
    def _records(self) -> Records:
        return Records(self._variables["hostvars"], self._run)

    @cached_property
    def _all_found(self) -> dict[str, Record]:
        return self._records.by_served(self._taking_part, "found")

    @cached_property
    def _settings(self) -> Settings:
        variables, templar = self._variables, self._templar
        served = self._options.get("host")
        others = variables.get("ansible_delegated_vars", {}).get(served)
        if others is not None:
            # Ansible sets the name of the delegating host here. The variables are to mean what they mean on the host itself.
            variables = {**others, "inventory_hostname": served}
            templar = templar.copy_with_new_env(available_variables=variables)
        given = {name: variables[f"api_tokens_{name}"] for name in VARIABLES if f"api_tokens_{name}" in variables}
        try:
            values = {name: templar.template(value) for name, value in given.items()}
        except AnsibleError as error:
            raise InvalidOptionError(f"A variable of the role cannot be used: {error}") from None
        hosts, directory = self._variables["ansible_play_hosts_all"], self._variables["playbook_dir"]
        return settings_from(values, list(hosts), str(directory))

    @cached_property
    def _digest(self) -> str:
        """What must be the same on all hosts."""
        shared = repr([entry.shared() for entry in self._settings.entries])
        return hashlib.sha256(shared.encode()).hexdigest()

    @cached_property
    def _tokens(self) -> Tokens:
        return self._tokens_with(self._system)

    def _tokens_with(self, system: System) -> Tokens:
        connection = {name: self._options[name] for name in connection_spec()}
        return Tokens(self._settings, connection, system, check_mode=self._check_mode)

    def _secret_for(self, entry: Entry) -> Secret | None:
        """The secret to write: of the new token, or what another host holds."""
        prepared = self._applied.get(entry.name, {}).get("secret")
        if prepared is not None:
            return secret_from(prepared)
        holder = self._plan_of_leader["tokens"][entry.name].get("holder")
        read = self._records.by_served([self._leader], "read").get(holder, {})
        return optional_secret(read.get("places", {}).get(entry.name, {}).get("secret"))
