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
import typing as t

from .attributes import Attributes, set_attributes
from .errors import DeliveryError
from .placement import MAX_BYTES

#: Seconds after which a temporary file that no process uses is a leftover.
_LEFTOVER_AGE = 3600


class TemporaryFile:
    """A reserved file in the directory of a token file. It is private, and renamed to the token file when written."""

    def __init__(self, fd: int, path: str) -> None:
        self._fd: int | None = fd
        self._path = path
        #: Where it is when it was renamed.
        self._target: str | None = None

    @classmethod
    def reserve(cls, target: str, attributes: Attributes, nonce: str) -> TemporaryFile:
        """Create a temporary file with its final mode, owner and group, and enough space.

        :param target: the path of the token file
        :param nonce: makes the name unique
        :raises OSError: that is not possible; nothing remains
        """
        path = _prefix_of(target) + nonce
        temporary = cls(_create(path), path)
        try:
            temporary._prepare(attributes)
        except BaseException:
            temporary.discard()
            raise
        return temporary

    def fill(self, content: bytes) -> None:
        """Write the content to the disk, over the reserved space, so that no further space is needed.

        :raises OSError: not everything could be written
        """
        fd = self._open_fd()
        _write_all(fd, content)
        os.ftruncate(fd, len(content))
        os.fsync(fd)

    def rename_to(self, target: str) -> None:
        """Move the file to its final path in one step, on the disk as well.

        :raises OSError: the file at the path is as before
        :raises DeliveryError: another user replaced the temporary file
        """
        directory = os.path.dirname(target)
        if not self._is_at(self._path):
            raise DeliveryError(
                f"Could not write token_file {target}: another process replaced the temporary file in {directory}."
                " The token file is as before. Check who can write to the directory."
            )
        self._target = target
        os.rename(self._path, target)
        if not self._is_at(target):
            raise DeliveryError(
                f"Could not write token_file {target}: what is at the path now is not the file that was written, so"
                f" another process replaced it. Delete it, and check who can write to the directory {directory}."
            )
        fd, self._fd = self._open_fd(), None
        os.close(fd)
        _sync_directory(directory)

    def discard(self) -> None:
        """Remove the file with everything in it. After the rename, only close it."""
        if self._fd is None:
            return
        fd, self._fd = self._fd, None
        # An interruption can come right after the rename.
        if self._target is None or not _is_same(fd, self._target):
            with contextlib.suppress(OSError):  # nothing remains of a secret, wherever the file was moved to
                os.ftruncate(fd, 0)
            if _is_same(fd, self._path):
                with contextlib.suppress(OSError):
                    os.unlink(self._path)
        os.close(fd)

    def _prepare(self, attributes: Attributes) -> None:
        fd = self._open_fd()
        # It shows other runs that the file is in use. Some file systems have no locks; the age has to do there.
        with contextlib.suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        set_attributes(fd, attributes)
        _write_all(fd, bytes(MAX_BYTES))
        os.fsync(fd)

    def _is_at(self, path: str) -> bool:
        return _is_same(self._open_fd(), path)

    def _open_fd(self) -> int:
        if self._fd is None:
            raise ValueError("the temporary file is closed")
        return self._fd


def remove_leftovers(target: str, owners: t.Container[int], nonce: str) -> None:
    """Remove the temporary files that interrupted runs have left for a token file, as far as that is possible.

    The file system's own clock decides, as that of a file server can differ from the machine's.

    :param owners: the users whose files are removed
    """
    prefix = _prefix_of(target)
    directory, start = os.path.split(prefix)
    with contextlib.suppress(OSError):
        names = [name for name in os.listdir(directory) if name.startswith(start)]
        if names:
            latest = _file_system_time(prefix + nonce) - _LEFTOVER_AGE
            for name in names:
                _remove_leftover(os.path.join(directory, name), owners, latest)


def _remove_leftover(path: str, owners: t.Container[int], latest: float) -> None:
    with contextlib.suppress(OSError):
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_uid not in owners or status.st_mtime > latest:
            return
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not _is_in_use(fd) and _is_same(fd, path):
                os.unlink(path)
        finally:
            os.close(fd)


def _is_in_use(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no locks here
        return False
    return False


def _file_system_time(path: str) -> float:
    fd = _create(path)
    try:
        return os.fstat(fd).st_mtime
    finally:
        os.unlink(path)
        os.close(fd)


def _prefix_of(target: str) -> str:
    """The path of all temporary files of a token file, without the nonce. It is short, whatever the name is."""
    name = hashlib.sha256(os.fsencode(os.path.basename(target))).hexdigest()[:16]
    return os.path.join(os.path.dirname(target), f".losant-{name}-")


def _create(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _is_same(fd: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except OSError:
        return False


def _write_all(fd: int, content: bytes) -> None:
    """Write from the beginning. A disk that gets full cuts a write short, and only the next one fails."""
    done = 0
    while done < len(content):
        done += os.pwrite(fd, content[done:], done)


def _sync_directory(directory: str) -> None:
    """Make the rename last through a crash. Some file systems cannot do that."""
    with contextlib.suppress(OSError):
        fd = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
