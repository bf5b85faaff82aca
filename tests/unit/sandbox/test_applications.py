# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The applications: one, and the list."""

from __future__ import annotations

from typing import Any

import pytest

from losant_sandbox.client import Sandbox

ORG = "aaaaaaaaaaaaaaaaaaaaaaaa"
OTHER = "0123456789abcdef01234567"


def _names(sandbox: Sandbox, **params: Any) -> list[str]:
    response = sandbox.call("GET", "/applications", params=params)
    assert response.status_code == 200
    return [item["name"] for item in response.json()["items"]]


@pytest.fixture
def three(sandbox: Sandbox) -> Sandbox:
    """My Application, and two of an organization."""
    owner = {"ownerType": "organization", "ownerId": ORG, "organizationName": "Org"}
    sandbox.seed(applications=[{"id": OTHER, "name": "Plant", **owner}, {"name": "Depot", **owner}])
    return sandbox


def test_one(sandbox: Sandbox) -> None:
    body = sandbox.call("GET", f"/applications/{sandbox.application_id}").json()
    assert body["id"] == body["applicationId"] == sandbox.application_id
    assert (body["name"], body["ownerType"], body["_type"]) == ("My Application", "user", "application")
    assert body["_links"] == {"self": {"href": f"/applications/{sandbox.application_id}"}}


def test_summary_counts(sandbox: Sandbox) -> None:
    sandbox.seed(tokens=[{}, {}], devices=[{}, {"deletedAt": "2026-01-01T00:00:00Z"}])
    path = f"/applications/{sandbox.application_id}"
    summary = sandbox.call("GET", path).json()["summary"]
    assert (summary["apiTokenCount"], summary["deviceCount"], summary["keyCount"]) == (2, 1, 0)
    only = sandbox.call("GET", path, params={"summaryInclude": "deviceCount,keyCount"}).json()["summary"]
    assert only == {"deviceCount": 1, "keyCount": 0}
    rest = sandbox.call("GET", path, params={"summaryExclude": "deviceCount,keyCount"}).json()["summary"]
    assert set(rest) == set(summary) - set(only)


def test_list(three: Sandbox) -> None:
    body = three.call("GET", "/applications").json()
    assert [item["name"] for item in body["items"]] == ["Depot", "My Application", "Plant"]
    assert (body["count"], body["totalCount"], body["_type"]) == (3, 3, "applications")
    assert not {"ownerId", "applicationId"} & set(body)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"filterField": "name", "filter": "*p*t"}, ["Depot"]),
        ({"sortDirection": "desc"}, ["Plant", "My Application", "Depot"]),
        ({"sortField": "creationDate"}, ["My Application", "Plant", "Depot"]),
        ({"perPage": "1", "page": "2"}, ["Plant"]),
        ({"orgId": ""}, ["My Application"]),
        ({"orgId": ORG}, ["Depot", "Plant"]),
        ({"orgId": OTHER}, []),
    ],
)
def test_list_parameters(three: Sandbox, params: dict[str, str], expected: list[str]) -> None:
    assert _names(three, **params) == expected


@pytest.mark.parametrize("params", [{"filterField": "id"}, {"sortField": "status"}])
def test_wrong_parameters(sandbox: Sandbox, params: dict[str, str]) -> None:
    assert sandbox.call("GET", "/applications", params=params).status_code == 400


@pytest.mark.parametrize("scope", ["all.Application", "applications.get"])
def test_an_application_token_gets_its_application_but_no_list(three: Sandbox, scope: str) -> None:
    secret = three.seed_token(scope=[scope, "application.get"])["token"]
    assert three.call("GET", "/applications", secret).status_code == 403
    assert three.call("GET", f"/applications/{three.application_id}", secret).status_code == 200


def test_a_user_bound_to_one_application_sees_that_one(three: Sandbox) -> None:
    secret = three.seed(callers=[{"subtype": "user", "applicationId": OTHER}])["callers"][0]["token"]
    items = three.call("GET", "/applications", secret).json()["items"]
    assert [item["id"] for item in items] == [OTHER]
