# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures playbooks and inventories against the sandbox, side by side, and writes the page "How fast it is".

``make bench`` runs it. With ``--only``, the other sections keep the results of the last run.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ansible.plugins.loader import init_plugin_loader

from losant_sandbox.client import Sandbox

# Ansible finds plugins only in collections that it has loaded itself.
init_plugin_loader([os.environ["ANSIBLE_COLLECTIONS_PATH"]])

from ansible_collections.losant.platform.tests.benchmarks import fleets, inventories, tasks  # noqa: E402
from ansible_collections.losant.platform.tests.benchmarks.report import read_results, write_results  # noqa: E402
from ansible_collections.losant.platform.tests.benchmarks.runner import Runner  # noqa: E402

#: The sections of the page. Each gets how often it is to measure what is quick, and what is slow.
SECTIONS: dict[str, Callable[[Runner, int, int], dict[str, Any]]] = {
    "tasks": tasks.measure,
    "fleets": fleets.measure,
    "reading": lambda runner, rounds, _slow_rounds: fleets.measure_reading(runner, rounds),
    "inventories": lambda runner, rounds, _slow_rounds: inventories.measure(runner, rounds),
}


def machine() -> str:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {gigabytes:.0f} GiB of memory, {platform.system()}, Python {platform.python_version()},"
        f" ansible-core {version('ansible-core')}, five forks"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each case is measured (default: 5)")
    parser.add_argument("--slow-rounds", type=int, default=1, help="how often those that take long are (default: 1)")
    parser.add_argument(
        "--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS), help="sections of the page"
    )
    options = parser.parse_args()
    results = {**read_results(), "machine": machine()}
    for name in options.only:
        with tempfile.TemporaryDirectory() as directory, Sandbox.start() as sandbox:
            runner = Runner(Path(directory), sandbox)
            results[name] = SECTIONS[name](runner, options.rounds, min(options.rounds, options.slow_rounds))
        write_results(results)  # a later section can take long


if __name__ == "__main__":
    main()
