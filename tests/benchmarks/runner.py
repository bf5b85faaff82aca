# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs Ansible's commands against the sandbox, and says how long they took and how much memory they needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from losant_sandbox.client import Sandbox

#: Stands for the ssh client: it runs the command here, as a host would.
_SSH = '#!/bin/sh\nfor last; do :; done\nexec /bin/sh -c "$last"\n'

#: Runs a command, and notes the memory of the largest process. It is small itself, as a new process counts what its parent had.
_WATCH = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


#: This machine, with the Python that runs Ansible.
_LOCAL = "localhost ansible_connection=local ansible_python_interpreter='{{ ansible_playbook_python }}'\n"


@dataclass(frozen=True)
class Cost:
    """What a command cost. ``megabytes``: of the largest of its processes."""

    seconds: float
    megabytes: float


class Runner:
    """A directory of its own, and a sandbox."""

    def __init__(self, directory: Path, sandbox: Sandbox) -> None:
        self.directory = directory
        self.sandbox = sandbox
        self.ssh = self.write("ssh", _SSH)
        self.ssh.chmod(0o700)
        (directory / "home").mkdir()

    def write(self, name: str, text: str) -> Path:
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path

    def play(self, playbook: str, hosts: str = _LOCAL) -> Cost:
        """Play once."""
        variables = {
            "tokens_url": self.sandbox.url + self.sandbox.tokens_path,
            "access_token": self.sandbox.access_token,
            "local_file": str(self.directory / "token"),
        }
        book, inventory = self.write("play.yml", playbook), self.write("hosts", hosts)
        return self.run("ansible-playbook", "-i", str(inventory), str(book), "--extra-vars", json.dumps(variables))

    def run(self, command: str, *arguments: str, **environment: str) -> Cost:
        """Run a command of Ansible once, whose output nobody reads unless it fails."""
        program = str(Path(sys.executable).with_name(command))
        memory = self.directory / "memory"
        begin = time.monotonic()
        ended = subprocess.run(
            [sys.executable, "-S", "-c", _WATCH, str(memory), program, *arguments],
            cwd=self.directory,
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        taken = time.monotonic() - begin
        if ended.returncode:
            raise SystemExit(f"{command} {' '.join(arguments)} failed.\n{ended.stdout[-4000:].decode()}")
        return Cost(taken, int(memory.read_text(encoding="utf-8")) / 1024)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "LOSANT_"))}
        return {
            **kept,
            "HOME": str(self.directory / "home"),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "LOSANT_API_URL": self.sandbox.url,
            "LOSANT_API_TOKEN": self.sandbox.access_token,
            "LOSANT_APPLICATION_ID": self.sandbox.application_id,
        }


def report(*what: object, cost: Cost) -> None:
    """Show one measurement while others are still to come."""
    print(*what, f"{cost.seconds:.1f} s", sep=", ", flush=True)
