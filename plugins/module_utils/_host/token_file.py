# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import os
import re
import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InternalError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System

from .attributes import Attributes, attributes_of, group_from, mode_from, owner_from, set_attributes
from .errors import DeliveryError, failed_call
from .placement import MAX_BYTES, check_change, check_is_token_file, checked_path, others_can_write, status_of
from .temporary import TemporaryFile, remove_leftovers

__all__ = ["Attributes", "DeliveryError", "TokenFile"]

_SYSTEM = System()
#: A token, or the lines of a key file.
_TEXT = re.compile(r"[\x21-\x7e]{1,32768}|(?:[\x20-\x7e]*\n)+")


class Inspection(t.NamedTuple):
    """What was found at the path of a token file.

    ``content``: byte by byte, None if the file does not exist; ``attributes``: mode, owner and group, empty then;
    ``wanted``: mode, owner and group as declared. Owner and group are numbers.
    """

    content: bytes | None
    attributes: Attributes
    wanted: Attributes

    @property
    def secret(self) -> Secret | None:
        """What the file holds as text, without whitespace around it."""
        if self.content is None:
            return None
        return Secret(self.content.decode("utf-8", errors="replace").strip())


class _Before(t.NamedTuple):
    """What the file held before ``written``."""

    content: bytes | None
    attributes: Attributes | None
    written: Secret


class TokenFile:
    """A file that holds the secret of one token, and nothing else.

    The secret is written to a temporary file in the same directory, which is private from the first byte, and then
    renamed.

    :param path: an absolute path; only the kernel resolves it
    :param owner: a name or a number; None keeps that of an existing file
    :param group: likewise
    :param mode: an octal string, or the number that YAML reads from an unquoted one
    :param option: the option that declares the path
    :raises InvalidOptionError: a value that cannot be used
    """

    def __init__(
        self,
        path: str,
        owner: str | None = None,
        group: str | None = None,
        mode: t.Any = "0600",
        system: System = _SYSTEM,
        *,
        option: str = "token_file",
    ) -> None:
        self.path = checked_path(path, option)
        self.mode = mode_from(mode)
        self._owner = owner_from(owner)
        self._group = group_from(group)
        self._system = system
        self._reserved: TemporaryFile | None = None
        self._before: _Before | None = None

    @property
    def place(self) -> str:
        """The path without symbolic links and detours, which is the same for all paths that lead to one file."""
        directory, name = os.path.split(self.path)
        return os.path.join(os.path.realpath(directory), name)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know about the place before the secret is written."""
        try:
            existing = status_of(self.path)
            directory = os.path.dirname(self.path)
            kept = existing.st_uid if existing is not None and self._owner is None else os.geteuid()
            if kept == os.geteuid() or not others_can_write(directory):
                return ()
        except (DeliveryError, OSError):  # whatever uses the file reports that
            return ()
        warning = (
            f"token_file {self.path} belongs to the user {kept}, who is not the user of the task and can read the secret."
            f" Others can write to the directory {directory}, so they can have created the file. Set owner to the user"
            " that is to own it."
        )
        return (warning,)

    def has_directory(self) -> bool:
        """Whether the directory of the file exists."""
        return os.path.isdir(os.path.dirname(self.path))

    def inspect(self) -> Inspection:
        """Look at the file.

        :raises DeliveryError: something at the path is not a token file, or cannot be read
        """
        return Inspection(self.content(), self.attributes() or {}, self.wanted_attributes())

    def content(self) -> bytes | None:
        """Return what the file holds, byte by byte; None if it does not exist.

        :raises DeliveryError: as for ``inspect``
        """
        if status_of(self.path) is None:
            return None
        try:
            with os.fdopen(self._open(), "rb") as file:
                check_is_token_file(self.path, os.fstat(file.fileno()))
                return file.read(MAX_BYTES)
        except OSError as error:
            raise failed_call("read", self.path, error) from None

    def attributes(self) -> dict[str, t.Any] | None:
        """Return mode, owner and group, the latter as numbers; None if the file does not exist.

        :raises DeliveryError: something at the path is not a token file
        """
        existing = status_of(self.path)
        return attributes_of(existing) if existing is not None else None

    def wanted_attributes(self) -> dict[str, t.Any]:
        """Return mode, owner and group as they will be.

        :raises DeliveryError: something at the path is not a token file
        """
        existing = status_of(self.path)
        kept = (existing.st_uid, existing.st_gid) if existing is not None else (os.geteuid(), os.getegid())
        return {
            "mode": f"{self.mode:04o}",
            "owner": kept[0] if self._owner is None else self._owner,
            "group": kept[1] if self._group is None else self._group,
        }

    def check(self) -> None:
        """Check that a secret can be written: what a rename would meet, the final owner and mode, and enough space.

        A temporary file is reserved, which ``write`` uses and ``discard`` removes.

        :raises DeliveryError: it cannot be written; nothing remains
        """
        self.discard()
        self._reserved = self._reserve(self.wanted_attributes())

    def check_removal(self) -> None:
        """Check that the file can be removed, if it exists. Nothing is changed.

        :raises DeliveryError: it cannot
        """
        if status_of(self.path) is None:
            return
        check_change("remove", self.path)
        directory = os.path.dirname(self.path)
        if not os.access(directory, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
            raise DeliveryError(
                f"Could not remove token_file {self.path}: the user of the task cannot write to the directory {directory}."
            )

    def write(self, secret: Secret) -> None:
        """Put the secret in place, on the disk, in one step. ``roll_back`` takes that back.

        :raises DeliveryError: it failed. The file is as before, unless the message says that another process replaced it
        """
        if not _TEXT.fullmatch(secret.reveal()):
            raise InternalError(f"A secret for token_file {self.path} holds characters that none has.")
        self._before = _Before(self.content(), self.attributes(), secret)
        self._put(self._encoded(secret))

    def roll_back(self) -> None:
        """Restore what the file held before ``write``. Does nothing without one.

        :raises DeliveryError: as for ``restore``
        """
        if self._before is not None:
            self.restore(self._before.content, self._before.attributes, written=self._before.written)

    def restore(self, content: bytes | None, attributes: Attributes | None = None, *, written: Secret) -> None:
        """Restore what the file held before ``written``, or remove the file if it did not exist.

        Does nothing if it holds that already, as after a ``write`` that was interrupted early.

        :param content: as returned by ``content`` before
        :param attributes: as returned by ``attributes`` before
        :raises DeliveryError: that failed, or another process has written to the file since
        """
        held = self.content()
        if held == content:
            return
        if held is None or held.strip() != self._encoded(written).strip():
            raise DeliveryError(
                f"Could not restore token_file {self.path}: another process has changed it since. It was not touched."
            )
        if content is None:
            self.remove()
            return
        self.discard()
        self._reserved = self._reserve(attributes or self.wanted_attributes())
        self._put(content)

    def fix_attributes(self) -> None:
        """Give the file the declared mode, owner and group.

        :raises DeliveryError: the file does not exist, or the user of the task cannot do that
        """
        try:
            fd = self._open()
            try:
                set_attributes(fd, self.wanted_attributes())
            finally:
                os.close(fd)
        except OSError as error:
            raise failed_call("change the owner, group or mode of", self.path, error) from None

    def remove(self) -> None:
        """Remove the file, if it exists.

        :raises DeliveryError: that failed
        """
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise failed_call("remove", self.path, error) from None

    def discard(self) -> None:
        """Remove what ``check`` has reserved. Does nothing after ``write``."""
        reserved, self._reserved = self._reserved, None
        if reserved is not None:
            reserved.discard()

    def remove_leftovers(self) -> None:
        """Remove temporary files that interrupted runs have left for this file. Never fails; not for check mode."""
        try:
            owners = {os.geteuid(), self.wanted_attributes()["owner"]}
        except DeliveryError:
            return
        remove_leftovers(self.path, owners, self._system.nonce())

    def _encoded(self, secret: Secret) -> bytes:
        """What the file holds for a secret."""
        return secret.reveal().encode("ascii")

    def _open(self) -> int:
        return os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)

    def _reserve(self, attributes: Attributes) -> TemporaryFile:
        check_change("write", self.path, attributes["owner"])
        try:
            return TemporaryFile.reserve(self.path, attributes, self._system.nonce())
        except OSError as error:
            raise failed_call("write", self.path, error) from None

    def _put(self, content: bytes) -> None:
        if self._reserved is None:
            self._reserved = self._reserve(self.wanted_attributes())
        try:
            self._reserved.fill(content)
            self._reserved.rename_to(self.path)
        except OSError as error:
            raise failed_call("write", self.path, error) from None
        finally:
            self.discard()
