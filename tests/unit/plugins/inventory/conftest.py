# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of inventories share: a connection in the environment, and the warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible.utils.display import Display

if TYPE_CHECKING:
    from losant_sandbox.client import Sandbox


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    shown: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda _self, message, *_args, **_more: shown.append(message))
    return shown


@pytest.fixture
def connection(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOSANT_API_TOKEN", sandbox.access_token)
    monkeypatch.setenv("LOSANT_API_URL", sandbox.url)
    monkeypatch.setenv("LOSANT_APPLICATION_ID", sandbox.application_id)
    monkeypatch.setenv("LOSANT_RETRY_MAX_DELAY", "0")
