# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory ``devices``: devices as hosts, with groups, names and addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.plugins.loader import inventory_loader

from ansible_collections.losant.platform.plugins.inventory.devices import EXAMPLES
from ansible_collections.losant.platform.tests.support import inventories

if TYPE_CHECKING:
    from ansible.inventory.data import InventoryData

    from losant_sandbox.client import Sandbox

GATE = "aaaaaaaaaaaaaaaaaaaaaaaa"
TWINS = ("bbbbbbbbbbbbbbbbbbbbbbb1", "bbbbbbbbbbbbbbbbbbbbbbb2")
OTHER = "cccccccccccccccccccccccc"
TIME = "2026-01-01T00:00:00.000Z"
DEVICES: list[dict[str, Any]] = [
    {
        "id": GATE,
        "name": "gate 1",
        "deviceClass": "gateway",
        "description": "{{ 7 * 7 }}",
        "tags": [
            {"key": "address", "value": "192.0.2.1"},
            {"key": "site", "value": "Ber-lin"},
            {"key": "site", "value": "{{ 7 * 7 }}"},
        ],
        "attributes": [{"name": "ip", "dataType": "string"}, {"name": "volt", "dataType": "number"}],
        "connectionInfo": {"time": TIME, "connected": 1},
        "compositeState": {"ip": {"value": "198.51.100.7", "time": TIME}},
    },
    {
        "id": TWINS[0],
        "name": "pump",
        "deviceClass": "peripheral",
        "gatewayId": GATE,
        "parentId": OTHER,
        "connectionInfo": {"time": TIME, "connected": 0},
        "attributes": [{"name": "ip", "dataType": "string"}],
        "compositeState": {"ip": {"value": "-oProxyCommand=x", "time": TIME}},
    },
    {"id": TWINS[1], "name": "pump", "tags": [{"key": "site", "value": "lyon"}]},
]


@pytest.fixture(autouse=True)
def seeded(connection: None, sandbox: Sandbox) -> None:
    sandbox.seed(
        devices=DEVICES,
        applications=[{"id": OTHER, "name": "Plant"}],
    )
    sandbox.seed(devices=[{"name": "theirs", "applicationId": OTHER}])
    sandbox.clear_requests()


def parsed(directory: Path, **options: Any) -> InventoryData:
    return inventories.parsed(directory, "devices", **options)


def failure(directory: Path, **options: Any) -> str:
    return inventories.failure(directory, "devices", **options)


def names(directory: Path, **options: Any) -> list[str]:
    return inventories.hosts_of(parsed(directory, **options))


def groups(inventory: InventoryData) -> dict[str, list[str]]:
    """The groups that are not Ansible's own."""
    return {
        name: inventories.hosts_of(inventory, name) for name in inventory.groups if name not in ("all", "ungrouped")
    }


def paths(sandbox: Sandbox) -> list[str]:
    return [entry["path"].removeprefix("/applications/") for entry in sandbox.requests()]


PUMPS = [f"pump_{twin}" for twin in TWINS]


def test_devices_are_hosts_in_groups(sandbox: Sandbox, tmp_path: Path) -> None:
    inventory = parsed(tmp_path)
    assert inventories.hosts_of(inventory) == ["gate 1", *PUMPS]
    assert groups(inventory) == {
        "application_My_Application": ["gate 1", *PUMPS],
        "device_class_gateway": ["gate 1"],
        "device_class_peripheral": [PUMPS[0]],
        "device_class_standalone": [PUMPS[1]],
        "connection_connected": ["gate 1"],
        "connection_disconnected": [PUMPS[0]],
        "connection_unknown": [PUMPS[1]],
        f"gateway_{GATE}": [PUMPS[0]],
    }
    assert paths(sandbox) == [f"{sandbox.application_id}/devices", sandbox.application_id]


def test_the_variables_of_a_host(sandbox: Sandbox, tmp_path: Path) -> None:
    inventory = parsed(tmp_path)
    found = inventory.hosts["gate 1"].get_vars()
    shown = {name.removeprefix("losant_"): value for name, value in found.items() if name.startswith("losant_")}
    assert shown.pop("creation_date") == shown.pop("last_updated")
    assert shown == {
        "id": GATE,
        "name": "gate 1",
        "description": "{{ 7 * 7 }}",
        "application_id": sandbox.application_id,
        "application_name": "My Application",
        "device_class": "gateway",
        "parent_id": None,
        "ancestor_ids": None,
        "gateway_id": None,
        "edge_agent_version": None,
        "system_interval": None,
        "keep_duplicates": None,
        "connected": True,
        "connection_time": TIME,
        "tags": {"address": "192.0.2.1", "site": "Ber-lin"},
        "tag_values": {"address": ["192.0.2.1"], "site": ["Ber-lin", "{{ 7 * 7 }}"]},
        "attributes": {"ip": {"data_type": "string"}, "volt": {"data_type": "number"}},
    }
    pump = inventory.hosts[PUMPS[0]].get_vars()
    assert (pump["losant_gateway_id"], pump["losant_parent_id"], pump["losant_ancestor_ids"]) == (GATE, OTHER, [OTHER])
    other = parsed(tmp_path, hostvars_prefix="d_").hosts[PUMPS[1]].get_vars()
    assert (other["d_connected"], "losant_id" in other) == (None, False)


@pytest.mark.parametrize(
    ("options", "found", "query"),
    [
        ({"device_class": ["gateway", "peripheral"]}, ["gate 1", "pump"], {"deviceClass[1]": "peripheral"}),
        ({"tag_filter": [{"key": "site", "value": "lyon"}]}, ["pump"], {"tagFilter[0][value]": "lyon"}),
        ({"parent_id": OTHER.upper()}, ["pump"], {"parentId": OTHER}),
        ({"filter": "gate*"}, ["gate 1"], {"filterField": "name", "filter": "gate*"}),
        ({"filter": "gate*", "filter_field": ""}, ["gate 1", *PUMPS], {}),
        ({"query": {"connectionStatus": 0}}, ["pump"], {"query": '{"connectionStatus": 0}'}),
    ],
)
def test_losant_selects(
    sandbox: Sandbox, tmp_path: Path, options: dict[str, Any], found: list[str], query: dict[str, str]
) -> None:
    assert names(tmp_path, **options) == found
    assert query.items() <= sandbox.requests()[0]["query"].items()


def test_applications_by_id_and_by_name(sandbox: Sandbox, tmp_path: Path) -> None:
    inventory = parsed(tmp_path, application_id=[OTHER, sandbox.application_id, OTHER.upper()])
    assert groups(inventory)["application_Plant"] == ["theirs"]
    assert len(inventories.hosts_of(inventory)) == 4
    assert names(tmp_path, application="Plant") == ["theirs"]
    sandbox.seed(applications=[{"name": "Plant"}])
    assert "2 applications are named 'Plant'" in failure(tmp_path, application=["My Application", "Plant"])
    both = parsed(tmp_path, application_id=[OTHER, sandbox.application_id], concurrency=1)
    assert len(inventories.hosts_of(both)) == 4


def test_a_token_for_devices_only(sandbox: Sandbox, tmp_path: Path) -> None:
    """It cannot read the name of the application."""
    secret = sandbox.seed_token(scope=["all.Device.read"])["token"]
    inventory = parsed(tmp_path, access_token=secret, attribute_values=["ip"])
    assert groups(inventory)[f"application_{sandbox.application_id}"] == ["gate 1", *PUMPS]
    assert inventory.hosts["gate 1"].get_vars()["losant_application_name"] is None


def test_names(sandbox: Sandbox, tmp_path: Path) -> None:
    assert names(tmp_path, hostnames=["id"], device_class=["gateway"]) == [GATE]
    found = names(tmp_path, hostnames=["tag:address", "attribute:ip", "{{ losant_name }}-{{ losant_device_class }}"])
    assert found == ["192.0.2.1", "_oProxyCommand=x", "pump-standalone"]
    # A template that has no value, and no other preference.
    assert names(tmp_path, hostnames=["{{ losant_tags.site | upper }}"]) == ["BER-LIN", TWINS[0], "LYON"]
    assert "losant_tags.site" in failure(tmp_path, hostnames=["{{ losant_tags.site | upper }}"], strict=True)


def test_names_that_mean_something_else(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset()
    wished = ["localhost", "../../etc/x", "a", "a", f"a_{TWINS[0]}", "{{ 7 * 7 }}", " ", ".", ".."]
    ids = [TWINS[0], "2" * 24, "3" * 24, TWINS[0][:-1] + "9", *(digit * 24 for digit in "56789")]
    seeded = [{"id": key, "name": name} for key, name in zip(ids, wished, strict=True)]
    seeded[2]["id"], seeded[0]["id"] = TWINS[0], "1" * 24
    sandbox.seed(devices=seeded)
    assert sorted(names(tmp_path)) == sorted(
        [
            "localhost_" + "1" * 24,
            ".._.._etc_x",
            f"a_{TWINS[0]}_{TWINS[0]}",
            f"a_{ids[3]}",
            f"a_{TWINS[0]}_{ids[4]}",
            "{{ 7 * 7 }}",
            "7" * 24,
            # As names of files in host_vars, these would be other hosts' variables, and the inventory file itself.
            "_",
            "_.",
        ]
    )


def test_addresses(sandbox: Sandbox, tmp_path: Path, warnings: list[str]) -> None:
    def addresses(*wanted: str) -> list[Any]:
        hosts = parsed(tmp_path, ansible_host=list(wanted)).hosts.values()
        return [host.get_vars().get("ansible_host") for host in hosts]

    assert addresses("tag:address") == ["192.0.2.1", None, None]
    assert warnings == []
    sandbox.clear_requests()
    # What a device reports goes on a command line.
    assert addresses("attribute:ip", "{{ losant_tags.site }}.example.com") == ["198.51.100.7", None, "lyon.example.com"]
    [warning] = warnings
    assert warning.endswith(f"neither a host name nor an IP address, so it is not set for 1 devices: {TWINS[0]}.")
    [state] = [entry["query"] for entry in sandbox.requests() if entry["path"].endswith("/compositeState")]
    assert state["attributes"] == "ip"
    assert json.loads(state["query"]) == {"id": {"$in": [GATE, *TWINS]}}


def test_values_of_attributes(sandbox: Sandbox, tmp_path: Path) -> None:
    def attributes(*wanted: str) -> Any:
        inventory = parsed(tmp_path, attribute_values=list(wanted), device_class=["gateway"])
        return inventory.hosts["gate 1"].get_vars()["losant_attributes"]

    everything = {
        "ip": {"data_type": "string", "value": "198.51.100.7", "time": TIME},
        "volt": {"data_type": "number", "value": None, "time": None},
    }
    assert attributes("*") == everything
    assert attributes("volt", "ip") == everything
    for empty in ("absent", "null"):
        sandbox.switch(empty_attributes=empty)
        assert attributes("*") == everything


def test_more_devices_than_a_page(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.reset()
    state = {"ip": {"value": "192.0.2.9", "time": TIME}}
    sandbox.seed(devices=[{"name": f"d{number:03}", "compositeState": state} for number in range(250)])
    inventory = parsed(tmp_path, ansible_host=["attribute:ip"])
    assert inventories.hosts_of(inventory) == [f"d{number:03}" for number in range(250)]
    assert {host.get_vars()["ansible_host"] for host in inventory.hosts.values()} == {"192.0.2.9"}
    assert len(sandbox.requests()) == 3 + 3 + 1


def test_groups(tmp_path: Path) -> None:
    assert groups(parsed(tmp_path, group_by=["tag:site"])) == {
        "tag_site_Ber_lin": ["gate 1"],
        "tag_site____7___7___": ["gate 1"],
        "tag_site_lyon": [PUMPS[1]],
    }
    assert "tag_address_192_0_2_1" in groups(parsed(tmp_path, group_by=["tag"]))
    assert groups(parsed(tmp_path, group_by=[])) == {}


def test_filters_and_constructed(tmp_path: Path) -> None:
    inventory = parsed(
        tmp_path,
        filters=[{"include": "losant_tags.site == 'lyon'"}, {"exclude": "inventory_hostname is match('pump')"}],
        compose={"text": "losant_description", "loud": "losant_name | upper"},
        groups={"gates": "loud == 'GATE 1'"},
        keyed_groups=[{"key": "losant_tag_values.site", "prefix": "in"}],
        group_by=[],
    )
    # Names do not depend on filters.
    assert groups(inventory) == {
        "gates": ["gate 1"],
        "in_Ber_lin": ["gate 1"],
        "in____7___7___": ["gate 1"],
        "in_lyon": [PUMPS[1]],
    }
    assert inventory.hosts["gate 1"].get_vars()["text"] == "{{ 7 * 7 }}"
    assert "losant_tags.site" in failure(tmp_path, filters=[{"include": "losant_tags.site == 'lyon'"}], strict=True)


def test_the_cache(sandbox: Sandbox, tmp_path: Path, warnings: list[str]) -> None:
    directory = tmp_path / "cache"
    cached = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(directory)}
    first, again = parsed(tmp_path, **cached), parsed(tmp_path, **cached, concurrency=8, ansible_host=["tag:address"])
    assert groups(first) == groups(again)
    assert len(sandbox.requests()) == 2
    [file] = directory.iterdir()
    file.write_text("{")
    assert groups(parsed(tmp_path, **cached)) == groups(first)
    assert len(sandbox.requests()) == 4
    assert "The cache of this inventory cannot be used" in warnings[-1]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"hostnames": ["label"]}, "hostnames has 'label'. Use name, id, tag:KEY, attribute:NAME or a template."),
        ({"ansible_host": ["tag:"]}, "ansible_host has 'tag:'."),
        ({"group_by": ["tags"]}, "group_by has 'tags'. Use application, device_class, connection, gateway, tag or"),
        (
            {"query": {"label": "x"}},
            "Losant responded 400 Validation: query has additional properties. Correct the value",
        ),
        ({"query": "["}, "query"),
        (
            {"query": {}, "parent_id": GATE, "filter": "x"},
            "query is given, so Losant would ignore parent_id and filter.",
        ),
        ({"tag_filter": [{}]}, "tag_filter[0] needs a key, a value or both."),
        ({"device_class": ["boat"]}, "device_class"),
        ({"parent_id": "x"}, "parent_id is 'x', which is not 24 hexadecimal characters."),
        ({"application_id": ["x"]}, "application_id is 'x', which is not 24 hexadecimal characters."),
        ({"application_id": [GATE], "application": ["x"]}, "mutually exclusive: application_id|application"),
        (
            {"application_id": []},
            "No application is set. Set application_id or application, or the environment variable",
        ),
        (
            {"application_id": [GATE]},
            f"Could not list the devices of application {GATE}: Losant responded 404 NotFound",
        ),
        ({"concurrency": 33}, "concurrency must be 1 to 32."),
        ({"hostvars_prefix": "losant-"}, "hostvars_prefix must be the beginning of the name of a variable."),
        ({"hostname": "x"}, "Unknown options: hostname."),
    ],
)
def test_bad_options(tmp_path: Path, options: dict[str, Any], text: str) -> None:
    assert text in failure(tmp_path, **options)


def test_a_token_without_the_scope(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = sandbox.seed_token(scope=["devices.get"])["token"]
    assert names(tmp_path, access_token=secret) == ["gate 1", *PUMPS]
    message = failure(tmp_path, access_token=secret, attribute_values=["*"])
    assert message.startswith("Could not read the last values of devices of application")
    assert "devices.getCompositeState." in message


@pytest.mark.parametrize(
    ("device", "field"),
    [
        ({"name": 5}, "name"),
        ({"tags": [{"key": "a"}]}, "tags"),
        ({"tags": "abc"}, "tags"),
        ({"attributes": [5]}, "attributes"),
        ({"parentId": "../x"}, "parentId"),
        ({"connectionInfo": 5}, "connectionInfo"),
        ({"description": {}}, "description"),
    ],
)
def test_what_the_api_does_not_promise(sandbox: Sandbox, tmp_path: Path, device: dict[str, Any], field: str) -> None:
    item = {"id": GATE, "name": "x", **device}
    sandbox.fault("status", path=".*/devices", status=200, body={"items": [item], "count": 1, "totalCount": 1})
    message = failure(tmp_path)
    assert f"a device whose {field} is not what the API promises" in message
    assert "Could not list the devices" in message


@pytest.mark.parametrize("example", list(yaml.safe_load_all(EXAMPLES)), ids=lambda example: "-".join(example)[:60])
def test_an_example_works(sandbox: Sandbox, tmp_path: Path, example: dict[str, Any]) -> None:
    sandbox.seed(applications=[{"name": "Plant Berlin"}, {"name": "Plant Lyon"}])
    token_file = Path("~/.losant/token").expanduser()
    token_file.parent.mkdir(parents=True)
    token_file.write_text(sandbox.access_token)
    options = {name: value for name, value in example.items() if name != "plugin"}
    parsed(tmp_path, **options)


def test_the_name_of_the_file(tmp_path: Path) -> None:
    for name, is_ours in {"losant_devices.yml": True, "a.losant_devices.yaml": True, "devices.yml": False}.items():
        (tmp_path / name).touch()
        assert inventory_loader.get("losant.platform.devices").verify_file(str(tmp_path / name)) is is_ours
