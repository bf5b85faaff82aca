# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What a task returns about one token that it ensured."""

from __future__ import annotations

from ansible_collections.losant.platform.plugins.module_utils._common.errors import LosantError, as_losant_error
from ansible_collections.losant.platform.plugins.module_utils._tokens.apply.rollback import new_token_stays
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.naming import bare_name
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Resource
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Outcome

from .masking import mask
from .operation import Options
from .results import Result, diff_result, rotation_result, superseded_result


def outcome_result(outcome: Outcome, declared: Declaration, owner: Owner, options: Options) -> Result:
    token, planned, resource = outcome.token, outcome.plan, owner.resource
    return_secret = resource.returns_secret(options)
    described = token.result(outcome.now, owner.id, owner.type) if token else None
    result: Result = {
        "changed": bool(planned.steps),
        "created": planned.creates,
        # The key exists in every phase, so that a template can use it.
        "prepared_id": _prepared_id(outcome, declared),
        resource.name: described,
        "changed_fields": planned.changed_fields,
        "rotation": rotation_result(planned.rotation),
        "superseded": [superseded_result(entry) for entry in planned.superseded],
        "diff": diff_result(planned, outcome.file_before, outcome.copies, resource),
        "warnings": list(planned.warnings),
    }
    if described is not None:
        result.update({name: described[name] for name in resource.repeated})
    if outcome.secret is not None and return_secret:
        # Registered only now: a value that nobody gets needs no masking.
        mask(outcome.secret)
        result[resource.secret] = outcome.secret.reveal()
    if planned.creates and token is not None and not return_secret and outcome.file_before is None:
        remedy = f"{resource.return_option}=true"
        remedy += f" or {resource.file_option}" if declared.phase == "all" else ""
        result["warnings"].append(
            f"The secret of the new {token.label} is not returned, and cannot be read again. Set {remedy}."
        )
    return result


def _prepared_id(outcome: Outcome, declared: Declaration) -> str | None:
    """The id of the token that is to be committed."""
    if declared.phase == "prepare" and outcome.plan.creates and outcome.token is not None:
        return outcome.token.id or None
    return outcome.plan.prepared_id


def unreported(error: Exception, outcome: Outcome) -> LosantError:
    """The error for a result that cannot be returned. The writes are done, so it names a new token."""
    failure = as_losant_error(error)
    if outcome.secret is None or outcome.token is None:
        return failure
    return new_token_stays(failure, outcome.token, outcome.file_before.path if outcome.file_before else None)


def shown_when_ended(result: Result, resource: Resource | None) -> str:
    """What a user has to know of a result that nobody will get, as the run was ended. Empty if there is nothing.

    :param resource: whose secrets it may hold
    """
    texts = [result["msg"]] if result.get("failed") else []
    # The message spells out some of many errors.
    texts += [error["msg"] for error in result.get("errors", ()) if error["msg"] not in result["msg"]]
    if resource is not None:
        lost = [result[resource.name]] if resource.secret in result and result.get(resource.name) else []
        names = result.get(resource.secrets) or {}
        lost += [token for token in result.get(resource.list_option, ()) if bare_name(token["name"]) in names]
        if lost:
            texts.append(
                f"The run ended before it got the secrets of new {resource.label}s: {', '.join(map(_named, lost))}. Unless"
                f" {resource.file_option} holds them, they are lost: delete the {resource.noun}s by {resource.id_option}, or"
                " replace them with recreate=always."
            )
    return " ".join(texts)


def _named(token: Result) -> str:
    return f"{token['name']!r} ({token['id']})"
