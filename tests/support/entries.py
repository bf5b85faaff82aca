# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the result of a task says about one of the tokens that it declares."""

from __future__ import annotations

from ansible_collections.losant.platform.tests.support.running import Result


def result_of(result: Result, name: str) -> Result:
    """The result of one declaration, as a task of its own would have it. Of warnings nobody knows whose they are."""
    if "errors" not in result:
        return result
    errors = [error for error in result["errors"] if error["name"] == name]
    if errors:
        return {**errors[0], "failed": True, "warnings": result["warnings"]}
    tokens = {"token": result["tokens"][name]} if name in result["tokens"] else {}
    return {"prepared_id": result["prepared_ids"].get(name), "warnings": result["warnings"], **tokens}
