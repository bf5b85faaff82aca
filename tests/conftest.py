# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all suites share: the checkout as ``ansible_collections.losant.platform``, and one sandbox for each process."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible.plugins.loader import init_plugin_loader
from ansible.utils.collection_loader import AnsibleCollectionConfig

from losant_sandbox.client import Sandbox

ROOT = Path(__file__).resolve().parents[1]
#: Long enough for ``make soak``. A sandbox whose tests were killed stops by itself.
_MAX_SECONDS = 6 * 3600.0


def _collections_path() -> Path:
    if ROOT.parts[-3:] == ("ansible_collections", "losant", "platform"):
        return ROOT.parents[2]
    # Found by the setting ``pythonpath`` of pytest.ini.
    from link_collection import link_collection

    return link_collection()


if AnsibleCollectionConfig.collection_finder is None:
    init_plugin_loader([str(_collections_path())])


# A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    """The sandbox of this process. Each test resets it before it uses it."""
    with Sandbox.start(max_seconds=_MAX_SECONDS) as sandbox:
        yield sandbox
