# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs modules through their real ``main()`` in this process, at a time of the test's choice."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

from ansible_collections.losant.platform.tests.faults.scenarios import NOW
from losant_sandbox.client import Json

if TYPE_CHECKING:
    from collections.abc import Callable

Result = dict[str, Any]
_PLUGINS = "ansible_collections.losant.platform.plugins"
START = datetime.fromisoformat(NOW)


def run_module(name: str, options: Json, moment: datetime, folder: Path) -> Result:
    """Run a module and give what it printed, with its warnings. Locks are kept in a folder of the test.

    It fails the test if anything else than one JSON object is printed, or an exception gets out.
    """
    warnings: list[str] = []
    out, err = io.StringIO(), io.StringIO()
    main = main_of(name)
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        isolate(patch, moment, folder)
        # Inside a process that has loaded the controller, AnsibleModule would show warnings instead of returning them.
        patch.setattr(AnsibleModule, "warn", lambda _module, warning, **_more: warnings.append(warning))
        with patch_module_args(dict(options)), pytest.raises(SystemExit):
            main()
    if err.getvalue():
        pytest.fail(f"{name} wrote to stderr: {err.getvalue()}")
    result: Result = json.loads(out.getvalue())
    return {**result, "warnings": warnings}


def main_of(name: str) -> Callable[[], None]:
    """The ``main()`` of a module."""
    main: Callable[[], None] = importlib.import_module(f"{_PLUGINS}.modules.{name}").main
    return main


def isolate(patch: pytest.MonkeyPatch, moment: datetime, folder: Path) -> None:
    """Keep the clock, the settings and the temporary files of whoever runs the tests from the modules."""
    for name in list(os.environ):
        if name.startswith("LOSANT_") or name.lower().endswith("_proxy"):
            patch.delenv(name)
    patch.setattr(tempfile, "tempdir", str(folder))
    for user in ("_module.api_token", "_module.api_token_info"):
        patch.setattr(importlib.import_module(f"{_PLUGINS}.module_utils.{user}"), "now", lambda: moment)
