# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runs: each shows things in a way of its own, and what it shows is collected by place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..conftest import Player
from .marks import COMMAND_LINE, ENVIRONMENT, Marks, seed_access_tokens, text_of
from .tasks import ASYNC, CONTROLLER, HOST, HOST_ENVIRONMENT, SHOWN, USER, plays
from .watching import HOST_MARK, Watch

#: The places in which something can show.
SCREEN, LOG, CALLBACK, TREE, JUNIT = "screen", "log", "callback", "tree", "junit"
ARGUMENTS, PROCESSES, HOST_PROCESSES, PUBLIC = "arguments", "processes", "processes of the host", "public files"
CONTROLLER_FILES, HOST_FILES = "files of the controller", "files of the host"
ARTIFACTS, COMMAND, STREAM = "artifacts", "command", "stream"
PLACES = (SCREEN, LOG, CALLBACK, TREE, JUNIT, ARGUMENTS, PROCESSES, HOST_PROCESSES, PUBLIC, CONTROLLER_FILES, HOST_FILES)
RUNNER_PLACES = (*PLACES, ARTIFACTS, COMMAND, STREAM)


class Run(NamedTuple):
    """How playbooks are run. ``verbosity``: an option of ansible-playbook."""

    groups: tuple[str, ...]
    verbosity: str = ""
    settings: Mapping[str, str] = {}
    pipelining: bool = True
    callback: str = "default"


_ALL = (CONTROLLER, HOST)
_FILES = {"ANSIBLE_KEEP_REMOTE_FILES": "1"}
_DEBUG = {"ANSIBLE_DEBUG": "1"}
RUNS: Mapping[str, Run] = {
    "quiet": Run(_ALL),
    "verbose": Run((*_ALL, ASYNC), "-vvvv"),
    "verbose-no-pipelining": Run(_ALL, "-vvvv", pipelining=False),
    "most-verbose": Run(_ALL, "-vvvvvv"),
    "minimal": Run(_ALL, "-v", callback="minimal"),
    "oneline": Run(_ALL, "-v", callback="oneline"),
    "debug": Run((CONTROLLER,), "-vvvv", _DEBUG),
    "debug-host": Run((HOST,), "-vvvv", _DEBUG),
    "keep": Run((CONTROLLER,), "", _FILES, pipelining=False),
    "user": Run((USER,), "-v"),
    "host-environment": Run((HOST_ENVIRONMENT,), "-vvvv"),
}
RUNNER_RUNS = ("runner", "runner-remote")


class Stage:
    """A directory with an inventory, a host behind the ssh plugin, access tokens, and all that a run writes.

    :param player: runs ansible-playbook, with its home below its directory
    """

    def __init__(self, player: Player) -> None:
        self.player = player
        self.directory = player.directory
        self.marks: Marks = seed_access_tokens(player.sandbox)
        self.logs = self._make("logs")
        self.host = self._make("host")
        self.delivered = self._make("delivered")
        self._given = self._make("access_tokens")
        for passed, token in self.marks.access_tokens.items():
            (self._given / passed).write_text(token, encoding="utf-8")

    def play(self, run: Run) -> dict[str, set[str]]:
        """Run ansible-playbook, and return which secrets each place shows."""
        playbook = self.player.write(json.dumps(plays(run.groups)), "play/playbook.yml")
        inventory = self._inventory(run.pipelining)
        options = ["--inventory", str(inventory), "--diff", *filter(None, [run.verbosity]), *self._variables(run)]
        command = [_tool("ansible-playbook"), str(playbook), *options]
        environment = {"ANSIBLE_STDOUT_CALLBACK": run.callback, **run.settings}
        return self._found(*self._watched(command, environment, playbook.parent))

    def play_in_runner(self, *, remote: bool) -> dict[str, set[str]]:
        """Run ansible-runner, as AWX does, and return which secrets each place shows."""
        data = self._make("runner")
        self.player.write(json.dumps(plays(_ALL)), "runner/project/playbook.yml")
        variables = {**self._values(), "ansible_verbosity": 1}
        self.player.write(json.dumps(variables), "runner/env/extravars")
        self._inventory(True, "runner/inventory/hosts")
        text, watch = self._run_remote(data) if remote else self._run_runner(data)
        found = self._found(text, watch)
        for place in (ARTIFACTS, COMMAND):
            assert (data / "artifacts").is_dir(), text
        commands = list((data / "artifacts").rglob("command"))
        found[COMMAND] = self.marks.found_in("\n".join(map(text_of, commands)))
        for path in commands:
            path.unlink()
        found[ARTIFACTS] = self.marks.found_in(text_of(data / "artifacts"))
        assert SHOWN in text_of(data / "artifacts")
        return found

    def _run_runner(self, data: Path) -> tuple[str, Watch]:
        return self._watched(_runner("run", data), {}, data)

    def _run_remote(self, data: Path) -> tuple[str, Watch]:
        ...

    def _watched(self, command: list[str], environment: Mapping[str, str], directory: Path) -> tuple[str, Watch]:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with Watch(process.pid, (self.directory / "home", self.directory / "tmp", self.host)) as watch:
            text, _errors = process.communicate(timeout=240)
        assert process.returncode == 0, text
        assert watch.arguments, "no process was seen"
        return text, watch

    def _found(self, screen: str, watch: Watch) -> dict[str, set[str]]:
        """Which secrets each place shows after a run."""
        assert SHOWN in screen, screen
        texts = {
            SCREEN: screen,
            LOG: text_of(self.logs / "ansible.log"),
            CALLBACK: text_of(self.logs / "dump"),
            TREE: text_of(self.logs / "tree"),
            JUNIT: text_of(self.logs / "junit"),
            ARGUMENTS: "\n".join(watch.arguments) + text_of(self.logs / "ssh"),
            PROCESSES: "\n".join(watch.environments),
            HOST_PROCESSES: "\n".join(watch.host_environments),
            PUBLIC: "\n".join(watch.public_files),
            CONTROLLER_FILES: text_of(self.directory / "home") + text_of(self.directory / "tmp"),
            HOST_FILES: text_of(self.host),
        }
        return {place: self.marks.found_in(text) for place, text in texts.items()}

    def _environment(self) -> dict[str, str]:
        return {
            **self.player.environment(),
            "LOSANT_API_TOKEN": self.marks.access_tokens[ENVIRONMENT],
            "TMPDIR": str(self._make("tmp")),
            "ANSIBLE_LOG_PATH": str(self.logs / "ansible.log"),
            "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parents[1] / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "dump_everything,ansible.builtin.tree,ansible.builtin.junit",
            "ANSIBLE_CALLBACK_TREE_DIR": str(self._make("logs/tree")),
            "JUNIT_OUTPUT_DIR": str(self._make("logs/junit")),
            "DUMP_EVERYTHING": str(self.logs / "dump"),
        }

    def _values(self) -> dict[str, str]:
        return {"access_tokens": str(self._given), "delivered": str(self.delivered)}

    def _variables(self, run: Run) -> list[str]:
        values = self._values()
        if USER in run.groups:
            values["access_token_variable"] = self.marks.access_tokens[COMMAND_LINE]
        return ["--extra-vars", json.dumps(values)]

    def _inventory(self, pipelining: bool, name: str = "inventory") -> Path:
        lines = [
            "here ansible_connection=local",
            f"there ansible_connection=ssh ansible_ssh_executable={self._ssh()} ansible_ssh_transfer_method=piped"
            f" ansible_pipelining={pipelining} ansible_async_dir={self.host}/async",
            "[all:vars]",
            "ansible_python_interpreter={{ ansible_playbook_python }}",
        ]
        return self.player.write("\n".join([*lines, ""]), name)

    def _ssh(self) -> Path:
        """A program that stands for ssh: it runs its last argument as a host would, with nothing of this environment."""
        text = f"""#!/bin/sh
printf '%s\\n' "$@" > {self._make("logs/ssh")}/$$
for last; do :; done
exec env -i {HOST_MARK} HOME={self.host} TMPDIR={self._make("host/tmp")} PATH="$PATH" LC_ALL=C.UTF-8 /bin/sh -c "$last"
"""
        path = self.player.write(text, "ssh")
        path.chmod(0o755)
        return path

    def _make(self, name: str) -> Path:
        path = self.directory / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
