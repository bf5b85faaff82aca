# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import stat
import tempfile
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, LosantError

#: Bytes to reserve for a secret. A token that holds every scope of Losant needs about 12,000.
RESERVED = 64 * 1024


#: Mode (an octal text), owner and group (numbers) of a file.
Attributes = t.Mapping[str, t.Any]


class DeliveryError(LosantError):
    """The file can't take the secret."""

    kind = "delivery"


class TokenFile:
    """A file that holds the secret of one token, and nothing else.

    It is written to a temporary file in the same folder, which is private from the first byte, and then renamed.

    :param owner: a name or a number; None keeps what is there
    :param group: likewise
    :param mode: an octal text or a number
    :raises InvalidOptionError: a value that can't be meant
    """

    def __init__(self, path: str, owner: str | None = None, group: str | None = None, mode: t.Any = "0600") -> None:
        if not os.path.isabs(path) or "\0" in path:
            raise InvalidOptionError(f"token_file is {path!r}, which is not an absolute path.", option="token_file")
        self.path = os.path.normpath(path)
        self.mode = _mode(mode)
        self._uid = _id("owner", owner, lambda name: pwd.getpwnam(name).pw_uid)
        self._gid = _id("group", group, lambda name: grp.getgrnam(name).gr_gid)
        self._reserved: tuple[int, str] | None = None

    def read(self) -> str | None:
        """The secret that the file holds, without blanks around it; None if there is no file.

        :raises DeliveryError: there is something that is no file, or that can't be read
        """
        held = self.content(RESERVED + 1)
        if held is None:
            return None
        # The beginning of something longer is not what it holds.
        return held.decode("utf-8", errors="replace").strip() if len(held) <= RESERVED else ""

    def content(self, limit: int = -1) -> bytes | None:
        """What the file holds, byte by byte; None if there is no file.

        :raises DeliveryError: as for ``read``
        """
        if self._status() is None:
            return None
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(fd, "rb") as file:
                return file.read(limit)
        except OSError as error:
            raise self._failed("read", error) from None

    def attributes(self) -> dict[str, t.Any] | None:
        """Mode, owner and group as numbers; None if there is no file."""
        there = self._status()
        if there is None:
            return None
        return {"mode": f"{stat.S_IMODE(there.st_mode):04o}", "owner": there.st_uid, "group": there.st_gid}

    def wanted_attributes(self) -> dict[str, t.Any]:
        """Mode, owner and group as they will be."""
        there = self._status()
        # The kernel gives a new file the group of its folder where the folder says so; that is not predicted.
        uid = self._uid if self._uid is not None else there.st_uid if there else os.geteuid()
        gid = self._gid if self._gid is not None else there.st_gid if there else os.getegid()
        return {"mode": f"{self.mode:04o}", "owner": uid, "group": gid}

    def prove(self) -> None:
        """Make sure that a secret can be written: reserve a temporary file of the final owner and enough space.

        :raises DeliveryError: it can't; nothing is left behind
        """
        self._reserved = self._reserve(self.wanted_attributes())

    def write(self, secret: str) -> None:
        """Put the secret in place, on the disk, in one step.

        :raises DeliveryError: it failed, and the file is as it was
        """
        self._put(secret.encode())

    def restore(self, content: bytes | None, attributes: Attributes | None = None, *, written: str) -> None:
        """Put back what the file held and was before ``written``, or remove it if it was not there.

        :raises DeliveryError: it can't, or somebody else has written to it since
        """
        if self.read() != written.strip():
            raise DeliveryError(f"token_file {self.path} holds something else by now.")
        if content is None:
            self.remove()
        else:
            self._reserved = self._reserve(attributes or self.wanted_attributes())
            self._put(content)

    def fix_attributes(self) -> None:
        """Give the file the declared mode, owner and group."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                _set_attributes(fd, self.wanted_attributes())
            finally:
                os.close(fd)
        except OSError as error:
            raise self._failed("change the owner, group or mode of", error) from None

    def remove(self) -> None:
        """Remove the file, if it is there."""
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise self._failed("remove", error) from None

    def discard(self) -> None:
        """Give up what was reserved. Does nothing after ``write``."""
        if self._reserved is not None:
            fd, temporary = self._reserved
            self._reserved = None
            os.close(fd)
            with contextlib.suppress(OSError):  # its folder may be gone, and with it the file
                os.unlink(temporary)

    def _status(self) -> os.stat_result | None:
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise DeliveryError(f"token_file {self.path} can't be written: there is no folder {folder}. Make it first.")
        try:
            there = os.lstat(self.path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed("look at", error) from None
        if not stat.S_ISREG(there.st_mode):
            kind = "a symbolic link" if stat.S_ISLNK(there.st_mode) else "no ordinary file"
            if stat.S_ISDIR(there.st_mode):
                kind = "a folder"
            raise DeliveryError(f"token_file {self.path} is {kind}. Name the file itself.")
        return there

    def _reserve(self, attributes: Attributes) -> tuple[int, str]:
        temporary = None
        try:
            fd, temporary = tempfile.mkstemp(prefix=".losant-", dir=os.path.dirname(self.path))
            try:
                _set_attributes(fd, attributes)
                _write_all(fd, b"\0" * RESERVED)
                os.fsync(fd)
            except BaseException:
                os.close(fd)
                raise
            return fd, temporary
        except OSError as error:
            if temporary is not None:
                os.unlink(temporary)
            raise self._failed("write", error) from None

    def _put(self, content: bytes) -> None:
        # What the file is now is asked before anything is made: it may not be a file any more.
        fd, temporary = self._reserved or self._reserve(self.wanted_attributes())
        self._reserved = fd, temporary
        try:
            # Written over the reserved bytes, so that no further space is needed.
            _write_all(fd, content)
            os.ftruncate(fd, len(content))
            os.fsync(fd)
            os.rename(temporary, self.path)
        except OSError as error:
            self.discard()
            raise self._failed("write", error) from None
        self._reserved = None
        os.close(fd)
        _sync_folder(os.path.dirname(self.path))

    def _failed(self, verb: str, error: OSError) -> DeliveryError:
        return DeliveryError(f"Could not {verb} token_file {self.path}: {error.strerror or error}.")


def _set_attributes(fd: int, attributes: Attributes) -> None:
    there = os.fstat(fd)
    if (there.st_uid, there.st_gid) != (attributes["owner"], attributes["group"]):
        os.fchown(fd, attributes["owner"], attributes["group"])
    os.fchmod(fd, int(attributes["mode"], 8))


def _write_all(fd: int, content: bytes) -> None:
    """Write from the beginning. A disk that gets full cuts a write short, and only the next one fails."""
    done = 0
    while done < len(content):
        done += os.pwrite(fd, content[done:], done)


def _sync_folder(folder: str) -> None:
    """Make the rename last through a crash. Some file systems can't, and then it is as good as it gets."""
    try:
        fd = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(fd)
    except OSError:
        pass
    finally:
        os.close(fd)


def _mode(mode: t.Any) -> int:
    if isinstance(mode, int) and not isinstance(mode, bool) and 0 <= mode <= 0o7777:
        return mode
    if isinstance(mode, str) and re.fullmatch(r"(0o)?[0-7]{3,5}", mode) and int(mode, 8) <= 0o7777:
        return int(mode, 8)
    raise InvalidOptionError(f"mode is {mode!r}, which is not octal, such as '0600' in quotes.", option="mode")


def _id(option: str, value: str | None, look_up: t.Callable[[str], int]) -> int | None:
    if value is None:
        return None
    try:
        return look_up(value)
    except KeyError:
        pass
    if value.isascii() and value.isdigit():
        return int(value)
    raise InvalidOptionError(f"{option} is {value!r}, which the host that runs the task does not know.", option=option)
