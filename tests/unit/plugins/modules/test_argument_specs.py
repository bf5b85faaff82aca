# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The argument specs against a table of facts: what the API's own parameter tables say, and what the collection adds."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule

_MODULES = "ansible_collections.losant.platform.plugins.modules"


class Fact(NamedTuple):
    """What there is to say of an option. ``api`` is the API's spelling where it is another one."""

    default: Any = None
    required: bool = False
    choices: tuple[str, ...] | None = None
    api: str | None = None
    other: str | None = None
    env: str | None = None
    type: str = "str"


CONNECTION = {
    "access_token": Fact(required=True, other="auth_token", env="LOSANT_API_TOKEN"),
    "api_url": Fact("https://api.losant.com", env="LOSANT_API_URL"),
    "losant_domain": Fact(api="losantdomain", env="LOSANT_DOMAIN"),
    "timeout": Fact(30, env="LOSANT_TIMEOUT", type="float"),
    "retries": Fact(5, env="LOSANT_RETRIES", type="int"),
    "retry_max_delay": Fact(60, env="LOSANT_RETRY_MAX_DELAY", type="float"),
    "validate_certs": Fact(True, env="LOSANT_VALIDATE_CERTS", type="bool"),
    "ca_path": Fact(env="LOSANT_CA_PATH", type="path"),
}
SORT_FIELDS = ("name", "status", "id", "creationDate", "lastUpdated", "expirationDate")
FACTS: dict[str, dict[str, Fact]] = {
    # GET /applications/{applicationId}/tokens
    "api_token_info": {
        **CONNECTION,
        "application_id": Fact(required=True, api="applicationId"),
        "sort_field": Fact("name", choices=SORT_FIELDS, api="sortField"),
        "sort_direction": Fact("asc", choices=("asc", "desc"), api="sortDirection"),
        # The API's default is the first page; here no page means all of them.
        "page": Fact(type="int"),
        "per_page": Fact(100, api="perPage", type="int"),
        # Blank is the API's way to say no filtering.
        "filter_field": Fact(choices=("name", "status", ""), api="filterField"),
        "filter": Fact(),
        "api_token_id": Fact(api="apiTokenId", other="id"),
        "name": Fact(),
        "expires_within": Fact(),
        "rotate_before": Fact(),
    },
    # POST /applications/{applicationId}/tokens; its body is apiTokenPost
    "api_token": {
        **CONNECTION,
        "application_id": Fact(required=True, api="applicationId"),
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
        "return_token": Fact(True, type="bool"),
        "allow_self_revoke": Fact(False, type="bool"),
    },
}
OPTIONS = [(module, option) for module, facts in FACTS.items() for option in facts]


class _SpecSeen(Exception):  # noqa: N818 # it is no error
    pass


def _spec(module: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The arguments with which the module's main() sets itself up."""
    seen: dict[str, Any] = {}

    def keep(_self: AnsibleModule, **arguments: Any) -> None:
        seen.update(arguments)
        raise _SpecSeen

    monkeypatch.setattr(AnsibleModule, "__init__", keep)
    with pytest.raises(_SpecSeen):
        importlib.import_module(f"{_MODULES}.{module}").main()
    return seen


@pytest.mark.parametrize("module", FACTS)
def test_the_options_are_these(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = _spec(module, monkeypatch)
    assert set(spec["argument_spec"]) == set(FACTS[module])
    assert spec["supports_check_mode"] is True


@pytest.mark.parametrize(("module", "option"), OPTIONS)
def test_an_option_is_as_the_facts_say(module: str, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fact = FACTS[module][option]
    spec = _spec(module, monkeypatch)["argument_spec"][option]
    assert spec.get("type", "str") == fact.type
    assert spec.get("default") == fact.default
    assert spec.get("required", False) is fact.required
    assert sorted(spec.get("choices") or ()) == sorted(fact.choices or ())
    assert set(spec.get("aliases", ())) == {name for name in (fact.api, fact.other) if name}
    assert (spec["fallback"][1] if "fallback" in spec else None) == ([fact.env] if fact.env else None)
    assert bool(spec.get("no_log")) is (option == "access_token")


def test_one_of_two_selectors_and_one_of_two_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = _spec("api_token", monkeypatch)
    assert [set(group) for group in spec["required_one_of"]] == [{"name", "api_token_id"}]
    assert [set(group) for group in spec["mutually_exclusive"]] == [{"expiration_date", "expires_in"}]


@pytest.mark.parametrize("module", FACTS)
def test_all_that_is_returned_is_documented(module: str) -> None:
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
    top = {"api_token": {"api_token", "token", "changed_fields", "rotation", "superseded", "diff", "failure"}}
    assert set(documented) == top.get(module, {"api_tokens", "total_count", "failure"})
