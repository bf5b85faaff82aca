# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses and errors of the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Response:
    """What the API responds: a status and a JSON value."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """An error as the API shows it: `{"type": ..., "message": ...}`."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"type": kind, "message": message, **more}

    def response(self) -> Response:
        return Response(self.status, self.body)


def unauthorized(message: str = "Unauthorized") -> ApiError:
    return ApiError(401, "Unauthorized", message)


def forbidden() -> ApiError:
    return ApiError(403, "Forbidden", "Access is forbidden")


def not_found(title: str) -> ApiError:
    return ApiError(404, "NotFound", f"{title} was not found")


def method_not_allowed(method: str) -> ApiError:
    """Unknown paths get this too: the API's catch-all route knows OPTIONS for every path."""
    return ApiError(405, "MethodNotAllowed", f"{method} is not allowed")


def preflight() -> Response:
    """The response to OPTIONS on any path, without a body. Other methods that a path lacks, HEAD too, are 405."""
    allowed = "Accept,Content-Type,X-Amz-Date,Authorization,Accept-Version"
    return Response(204, None, {"Access-Control-Allow-Headers": allowed})


def refused(status: int, title: str) -> ApiError:
    """The error for an object that does not exist or is not the caller's: 404 or, by switch, 403."""
    return forbidden() if status == 403 else not_found(title)
