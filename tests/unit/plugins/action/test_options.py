# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task takes its options as its module does: the same results and the same words, for good and bad ones."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._module.masking import CAN_MASK
from ansible_collections.losant.platform.tests.support.running import Result, action_of, run_action, run_module
from ansible_collections.losant.platform.tests.unit.specs import MODULES

if TYPE_CHECKING:
    from losant_sandbox.client import Sandbox

ID = "575ec7417ae143cd83dc4a95"
#: The least that each module needs.
LEAST: dict[str, dict[str, Any]] = {
    "api_token": {"name": "x", "application_id": ID},
    "api_token_info": {"application_id": ID},
    "api_tokens": {"application_id": ID, "api_tokens": [{"name": "x"}]},
    "application_info": {"application_id": ID},
    "user_api_token": {"name": "x"},
    "user_api_token_info": {},
    "instance_api_token": {"name": "x", "instance_id": ID},
    "instance_api_token_info": {"instance_id": ID},
    "access_key": {"name": "x", "application_id": ID},
    "access_key_info": {"application_id": ID},
    "access_keys": {"application_id": ID, "access_keys": [{"name": "x"}]},
    "device": {"name": "x", "application_id": ID},
    "device_info": {"application_id": ID},
    "devices": {"application_id": ID, "devices": [{"name": "x"}]},
    "token_file": {"path": "/nonexistent/token"},
    "api_tokens_step": {"step": "check"},
}
#: What comes first decides, so each of these fails before anything is sent.
BAD: list[tuple[str, dict[str, Any]]] = [
    ("api_token", {"nmae": "y"}),
    ("api_token", {"nmae": "y", "state": "rotated"}),
    ("api_token", {"application_id": None}),
    ("api_token", {"name": None}),
    ("api_token", {"state": "rotated"}),
    ("api_token", {"status": ""}),
    ("api_token", {"verify": "perhaps"}),
    ("api_token", {"scope": {"devices": "get"}}),
    ("api_token", {"expires_in": "1d", "expiration_date": ""}),
    ("api_token", {"access_token": "hidden", "access_token_file": "/hidden"}),
    ("api_token", {"auth_token": "hidden", "access_token_file": "/hidden"}),
    ("api_token", {"access_token": ["hidden"], "timeout": "soon"}),
    ("api_token", {"token_file": ["a"], "access_token": "hidden"}),
    ("api_token", {"held_token": "hidden", "state": "hidden"}),
    ("api_token", {"application_id": "hidden", "access_token": "hidden"}),
    ("api_token", {"retries": 1.5}),
    ("api_token", {"access_token": None}),
    ("api_token_info", {"page": "first"}),
    ("user_api_token", {"application_id": ID}),
    ("user_api_token", {"default_role": "owner"}),
    ("user_api_token", {"org_roles": [{"org_id": ID, "role": "view", "application_roles": [{"role": "none"}]}]}),
    ("user_api_token_info", {"application": "x"}),
    ("instance_api_token", {"instance_id": None}),
    ("instance_api_token", {"default_role": "view"}),
    ("instance_api_token_info", {"per_page": "all"}),
    ("api_token_info", {"sort_field": "scope"}),
    ("api_token_info", {"token_file": "/x"}),
    ("api_token_info", {"application": "x"}),
    ("api_tokens", {"api_tokens": None}),
    ("api_tokens", {"api_tokens": [{"nmae": "y"}]}),
    ("api_tokens", {"api_tokens": [{"name": "y", "status": "off"}]}),
    ("api_tokens", {"api_tokens": [{"name": "y", "held_token": "hidden", "token_file": "/hidden"}]}),
    ("api_tokens", {"api_tokens": [{"description": "y"}]}),
    ("api_tokens", {"api_tokens": [], "prune": True}),
    ("api_tokens", {"concurrency": 0}),
    ("api_tokens", {"prepared_ids": {"y": ID}, "phase": "commit"}),
    ("access_key", {"name": None}),
    ("access_key", {"scope": ["devices.get"]}),
    ("access_key", {"filter_type": "some"}),
    ("access_key", {"held_key": "x", "key_file": "/hidden"}),
    ("access_key_info", {"sort_field": "expirationDate"}),
    ("access_keys", {"access_keys": [{"description": "y"}]}),
    ("access_keys", {"access_keys": [], "prune": True}),
    ("device", {"name": None}),
    ("device", {"device_class": "toaster"}),
    ("device", {"attributes": [{"data_type": "number"}]}),
    ("device_info", {"per_page": 0}),
    ("devices", {"devices": [{"description": "y"}]}),
    ("devices", {"devices": [{"name": "y"}, {"name": "y"}]}),
    ("application_info", {"name": "x"}),
    ("application_info", {"org_id": "x", "application_id": None}),
    ("application_info", {"page": -1, "application_id": None}),
    ("token_file", {"path": None}),
    ("token_file", {"state": "latest"}),
    ("token_file", {"access_token": "x"}),
    ("token_file", {"path": "relative", "token": "hidden"}),
    ("token_file", {"mode": 600}),
    ("token_file", {"owner": "no such user"}),
    ("token_file", {"token": "hidden"}),
    ("api_tokens_step", {"step": "another"}),
]


@pytest.mark.parametrize(("name", "options"), BAD, ids=str)
def test_bad_options_are_refused_with_the_words_of_the_module(name: str, options: dict[str, Any]) -> None:
    given = {**LEAST[name], **options}
    refused = run_action(name, given)
    assert refused["failed"]
    if name == "token_file" and "access_token" in options:
        # The module alone would name options that only plugins of the collection give.
        assert (
            "Supported parameters include: device_id, format, group, key, mode, owner, path, state, token."
            in refused["msg"]
        )
        return
    assert refused == without_internals(name, run_module(name, given))


@pytest.mark.parametrize("place", ["controller", "host"])
@pytest.mark.parametrize("wrong", ["not a dictionary", 5, None], ids=repr)
def test_an_entry_that_is_no_dictionary_shows_no_secret(place: str, wrong: object) -> None:
    """Ansible does not find the secrets then."""
    entries = [{"name": "x", "held_token": "hidden-1"}, wrong]
    action = action_of("api_tokens", {**LEAST["api_tokens"], "api_tokens": entries, "access_token": "hidden-2"})
    result = action.run(task_vars={"losant_run_on": place})
    assert result["failed"]
    text = str(result)
    if CAN_MASK:
        text = import_module("ansible.module_utils.secrets").mask_secrets(text)
    assert "hidden" not in text


def without_internals(name: str, result: Result) -> Result:
    """What the module printed, without what only plugins of the collection give it, and what every failed module prints."""
    arguments = result.get("invocation", {}).get("module_args", {})
    for option in [option for option in arguments if option.startswith("_")]:
        del arguments[option]
    return {key: value for key, value in result.items() if key != "exception"}


def test_every_module_is_looked_at() -> None:
    assert set(LEAST) == set(MODULES) == {name for name, _options in BAD}


@pytest.mark.parametrize("module", MODULES)
def test_options_of_plugins_cannot_be_set_by_a_task(module: str) -> None:
    result = run_action(module, {**LEAST[module], "_step": "remove"})
    assert f"Unsupported parameters for (losant.platform.{module}) module: _step." in result["msg"]


@pytest.mark.parametrize("way", [run_module, run_action], ids=["module", "task"])
def test_defaults_aliases_and_types_are_those_of_the_module(sandbox: Sandbox, way: Any) -> None:
    sandbox.seed_token("x")
    options = {
        "applicationId": sandbox.application_id,
        "auth_token": sandbox.access_token,
        "api_url": sandbox.url,
        "perPage": "7",
        "sortField": "id",
    }
    assert way("api_token_info", options)["total_count"] == 1
    [request] = sandbox.requests()
    assert (request["query"]["perPage"], request["query"]["sortField"]) == ("7", "id")
    assert request["query"]["sortDirection"] == "asc"


@pytest.mark.parametrize("name", ["api_token", "api_token_info"])
def test_a_path_of_the_controller_is_expanded_there(
    sandbox: Sandbox, isolated: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PLACE", "private")
    (isolated / "home" / "private").mkdir()
    (isolated / "home" / "private" / "token").write_text(f"{sandbox.access_token}\n", encoding="utf-8")
    options = {
        **LEAST[name],
        "application_id": sandbox.application_id,
        "access_token_file": "~/$PLACE/token",
        "api_url": sandbox.url,
    }
    assert not run_action(name, options).get("failed")


@pytest.mark.parametrize("poll", [0, 10])
@pytest.mark.parametrize("module", MODULES)
def test_async_is_refused_on_the_controller(module: str, poll: int) -> None:
    action = action_of(module, LEAST[module])
    action._task.async_val, action._task.poll = 60, poll
    with pytest.raises(
        Exception, match=r"does not support async: it does its work on the controller.* Remove async and"
    ):
        action.run(task_vars={})


@pytest.mark.parametrize("value", ["hots", "", None, True, ["host"]], ids=repr)
def test_a_wrong_place_is_refused(value: object) -> None:
    action = action_of("api_token", LEAST["api_token"])
    with pytest.raises(Exception, match=r"The variable losant_run_on is .*\. Set it to controller or host\."):
        action.run(task_vars={"losant_run_on": value})


def test_without_requests_the_task_names_the_python_of_ansible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.losant.platform.plugins.module_utils._client.client.HAS_REQUESTS", False)
    result = run_action("api_token", {**LEAST["api_token"], "access_token": "hidden"})
    assert result["failure"]["kind"] == "missing_library"
    assert "requests" in result["msg"]
    assert f"the Python that runs Ansible: {sys.executable}." in result["msg"]
    assert "ansible_python_interpreter" not in result["msg"]
