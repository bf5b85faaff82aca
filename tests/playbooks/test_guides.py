# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guides' playbooks do what the guides say. Only paths, commands and the application are set from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.support.tokens import accepts
from losant_sandbox.client import Json

from .conftest import Played, Player
from .guides import RST, playbooks


def run(player: Player, text: str, **variables: Any) -> Played:
    """Run a playbook of a guide, which has to succeed."""
    variables = {"application_id": player.sandbox.application_id, **variables}
    played = player.run(player.write(text, "play/guide.yml"), "--extra-vars", json.dumps(variables))
    assert played.code == 0, played.output
    return played


def changes_nothing(played: Played) -> bool:
    return " changed=0 " in played.output


def seed_due_token(player: Player, name: str, **fields: Any) -> Json:
    """Add a token that is due for rotation, and return it with its secret."""
    due: dict[str, Any] = {"scope": ["devices.get"], "expirationDate": soon(player), **fields}
    return player.sandbox.seed_token(name, **due)


def soon(player: Player) -> str:
    """Ten days from now: these playbooks run on the real clock."""
    return f"{datetime.now(UTC) + timedelta(days=10):%Y-%m-%dT%H:%M:%SZ}"


def test_every_playbook_of_the_guides_is_tested() -> None:
    tested = {"guide_rotation": 3, "guide_secrets": 3}
    # In test_stores.py, test_applications.py, test_devices.py and test_gateways.py.
    tested |= {"guide_stores": 5, "guide_fleets": 3, "guide_devices": 1, "guide_gateways": 1}
    assert {path.stem: len(playbooks(path.stem)) for path in RST.glob("*.rst") if playbooks(path.stem)} == tested


class TestRotationInOneRun:
    TEXT = playbooks("guide_rotation")[0]

    def test_it_rotates_restarts_and_retires(self, player: Player) -> None:
        old = seed_due_token(player, "wall-display")
        file = player.write(old["token"], "token")
        log = player.directory / "restarts"
        commands = {"restart_command": f"tee {log}", "health_command": "true"}
        run(player, self.TEXT, token_file=str(file), **commands)
        [token] = player.sandbox.tokens()
        assert token["name"] == "wall-display"
        assert token["id"] != old["id"]
        assert accepts(player.sandbox, file.read_text())
        assert not accepts(player.sandbox, old["token"])
        assert log.exists()
        assert changes_nothing(run(player, self.TEXT, token_file=str(file), **commands))

    def test_the_old_token_works_until_the_health_check_passes(self, player: Player) -> None:
        old = seed_due_token(player, "wall-display")
        file = player.write(old["token"], "token")
        variables = {
            "application_id": player.sandbox.application_id,
            "token_file": str(file),
            "restart_command": "true",
            "health_command": "false",
        }
        played = player.run(player.write(self.TEXT, "play/guide.yml"), "--extra-vars", json.dumps(variables))
        assert played.code != 0
        assert accepts(player.sandbox, file.read_text())
        assert accepts(player.sandbox, old["token"])


class TestRotationOnASchedule:
    TEXT = playbooks("guide_rotation")[1]

    def test_it_rotates_and_finishes_later(self, player: Player) -> None:
        directory = player.directory / "tokens"
        directory.mkdir()
        run(player, self.TEXT, token_directory=str(directory))
        assert changes_nothing(run(player, self.TEXT, token_directory=str(directory)))
        assert sorted(path.name for path in directory.iterdir()) == ["climate-history", "irrigation"]
        # The name shows when a superseded token is no longer kept, and here that time is over.
        over = player.sandbox.seed_token("irrigation ~superseded:2026-01-01T00:00:00Z")
        kept = player.sandbox.seed_token("irrigation ~superseded:2199-01-01T00:00:00Z")
        run(player, self.TEXT, token_directory=str(directory))
        remaining = {token["id"] for token in player.sandbox.tokens()}
        assert over["id"] not in remaining
        assert kept["id"] in remaining
        assert changes_nothing(run(player, self.TEXT, token_directory=str(directory)))


class TestWatching:
    TEXT = playbooks("guide_rotation")[2]

    def test_it_fails_only_for_a_token_that_is_due(self, player: Player) -> None:
        player.sandbox.seed_token("fresh", expirationDate="2199-01-01T00:00:00Z")
        seed_due_token(player, "old ~superseded:2199-01-01T00:00:00Z")
        assert changes_nothing(run(player, self.TEXT))
        seed_due_token(player, "due soon")
        variables = json.dumps({"application_id": player.sandbox.application_id})
        played = player.run(player.write(self.TEXT, "play/guide.yml"), "--extra-vars", variables)
        assert played.code != 0
        assert "Due for rotation: due soon" in played.output


class TestFile:
    TEXT = playbooks("guide_secrets")[0]

    def test_the_file_holds_the_secret(self, player: Player) -> None:
        file = player.directory / "token"
        run(player, self.TEXT, token_file=str(file))
        assert accepts(player.sandbox, file.read_text())
        assert file.stat().st_mode & 0o777 == 0o640
        assert changes_nothing(run(player, self.TEXT, token_file=str(file)))


class TestVault:
    TEXT = playbooks("guide_secrets")[1]

    @pytest.mark.parametrize("absolute", [True, False])
    def test_the_vault_holds_the_secret(self, player: Player, absolute: bool) -> None:
        password = player.write("correct horse", "password")
        vault = player.directory / "play" / "vault.yml"
        vault_file = str(vault) if absolute else "vault.yml"
        variables = {"vault_password_file": str(password), "vault_file": vault_file}
        run(player, self.TEXT, **variables)
        assert vault.read_text().startswith("$ANSIBLE_VAULT;")
        assert accepts(player.sandbox, view(vault, password).split(": ")[1].strip())
        assert changes_nothing(run(player, self.TEXT, **variables))


class TestVariable:
    TEXT = playbooks("guide_secrets")[2]

    def test_the_settings_hold_the_secret(self, player: Player) -> None:
        settings = player.directory / "settings.ini"
        run(player, self.TEXT, settings_file=str(settings))
        secret = settings.read_text().split("token = ")[1].strip()
        [token] = player.sandbox.tokens()
        assert token["name"] == "harvest-report"
        assert accepts(player.sandbox, secret)
        assert changes_nothing(run(player, self.TEXT, settings_file=str(settings)))


def view(vault: Path, password: Path) -> str:
    """What ansible-vault shows of a file."""
    command = [str(Path(sys.executable).with_name("ansible-vault")), "view", str(vault)]
    return subprocess.run(
        [*command, "--vault-password-file", str(password)], capture_output=True, text=True, check=True
    ).stdout
