# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What the inventories share: cache, filters, unique names, variables, groups."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import typing as t
from collections.abc import Iterable, Mapping

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.losant.platform.plugins.module_utils._applications.names import begin_task
from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._common.version import VERSION
from ansible_collections.losant.platform.plugins.module_utils._module import runner
from ansible_collections.losant.platform.plugins.module_utils._module.connection import connection_spec
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Operation, Options
from ansible_collections.losant.platform.plugins.module_utils._module.results import Result

from ._host_names import safe_name, unique_names
from ._plugin import options_of, readable_errors, refuse_unknown, show_warnings

Variables = dict[str, t.Any]

#: Options that decide only how something is found, not what.
_MEANS = frozenset({*connection_spec(), "concurrency"}) - {"api_url", "losant_domain"}
_CONSTRUCTIONS = ("compose", "groups", "keyed_groups")
_FILTERS = ("include", "exclude")
_PREFIX = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_]*)?", re.ASCII)


class Entry(t.NamedTuple):
    """A host to be. ``id``: of the thing at Losant; ``name``: wished for; ``groups``: before they are sanitized."""

    id: str
    name: str
    variables: Variables
    groups: tuple[str, ...] = ()


class LosantInventory(BaseInventoryPlugin, Constructable, Cacheable):
    """An inventory plugin: it says what is read, and how that becomes hosts.

    ``operation``: reads what becomes hosts. Its result is kept in the cache, so it consists of JSON values.
    """

    operation: t.ClassVar[Operation]

    def wanted(self, options: Options) -> Options:
        """The options of the operation. A plugin that needs more than they say adds it."""
        return options

    def entries(self, found: Result) -> Iterable[Entry]:
        """The hosts to be, in their order."""
        raise NotImplementedError

    def verify_file(self, path: str) -> bool:
        """Whether the name of a file is one of this plugin: ``losant_devices.yml``, ``plant.losant_devices.yaml``."""
        kind = f"losant_{self.operation.name}"
        endings = tuple(f"{separator}{kind}.{ending}" for separator in "./" for ending in ("yml", "yaml"))
        return bool(super().verify_file(path)) and f"/{path}".endswith(endings)

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        """Add the hosts, with their variables and groups."""
        super().parse(inventory, loader, path, cache)
        with readable_errors(AnsibleParserError):
            refuse_unknown(self, self._read_config_data(path))
            self._check_options()
            options = self.wanted(options_of(self, self.operation, self.templar.template, written=True))
            self._add(self.entries(self._found(options, path, cache)))

    def render(self, template: str, variables: Variables) -> t.Any:
        """The value of a template of the user with some variables. None if it has none, unless ``strict``."""
        self.templar.available_variables = variables
        try:
            return self.templar.template(template)
        except AnsibleError as error:
            if self.get_option("strict"):
                raise AnsibleParserError(f"Could not evaluate {template!r}: {error}") from error
            return None

    def prefixed(self, values: Mapping[str, t.Any]) -> Variables:
        """The variables of a host."""
        prefix = self.get_option("hostvars_prefix")
        # The names are the same for thousands of hosts.
        return {sys.intern(f"{prefix}{name}"): value for name, value in values.items()}

    def _found(self, options: Options, path: str, cache: bool) -> Result:
        """What the operation finds, now or when it was cached."""
        is_cached = self.get_option("cache")
        key, question = self.get_cache_key(path), self._question(options)
        if is_cached and cache:
            found = self._from_cache(key, question)
            if found is not None:
                return found
        begin_task(None)
        result = self.operation.execute(options, True, runner.SYSTEM)
        show_warnings(result.pop("warnings", ()))
        if is_cached:
            # As one string: Ansible copies what it keeps, part by part.
            self._cache[key] = {"question": question, "found": json.dumps(result)}
        return result

    def _question(self, options: Options) -> str:
        """What decides about the result, without a secret. A cached result counts only for the same question."""
        asked = {name: value for name, value in options.items() if name not in _MEANS}
        return hashlib.sha256(json.dumps([VERSION, asked], sort_keys=True).encode()).hexdigest()

    def _from_cache(self, key: str, question: str) -> Result | None:
        try:
            kept = self._cache[key]
            if kept["question"] != question:
                return None
            found = json.loads(kept["found"])
            if not isinstance(found, dict):
                raise ValueError("it is not an object")
            return found
        except KeyError:
            return None
        except Exception as error:  # noqa: BLE001 # a cache can hold anything, and fail in any way
            show_warnings([f"The cache of this inventory cannot be used, so Losant is asked: {error}"])
            return None

    def _add(self, entries: Iterable[Entry]) -> None:
        wished = list(entries)
        names = unique_names({entry.id: safe_name(entry.name) or entry.id for entry in wished})
        groups: dict[str, str] = {}
        is_constructed = any(self.get_option(option) for option in _CONSTRUCTIONS)
        is_filtered = bool(self.get_option("filters"))
        for entry in wished:
            name = names[entry.id]
            if is_filtered and not self._is_included({**entry.variables, "inventory_hostname": name}, name):
                continue
            self.inventory.add_host(name)
            for group in entry.groups:
                if group not in groups:
                    groups[group] = self.inventory.add_group(self._sanitize_group_name(group))
                self.inventory.add_child(groups[group], name)
            for variable, value in entry.variables.items():
                self.inventory.set_variable(name, variable, value)
            if is_constructed:
                self._construct(name)

    def _construct(self, name: str) -> None:
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), self._vars_of(name), name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), self._vars_of(name), name, strict, False)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), self._vars_of(name), name, strict, False)

    def _vars_of(self, name: str) -> Variables:
        variables: Variables = self.inventory.get_host(name).get_vars()
        return variables

    def _check_options(self) -> None:
        if not _PREFIX.fullmatch(self.get_option("hostvars_prefix")):
            raise InvalidOptionError(
                "hostvars_prefix must be the beginning of the name of a variable.", option="hostvars_prefix"
            )
        for number, entry in enumerate(self.get_option("filters") or ()):
            if not isinstance(entry, Mapping) or len(entry) != 1 or not set(entry) <= set(_FILTERS):
                raise InvalidOptionError(f"filters[{number}] must have one key, include or exclude.", option="filters")

    def _is_included(self, variables: Variables, name: str) -> bool:
        """What the first filter says that matches. A host that none matches is included."""
        self.templar.available_variables = variables
        for entry in self.get_option("filters"):
            [(kind, condition)] = entry.items()
            try:
                if self.templar.evaluate_conditional(condition):
                    return bool(kind == "include")
            except AnsibleError as error:
                if self.get_option("strict"):
                    raise AnsibleParserError(
                        f"Could not evaluate the filter {condition!r} for {name}: {error}"
                    ) from error
        return True
