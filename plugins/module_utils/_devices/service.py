# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Ensure that one device is as declared."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.losant.platform.plugins.module_utils._client.errors import Effect, RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError

from .api import DeviceApi
from .declaration import DeviceDeclaration
from .device import Device, label_of
from .names import devices_named, devices_with_ids
from .plan import Change, DeviceError, check_data_types, check_unique, planned

#: What Losant makes of a device without a class is not documented, so it is always sent.
_DEFAULT_CLASS = "standalone"


class DeviceConflictError(LosantError):
    """A concurrent run created a device of the same name, and was first."""

    kind = "conflict"


@dataclass(frozen=True)
class Outcome:
    """The device before and after the task; None if it does not exist."""

    before: Device | None
    after: Device | None
    warnings: tuple[str, ...] = ()


def ensure_device(declared: DeviceDeclaration, api: DeviceApi, *, absent: bool, dry: bool) -> Outcome:
    """Read, compare, and unless it is a dry run, write.

    :raises DeviceError: the declaration cannot be met
    """
    device = _existing(declared, api, absent=absent)
    if absent:
        if device is not None and not dry:
            api.delete(device)
        return Outcome(device, None)
    if device is None:
        return _created(declared, api, dry=dry)
    change = planned(declared, device)
    check_data_types(change)
    if dry or not change.body:
        return Outcome(device, change.after)
    return Outcome(device, api.patch(device, change.body))


def _existing(declared: DeviceDeclaration, api: DeviceApi, *, absent: bool) -> Device | None:
    if declared.device_id is None:
        name = t.cast("str", declared.name)
        return check_unique(name, devices_named(api, [name]).get(name, ()))
    device = devices_with_ids(api, [declared.device_id]).get(declared.device_id)
    if device is None and not absent:
        raise DeviceError(
            f"No device has the id {declared.device_id}. Losant chooses the ids, so a device cannot be created with a given"
            " one. Correct device_id, or declare the device by name alone."
        )
    return device


def _created(declared: DeviceDeclaration, api: DeviceApi, *, dry: bool) -> Outcome:
    change = planned(declared, None)
    body = {"deviceClass": _DEFAULT_CLASS, **change.body}
    check_data_types(change)
    if dry:
        return Outcome(None, {**change.after, "device_class": body["deviceClass"]})
    try:
        device = api.create(body)
    except RequestError as error:
        if error.effect is Effect.NONE:
            raise
        failure = error
    else:
        return Outcome(None, device, _check_alone(device, api))
    return _appeared(declared, api, failure)


def _appeared(declared: DeviceDeclaration, api: DeviceApi, failure: RequestError) -> Outcome:
    """Look for a device whose response was lost. It has no secret, so whoever created it, it is the declared one."""
    name = t.cast("str", declared.name)
    try:
        found = devices_named(api, [name]).get(name, [])
    except RequestError:
        found = []
    if len(found) == 1 and not planned(declared, found[0]).body:
        return Outcome(None, found[0])
    text = f"Losant may still create the device {name!r}, although its response was lost."
    failure.warnings = (f"{text} Run the task again: it finds the device, or creates it.",)
    raise failure


def _check_alone(device: Device, api: DeviceApi) -> tuple[str, ...]:
    """Give way to a concurrent run that created a device of the same name earlier."""
    try:
        others = [
            other
            for other in devices_named(api, [device["name"]]).get(device["name"], [])
            if other["id"] != device["id"]
        ]
    except RequestError as error:
        return (f"The check for a concurrent run failed: {error}",)
    first = [other for other in others if _age(other) < _age(device)]
    if not first:
        return tuple(f"Another {label_of(other)} appeared meanwhile. Delete one of the two." for other in others)
    api.delete(device)
    raise DeviceConflictError(
        f"A concurrent run created {label_of(first[0])}, too, and was first, so this task deleted its own device. Run it"
        " again: it finds the other one.",
        ids=[other["id"] for other in first],
    )


def _age(device: Device) -> tuple[str, str]:
    return (device["creation_date"] or "", device["id"])


__all__ = ["Change", "Outcome", "ensure_device"]
