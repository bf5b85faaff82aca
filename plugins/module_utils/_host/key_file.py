# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import contextmanager

from ansible_collections.losant.platform.plugins.module_utils._common.errors import (
    InternalError,
    InvalidOptionError,
    LosantError,
)
from ansible_collections.losant.platform.plugins.module_utils._common.key_document import KeyDocument, read_document
from ansible_collections.losant.platform.plugins.module_utils._common.secret import KeySecret, Secret

from .destination import Destination, RemoteDestination
from .errors import DeliveryError, in_words_of
from .token_file import Attributes, Inspection

OPTION = "key_file"


class KeyFile:
    """A file that holds an access key: the device that uses it, the public part, and the secret.

    Format and device are attributes of the file, as its mode is: they are changed without a new key.

    :param file: where it is
    :param format: one of ``FORMATS``
    :param device_id: of the device that uses the key; None if nothing is to be written
    """

    def __init__(self, file: Destination, format: str, device_id: str | None) -> None:  # noqa: A002 # as the option
        self._file = file
        self._wanted: dict[str, t.Any] = {"format": format, "device_id": device_id}
        self._found: KeyDocument | None = None

    @property
    def path(self) -> str:
        return self._file.path

    @property
    def place(self) -> str:
        """The same for all paths that lead to one file."""
        return self._file.place

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know about the place before the secret is written."""
        return tuple(in_words_of(OPTION, text) for text in self._file.warnings)

    def inspect(self) -> Inspection:
        """Look at the file.

        :raises DeliveryError: it is not a key file, or cannot be read
        """
        with in_words_of_key_files():
            found = self._file.inspect()
        if found.secret is None or not found.secret.reveal():
            return found
        self._found = read_document(found.secret.reveal())
        if self._found is None:
            if self._wanted["device_id"] is None:
                return found
            raise DeliveryError(
                f"key_file {self.path} holds something else than one access key, and all of it would be replaced. Choose a"
                " file of its own, or remove it."
            )
        held = {"format": self._found.format, "device_id": self._found.device_id}
        if self._wanted["device_id"] is None:
            return found
        return found._replace(attributes={**found.attributes, **held}, wanted={**found.wanted, **self._wanted})

    def check(self) -> None:
        """Check that a key can be written."""
        with in_words_of_key_files():
            self._file.check()

    def check_removal(self) -> None:
        """Check that the file can be removed."""
        with in_words_of_key_files():
            self._file.check_removal()

    def write(self, secret: Secret) -> None:
        """Put a key in place.

        :raises DeliveryError: that failed, or Losant's response has a key that the format cannot hold
        """
        with in_words_of_key_files():
            self._file.write(self._document(secret))

    def roll_back(self) -> None:
        """Restore what the file held before ``write``."""
        with in_words_of_key_files():
            self._file.roll_back()

    def restore(self, content: bytes | None, attributes: Attributes | None = None, *, written: Secret) -> None:
        """Restore what was found before ``written`` was written."""
        with in_words_of_key_files():
            self._file.restore(content, attributes, written=self._document(written))

    def fix_attributes(self) -> None:
        """Give the file the declared mode, owner and group, and its key the declared format and device."""
        with in_words_of_key_files():
            if self._is_as_wanted:
                self._file.fix_attributes()
            else:
                self._file.write(self._document(self._held.secret))

    def remove(self) -> None:
        """Remove the file, if it exists."""
        with in_words_of_key_files():
            self._file.remove()

    def discard(self) -> None:
        """Free what ``check`` has reserved."""
        self._file.discard()

    def remove_leftovers(self) -> None:
        """Remove what interrupted runs have left. Never fails; not for check mode."""
        self._file.remove_leftovers()

    def request(self, step: str, secret: Secret | None = None) -> t.Mapping[str, t.Any]:
        """What to ask the host for a step."""
        remote = t.cast(RemoteDestination, self._file)
        if secret is not None:
            return remote.request(step, self._document(secret))
        if step == "fix" and not self._is_as_wanted:
            return remote.request("write", self._document(self._held.secret))
        return remote.request(step)

    def expect(self, result: t.Mapping[str, t.Any] | LosantError) -> None:
        """Take the result of the next step, which the host has done already."""
        t.cast(RemoteDestination, self._file).expect(result)

    @property
    def _held(self) -> KeyDocument:
        if self._found is None:
            raise InternalError(f"key_file {self.path} is used before it is inspected.")
        return self._found

    @property
    def _is_as_wanted(self) -> bool:
        held = self._held
        return self._wanted == {"format": held.format, "device_id": held.device_id}

    def _document(self, secret: Secret) -> Secret:
        if not isinstance(secret, KeySecret):
            raise InternalError(f"key_file {self.path} got something else than an access key.")
        try:
            wanted = KeyDocument(self._wanted["format"], self._wanted["device_id"] or "", secret)
            return Secret(wanted.text())
        except ValueError:
            raise DeliveryError(
                f"Could not write key_file {self.path}: the key that Losant created has characters that mean something else"
                " in such a file."
            ) from None


@contextmanager
def in_words_of_key_files() -> t.Iterator[None]:
    """Errors inside speak of the option that declares the file."""
    try:
        yield
        return
    except (DeliveryError, InvalidOptionError) as error:
        failure = error
    failure.args = (in_words_of(OPTION, str(failure)), *failure.args[1:])
    if "option" in failure.failure:
        failure.failure["option"] = in_words_of(OPTION, str(failure.failure["option"]))
    raise failure
