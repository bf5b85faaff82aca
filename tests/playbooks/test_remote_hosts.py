# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Token files on a host that is reached through ssh. Losant is called on the controller, so the host needs only Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.support.tokens import SECRET, accepts

from .conftest import Played, Player
from .hosts import Host

DECLARED: dict[str, Any] = {"name": "x", "scope": ["devices.get"], "token_file": "~/token"}
ROTATE = {**DECLARED, "recreate": "always"}


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path / "far")


def task(title: str, /, **options: Any) -> dict[str, Any]:
    return {"name": title, "losant.platform.api_token": options}


def play(player: Player, host: Host, *tasks: dict[str, Any], **environment: str) -> Played:
    player.write(json.dumps(host.inventory()), "inventory.json")
    player.write(json.dumps(host.inventory()), "inventory.yml")
    playbook = player.play(*tasks, hosts="far")
    return player.run(playbook, "--inventory=inventory.yml", "-vvv", "--diff", **environment)


def check_secrets(played: Played, host: Host) -> None:
    """No secret is in what is printed, in a command, or in a file but the token file."""
    assert not SECRET.search(played.output)
    assert not SECRET.search("\n".join(host.commands))
    files = [path for path in host.home.rglob("*") if path.is_file() and path.name != "token"]
    assert files == []


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "files"])
def test_a_secret_is_delivered_and_rotated(player: Player, tmp_path: Path, pipelining: bool) -> None:
    host = Host(tmp_path / "far", pipelining=pipelining)
    file = host.home / "token"
    played = play(player, host, task("create", **DECLARED))
    assert played.code == 0, played.output
    first = file.read_text(encoding="utf-8")
    assert accepts(player.sandbox, first)
    assert (file.stat().st_mode & 0o7777, file.stat().st_uid) == (0o600, host.home.stat().st_uid)
    assert played.modules("token_file") == 2
    assert played.of("create")["diff"]["after"]["token_file"]["holds"] == "the secret"
    check_secrets(played, host)

    again = play(player, host, task("repeat", **DECLARED))
    assert not again.of("repeat")["changed"]
    assert again.modules("token_file") == 1
    assert [request["method"] for request in player.sandbox.requests()][-1:] == ["GET"]

    rotated = play(player, host, task("rotate", **ROTATE, mode="0640"))
    assert rotated.code == 0, rotated.output
    assert rotated.modules("token_file") == 2
    second = file.read_text(encoding="utf-8")
    assert accepts(player.sandbox, second)
    assert not accepts(player.sandbox, first)
    assert file.stat().st_mode & 0o7777 == 0o640
    check_secrets(rotated, host)


def test_check_mode_and_attributes_and_absence(player: Player, host: Host) -> None:
    played = play(
        player,
        host,
        {**task("predict", **DECLARED), "check_mode": True},
        task("create", **DECLARED),
        {**task("predict mode", **DECLARED, mode="0640"), "check_mode": True},
        task("mode", **DECLARED, mode="0640"),
        task("absent", **DECLARED, state="absent"),
    )
    assert played.code == 0, played.output
    assert played.of("predict")["diff"] == played.of("create")["diff"]
    assert played.of("predict mode")["diff"] == played.of("mode")["diff"]
    assert played.of("mode")["diff"]["after"]["token_file"]["mode"] == "0640"
    assert not played.of("mode")["created"]
    assert played.of("absent")["changed"]
    assert list(host.home.iterdir()) == [] or [path.name for path in host.home.iterdir()] == [".ansible"]
    # Predictions look once; everything else looks and does one thing.
    assert played.modules("token_file") == 1 + 2 + 1 + 2 + 2


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "files"])
def test_a_failure_after_the_delivery_restores_the_file(player: Player, tmp_path: Path, pipelining: bool) -> None:
    host = Host(tmp_path / "far", pipelining=pipelining)
    file = host.home / "token"
    play(player, host, task("create", **DECLARED))
    first = file.read_text(encoding="utf-8") + "\n"
    file.write_text(first, encoding="utf-8")
    file.chmod(0o640)
    player.sandbox.fault("status", method="PATCH", status=403, times=None)
    played = play(player, host, task("rotate", **ROTATE))
    assert played.modules("token_file") == 3
    result = played.of("rotate")
    assert result["failure"]["kind"] == "unfinished"
    assert result["failure"]["left"] == []
    assert f"token_file {file} is as it was." in result["msg"]
    assert file.read_text(encoding="utf-8") == first
    assert file.stat().st_mode & 0o7777 == 0o640
    assert accepts(player.sandbox, first.strip())
    check_secrets(played, host)


def prepare_directory(host: Host) -> str:
    return f"the directory {host.home}/missing does not exist"


def prepare_link(host: Host) -> str:
    (host.home / "missing").mkdir()
    (host.home / "missing" / "token").symlink_to("/etc/passwd")
    return "is a symbolic link"


def prepare_other_file(host: Host) -> str:
    (host.home / "missing").mkdir()
    (host.home / "missing" / "token").write_bytes(b"x" * 70_000)
    return "has 70000 bytes"


def prepare_full_disk(host: Host) -> str:
    (host.home / "missing").symlink_to("/sys")
    return "Could not write token_file"


@pytest.mark.parametrize("prepare", [prepare_directory, prepare_link, prepare_other_file, prepare_full_disk])
@pytest.mark.parametrize("check", [False, True], ids=["real", "check"])
def test_a_place_that_cannot_take_a_secret_is_refused(player: Player, host: Host, prepare: Any, check: bool) -> None:
    message = prepare(host)
    declared = task("create", **{**DECLARED, "token_file": "~/missing/token"})
    played = play(player, host, {**declared, "check_mode": check})
    result = played.of("create")
    assert message in result["msg"]
    assert f"token_file {host.home}/missing/token" in result["msg"]
    assert result["failure"]["kind"] == "delivery"
    assert player.sandbox.requests(writes=True) == []


@pytest.mark.parametrize(("option", "value"), [("owner", "no-such-user"), ("mode", "rw"), ("token_file", "token")])
def test_an_option_that_only_the_host_can_judge_is_named(player: Player, host: Host, option: str, value: str) -> None:
    result = play(player, host, task("create", **{**DECLARED, option: value})).of("create")
    assert result["msg"].startswith(f"{option} is '{value}'"), result["msg"]
    assert result["failure"] == {"kind": "invalid_option", "option": option}
    assert player.sandbox.requests() == []


def test_a_host_that_is_down_is_unreachable(player: Player, host: Host) -> None:
    host.goes_down_after(0)
    played = play(player, host, task("create", **DECLARED))
    assert played.ending_of("create") == "unreachable"
    assert "No route to host" in played.of("create")["msg"]
    assert player.sandbox.requests() == []


def test_a_host_that_goes_down_before_the_delivery_gets_no_token(player: Player, host: Host) -> None:
    play(player, host, task("create", **DECLARED))
    first = (host.home / "token").read_text(encoding="utf-8")
    [old] = player.sandbox.tokens()
    host.goes_down_after(len(host.commands) + 1)
    played = play(player, host, task("rotate", **ROTATE))
    result = played.of("rotate")
    assert played.ending_of("rotate") == "failed"
    assert "Could not reach the host with token_file" in result["msg"]
    assert "No route to host" in result["msg"]
    assert "was deleted again." in result["msg"]
    # Nobody could look whether the secret has arrived.
    assert result["failure"]["left"] == [f"token_file {host.home}/token was not restored."]
    [token] = player.sandbox.tokens()
    assert (token["id"], token["name"]) == (old["id"], "x")
    assert (host.home / "token").read_text(encoding="utf-8") == first
    check_secrets(played, host)


def test_a_host_that_hangs_ends_with_the_time_of_the_task(player: Player, host: Host) -> None:
    host.goes_down_after(0, hangs=True)
    result = play(player, host, {**task("create", **DECLARED), "timeout": 2}).of("create")
    assert "The timeout of the task, 2 seconds, has passed." in result["msg"]
    assert "The host did not finish with token_file ~/token in time." in result["msg"]
    assert player.sandbox.requests() == []


@pytest.mark.parametrize("script", ["/nonexistent/python", "exit 3", "echo nonsense"])
def test_a_module_that_cannot_run_is_readable(player: Player, host: Host, script: str) -> None:
    if not script.startswith("/"):
        broken = player.write(f"#!/bin/sh\n{script}\n", "broken")
        broken.chmod(0o700)
        script = str(broken)
    host.variables["ansible_python_interpreter"] = script
    result = play(player, host, task("create", **DECLARED)).of("create")
    assert result["msg"].startswith("The host could not handle token_file ~/token: "), result["msg"]
    assert result["failure"]["kind"] == "delivery"
    assert player.sandbox.requests(writes=True) == []


def test_variables_of_the_connection_stay_on_the_controller(player: Player, host: Host) -> None:
    """A command with its variables can be seen by everybody on both machines."""
    create = task("create", **DECLARED)
    create["environment"] = {"LOSANT_API_TOKEN": player.sandbox.access_token, "OTHER": "variable"}
    deliver = {
        "name": "deliver",
        "losant.platform.token_file": {"path": "~/token", "token": "some-other-secret"},
        "environment": create["environment"],
    }
    played = play(player, host, create, deliver, LOSANT_API_TOKEN="wrong")
    assert played.code == 0, played.output
    assert all("OTHER=variable" in command for command in host.commands)
    assert not any("LOSANT_API_TOKEN" in command for command in host.commands)
    assert "some-other-secret" not in played.output + "".join(host.commands)


def test_the_module_delivers_to_a_host(player: Player, host: Host) -> None:
    file = {"path": "~/token"}
    secret = player.sandbox.seed_token("x")

    def deliver(name: str, **options: Any) -> dict[str, Any]:
        return {"name": name, "losant.platform.token_file": {**file, **options}}

    played = play(
        player,
        host,
        {**deliver("predict", token=secret["token"]), "check_mode": True},
        deliver("deliver", token=secret["token"]),
        deliver("repeat", token=secret["token"]),
        deliver("read"),
        deliver("remove", state="absent"),
        deliver("unknown", _step="remove"),
    )
    assert played.of("predict")["changed"]
    assert played.of("predict")["diff"] == played.of("deliver")["diff"]
    assert played.of("deliver")["token_id"] == secret["id"]
    assert not played.of("repeat")["changed"]
    assert played.of("read")["token_id"] == secret["id"]
    assert played.of("read")["path"] == str(host.home / "token")
    assert played.of("remove")["changed"]
    message = played.of("unknown")["msg"]
    assert "Supported parameters include: device_id, format, group, key, mode, owner, path, state, token." in message
    assert played.modules("token_file") == 5
    check_secrets(played, host)
    assert not (host.home / "token").exists()


def test_the_module_says_why_a_host_is_unreachable(player: Player, host: Host) -> None:
    host.goes_down_after(0)
    deliver = {"name": "deliver", "losant.platform.token_file": {"path": "~/token", "token": "secret"}}
    played = play(player, host, deliver)
    assert played.ending_of("deliver") == "unreachable"
    assert "No route to host" in played.of("deliver")["msg"]


def test_debugging_ansible_shows_no_secret(player: Player, host: Host) -> None:
    log = player.directory / "debug.log"
    played = play(player, host, task("create", **DECLARED), ANSIBLE_DEBUG="true", ANSIBLE_LOG_PATH=str(log))
    assert played.code == 0
    held = (host.home / "token").read_text(encoding="utf-8")
    text = log.read_text(encoding="utf-8") + played.output
    assert "done with _execute_module (losant.platform.token_file" in text
    assert held not in text
    rotated = play(player, host, task("rotate", **ROTATE), ANSIBLE_DEBUG="true", ANSIBLE_LOG_PATH=str(log))
    assert held not in log.read_text(encoding="utf-8") + rotated.output
