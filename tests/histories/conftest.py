# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets the tests import the checkout as ``ansible_collections.losant.platform``, and starts what the histories happen to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

from losant_sandbox.client import Sandbox

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.histories.world import World

ROOT = Path(__file__).resolve().parents[2]


def _collections_path() -> Path:
    if ROOT.parts[-3:] == ("ansible_collections", "losant", "platform"):
        return ROOT.parents[2]
    # Found by the setting ``pythonpath`` of pytest.ini.
    from link_collection import link_collection

    return link_collection()


if AnsibleCollectionConfig.collection_finder is None:
    init_plugin_loader([str(_collections_path())])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A sandbox, and the modules beside it with the same clock, without settings of whoever runs the tests."""
    from ansible_collections.losant.platform.tests.histories.world import World

    with Sandbox.start(max_seconds=86400) as sandbox, pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("LOSANT_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        # The modules keep their locks in the folder for temporary files.
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        yield World(sandbox, tmp_path, patch)
