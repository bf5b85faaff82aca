# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import ipaddress
import os
import pwd
import stat
import typing as t
from urllib.parse import urlsplit

from ansible_collections.losant.platform.plugins.module_utils._common.system import System

from .errors import LockError

__all__ = ["LockError", "exclusive"]

#: Seconds between two attempts to lock: at first as long as a task takes that finds nothing to do, then longer.
_FIRST_INTERVAL, _LAST_INTERVAL = 0.004, 0.05
#: Lock files of each kind. What shares one only waits for each other.
_BUCKETS = 64
_SYSTEM = System()


class _NoPlaceError(Exception):
    """No lock can be kept on this machine. The text is the reason."""


class _Lock(t.NamedTuple):
    """One lock file: its name, how it is locked (``LOCK_SH`` or ``LOCK_EX``), and what it stands for in messages."""

    file_name: str
    how: int
    subject: str


@contextlib.contextmanager
def exclusive(
    api_url: str,
    owner_id: str,
    name: str | None,
    *,
    kind: str = "application",
    noun: str = "API token",
    dry: bool = False,
    directory: str | None = None,
    wait: float = 120.0,
    system: System = _SYSTEM,
) -> t.Iterator[str | None]:
    """Let one run on this machine at a time change a token or a device, or all of an owner.

    The kernel frees the locks of a process that ends, however it ends. Do not take one inside another: two names can
    share a lock file.

    :param owner_id: empty if ``kind`` says who it is
    :param name: of the token or the device; None if only its id is known, which excludes all runs for the owner
    :param kind: of the owner, as messages name it
    :param noun: what has the name, as messages call it
    :param dry: take no lock: a run that writes nothing has to wait for nobody
    :param directory: where the lock files are, by default in the user's Ansible home
    :param wait: seconds to wait for other runs
    :return: None, or a note that the task goes on without a lock, with the reason
    :raises LockError: another run did not finish in that time, or this one was interrupted
    """
    if dry:
        yield None
        return
    with contextlib.ExitStack() as held:
        note = None
        end = system.monotonic() + wait
        try:
            place = _usable_place(directory)
            for lock in _locks(_address(api_url), kind, owner_id.strip().lower(), noun, name):
                fd = _open_lock(os.path.join(place, lock.file_name))
                held.callback(os.close, fd)
                _acquire(fd, lock, end, wait, system)
        except _NoPlaceError as error:
            note = f"Other runs on this machine are not excluded, as no lock can be kept: {error}"
        yield note


def _locks(address: str, kind: str, owner_id: str, noun: str, name: str | None) -> list[_Lock]:
    """The lock files in the order in which every run takes them, so that no two wait for each other."""
    owner = f"{kind}-{_bucket(address, owner_id)}"
    subject = f"the {kind} {owner_id}".rstrip()
    if name is None:
        return [_Lock(owner, fcntl.LOCK_EX, subject)]
    named = f"token-{_bucket(address, kind, owner_id, name)}"
    return [
        _Lock(owner, fcntl.LOCK_SH, subject),
        _Lock(named, fcntl.LOCK_EX, f"the {noun} {name!r} of {subject}"),
    ]


def _bucket(*parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
    return f"{digest[0] % _BUCKETS:02d}"


def _open_lock(path: str) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _NoPlaceError(f"{path} cannot be opened: {error.strerror or error}.") from None


def _acquire(fd: int, lock: _Lock, end: float, wait: float, system: System) -> None:
    interval = _FIRST_INTERVAL
    while not _try_lock(fd, lock):
        if system.interrupted():
            raise LockError(
                f"The task was interrupted while another run on this machine was working on {lock.subject}."
                " Nothing was written."
            )
        remaining = end - system.monotonic()
        if remaining <= 0:
            raise LockError(
                f"Another run on this machine is working on {lock.subject}, and did not finish within {wait:g} seconds."
                " Nothing was written. Run the task again when the other run is finished."
            )
        system.sleep(min(interval, remaining))
        interval = min(1.5 * interval, _LAST_INTERVAL)


def _try_lock(fd: int, lock: _Lock) -> bool:
    try:
        fcntl.flock(fd, lock.how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:  # a file system without locks
        raise _NoPlaceError(f"{lock.file_name} cannot be locked: {error.strerror or error}.") from None
    return True


def _usable_place(directory: str | None) -> str:
    """Create the directory for locks, if needed, and check that nobody else can hold up a run there."""
    home = None if directory is not None else _ansible_home()
    chain = [directory] if directory is not None else []
    if home is not None:
        ours = os.path.join(home, "losant.platform")
        chain = [ours, os.path.join(ours, "locks")]
    try:
        if home is not None:
            os.makedirs(home, 0o700, exist_ok=True)
        for path in chain:
            _create_private(path)
    except OSError as error:
        raise _NoPlaceError(f"{chain[-1]} cannot be created: {error.strerror or error}.") from None
    return chain[-1]


def _create_private(path: str) -> None:
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
    status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode):
        raise _NoPlaceError(f"{path} is not a directory.")
    if status.st_uid != os.geteuid():
        raise _NoPlaceError(f"{path} does not belong to the user of the task.")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _NoPlaceError(f"others can write to the directory {path}.")


def _ansible_home() -> str:
    """Return the directory that Ansible keeps its own files in."""
    home = os.environ.get("ANSIBLE_HOME")
    if home:
        return os.path.abspath(os.path.expanduser(home))
    user_home = os.environ.get("HOME")
    if not user_home:
        try:
            user_home = pwd.getpwuid(os.geteuid()).pw_dir
        except KeyError:
            raise _NoPlaceError(f"the user {os.geteuid()} has no home directory.") from None
    return os.path.join(os.path.abspath(user_home), ".ansible")


def _address(api_url: str) -> str:
    """Return one spelling of the URL, so that two spellings of one API exclude each other."""
    try:
        url = urlsplit(api_url.strip().rstrip("/"))
        host = (url.hostname or "").rstrip(".")
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
    except ValueError:  # the client refuses it later, with a message
        return api_url
    return f"{url.scheme}://{'localhost' if _is_loopback(host) else host}:{port}{url.path}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
