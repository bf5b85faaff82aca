# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import contextlib
import copy
import json
import os
import signal
import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ansible import constants
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase

from ansible_collections.losant.platform.plugins.module_utils._applications.names import begin_task
from ansible_collections.losant.platform.plugins.module_utils._client.errors import MissingLibraryError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import (
    InvalidOptionError,
    LosantError,
    TaskInterruptedError,
)
from ansible_collections.losant.platform.plugins.module_utils._common.secret import Secret
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.errors import DeliveryError
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files, LocalFiles, RemoteFiles
from ansible_collections.losant.platform.plugins.module_utils._module.connection import VARIABLES
from ansible_collections.losant.platform.plugins.module_utils._module.interrupts import AlarmError, alarm_ends_call
from ansible_collections.losant.platform.plugins.module_utils._module.masking import (
    CAN_MASK,
    mask,
    without_values,
)
from ansible_collections.losant.platform.plugins.module_utils._module.operation import Operation, Options
from ansible_collections.losant.platform.plugins.module_utils._module.outcome import shown_when_ended
from ansible_collections.losant.platform.plugins.module_utils._module.runner import Finished, run_operation

from ._arguments import Arguments
from ._environment import set_for_now
from ._lookup import forget
from ._plugin import needs_requests

Result = dict[str, t.Any]
Variables = dict[str, t.Any]

#: The variable that decides where a module's work is done, and its values.
RUN_ON, CONTROLLER, HOST = "losant_run_on", "controller", "host"
#: The connection plugin for this machine, however a play spells its name.
_LOCAL = "ansible.builtin.local"
#: The variables of the environment that options are taken from.
_VARIABLES = frozenset(variable for variable, _check in VARIABLES.values())
_ACCESS_TOKEN = VARIABLES["access_token"][0]
#: The options of modules that hold a secret.
SECRET_OPTIONS = ("access_token", "auth_token", "held_token", "token", "_key", "_files")
#: Where results hold secrets.
RETURNED_SECRETS = ("token", "tokens", "secret", "secrets")
#: Seconds for a call that takes back what was written to a host, when the time of the task is over.
_GRACE = 30
#: Where Ansible itself writes errors, as this file is imported before it forks. A worker's own standard error leads nowhere.
_STDERR: int | None = None
with contextlib.suppress(OSError):  # it can be closed
    _STDERR = os.dup(2)


class _Checked(t.NamedTuple):
    """The options of a task, the secrets among them, and why they cannot be used."""

    options: Result
    secrets: t.Collection[str]
    problem: str | None = None


class _Unprinted(dict[str, t.Any]):
    """Options that Ansible does not print when it debugs itself."""

    def __repr__(self) -> str:
        return "(not shown)"


class LosantAction(ActionBase):
    """Does a module's work in the process of the task, on the controller. The task's host is touched only for files."""

    TRANSFERS_FILES = False
    # async is refused here, as that can say why.
    _supports_async = True
    _supports_check_mode = True
    _supports_diff = True

    #: The work, and the options that it takes.
    operation: t.ClassVar[Operation]
    #: Check the options of a task whose host is here, and of others. Made when Ansible loads the plugin, before it forks.
    _local_validator: t.ClassVar[ModuleArgumentSpecValidator]
    _remote_validator: t.ClassVar[ModuleArgumentSpecValidator]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        operation = getattr(cls, "operation", None)
        if operation is not None:
            cls._local_validator = ModuleArgumentSpecValidator(dict(operation.spec), **operation.restrictions)
            remote = _with_host_paths(operation.spec, operation.host_paths)
            cls._remote_validator = ModuleArgumentSpecValidator(remote, **operation.restrictions)

    def run(self, tmp: str | None = None, task_vars: Variables | None = None) -> Result:
        super().run(tmp, task_vars)
        begin_task(self._task._uuid)
        self._variables: Variables = task_vars if task_vars is not None else {}
        #: What the calls of a module on the host said about the host.
        self._host_facts: Result = {}
        self._host_warnings: list[t.Any] = []
        self._unreachable: AnsibleConnectionFailure | None = None
        self._lost_calls = 0
        self._withheld: t.Collection[str] = ()
        #: What this process has for the variables that ``environment`` of the task sets.
        self._outer_environment: Mapping[str, str | None] = {}
        result = self._run_on_host() if self._runs_on_host() else self._run_here()
        if result.get("changed") or result.get("failed"):
            forget()
        if not CAN_MASK and any(result.get(name) for name in RETURNED_SECRETS):
            # Hides just this result, and not from register. One without a secret stays readable.
            result["_ansible_no_log"] = True
            if result.get("failed"):
                self._display.warning(result["msg"])
        return result

    def execute(self, options: Options, check_mode: bool, system: System) -> Result:
        """Do the work in this process."""
        tools: dict[str, t.Any] = {"files": self.files(system)} if self.operation.delivers else {}
        if self.operation.shows_progress:
            tools["show"] = self._display.display
        return self.operation.execute(options, check_mode, system, **tools)

    def files(self, system: System) -> Files:
        """The token files on the task's host."""
        return LocalFiles(system) if self._host_is_here else RemoteFiles(self._ask_host, self._ask_host_for_all)

    def _runs_on_host(self) -> bool:
        value = self._templar.template(self._variables.get(RUN_ON, CONTROLLER))
        if value not in (CONTROLLER, HOST):
            raise AnsibleActionFail(f"The variable {RUN_ON} is {value!r}. Set it to {CONTROLLER} or {HOST}.")
        return bool(value == HOST)

    def _run_here(self) -> Result:
        """Do the work on the controller."""
        if self._task.async_val:
            raise AnsibleActionFail(
                f"{self._task.action} does not support async: it does its work on the controller. Remove async and poll from"
                " the task."
            )
        environment = self._task_environment()
        self._outer_environment = {name: os.environ.get(name) for name in environment}
        with set_for_now(environment):
            checked = self._validated()
            if checked.problem is not None:
                finished = Finished({"failed": True, "msg": checked.problem}, ())
            else:
                finished = run_operation(self.execute, checked.options, self._task.check_mode)
        result = self._completed({**self._host_facts, **self._explained(finished)}, checked)
        self._end_if_asked(finished.signals, result)
        if self._unreachable is not None:
            raise self._unreachable
        return result

    def _run_on_host(self) -> Result:
        """Run the module on the task's host."""
        environment = self._task_environment()
        with set_for_now(environment):
            checked = self._validated()
        if checked.problem is not None:
            # The module would say the same, but name private options, and not find the secrets in every case.
            return self._completed({"failed": True, "msg": checked.problem}, checked)
        if self._task.async_val and self.operation.returns_secret(checked.options):
            raise AnsibleActionFail(
                f"{self._task.action} does not support async here: the secret of a new token would be in its result, and async"
                " keeps results in files. Remove async and poll from the task, or set return_token=false."
            )
        arguments = dict(self._task.args)
        if "access_token" not in self.operation.spec:
            self._withheld = [name for name in environment if name in _VARIABLES]
        elif _ACCESS_TOKEN in environment:
            self._withheld = [_ACCESS_TOKEN]
            if not any(arguments.get(name) is not None for name in ("access_token", "auth_token", "access_token_file")):
                arguments["access_token"] = environment[_ACCESS_TOKEN]
        return self._call(self.operation.full_name, arguments, wrap_async=self._task.async_val)

    def _validated(self) -> _Checked:
        """Check the options as AnsibleModule does, with its words."""
        validator = self._local_validator if self._host_is_here else self._remote_validator
        checked = validator.validate(Arguments(self._task.args))
        # Ansible finds no secret at all if an entry of a list is not what it should be.
        options = checked.validated_parameters
        if not checked.error_messages:
            return _Checked(options, checked._no_log_values)
        # Ansible finds no secret at all if one entry of a list is not a dictionary.
        secrets = {*checked._no_log_values, *_secrets_in(self._task.args)}
        for secret in secrets:
            mask(Secret(secret))
        is_unknown = isinstance(checked.errors[0], UnsupportedError)
        start = f"Unsupported parameters for ({self.operation.full_name}) module: " if is_unknown else ""
        return _Checked(options, secrets, f"{start}{checked.errors.msg}")

    def _completed(self, result: Result, checked: _Checked) -> Result:
        """A result as a module returns it: with the options, unless Ansible is set otherwise, and without their secrets."""
        try:
            shows_options = constants.config.get_config_value("INJECT_INVOCATION", variables=self._variables)
        except AnsibleError:  # ansible-core before 2.21
            shows_options = True
        if shows_options:
            result["invocation"] = {"module_args": checked.options}
        return without_values(result, checked.secrets)

    def _explained(self, finished: Finished) -> Result:
        """The result, with what is known only here of the machine and of the task."""
        result = finished.result
        if self._host_warnings:
            result["warnings"] = [*self._host_warnings, *result.get("warnings", ())]
        if not result.get("failed"):
            return result
        if result.get("failure", {}).get("kind") == MissingLibraryError.kind:
            result["msg"] = f"{needs_requests()}, or set the variable {RUN_ON} to {HOST}."
        if signal.SIGALRM in finished.signals:
            ended = f"The timeout of the task, {self._task.timeout} seconds, has passed."
            result["msg"] = result["msg"].replace(str(TaskInterruptedError()), ended, 1)
            result["timedout"] = {"period": self._task.timeout}
        return result

    def _end_if_asked(self, signals: t.Iterable[int], result: Result) -> None:
        """End the process if a signal asked for that. Nobody will read the result, so what matters is shown."""
        for number in signals:
            if number != signal.SIGALRM:
                kind = self.operation.kind
                text = shown_when_ended(result, kind.resource if kind is not None else None)
                if _STDERR is not None and text:
                    with contextlib.suppress(OSError):
                        os.write(_STDERR, f"[ERROR]: {text}\n".encode("utf-8", "replace"))
                os.kill(os.getpid(), number)

    @property
    def _host_is_here(self) -> bool:
        """Whether the task's host is this machine and its user this one."""
        return bool(self._connection.ansible_name == _LOCAL and self._connection.become is None)

    def _ask_host(self, options: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
        """Have the module ``token_file`` do one step on the task's host.

        :raises LosantError: it failed
        """
        result = self._ask(options, f"token_file {options['path']}", is_first=options["_step"] == "inspect")
        if result.get("failed"):
            raise _failure(result, options["path"])
        return result

    def _ask_host_for_all(self, requests: Sequence[Mapping[str, t.Any]]) -> Sequence[Mapping[str, t.Any] | LosantError]:
        """Have the module ``token_file`` do one step for each of several files, in one call.

        :raises LosantError: the host failed before anything was written
        """
        path, is_first = requests[0]["path"], requests[0]["_step"] == "inspect"
        what = f"token_file {path}" + (f" and {len(requests) - 1} others" if len(requests) > 1 else "")
        for request in requests:
            self.operation.mask_delivered(request.get("token"))
        try:
            result = self._ask({"path": path, "_files": json.dumps(requests)}, what, is_first=is_first)
        except LosantError as error:
            if is_first:
                raise
            return [copy.copy(error) for _request in requests]
        if "files" not in result:
            return [_failure(result, request["path"]) for request in requests]
        results = zip(result["files"], requests, strict=True)
        return [_failure(one, asked["path"]) if one.get("failed") else one for one, asked in results]

    def _ask(self, options: Mapping[str, t.Any], what: str, *, is_first: bool) -> Result:
        """Run the module ``token_file`` on the task's host.

        :param what: the files, as messages name them
        :raises LosantError: the host could not be asked
        """
        if self._lost_calls > 1:
            # Each of many files would wait for it again.
            raise DeliveryError(f"Could not reach the host with {what}: two calls before were lost.")
        self._withheld = _VARIABLES
        try:
            # A connection starts programs, such as ssh. The environment of the task is not for them.
            with alarm_ends_call(_GRACE), set_for_now(self._outer_environment):
                result = self._call("losant.platform.token_file", options)
        except AlarmError:
            remains = "" if is_first else " It may still write to the file."
            raise DeliveryError(f"The host did not finish with {what} in time.{remains}") from None
        except AnsibleConnectionFailure as error:
            if is_first:
                self._unreachable = error  # nothing is done yet, so it is the host that failed
            self._lost_calls += 1
            raise DeliveryError(f"Could not reach the host with {what}: {error}") from None
        except AnsibleError as error:
            raise DeliveryError(f"Could not handle {what} on the host: {error}") from None
        finally:
            self._withheld = ()
        self._host_facts.update({key: result[key] for key in ("ansible_facts", "deprecations") if key in result})
        self._host_warnings += [text for text in result.get("warnings") or () if text not in self._host_warnings]
        return result

    def _call(self, module: str, arguments: Mapping[str, t.Any], **more: t.Any) -> Result:
        """Run a module on the task's host, without a trace of its arguments and its result on the way.

        :raises AnsibleConnectionFailure: the host cannot be reached
        """
        try:
            with self._silenced():
                result: Result = self._execute_module(
                    module_name=module, module_args=self._unprinted(arguments), task_vars=self._variables, **more
                )
            return result
        except AnsibleConnectionFailure as error:
            failure = error
        # A silenced connection does not say why. A command without a secret does, unless it succeeds.
        self._low_level_execute_command("exit 0")
        raise failure

    def _unprinted(self, arguments: Mapping[str, t.Any]) -> _Unprinted:
        """The arguments of a module. From now on, Ansible masks the secrets among them, if it can.

        On ansible-core 2.22 the module returns them, and Ansible prints that when it debugs itself.
        """
        for secret in _secrets_in(arguments):
            self.operation.mask_delivered(secret)
        return _Unprinted(arguments)

    def _task_environment(self) -> dict[str, str]:
        """What ``environment`` of the task sets."""
        variables: Variables = {}
        self._compute_environment_string(variables)
        return {str(name): str(value) for name, value in variables.items()}

    def _compute_environment_string(self, raw_environment_out: Variables | None = None) -> str:
        """As for every module, without what a call does not need: everyone on the host can see a command."""
        variables: Variables = {}
        super()._compute_environment_string(variables)
        kept = {name: value for name, value in variables.items() if name not in self._withheld}
        if raw_environment_out is not None:
            raw_environment_out.clear()
            raw_environment_out.update(kept)
        return str(self._connection._shell.env_prefix(**kept))

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


def _with_host_paths(spec: Mapping[str, t.Any], paths: Sequence[str]) -> Result:
    """The spec for a task whose host is elsewhere. Only the host can say what ~ and variables in its paths mean."""
    changed = dict(spec)
    for path in paths:
        option, _dot, suboption = path.partition(".")
        inner = {"options": _with_host_paths(spec[option]["options"], [suboption])} if suboption else {"type": "str"}
        changed[option] = {**spec[option], **inner}
    return changed


def _secrets_in(arguments: t.Any) -> Iterator[str]:
    """The values of options that hold a secret, those of suboptions too."""
    if isinstance(arguments, Mapping):
        named = [value for name, value in arguments.items() if name in SECRET_OPTIONS]
        yield from (str(value) for value in named if value and not isinstance(value, (Mapping, list)))
        arguments = list(arguments.values())
    for value in arguments if isinstance(arguments, list) else ():
        yield from _secrets_in(value)


def _failure(result: Mapping[str, t.Any], path: str) -> LosantError:
    """The error of a failed module on the host."""
    failure = result.get("failure") or {}
    if failure.get("kind") == InvalidOptionError.kind:
        return InvalidOptionError(result["msg"], option=failure.get("option"))
    if failure:
        return DeliveryError(result["msg"])
    return DeliveryError(f"The host could not handle token_file {path}: {result.get('msg', 'the module failed')}")
