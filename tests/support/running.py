# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module in this process: through its real ``main()``, or through its action plugin as a task does."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import action_loader, connection_loader
from ansible.template import Templar

from ansible_collections.losant.platform.tests.support.environment import isolate, set_time

Result = dict[str, Any]
_MODULES = "ansible_collections.losant.platform.plugins.modules"


@dataclass(frozen=True)
class Output:
    """What a module printed, and the warnings that it returned."""

    stdout: str
    stderr: str
    warnings: list[str]

    @property
    def result(self) -> Result:
        """The printed JSON object, with the warnings, and without what is for Ansible alone: the secrets to mask."""
        printed = json.loads(self.stdout)
        if not isinstance(printed, dict):
            pytest.fail(f"the module did not print an object: {self.stdout}")
        return {**{k: v for k, v in printed.items() if not k.startswith("_ansible_")}, "warnings": list(self.warnings)}


def main_of(name: str) -> Callable[[], None]:
    """The ``main()`` of a module."""
    main: Callable[[], None] = importlib.import_module(f"{_MODULES}.{name}").main
    return main


def run_main(name: str, options: Mapping[str, Any], *, check: bool = False) -> Output:
    """Run a module as it is; an option that is None is not passed. See ``isolate`` for its environment."""
    main = main_of(name)
    given = {option: value for option, value in options.items() if value is not None}
    # As with "no_target_syslog": ansible-core 2.22 fails to write a NUL of an option to the system's log.
    settings = {
        "_ansible_check_mode": check,
        "_ansible_no_log": True,
        "_ansible_module_name": f"losant.platform.{name}",
    }
    warnings: list[str] = []
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        # Inside a process that has loaded the controller, AnsibleModule would show warnings instead of returning them.
        patch.setattr(AnsibleModule, "warn", lambda _module, warning, **_more: warnings.append(warning))
        with patch_module_args({**given, **settings}), pytest.raises(SystemExit):
            main()
    return Output(out.getvalue(), err.getvalue(), warnings)


def run_module(name: str, options: Mapping[str, Any], *, check: bool = False) -> Result:
    """Run a module and return its result. The test fails if the module prints anything else, or raises an exception."""
    output = run_main(name, options, check=check)
    if output.stderr:
        pytest.fail(f"{name} wrote to standard error: {output.stderr}")
    return output.result


def action_of(
    name: str,
    options: Mapping[str, Any],
    *,
    check: bool = False,
    environment: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Any:
    """The action plugin of a module, for a task on this machine. ``environment`` is that of the task."""
    loader, context = DataLoader(), PlayContext()
    full_name = f"losant.platform.{name}"
    task = Task.load({full_name: dict(options), "environment": [dict(environment or {})]}, loader=loader)
    task.check_mode = check
    return action_loader.get(
        full_name,
        task=task,
        connection=connection_loader.get("ansible.builtin.local", context),
        play_context=context,
        loader=loader,
        templar=Templar(loader=loader, variables=dict(variables or {})),
        shared_loader_obj=None,
    )


def run_action(name: str, options: Mapping[str, Any], *, check: bool = False) -> Result:
    """Run a module as a task does and return its result, like that of ``run_module``."""
    given = {option: value for option, value in options.items() if value is not None}
    result = action_of(name, given, check=check).run(task_vars={})
    # As Ansible sends it from the worker process to its own.
    printed = {key: value for key, value in result.items() if not key.startswith("_ansible_")}
    shown: Result = json.loads(json.dumps({**printed, "warnings": printed.get("warnings", [])}))
    return shown


def run_at(name: str, options: Mapping[str, Any], moment: datetime, directory: Path) -> Result:
    """Run a module at a time and in an isolated environment, both for this run only."""
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, directory)
        set_time(patch, lambda: moment)
        return run_module(name, options)
