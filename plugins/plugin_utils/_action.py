# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import contextlib
import os
import typing as t
from collections.abc import Iterator, Mapping

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.destination import Destination
from ansible_collections.losant.platform.plugins.module_utils._host.errors import DeliveryError
from ansible_collections.losant.platform.plugins.module_utils._host.remote_file import RemoteTokenFile
from ansible_collections.losant.platform.plugins.module_utils._host.token_file import TokenFile
from ansible_collections.losant.platform.plugins.module_utils._module.masking import CAN_MASK
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Operation, Options
from ansible_collections.losant.platform.plugins.module_utils._module.runner import run_operation

Result = dict[str, t.Any]
Variables = dict[str, t.Any]

#: The variable that decides where a module's work is done, and its values.
RUN_ON, CONTROLLER, HOST = "losant_run_on", "controller", "host"
_LOCAL = ("local", "ansible.builtin.local", "ansible.legacy.local")


class LosantAction(ActionBase):
    """Does a module's work in the process of the task, on the controller. The task's host is touched only for files."""

    TRANSFERS_FILES = False
    # async is refused here, as that can say why.
    _supports_async = True
    _supports_check_mode = True
    _supports_diff = True

    #: The work, and the options that it takes.
    operation: t.ClassVar[Operation]

    def run(self, tmp: str | None = None, task_vars: Variables | None = None) -> Result:
        super().run(tmp, task_vars)
        self._variables: Variables = task_vars if task_vars is not None else {}
        #: What the last call of a module on the host said about the host.
        self._host_facts: Result = {}
        self._unreachable: AnsibleConnectionFailure | None = None
        result = self._run_on_host() if self._runs_on_host() else self._run_here()
        if not CAN_MASK and "token" in result:
            # Hides just this result, and not from register. A task that created no token, or failed, stays readable.
            result["_ansible_no_log"] = True
        return result

    def execute(self, options: Options, check_mode: bool, system: System) -> Result:
        """Do the work in this process."""
        return self.operation.execute(options, check_mode, system)

    def open_file(self, path: str, owner: str | None, group: str | None, mode: t.Any, system: System) -> Destination:
        """Open a token file on the task's host."""
        if self._host_is_here:
            return TokenFile(path, owner, group, mode, system)
        return RemoteTokenFile(self._ask_host, path, owner, group, mode)

    def _runs_on_host(self) -> bool:
        value = self._templar.template(self._variables.get(RUN_ON, CONTROLLER))
        if value not in (CONTROLLER, HOST):
            raise AnsibleActionFail(f"The variable {RUN_ON} is {value!r}. Set it to {CONTROLLER} or {HOST}.")
        return bool(value == HOST)

    def _run_here(self) -> Result:
        """Do the work on the controller."""
        if self._task.async_val:
            raise AnsibleActionFail(
                f"{self._task.action} does not support async: it does its work on the controller, which takes a moment."
                " Remove async and poll from the task."
            )
        with self._environment():
            options, secrets, problem = self._validated()
            if problem is not None:
                result: Result = {"failed": True, "msg": problem}
            else:
                result = run_operation(self.execute, options, self._task.check_mode)
        if self._unreachable is not None:
            raise self._unreachable
        cleaned: Result = remove_values({**self._host_facts, **result, "invocation": {"module_args": options}}, secrets)
        return cleaned

    def _run_on_host(self) -> Result:
        """Run the module on the task's host."""
        with self._environment():
            options, _secrets, _problem = self._validated()
        if self._task.async_val and self.operation.returns_secret(options):
            raise AnsibleActionFail(
                f"{self._task.action} does not support async here: the secret of a new token would be in its result, and async"
                " keeps results in files. Remove async and poll from the task, or set return_token=false."
            )
        with self._silenced():
            result: Result = self._execute_module(
                module_name=self.operation.full_name,
                module_args=dict(self._task.args),
                task_vars=self._variables,
                wrap_async=self._task.async_val,
            )
        return result

    def _validated(self) -> tuple[Result, t.Collection[str], str | None]:
        """The options, the secrets among them, and why they cannot be used. As AnsibleModule does it, with its words."""
        spec = dict(self.operation.spec)
        if not self._host_is_here:
            # Only the host can say what ~ and variables in its paths mean.
            spec.update({option: {**spec[option], "type": "str"} for option in self.operation.host_paths})
        checked = ModuleArgumentSpecValidator(spec, **self.operation.restrictions).validate(dict(self._task.args))
        options: Result = checked.validated_parameters
        if not checked.error_messages:
            return options, checked._no_log_values, None
        problem: str = checked.errors.msg
        if isinstance(checked.errors[0], UnsupportedError):
            problem = f"Unsupported parameters for ({self.operation.full_name}) module: {problem}"
        return options, checked._no_log_values, problem

    @property
    def _host_is_here(self) -> bool:
        """Whether the task's host is this machine and its user this one."""
        connection = self._connection
        return connection.transport == "local" and connection._load_name in _LOCAL and connection.become is None

    def _ask_host(self, options: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
        """Have the module ``token_file`` do one step on the task's host.

        :raises LosantError: it failed
        """
        try:
            with self._silenced():
                result: Result = self._execute_module(
                    module_name="losant.platform.token_file", module_args=dict(options), task_vars=self._variables
                )
        except AnsibleConnectionFailure as error:
            if options["_step"] == "inspect":
                self._unreachable = error  # nothing is done yet, so it is the host that failed
            raise DeliveryError(f"Could not reach the host with token_file {options['path']}: {error}") from None
        self._host_facts = {key: result[key] for key in ("ansible_facts", "deprecations") if key in result}
        if result.get("failed"):
            raise _failure(result, options["path"])
        return result

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        """Set what ``environment`` of the task sets, as it would be for a module."""
        variables: dict[str, str] = {}
        self._compute_environment_string(variables)
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update({name: str(value) for name, value in variables.items()})
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    @contextlib.contextmanager
    def _silenced(self) -> Iterator[None]:
        """Keep connection plugins from printing what goes to the host and comes back, as no_log does."""
        contexts = [self._play_context, self._connection._play_context]
        before = [context.no_log for context in contexts]
        for context in contexts:
            context.no_log = True
        try:
            yield
        finally:
            for context, no_log in zip(contexts, before, strict=True):
                context.no_log = no_log


def _failure(result: Mapping[str, t.Any], path: str) -> LosantError:
    """The error of a failed module on the host."""
    failure = result.get("failure") or {}
    if failure.get("kind") == InvalidOptionError.kind:
        return InvalidOptionError(result["msg"], option=failure.get("option"))
    if failure:
        return DeliveryError(result["msg"])
    return DeliveryError(f"The host could not handle token_file {path}: {result.get('msg', 'the module failed')}")
