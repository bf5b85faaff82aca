# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of playbooks share: a sandbox, and real runs of ansible-playbook against it."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from link_collection import link_collection

from losant_sandbox.client import Sandbox


@dataclasses.dataclass(frozen=True)
class Recorded:
    """What a task resulted in for a host. ``ending``: ok, failed or unreachable."""

    ending: str
    task: str
    host: str
    result: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Played:
    """How a run of ansible-playbook ended. ``results``: in the order in which Ansible got them."""

    code: int
    output: str
    results: tuple[Recorded, ...] = ()

    def of(self, task: str) -> dict[str, Any]:
        """The result of the only run of a task."""
        [found] = [recorded.result for recorded in self.results if recorded.task == task]
        return found

    def ending_of(self, task: str) -> str:
        """How the only run of a task ended."""
        [found] = [recorded.ending for recorded in self.results if recorded.task == task]
        return found

    def modules(self, name: str) -> int:
        """How often Ansible ran a module somewhere, which it says at -vvv."""
        return sum("Using module file" in line and line.endswith(f"/{name}.py") for line in self.output.splitlines())


class Player:
    """Runs playbooks as a user would, with everything that they write below one directory."""

    def __init__(self, sandbox: Sandbox, directory: Path) -> None:
        self.sandbox = sandbox
        self.directory = directory
        #: Where the results of each run are, by its process.
        self._records: dict[int, Path] = {}

    def write(self, text: str, name: str = "playbook.yml") -> Path:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def play(self, *tasks: dict[str, Any], hosts: str = "localhost", **keywords: Any) -> Path:
        """Write a playbook of one play."""
        defaults = {"module_defaults": {"group/losant.platform.losant": {"retry_max_delay": 0}}}
        play = {"hosts": hosts, "gather_facts": False, **defaults, **keywords, "tasks": list(tasks)}
        return self.write(json.dumps([play]))

    def encrypt(self, text: str, password_file: str) -> str:
        """Encrypt a value for YAML with Ansible Vault."""
        tool = str(Path(sys.executable).with_name("ansible-vault"))
        encrypted = subprocess.run(
            [tool, "encrypt_string", f"--vault-password-file={password_file}", "--stdin-name", "value"],
            input=text,
            cwd=self.directory,
            env=self.environment(),
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return encrypted.stdout.removeprefix("value: ")

    def start(self, playbook: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
        record = self.directory / f"results-{len(self._records)}.jsonl"
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook), *options],
            cwd=playbook.parent,
            env={**self.environment(), "RECORD_RESULTS": str(record), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._records[process.pid] = record
        return process

    def run(self, playbook: Path, *options: str, **environment: str) -> Played:
        return self.finish(self.start(playbook, *options, **environment))

    def finish(self, process: subprocess.Popen[str]) -> Played:
        """Wait until a run that was started has ended."""
        output, _errors = process.communicate(timeout=120)
        record = self._records[process.pid]
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        return Played(process.returncode, output, tuple(Recorded(**json.loads(line)) for line in lines))

    def inventory(self, source: Path, *options: str, **environment: str) -> str:
        """What ansible-inventory prints of an inventory, which has no errors and no warnings."""
        shown = subprocess.run(
            [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(source), *options],
            cwd=self.directory,
            env={**self.environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
        )
        assert (shown.returncode, shown.stderr) == (0, "")
        return shown.stdout

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "LOSANT_"))}
        return {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.directory / "home"),
            "ANSIBLE_ASYNC_DIR": str(self.directory / "home" / "async"),
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).with_name("callbacks")),
            "ANSIBLE_CALLBACKS_ENABLED": "record_results",
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
