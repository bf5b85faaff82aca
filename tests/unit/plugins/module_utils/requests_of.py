# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four methods of a client as one, so that tests can be given them as parameters."""

from __future__ import annotations

from typing import Any

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Call

PATH = "/things"
CALL = Call("do the thing")
METHODS = ("GET", "POST", "PATCH", "DELETE")


def send(client: Client, method: str, path: str = PATH, call: Call = CALL) -> Any:
    """Send a request of the method, with a small body if it takes one, and give what the client gives."""
    if method == "GET":
        return client.get(path, call, {})
    if method == "POST":
        return client.post(path, call, {"name": "x"})
    if method == "PATCH":
        return client.patch(path, call, {"name": "x"})
    assert method == "DELETE"
    client.delete(path, call)
    return None
