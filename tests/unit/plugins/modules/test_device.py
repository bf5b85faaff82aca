# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device`` creates, changes and deletes devices."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._module import device as module
from ansible_collections.losant.platform.tests.support.times import EARLIER
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import UNKNOWN_ID, bodies, methods, writes

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule
    from losant_sandbox.client import Json, Sandbox

GATE, HALL = "aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbb"
#: What only Losant knows of a device that is yet to be created.
BY_LOSANT = ("id", "device_id", "creation_date", "last_updated", "ancestor_ids")
#: A device with all that a task can declare.
WHOLE: dict[str, Any] = {
    "name": "press",
    "description": "In hall 4",
    "device_class": "peripheral",
    "tags": {"site": "berlin", "rack": ["a", "b"]},
    "attributes": [
        {"name": "temperature", "data_type": "number", "description": "Inside", "tags": {"unit": "C"}},
        {"name": "picture", "data_type": "blob", "content_type": "image/png"},
    ],
    "gateway": "gate",
    "parent": "hall",
    "system_interval": 60,
    "keep_duplicates": True,
}
#: Single options that a second run must find as declared, too. None of them is in the response to POST.
EMPTY: list[dict[str, Any]] = [
    {},
    {"description": ""},
    {"tags": {}},
    {"tags": {"site": []}},
    {"attributes": []},
    {"attributes": [{"name": "a", "data_type": "string", "description": "", "content_type": "", "tags": {}}]},
    {"gateway": ""},
    {"parent": ""},
    {"keep_duplicates": False},
    {"tags": {"n": 5, "repeated": ["x", "x"]}},
]


class Device(Protocol):
    """Runs ``device``: its result, whether it fails or not. ``name`` is ``press`` unless it is given."""

    def __call__(self, *, _check: bool = False, **options: Any) -> Result: ...


@pytest.fixture
def device(run_module: RunModule) -> Device:
    def run(*, _check: bool = False, **options: Any) -> Result:
        result = run_module("device", _check=_check, **{"name": "press", **options})
        if _check:
            return result
        assert result.get("failed") or options.get("state") == "absent" or result["device"]["id"]
        return result

    return run


@pytest.fixture(autouse=True)
def others(sandbox: Sandbox) -> None:
    """A gateway and a system, which are older than what a task creates."""
    sandbox.seed(
        devices=[
            {"id": GATE, "name": "gate", "deviceClass": "gateway", "creationDate": EARLIER},
            {"id": HALL, "name": "hall", "deviceClass": "system", "creationDate": EARLIER},
        ]
    )


def seeded(sandbox: Sandbox, **fields: Any) -> Json:
    return sandbox.seed(devices=[{"name": "press", "creationDate": EARLIER, **fields}])["devices"][0]


def existing(sandbox: Sandbox, name: str = "press") -> list[Json]:
    return [one for one in sandbox.devices() if one["name"] == name and "deletedAt" not in one]


def predictable(result: Result) -> Result:
    """A result without what only Losant can know."""
    shown = result["device"] and {key: value for key, value in result["device"].items() if key not in BY_LOSANT}
    return {**result, "device": shown}


def test_a_device_with_all_its_fields_is_created_once(sandbox: Sandbox, device: Device) -> None:
    result = device(**WHOLE)
    [body] = bodies(sandbox, "POST")
    assert body == {
        "name": "press",
        "description": "In hall 4",
        "deviceClass": "peripheral",
        "tags": [
            {"key": "site", "value": "berlin"},
            {"key": "rack", "value": "a"},
            {"key": "rack", "value": "b"},
        ],
        "attributes": [
            {
                "name": "temperature",
                "dataType": "number",
                "description": "Inside",
                "attributeTags": {"unit": "C"},
            },
            {"name": "picture", "dataType": "blob", "contentType": "image/png"},
        ],
        "gatewayId": GATE,
        "parentId": HALL,
        "systemInterval": 60,
        "keepDuplicates": True,
    }
    assert (result["changed"], result["created"], result["warnings"]) == (True, True, [])
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"]["tags"] == {"site": ["berlin"], "rack": ["a", "b"]}
    assert set(result["changed_fields"]) == set(result["diff"]["after"]) - {"id"}
    [created] = existing(sandbox)
    assert (result["device"]["id"], result["device"]["application_id"]) == (created["id"], sandbox.application_id)
    sandbox.clear_requests()
    again = device(**WHOLE)
    assert (again["changed"], again["created"], again["changed_fields"]) == (False, False, [])
    assert again["diff"]["before"] == again["diff"]["after"]
    assert again["device"] == result["device"]
    # One for the names of the gateway and the system, and one for the device.
    assert methods(sandbox) == ["GET", "GET"]


@pytest.mark.parametrize("options", EMPTY, ids=str)
def test_a_second_run_writes_nothing(sandbox: Sandbox, device: Device, options: dict[str, Any]) -> None:
    assert device(**options)["created"]
    sandbox.clear_requests()
    assert device(**options)["changed"] is False
    # What is cleared of an existing device, too, is cleared once.
    seeded(
        sandbox, name="other", description="d", parentId=HALL, keepDuplicates=True, tags=[{"key": "a", "value": "b"}]
    )
    device(**options, name="other")
    assert device(**options, name="other")["changed"] is False


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        (None, WHOLE),
        (None, {}),
        ({"description": "old", "tags": [{"key": "site", "value": "lyon"}]}, {**WHOLE, "description": ""}),
        ({}, {"state": "absent"}),
        ({}, {}),
        (None, {"state": "absent"}),
    ],
    ids=["create", "create the least", "change", "delete", "leave", "nothing to delete"],
)
def test_check_mode_predicts(
    sandbox: Sandbox, device: Device, fields: dict[str, Any] | None, options: dict[str, Any]
) -> None:
    if fields is not None:
        seeded(sandbox, deviceClass="peripheral", **fields)
    before = sandbox.devices()
    predicted = device(**options, _check=True)
    assert sandbox.devices() == before
    assert set(methods(sandbox)) == {"GET"}
    assert predictable(predicted) == predictable(device(**options))


def test_only_what_differs_is_sent(sandbox: Sandbox, device: Device) -> None:
    tags = [{"key": "rack", "value": "b"}, {"key": "rack", "value": "a"}]
    old = seeded(sandbox, description="d", tags=tags, deviceClass="gateway")
    assert device(tags={"rack": ["a", "b"]}, device_class="gateway")["changed"] is False
    result = device(description="", tags={"rack": "a"})
    assert bodies(sandbox, "PATCH") == [{"description": "", "tags": [{"key": "rack", "value": "a"}]}]
    assert result["changed_fields"] == ["description", "tags"]
    assert (result["device"]["description"], result["device"]["device_class"]) == (None, "gateway")
    assert (result["diff"]["before"]["tags"], result["diff"]["after"]["tags"]) == (
        {"rack": ["b", "a"]},
        {"rack": ["a"]},
    )
    assert writes(sandbox) == [("PATCH", old["id"])]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"tags": {"b": ["3", 4]}}, {"b": ["3", "4"]}),
        ({"tags": {"b": "3"}, "purge_tags": False}, {"a": ["1", "2"], "b": ["3"]}),
        ({"tags": {"a": []}, "purge_tags": False}, {}),
        ({"tags": {"a": "1"}, "purge_tags": False}, {"a": ["1"]}),
        ({"tags": {}}, {}),
        ({"tags": {}, "purge_tags": False}, {"a": ["1", "2"]}),
        ({"purge_tags": True}, {"a": ["1", "2"]}),
    ],
    ids=str,
)
def test_tags(sandbox: Sandbox, device: Device, options: dict[str, Any], left: dict[str, list[str]]) -> None:
    seeded(sandbox, tags=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}])
    assert device(**options)["device"]["tag_values"] == left


#: An attribute of a system. Only Losant's web interface sets how it is computed.
TOTAL = {"name": "total", "dataType": "number", "system": {"aggregation": "SUM"}}


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (
            {"attributes": [{"name": "ip", "data_type": "string"}]},
            [{"name": "volt", "dataType": "number", "description": "V"}, TOTAL, {"name": "ip", "dataType": "string"}],
        ),
        (
            {"attributes": [{"name": "total", "description": "All"}, {"name": "volt", "description": ""}]},
            [{"name": "volt", "dataType": "number"}, {**TOTAL, "description": "All"}],
        ),
        ({"attributes": [{"name": "total"}], "purge_attributes": True}, [TOTAL]),
        ({"attributes": [], "purge_attributes": True}, []),
    ],
    ids=["add", "change", "remove", "remove all"],
)
def test_attributes(sandbox: Sandbox, device: Device, options: dict[str, Any], left: list[Json]) -> None:
    seeded(
        sandbox, deviceClass="system", attributes=[{"name": "volt", "dataType": "number", "description": "V"}, TOTAL]
    )
    assert device(**options)["changed_fields"] == ["attributes"]
    assert existing(sandbox)[0]["attributes"] == left


def test_an_id_selects_and_a_name_renames(sandbox: Sandbox, device: Device) -> None:
    old, _twin = seeded(sandbox), seeded(sandbox)
    result = device(device_id=old["id"].upper(), name="press 4", parent="hall")
    assert result["changed_fields"] == ["name", "parent_id"]
    assert (result["device"]["id"], result["device"]["ancestor_ids"]) == (old["id"], [HALL])
    assert device(id=old["id"], name=None, parent="")["device"]["parent_id"] is None
    assert device(deviceId=old["id"], name=None)["changed"] is False
    unknown = device(device_id=UNKNOWN_ID)
    assert unknown["failure"]["kind"] == "declaration"
    assert UNKNOWN_ID in unknown["msg"]
    assert device(device_id=UNKNOWN_ID, state="absent")["changed"] is False
    assert [method for method, _id in writes(sandbox)] == ["PATCH", "PATCH"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_two_devices_of_one_name_are_refused(sandbox: Sandbox, device: Device, state: str) -> None:
    ids = [seeded(sandbox)["id"], seeded(sandbox)["id"]]
    result = device(state=state, description="x")
    assert result["failure"] == {"kind": "declaration", "ids": ids}
    assert all(text in result["msg"] for text in (*ids, "2 devices are named 'press'", "Set device_id"))
    assert writes(sandbox) == []


@pytest.mark.parametrize("option", ["gateway", "parent"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("nobody", "no device of the application has that name"),
        (UNKNOWN_ID, "no device of the application has that id"),
        ("twin", "2 devices of the application have that name"),
    ],
)
def test_another_device_that_is_not_one(sandbox: Sandbox, device: Device, option: str, value: str, words: str) -> None:
    sandbox.seed(devices=[{"name": "twin"}, {"name": "twin"}, {"name": "gone", "deletedAt": EARLIER}])
    options: dict[str, Any] = {option: value}
    result = device(**options, _check=True)
    assert (result["failure"], words in result["msg"]) == ({"kind": "invalid_option", "option": option}, True)
    assert device(**options)["msg"] == result["msg"]
    assert writes(sandbox) == []
    assert device(**options, state="absent")["changed"] is False


def test_a_gateway_can_be_changed_and_not_removed(sandbox: Sandbox, device: Device) -> None:
    [second] = sandbox.seed(devices=[{"name": "gate 2", "deviceClass": "gateway"}])["devices"]
    seeded(sandbox, deviceClass="peripheral", gatewayId=GATE)
    assert device(gateway=second["id"].upper())["device"]["gateway_id"] == second["id"]
    result = device(gateway="")
    assert second["id"] in result["msg"]
    assert result["msg"].endswith("Declare another gateway, or omit it.")


def test_a_deleted_device(sandbox: Sandbox, device: Device) -> None:
    old = seeded(sandbox)
    result = device(state="absent", gateway="nobody")
    assert (result["changed"], result["created"], result["device"], result["changed_fields"]) == (True, False, None, [])
    assert (result["diff"]["before"]["id"], result["diff"]["after"]) == (old["id"], {})
    assert existing(sandbox) == []
    assert device(state="absent")["changed"] is False
    assert writes(sandbox) == [("DELETE", old["id"])]
    # Losant could restore it, but a task that declares the device creates another one.
    assert device()["device"]["id"] != old["id"]


#: The device is created, and the response does not say so.
LOST: list[dict[str, Any]] = [
    {"kind": "reset_after"},
    {"kind": "not_json", "when": "after"},
    {"kind": "not_object", "when": "after", "body": {"id": "no id", "name": "press"}},
    {"kind": "status", "when": "after", "status": 502},
    {"kind": "status", "when": "after", "status": 500, "body": {"type": "Error", "message": "x"}},
]


@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_device_whose_creation_got_no_response_is_found(
    sandbox: Sandbox, device: Device, fault: dict[str, Any]
) -> None:
    sandbox.fault(**fault, method="POST")
    result = device(tags={"a": "b"})
    [created] = existing(sandbox)
    assert (result["created"], result["device"]["id"], result["warnings"]) == (True, created["id"], [])
    # The last one is the check for a concurrent run.
    assert methods(sandbox) == ["GET", "POST", "GET", "GET"]


def test_a_creation_that_was_not_carried_out_is_reported(sandbox: Sandbox, device: Device) -> None:
    sandbox.fault("reset_before", method="POST")
    result = device()
    assert result["failure"]["kind"] == "connection"
    [warning] = result["warnings"]
    assert warning.startswith("Losant may still create the device 'press', although its response was lost.")
    assert methods(sandbox) == ["GET", "POST", "GET"]
    assert device()["created"] is True


@pytest.mark.parametrize("appearing", [1, 2])
def test_devices_that_appear_meanwhile_and_are_not_as_declared_are_named(
    sandbox: Sandbox, device: Device, appearing: int
) -> None:
    sandbox.fault("mutate", method="POST", seed={"devices": [{"name": "press"}] * appearing})
    sandbox.fault("reset_before", method="POST")
    result = device(tags={"a": "b"})
    ids = [one["id"] for one in existing(sandbox)]
    assert (result["failure"]["kind"], result["failure"]["ids"], len(ids)) == ("unfinished", ids, appearing)
    assert all(one in result["msg"] for one in ids)
    assert [method for method, _id in writes(sandbox)] == ["POST"]


def test_of_two_runs_the_second_one_deletes_its_device(sandbox: Sandbox, device: Device) -> None:
    theirs = {"id": "cccccccccccccccccccccccc", "name": "press", "creationDate": EARLIER}
    sandbox.fault("mutate", method="POST", seed={"devices": [theirs]})
    result = device()
    assert (result["failure"]["kind"], result["failure"]["ids"]) == ("conflict", [theirs["id"]])
    assert "It was deleted again. Run the task again" in result["msg"]
    assert [one["id"] for one in existing(sandbox)] == [theirs["id"]]
    assert device()["changed"] is False


def test_the_first_one_keeps_its_device_and_says_so(sandbox: Sandbox, device: Device) -> None:
    later = {"name": "press", "creationDate": "2099-01-01T00:00:00Z"}
    sandbox.fault("mutate", method="GET", skip=1, seed={"devices": [later]})
    result = device()
    assert result["created"]
    [warning] = result["warnings"]
    [_mine, theirs] = existing(sandbox)
    assert theirs["id"] in warning


def test_a_device_that_cannot_be_deleted_again_is_named(sandbox: Sandbox, device: Device) -> None:
    sandbox.fault("mutate", method="POST", seed={"devices": [{"name": "press", "creationDate": EARLIER}]})
    sandbox.fault("status", method="DELETE", status=403, times=None)
    result = device()
    mine = max(existing(sandbox), key=lambda one: str(one["creationDate"]))
    assert result["failure"]["kind"] == "conflict"
    assert f"This task created device 'press' ({mine['id']}). It still exists: Could not delete" in result["msg"]


def test_the_check_for_another_run_fails(sandbox: Sandbox, device: Device) -> None:
    sandbox.fault("status", method="GET", skip=1, times=None, status=403, body={"type": "Forbidden", "message": "No"})
    result = device()
    assert result["created"]
    assert [text.partition(":")[0] for text in result["warnings"]] == ["The check for a concurrent run failed"]


def test_a_name_that_losant_changes_creates_no_device_in_each_run(sandbox: Sandbox, device: Device) -> None:
    sandbox.switch(names="trimmed")
    for _run in range(2):
        result = device(name=" press ")
        assert result["failure"]["kind"] == "unfinished"
        assert "The name ' press ' was sent, and Losant created device 'press'" in result["msg"]
        assert existing(sandbox) == []


def test_a_change_that_losant_ignores_is_no_secret(sandbox: Sandbox, device: Device) -> None:
    old = seeded(sandbox)
    shown = {**old, "lastUpdated": "2099-01-01T00:00:00.000Z"}
    sandbox.fault("status", method="PATCH", status=200, body=shown)
    result = device(description="x", device_class="gateway")
    assert result["changed"]
    [warning] = result["warnings"]
    assert warning.startswith(f"Losant did not set description and device_class of device 'press' ({old['id']})")


def test_losants_refusals_are_shown(sandbox: Sandbox, device: Device) -> None:
    old = seeded(sandbox)
    result = device(device_class="system")
    assert f"Could not update device 'press' ({old['id']})" in result["msg"]
    assert "Losant responded 400 Validation: device.deviceClass cannot be changed." in result["msg"]
    scope = ["all.Application.read"]
    [caller] = sandbox.seed(callers=[{"applicationId": sandbox.application_id, "scope": scope}])["callers"]
    denied = partial(device, access_token=caller["token"])
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"name": "new"}, "devices.post"),
        ({"state": "absent"}, "device.delete"),
    ]
    for options, scopes in refusals:
        refused = denied(**options)
        assert refused["failure"]["status"] == 403
        assert scopes in refused["msg"]


def test_one_run_on_a_machine_at_a_time(sandbox: Sandbox, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "exclusive", partial(exclusive, wait=0))
    with exclusive(sandbox.url, sandbox.application_id, "press", noun="device"):
        assert device(_check=True)["changed"]
        result = device()
    assert result["failure"]["kind"] == "lock"
    assert "is working on the device 'press' of the application" in result["msg"]


BAD: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", "x" * 256),
    ("device_id", "x"),
    ("description", "x" * 32768),
    ("tags", {"a b": "c"}),
    ("tags", {"": "c"}),
    ("tags", {"a": ""}),
    ("tags", {"a": None}),
    ("tags", {"a": {"b": "c"}}),
    ("tags", {"a": ["b", None]}),
    ("tags", {"a": "x" * 256}),
    ("tags", {"a": [str(number) for number in range(101)]}),
    ("attributes", [{"name": "a b", "data_type": "number"}]),
    ("attributes", [{"name": "a", "data_type": "number"}, {"name": "a", "data_type": "number"}]),
    ("attributes", [{"name": f"a{number}", "data_type": "number"} for number in range(257)]),
    ("attributes", [{"name": "a", "content_type": "x" * 65}]),
    ("attributes", [{"name": "a", "description": "x" * 32768}]),
    ("attributes", [{"name": "a", "tags": {"b": ""}}]),
    ("attributes", [{"name": "a", "tags": {"b": ["c"]}}]),
    ("attributes", [{"name": "a", "tags": {"b c": "d"}}]),
    ("system_interval", 4),
    ("system_interval", 3601),
]


@pytest.mark.parametrize(("option", "value"), BAD, ids=lambda value: str(value)[:40])
def test_bad_options_are_refused(sandbox: Sandbox, device: Device, option: str, value: Any) -> None:
    options: dict[str, Any] = {option: value}
    result = device(**options)
    assert (result["failure"], option in result["msg"]) == ({"kind": "invalid_option", "option": option}, True)
    assert methods(sandbox) == []


def test_a_new_attribute_needs_a_type(sandbox: Sandbox, device: Device) -> None:
    result = device(attributes=[{"name": "a"}])
    assert result["failure"]["kind"] == "declaration"
    assert "'a' without data_type" in result["msg"]
    assert writes(sandbox) == []
