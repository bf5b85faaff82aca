# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the variables of the role mean, and which of them are refused before anything is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError
from ansible_collections.losant.platform.plugins.plugin_utils._role_entries import Entry, Settings, settings_from

HOSTS = ("a", "b")


def settings(*tokens: dict[str, Any], directory: str = "/play", **variables: Any) -> Settings:
    given = {"application_id": "575ec8687ae143cd83dc4a97", "tokens": list(tokens), "vault_password": "x", **variables}
    return settings_from(given, HOSTS, directory)


def entry(token: dict[str, Any], **variables: Any) -> Entry:
    [only] = settings({"name": "pump", **token}, **variables).entries
    return only


def test_a_token_file_is_for_all_hosts_of_the_play() -> None:
    read = entry({"token_file": "/etc/token", "owner": "pump"})
    assert read.hosts == HOSTS
    assert read.file == {"path": "/etc/token", "owner": "pump", "group": None, "mode": "0600"}
    assert read.in_phases


@pytest.mark.parametrize("value", [["b"], "b", ["b", "b"]], ids=repr)
def test_hosts_can_be_a_list_or_a_string(value: Any) -> None:
    assert entry({"token_file": "/etc/token", "hosts": value}).hosts == ("b",)


def test_a_vault_file_begins_at_the_playbook() -> None:
    read = entry({"name": "My 1st pump", "vault_file": "vars/../pump.yml"})
    assert read.vault is not None
    assert (read.vault.path, read.vault.variable) == ("/play/pump.yml", "my_1st_pump_token")
    assert not read.in_phases


def test_an_entry_without_a_place_goes_to_the_tasks_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "deliver.yml").write_text("[]", encoding="utf-8")
    assert not entry({}).in_phases
    assert entry({}, deliver="deliver.yml", directory=str(tmp_path)).in_phases


def test_a_variable_of_the_role_counts_for_entries_that_say_nothing() -> None:
    wide = {"expires_in": "90d", "rotate_before": "14d", "recreate": "state_change"}
    assert {entry({}, **wide).options[option] for option in wide} == set(wide.values())
    own = entry({"expires_in": "30d", "recreate": "never"}, **wide).options
    assert (own["expires_in"], own["recreate"], own["rotate_before"]) == ("30d", "never", "14d")
    dated = entry({"expiration_date": "2030-01-01T00:00:00Z"}, **wide).options
    assert dated["expires_in"] is None


def test_the_module_gives_the_rest() -> None:
    options = entry({"description": None}).options
    assert (options["description"], options["superseded"], options["staged"]) == (None, "delete", "auto")
    assert options["application_id"] == "575ec8687ae143cd83dc4a97"


IN_FILE, IN_VAULT = {"token_file": "/etc/token"}, {"vault_file": "pump.yml"}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ({**IN_FILE, **IN_VAULT}, "token_file and vault_file are mutually exclusive"),
        ({**IN_FILE, "held_token": ""}, "token_file and held_token are mutually exclusive"),
        ({**IN_VAULT, "held_token": ""}, "vault_file and held_token are mutually exclusive"),
        ({**IN_VAULT, "owner": "pump"}, "owner needs token_file"),
        ({"hosts": ["a"]}, "hosts needs token_file"),
        ({**IN_FILE, "vault_variable": "x"}, "vault_variable needs vault_file"),
        ({**IN_FILE, "hosts": []}, "an empty list of hosts"),
        ({**IN_FILE, "hosts": ["b", "c", "d"]}, "names hosts that are not in the play: c, d"),
        ({**IN_VAULT, "vault_variable": "my token"}, "the variable 'my token', which no variable can be named"),
        ({**IN_VAULT, "name": "1st"}, "the variable '1st_token', which no variable can be named"),
        ({"name": ""}, "name has 0 characters"),
        ({"expires_in": "soon"}, "expires_in is 'soon', which is not a duration"),
        ({"expires_in": "1d", "expiration_date": "2030-01-01T00:00:00Z"}, "mutually exclusive"),
        ({"state": "gone"}, "value of state must be one of"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_meant_is_refused(token: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidOptionError, match=reason) as caught:
        entry(token)
    assert str(caught.value).endswith("Nothing was changed.")


@pytest.mark.parametrize(
    ("one", "two", "reason"),
    [
        ({}, {"name": "one"}, "the name 'one'"),
        ({"vault_file": "x.yml"}, {"vault_file": "./x.yml"}, "vault_file /play/x.yml"),
        ({"vault_file": "x.yml"}, {"vault_file": "y.yml", "vault_variable": "one_token"}, "the variable one_token"),
        (IN_FILE, {"token_file": "/etc//token", "hosts": ["b"]}, "token_file /etc/token on b"),
    ],
    ids=["name", "file", "variable", "path"],
)
def test_two_entries_for_one_place_are_refused(one: dict[str, Any], two: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidOptionError, match=f"Two entries of api_tokens_tokens have {reason}"):
        settings({"name": "one", **one}, {"name": "two", **two})


def test_two_entries_can_have_one_path_on_different_hosts() -> None:
    one, two = ({"name": host, "token_file": "/etc/token", "hosts": [host]} for host in HOSTS)
    assert len(settings(one, two).entries) == 2


@pytest.mark.parametrize("password", [None, "", " \n"], ids=repr)
def test_a_vault_needs_a_password(password: str | None) -> None:
    with pytest.raises(InvalidOptionError, match="api_tokens_vault_password is not set or empty"):
        entry(IN_VAULT, vault_password=password)
    assert entry(IN_FILE, vault_password=password).file


def test_a_file_of_tasks_must_exist(tmp_path: Path) -> None:
    with pytest.raises(InvalidOptionError, match=r"api_tokens_deliver is .*missing.yml, which is not a file"):
        settings(deliver="missing.yml", directory=str(tmp_path))


def test_what_may_differ_between_hosts_is_no_part_of_what_they_share() -> None:
    assert entry(IN_FILE).shared() == entry({"token_file": "/other", "owner": "x", "mode": "0640"}).shared()
    assert entry(IN_FILE).shared() != entry({**IN_FILE, "description": "x"}).shared()
    assert entry(IN_FILE).shared() != entry({**IN_FILE, "hosts": ["a"]}).shared()
    assert "s3cr3t" not in repr(entry({"held_token": "s3cr3t"}).shared())


def test_an_application_has_an_id_or_a_name() -> None:
    options = entry({}, application_id=None, application="plant").options
    assert (options["application_id"], options["application"]) == (None, "plant")
    for given in ({"application": "plant"}, {"application_id": None}, {"application_id": ""}):
        with pytest.raises(InvalidOptionError, match="api_tokens_application_id and api_tokens_application are"):
            settings(**given)
