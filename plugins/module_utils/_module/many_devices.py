# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._devices.api import DeviceApi
from ansible_collections.losant.platform.plugins.module_utils._devices.names import known_devices
from ansible_collections.losant.platform.plugins.module_utils._devices.service import Outcome, ensure_devices
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive

from .application import for_application, owner_of
from .batch import each_entry, failure_of_many
from .connection import checked_concurrency, connected
from .device import device_spec, given, outcome_result
from .operation import Operation, Options, Spec
from .results import Result, with_remarks


def many_devices_spec() -> Spec:
    """The options of ``devices`` beside those of the connection and of the application."""
    return {
        "devices": {"type": "list", "elements": "dict", "required": True, "options": device_spec()},
        "concurrency": {"type": "int", "default": 4},
    }


def ensure_many_devices(options: Options, check_mode: bool, system: System) -> Result:
    """Ensure that many devices are as declared, and return the module's result."""
    entries = options["devices"]
    _check_selected(entries)
    wanted = each_entry(entries, "devices", "device_id", lambda _index, entry: given(entry))
    workers = checked_concurrency(options)
    with connected(options, read_only=check_mode, system=system) as connection:
        owner = owner_of(options, connection)
        api = DeviceApi(connection.client, owner.id, workers)
        known = known_devices(api, [value for one in wanted for value in one.related])
        declared = each_entry(entries, "devices", "device_id", lambda index, _entry: wanted[index].declaration(known))
        with exclusive(options["api_url"], owner.id, None, dry=check_mode, system=system) as note:
            outcomes = ensure_devices(declared, api, workers=workers, dry=check_mode)
    return with_remarks(_result(entries, outcomes, owner.id), connection.client.warnings(), note)


def _check_selected(entries: list[Options]) -> None:
    """Refuse entries that concern the same device, or none."""
    seen: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(entries):
        selector = ("device_id", entry["device_id"]) if entry["device_id"] is not None else ("name", entry["name"])
        if selector[1] is None:
            raise InvalidOptionError(
                f"Entry {index} of devices needs name or device_id.", option="devices", index=index
            )
        other = seen.setdefault(
            (selector[0], selector[1].lower() if selector[0] == "device_id" else selector[1]), index
        )
        if other != index:
            raise InvalidOptionError(
                f"Entries {other} and {index} of devices concern the same device: {selector[0]} {selector[1]!r}. Nothing was"
                " changed. Declare each only once.",
                option="devices",
                index=index,
            )


def _result(entries: list[Options], outcomes: list[Outcome | LosantError], application_id: str) -> Result:
    results, errors = [], []
    for index, (entry, outcome) in enumerate(zip(entries, outcomes)):
        if isinstance(outcome, LosantError):
            subject = {"index": index, "name": entry["name"], "device_id": entry["device_id"]}
            warnings = list(outcome.warnings)
            errors.append({**subject, "msg": str(outcome), "failure": outcome.failure, "warnings": warnings})
        else:
            results.append({**outcome_result(outcome, application_id), "name": entry["name"]})
    changed = [result for result in results if result["changed"]]
    warnings = [text for result in (*results, *errors) for text in result.pop("warnings")]
    whole: Result = {
        "changed": bool(changed),
        "devices": [result["device"] for result in results if result["device"] is not None],
        "created": [result["device"]["name"] for result in results if result["created"]],
        "diff": [
            {**result["diff"], "before_header": result["name"], "after_header": result["name"]} for result in changed
        ],
        "errors": errors,
        "warnings": list(dict.fromkeys(warnings)),
    }
    return {**whole, **failure_of_many(errors, len(entries), "device_id", "devices")} if errors else whole


DEVICES_MODULE = for_application(Operation("devices", ensure_many_devices, many_devices_spec(), {}))
