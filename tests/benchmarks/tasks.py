# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays that differ in one task, each in several sizes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from .runner import Runner, report

#: An empty play: what Ansible needs to start.
EMPTY = "empty play"
DEBUG, URI = "ansible.builtin.debug", "ansible.builtin.uri"
CONTROLLER, ON_HOST, REMOTE_FILE = "api_token", "api_token, losant_run_on: host", "api_token, file behind ssh"

_API_TOKEN = "losant.platform.api_token: {name: bench, scope: [devices.get]%s}"

#: The one task of the play, by kind.
TASKS = {
    DEBUG: "ansible.builtin.debug: {msg: unchanged}",
    URI: "ansible.builtin.uri: {url: '{{ tokens_url }}', headers: {Authorization: 'Bearer {{ access_token }}'}}",
    CONTROLLER: _API_TOKEN % ", token_file: '{{ local_file }}'",
    ON_HOST: _API_TOKEN % ", token_file: '{{ local_file }}'",
    REMOTE_FILE: _API_TOKEN % ", token_file: '{{ local_file }}'",
}

#: These start a Python process for each task, so they take long.
SLOW = (URI, ON_HOST, REMOTE_FILE)


@dataclass(frozen=True)
class Size:
    """How often the task runs. ``title``: as the page names it."""

    title: str
    hosts: int = 1
    items: int = 0


SIZES = (Size("20 loop items", items=20), Size("200 loop items", items=200), Size("100 hosts", hosts=100))


def playbook(kind: str, size: Size) -> str:
    """The play. Every task finds what it declares, so that nothing changes."""
    lines = ["- hosts: bench", "  gather_facts: false", "  tasks:"]
    if kind == EMPTY:
        return "\n".join([*lines[:2], "  tasks: []", ""])
    lines.append(f"    - {TASKS[kind]}")
    if size.items:
        lines.append(f"      loop: '{{{{ range({size.items}) | list }}}}'")
    return "\n".join([*lines, ""])


def inventory(kind: str, size: Size, ssh: str) -> str:
    """The hosts. All are this machine; those behind ssh go through the code of that plugin. ``ssh``: stands for the client."""
    hosts = [f"host{number}" for number in range(size.hosts)]
    lines = ["[bench]", *hosts, "", "[bench:vars]", "ansible_python_interpreter={{ ansible_playbook_python }}"]
    if kind == REMOTE_FILE:
        lines += ["ansible_connection=ssh", f"ansible_ssh_executable={ssh}", "ansible_pipelining=true"]
    else:
        lines.append("ansible_connection=local")
    if kind == ON_HOST:
        lines.append("losant_run_on=host")
    return "\n".join([*lines, ""])


def measure(runner: Runner, rounds: int, slow_rounds: int) -> dict[str, Any]:
    """Play the cases in turn, round by round, so that all meet the same machine."""
    _play(runner, CONTROLLER, Size("once"))  # creates the token; everything after it finds it
    measured: dict[str, dict[str, list[float]]] = {size.title: defaultdict(list) for size in SIZES}
    for number in range(rounds):
        for size in SIZES:
            for kind in (EMPTY, *(kind for kind in TASKS if kind not in SLOW or number < slow_rounds)):
                measured[size.title][kind].append(_play(runner, kind, size))
    return {"rounds": rounds, "slow_rounds": slow_rounds, "seconds": {t: dict(kinds) for t, kinds in measured.items()}}


def _play(runner: Runner, kind: str, size: Size) -> float:
    cost = runner.play(playbook(kind, size), inventory(kind, size, str(runner.ssh)))
    report(size.title, kind, cost=cost)
    return round(cost.seconds, 2)
