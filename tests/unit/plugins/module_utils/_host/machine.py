# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files as the kernel protects them, and other processes that use the code under test."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.losant.platform.plugins.module_utils._host import placement

#: From linux/fs.h, as on all processors that run these tests.
GET_FLAGS, SET_FLAGS = 0x80086601, 0x40086602
FLAGS = {"immutable": 0x10, "append-only": 0x20}
_COLLECTIONS = Path(placement.__file__).parents[6]


@contextmanager
def flagged(path: Path, flag: str) -> Iterator[None]:
    """Set a flag of chattr on a file or directory. Where that is not permitted, the kernel's response is simulated."""
    fd = os.open(path, os.O_RDONLY)
    try:
        (before,) = struct.unpack_from("I", fcntl.ioctl(fd, GET_FLAGS, bytes(8)))
        fcntl.ioctl(fd, SET_FLAGS, struct.pack("Q", before | FLAGS[flag]))
    except OSError:
        os.close(fd)
        with _simulated_flags(path, FLAGS[flag]):
            yield
        return
    try:
        yield
    finally:
        fcntl.ioctl(fd, SET_FLAGS, struct.pack("Q", before))
        os.close(fd)


@contextmanager
def _simulated_flags(path: Path, flags: int) -> Iterator[None]:
    status = path.stat()

    def ioctl(fd: int, request: int, _argument: bytes) -> bytes:
        assert request == GET_FLAGS
        return struct.pack("Q", flags if os.path.samestat(os.fstat(fd), status) else 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fcntl, "ioctl", ioctl)
        yield


@contextmanager
def mounted(path: Path, source: Path) -> Iterator[None]:
    """Mount a file on another one. Where that is not permitted, the kernel's response is simulated."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount or "", "--bind", str(source), str(path)]
    if mount is None or umount is None or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(placement, "_mount_of", lambda name, _how: "2" if name == str(path) else "1")
            yield
        return
    try:
        yield
    finally:
        subprocess.run([umount, str(path)], check=True)


@contextmanager
def running(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a script until it prints a line, and kill it at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": str(_COLLECTIONS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
            process.wait()
