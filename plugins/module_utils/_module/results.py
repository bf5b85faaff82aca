# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What modules return beside credentials: rotations, applications and both sides of a diff, each in one place."""

from __future__ import annotations

import typing as t

from ansible_collections.losant.platform.plugins.module_utils._applications.application import Application
from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.rfc3339 import written_time
from ansible_collections.losant.platform.plugins.module_utils._tokens.api_token import ApiToken
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.copies import Copy, CopyAction
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.holdings import FileState
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.rotation import Rotation
from ansible_collections.losant.platform.plugins.module_utils._tokens.plan.steps import (
    FixFile,
    Plan,
    Purpose,
    Superseded,
    Write,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Resource, Token

Result = t.Dict[str, t.Any]


def failure_result(error: LosantError) -> Result:
    """A failed task."""
    return {
        **error.data,
        "failed": True,
        "msg": str(error),
        "failure": error.failure,
        "warnings": list(error.warnings),
    }


def with_remarks(result: Result, warnings: t.Iterable[str], note: str | None) -> Result:
    """A result with the warnings of the client before its own, and with a note, if there is one."""
    remarked = {**result, "warnings": [*warnings, *result["warnings"]]}
    return {**remarked, "notes": [note]} if note else remarked


def application_result(application: Application) -> Result:
    """An application, without what can hold secrets."""
    return {
        "id": application.id,
        "application_id": application.id,
        "name": application.name,
        "description": application.description or None,
        "owner_id": application.owner_id,
        "owner_type": application.owner_type,
        "organization_name": application.organization_name,
        "endpoint_slug": application.endpoint_slug,
        "creation_date": written_time(application.creation_date),
        "last_updated": written_time(application.last_updated),
        "summary": dict(application.summary or {}),
    }


def rotation_result(rotation: Rotation) -> Result:
    """Whether a token has to be replaced, and why."""
    return {"due": rotation.due, "reason": rotation.reason, "due_at": written_time(rotation.due_at)}


def superseded_result(entry: Superseded) -> Result:
    """What became of a superseded token."""
    return {"id": entry.token.id, "name": entry.name, "action": entry.action, "until": written_time(entry.until)}


def diff_result(
    plan: Plan, file: FileState | None, copies: t.Sequence[Copy] = (), resource: Resource = ApiToken.resource
) -> dict[str, Result]:
    """Both sides of the diff: the token, its files, and the leftovers that the task removes."""
    option = resource.file_option
    leftovers = [step for step in plan.writes if step.purpose is Purpose.CLEAN_UP]
    before = _side(plan.before, {option: _file_side(plan.before, file)}, [_leftover(step.token) for step in leftovers])
    after = _side(plan.after, {option: _file_after(plan, file)}, list(filter(None, map(_leftover_after, leftovers))))
    for copy in copies:
        before.setdefault(f"{option}s", {})[copy.file.path] = _file_side(plan.before, copy.file)
        after.setdefault(f"{option}s", {})[copy.file.path] = _copy_after(copy, plan)
    if not leftovers:
        before.pop("superseded")
        after.pop("superseded")
    return {"before": before, "after": after}


def _side(token: Token | None, files: t.Mapping[str, Result | None], leftovers: list[str]) -> Result:
    # A token that does not exist yet has no id, before and after it is created.
    side: Result = {"id": token.id or "(new)", **token.comparable()} if token else {}
    side.update({option: file for option, file in files.items() if file is not None})
    side["superseded"] = leftovers
    return side


def _leftover(token: Token, status: str | None = None) -> str:
    return f"{token.name} ({token.id}), {status or token.status}"


def _leftover_after(step: Write) -> str | None:
    return None if step.action == "delete" else _leftover(step.token, "inactive")


def _file_side(token: Token | None, file: FileState | None) -> Result | None:
    if file is None:
        return None
    if not file.exists:
        return {"holds": "nothing"}
    holds = "the secret" if token is not None and file.holding.may_be_of(token) else "something else"
    return {"holds": holds, **file.attributes}


def _file_after(plan: Plan, file: FileState | None) -> Result | None:
    if file is None:
        return None
    if plan.removes_file:
        return {"holds": "nothing"}
    if plan.delivers:
        return {"holds": "the secret", **file.wanted}
    side = _file_side(plan.after, file)
    if any(isinstance(step, FixFile) for step in plan.steps):
        return {**(side or {}), **file.wanted}
    return side


def _copy_after(copy: Copy, plan: Plan) -> Result | None:
    if copy.action is CopyAction.REMOVE:
        return {"holds": "nothing"}
    if copy.action is CopyAction.NOTHING:
        return _file_side(plan.after, copy.file)
    return {"holds": "the secret", **copy.file.wanted}
