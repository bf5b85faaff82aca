# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import traceback

__all__ = ["HAS_REQUESTS", "IMPORT_ERROR", "AuthBase", "Session", "requests", "urllib3"]

#: Why requests cannot be imported, as a traceback; None if it can.
IMPORT_ERROR: str | None = None

try:
    import requests
    import urllib3
    from requests import Session
    from requests.auth import AuthBase
except ImportError:
    IMPORT_ERROR = traceback.format_exc()
    # The other files of this package load without the library. The client reports what is missing.
    requests = None  # type: ignore[assignment]
    urllib3 = None  # type: ignore[assignment]
    AuthBase = object  # type: ignore[assignment, misc]
    Session = object  # type: ignore[assignment, misc]

HAS_REQUESTS = IMPORT_ERROR is None
