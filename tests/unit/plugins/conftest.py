# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of plugins share: a sandbox, a frozen clock, and modules run through their real ``main()``."""

from __future__ import annotations

import importlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

from ansible_collections.losant.platform.plugins.module_utils._common import rfc3339 as _times
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._module import runner
from losant_sandbox.client import Sandbox

#: The time at which all tests of modules take place, for the sandbox and for the modules.
NOW = "2026-11-24T08:00:00.000Z"

Result = dict[str, Any]


class RunModule(Protocol):
    """Runs a module and gives what it printed, and its warnings. ``_check`` is check mode.

    The connection goes to the sandbox; an option that is None is not given.
    """

    def __call__(self, name: str, /, *, _check: bool = False, **options: Any) -> Result: ...


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox with one application and no tokens, whose clock and the modules' stand at ``NOW``."""
    running_sandbox.reset()
    set_clock(running_sandbox, monkeypatch, NOW)
    return running_sandbox


def set_clock(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, text: str) -> datetime:
    """Set the sandbox's clock and the modules' to a time, and give it."""
    sandbox.clock(now=text)
    moment = _times.parse_time(text)
    monkeypatch.setattr(runner, "SYSTEM", System(now=lambda: moment))
    return moment


@pytest.fixture
def travel(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], datetime]:
    """Moves the sandbox and the modules to another time."""
    return lambda text: set_clock(sandbox, monkeypatch, text)


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests reaches the modules."""
    for name in list(os.environ):
        if name.startswith("LOSANT_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def own_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The modules keep their locks where no other run of anything looks."""
    folder = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setenv("ANSIBLE_HOME", str(folder / "ansible"))
        yield folder


@pytest.fixture
def run_module(
    sandbox: Sandbox,
    clean_environment: None,
    own_temporary_folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> RunModule:
    """Run a module's real ``main()`` against the sandbox, without waits between tries."""
    warnings: list[str] = []
    # Inside a process that has loaded the controller, AnsibleModule would show warnings instead of returning them.
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, warning, **_more: warnings.append(warning))

    def run(name: str, /, *, _check: bool = False, **options: Any) -> Result:
        connection = {"access_token": sandbox.access_token, "api_url": sandbox.url, "retry_max_delay": 0}
        merged = {"application_id": sandbox.application_id, **connection, **options}
        given = {key: value for key, value in merged.items() if value is not None}
        module = importlib.import_module(f"ansible_collections.losant.platform.plugins.modules.{name}")
        capsys.readouterr()
        warnings.clear()
        # As with "no_target_syslog": ansible-core 2.22 fails to write a NUL of an option to the system's log.
        settings = {"_ansible_check_mode": _check, "_ansible_no_log": True}
        with patch_module_args({**given, **settings}), pytest.raises(SystemExit):
            module.main()
        printed = capsys.readouterr()
        assert printed.err == ""
        # What is for Ansible alone: from 2.22 on, the secrets to mask.
        result: Result = {k: v for k, v in json.loads(printed.out).items() if not k.startswith("_ansible_")}
        return {**result, "warnings": list(warnings)}

    return run


class Task(Protocol):
    """Runs one module and gives its result."""

    def __call__(self, *, _check: bool = False, **options: Any) -> Result: ...


@pytest.fixture
def api_token(run_module: RunModule) -> Task:
    """An ``api_token`` task that succeeds."""
    return _task(run_module, "api_token", failed=False)


@pytest.fixture
def failing_api_token(run_module: RunModule) -> Task:
    """An ``api_token`` task that fails."""
    return _task(run_module, "api_token", failed=True)


@pytest.fixture
def api_token_info(run_module: RunModule) -> Task:
    """An ``api_token_info`` task that succeeds."""
    return _task(run_module, "api_token_info", failed=False)


@pytest.fixture
def failing_api_token_info(run_module: RunModule) -> Task:
    """An ``api_token_info`` task that fails."""
    return _task(run_module, "api_token_info", failed=True)


def _task(run_module: RunModule, name: str, *, failed: bool) -> Task:
    def run(*, _check: bool = False, **options: Any) -> Result:
        result = run_module(name, _check=_check, **options)
        assert bool(result.get("failed")) is failed, result
        return result

    return run
