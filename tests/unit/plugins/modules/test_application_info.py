# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``application_info`` finds applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    UNKNOWN_ID,
    methods,
    queries,
    text_of,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule
    from losant_sandbox.client import Sandbox

ORG_ID = "575ed6e87ae143cd83dc4aa8"


def names(result: Result) -> list[str]:
    assert not result.get("failed"), result
    return [application["name"] for application in result["applications"]]


def find(run_module: RunModule, **options: Any) -> Result:
    return run_module("application_info", **{"application_id": None, **options})


def test_an_application_with_all_its_fields(sandbox: Sandbox, run_module: RunModule) -> None:
    hidden = {"globals": [{"key": "password", "json": '"hidden"'}], "archiveConfig": {"s3": {"key": "hidden"}}}
    [seeded] = sandbox.seed(
        applications=[
            {
                "name": "plant",
                "description": "",
                "ownerId": ORG_ID,
                "ownerType": "organization",
                "organizationName": "Example",
                "endpointSlug": "plant",
                "creationDate": EARLIER,
                "lastUpdated": PAST,
                **hidden,
            }
        ]
    )["applications"]
    sandbox.seed(tokens=[{"name": "x", "applicationId": seeded["id"]}])
    result = find(run_module, application_id=seeded["id"].upper())
    [application] = result["applications"]
    summary = application.pop("summary")
    assert (summary["api_token_count"], summary["device_count"]) == (1, 0)
    assert application == {
        "id": seeded["id"],
        "application_id": seeded["id"],
        "name": "plant",
        "description": None,
        "owner_id": ORG_ID,
        "owner_type": "organization",
        "organization_name": "Example",
        "endpoint_slug": "plant",
        "creation_date": EARLIER,
        "last_updated": PAST,
    }
    assert result["total_count"] == 1
    assert result["changed"] is False
    assert "hidden" not in text_of(result)


def test_all_pages_are_read(sandbox: Sandbox, run_module: RunModule) -> None:
    sandbox.seed(applications=[{"name": f"a{number:02}"} for number in range(11)])
    result = find(run_module, per_page=5)
    assert names(result) == ["My Application", *(f"a{number:02}" for number in range(11))]
    assert (result["total_count"], len(methods(sandbox))) == (12, 3)
    page = find(run_module, per_page=5, page=2)
    assert (names(page), page["total_count"]) == (["a09", "a10"], 12)


def test_selections_are_sent(sandbox: Sandbox, run_module: RunModule) -> None:
    sandbox.seed(
        applications=[
            {"name": "site-1", "ownerType": "organization", "ownerId": ORG_ID},
            {"name": "site-2"},
            {"name": "other", "ownerType": "organization", "ownerId": ORG_ID},
        ]
    )
    assert names(find(run_module, filter="site-*", sort_direction="desc")) == ["site-2", "site-1"]
    assert names(find(run_module, org_id=ORG_ID)) == ["other", "site-1"]
    assert names(find(run_module, org_id="", filter="site-*")) == ["site-2"]
    result = find(run_module, summary_include=["deviceCount", "apiTokenCount"], summary_exclude=["deviceCount"])
    assert {tuple(application["summary"]) for application in result["applications"]} == {("api_token_count",)}
    assert queries(sandbox, "orgId", "summaryInclude") == [
        {},
        {"orgId": ORG_ID},
        {"orgId": ""},
        {"summaryInclude": "deviceCount,apiTokenCount"},
    ]


def test_a_name_is_exact_and_must_be_unique(sandbox: Sandbox, run_module: RunModule) -> None:
    seeded = sandbox.seed(
        applications=[{"name": name} for name in ["plant", "Plant", "plant*", "plants", "twin", "twin"]]
    )
    assert names(find(run_module, name="plant*")) == ["plant*"]
    assert names(find(run_module, name="plant")) == ["plant"]
    assert names(find(run_module, name="nobody")) == []
    result = find(run_module, name="twin")
    ids = [application["id"] for application in seeded["applications"] if application["name"] == "twin"]
    assert result["failed"]
    assert result["failure"] == {"kind": "application", "application_ids": ids}
    assert all(text in result["msg"] for text in (*ids, "2 applications are named 'twin'", "Set application_id"))


def test_the_token_of_an_application_cannot_list(sandbox: Sandbox, run_module: RunModule) -> None:
    [caller] = sandbox.seed(callers=[{"applicationId": sandbox.application_id}])["callers"]
    result = find(run_module, access_token=caller["token"])
    assert result["failure"]["status"] == 403
    assert "The access token of an application cannot list applications." in result["msg"]
    assert "all.Organization or only.Organization[.bounded, .read]" in result["msg"]
    assert "application_id" in result["msg"]
    own = find(run_module, access_token=caller["token"], application_id=sandbox.application_id)
    assert names(own) == ["My Application"]


def test_an_unknown_id_is_an_error(run_module: RunModule) -> None:
    result = find(run_module, application_id=UNKNOWN_ID)
    assert (result["failed"], result["failure"]["status"]) == (True, 404)
    assert UNKNOWN_ID in result["msg"]


@pytest.mark.parametrize(
    "item", [{"name": 1}, {"id": "../me"}, {"name": None}, {"summary": []}, {"creationDate": "soon"}], ids=str
)
def test_a_response_is_not_trusted(sandbox: Sandbox, run_module: RunModule, item: dict[str, Any]) -> None:
    items = [{"id": "a" * 24, "name": "x", **item}]
    sandbox.fault("status", method="GET", status=200, body={"items": items, "count": 1, "totalCount": 1})
    result = find(run_module)
    assert result["failure"]["kind"] == "bad_response"
    assert result["msg"].startswith("Could not list applications: Losant's response has an application whose ")
