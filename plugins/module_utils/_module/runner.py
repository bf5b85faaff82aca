# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.losant.platform.plugins.module_utils._client.errors import MissingLibraryError
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._module.connection import Spec, connection_spec

Options = t.Mapping[str, t.Any]
Result = t.Dict[str, t.Any]
#: Does a module's work: its options and whether it is check mode go in, its result comes out.
Execute = t.Callable[[Options, bool], Result]


def run_module(execute: Execute, argument_spec: Spec, **restrictions: t.Any) -> None:
    """Run a module: options in, result or a readable failure out.

    :param restrictions: what else AnsibleModule takes, such as ``required_one_of``
    """
    module = AnsibleModule(
        argument_spec={**connection_spec(), **argument_spec}, supports_check_mode=True, **restrictions
    )
    failed = False
    try:
        result = execute(module.params, module.check_mode)
    except Exception as error:  # noqa: BLE001 # a user gets no traceback, whatever goes wrong
        # Handled below: inside this block fail_json would add a traceback.
        failed, result = True, failure_of(error)
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    if failed:
        module.fail_json(**result)
    module.exit_json(**result)


def failure_of(error: Exception) -> Result:
    """What a failed task returns."""
    if isinstance(error, MissingLibraryError):
        return {"msg": missing_required_lib("requests"), "failure": error.failure}
    if isinstance(error, LosantError):
        return {"msg": str(error), "failure": error.failure, "warnings": error.warnings}
    return {
        "msg": f"This is a defect of losant.platform: {_where(error)}. Please report it. Writes may have been done: look"
        " with losant.platform.api_token_info.",
        "failure": {"kind": "defect"},
    }


def _where(error: Exception) -> str:
    # The text of an unforeseen exception may hold anything, even a secret: only its kind and place are told.
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    line = f" in {place.tb_frame.f_code.co_name}, line {place.tb_lineno}" if place is not None else ""
    return type(error).__name__ + line
