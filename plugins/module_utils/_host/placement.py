# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import fcntl
import os
import stat
import struct
import sys
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError

from .errors import DeliveryError, failed_call

#: The most bytes that a token file can have. A token that holds every scope of Losant needs about 12,000.
MAX_BYTES = 64 * 1024

#: From linux/fs.h. The direction "read" is another bit on a few processors.
_DIRECTION = 0x40000000 if os.uname().machine.startswith(("alpha", "mips", "ppc", "sparc")) else 0x80000000
_FS_IOC_GETFLAGS = _DIRECTION | struct.calcsize("l") << 16 | ord("f") << 8 | 1
_IMMUTABLE, _APPEND_ONLY = 0x10, 0x20

#: From linux/capability.h: to act as the owner of any file.
_CAP_FOWNER = 1 << 3


def checked_path(path: str, option: str = "token_file") -> str:
    """Return the path of a token file as it is, so that the kernel alone resolves it.

    :raises InvalidOptionError: not the absolute path of a file
    """
    reason = _reason_against(path)
    if reason is not None:
        raise InvalidOptionError(f"{option} is {path!r}, which {reason}.", option=option)
    return path


def _reason_against(path: str) -> str | None:
    try:
        path.encode()
        os.fsencode(path)
    except UnicodeEncodeError:
        return "holds characters that no path can have on this machine"
    if "\0" in path:
        return "holds a NUL character, which no path can have"
    if not os.path.isabs(path):
        return "is not an absolute path"
    if os.path.basename(path) in ("", ".", ".."):
        return "names a directory. Add the name of the file"
    return None


def status_of(path: str) -> os.stat_result | None:
    """Look at the file; None if it does not exist.

    :raises DeliveryError: its directory does not exist, or something at the path cannot be a token file
    """
    directory = os.path.dirname(path)
    if not os.path.isdir(directory):
        raise DeliveryError(
            f"Could not use token_file {path}: the directory {directory} does not exist. Create it first."
        )
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failed_call("look at", path, error) from None
    check_is_token_file(path, status)
    return status


def check_is_token_file(path: str, status: os.stat_result) -> None:
    """Check that something at the path can be a token file.

    :raises DeliveryError: another kind of file, or too large
    """
    if not stat.S_ISREG(status.st_mode):
        kind = "not a regular file"
        if stat.S_ISLNK(status.st_mode):
            kind = "a symbolic link"
        elif stat.S_ISDIR(status.st_mode):
            kind = "a directory"
        raise DeliveryError(f"token_file {path} is {kind}. Use the path of the file itself.")
    if status.st_size > MAX_BYTES:
        raise DeliveryError(
            f"token_file {path} has {status.st_size} bytes, and a token file has at most {MAX_BYTES}, so it is another"
            " file. Nothing was changed. Choose another path, or delete the file."
        )


def check_change(attempt: str, path: str, owner: int | None = None) -> None:
    """Check everything that a rename to the path, or the removal of the file, would meet.

    :param attempt: what is going to be done, for messages: ``write`` or ``remove``
    :param owner: the owner of the file that is going to be renamed to the path
    :raises DeliveryError: the kernel would refuse it
    """
    reason = _obstacle(path, status_of(path), owner)
    if reason is not None:
        raise DeliveryError(f"Could not {attempt} token_file {path}: {reason}")


def others_can_write(directory: str) -> bool:
    """Whether anybody but the user of the task and root can create and rename files in a directory."""
    status = os.stat(directory)
    return bool(status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)) or status.st_uid not in (0, os.geteuid())


def _obstacle(path: str, existing: os.stat_result | None, owner: int | None) -> str | None:
    """Why the kernel would refuse to rename a file to the path, or to remove the one there."""
    directory = os.path.dirname(path)
    try:
        if os.statvfs(directory).f_flag & os.ST_RDONLY:
            return f"the file system of {directory} is mounted read-only. Choose another path, or mount it writable."
        place = os.stat(directory)
    except OSError as error:
        return f"{error.strerror or error}."
    flagged = _flagged(f"the directory {directory}", _flags_of(directory, os.O_DIRECTORY))
    if flagged is None and existing is not None:
        flagged = _flagged("the file", _flags_of(path, os.O_NOFOLLOW))
        if _is_mount_point(path, directory):
            return "the file is a mount point. Mount its directory instead, or unmount the file."
    if flagged is not None:
        return flagged
    if existing is not None and _is_protected(place, existing.st_uid):
        return (
            f"it belongs to the user {existing.st_uid}, and {directory} is a sticky directory, where only the owner of a"
            " file, the owner of the directory and root can replace or remove it. Choose another directory."
        )
    if owner is not None and _is_protected(place, owner):
        return (
            f"it is declared to belong to the user {owner}, and {directory} is a sticky directory, where the user of the"
            " task cannot rename a file of that user. Choose another directory."
        )
    return None


def _flagged(what: str, flags: int) -> str | None:
    if flags & _IMMUTABLE:
        return f"{what} is immutable. Clear the flag with chattr -i, or choose another path."
    if flags & _APPEND_ONLY:
        return f"{what} is append-only. Clear the flag with chattr -a, or choose another path."
    return None


def _flags_of(path: str, how: int) -> int:
    """The flags that chattr sets; 0 if the file system has none, or does not show them."""
    if not sys.platform.startswith("linux"):
        return 0
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | how)
    except OSError:
        return 0
    try:
        # The kernel writes an int, in spite of the "long" in the number of the call.
        held = fcntl.ioctl(fd, _FS_IOC_GETFLAGS, bytes(struct.calcsize("l")))
    except OSError:
        return 0
    finally:
        os.close(fd)
    return t.cast("int", struct.unpack_from("I", held)[0])


def _is_mount_point(path: str, directory: str) -> bool:
    """Whether something is mounted on the file itself, as containers do with single files."""
    mount = _mount_of(path, os.O_NOFOLLOW)
    # A device differs on a bind mount of another file system only, and on overlayfs without any mount.
    return mount is not None and mount != _mount_of(directory, os.O_DIRECTORY)


def _mount_of(path: str, how: int) -> str | None:
    """The kernel's number of the mount that the path is in; None if it does not show that."""
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC | how)
    except (AttributeError, OSError):  # only Linux has O_PATH
        return None
    try:
        with open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as lines:
            return next((line.split()[1] for line in lines if line.startswith("mnt_id:")), None)
    except OSError:
        return None
    finally:
        os.close(fd)


def _is_protected(directory: os.stat_result, owner: int) -> bool:
    """Whether the sticky bit of a directory keeps this process from renaming or removing a file of an owner."""
    if not directory.st_mode & stat.S_ISVTX or os.geteuid() in (owner, directory.st_uid):
        return False
    return not _acts_as_any_owner()


def _acts_as_any_owner() -> bool:
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as lines:
            effective = next((line.split()[1] for line in lines if line.startswith("CapEff:")), None)
    except OSError:
        effective = None
    return bool(int(effective, 16) & _CAP_FOWNER) if effective is not None else os.geteuid() == 0
