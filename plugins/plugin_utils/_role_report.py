# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE to losant.platform: it can change in any release.

"""What the role api_tokens reports in the end, from what its tasks have left. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.losant.platform.plugins.module_utils._module.masking import CAN_MASK, mask

from ._role_entries import Entry
from ._role_places import problems_of
from ._role_records import Record, secret_from, unforeseen
from ._role_tokens import outcome_of


class Report(t.NamedTuple):
    """The result for each entry, and the errors by entry."""

    results: list[dict[str, t.Any]]
    errors: dict[str, str]

    @property
    def created(self) -> list[str]:
        """The names of the new tokens."""
        return [result["name"] for result in self.results if result["created"]]


def delivery_problems(
    entry: Entry, todo: Mapping[str, str], done: Mapping[str, Record], handed: Mapping[str, str], token_id: str | None
) -> list[str]:
    """Why a secret is not where it should be, with the names of the hosts.

    :param todo: what was to be done, by host
    :param done: what the hosts have reported
    :param handed: what became of the user's tasks, by the id of the token; empty for success
    :param token_id: of the token that the user's tasks deliver; None if they have none to deliver
    """
    problems = []
    for host in todo:
        item = done.get(host)
        unknown = "the host did not report" if item is None else unforeseen(item)
        known = dict(problems_of(item.get("places", {}))).get(entry.name) if item is not None else None
        if unknown is None and known is None and item is not None and entry.name not in item["places"]:
            unknown = "the host did nothing"
        if unknown or known:
            problems.append(f"{host}: {unknown or known}")
    if entry.to_tasks and token_id is not None and handed.get(token_id) != "":
        problems.append(handed.get(token_id) or "the tasks of api_tokens_deliver did not finish")
    return problems


def undelivered(entry: Entry, problems: Sequence[str]) -> str:
    """The error for a secret that is not where it should be, or still where it should not be."""
    reasons = " ".join(map(_sentence, problems))
    if entry.options.get("state") == "absent":
        return f"API token {entry.name!r} is deleted, but its token file is not. {reasons} Remove the file."
    return f"Could not deliver the secret of API token {entry.name!r}. {reasons}"


def taken_back(
    entry: Entry,
    todo: Mapping[str, str],
    delivered: Mapping[str, Record],
    restored: Mapping[str, Record],
    aborted: Record | None,
    prepared_id: str | None,
) -> str:
    """What became of what was done for a token that failed: the files first, then the token."""
    reports = []
    written = [host for host in todo if delivered.get(host, {}).get("places", {}).get(entry.name, {}).get("written")]
    remaining = []
    for host in written:
        item = restored.get(host)
        problem = "the host did not report" if item is None else unforeseen(item)
        if item is not None and problem is None:
            problem = item["places"].get(entry.name, {"problem": "the host did nothing"}).get("problem")
        if problem is not None:
            remaining.append(f"{host}: {_sentence(problem)}")
    as_before = [host for host in written if not any(text.startswith(f"{host}: ") for text in remaining)]
    if as_before:
        reports.append(f"The files on {', '.join(as_before)} are as they were.")
    reports += [f"The file was not restored on {text}" for text in remaining]
    if prepared_id is not None:
        error = aborted.get("error", "") if aborted else "The task did not return."
        if error:
            reports.append(f"The new token {prepared_id} remains, pending: {_sentence(error)}")
        else:
            reports.append(f"The new token {prepared_id} was deleted again, and the old one, if any, was not touched.")
    return " ".join(reports)


def report(
    entries: Sequence[Entry],
    planned: Record,
    applied: Record,
    committed: Record,
    aborted: Record,
    *,
    check_mode: bool,
    problem: str,
) -> Report:
    """Collect what each task has left, the last word first.

    :param problem: why tasks ended early, if they did
    """
    results, errors = [], {}
    for entry in entries:
        stages = [record.get("tokens", {}).get(entry.name) for record in (aborted, committed, applied, planned)]
        latest = next((stage for stage in stages if stage is not None), {"error": "The task did not return."})
        error = (None if check_mode else _unfinished(entry, stages, problem)) or latest.get("error")
        result = {"name": entry.name, **outcome_of(latest)}
        if error is not None:
            errors[entry.name] = error
            # A new token that could not be taken back is in use, as far as is known.
            stays = latest is committed.get("tokens", {}).get(entry.name) and not latest.get("take_back")
            result.update(failed=True, msg=error, created=stays, failure=latest.get("failure", {}))
        elif not entry.in_phases and "token" in latest:
            secret = secret_from(latest["token"])
            # Registered for masking, as this result shows it. Ansible handles "results" as those of a loop, and hides each.
            mask(secret)
            result.update(token=secret.reveal(), _ansible_no_log=not CAN_MASK)
        results.append(result)
    return Report(results, errors)


def _unfinished(entry: Entry, stages: Sequence[Record | None], problem: str) -> str | None:
    """The error for a token that is not as planned, because the tasks ended early."""
    aborted, committed, applied, planned = stages
    if planned is None or not planned["changed"]:
        return None
    if applied is None and planned["asks"]:
        return f"It is not known whether API token {entry.name!r} was changed: {_sentence(problem)} Run the play again."
    if applied is not None and applied.get("prepared_id") and committed is None:
        return (
            f"The tasks ended before the new token {applied['prepared_id']} of {entry.name!r} was in force: {_sentence(problem)}"
            " The old one, if any, was not touched. A run in an hour or later deletes the pending one; so does api_token"
            " with phase=abort and that prepared_id."
        )
    if committed is not None and committed.get("take_back") and aborted is None:
        return f"{committed['error']} That was not taken back: {_sentence(problem)}"
    return None


def message(errors: Mapping[str, str], count: int) -> str:
    """The error of the role."""
    texts = list(errors.values())
    if len(texts) == 1:
        return texts[0]
    return "\n".join([f"{len(texts)} of {count} API tokens are not as declared.", *texts])


def concerned(host: str, leader: str, entries: Sequence[Entry], errors: Mapping[str, str]) -> bool:
    """Whether a host has to fail: it leads, or does not hold what is declared for it."""
    return host == leader or any(entry.name in errors and host in entry.hosts for entry in entries)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def texts_of(records: Sequence[Record], known: Sequence[str] = ()) -> Iterator[str]:
    """The warnings of records, each once."""
    seen = set(known)
    for record in records:
        for text in record.get("warnings", ()):
            if text not in seen:
                seen.add(text)
                yield text
