# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access keys keep the promises that API tokens do; and what only they have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.plugins.module_utils._common.key_document import read_document
from ansible_collections.losant.platform.tests.support import running
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import GENEROUS, SPARSE, UNSORTED, methods

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.support.running import Result
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import RunModule, Way
    from losant_sandbox.client import Json, Sandbox

DEVICE_ID, OTHER_ID = "575ecf887ae143cd83dc4aa2", "575ecf887ae143cd83dc4aa3"
OLD = "2026-08-01T08:00:00.000Z"


class Keys:
    """Tasks for access keys."""

    def __init__(self, run_module: RunModule) -> None:
        self._run = run_module

    def ensure(self, *, _check: bool = False, **options: Any) -> Result:
        return self._succeeding("access_key", _check=_check, **options)

    def fail(self, module: str = "access_key", *, _check: bool = False, **options: Any) -> Result:
        result = self._run(module, _check=_check, **options)
        assert result.get("failed"), result
        return result

    def find(self, **options: Any) -> Result:
        return self._succeeding("access_key_info", **options)

    def ensure_all(self, *entries: Json, **options: Any) -> Result:
        return self._succeeding("access_keys", access_keys=list(entries), **options)

    def _succeeding(self, module: str, **options: Any) -> Result:
        result = self._run(module, **options)
        assert not result.get("failed"), result
        return result


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Way:
    """On the controller, unless a test wants something else."""
    chosen: Way = getattr(request, "param", running.run_action)
    return chosen


@pytest.fixture
def keys(run_module: RunModule, sandbox: Sandbox) -> Keys:
    sandbox.seed(devices=[{"id": DEVICE_ID, "name": "press"}, {"id": OTHER_ID, "name": "saw"}])
    return Keys(run_module)


def names(sandbox: Sandbox) -> dict[str, str]:
    return {key["name"]: key["status"] for key in sandbox.access_keys()}


def works(sandbox: Sandbox, path: Path) -> bool:
    """Whether a device can log in with what a file holds."""
    document = read_document(path.read_text(encoding="utf-8"))
    assert document is not None
    return sandbox.authenticates(document.device_id, document.secret.key, document.secret.reveal())


@pytest.mark.parametrize("way", [running.run_action, running.run_module], ids=["controller", "host"], indirect=True)
def test_a_key_is_created_once_and_returned(keys: Keys, sandbox: Sandbox) -> None:
    first = keys.ensure(name="x", devices=["press"], description="d", addresses=["10.0.0.1", "10.1.0.0/16"])
    assert (first["changed"], first["created"]) == (True, True)
    assert first["key"] == first["access_key"]["key"]
    assert sandbox.authenticates(DEVICE_ID, first["key"], first["secret"])
    assert not sandbox.authenticates(OTHER_ID, first["key"], first["secret"])
    sandbox.clear_requests()
    again = keys.ensure(
        name="x", device_ids=[DEVICE_ID.upper()], description="d", addresses=["10.1.0.0/16", "10.0.0.1"]
    )
    assert (again["changed"], again["access_key"]) == (False, first["access_key"])
    assert methods(sandbox) == ["GET"]
    assert "secret" not in again


@pytest.mark.parametrize("form", ["env", "json", "toml"])
def test_a_file_holds_device_key_and_secret(keys: Keys, sandbox: Sandbox, tmp_path: Path, form: str) -> None:
    path = tmp_path / "key"
    options: dict[str, Any] = {"name": "x", "devices": ["press"], "key_file": str(path), "format": form}
    result = keys.ensure(**options, verify=True)
    assert "secret" not in result
    assert works(sandbox, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not keys.ensure(**options, verify=True)["changed"]


def test_another_format_or_device_needs_no_new_key(keys: Keys, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "key"
    options: dict[str, Any] = {"name": "x", "device_ids": [DEVICE_ID, OTHER_ID], "key_file": str(path)}
    keys.ensure(**options, device_id=DEVICE_ID)
    sandbox.clear_requests()
    changed = keys.ensure(**options, device_id=OTHER_ID, format="toml", mode="0640")
    assert (changed["changed"], changed["created"], methods(sandbox)) == (True, False, ["GET"])
    document = read_document(path.read_text(encoding="utf-8"))
    assert document is not None
    assert (document.device_id, document.format, works(sandbox, path)) == (OTHER_ID, "toml", True)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_file_that_holds_anything_else_is_refused(keys: Keys, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch()
    assert keys.ensure(name="y", devices=["press"], key_file=str(path), _check=True)["changed"], "nothing is lost"
    path.write_text("[logger]\nlevel = 'info'\n", encoding="utf-8")
    result = keys.fail(name="x", devices=["press"], key_file=str(path), recreate="state_change")
    assert "key_file" in result["msg"]
    assert "Choose a file of its own, or remove it." in result["msg"]
    assert sandbox.access_keys() == []


def test_a_lost_file_is_the_matter_of_recreate(keys: Keys, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "key"
    options: dict[str, Any] = {"name": "x", "devices": ["press"], "key_file": str(path)}
    first = keys.ensure(**options)
    path.unlink()
    refused = keys.fail(**options)
    assert refused["failure"] == {"kind": "declaration", "fields": ["key_file"]}
    assert f"Access key 'x' ({first['access_key']['id']}) exists, but key_file {path} does not exist" in refused["msg"]
    replaced = keys.ensure(**options, recreate="state_change")
    assert (replaced["rotation"]["reason"], works(sandbox, path), names(sandbox)) == ("key_file", True, {"x": "active"})


def test_a_key_of_that_age_is_replaced_by_losants_clock(keys: Keys, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "key"
    old = sandbox.seed_key("x", deviceIds=[DEVICE_ID], creationDate=OLD, description="kept")
    path.write_text(f"DEVICE_ID={DEVICE_ID}\nACCESS_KEY={old['key']}\nACCESS_SECRET={old['secret']}\n")
    path.chmod(0o600)
    options: dict[str, Any] = {"name": "x", "devices": ["press"], "key_file": str(path), "superseded_after": "2h"}
    assert not keys.ensure(**options, rotate_after="120d")["changed"]
    result = keys.ensure(**options, rotate_after="90d", verify=True)
    assert result["rotation"] == {"due": True, "reason": "too_old", "due_at": "2026-10-30T08:00:00.000Z"}
    assert result["access_key"]["description"] == "kept"
    assert works(sandbox, path)
    assert sandbox.authenticates(DEVICE_ID, old["key"], old["secret"]), "it works on for two hours"
    sandbox.clock(advance=7201)
    done = keys.ensure(**options, rotate_after="90d")
    assert [entry["action"] for entry in done["superseded"]] == ["deleted"]
    assert not sandbox.authenticates(DEVICE_ID, old["key"], old["secret"])


def test_devices_can_only_be_set_at_the_creation(keys: Keys, sandbox: Sandbox) -> None:
    keys.ensure(name="x", devices=["press"])
    refused = keys.fail(name="x", devices=["saw"])
    assert f"device_ids is [{DEVICE_ID}], declared is [{OTHER_ID}]" in refused["msg"]
    assert keys.ensure(name="x", devices=["saw"], recreate="state_change")["changed_fields"] == ["device_ids"]
    tagged = keys.ensure(name="y", device_tags=[{"key": "site", "value": "a"}, {"value": "b"}])
    same = keys.ensure(name="y", device_tags=[{"value": "b"}, {"key": "site", "value": "a"}])
    assert (tagged["created"], same["changed"]) == (True, False)


@pytest.mark.parametrize("staged", ["true", "false"])
def test_a_new_key_can_be_inactive_although_post_takes_no_status(keys: Keys, sandbox: Sandbox, staged: str) -> None:
    result = keys.ensure(name="x", devices=["press"], status="inactive", staged=staged)
    assert (result["access_key"]["status"], names(sandbox)) == ("inactive", {"x": "inactive"})
    assert not keys.ensure(name="x", devices=["press"], status="inactive")["changed"]
    assert keys.ensure(name="x", status="active")["changed_fields"] == ["status"]


def test_a_key_is_selected_by_its_public_part(keys: Keys, sandbox: Sandbox) -> None:
    one, other = sandbox.seed_key("x"), sandbox.seed_key("x")
    assert "Two access keys are named 'x'" in keys.fail(name="x")["msg"]
    keys.ensure(key=other["key"], name="y", filter_type="whitelist", pub_topics=["a/b"])
    assert names(sandbox) == {"x": "active", "y": "active"}
    refused = keys.fail(key=other["key"], access_key_id=one["id"], description="d")
    assert "access_key_id and key disagree" in refused["msg"]
    assert "No access key has the key nothing." in keys.fail(key="nothing")["msg"]
    keys.ensure(key=one["key"], state="absent")
    assert names(sandbox) == {"y": "active"}


BAD: list[tuple[Json, str]] = [
    ({"devices": ["nobody"]}, "devices names 'nobody', and no device of the application has that name"),
    ({"devices": ["twin"]}, "devices names 'twin', and 2 devices of the application have that name"),
    ({"device_ids": ["ab" * 12]}, "device_ids has ids that no device of the application has: " + "ab" * 12),
    ({"device_ids": ["x"]}, "device_ids is 'x', which is not 24 hexadecimal characters"),
    ({"device_ids": [f"{number:024x}" for number in range(1001)]}, "1001 entries. Losant takes 1000 at most"),
    ({"filter_type": "whitelist"}, "filter_type is whitelist, and neither pub_topics nor sub_topics has a topic"),
    ({"address_filter_type": "blacklist"}, "address_filter_type is blacklist, and addresses has none"),
    ({"addresses": ["example.com"]}, "'example.com', which is neither an IP address nor a network"),
    ({"rotate_after": "2h", "superseded_after": "2h"}, "Make rotate_after longer than superseded_after."),
    ({"rotate_after": "soon"}, "rotate_after"),
    ({"device_tags": [{}]}, "device_tags has an entry without key and value"),
    ({"pub_topics": [""]}, "pub_topics has a topic of 0 characters"),
    ({"verify": True}, "verify needs the device that uses the key"),
    (
        {"key_file": "/nonexistent/key", "device_ids": [DEVICE_ID, OTHER_ID]},
        "key_file needs the device that uses the key",
    ),
    ({"device_id": OTHER_ID, "device_ids": [DEVICE_ID]}, f"the key works only for {DEVICE_ID}"),
    ({"key_file": "relative", "device_ids": [DEVICE_ID]}, "key_file"),
    (
        {"key_file": "/nonexistent/key", "phase": "prepare", "device_ids": [DEVICE_ID]},
        "key_file is set, and phase=prepare",
    ),
    ({"name": "x ~pending:1"}, "Its suffix is reserved"),
]


@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
@pytest.mark.parametrize(("options", "words"), BAD, ids=[words[:30] for _options, words in BAD])
def test_bad_input_gets_an_error_and_no_write(
    keys: Keys, sandbox: Sandbox, options: Json, words: str, check: bool
) -> None:
    sandbox.seed(devices=[{"name": "twin"}, {"name": "twin"}])
    result = keys.fail(**{"name": "x", **options}, _check=check)
    assert words in result["msg"]
    assert sandbox.requests(writes=True) == []


def test_check_mode_predicts(keys: Keys, sandbox: Sandbox, tmp_path: Path) -> None:
    options: dict[str, Any] = {"name": "x", "devices": ["press"], "key_file": str(tmp_path / "key")}
    predicted = keys.ensure(**options, _check=True)
    assert sandbox.requests(writes=True) == []
    real = keys.ensure(**options)
    assert predicted["diff"] == real["diff"]
    assert (predicted["changed_fields"], predicted["key"]) == (real["changed_fields"], None)


def test_phases_deliver_to_any_place(keys: Keys, sandbox: Sandbox) -> None:
    old = sandbox.seed_key("x", deviceIds=[DEVICE_ID], creationDate=OLD)
    options: dict[str, Any] = {"name": "x", "devices": ["press"], "rotate_after": "30d"}
    prepared = keys.ensure(**options, phase="prepare", held_key=old["key"])
    assert sandbox.authenticates(DEVICE_ID, prepared["key"], prepared["secret"])
    assert sandbox.authenticates(DEVICE_ID, old["key"], old["secret"])
    resumed = keys.ensure(**options, phase="prepare", held_key=prepared["key"])
    assert resumed["prepared_id"] == prepared["prepared_id"]
    keys.ensure(**options, phase="commit", prepared_id=prepared["prepared_id"], held_key=prepared["key"])
    assert names(sandbox) == {"x": "active"}
    assert not sandbox.authenticates(DEVICE_ID, old["key"], old["secret"])
    lost = keys.ensure(name="x", devices=["press"], held_key="", recreate="state_change", phase="prepare")
    assert lost["rotation"]["reason"] == "held_key"
    keys.ensure(name="x", devices=["press"], phase="abort", prepared_id=lost["prepared_id"])
    assert names(sandbox) == {"x": "active"}


@pytest.mark.parametrize("scope", ["all.Application.bounded", "applicationKey.*"])
def test_which_scopes_manage_keys(keys: Keys, sandbox: Sandbox, scope: str) -> None:
    [caller] = sandbox.seed(callers=[{"scope": [scope], "applicationId": sandbox.application_id}])["callers"]
    if scope == "all.Application.bounded":
        assert keys.ensure(name="x", device_tags=[{"key": "a"}], access_token=caller["token"])["created"]
        return
    result = keys.fail(name="x", device_tags=[{"key": "a"}], access_token=caller["token"])
    assert "applicationKeys.get" in result["msg"]


def test_a_new_key_for_every_device_is_warned_about(keys: Keys) -> None:
    [warning] = keys.ensure(name="x")["warnings"]
    assert warning == (
        "No device_ids or devices or device_tags is declared for access key 'x', so it works for every device of the"
        " application. Name the devices that use it."
    )
    assert keys.ensure(name="x")["warnings"] == []


def test_losant_must_accept_the_key_before_the_old_one_ends(keys: Keys, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "key"
    options: dict[str, Any] = {"name": "x", "devices": ["press"], "key_file": str(path), "retries": 1}
    keys.ensure(**options)
    before = path.read_text(encoding="utf-8")
    sandbox.fault("status", status=401, body={"type": "Unauthorized", "message": "no"}, path="/auth/device", times=None)
    result = keys.fail(**options, recreate="always", verify=True)
    assert result["failure"]["kind"] == "unfinished"
    assert path.read_text(encoding="utf-8") == before
    assert names(sandbox) == {"x": "active"}
    sandbox.clear_faults()
    assert works(sandbox, path)


def test_many_keys_cost_one_reading(keys: Keys, sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.seed_key("unwanted")
    entries: list[Json] = [
        {"name": f"n{number}", "devices": ["press" if number % 2 else "saw"], "key_file": str(tmp_path / f"{number}")}
        for number in range(6)
    ]
    made = keys.ensure_all(*entries, prune=True)
    assert made["created"] == [entry["name"] for entry in entries]
    assert made["pruned"] == [{"name": "unwanted", "access_key_id": made["pruned"][0]["access_key_id"]}]
    assert all(works(sandbox, tmp_path / str(number)) for number in range(6))
    listed = [{"name": f"{name}-{number}", "device_ids": [DEVICE_ID]} for name in "ab" for number in range(3)]
    sandbox.clear_requests()
    keys.ensure_all(*listed)
    assert methods(sandbox).count("GET") == 3, "the keys, before and after, and the devices of all"
    sandbox.clear_requests()
    assert not keys.ensure_all(*entries)["changed"]
    assert methods(sandbox) == ["GET", "GET"], "the devices, and the keys"


def test_an_entry_that_fails_stops_no_other(keys: Keys, sandbox: Sandbox) -> None:
    sandbox.seed(access_keys=[{"name": "twin"}, {"name": "twin"}])
    entries = [{"name": "good", "devices": ["press"]}, {"name": "twin", "description": "d"}]
    result = keys.fail("access_keys", access_keys=entries)
    assert [error["name"] for error in result["errors"]] == ["twin"]
    assert sandbox.authenticates(DEVICE_ID, result["access_keys"][0]["key"], result["secrets"]["good"])
    assert result["msg"].startswith("1 of 2 access keys failed. twin: Two access keys are named 'twin'")


def test_keys_are_listed_the_newest_first(keys: Keys, sandbox: Sandbox) -> None:
    sandbox.seed_key("old", creationDate=OLD)
    sandbox.seed_key("new", deviceIds=[DEVICE_ID])
    found = keys.find(rotate_after="90d")
    assert [(key["name"], key["rotation"]["due"]) for key in found["access_keys"]] == [("new", False), ("old", True)]
    assert [key["name"] for key in keys.find(query={"deviceIds": DEVICE_ID})["access_keys"]] == ["new"]
    [one] = keys.find(key=found["access_keys"][1]["key"])["access_keys"]
    assert one["name"] == "old"
    assert keys.find(name="nobody")["access_keys"] == []


def test_no_secret_is_shown(keys: Keys, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "key"
    results = [
        keys.ensure(name="x", devices=["press"], key_file=str(path)),
        keys.ensure(name="x", devices=["press"], key_file=str(path), recreate="always"),
        keys.fail(name="x", devices=["saw"], key_file=str(path)),
        keys.find(),
    ]
    document = read_document(path.read_text(encoding="utf-8"))
    assert document is not None
    assert document.secret.reveal() not in json.dumps(results)
    assert "secret" not in {key for result in results for key in result}


def test_a_key_without_a_name_is_left_alone(keys: Keys, sandbox: Sandbox) -> None:
    sandbox.seed(access_keys=[{}])
    keys.ensure(name="x", devices=["press"])
    assert keys.find()["access_keys"][1]["name"] is None
    pruned = keys.ensure_all({"name": "x"}, prune=True)["pruned"]
    assert len(pruned) == 1


#: Each value of a switch that keys meet and that is not the default.
UNKNOWNS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "sparse": {**SPARSE, "unique_key_names": True, "addresses_required": True},
    "generous": {**GENEROUS, "key_not_found_title": "Key", "topics_required": False, "key_devices": "own"},
    "shown": {"key_defaults": "shown", "key_tags": "and"},
    "shown as null": {"key_defaults": "shown", "unset_fields": "null"},
    "unsorted": UNSORTED,
    "without Date": {"date_header": "absent"},
}


@pytest.mark.parametrize("switches", UNKNOWNS.values(), ids=UNKNOWNS)
def test_whichever_way_an_unknown_turns_out_a_life_converges(
    keys: Keys, sandbox: Sandbox, tmp_path: Path, switches: dict[str, Any]
) -> None:
    sandbox.switch(**switches)
    for name in ("other", "X", "xx", "Y"):
        sandbox.seed_key(name, deviceIds=[OTHER_ID])
    path = tmp_path / "key"
    declared: dict[str, Any] = {"name": "x", "key_file": str(path), "device_id": DEVICE_ID, "verify": True}
    for step in (
        {"devices": ["press"]},
        {"description": "d"},
        {"description": ""},
        {"filter_type": "whitelist", "pub_topics": ["a/b"]},
        {"filter_type": "all", "pub_topics": []},
        {"address_filter_type": "whitelist", "addresses": ["10.0.0.0/8", "127.0.0.0/8"]},
        {"address_filter_type": "all", "addresses": []},
        {"device_ids": [DEVICE_ID, OTHER_ID], "recreate": "state_change"},
        {"status": "inactive", "verify": False},
        {"status": "active"},
        {"state": "absent"},
    ):
        options: dict[str, Any] = {**declared, **step}
        predicted = keys.ensure(**options, _check=True)
        result = keys.ensure(**options)
        assert (result["changed"], result["changed_fields"]) == (True, predicted["changed_fields"])
        assert result["diff"].keys() == predicted["diff"].keys()
        assert not keys.ensure(**options)["changed"], step
        present = [key["id"] for key in sandbox.access_keys() if key["name"] == "x"]
        assert [key["id"] for key in keys.find(name="x")["access_keys"]] == present
        assert len(present) == (step.get("state") != "absent")
        assert path.exists() == bool(present)
