# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four methods of a client as one, so that tests can be given them as parameters."""

from __future__ import annotations

from typing import Any

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.messages import Action

PATH = "/things"
ACTION = Action("do the thing")
METHODS = ("GET", "POST", "PATCH", "DELETE")


def send(client: Client, method: str, path: str = PATH, action: Action = ACTION) -> Any:
    """Send a request of the method, with a small body if it takes one, and give what the client gives."""
    if method == "GET":
        return client.get(path, action, {})
    if method == "POST":
        return client.post(path, action, {"name": "x"})
    if method == "PATCH":
        return client.patch(path, action, {"name": "x"})
    assert method == "DELETE"
    client.delete(path, action)
    return None
