# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError


class MissingLibraryError(LosantError):
    """The Python library requests cannot be imported."""

    kind = "missing_library"


class ReadOnlyError(LosantError):
    """A read-only client was asked to write, which is a defect of the caller."""

    kind = "read_only"


class RequestError(LosantError):
    """A request failed. ``maybe_done`` tells that Losant may have carried it out all the same, in this or an earlier try.

    ``may_come``: it may even be carried out yet; ``repeated``: it was a further try of one that may have been carried out.
    """

    kind = "request"
    maybe_done = False
    may_come = False
    repeated = False


class ConnectionFailedError(RequestError):
    """No whole answer arrived."""

    kind = "connection"

    def __init__(self, text: str, *, sent: bool, permanent: bool = False, **failure: t.Any) -> None:
        super().__init__(text, **failure)
        self.maybe_done = self.may_come = sent
        self.permanent = permanent


class BadAnswerError(RequestError):
    """An answer arrived that is not what the API promises: no JSON, no object, or a field of a wrong type."""

    kind = "answer"
    maybe_done = True
    may_come = True


class ApiError(RequestError):
    """Losant answered with an error status."""

    kind = "api"

    def __init__(
        self, text: str, *, status: int, error_type: str | None, error_message: str | None, **failure: t.Any
    ) -> None:
        super().__init__(text, status=status, type=error_type, message=error_message, **failure)
        self.status = status
        self.error_type = error_type
        self.error_message = error_message
        # A gateway's 5xx says nothing about what happened behind it.
        self.maybe_done = status >= 500
        # Losant's own errors have a type, and when it answers it is through with the request.
        self.may_come = self.maybe_done and error_type is None

    @property
    def is_not_found(self) -> bool:
        """Whether the API itself says that there is no such thing: a 404 without a type is not Losant's."""
        return self.status == 404 and self.error_type is not None
