# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment that the histories happen in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.losant.platform.tests.histories.environment import Environment
from ansible_collections.losant.platform.tests.histories.keys import KeyEnvironment
from losant_sandbox.client import Sandbox


@pytest.fixture
def environment(running_sandbox: Sandbox, tmp_path: Path) -> Iterator[Environment]:
    """The sandbox, and the modules beside it with the same clock."""
    with pytest.MonkeyPatch.context() as patch:
        yield Environment(running_sandbox, tmp_path, patch)


@pytest.fixture
def key_environment(running_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyEnvironment:
    return KeyEnvironment(running_sandbox, tmp_path, monkeypatch)
