# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold after a disturbed run. Each function yields what is broken, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from ansible_collections.losant.platform.tests.faults.kinds import FaultKind
from ansible_collections.losant.platform.tests.faults.observation import Observation
from ansible_collections.losant.platform.tests.faults.scenarios import BYSTANDER, UNDECLARED
from ansible_collections.losant.platform.tests.support import promises
from ansible_collections.losant.platform.tests.support.tokens import base_name, by_id
from losant_sandbox.client import Json

#: What a task says when the old token may exist beside the new one, under the same name.
_APART = "cannot distinguish them"


def broken_after(seen: Observation, fault: FaultKind, *, passing: bool) -> list[str]:
    """Everything that is broken after a disturbed run. ``passing``: one request was disturbed, and none after it."""
    broken = [
        *lost_secrets(seen),
        *output(seen),
        *others_touched(seen),
        *others_failed(seen),
        *wrongly_pruned(seen),
    ]
    for single in seen.singles:
        broken += [
            *outage(single),
            *old_token_touched(single, passing=passing),
            *file_touched(single),
            *blindly_repeated(single, fault),
            *prepared_token_lost(single),
        ]
    return broken


def output(seen: Observation) -> Iterator[str]:
    for result in seen.results:
        yield from promises.output_problems(result, seen.prepared.options["access_token"])


def lost_secrets(seen: Observation) -> Iterator[str]:
    yield from promises.lost_secrets(seen.orphans(), seen.mentions)


def outage(seen: Observation) -> Iterator[str]:
    """From the first usable token on, one exists at every moment."""
    if not seen.prepared.scenario.continuous:
        return
    names = _names(seen)
    moments = [{token["id"] for token in usable if base_name(token) in names} for usable in seen.history]
    # What phases create works for somebody only when it is delivered.
    working = set(seen.secrets) if seen.prepared.scenario.phases else set().union(*moments)
    yield from promises.outages(moments, working)
    if not moments:
        yield "no token was ever usable"


def others_touched(seen: Observation) -> Iterator[str]:
    yield from promises.others_touched(seen.prepared.before, by_id(seen.tokens), _names(seen))


def old_token_touched(seen: Observation, *, passing: bool) -> Iterator[str]:
    """Promise 6: if the task failed, the old token is as it was. When not even that could be done, the error names it.

    It stays usable, unless the task had to remove it.
    """
    old_id = seen.prepared.old_id
    if not seen.failed or old_id is None:
        return
    old = seen.old()
    was = seen.prepared.before[old_id]
    if old is not None and _same(old, was):
        return
    if not seen.prepared.scenario.absent and (passing or (_worked(seen) and old_id not in seen.usable_ids)):
        yield f"the task failed, and the old token is {old}"
    else:
        yield from promises.changed_unmentioned(was, old, seen.shown, was.keys() - {"lastUpdated"})


def file_touched(seen: Observation) -> Iterator[str]:
    """Promise 6: after a failure the file holds the old secret, or that of a new token that the error names."""
    prepared = seen.prepared
    old_id = prepared.old_id
    if prepared.file is None or not seen.failed:
        return
    leftovers = [path.name for path in prepared.file.parent.glob(".losant-*")]
    if leftovers:
        yield f"temporary files remain: {leftovers}"
    if old_id is None:
        if seen.in_file is not None and not _is_named(seen):
            yield "a new file remains, and no message mentions its token"
    elif seen.in_file != prepared.secrets[old_id] and not _is_named(seen):
        yield f"the file lost the old secret: it holds {'nothing' if seen.in_file is None else 'another'}"


def blindly_repeated(seen: Observation, fault: FaultKind) -> Iterator[str]:
    """Promise 7: POST is sent again after a refusal, or [staged] when the list did not show the lost token."""
    posts = [number for number, request in enumerate(seen.requests) if _creates(request, _names(seen))]
    for first, second in pairwise(posts):
        if fault.refuses and seen.requests[first]["fault"]:
            continue
        between = seen.requests[first + 1 : second]
        looked = any(_lists(request) and request["status"] == 200 for request in between)
        same = seen.requests[first]["body"]["name"] == seen.requests[second]["body"]["name"]
        if not seen.prepared.mode.staged or not looked or same:
            yield f"a POST is repeated blindly: {seen.requests[second]['body']['name']!r}"


def others_failed(seen: Observation) -> Iterator[str]:
    """In a task of many tokens, an entry whose own writes were not disturbed is done, unless the list cannot be read."""
    if not seen.prepared.parts or unread(seen):
        return
    names = seen.names_by_id()
    disturbed = {_concerns(request, names) for request in seen.requests if request["fault"] and not _lists(request)}
    for single in seen.singles:
        if single.failed and single.declared not in disturbed:
            yield f"{single.declared!r} failed, and none of its own requests: {single.shown}"
        elif not single.failed and len(seen.results) == len(seen.prepared.scenario.phases or ("all",)):
            yield from not_as_declared(single)


def unread(seen: Observation) -> bool:
    """Whether the task failed as a whole, as it could not read the list."""
    result = seen.result or {}
    return seen.failed and not {"errors", "index"} & set(result) and result["failure"].get("method") == "GET"


def not_as_declared(seen: Observation) -> Iterator[str]:
    """An entry that did not fail is done. One that was created directly can exist beside the old one, which is named."""
    current = seen.current()
    if len(current) == 2 and _APART in seen.shown and all(map(seen.mentions, current)):
        yield from [] if seen.served() else ["nobody has a secret of the two usable tokens"]
        return
    yield from [*undeclared(seen), *unheld(seen)]


def undeclared(seen: Observation) -> Iterator[str]:
    """Exactly one usable token of the name, or none."""
    expected = 0 if seen.prepared.scenario.absent else 1
    names = [token["name"] for token in seen.current()]
    if len(names) != expected:
        yield f"{len(names)} usable tokens have the name {seen.declared!r}, not {expected}"


def unheld(seen: Observation) -> Iterator[str]:
    """The token of that name is valid for someone: somebody has its secret, and a file holds exactly that."""
    for token in seen.current():
        secret = seen.secrets.get(token["id"])
        # A process that is killed before it can print its result loses the secret that it would have returned.
        if secret is None and not (seen.crashed and not seen.prepared.mode.file):
            yield f"nobody has the secret of {token['name']!r}"
        if seen.prepared.mode.file and seen.in_file != secret:
            yield "the file holds another secret than that of the token"


def wrongly_pruned(seen: Observation) -> Iterator[str]:
    """What is not declared is deleted by a task that succeeded, and only if no entry failed."""
    if not seen.prepared.scenario.prunes:
        return
    before = [token for token in seen.prepared.before.values() if token["name"] == UNDECLARED["name"]]
    existing = [token for token in before if token in seen.tokens]
    if not seen.failed and existing:
        yield "the task succeeded, and has not deleted what is not declared"
    if any(single.failed for single in seen.singles) and existing != before:
        yield "the task deleted what is not declared, although an entry failed"


def prepared_token_lost(seen: Observation) -> Iterator[str]:
    """A commit that fails leaves the prepared token, whose secret may be in use, and names it. It is in the store."""
    prepared_id = seen.prepared_id
    if prepared_id is None or "commit" not in seen.prepared.scenario.phases:
        return
    if prepared_id not in seen.usable_ids:
        yield f"the store holds the secret of {prepared_id}, which was deleted: {seen.shown}"
    named = [prepared_id, "s were not changed."] if unread(seen) else [prepared_id]
    if seen.failed and not any(text in str((seen.result or {}).get("msg")) for text in named):
        yield f"the message does not name the prepared token {prepared_id}"


def _names(seen: Observation) -> set[str]:
    """The names that the task concerns: of a token that is renamed, the old one, too."""
    spared = {BYSTANDER["name"]} if seen.prepared.scenario.prunes else {BYSTANDER["name"], UNDECLARED["name"]}
    before = {base_name(token) for token in seen.prepared.before.values()}
    return {*(str(single.options.get("name")) for single in seen.prepared.singles), *(before - spared)}


def _creates(request: Json, names: set[str]) -> bool:
    return request["method"] == "POST" and "name" in request["body"] and base_name(request["body"]) in names


def _concerns(request: Json, names: Mapping[str, str]) -> str | None:
    """The declared name that a request is about."""
    if request["method"] == "POST" and "name" in request["body"]:
        return base_name(request["body"])
    return names.get(str(request["path"]).rpartition("/")[2])


def _same(token: Json, was: Json) -> bool:
    return all(token.get(key) == value for key, value in was.items() if key != "lastUpdated")


def _worked(seen: Observation) -> bool:
    """Whether the old token was usable in the beginning."""
    return bool(seen.history) and any(token["id"] == seen.prepared.old_id for token in seen.history[0])


def _lists(request: Json) -> bool:
    return request["method"] == "GET" and str(request["path"]).endswith(("/tokens", "/keys"))


def _is_named(seen: Observation) -> bool:
    """Whether the token of the file's secret is usable and named."""
    return any(
        seen.secrets.get(token["id"]) == seen.in_file and token["id"] in seen.usable_ids and seen.mentions(token)
        for token in seen.tokens
    )
