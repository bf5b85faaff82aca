# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the lower floors share: clients that do not really wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import hypothesis
import pytest

from ansible_collections.losant.platform.plugins.module_utils._client.client import Client
from ansible_collections.losant.platform.plugins.module_utils._client.retry import RetryPolicy
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System

# The same examples in every run, however slow the machine is; nothing is kept between runs.
hypothesis.settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("same")


class Connect(Protocol):
    """Builds a client of an address. What is not given has a value that suits most tests; ``system`` adds to System."""

    def __call__(self, url: str, **settings: Any) -> Client: ...


@pytest.fixture(autouse=True)
def _own_home(isolated: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The test can put files into its home."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))


@pytest.fixture
def waits() -> list[float]:
    """The waits between tries that a client of ``connect`` would have waited."""
    return []


@pytest.fixture
def connect(waits: list[float]) -> Connect:
    """Clients that never wait between tries. Their jitter always draws the longest wait."""

    def build(
        url: str,
        *,
        access_token: str = "secret",
        retries: int = 0,
        max_delay: float = 60,
        system: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> Client:
        used = replace(System(sleep=waits.append, random=lambda: 1.0), **(system or {}))
        return Client(
            access_token=Secret(access_token),
            api_url=url,
            retry=RetryPolicy(retries, max_delay),
            system=used,
            **{"timeout": 10, **settings},
        )

    return build
