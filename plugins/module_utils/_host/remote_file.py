# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InternalError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret

from .errors import DeliveryError
from .sealing import new_key, seal, unseal
from .token_file import Attributes, Inspection

#: Has the module ``token_file`` do one step on the host. Its options go in, its result comes out.
Call = t.Callable[[t.Mapping[str, t.Any]], t.Mapping[str, t.Any]]


class RemoteTokenFile:
    """A token file on a host that is reached through calls of the module ``token_file``.

    One call inspects the file and checks the place, one writes, and one more only rolls back.

    :param call: raises DeliveryError or InvalidOptionError if the step fails
    :param path: as declared; the host resolves it
    """

    def __init__(
        self,
        call: Call,
        path: str,
        owner: str | None = None,
        group: str | None = None,
        mode: t.Any = "0600",
    ) -> None:
        self.path = path
        self._call = call
        self._options = {"path": path, "owner": owner, "group": group, "mode": mode}
        self._key = new_key()
        self._found: t.Mapping[str, t.Any] | None = None
        self._written: Secret | None = None
        self._expected: t.Mapping[str, t.Any] | LosantError | None = None

    @property
    def place(self) -> str:
        """The same for all paths that lead to one file, if the host could look at it."""
        return self.path if self._found is None else str(self._found["place"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know about the place before the secret is written."""
        return tuple(self._facts["place_warnings"])

    def inspect(self) -> Inspection:
        """Look at the file, and check whether it can be written and removed.

        :raises DeliveryError: something at the path is not a token file, or cannot be read
        """
        self._found = self._step("inspect")
        self.path = self._facts["path"]
        return Inspection(self._content(), self._facts["attributes"], self._facts["wanted"])

    def check(self) -> None:
        """Check that a secret can be written, as ``inspect`` found.

        :raises DeliveryError: it cannot
        """
        _refuse(self._facts["write_problem"])

    def check_removal(self) -> None:
        """Check that the file can be removed, as ``inspect`` found.

        :raises DeliveryError: it cannot
        """
        _refuse(self._facts["removal_problem"])

    def write(self, secret: Secret) -> None:
        """Put the secret in place.

        :raises DeliveryError: it failed, or the host could not be reached
        """
        self._step("write", secret)

    def roll_back(self) -> None:
        """Restore what the file held before ``write``. Does nothing without one.

        :raises DeliveryError: that failed, or another process has written to the file since
        """
        if self._written is None:
            return
        self.restore(self._content(), self._facts["attributes"], written=self._written)

    def restore(self, content: bytes | None, attributes: Attributes | None = None, *, written: Secret) -> None:
        """Restore what the file held before ``written``, or remove the file if it did not exist.

        :param content: as found before
        :param attributes: as found before
        :raises DeliveryError: as for ``roll_back``
        """
        key = new_key()
        sealed = seal(content, key) if content is not None else None
        self._step("restore", written, _key=key, _content=sealed, _attributes=dict(attributes or {}))

    def fix_attributes(self) -> None:
        """Give the file the declared mode, owner and group."""
        self._step("fix")

    def remove(self) -> None:
        """Remove the file, if it exists."""
        self._step("remove")

    def discard(self) -> None:
        """Nothing is reserved on the host between two calls."""

    def remove_leftovers(self) -> None:
        """The host has done that when the file was inspected."""

    @property
    def _facts(self) -> t.Mapping[str, t.Any]:
        if self._found is None:
            raise InternalError(f"token_file {self.path} is used before it is inspected.")
        return self._found

    def _content(self) -> bytes | None:
        sealed = self._facts["content"]
        return unseal(sealed, self._key) if sealed is not None else None

    def request(self, step: str, secret: Secret | None = None) -> dict[str, t.Any]:
        """What to ask the host for a step."""
        asked = {**self._options, "_step": step}
        if step == "inspect":
            asked["_key"] = self._key
        if secret is not None:
            asked["token"] = secret.reveal()
        if step == "write":
            # From now on the host may have done it, whatever becomes of the response.
            self._written = secret
        return asked

    def expect(self, result: t.Mapping[str, t.Any] | LosantError) -> None:
        """Take the result of the next step, which the host has done already."""
        self._expected = result

    def _step(self, step: str, secret: Secret | None = None, **more: t.Any) -> t.Mapping[str, t.Any]:
        expected, self._expected = self._expected, None
        if expected is None:
            return self._call({**self.request(step, secret), **more})
        if isinstance(expected, LosantError):
            raise expected
        return expected


def _refuse(problem: str | None) -> None:
    if problem is not None:
        raise DeliveryError(problem)
