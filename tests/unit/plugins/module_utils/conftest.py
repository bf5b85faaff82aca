# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the lower floors share: clients that do not really wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import hypothesis
import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.retry import RetryPolicy

# The same examples in every run, however slow the machine is; nothing is kept between runs.
hypothesis.settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("same")


class Connect(Protocol):
    """Builds a client of an address. What is not given has a value that suits most tests."""

    def __call__(self, url: str, **settings: Any) -> Client: ...


@pytest.fixture(autouse=True)
def _own_home(isolated: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The test can put files into its home."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))


@pytest.fixture
def waits() -> list[float]:
    """The waits between tries that a client of ``connect`` would have made."""
    return []


@pytest.fixture
def connect(waits: list[float]) -> Connect:
    """Clients that never wait between tries. Their jitter always draws the longest wait."""

    def build(url: str, *, retries: int = 0, max_delay: float = 60, **settings: Any) -> Client:
        retry = RetryPolicy(retries, max_delay, sleep=waits.append, draw=lambda: 1.0)
        return Client(**{"access_token": "secret", "timeout": 10, **settings}, api_url=url, retry=retry)

    return build
