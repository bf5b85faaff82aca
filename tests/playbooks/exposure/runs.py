# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runs: each shows things in a way of its own, and what it shows is collected by place."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..conftest import Player
from .tasks import ASYNC, CONTROLLER, HOST, OTHER_MODULE, SHOWN, USER, plays
from .traces import COMMAND_LINE, ENVIRONMENT, Traces, seed_access_tokens, text_of
from .watching import HOST_VARIABLE, Watch

#: The places in which something can show.
SCREEN, LOG, RESULTS, TASK_FIELDS, TREE, JUNIT = "screen", "log", "results", "task fields", "tree", "junit"
ARGUMENTS, PROCESSES, HOST_PROCESSES, PUBLIC = "arguments", "processes", "processes of the host", "public files"
CONTROLLER_FILES, HOST_FILES = "files of the controller", "files of the host"
ARTIFACTS, COMMAND = "artifacts", "command of ansible-runner"
#: Which secrets each place shows after a run.
Found = dict[str, set[str]]


class Run(NamedTuple):
    """How playbooks are run. ``options``: of ansible-playbook; ``settings``: of the environment."""

    groups: tuple[str, ...]
    options: tuple[str, ...] = ()
    settings: Mapping[str, str] = {}
    pipelining: bool = True


class RunnerRun(NamedTuple):
    """How ansible-runner runs them. ``is_remote``: by a worker that gets all by a stream, and returns all by another."""

    groups: tuple[str, ...]
    is_remote: bool = False


_ALL = (CONTROLLER, HOST)
_HERE = ("-v", "--limit", "here")
_DEBUG = {"ANSIBLE_DEBUG": "1"}
RUNS: Mapping[str, Run] = {
    "quiet": Run((CONTROLLER,), ("--limit", "here")),
    "verbose": Run((*_ALL, ASYNC), ("-vvvvvv",)),
    "verbose-no-pipelining": Run(_ALL, ("-vvvv",), pipelining=False),
    "minimal": Run((CONTROLLER,), _HERE, {"ANSIBLE_STDOUT_CALLBACK": "minimal"}),
    "oneline": Run((CONTROLLER,), _HERE, {"ANSIBLE_STDOUT_CALLBACK": "oneline"}),
    "debug": Run((CONTROLLER,), ("-vvvv",), _DEBUG),
    "debug-host": Run((HOST,), ("-vvvv",), _DEBUG),
    "keep": Run(_ALL, (), {"ANSIBLE_KEEP_REMOTE_FILES": "1"}, pipelining=False),
    "user": Run((USER,), ("-v",)),
    "other-module": Run((OTHER_MODULE,), ("-vvvv",)),
}
RUNNER_RUNS: Mapping[str, RunnerRun] = {
    "runner": RunnerRun(_ALL),
    "runner-remote": RunnerRun((CONTROLLER,), is_remote=True),
}


class Stage:
    """A directory with an inventory, a host behind the ssh plugin, access tokens, and all that a run writes.

    :param player: runs ansible-playbook, with its home below its directory
    """

    def __init__(self, player: Player) -> None:
        self.player = player
        self.directory = player.directory
        self.traces: Traces = seed_access_tokens(player.sandbox)
        self.logs = self._make("logs")
        self.host = self._make("host")
        self.delivered = self._make("delivered")
        # Ansible opens a socket there, whose path must be short.
        self._temporary = Path(tempfile.mkdtemp(prefix="t", dir=self.directory.parent))
        self._given = self._make("access_tokens")
        for passed, token in self.traces.access_tokens.items():
            (self._given / passed).write_text(token, encoding="utf-8")

    def play(self, run: Run) -> Found:
        """Run ansible-playbook, and return which secrets each place shows."""
        playbook = self.player.write(json.dumps(plays(run.groups)), "play/playbook.yml")
        inventory = self._inventory(run.pipelining)
        options = ["--inventory", str(inventory), "--diff", *run.options, *self._variables(run)]
        command = [_tool("ansible-playbook"), str(playbook), *options]
        return self._found(*self._watched(command, run.settings, playbook.parent))

    def play_in_runner(self, run: RunnerRun) -> Found:
        """Run ansible-runner, as AWX does, and return which secrets each place shows."""
        data = self._make("runner")
        self.player.write(json.dumps(plays(run.groups)), "runner/project/playbook.yml")
        self.player.write(json.dumps(self._values()), "runner/env/extravars")
        self.player.write("-v --diff", "runner/env/cmdline")
        self._inventory(True, "runner/inventory/hosts")
        received = self._make("received")
        if run.is_remote:
            command = _piped(data, self._make("worker"), received)
        else:
            command = _runner("run", "--artifact-dir", str(received / "artifacts"), str(data))
        found = self._found(*self._watched(command, {}, data))
        records = sorted(self.directory.rglob("artifacts/**/command"))
        assert records
        found[COMMAND] = self.traces.found_in("\n".join(map(text_of, records)))
        for record in records:
            record.unlink()
        text = text_of(received) + text_of(data) + text_of(self._make("worker"))
        assert text.count(SHOWN) > 2, text
        found[ARTIFACTS] = self.traces.found_in(text)
        return found

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
        with Watch(process.pid, (self.directory / "home", self._temporary, self.host)) as watch:
            text, _errors = process.communicate(timeout=240)
            watch.wait_for_all()
        assert process.returncode == 0, text
        assert watch.arguments, "no process was seen"
        return text, watch

    def _found(self, screen: str, watch: Watch) -> Found:
        """Which secrets each place shows after a run."""
        assert SHOWN in screen, screen
        # Nothing searches this file: it is for whoever looks for the reason of a failure.
        self.player.write(screen, "screen")
        texts = {
            SCREEN: screen,
            LOG: text_of(self.logs / "ansible.log"),
            RESULTS: text_of(self.logs / "dump"),
            TASK_FIELDS: text_of(self.logs / "dump.task_fields"),
            TREE: text_of(self.logs / "tree"),
            JUNIT: text_of(self.logs / "junit"),
            ARGUMENTS: "\n".join(watch.arguments) + text_of(self.logs / "ssh"),
            PROCESSES: "\n".join(watch.environments) + text_of(self.logs / "ssh_environment"),
            HOST_PROCESSES: "\n".join(watch.host_environments),
            PUBLIC: "\n".join(watch.public_files),
            CONTROLLER_FILES: text_of(self.directory / "home") + text_of(self._temporary),
            HOST_FILES: text_of(self.host),
        }
        return {place: self.traces.found_in(text) for place, text in texts.items()}

    def _environment(self) -> dict[str, str]:
        return {
            **self.player.environment(),
            "LOSANT_API_TOKEN": self.traces.access_tokens[ENVIRONMENT],
            "TMPDIR": str(self._temporary),
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
            values["access_token_variable"] = self.traces.access_tokens[COMMAND_LINE]
        return ["--extra-vars", json.dumps(values)]

    def _inventory(self, pipelining: bool, name: str = "inventory") -> Path:
        lines = [
            "here ansible_connection=local",
            "[behind_ssh]",
            "there ansible_connection=ssh",
            "[behind_ssh:vars]",
            f"ansible_ssh_executable={self._ssh()}",
            "ansible_ssh_transfer_method=piped",
            f"ansible_pipelining={pipelining}",
            f"ansible_async_dir={self.host}/async",
            "[all:vars]",
            "ansible_python_interpreter={{ ansible_playbook_python }}",
        ]
        return self.player.write("\n".join([*lines, ""]), name)

    def _ssh(self) -> Path:
        """A program that stands for ssh: it runs its last argument as a host would, with nothing of this environment."""
        text = f"""#!/bin/sh
printf '%s\\n' "$@" > {self._make("logs/ssh")}/$$
env > {self._make("logs/ssh_environment")}/$$
for last; do :; done
exec env -i {HOST_VARIABLE} HOME={self.host} TMPDIR={self._make("host/tmp")} PATH="$PATH" LC_ALL=C.UTF-8 /bin/sh -c "$last"
"""
        path = self.player.write(text, "ssh")
        path.chmod(0o755)
        return path

    def _make(self, name: str) -> Path:
        path = self.directory / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def _runner(command: str, *options: str) -> list[str]:
    playbook = ["--playbook", "playbook.yml"] if command in ("run", "transmit") else []
    return [_tool("ansible-runner"), command, *playbook, *options]


def _piped(data: Path, worker: Path, received: Path) -> list[str]:
    """The three parts of ansible-runner, each of which can be on another machine."""
    parts = [
        _runner("transmit", str(data)),
        ["tee", str(received / "sent")],
        _runner("worker", "--private-data-dir", str(worker)),
        ["tee", str(received / "returned")],
        _runner("process", str(received)),
    ]
    return ["/bin/sh", "-c", " | ".join(map(shlex.join, parts))]


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
