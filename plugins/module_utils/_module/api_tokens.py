# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from contextlib import nullcontext

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files, LocalFiles
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.batch import Ensured, Pruned, Settings, ensure_all
from ansible_collections.losant.platform.plugins.module_utils._tokens.caller import Caller
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import (
    Declaration,
    declaration_from,
)
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Work

from .api_token import API_TOKEN_RESTRICTIONS, PHASES, api_token_spec, token_file_of
from .application import for_application, owner_of
from .connection import checked_concurrency, connected
from .operation import Operation, Options, Spec
from .outcome import outcome_result, returns_secret, unreported
from .progress import Show, progress_to
from .results import Result

#: How many errors the message of a failed task spells out. All are in ``errors``.
_SPELLED_OUT = 10
#: What the entries of one task have in common.
_COMMON = ("phase", "prepared_id")


def api_tokens_spec() -> Spec:
    """The options of ``api_tokens`` beside those of the connection."""
    return {
        "api_tokens": {"type": "list", "elements": "dict", "required": True, "no_log": False, "options": entry_spec()},
        "prune": {"type": "bool", "default": False},
        "prune_all": {"type": "bool", "default": False},
        "keep": {"type": "list", "elements": "str"},
        "concurrency": {"type": "int", "default": 4},
        "phase": {"type": "str", "default": Declaration.phase, "choices": list(PHASES)},
        "prepared_ids": {"type": "dict"},
    }


def entry_spec() -> Spec:
    """The options of one entry: those of ``api_token`` for one token."""
    return {option: spec for option, spec in api_token_spec().items() if option not in _COMMON}


class _Entry(t.NamedTuple):
    """One entry of ``api_tokens``. ``options``: as a task of ``api_token`` would have them."""

    options: Options
    declared: Declaration
    work: Work


def ensure_api_tokens(
    options: Options, check_mode: bool, system: System, files: Files | None = None, show: Show | None = None
) -> Result:
    """Ensure that many tokens are as declared, and return the module's result.

    :param show: shows the user a line while the task is at work
    """
    files = files or LocalFiles(system)
    entries = [_entry(index, options, files) for index in range(len(options["api_tokens"]))]
    concurrency, keep = checked_concurrency(options), _keep(options)
    with connected(options, read_only=check_mode, system=system) as connection:
        client, access_token = connection
        owner = owner_of(options, connection)
        settings = Settings(concurrency, keep, progress_to(show, owner.label, system))
        api = TokenApi(client, owner, concurrency)
        caller = Caller.of(access_token, owner)
        lock = nullcontext() if check_mode else exclusive(options["api_url"], owner.id, None, system=system)
        with lock as note:
            ensured = ensure_all(
                [entry.work for entry in entries], api, caller, system, files, settings, dry=check_mode
            )
    result = _result(entries, ensured, owner)
    result["warnings"] = [*client.warnings(), *result["warnings"]]
    return {**result, "notes": [note]} if note else result


def _entry(index: int, options: Options, files: Files) -> _Entry:
    entry = dict(options["api_tokens"][index])
    prepared_id = (options["prepared_ids"] or {}).get(entry["name"])
    # YAML reads an id of digits as a number.
    entry.update(phase=options["phase"], prepared_id=None if prepared_id is None else str(prepared_id))
    try:
        _check_restrictions(entry)
        declared = declaration_from(entry)
        file = token_file_of(entry, files)
    except InvalidOptionError as error:
        raise InvalidOptionError(f"{_where(index, entry)}: {error}", option="api_tokens", index=index) from None
    return _Entry(entry, declared, Work(declared, entry["staged"], file))


def _check_restrictions(entry: Options) -> None:
    """Refuse an entry as a task of ``api_token`` would be refused. Ansible would not say which entry it is."""
    for group in API_TOKEN_RESTRICTIONS["required_one_of"]:
        if all(entry[option] is None for option in group):
            raise InvalidOptionError(f"one of {' and '.join(group)} is required.")
    for group in API_TOKEN_RESTRICTIONS["mutually_exclusive"]:
        given = [option for option in group if entry[option] is not None]
        if len(given) > 1:
            raise InvalidOptionError(f"{' and '.join(given)} are mutually exclusive.")


def _where(index: int, entry: Options) -> str:
    return f"Entry {index} of api_tokens, {(entry['name'] or entry['api_token_id'])!r}"


def _keep(options: Options) -> tuple[str, ...] | None:
    """What is not pruned; None if nothing is pruned at all."""
    unknown = sorted(set(options["prepared_ids"] or {}) - {entry["name"] for entry in options["api_tokens"]})
    if unknown:
        raise InvalidOptionError(
            f"prepared_ids has names that api_tokens does not declare: {', '.join(map(repr, unknown))}.",
            option="prepared_ids",
        )
    if not options["prune"]:
        return None
    if not options["api_tokens"] and not options["prune_all"]:
        raise InvalidOptionError(
            "api_tokens is empty and prune is true, so every token of the application would be deleted. Nothing was"
            " changed. If that is meant, set prune_all=true.",
            option="prune_all",
        )
    # Whoever prepares or aborts is not done yet.
    return tuple(options["keep"] or ()) if options["phase"] in ("all", "commit") else None


def _result(entries: t.Sequence[_Entry], ensured: Ensured, owner: Owner) -> Result:
    results: list[Result] = []
    errors: list[Result] = []
    for index, (entry, outcome) in enumerate(zip(entries, ensured.outcomes)):
        declared = entry.declared
        subject = {"index": index, "name": declared.name, "api_token_id": declared.api_token_id}
        if isinstance(outcome, LosantError):
            errors.append(_error(outcome, subject))
            continue
        try:
            result = outcome_result(outcome, declared, owner, entry.options)
        except Exception as error:  # noqa: BLE001 # whatever it is, a new token must not remain unnamed
            errors.append(_error(unreported(error, outcome), subject))
            continue
        results.append({**result, "name": declared.name or (outcome.token.name if outcome.token else None)})
    errors += [_error(one.error, {"index": None, **_pruned(one)}) for one in ensured.pruned if one.error is not None]
    whole = _summary(results, ensured)
    warnings = [*whole["warnings"], *(text for error in errors for text in error.pop("warnings"))]
    if errors and ensured.spared:
        warnings.append(
            f"Nothing was pruned, as entries failed: {ensured.spared} tokens that are not declared are left as they are."
        )
    whole["warnings"] = list(dict.fromkeys(warnings))
    if errors:
        # Ansible shows a failed result in full.
        return {**whole, **_failure(errors, len(entries))}
    return {**whole, "errors": [], "results": [_shortened(result) for result in results]}


def _summary(results: t.Sequence[Result], ensured: Ensured) -> Result:
    pruned = [one for one in ensured.pruned if one.error is None]
    changed = [result for result in results if result["changed"]]
    return {
        "changed": bool(changed or pruned),
        "api_tokens": [result["api_token"] for result in results if result["api_token"] is not None],
        "created": [result["name"] for result in results if result["created"]],
        "tokens": {result["name"]: result["token"] for result in results if "token" in result},
        "prepared_ids": {result["name"]: result["prepared_id"] for result in results},
        "pruned": [_pruned(one) for one in pruned],
        "diff": [
            *({**result["diff"], **_headers(result["name"])} for result in changed),
            *(_pruning_diff(one) for one in pruned),
        ],
        "warnings": [text for result in results for text in result["warnings"]],
    }


def _shortened(result: Result) -> Result:
    return {key: value for key, value in result.items() if key not in ("api_token", "token", "diff", "warnings")}


def _headers(name: str) -> Result:
    return {"before_header": name, "after_header": name}


def _pruned(one: Pruned) -> Result:
    return {"name": one.token.name, "api_token_id": one.token.id}


def _pruning_diff(one: Pruned) -> Result:
    before = {"id": one.token.id, **one.token.comparable()}
    return {"before": before, "after": {}, **_headers(one.token.name)}


def _error(error: LosantError, subject: Result) -> Result:
    return {**subject, "msg": str(error), "failure": error.failure, "warnings": list(error.warnings)}


def _failure(errors: t.Sequence[Result], count: int) -> Result:
    texts = [f"{error['name'] or error['api_token_id']}: {error['msg']}" for error in errors[:_SPELLED_OUT]]
    if len(errors) > _SPELLED_OUT:
        texts.append(f"{len(errors) - _SPELLED_OUT} more are in errors.")
    msg = f"{len(errors)} of {max(count, len(errors))} API tokens failed. {' '.join(texts)}"
    return {"errors": errors, "failed": True, "msg": msg, "failure": errors[0]["failure"]}


def _may_return_secret(options: Options) -> bool:
    """Whether a secret can be in the result, judging by options that may be incomplete."""
    entries = options.get("api_tokens") or ()
    return options.get("phase") in ("all", "prepare") and any(map(returns_secret, entries))


API_TOKENS = for_application(
    Operation(
        "api_tokens",
        ensure_api_tokens,
        api_tokens_spec(),
        {},
        host_paths=("api_tokens.token_file",),
        returns_secret=_may_return_secret,
    )
)
