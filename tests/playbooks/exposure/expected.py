# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where secrets show: what the runs must find, and the table in the guide."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .runs import (
    ARGUMENTS,
    ARTIFACTS,
    COMMAND,
    CONTROLLER_FILES,
    HOST_FILES,
    HOST_PROCESSES,
    JUNIT,
    LOG,
    PROCESSES,
    PUBLIC,
    RESULTS,
    RUNNER_RUNS,
    RUNS,
    SCREEN,
    TASK_FIELDS,
    TREE,
)
from .traces import COMMAND_LINE, ENVIRONMENT, OPTION, SECRET, TASK_ENVIRONMENT


class Cores(enum.Enum):
    """On which ansible-core something shows. The value stands in the guide."""

    ALL = "yes"
    BEFORE_2_22 = "before ansible-core 2.22"


Cells = tuple[tuple[str, ...], tuple[str, ...]]


class Row(NamedTuple):
    """A place in which secrets can show.

    ``title``, ``instead``: text of the guide, ``instead`` says what to do; ``cells``: runs, and the places in them;
    ``shown``: SECRET, or how an access token is passed, with the cores on which it shows
    """

    title: str
    cells: tuple[Cells, ...]
    shown: Mapping[str, Cores] = {}
    instead: str = ""


_ALL_RUNS = (*RUNS, *RUNNER_RUNS)
_ORDINARY = ("quiet", "verbose", "verbose-no-pipelining", "minimal", "oneline", "keep", *RUNNER_RUNS)
_OWN = (*_ORDINARY, "debug", "debug-host")

ROWS = (
    Row(
        "The screen and the log file, with any callback of ansible-core, with ``--diff`` and up to ``-vvvvvv``",
        ((_ORDINARY, (SCREEN, LOG)),),
    ),
    Row("The screen and the log file with ``ANSIBLE_DEBUG``", ((("debug",), (SCREEN, LOG)), (("debug-host",), (LOG,)))),
    Row(
        "The results that callbacks get, and the files that the callbacks ``tree`` and ``junit`` write",
        ((_OWN, (RESULTS, TREE, JUNIT)), (("other-module",), (RESULTS, TREE, JUNIT)), (("user",), (TREE,))),
    ),
    Row(
        "The arguments of a process, such as ``ssh`` and what it starts on a host",
        ((_OWN, (ARGUMENTS,)),),
    ),
    Row("The environment of a process on a host", (((*_OWN, "user"), (HOST_PROCESSES,)),)),
    Row(
        "Files on the controller and on the host after the run, such as those of ``async``",
        (
            (tuple(run for run in _ALL_RUNS if run != "keep"), (CONTROLLER_FILES, HOST_FILES)),
            (("keep",), (CONTROLLER_FILES,)),
        ),
    ),
    Row("Files that other users can read, during the run", ((_ALL_RUNS, (PUBLIC,)),)),
    Row("The artifacts of ansible-runner, except the next row", ((("runner",), (ARTIFACTS,)),)),
    Row(
        "The record that ansible-runner keeps of its environment (``command``), and the stream that its worker returns",
        ((tuple(RUNNER_RUNS), (COMMAND,)), (("runner-remote",), (ARTIFACTS,))),
        {ENVIRONMENT: Cores.ALL},
        "In ansible-runner and AWX, pass ``access_token_file``, or ``access_token`` from Ansible Vault.",
    ),
    Row(
        "The environment of the processes of Ansible, which the same user and root can read",
        ((_ALL_RUNS, (PROCESSES,)),),
        {ENVIRONMENT: Cores.ALL},
        "Pass ``access_token_file``.",
    ),
    Row(
        "The arguments and the environment of a task, which callbacks can read",
        ((_OWN, (TASK_FIELDS,)),),
        {SECRET: Cores.ALL, OPTION: Cores.ALL, TASK_ENVIRONMENT: Cores.ALL},
        "Use callbacks that you trust. ``access_token_file``, ``LOSANT_API_TOKEN`` and ``token_file`` of ``api_token`` put no"
        " secret there.",
    ),
    Row(
        "``environment`` of a task of another collection: ``-vvv``, the log file, the processes on the controller and the host",
        ((("other-module",), (SCREEN, LOG, ARGUMENTS, HOST_PROCESSES, TASK_FIELDS)),),
        {TASK_ENVIRONMENT: Cores.ALL},
        "Set ``environment`` for the tasks of this collection only, not for a play.",
    ),
    Row(
        "``-e access_token=...`` on the command line: the list of processes",
        ((("user",), (ARGUMENTS, TASK_FIELDS)),),
        {COMMAND_LINE: Cores.ALL},
        "Pass ``access_token_file``, or a file of variables: ``-e @secrets.yml``.",
    ),
    Row(
        "``debug`` of a registered result, on the screen, in the log file and in what callbacks get",
        ((("user",), (SCREEN, LOG, JUNIT, RESULTS)),),
        {SECRET: Cores.BEFORE_2_22},
        "Print single keys, such as ``result.api_token.id``.",
    ),
    Row(
        "The screen with ``ANSIBLE_DEBUG`` and ``losant_run_on: host``, if the task returns the secret",
        ((("debug-host",), (SCREEN,)),),
        {SECRET: Cores.ALL},
        "Set ``token_file``, and leave ``return_token`` out.",
    ),
    Row(
        "The files that ``ANSIBLE_KEEP_REMOTE_FILES`` keeps on the host: the secret of a ``token_file``, and the access token"
        " with ``losant_run_on: host``",
        ((("keep",), (HOST_FILES,)),),
        {SECRET: Cores.ALL, OPTION: Cores.ALL, TASK_ENVIRONMENT: Cores.ALL},
        "Remove the directory ``~/.ansible/tmp`` on the host.",
    ),
)


def row_of(run: str, place: str) -> Row:
    """The only row for a place in a run."""
    [row] = [row for row in ROWS if any(run in runs and place in places for runs, places in row.cells)]
    return row


def expected(run: str, place: str, *, is_2_22: bool) -> set[str]:
    """What must be found in a place after a run."""
    shown = row_of(run, place).shown
    return {kind for kind, cores in shown.items() if cores is Cores.ALL or not is_2_22}


#: How the guide names the ways to pass an access token.
_PASSED = {
    OPTION: "``access_token``",
    ENVIRONMENT: "``LOSANT_API_TOKEN``",
    TASK_ENVIRONMENT: "``environment`` of the task",
    COMMAND_LINE: "the command line",
}


def table() -> Iterator[str]:
    """The lines of the table in the guide."""
    yield from (".. list-table::", "   :header-rows: 1", "   :widths: 36 14 20 30", "")
    yield from _line("Place", "Secret of a token", "Access token", "What to do")
    for row in ROWS:
        yield from _line(row.title, _secret(row), _access_token(row), row.instead)


def _secret(row: Row) -> str:
    return f"**{row.shown[SECRET].value}**" if SECRET in row.shown else "no"


def _access_token(row: Row) -> str:
    passed = [text for way, text in _PASSED.items() if way in row.shown]
    return f"**if set by** {' or '.join(passed)}" if passed else "no"


def _line(*cells: str) -> Iterator[str]:
    for number, cell in enumerate(cells):
        yield f"   {'* -' if number == 0 else '  -'} {cell}".rstrip()
