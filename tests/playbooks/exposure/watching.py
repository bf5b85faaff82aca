# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Watches the processes of a run: their arguments, their environments, and the files that others could read meanwhile."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

#: Set in the environment of what runs on the host.
HOST_VARIABLE = "PLAYED_HOST=1"
_INTERVAL = 0.01
_DEADLINE = 60.0


class Watch:
    """While open, keeps what the processes of a run show. Only the process itself and its descendants are looked at.

    :param pid: of the process that starts all others
    :param directories: whose files nobody else may read while they hold something
    """

    def __init__(self, pid: int, directories: tuple[Path, ...]) -> None:
        self.arguments: set[str] = set()
        self.environments: set[str] = set()
        self.host_environments: set[str] = set()
        self.public_files: set[str] = set()
        self._pids = {pid}
        self._directories = directories
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def wait_for_all(self) -> None:
        """Wait for what outlives the process: the wrapper of ``async`` removes its files only when Ansible has the result."""
        deadline = time.monotonic() + _DEADLINE
        while self._pids and time.monotonic() < deadline:
            time.sleep(_INTERVAL)

    def _watch(self) -> None:
        while not self._done.wait(_INTERVAL):
            for pid in list(self._pids):
                self._look_at(Path("/proc", str(pid)))
            for directory in self._directories:
                self.public_files.update(_public(directory))

    def _look_at(self, process: Path) -> None:
        try:
            arguments = (process / "cmdline").read_text(errors="replace")
            environment = (process / "environ").read_text(errors="replace")
            for thread in (process / "task").iterdir():
                self._pids.update(map(int, (thread / "children").read_text().split()))
        except OSError:  # it has ended
            self._pids.discard(int(process.name))
            return
        self.arguments.add(arguments.replace("\0", " "))
        of_host = HOST_VARIABLE in environment.split("\0")
        (self.host_environments if of_host else self.environments).add(environment.replace("\0", "\n"))


def _public(directory: Path) -> Iterator[str]:
    """The content of files that others can read, below directories that others can enter."""
    try:
        entries = list(os.scandir(directory)) if directory.stat().st_mode & 0o005 else []
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _public(Path(entry.path))
            elif entry.is_file(follow_symlinks=False) and entry.stat().st_mode & 0o004:
                yield Path(entry.path).read_text(encoding="utf-8", errors="replace")
        except OSError:  # it is gone
            continue
