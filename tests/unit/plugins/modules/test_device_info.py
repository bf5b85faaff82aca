# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``device_info`` finds devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import UNKNOWN_ID, methods, queries

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule
    from losant_sandbox.client import Sandbox

GATE, HALL = "aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbb"
DEVICES: list[dict[str, Any]] = [
    {
        "id": GATE,
        "name": "gate",
        "description": "",
        "deviceClass": "edgeCompute",
        "edgeAgentVersion": "1.40.0",
        "creationDate": EARLIER,
        "lastUpdated": PAST,
        "tags": [{"key": "site", "value": "a"}, {"key": "site", "value": "b"}],
        "attributes": [{"name": "volt", "dataType": "number", "attributeTags": {"unit": "V"}}],
        "connectionInfo": {"time": PAST, "connected": 0},
        "keepDuplicates": True,
        "compositeState": {"volt": {"value": 5, "time": PAST}},
    },
    {"id": HALL, "name": "hall", "deviceClass": "system", "systemInterval": 60},
    {"name": "pump", "parentId": HALL, "deviceClass": "peripheral", "gatewayId": GATE},
    {"name": "pump", "tags": [{"key": "site", "value": "a"}]},
    {"name": "pump*"},
    {"name": "old", "deletedAt": PAST},
]


class Find(Protocol):
    """Runs ``device_info`` and returns its result."""

    def __call__(self, **options: Any) -> Result: ...


@pytest.fixture
def find(sandbox: Sandbox, run_module: RunModule) -> Find:
    sandbox.seed(devices=DEVICES)

    def run(**options: Any) -> Result:
        return run_module("device_info", **options)

    return run


def names(result: Result) -> list[str]:
    assert not result.get("failed"), result
    return [device["name"] for device in result["devices"]]


def test_a_device_with_all_its_fields(sandbox: Sandbox, find: Find) -> None:
    result = find(device_id=GATE.upper())
    assert result["devices"] == [
        {
            "id": GATE,
            "device_id": GATE,
            "application_id": sandbox.application_id,
            "name": "gate",
            "description": None,
            "device_class": "edgeCompute",
            "parent_id": None,
            "ancestor_ids": None,
            "gateway_id": None,
            "edge_agent_version": "1.40.0",
            "system_interval": None,
            "keep_duplicates": True,
            "connected": False,
            "connection_time": PAST,
            "creation_date": EARLIER,
            "last_updated": PAST,
            "deleted_at": None,
            "tags": {"site": "a"},
            "tag_values": {"site": ["a", "b"]},
            "attributes": {"volt": {"data_type": "number", "tags": {"unit": "V"}}},
        }
    ]
    assert (result["changed"], result["total_count"], methods(sandbox)) == (False, 1, ["GET"])


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, ["gate", "hall", "pump", "pump", "pump*"]),
        ({"name": "pump"}, ["pump", "pump"]),
        ({"name": "pump*"}, ["pump*"]),
        ({"name": "PUMP"}, []),
        ({"name": "old"}, []),
        ({"device_id": UNKNOWN_ID}, []),
        ({"device_id": GATE, "name": "hall"}, []),
        ({"name": "pump", "device_class": ["peripheral", "system"]}, ["pump"]),
        ({"device_id": HALL, "filter": "pump*"}, []),
        ({"filter": "p*"}, ["pump", "pump", "pump*"]),
        ({"filter": "", "filter_field": ""}, ["gate", "hall", "pump", "pump", "pump*"]),
        ({"parent_id": HALL}, ["pump"]),
        ({"tag_filter": [{"key": "site", "value": "a"}]}, ["gate", "pump"]),
        ({"query": {"deviceClass": {"$in": ["system", "edgeCompute"]}}, "sort_direction": "desc"}, ["hall", "gate"]),
        ({"query_deleted": True, "sort_field": "deletedAt"}, ["old"]),
        ({"query_deleted": True, "name": "old"}, ["old"]),
    ],
    ids=str,
)
def test_selections(find: Find, options: dict[str, Any], found: list[str]) -> None:
    result = find(**options)
    assert names(result) == found
    assert result["total_count"] == len(found)


def test_what_is_sent(sandbox: Sandbox, find: Find) -> None:
    """The defaults are the API's, and one device is not looked for in a long list."""
    find(per_page=2)
    sent = ["sortField", "sortDirection", "perPage", "query", "excludeConnectionInfo", "queryDeleted"]
    defaults = {"sortField": "name", "sortDirection": "asc", "perPage": "2"}
    assert queries(sandbox, *sent) == [defaults] * 3
    sandbox.clear_requests()
    assert find(name="gate", exclude_connection_info=True)["devices"][0]["connected"] is None
    find(device_id=HALL, query_deleted=True)
    narrow = {**defaults, "perPage": "100"}
    assert queries(sandbox, *sent) == [
        {**narrow, "query": '{"name": "gate"}', "excludeConnectionInfo": "true"},
        {**narrow, "query": f'{{"id": "{HALL}"}}', "queryDeleted": "true"},
    ]


def test_pages(sandbox: Sandbox, find: Find) -> None:
    page = find(per_page=2, page=1)
    assert (names(page), page["total_count"]) == (["pump", "pump"], 5)
    assert find(page=9)["devices"] == []
    sandbox.switch(list_totals=False)
    assert find(page=0)["total_count"] is None


def test_deleted_devices_show_when(find: Find) -> None:
    assert find(query_deleted=True)["devices"][0]["deleted_at"] == PAST


@pytest.mark.parametrize(
    ("option", "value"),
    [("device_id", "x"), ("name", ""), ("page", -1), ("per_page", 0), ("tag_filter", [{}]), ("parent_id", "../x")],
)
def test_bad_options_are_refused(sandbox: Sandbox, find: Find, option: str, value: Any) -> None:
    options: dict[str, Any] = {option: value}
    assert find(**options)["failure"] == {"kind": "invalid_option", "option": option}
    assert methods(sandbox) == []


def test_a_query_and_a_filter_exclude_each_other(sandbox: Sandbox, find: Find) -> None:
    result = find(query={"name": "x"}, device_class=["gateway"], filter="x")
    assert "Losant would ignore device_class and filter" in result["msg"]
    assert methods(sandbox) == []


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"id": "../me"}, "id"),
        ({"name": None}, "name"),
        ({"systemInterval": True}, "systemInterval"),
        ({"keepDuplicates": 1}, "keepDuplicates"),
        ({"deletedAt": 5}, "deletedAt"),
        ({"tags": [{"key": "a"}]}, "tags"),
    ],
    ids=str,
)
def test_a_response_is_not_trusted(sandbox: Sandbox, find: Find, item: dict[str, Any], field: str) -> None:
    items = [{"id": GATE, "name": "x", **item}]
    sandbox.fault("status", method="GET", status=200, body={"items": items, "count": 1, "totalCount": 1})
    result = find()
    assert result["failure"]["kind"] == "bad_response"
    assert f"Losant's response has a device whose {field} is not what the API promises." in result["msg"]
