# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the result of ``api_tokens`` says about one entry."""

from __future__ import annotations

from ansible_collections.losant.platform.tests.support.credentials import KEYS, TOKENS
from ansible_collections.losant.platform.tests.support.running import Result
from ansible_collections.losant.platform.tests.support.tokens import base_name


def result_of(result: Result, name: str) -> Result:
    """The result of one declaration, as a task of its own would have it. Of warnings nobody knows whose they are.

    What the task as a whole returns, if it failed before it came to single declarations, or is a task of one token.
    """
    if "errors" not in result:
        return result
    warnings = result.get("warnings", [])
    errors = [error for error in result["errors"] if error["name"] == name]
    if errors:
        return {**errors[0], "failed": True, "warnings": warnings}
    kind = KEYS if KEYS.many in result else TOKENS
    tokens = [token for token in result[kind.many] if base_name(token) == name]
    of_name = result[f"{kind.secret}s"]
    secrets = {kind.secret: of_name[name]} if name in of_name else {}
    # What is delivered of an access key has its public part, too.
    public = {"key": tokens[0]["key"]} if kind is KEYS and tokens else {}
    done: Result = next((one for one in result.get("results", []) if one["name"] == name), {})
    return {
        **done,
        **secrets,
        **public,
        kind.name: tokens[0] if tokens else None,
        "prepared_id": result["prepared_ids"].get(name),
        "warnings": warnings,
    }
