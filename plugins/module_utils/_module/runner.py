# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.losant.platform.plugins.module_utils._applications.names import begin_task
from ansible_collections.losant.platform.plugins.module_utils._client.errors import MissingLibraryError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import (
    LosantError,
    TaskInterruptedError,
    as_losant_error,
)
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import bare_name

from .interrupts import deferred_signals
from .operation import Execute, Operation, Options
from .results import Result, failure_result

#: What the collection takes from the machine. Tests replace it here.
SYSTEM = System()


class Finished(t.NamedTuple):
    """What an operation resulted in, and the signals that arrived meanwhile."""

    result: Result
    signals: tuple[int, ...]


def run_operation(execute: Execute, options: Options, check_mode: bool) -> Finished:
    """Do the work of a module, whatever runs it. A result with ``failed`` and ``msg`` stands for every exception."""
    with deferred_signals(SYSTEM) as deferral:
        try:
            result = execute(options, check_mode, deferral.system)
        except BaseException as error:  # noqa: BLE001 # a user gets no traceback, whatever goes wrong
            result = _failed(as_losant_error(error), interrupted=deferral.system.interrupted())
    return Finished(result, tuple(deferral.arrived))


def _failed(failure: LosantError, *, interrupted: bool) -> Result:
    result = failure_result(failure)
    if isinstance(failure, MissingLibraryError):
        result["msg"] = missing_required_lib("requests")
    # A request that is not tried again for that reason ends in its own error.
    if interrupted and not result["msg"].startswith(str(TaskInterruptedError())):
        result["msg"] = f"{TaskInterruptedError()} {result['msg']}"
    return result


def unread(result: Result) -> str:
    """What to show of a result that nobody will read: the error, and the new tokens whose secrets are only there."""
    texts = [result["msg"]] if result.get("failed") else []
    one = result.get("api_token")
    tokens = [token for token in result.get("api_tokens", ()) if bare_name(token["name"]) in result.get("tokens", ())]
    lost = [f"{token['name']!r} ({token['id']})" for token in ([one] if one and "token" in result else tokens)]
    if lost:
        texts.append(
            f"{TaskInterruptedError()} It created these API tokens, and their secrets are lost: {', '.join(lost)}. Delete"
            " them by api_token_id."
        )
    return " ".join(texts)


def run_module(operation: Operation) -> None:
    """Run a module: options in, result or a readable failure out."""
    begin_task(None)
    module = AnsibleModule(
        argument_spec={**operation.spec, **operation.private_spec},
        supports_check_mode=True,
        **operation.restrictions,
    )
    # It adds what a path is like now to each result that has one, also where check mode predicts something else.
    module.add_path_info = lambda result: result
    result = run_operation(operation.execute, module.params, module.check_mode).result
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
