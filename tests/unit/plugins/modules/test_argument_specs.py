# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument specs against a table of facts: what the API's own parameter tables say, and what the collection adds."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import pytest
import yaml

from ansible_collections.losant.platform.plugins.module_utils._module.connection import VARIABLES
from ansible_collections.losant.platform.tests.unit.specs import arguments_of, spec_of

_MODULES = "ansible_collections.losant.platform.plugins.modules"


class Fact(NamedTuple):
    """What is known of an option. ``api`` is the API's spelling where it is another one."""

    default: Any = None
    required: bool = False
    choices: tuple[str, ...] | None = None
    api: str | None = None
    other: str | None = None
    env: str | None = None
    type: str = "str"
    secret: bool = False


CONNECTION = {
    # One of these two is required. As the environment counts only if neither is set, the spec has no fallback for them.
    "access_token": Fact(other="auth_token", env="LOSANT_API_TOKEN", secret=True),
    "access_token_file": Fact(env="LOSANT_API_TOKEN_FILE", type="path"),
    "api_url": Fact("https://api.losant.com", env="LOSANT_API_URL"),
    "losant_domain": Fact(api="losantdomain", env="LOSANT_DOMAIN"),
    "timeout": Fact(30, env="LOSANT_TIMEOUT", type="float"),
    "retries": Fact(5, env="LOSANT_RETRIES", type="int"),
    "retry_max_delay": Fact(60, env="LOSANT_RETRY_MAX_DELAY", type="float"),
    "validate_certs": Fact(True, env="LOSANT_VALIDATE_CERTS", type="bool"),
    "ca_path": Fact(env="LOSANT_CA_PATH", type="path"),
}
# As with the access token, the environment counts only if neither is set.
APPLICATION = {
    "application_id": Fact(api="applicationId", env="LOSANT_APPLICATION_ID"),
    "application": Fact(),
}
READ_ELSEWHERE = {"access_token", "access_token_file", "application_id"}
SORT_FIELDS = ("name", "status", "id", "creationDate", "lastUpdated", "expirationDate")
CLASSES = ("standalone", "gateway", "peripheral", "floating", "edgeCompute", "system", "embedded")
FACTS: dict[str, dict[str, Fact]] = {
    # GET /applications/{applicationId}/tokens
    "api_token_info": {
        **CONNECTION,
        **APPLICATION,
        "sort_field": Fact("name", choices=SORT_FIELDS, api="sortField"),
        "sort_direction": Fact("asc", choices=("asc", "desc"), api="sortDirection"),
        # The API's default is the first page; here no page means all of them.
        "page": Fact(type="int"),
        "per_page": Fact(100, api="perPage", type="int"),
        # The API takes an empty string for no filtering.
        "filter_field": Fact(choices=("name", "status", ""), api="filterField"),
        "filter": Fact(),
        "api_token_id": Fact(api="apiTokenId", other="id"),
        "name": Fact(),
        "expires_within": Fact(),
        "rotate_before": Fact(),
    },
    # GET /applications, GET /applications/{applicationId}
    "application_info": {
        **CONNECTION,
        "application_id": Fact(api="applicationId", other="id"),
        "name": Fact(),
        "org_id": Fact(api="orgId"),
        "sort_field": Fact("name", choices=("name", "id", "creationDate", "ownerId", "lastUpdated"), api="sortField"),
        "sort_direction": Fact("asc", choices=("asc", "desc"), api="sortDirection"),
        "page": Fact(type="int"),
        "per_page": Fact(100, api="perPage", type="int"),
        "filter_field": Fact(choices=("name", ""), api="filterField"),
        "filter": Fact(),
        "summary_include": Fact(type="list", api="summaryInclude"),
        "summary_exclude": Fact(type="list", api="summaryExclude"),
    },
    # POST /applications/{applicationId}/tokens; its body is apiTokenPost
    "api_token": {
        **CONNECTION,
        **APPLICATION,
        "name": Fact(),
        "api_token_id": Fact(api="apiTokenId", other="id"),
        "state": Fact("present", choices=("present", "absent")),
        "description": Fact(),
        "status": Fact(choices=("active", "inactive")),
        "scope": Fact(type="list"),
        "expiration_date": Fact(api="expirationDate"),
        "expires_in": Fact(),
        "recreate": Fact("never", choices=("never", "state_change", "always")),
        "rotate_before": Fact(),
        "superseded": Fact("delete", choices=("delete", "deactivate", "keep")),
        "superseded_after": Fact("0s"),
        "verify": Fact(False, type="bool"),
        "token_file": Fact(type="path"),
        "owner": Fact(),
        "group": Fact(),
        "mode": Fact("0600", type="raw"),
        "staged": Fact("auto", choices=("auto", "true", "false")),
        # By default true, unless token_file is set.
        "return_token": Fact(type="bool"),
        "held_token": Fact(secret=True),
        "allow_self_revoke": Fact(False, type="bool"),
        "phase": Fact("all", choices=("all", "prepare", "commit", "abort")),
        "prepared_id": Fact(),
    },
    # GET /applications/{applicationId}/keys
    "access_key_info": {
        **CONNECTION,
        **APPLICATION,
        "sort_field": Fact(
            "creationDate",
            choices=("key", "status", "id", "creationDate", "lastUpdated", "name"),
            api="sortField",
        ),
        "sort_direction": Fact("desc", choices=("asc", "desc"), api="sortDirection"),
        "page": Fact(type="int"),
        "per_page": Fact(100, api="perPage", type="int"),
        "filter_field": Fact(choices=("key", "status", "name", ""), api="filterField"),
        "filter": Fact(),
        "query": Fact(type="dict"),
        "access_key_id": Fact(api="applicationKeyId", other="id"),
        "key": Fact(),
        "name": Fact(),
        "rotate_after": Fact(),
    },
    # POST /applications/{applicationId}/keys; its body is applicationKeyPost
    "access_key": {
        **CONNECTION,
        **APPLICATION,
        "name": Fact(),
        "access_key_id": Fact(api="applicationKeyId", other="id"),
        "key": Fact(),
        "state": Fact("present", choices=("present", "absent")),
        "description": Fact(),
        "status": Fact(choices=("active", "inactive")),
        "device_ids": Fact(type="list", api="deviceIds"),
        "devices": Fact(type="list"),
        "device_tags": Fact(type="list", api="deviceTags"),
        "filter_type": Fact(choices=("all", "whitelist", "blacklist", "none"), api="filterType"),
        "pub_topics": Fact(type="list", api="pubTopics"),
        "sub_topics": Fact(type="list", api="subTopics"),
        "address_filter_type": Fact(choices=("all", "whitelist", "blacklist"), api="addressFilterType"),
        "addresses": Fact(type="list"),
        "recreate": Fact("never", choices=("never", "state_change", "always")),
        "rotate_after": Fact(),
        "superseded": Fact("delete", choices=("delete", "deactivate", "keep")),
        "superseded_after": Fact("0s"),
        "verify": Fact(False, type="bool"),
        "device_id": Fact(api="deviceId"),
        "key_file": Fact(type="path"),
        "format": Fact("env", choices=("env", "json", "toml")),
        "owner": Fact(),
        "group": Fact(),
        "mode": Fact("0600", type="raw"),
        "staged": Fact("auto", choices=("auto", "true", "false")),
        "return_secret": Fact(type="bool"),
        "held_key": Fact(),
        "phase": Fact("all", choices=("all", "prepare", "commit", "abort")),
        "prepared_id": Fact(),
    },
    # GET /applications/{applicationId}/devices
    "device_info": {
        **CONNECTION,
        **APPLICATION,
        "sort_field": Fact(
            "name",
            choices=("name", "id", "creationDate", "lastUpdated", "connectionStatus", "deletedAt"),
            api="sortField",
        ),
        "sort_direction": Fact("asc", choices=("asc", "desc"), api="sortDirection"),
        "page": Fact(type="int"),
        "per_page": Fact(100, api="perPage", type="int"),
        "filter_field": Fact("name", choices=("name", ""), api="filterField"),
        "filter": Fact(),
        "device_class": Fact(type="list", choices=CLASSES, api="deviceClass"),
        "tag_filter": Fact(type="list", api="tagFilter"),
        "exclude_connection_info": Fact(False, type="bool", api="excludeConnectionInfo"),
        "parent_id": Fact(api="parentId"),
        "query": Fact(type="dict"),
        "query_deleted": Fact(False, type="bool", api="queryDeleted"),
        "device_id": Fact(api="deviceId", other="id"),
        "name": Fact(),
    },
    # POST /applications/{applicationId}/devices; its body is devicePost
    "device": {
        **CONNECTION,
        **APPLICATION,
        "name": Fact(),
        "device_id": Fact(api="deviceId", other="id"),
        "state": Fact("present", choices=("present", "absent")),
        "description": Fact(),
        "tags": Fact(type="dict"),
        "purge_tags": Fact(True, type="bool"),
        "attributes": Fact(type="list"),
        "purge_attributes": Fact(False, type="bool"),
        "device_class": Fact(choices=CLASSES, api="deviceClass"),
        # Names of devices are taken, too.
        "gateway": Fact(api="gatewayId"),
        "parent": Fact(api="parentId"),
        "system_interval": Fact(type="int", api="systemInterval"),
        "keep_duplicates": Fact(type="bool", api="keepDuplicates"),
    },
}
OPTIONS = [(module, option) for module, facts in FACTS.items() for option in facts]


@pytest.mark.parametrize("module", FACTS)
def test_the_options_are_these(module: str) -> None:
    assert set(spec_of(module)) == set(FACTS[module])
    assert arguments_of(module)["supports_check_mode"] is True


@pytest.mark.parametrize(("module", "option"), OPTIONS)
def test_an_option_is_as_the_facts_say(module: str, option: str) -> None:
    fact = FACTS[module][option]
    spec = spec_of(module)[option]
    assert spec.get("type", "str") == fact.type
    assert spec.get("default") == fact.default
    assert spec.get("required", False) is fact.required
    assert sorted(spec.get("choices") or ()) == sorted(fact.choices or ())
    assert set(spec.get("aliases", ())) == {name for name in (fact.api, fact.other) if name}
    assert fact.env in (None, VARIABLES.get(option, (None,))[0])
    assert ("fallback" in spec) is (fact.env is not None and option not in READ_ELSEWHERE)
    assert spec.get("fallback", (None, [option]))[1] == [option]
    assert bool(spec.get("no_log")) is fact.secret


@pytest.mark.parametrize("module", FACTS)
def test_one_way_to_the_access_token_and_to_the_application(module: str) -> None:
    exclusive = arguments_of(module)["mutually_exclusive"]
    assert ("access_token", "access_token_file") in exclusive
    assert (("application_id", "application") in exclusive) is ("application" in FACTS[module])


def test_one_of_two_selectors_and_one_of_two_lifetimes() -> None:
    arguments = arguments_of("api_token")
    assert [set(group) for group in arguments["required_one_of"]] == [{"name", "api_token_id"}]
    exclusive = [set(group) for group in arguments["mutually_exclusive"]]
    assert {"expiration_date", "expires_in"} in exclusive
    assert {"held_token", "token_file"} in exclusive
    assert len(exclusive) == 4


@pytest.mark.parametrize("module", ["api_token", "api_token_info"])
def test_every_returned_key_is_documented(module: str) -> None:
    documented = yaml.safe_load(importlib.import_module(f"{_MODULES}.{module}").RETURN)
    (token,) = (value for key, value in documented.items() if key in ("api_token", "api_tokens"))
    more = {"api_token_info": {"rotation"}}
    assert set(token["contains"]) == more.get(module, set()) | {
        "id",
        "api_token_id",
        "name",
        "description",
        "status",
        "scope",
        "expiration_date",
        "expired",
        "superseded",
        "pending",
        "creation_date",
        "last_updated",
        "owner_id",
        "owner_type",
        "creator_id",
        "creator_type",
        "creator_name",
    }
    of_api_token = {
        "api_token",
        "created",
        "prepared_id",
        "token",
        "changed_fields",
        "rotation",
        "superseded",
        "notes",
        "diff",
        "failure",
    }
    assert set(documented) == {"api_token": of_api_token}.get(module, {"api_tokens", "total_count", "failure"})
