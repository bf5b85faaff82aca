# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""Open connections that the items of a loop share, as they run in one process one after the other."""

from __future__ import annotations

import os

from .concurrency import MAX_CONCURRENCY
from .imports import requests

#: By process and what certificates are checked against. They hold no token, cookie or header.
_ADAPTERS: dict[tuple[int, bool | str], requests.adapters.HTTPAdapter] = {}


def connections(verify: bool | str) -> requests.adapters.HTTPAdapter:
    """Return the connections of this process, never those of the process that it was forked from.

    :param verify: whether to validate certificates, or the path of the certificate authorities
    """
    key = (os.getpid(), verify)
    if key not in _ADAPTERS:
        _ADAPTERS[key] = requests.adapters.HTTPAdapter(pool_maxsize=MAX_CONCURRENCY)
    return _ADAPTERS[key]
