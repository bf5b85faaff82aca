# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from enum import IntEnum

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InternalError, LosantError

SomeError = t.TypeVar("SomeError", bound="RequestError")


class MissingLibraryError(LosantError):
    """The Python library requests cannot be imported."""

    kind = "missing_library"


class ReadOnlyError(InternalError):
    """A read-only client was asked to write."""


class Effect(IntEnum):
    """What is known about the effect of a failed request. A higher value is a worse one.

    ``NONE``: certainly not carried out. ``UNKNOWN``: may have been carried out, but Losant has finished with it.
    ``IN_FLIGHT``: may have been carried out, or may still be.
    """

    NONE = 0
    UNKNOWN = 1
    IN_FLIGHT = 2


class RequestError(LosantError):
    """A request failed. ``effect`` covers all its tries."""

    kind = "request"

    def __init__(self, text: str, *, effect: Effect, **failure: t.Any) -> None:
        super().__init__(text, **failure)
        self.effect = effect

    def with_effect(self: SomeError, effect: Effect) -> SomeError:
        """Return a copy of this error with another effect, and without a traceback."""
        other = type(self).__new__(type(self), *self.args)
        other.__dict__.update(self.__dict__)
        other.effect = effect
        return other


class ConnectionFailedError(RequestError):
    """No whole response arrived.

    :param sent: whether Losant may have received the request
    :param permanent: whether a further try would fail for the same reason
    """

    kind = "connection"

    def __init__(self, text: str, *, sent: bool, permanent: bool = False, **failure: t.Any) -> None:
        super().__init__(text, effect=Effect.IN_FLIGHT if sent else Effect.NONE, **failure)
        self.permanent = permanent


class BadResponseError(RequestError):
    """A response arrived that is not what the API promises: no JSON, no object, or a field of a wrong type."""

    kind = "bad_response"

    def __init__(self, text: str, **failure: t.Any) -> None:
        super().__init__(text, effect=Effect.IN_FLIGHT, **failure)


class ApiError(RequestError):
    """The response has an error status."""

    kind = "api"

    def __init__(
        self, text: str, *, status: int, error_type: str | None, error_message: str | None, **failure: t.Any
    ) -> None:
        effect = _effect_of_status(status, error_type)
        super().__init__(text, effect=effect, status=status, type=error_type, message=error_message, **failure)
        self.status = status
        self.error_type = error_type
        self.error_message = error_message

    @property
    def is_not_found(self) -> bool:
        """Whether the API itself says that the object does not exist: a 404 without a type is not Losant's."""
        return self.status == 404 and self.error_type is not None

    @property
    def is_refused(self) -> bool:
        """Whether the access token was refused, or lacks a scope."""
        return self.status in (401, 403)


def _effect_of_status(status: int, error_type: str | None) -> Effect:
    if status < 500:
        return Effect.NONE
    # Losant's own errors have a type, and it has finished with a request that it responds to. A gateway's error says
    # nothing about what happens behind it.
    return Effect.IN_FLIGHT if error_type is None else Effect.UNKNOWN
