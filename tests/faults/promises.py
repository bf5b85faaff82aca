# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises that hold after any one run, disturbed or not. Each function gives what is broken, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ansible_collections.losant.platform.tests.faults.kinds import Fault
from ansible_collections.losant.platform.tests.faults.scenarios import BYSTANDER
from ansible_collections.losant.platform.tests.faults.seen import Seen, bare_name
from losant_sandbox.client import Json

#: What every secret of the sandbox looks like: a JSON Web Token.
_SECRET = re.compile(r"eyJ[\w-]+\.")


def broken_after(seen: Seen, fault: Fault, *, passing: bool) -> list[str]:
    """All that is broken after a disturbed run. ``passing``: one request was disturbed, and none after it."""
    return [
        *nobody_holds(seen),
        *told_badly(seen),
        *outage(seen),
        *touched(seen, passing=passing),
        *file_astray(seen),
        *blindly_repeated(seen, fault),
        *bystander_touched(seen),
    ]


def nobody_holds(seen: Seen) -> Iterator[str]:
    """Promise 5: a secret that was made is delivered, or its token is gone or named."""
    for token in seen.orphans():
        if not seen.mentions(token):
            yield f"nobody has the secret of {token['name']!r} ({token['id']}), and it is not mentioned"


def told_badly(seen: Seen) -> Iterator[str]:
    """Promise 4 and 12: no secret, no defect, a message."""
    result = seen.result or {}
    if _SECRET.search(seen.told) or seen.prepared.options["access_token"] in seen.told:
        yield "a secret is told"
    if "Traceback" in seen.told:
        yield "there is a traceback"
    if seen.failed and "token" in result:
        yield "a failure carries a secret"
    if seen.failed and not result.get("msg"):
        yield "a failure has no message"
    if seen.failed and result.get("failure", {}).get("kind") in (None, "defect"):
        yield f"an unforeseen failure: {result.get('msg')}"


def outage(seen: Seen) -> Iterator[str]:
    """Promise 6: from the first usable token on, there is one at every moment."""
    if not seen.prepared.scenario.continuous:
        return
    names = {seen.declared, *(bare_name(token["name"]) for token in _kin_before(seen))}
    counts = [sum(bare_name(token["name"]) in names for token in usable) for usable in seen.history]
    if not counts or 0 in counts[1:] or counts[0] == 0:
        yield f"for a while there was no usable token: {counts}"


def touched(seen: Seen, *, passing: bool) -> Iterator[str]:
    """Promise 6: if the task failed, the old token is as it was. When not even that could be done, the error names it.

    It is of use in any case, but where the task was to remove it.
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
    elif old_id not in seen.told:
        yield f"the old token is not as it was, and it is not mentioned: {old}"


def file_astray(seen: Seen) -> Iterator[str]:
    """Promise 6: after a failure the file holds the old secret, or that of a new token that the error names."""
    prepared = seen.prepared
    old_id = prepared.old_id
    if prepared.file is None or not seen.failed:
        return
    leavings = [path.name for path in prepared.file.parent.glob(".losant-*")]
    if leavings:
        yield f"temporary files are left: {leavings}"
    if old_id is None:
        if seen.in_file is not None and not _is_named(seen):
            yield "a new file is left, and its token is not mentioned"
    elif seen.in_file != prepared.secrets[old_id] and not _is_named(seen):
        yield f"the file lost the old secret: it holds {'nothing' if seen.in_file is None else 'another'}"


def blindly_repeated(seen: Seen, fault: Fault) -> Iterator[str]:
    """Promise 7: POST is sent again after a refusal, or [staged] when the list was read in vain for the lost token."""
    posts = [number for number, request in enumerate(seen.requests) if request["method"] == "POST"]
    for first, second in pairwise(posts):
        if fault.refuses and seen.requests[first]["fault"]:
            continue
        between = seen.requests[first + 1 : second]
        looked = any(_lists(request) and request["status"] == 200 for request in between)
        same = seen.requests[first]["body"]["name"] == seen.requests[second]["body"]["name"]
        if not seen.prepared.mode.staged or not looked or same:
            yield f"a POST is repeated blindly: {seen.requests[second]['body']['name']!r}"


def bystander_touched(seen: Seen) -> Iterator[str]:
    """Promise 10: what the task does not mention is left alone."""
    [was] = [token for token in seen.prepared.before.values() if token["name"] == BYSTANDER["name"]]
    if was not in seen.tokens:
        yield "a token of another name was touched"


def _kin_before(seen: Seen) -> list[Json]:
    before = seen.prepared.before.values()
    return [token for token in before if token["name"] != BYSTANDER["name"]]


def _same(token: Json, was: Json) -> bool:
    return all(token.get(key) == value for key, value in was.items() if key != "lastUpdated")


def _worked(seen: Seen) -> bool:
    """Whether the old token was of use in the beginning."""
    return bool(seen.history) and any(token["id"] == seen.prepared.old_id for token in seen.history[0])


def _lists(request: Json) -> bool:
    return request["method"] == "GET" and str(request["path"]).endswith("/tokens")


def _is_named(seen: Seen) -> bool:
    """Whether the token of the file's secret is there and named."""
    return any(
        seen.secrets.get(token["id"]) == seen.in_file and token["id"] in seen.usable_ids and seen.mentions(token)
        for token in seen.tokens
    )
