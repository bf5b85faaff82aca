# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Devices as hosts."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Iterator, Sequence

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.module_utils._devices.device import Device
from ansible_collections.losant.platform.plugins.module_utils._module.devices import DEVICES
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Options
from ansible_collections.losant.platform.plugins.module_utils._module.results import Result

from ._host_names import is_address, unique_names
from ._inventory import Entry, LosantInventory, Variables
from ._plugin import show_warnings

_FIELDS = ("name", "id")
_SOURCES = re.compile(r"(tag|attribute):(.+)", re.DOTALL)
#: Options that name a value, each a list of preferences.
_PREFERENCES = ("hostnames", "ansible_host")
_GROUPS = ("application", "device_class", "connection", "gateway", "tag")
_CONNECTIONS = {True: "connected", False: "disconnected", None: "unknown"}
#: Hosts that one warning names.
_SHOWN = 5
_NO_ADDRESS = (
    "The value for ansible_host is neither a host name nor an IP address, so it is not set for {} devices: {}."
)


class Preference(t.NamedTuple):
    """Where a value can come from: a field, a tag, the last value of an attribute, or a template."""

    kind: str
    argument: str


def preferences_of(option: str, texts: Iterable[str]) -> list[Preference]:
    """What an option prefers.

    :raises InvalidOptionError: it is unknown
    """
    found = []
    for text in texts:
        if text in _FIELDS:
            found.append(Preference("field", text))
        elif match := _SOURCES.fullmatch(text):
            found.append(Preference(match[1], match[2]))
        elif "{{" in text or "{%" in text:
            found.append(Preference("template", text))
        else:
            raise InvalidOptionError(
                f"{option} has {text!r}. Use name, id, tag:KEY, attribute:NAME or a template.", option=option
            )
    return found


def check_groups(group_by: Iterable[str]) -> None:
    """Refuse what no group can be made of.

    :raises InvalidOptionError: there is some
    """
    for kind in group_by:
        if kind not in _GROUPS and not kind.startswith("tag:"):
            raise InvalidOptionError(f"group_by has {kind!r}. Use {', '.join(_GROUPS)} or tag:KEY.", option="group_by")


def application_names(devices: Iterable[Device]) -> dict[str, str]:
    """What the groups of applications are named after, by their ids."""
    names = {device["application_id"]: device["application_name"] for device in devices}
    return unique_names({key: name or key for key, name in names.items()})


def groups_of(device: Device, group_by: Sequence[str], applications: dict[str, str]) -> Iterator[str]:
    """The groups of a device, before they are sanitized."""
    for kind in group_by:
        if kind == "application":
            yield f"application_{applications[device['application_id']]}"
        elif kind == "device_class":
            yield f"device_class_{device['device_class']}"
        elif kind == "connection":
            yield f"connection_{_CONNECTIONS[device['connected']]}"
        elif kind == "gateway":
            if device["gateway_id"] is not None:
                yield f"gateway_{device['gateway_id']}"
        else:
            wanted = kind.removeprefix("tag").removeprefix(":")
            for key, values in device["tag_values"].items():
                if wanted in ("", key):
                    yield from (f"tag_{key}_{value}" for value in values)


class DevicesInventory(LosantInventory):
    """The inventory ``devices``."""

    operation = DEVICES

    def wanted(self, options: Options) -> Options:
        """The options, with the values of attributes that names and addresses are taken from."""
        check_groups(self.get_option("group_by"))
        values = list(options["attribute_values"] or ())
        for option in _PREFERENCES:
            preferences = preferences_of(option, self.get_option(option))
            values += [argument for kind, argument in preferences if kind == "attribute" and argument not in values]
        return {**options, "attribute_values": values}

    def entries(self, found: Result) -> Iterator[Entry]:
        """One for each device."""
        devices, group_by = found["devices"], self.get_option("group_by")
        applications = application_names(devices)
        names, addresses = (preferences_of(option, self.get_option(option)) for option in _PREFERENCES)
        refused = []
        for device in devices:
            variables = self.prefixed(device)
            name = self._first(names, device, variables) or device["id"]
            address = self._first(addresses, device, variables)
            if address is not None and is_address(address):
                variables["ansible_host"] = address
            elif address is not None:
                refused.append(device["id"])
            yield Entry(device["id"], name, variables, tuple(groups_of(device, group_by, applications)))
        if refused:
            shown = ", ".join([*refused[:_SHOWN], *(["..."] if len(refused) > _SHOWN else [])])
            show_warnings([_NO_ADDRESS.format(len(refused), shown)])

    def _first(self, preferences: Iterable[Preference], device: Device, variables: Variables) -> str | None:
        """The first value that the device has."""
        for preference in preferences:
            value = self._value_of(preference, device, variables)
            if value is not None and str(value).strip():
                return str(value).strip()
        return None

    def _value_of(self, preference: Preference, device: Device, variables: Variables) -> t.Any:
        kind, argument = preference
        if kind == "field":
            return device[argument]
        if kind == "tag":
            return device["tags"].get(argument)
        if kind == "attribute":
            return device["attributes"].get(argument, {}).get("value")
        return self.render(argument, variables)
