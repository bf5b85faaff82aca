# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures playbooks against the sandbox, side by side, and writes the page "How fast it is". ``make bench`` runs it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from ansible_collections.losant.platform.tests.benchmarks.cases import (
    CONTROLLER,
    EMPTY,
    SIZES,
    SLOW,
    TASKS,
    Size,
    inventory,
    playbook,
)
from ansible_collections.losant.platform.tests.benchmarks.report import RESULTS, Results, write_page
from losant_sandbox.client import Sandbox

#: Stands for the ssh client: it runs the command here, as a host would.
_SSH = '#!/bin/sh\nfor last; do :; done\nexec /bin/sh -c "$last"\n'


class Bench:
    """The directory with what is played, and how."""

    def __init__(self, directory: Path, sandbox: Sandbox) -> None:
        self._directory = directory
        self._sandbox = sandbox
        self._ssh = directory / "ssh"
        self._ssh.write_text(_SSH, encoding="utf-8")
        self._ssh.chmod(0o700)
        (directory / "home").mkdir()

    def seconds(self, kind: str, size: Size) -> float:
        """Play once, and return how long the whole command took."""
        book, hosts = self._directory / "play.yml", self._directory / "hosts"
        book.write_text(playbook(kind, size), encoding="utf-8")
        hosts.write_text(inventory(kind, size, str(self._ssh)), encoding="utf-8")
        begin = time.monotonic()
        ended = subprocess.run(
            [
                str(Path(sys.executable).with_name("ansible-playbook")),
                "--inventory",
                str(hosts),
                str(book),
                *self._variables(),
            ],
            cwd=self._directory,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        taken = time.monotonic() - begin
        if ended.returncode:
            raise SystemExit(
                f"{kind}, {size.title}: ansible-playbook failed.\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}"
            )
        return taken

    def _variables(self) -> list[str]:
        variables = {
            "tokens_url": self._sandbox.url + self._sandbox.tokens_path,
            "access_token": self._sandbox.access_token,
            "local_file": str(self._directory / "token"),
        }
        return ["--extra-vars", json.dumps(variables)]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "LOSANT_"))}
        return {
            **kept,
            "HOME": str(self._directory / "home"),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "LOSANT_API_URL": self._sandbox.url,
            "LOSANT_API_TOKEN": self._sandbox.access_token,
            "LOSANT_APPLICATION_ID": self._sandbox.application_id,
        }


def measure(bench: Bench, rounds: int, slow_rounds: int) -> Results:
    """Play the cases in turn, round by round, so that all meet the same machine."""
    bench.seconds(CONTROLLER, Size("once"))  # creates the token; everything after it finds it
    measured: dict[str, dict[str, list[float]]] = {size.title: defaultdict(list) for size in SIZES}
    for number in range(rounds):
        for size in SIZES:
            for kind in (EMPTY, *(kind for kind in TASKS if kind not in SLOW or number < slow_rounds)):
                measured[size.title][kind].append(bench.seconds(kind, size))
                print(f"round {number + 1}, {size.title}, {kind}: {measured[size.title][kind][-1]:.1f} s", flush=True)
    return Results(_machine(), rounds, slow_rounds, measured)


def _machine() -> str:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {gigabytes:.0f} GiB of memory, {platform.system()}, Python {platform.python_version()},"
        f" ansible-core {version('ansible-core')}, five forks"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each case is played (default: 5)")
    parser.add_argument("--slow-rounds", type=int, help="how often those that take long are played (default: as often)")
    options = parser.parse_args()
    rounds: int = options.rounds
    slow_rounds: int = min(rounds, options.slow_rounds or rounds)
    with tempfile.TemporaryDirectory() as directory, Sandbox.start() as sandbox:
        results = measure(Bench(Path(directory), sandbox), rounds, slow_rounds)
    RESULTS.write_text(json.dumps(results._asdict(), indent=2) + "\n", encoding="utf-8")
    write_page(results)


if __name__ == "__main__":
    main()
