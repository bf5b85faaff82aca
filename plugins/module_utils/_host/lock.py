# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import stat
import tempfile
import time
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError

#: Seconds to wait for another run on the same host. A run holds the lock for a few requests.
PATIENCE = 120.0
#: Seconds between two looks.
INTERVAL = 0.05


class LockError(LosantError):
    """Another run on this host is at the same token, or the lock can't be had at all. Nothing was written."""

    kind = "lock"


@contextlib.contextmanager
def one_at_a_time(*what: str, patience: float = PATIENCE, folder: str | None = None) -> t.Iterator[None]:
    """Let one run on this host at a time do something to what the texts name.

    The kernel frees the lock of a process that ends, however it ends.

    :param patience: seconds to wait for the lock
    :param folder: where locks are kept, by default a folder of the user in the system's one for temporary files
    :raises LockError: the wait was in vain, or the folder can be written by others
    """
    path = os.path.join(_private_folder(folder), hashlib.sha256("\0".join(what).encode()).hexdigest())
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LockError(f"Could not open the lock {path}: {error.strerror}.") from None
    try:
        _acquire(fd, path, patience)
        yield
    finally:
        os.close(fd)


def _acquire(fd: int, path: str, patience: float) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            pass
        if time.monotonic() >= end:
            break
        time.sleep(INTERVAL)
    raise LockError(
        f"Another run on this host is at the same token, and did not finish within {patience:g} seconds. Nothing was written."
        f" Run the task again when it is done. The lock is {path}; it is freed when the process that holds it ends."
    )


def _private_folder(folder: str | None) -> str:
    path = folder or os.path.join(tempfile.gettempdir(), f"losant.platform-{os.geteuid()}")
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
        there = os.lstat(path)
    except OSError as error:
        raise LockError(f"Could not make the folder {path} for locks: {error.strerror}.") from None
    # Whoever can write there could hold up every run, or lead it astray.
    if not stat.S_ISDIR(there.st_mode) or there.st_uid != os.geteuid() or there.st_mode & 0o077:
        raise LockError(f"{path} must be a folder that belongs to the user of the task, with mode 0700. Remove it.")
    return path
