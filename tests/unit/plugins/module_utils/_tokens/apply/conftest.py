# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.losant.platform.tests.unit.plugins.module_utils._tokens.apply.carrying_out import Place


@pytest.fixture(params=[None, "old secret"], ids=["no file", "existing file"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place for the secret, with a file and without one."""
    return Place(tmp_path / "secrets", request.param)
