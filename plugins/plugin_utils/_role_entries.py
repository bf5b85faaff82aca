# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What the variables of the role api_tokens declare. Pure: nothing is asked of Losant or of a host."""

from __future__ import annotations

import os
import re
import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._module.api_token import API_TOKEN
from ansible_collections.losant.platform.plugins.module_utils._module.application import APPLICATIONS
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import declaration_from

from ._vault_file import Vault

#: Options of the module that an entry takes, beside where the secret goes.
DECLARED = (
    "name",
    "state",
    "description",
    "status",
    "scope",
    "expiration_date",
    "expires_in",
    "rotate_before",
    "superseded",
    "superseded_after",
    "recreate",
    "verify",
    "staged",
    "held_token",
)
#: Those that a variable of the role sets for all entries, too.
ROLE_WIDE = ("expires_in", "rotate_before", "superseded", "superseded_after", "recreate", "verify")
#: How a token file is to be. They can differ from host to host, unlike all else.
OF_FILE = ("token_file", "owner", "group", "mode")

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class VaultPlace:
    """A vault file, by its absolute path, and the variable in it."""

    path: str
    variable: str


@dataclass(frozen=True)
class Entry:
    """One token, and where its secret goes: to a file on hosts, to a vault file, to tasks of the user, or to the result.

    ``options``: of the module api_token, validated; ``file``: path, owner, group and mode on ``hosts``.
    """

    name: str
    options: Mapping[str, t.Any]
    hosts: tuple[str, ...] = ()
    file: Mapping[str, t.Any] | None = None
    vault: VaultPlace | None = None
    to_tasks: bool = False

    @property
    def in_phases(self) -> bool:
        """Whether other tasks deliver the secret, between two phases."""
        return bool(self.hosts) or self.to_tasks

    def shared(self) -> tuple[t.Any, ...]:
        """What must be the same on every host, as one token is meant."""
        options = {option: value for option, value in self.options.items() if option != "held_token"}
        return (self.name, sorted(map(repr, options.items())), sorted(self.hosts), self.vault)


@dataclass(frozen=True)
class Settings:
    """Everything that the role is asked to do. ``tasks``: the path of the user's file of tasks."""

    entries: tuple[Entry, ...]
    vault: Vault | None = None
    tasks: str | None = None


def settings_from(variables: Mapping[str, t.Any], play_hosts: Sequence[str], directory: str) -> Settings:
    """Read the variables of the role.

    :param variables: those of the role, without their prefix
    :param play_hosts: all hosts of the play
    :param directory: where relative paths on the controller begin
    :raises InvalidOptionError: the entries cannot be meant; nothing was written
    """
    _check_application(variables)
    tasks = variables.get("deliver")
    reader = _Reader(variables, play_hosts, directory, tasks=bool(tasks))
    entries = tuple(map(reader.entry, variables.get("tokens") or []))
    _check_unique([(entry.name, f"the name {entry.name!r}") for entry in entries])
    vaults = [entry.vault for entry in entries if entry.vault is not None]
    _check_unique([(os.path.realpath(vault.path), f"vault_file {vault.path}") for vault in vaults])
    _check_unique([(vault.variable, f"the variable {vault.variable}") for vault in vaults])
    _check_unique(list(places_on_hosts(entries)))
    path = _on_controller(str(tasks), directory) if tasks else None
    if path is not None and not os.path.isfile(path):
        raise _refusal(f"api_tokens_deliver is {path}, which is not a file.")
    return Settings(entries, _vault_from(variables) if vaults else None, path)


def places_on_hosts(entries: Sequence[Entry]) -> Iterator[tuple[t.Any, str]]:
    """Each token file with what messages call it."""
    for entry in entries:
        if entry.file is not None:
            path = os.path.normpath(entry.file["path"])
            yield from (((host, path), f"token_file {path} on {host}") for host in entry.hosts)


def _check_unique(declared: Sequence[tuple[t.Any, str]]) -> None:
    """Refuse two entries for one thing. Each is given with what messages call it."""
    seen = set()
    for key, label in declared:
        if key in seen:
            raise _refusal(f"Two entries of api_tokens_tokens have {label}. One of the two secrets would be lost.")
        seen.add(key)


def _vault_from(variables: Mapping[str, t.Any]) -> Vault:
    password = str(variables.get("vault_password") or "")
    if not password.strip():
        raise _refusal("An entry has vault_file, and api_tokens_vault_password is not set or empty.")
    return Vault(Secret(password), str(variables.get("vault_id") or ""))


class _Reader:
    """Reads entries, in the light of what is set for all of them."""

    def __init__(
        self, variables: Mapping[str, t.Any], play_hosts: Sequence[str], directory: str, *, tasks: bool
    ) -> None:
        self._variables = variables
        self._play_hosts = play_hosts
        self._directory = directory
        self._tasks = tasks

    def entry(self, declared: Mapping[str, t.Any]) -> Entry:
        """Read one entry."""
        given = {option: value for option, value in declared.items() if value is not None}
        name = str(given.get("name", ""))
        try:
            _check_places(given)
            options = self._options(given)
            declaration_from(options)
        except LosantError as error:
            raise _refusal(f"The entry {name!r} of api_tokens_tokens: {error}") from None
        if "token_file" in given:
            file = {"path": str(given["token_file"]), "owner": None, "group": None, "mode": "0600"}
            file.update({option: given[option] for option in OF_FILE[1:] if option in given})
            return Entry(name, options, self._hosts(name, given), file)
        if "vault_file" in given:
            return Entry(name, options, vault=self._vault_place(name, given))
        return Entry(name, options, to_tasks=self._tasks)

    def _options(self, given: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
        wide = {option: self._variables.get(option) for option in ROLE_WIDE}
        if given.get("expiration_date") is not None:
            del wide["expires_in"]
        options = {option: value for option, value in wide.items() if value is not None}
        options.update({option: given[option] for option in DECLARED if option in given})
        options.update({option: self._variables[option] for option in APPLICATIONS if self._variables.get(option)})
        checked = ModuleArgumentSpecValidator(dict(API_TOKEN.spec), **API_TOKEN.restrictions).validate(options)
        if checked.error_messages:
            raise InvalidOptionError(f"{checked.errors.msg}.")
        validated: Mapping[str, t.Any] = checked.validated_parameters
        return validated

    def _hosts(self, name: str, given: Mapping[str, t.Any]) -> tuple[str, ...]:
        value = given.get("hosts")
        if value is None:
            return tuple(self._play_hosts)
        hosts = [host.strip() for host in value.split(",")] if isinstance(value, str) else list(map(str, value))
        if not hosts:
            raise _refusal(f"The entry {name!r} of api_tokens_tokens has an empty list of hosts.")
        unknown = [host for host in hosts if host not in self._play_hosts]
        if unknown:
            raise _refusal(
                f"The entry {name!r} of api_tokens_tokens names hosts that are not in the play: {', '.join(unknown)}."
            )
        return tuple(dict.fromkeys(hosts))

    def _vault_place(self, name: str, given: Mapping[str, t.Any]) -> VaultPlace:
        default = re.sub(r"[^a-z0-9_]", "_", name.lower()) + "_token"
        variable = str(given.get("vault_variable") or default)
        if not _VARIABLE.fullmatch(variable):
            raise _refusal(
                f"The entry {name!r} of api_tokens_tokens has the variable {variable!r}, which no variable can be named."
                " Set vault_variable."
            )
        return VaultPlace(_on_controller(str(given["vault_file"]), self._directory), variable)


def _check_application(variables: Mapping[str, t.Any]) -> None:
    given = [option for option in APPLICATIONS if variables.get(option)]
    if len(given) != 1:
        problem = "are mutually exclusive. Set one of them" if given else "are not set. Set one of them"
        raise _refusal(f"api_tokens_application_id and api_tokens_application {problem}.")


def _check_places(given: Mapping[str, t.Any]) -> None:
    places = [option for option in ("token_file", "vault_file", "held_token") if option in given]
    if len(places) > 1:
        raise InvalidOptionError(f"{' and '.join(places)} are mutually exclusive.")
    for place, options in (("token_file", (*OF_FILE[1:], "hosts")), ("vault_file", ("vault_variable",))):
        without = [option for option in options if option in given and place not in given]
        if without:
            raise InvalidOptionError(f"{without[0]} needs {place}.")


def _on_controller(path: str, directory: str) -> str:
    return os.path.normpath(os.path.join(directory, os.path.expanduser(path)))


def _refusal(text: str) -> InvalidOptionError:
    return InvalidOptionError(f"{text} {_NOTHING_CHANGED}")
