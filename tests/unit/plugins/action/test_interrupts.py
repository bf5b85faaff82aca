# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A signal that arrives too late for a rollback: what is lost with the process is named (promise 5)."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ansible_collections.losant.platform.plugins.plugin_utils import _action
from ansible_collections.losant.platform.tests.support.running import run_action
from ansible_collections.losant.platform.tests.support.tokens import SECRET

if TYPE_CHECKING:
    from losant_sandbox.client import Sandbox

SCOPE = ["devices.get"]


@pytest.mark.parametrize(
    ("module", "options", "lost"),
    [
        ("api_token", {"name": "a", "recreate": "always"}, "a"),
        ("api_tokens", {"api_tokens": [{"name": "b", "scope": SCOPE}], "prune": True, "concurrency": 1}, "b"),
    ],
)
def test_the_tokens_whose_secrets_nobody_reads(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, options: dict[str, Any], lost: str
) -> None:
    """The signal arrives when a token is deleted, which is the last step."""
    sandbox.seed_token("a", scope=SCOPE)
    send, ends = requests.Session.send, []

    def interrupted(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        if request.method == "DELETE":
            signal.raise_signal(signal.SIGTERM)
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", interrupted)
    monkeypatch.setattr(os, "kill", lambda _process, number: ends.append(number))
    connection = {"access_token": sandbox.access_token, "api_url": sandbox.url}
    with (tmp_path / "shown").open("wb") as shown:
        monkeypatch.setattr(_action, "_STDERR", shown.fileno())
        run_action(module, {"application_id": sandbox.application_id, **connection, **options})
    text = (tmp_path / "shown").read_text(encoding="utf-8")
    assert ends == [signal.SIGTERM]
    [token] = [token for token in sandbox.tokens() if token["name"] == lost]
    assert f"secrets of new API tokens: {lost!r} ({token['id']}). Unless token_file holds them, they are lost" in text
    assert not SECRET.search(text)
