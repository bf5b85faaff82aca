# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is declared of whatever device: what is planned makes it so, and a second plan is empty."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as some

from ansible_collections.losant.platform.plugins.module_utils._devices.declaration import DeviceDeclaration
from ansible_collections.losant.platform.plugins.module_utils._devices.device import device_from_api
from ansible_collections.losant.platform.plugins.module_utils._devices.plan import DeviceError, planned

ID = "a" * 24
IDS = some.sampled_from([ID, "b" * 24])
TEXTS = some.sampled_from(["", "a", "b"])
KEYS = some.sampled_from(["a", "b"])
VALUES = some.lists(some.sampled_from(["x", "y", "z"]), max_size=3, unique=True)
ATTRIBUTE_TAGS = some.dictionaries(KEYS, some.sampled_from(["x", "y"]), max_size=2)

DECLARED = some.builds(
    DeviceDeclaration,
    name=some.just("press"),
    description=some.none() | TEXTS,
    device_class=some.sampled_from([None, "standalone", "gateway"]),
    tags=some.none() | some.dictionaries(KEYS, VALUES),
    attributes=some.none()
    | some.dictionaries(
        KEYS,
        some.fixed_dictionaries(
            {"data_type": some.sampled_from(["string", "number"])},
            optional={"content_type": TEXTS, "description": TEXTS, "tags": ATTRIBUTE_TAGS},
        ),
    ),
    gateway_id=some.none() | IDS,
    parent_id=some.none() | IDS | some.just(""),
    system_interval=some.sampled_from([None, 5, 60]),
    keep_duplicates=some.none() | some.booleans(),
    purge_tags=some.booleans(),
    purge_attributes=some.booleans(),
)
#: A device as Losant shows it, which leaves out what is not set, or shows it as null or empty.
EXISTING = some.fixed_dictionaries(
    {"id": some.just(ID), "name": some.sampled_from(["press", "other"])},
    optional={
        "description": some.none() | TEXTS,
        "deviceClass": some.sampled_from(["standalone", "gateway", "system"]),
        "tags": some.lists(some.fixed_dictionaries({"key": KEYS, "value": some.sampled_from(["x", "y"])}), max_size=4),
        "attributes": some.lists(
            some.fixed_dictionaries(
                {"name": KEYS, "dataType": some.sampled_from(["string", "number"])},
                optional={
                    "contentType": TEXTS,
                    "description": TEXTS,
                    "attributeTags": ATTRIBUTE_TAGS,
                    "system": some.just({"aggregation": "SUM"}),
                },
            ),
            unique_by=lambda attribute: str(attribute["name"]),
        ),
        "gatewayId": some.none() | IDS,
        "parentId": some.none() | IDS,
        "systemInterval": some.none() | some.sampled_from([5, 60]),
        "keepDuplicates": some.none() | some.booleans(),
    },
)


def filled(device: dict[str, Any]) -> dict[str, Any]:
    """The attributes without fields that are empty, which are the same as none."""
    return {name: {k: v for k, v in one.items() if v} for name, one in device["attributes"].items()}


@given(declared=DECLARED, existing=some.none() | EXISTING)
def test_a_plan_is_carried_out_once(declared: DeviceDeclaration, existing: dict[str, Any] | None) -> None:
    before = device_from_api(existing) if existing is not None else None
    change = planned(declared, before)
    after = device_from_api({"id": ID, **(existing or {}), **change.body})
    assert planned(declared, after).body == {}
    # Check mode predicts the same device.
    assert {**change.after, "id": ID, "attributes": filled(change.after)} == {**after, "attributes": filled(after)}


@given(existing=EXISTING, tags=some.dictionaries(KEYS, VALUES))
def test_the_rest_is_left_alone(existing: dict[str, Any], tags: dict[str, list[str]]) -> None:
    change = planned(DeviceDeclaration(name=existing["name"], tags=tags), device_from_api(existing))
    assert set(change.body) <= {"tags"}
    assert change.fields == list(change.body)
    assert planned(DeviceDeclaration(), device_from_api(existing)).body == {}


@given(existing=EXISTING, own=some.dictionaries(KEYS, some.just({"description": "new"}), min_size=1))
def test_what_is_not_declared_of_attributes_is_sent_again(existing: dict[str, Any], own: dict[str, Any]) -> None:
    """PATCH replaces all attributes, so also those that are not declared are in it."""
    was = {attribute["name"]: attribute for attribute in existing.get("attributes", ())}
    declared = DeviceDeclaration(attributes=own)
    try:
        change = planned(declared, device_from_api(existing))
    except DeviceError:
        assert set(own) - set(was)
        return
    assume("attributes" in change.body)
    for attribute in change.body["attributes"]:
        kept = {field: value for field, value in was[attribute["name"]].items() if value}
        assert attribute == {**kept, **own.get(attribute["name"], {})}
    assert [attribute["name"] for attribute in change.body["attributes"]] == list(was)
