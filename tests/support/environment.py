# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a test runs a module: nothing of the machine's user reaches it, and the test decides what time it is."""

from __future__ import annotations

import dataclasses
import importlib
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

_MODULE_FLOOR = "ansible_collections.losant.platform.plugins.module_utils._module"
#: Files that requests reads, wherever they are.
_FILES_OF_REQUESTS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


def isolate(patch: pytest.MonkeyPatch, directory: Path) -> None:
    """Remove the settings of whoever runs the tests, and keep everything a module writes for itself in a directory."""
    for name in list(os.environ):
        if name.startswith("LOSANT_") or name.lower().endswith("_proxy") or name in _FILES_OF_REQUESTS:
            patch.delenv(name)
    home = directory / "home"
    home.mkdir(exist_ok=True)
    patch.setenv("HOME", str(home))
    patch.setenv("ANSIBLE_HOME", str(home / ".ansible"))
    patch.setattr(tempfile, "tempdir", str(home))


def set_time(patch: pytest.MonkeyPatch, now: Callable[[], datetime]) -> None:
    """Replace the machine's clock for the modules. The sandbox has a clock of its own."""
    for name in ("api_token", "api_token_info"):
        module = importlib.import_module(f"{_MODULE_FLOOR}.{name}")
        if hasattr(module, "now"):
            patch.setattr(module, "now", now)
    runner = importlib.import_module(f"{_MODULE_FLOOR}.runner")
    if hasattr(runner, "SYSTEM"):
        patch.setattr(runner, "SYSTEM", dataclasses.replace(runner.SYSTEM, now=now))
