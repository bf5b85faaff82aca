# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of playbooks share: a sandbox, and real runs of ansible-playbook against it."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
from link_collection import link_collection

from losant_sandbox.client import Sandbox


@dataclasses.dataclass(frozen=True)
class Played:
    """How a run of ansible-playbook ended."""

    code: int
    output: str


class Player:
    """Runs playbooks as a user would, with everything that they write below one directory."""

    def __init__(self, sandbox: Sandbox, directory: Path) -> None:
        self.sandbox = sandbox
        self.directory = directory

    def write(self, text: str, name: str = "playbook.yml") -> Path:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def start(self, playbook: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook), *options],
            cwd=playbook.parent,
            env={**self.environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, playbook: Path, *options: str, **environment: str) -> Played:
        process = self.start(playbook, *options, **environment)
        output, _errors = process.communicate(timeout=120)
        return Played(process.returncode, output)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "LOSANT_"))}
        return {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.directory / "home"),
            "ANSIBLE_ASYNC_DIR": str(self.directory / "home" / "async"),
            "ANSIBLE_COLLECTIONS_PATH": str(link_collection()),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "LOSANT_API_URL": self.sandbox.url,
            "LOSANT_API_TOKEN": self.sandbox.access_token,
            "LOSANT_APPLICATION_ID": self.sandbox.application_id,
        }


@pytest.fixture
def player(running_sandbox: Sandbox, tmp_path: Path) -> Player:
    running_sandbox.reset()
    (tmp_path / "home").mkdir()
    return Player(running_sandbox, tmp_path)
