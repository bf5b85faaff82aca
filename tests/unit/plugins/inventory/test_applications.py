# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory ``applications``: applications as hosts, with what is to be known of their tokens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible.inventory.data import InventoryData
from ansible.plugins.loader import inventory_loader

from ansible_collections.losant.platform.tests.support import inventories
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import methods, text_of

if TYPE_CHECKING:
    from losant_sandbox.client import Sandbox

NAME = "losant.platform.applications"
ORG_ID = "575ed6e87ae143cd83dc4aa8"


@pytest.fixture(autouse=True)
def seeded(connection: None, sandbox: Sandbox) -> None:
    sandbox.seed(
        applications=[
            {
                "name": "berlin-production",
                "ownerType": "organization",
                "ownerId": ORG_ID,
                "organizationName": "Example",
            },
            {"name": "berlin-draft"},
            {"name": "twin", "description": "{{ 7 * 7 }}"},
            {"name": "twin"},
        ]
    )
    sandbox.clear_requests()


def parsed(directory: Path, **options: Any) -> InventoryData:
    return inventories.parsed(directory, "applications", **options)


def failure(directory: Path, **options: Any) -> str:
    return inventories.failure(directory, "applications", **options)


def names(inventory: InventoryData, group: str = "all") -> list[str]:
    return sorted(inventories.hosts_of(inventory, group))


def test_applications_are_hosts(sandbox: Sandbox, tmp_path: Path) -> None:
    inventory = parsed(tmp_path)
    twins = sorted(
        item["id"] for item in sandbox.call("GET", "/applications?filter=twin&filterField=name").json()["items"]
    )
    assert names(inventory, "applications") == [
        "My Application",
        "berlin-draft",
        "berlin-production",
        *(f"twin_{application_id}" for application_id in twins),
    ]
    host = inventory.hosts["berlin-production"].get_vars()
    assert host["losant_application_id"] == host["losant_id"]
    assert (host["losant_name"], host["losant_owner_id"]) == ("berlin-production", ORG_ID)
    assert (host["losant_organization_name"], host["losant_summary"]["api_token_count"]) == ("Example", 0)
    assert "losant_api_tokens" not in host
    assert parsed(tmp_path, hostvars_prefix="").hosts["berlin-draft"].get_vars()["organization_name"] is None


def test_losant_and_filters_select(sandbox: Sandbox, tmp_path: Path) -> None:
    assert names(parsed(tmp_path, org_id=ORG_ID)) == ["berlin-production"]
    assert names(parsed(tmp_path, filter="berlin-*", org_id="")) == ["berlin-draft"]
    kept = parsed(
        tmp_path,
        filters=[{"include": "losant_owner_type == 'organization'"}, {"exclude": "'draft' in inventory_hostname"}],
        filter="berlin-*",
    )
    assert names(kept) == ["berlin-production"]


def test_variables_and_groups_of_the_user(tmp_path: Path) -> None:
    inventory = parsed(
        tmp_path,
        compose={"stage": "losant_name.split('-') | last", "text": "losant_description"},
        groups={"personal": "losant_owner_type == 'user'"},
        keyed_groups=[{"key": "losant_organization_name | default('none', true)", "prefix": "organization"}],
        strict=True,
    )
    assert inventory.hosts["berlin-production"].get_vars()["stage"] == "production"
    assert names(inventory, "organization_Example") == ["berlin-production"]
    assert len(names(inventory, "personal")) == 4
    described = {str(host.get_vars()["text"]) for host in inventory.hosts.values()}
    assert described == {"None", "{{ 7 * 7 }}"}


def test_the_facts_of_tokens(sandbox: Sandbox, tmp_path: Path) -> None:
    dates = {
        "tomorrow": "2026-11-25T08:00:00Z",
        "in a week": "2026-12-01T08:00:00Z",
        "next year": "2027-11-24T08:00:00Z",
        "over": "2026-11-23T08:00:00Z",
        "replaced": "2026-11-22T08:00:00Z",
        "kept ~superseded:2026-11-30T00:00:00Z": "2026-11-26T08:00:00Z",
    }
    seeded = [{"name": name, "expirationDate": date} for name, date in dates.items()]
    tokens = sandbox.seed(tokens=[*seeded, {"name": "replaced", "status": "inactive"}])["tokens"]
    sandbox.clear_requests()
    inventory = parsed(tmp_path, api_tokens=True, expires_within="7d", groups={"due": "losant_api_tokens.due"})
    assert methods(sandbox) == ["GET"] * 6
    facts = inventory.hosts["My Application"].get_vars()["losant_api_tokens"]
    assert facts == {
        "total": 7,
        "active": 4,
        "inactive": 1,
        "expired": 2,
        "next_expiration": "2026-11-25T08:00:00.000Z",
        "due": ["over", "tomorrow", "in a week"],
    }
    assert inventory.hosts["berlin-draft"].get_vars()["losant_api_tokens"]["next_expiration"] is None
    shown = text_of({name: host.get_vars() for name, host in inventory.hosts.items()})
    assert not any(token["token"] in shown for token in tokens)


def test_a_cache_is_used_until_a_question_differs(sandbox: Sandbox, tmp_path: Path, warnings: list[str]) -> None:
    directory = tmp_path / "cache"
    cached: dict[str, Any] = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(directory),
    }
    first = parsed(tmp_path, **cached)
    again = parsed(tmp_path, **cached)
    assert names(again) == names(first)
    assert again.hosts["berlin-draft"].get_vars() == first.hosts["berlin-draft"].get_vars()
    assert len(methods(sandbox)) == 1
    parsed(tmp_path, refresh=True, **cached)
    parsed(tmp_path, filter="berlin-*", **cached)
    assert len(methods(sandbox)) == 3
    [file] = directory.iterdir()
    assert sandbox.access_token not in file.read_text()
    for text in ("{", '{"question": 1}', "[]"):
        file.write_text(text)
        assert names(parsed(tmp_path, filter="berlin-*", **cached)) == ["berlin-draft", "berlin-production"]
    assert len(methods(sandbox)) == 6
    assert [text for text in warnings if "cache" in text.lower()]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"filtr": "x"}, "Unknown options: filtr."),
        ({"org_id": "example"}, "org_id is 'example', which is not 24 hexadecimal characters."),
        ({"expires_within": "soon"}, "expires_within is 'soon', which is not a duration"),
        ({"concurrency": 0}, "concurrency must be 1 to 32."),
        ({"sort_field": "size"}, "sort_field"),
        ({"filters": [{"only": "true"}]}, "filters[0] must have one key, include or exclude."),
        ({"access_token": "a", "access_token_file": "b"}, "mutually exclusive: access_token|access_token_file"),
        ({"groups": {"x": "nothing.of_this"}, "strict": True}, "nothing"),
    ],
)
def test_bad_options(tmp_path: Path, options: dict[str, Any], text: str) -> None:
    assert text in failure(tmp_path, **options)


def test_what_losant_refuses(sandbox: Sandbox, tmp_path: Path) -> None:
    [caller] = sandbox.seed(callers=[{"applicationId": sandbox.application_id}])["callers"]
    assert "The access token of an application cannot list applications." in failure(
        tmp_path, access_token=caller["token"]
    )


def test_options_in_the_file_can_be_templates(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSANT_API_TOKEN", "nobody")
    monkeypatch.setenv("OTHER", sandbox.access_token)
    template = "{{ lookup('ansible.builtin.env', 'OTHER') }}"
    assert len(names(parsed(tmp_path, access_token=template))) == 5


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("losant_applications.yml", True),
        ("losant_applications.yaml", True),
        ("x.losant_applications.yaml", True),
        ("xlosant_applications.yml", False),
        ("applications.yml", False),
        ("losant_applications.json", False),
    ],
)
def test_the_name_of_the_file(tmp_path: Path, name: str, is_ours: bool) -> None:
    (tmp_path / name).touch()
    assert inventory_loader.get(NAME).verify_file(str(tmp_path / name)) is is_ours
