# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Ensure that devices are as declared: one reading for all, and then a write for each that differs."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.losant.platform.plugins.module_utils._client.concurrency import concurrently
from ansible_collections.losant.platform.plugins.module_utils._client.errors import Effect, RequestError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError, as_losant_error

from .api import DeviceApi
from .declaration import DeviceDeclaration
from .device import Device, label_of
from .names import devices_named, devices_with_ids
from .plan import Change, DeviceError, check_unique, planned


class DeviceConflictError(LosantError):
    """A concurrent run created a device of the same name, and was first."""

    kind = "conflict"


class UnfinishedDeviceError(LosantError):
    """A device was created, and is not as declared."""

    kind = "unfinished"


@dataclass(frozen=True)
class Outcome:
    """The device before and after the task; None if it does not exist. ``fields``: those that the task changed."""

    before: Device | None
    after: Device | None
    fields: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def creates(self) -> bool:
        """Whether the task created the device, or would."""
        return self.before is None and self.after is not None

    @property
    def deletes(self) -> bool:
        """Whether the task deleted the device, or would."""
        return self.before is not None and self.after is None


def ensure_devices(
    declared: t.Sequence[DeviceDeclaration], api: DeviceApi, *, workers: int, dry: bool
) -> list[Outcome | LosantError]:
    """Read, compare, and unless it is a dry run, write. An error of one device ends no other.

    :param workers: how many requests are sent at the same time
    :raises LosantError: the devices could not be read
    """
    named = devices_named(api, [one.name for one in declared if one.device_id is None and one.name is not None])
    ids = [one.device_id for one in declared if one.device_id is not None]
    by_id = devices_with_ids(api, ids) if ids else {}

    def attempt(one: DeviceDeclaration) -> Outcome | LosantError:
        try:
            return _ensured(one, _existing(one, named, by_id), api, dry=dry)
        except BaseException as error:  # noqa: BLE001 # it concerns this device alone, whatever it is
            return as_losant_error(error)

    outcomes = list(concurrently(attempt, declared, workers))
    return outcomes if dry else _without_doubles(outcomes, api)


def _existing(
    declared: DeviceDeclaration, named: t.Mapping[str, t.Sequence[Device]], by_id: t.Mapping[str, Device]
) -> Device | None:
    if declared.device_id is None:
        name = t.cast("str", declared.name)
        return check_unique(name, named.get(name, ()))
    device = by_id.get(declared.device_id)
    if device is None and not declared.absent:
        raise DeviceError(
            f"No device has the id {declared.device_id}. Losant chooses the ids, so a device cannot be created with a given"
            " one. Correct device_id, or declare the device by name alone."
        )
    return device


def _ensured(declared: DeviceDeclaration, device: Device | None, api: DeviceApi, *, dry: bool) -> Outcome:
    if declared.absent:
        if device is not None and not dry:
            api.delete(device)
        return Outcome(device, None)
    change = planned(declared, device)
    after = device if device is not None and not change.body else _written(declared, device, change, api, dry=dry)
    return Outcome(device, after, tuple(change.fields), _differences(declared, after))


def _written(
    declared: DeviceDeclaration, device: Device | None, change: Change, api: DeviceApi, *, dry: bool
) -> Device:
    if dry:
        return change.after
    if device is not None:
        return api.patch(device, change.body)
    created = _created(declared, change.body, api)
    if created["name"] != declared.name:
        # It would not be found by the declared name, so each run would create one more.
        raise UnfinishedDeviceError(
            f"The name {declared.name!r} was sent, and Losant created {label_of(created)}. {_deleted_again(created, api)}"
            " Declare the name that Losant uses.",
            ids=[created["id"]],
        )
    return created


def _deleted_again(device: Device, api: DeviceApi) -> str:
    """Delete a new device that must not stay, and say what became of it."""
    try:
        api.delete(device)
    except LosantError as error:
        return f"It still exists: {error} Delete it."
    return "It was deleted again."


def _differences(declared: DeviceDeclaration, device: Device) -> tuple[str, ...]:
    """A warning about what Losant did not set as it was sent."""
    differing = planned(declared, device).fields
    if not differing:
        return ()
    return (f"Losant did not set {' and '.join(differing)} of {label_of(device)} as declared, and reported no error.",)


def _created(declared: DeviceDeclaration, body: dict[str, t.Any], api: DeviceApi) -> Device:
    """Create the device. It has no secret, so after a lost response a device that is as declared is the declared one."""
    try:
        return api.create(body)
    except RequestError as error:
        if error.effect is Effect.NONE:
            raise
        failure = error
    name = body["name"]
    try:
        found = devices_named(api, [name]).get(name, [])
    except RequestError:
        found = []
    if len(found) == 1 and not planned(declared, found[0]).body:
        return found[0]
    if found:
        ids = [device["id"] for device in found]
        raise UnfinishedDeviceError(
            f"{failure} Meanwhile a device named {name!r} appeared that is not as declared, or more than one:"
            f" {', '.join(ids)}. Delete what is not needed, and run the task again.",
            cause=failure.failure,
            ids=ids,
        )
    text = f"Losant may still create the device {name!r}, although its response was lost."
    failure.warnings = (f"{text} Run the task again: it finds the device, or creates it.",)
    raise failure


def _without_doubles(outcomes: list[Outcome | LosantError], api: DeviceApi) -> list[Outcome | LosantError]:
    """Look once for devices that concurrent runs created under the names of new ones. Whoever was first wins."""
    created = [one.after for one in outcomes if isinstance(one, Outcome) and one.creates and one.after is not None]
    if not created:
        return outcomes
    try:
        named = devices_named(api, [device["name"] for device in created])
    except RequestError as error:
        warning = f"The check for a concurrent run failed: {error}"
        return [_warned(one, warning) if isinstance(one, Outcome) and one.creates else one for one in outcomes]
    return [
        _alone(one, one.after, named.get(one.after["name"], ()), api)
        if isinstance(one, Outcome) and one.creates and one.after is not None
        else one
        for one in outcomes
    ]


def _alone(outcome: Outcome, mine: Device, named: t.Sequence[Device], api: DeviceApi) -> Outcome | LosantError:
    others = [other for other in named if other["id"] != mine["id"]]
    first = [other for other in others if _age(other) < _age(mine)]
    if not first:
        return _warned(
            outcome, *(f"Another {label_of(other)} appeared meanwhile. Delete one of the two." for other in others)
        )
    return DeviceConflictError(
        f"A concurrent run created {label_of(first[0])}, too, and was first. This task created {label_of(mine)}."
        f" {_deleted_again(mine, api)} Run the task again: it finds the other one.",
        ids=[other["id"] for other in first],
    )


def _warned(outcome: Outcome, *warnings: str) -> Outcome:
    return replace(outcome, warnings=(*outcome.warnings, *warnings))


def _age(device: Device) -> tuple[str, str]:
    return (device["creation_date"] or "", device["id"])
