# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

from __future__ import annotations

import typing as t
from functools import partial

from ansible_collections.losant.platform.plugins.module_utils._common.errors import InvalidOptionError, LosantError
from ansible_collections.losant.platform.plugins.module_utils._common.system import System
from ansible_collections.losant.platform.plugins.module_utils._host.files import Files, LocalFiles
from ansible_collections.losant.platform.plugins.module_utils._host.lock import exclusive
from ansible_collections.losant.platform.plugins.module_utils._tokens.api import TokenApi
from ansible_collections.losant.platform.plugins.module_utils._tokens.batch import Ensured, Pruned, Settings, ensure_all
from ansible_collections.losant.platform.plugins.module_utils._tokens.caller import Caller
from ansible_collections.losant.platform.plugins.module_utils._tokens.declaration import Declaration
from ansible_collections.losant.platform.plugins.module_utils._tokens.owner import Owner
from ansible_collections.losant.platform.plugins.module_utils._tokens.token import Resource
from ansible_collections.losant.platform.plugins.module_utils._tokens.work import Work

from .application import OwnerOf, for_application
from .connection import checked_concurrency, connected
from .declaring import PHASES, Declaring, Finish
from .operation import Operation, Options, Spec
from .outcome import outcome_result, unreported
from .progress import Show, progress_to
from .results import Result, with_remarks

#: How many errors the message of a failed task spells out. All are in ``errors``.
_SPELLED_OUT = 10
#: What the entries of one task have in common.
_COMMON = ("phase", "prepared_id")


def batch_spec(resource: Resource, entry: Spec) -> Spec:
    """The options of a module for many, beside those of the connection and of the application."""
    options = {option: spec for option, spec in entry.items() if option not in _COMMON}
    return {
        resource.list_option: {
            "type": "list",
            "elements": "dict",
            "required": True,
            "no_log": False,
            "options": options,
        },
        "prune": {"type": "bool", "default": False},
        "prune_all": {"type": "bool", "default": False},
        "keep": {"type": "list", "elements": "str"},
        "concurrency": {"type": "int", "default": 4},
        "phase": {"type": "str", "default": Declaration.phase, "choices": list(PHASES)},
        "prepared_ids": {"type": "dict"},
    }


class _Entry(t.NamedTuple):
    """One entry. ``options``: as a task for just one would have them; ``work``: what it makes of them."""

    options: Options
    work: Work


def ensure_many(
    options: Options,
    check_mode: bool,
    system: System,
    files: Files | None = None,
    show: Show | None = None,
    *,
    declaring: Declaring,
    find_owner: OwnerOf,
) -> Result:
    """Ensure that many tokens or access keys are as declared, and return the module's result.

    :param show: shows the user a line while the task is at work
    :param find_owner: whose they are
    """
    files, resource = files or LocalFiles(system), declaring.kind.resource
    tasks = [_as_task(entry, options) for entry in options[resource.list_option]]
    listed = resource.list_option, resource.id_option
    begun = each_entry(tasks, *listed, lambda _index, task: _begun(task, files, declaring))
    concurrency, keep = checked_concurrency(options), _keep(options, resource)
    with connected(options, read_only=check_mode, system=system) as connection:
        client, access_token = connection
        owner = find_owner(options, connection)
        names = declaring.look_up(tasks, client, owner)
        works = each_entry(tasks, *listed, lambda index, _task: begun[index](names))
        settings = Settings(concurrency, keep, progress_to(show, owner.label, system))
        api = TokenApi(client, owner, concurrency)
        caller = Caller.of(access_token, owner)
        with exclusive(options["api_url"], owner.id, None, dry=check_mode, system=system) as note:
            ensured = ensure_all(works, api, caller, system, files, settings, dry=check_mode)
    result = _result([_Entry(*pair) for pair in zip(tasks, works)], ensured, owner)
    return with_remarks(result, client.warnings(), note)


def _as_task(entry: Options, options: Options) -> Options:
    """The options that a task for just this entry would have."""
    prepared_id = (options["prepared_ids"] or {}).get(entry["name"])
    # YAML reads an id of digits as a number.
    return {**entry, "phase": options["phase"], "prepared_id": None if prepared_id is None else str(prepared_id)}


V = t.TypeVar("V")


def each_entry(
    entries: t.Sequence[Options], option: str, id_option: str, work: t.Callable[[int, Options], V]
) -> list[V]:
    """Do something for each entry of a list. An error says which one it is about.

    :param option: the list
    :param id_option: what selects an entry without a name
    :raises InvalidOptionError: an entry cannot be used
    """
    results = []
    for index, entry in enumerate(entries):
        try:
            results.append(work(index, entry))
        except InvalidOptionError as error:
            where = f"Entry {index} of {option}, {(entry['name'] or entry[id_option])!r}"
            raise InvalidOptionError(f"{where}: {error}", option=option, index=index) from None
    return results


def _begun(task: Options, files: Files, declaring: Declaring) -> Finish:
    _check_restrictions(task, declaring.restrictions)
    return declaring.begin(task, files, ())


def _check_restrictions(entry: Options, restrictions: t.Mapping[str, t.Any]) -> None:
    """Refuse an entry as a task for just one would be refused. Ansible would not say which entry it is."""
    for group in restrictions["required_one_of"]:
        if all(entry[option] is None for option in group):
            raise InvalidOptionError(f"one of {' and '.join(group)} is required.")
    for group in restrictions["mutually_exclusive"]:
        given = [option for option in group if entry[option] is not None]
        if len(given) > 1:
            raise InvalidOptionError(f"{' and '.join(given)} are mutually exclusive.")


def _keep(options: Options, resource: Resource) -> tuple[str, ...] | None:
    """What is not pruned; None if nothing is pruned at all."""
    entries = options[resource.list_option]
    unknown = sorted(set(options["prepared_ids"] or {}) - {entry["name"] for entry in entries})
    if unknown:
        raise InvalidOptionError(
            f"prepared_ids has names that {resource.list_option} does not declare: {', '.join(map(repr, unknown))}.",
            option="prepared_ids",
        )
    if not options["prune"]:
        return None
    if not entries and not options["prune_all"]:
        raise InvalidOptionError(
            f"{resource.list_option} is empty and prune is true, so every {resource.noun} of the application would be deleted."
            " Nothing was changed. If that is meant, set prune_all=true.",
            option="prune_all",
        )
    # Whoever prepares or aborts is not done yet.
    return tuple(options["keep"] or ()) if options["phase"] in ("all", "commit") else None


def _result(entries: t.Sequence[_Entry], ensured: Ensured, owner: Owner) -> Result:
    resource = owner.resource
    results: list[Result] = []
    errors: list[Result] = []
    for index, (entry, outcome) in enumerate(zip(entries, ensured.outcomes)):
        declared = entry.work.declared
        subject = {"index": index, "name": declared.name, resource.id_option: declared.token_id}
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
    whole = _summary(results, ensured, resource)
    warnings = [*whole["warnings"], *(text for error in errors for text in error.pop("warnings"))]
    if errors and ensured.spared:
        warnings.append(
            f"Nothing was pruned, as entries failed: {ensured.spared} {resource.noun}s that are not declared are left as they are."
        )
    whole["warnings"] = list(dict.fromkeys(warnings))
    if errors:
        # Ansible shows a failed result in full.
        failure = failure_of_many(errors, len(entries), resource.id_option, f"{resource.label}s")
        return {**whole, "errors": errors, **failure}
    return {**whole, "errors": [], "results": [_shortened(result, resource) for result in results]}


def _summary(results: t.Sequence[Result], ensured: Ensured, resource: Resource) -> Result:
    pruned = [one for one in ensured.pruned if one.error is None]
    changed = [result for result in results if result["changed"]]
    return {
        "changed": bool(changed or pruned),
        resource.list_option: [result[resource.name] for result in results if result[resource.name] is not None],
        "created": [result["name"] for result in results if result["created"]],
        resource.secrets: {result["name"]: result[resource.secret] for result in results if resource.secret in result},
        "prepared_ids": {result["name"]: result["prepared_id"] for result in results},
        "pruned": [_pruned(one) for one in pruned],
        "diff": [
            *({**result["diff"], **_headers(result["name"])} for result in changed),
            *(_pruning_diff(one) for one in pruned),
        ],
        "warnings": [text for result in results for text in result["warnings"]],
    }


def _shortened(result: Result, resource: Resource) -> Result:
    elsewhere = (resource.name, resource.secret, "diff", "warnings")
    return {key: value for key, value in result.items() if key not in elsewhere}


def _headers(name: str) -> Result:
    return {"before_header": name, "after_header": name}


def _pruned(one: Pruned) -> Result:
    return {"name": one.token.name, one.token.resource.id_option: one.token.id}


def _pruning_diff(one: Pruned) -> Result:
    before = {"id": one.token.id, **one.token.comparable()}
    return {"before": before, "after": {}, **_headers(one.token.name)}


def _error(error: LosantError, subject: Result) -> Result:
    return {**subject, "msg": str(error), "failure": error.failure, "warnings": list(error.warnings)}


def failure_of_many(errors: t.Sequence[Result], count: int, id_option: str, what: str) -> Result:
    """What makes the result of a task with many entries a failed one.

    :param count: of the entries
    :param what: the entries, as messages name them
    """
    texts = [f"{error['name'] or error[id_option]}: {error['msg']}" for error in errors[:_SPELLED_OUT]]
    if len(errors) > _SPELLED_OUT:
        texts.append(f"{len(errors) - _SPELLED_OUT} more are in errors.")
    msg = f"{len(errors)} of {max(count, len(errors))} {what} failed. {' '.join(texts)}"
    return {"failed": True, "msg": msg, "failure": errors[0]["failure"]}


def _may_return_secrets(options: Options, resource: Resource) -> bool:
    """Whether a secret can be in the result, judging by options that may be incomplete."""
    entries = options.get(resource.list_option) or ()
    return options.get("phase") in ("all", "prepare") and any(map(resource.returns_secret, entries))


def operation_for_many(declaring: Declaring, entry: Spec, find_owner: OwnerOf) -> Operation:
    """The work of a module for many of one application. ``entry``: the options of a module for just one."""
    resource = declaring.kind.resource
    return for_application(
        Operation(
            resource.list_option,
            partial(ensure_many, declaring=declaring, find_owner=find_owner),
            batch_spec(resource, entry),
            {},
            host_paths=(f"{resource.list_option}.{resource.file_option}",),
            delivers=True,
            shows_progress=True,
            kind=declaring.kind,
            returns_secret=partial(_may_return_secrets, resource=resource),
        )
    )
