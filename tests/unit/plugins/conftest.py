# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of plugins share: a sandbox with a frozen clock, and tasks that run against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from ansible_collections.losant.platform.tests.support import environment, running
from ansible_collections.losant.platform.tests.support.running import Result
from ansible_collections.losant.platform.tests.support.times import NOW
from losant_sandbox.client import Sandbox


class RunModule(Protocol):
    """Runs a module and returns its result, with its warnings. ``_check`` is check mode.

    The connection goes to the sandbox; an option that is None is not given.
    """

    def __call__(self, name: str, /, *, _check: bool = False, **options: Any) -> Result: ...


class Task(Protocol):
    """Runs one module and returns its result."""

    def __call__(self, *, _check: bool = False, **options: Any) -> Result: ...


class Way(Protocol):
    """Runs a module with its options, in one of the ways of ``support.running``."""

    def __call__(self, name: str, options: dict[str, Any], *, check: bool) -> Result: ...


SetTime = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for what modules write for themselves; nothing of whoever runs the tests reaches them."""
    directory = tmp_path_factory.mktemp("isolated")
    environment.isolate(monkeypatch, directory)
    return directory


@pytest.fixture
def set_time(running_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> SetTime:
    """Sets the clock of the sandbox and of the machine, and returns the time."""

    def to(text: str) -> datetime:
        moment = datetime.fromisoformat(running_sandbox.clock(now=text))
        environment.set_time(monkeypatch, lambda: moment)
        return moment

    return to


@pytest.fixture
def sandbox(running_sandbox: Sandbox, set_time: SetTime) -> Sandbox:
    """A sandbox with one application and no tokens. Its clock and the modules' stand at ``NOW``."""
    running_sandbox.reset()
    set_time(NOW)
    return running_sandbox


@pytest.fixture
def way() -> Way:
    """How tests run modules. A file whose tests run them in every way overrides it."""
    return running.run_module


@pytest.fixture
def run_module(sandbox: Sandbox, way: Way) -> RunModule:
    """Run a module against the sandbox, without waits between tries."""

    def run(name: str, /, *, _check: bool = False, **options: Any) -> Result:
        connection = {"access_token": sandbox.access_token, "api_url": sandbox.url, "retry_max_delay": 0}
        merged = {"application_id": sandbox.application_id, **connection, **options}
        return way(name, merged, check=_check)

    return run


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


@pytest.fixture
def api_tokens(run_module: RunModule) -> Task:
    """An ``api_tokens`` task that succeeds."""
    return _task(run_module, "api_tokens", failed=False)


@pytest.fixture
def failing_api_tokens(run_module: RunModule) -> Task:
    """An ``api_tokens`` task that fails."""
    return _task(run_module, "api_tokens", failed=True)


def _task(run_module: RunModule, name: str, *, failed: bool) -> Task:
    def run(*, _check: bool = False, **options: Any) -> Result:
        result = run_module(name, _check=_check, **options)
        assert bool(result.get("failed")) is failed, result
        return result

    return run
