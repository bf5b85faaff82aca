# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The promises that hold for every run, disturbed or not. Each function yields what is broken, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from ansible_collections.losant.platform.tests.support.running import Result
from ansible_collections.losant.platform.tests.support.tokens import SECRET, Tokens, base_name
from losant_sandbox.client import Json

#: What no task may report of itself: an internal error, and a write in check mode.
_UNFORESEEN = (None, "internal_error", "read_only")


#: Where a task returns secrets: of its token, or of its tokens by name.
_SECRET = ("token", "tokens", "secret", "secrets")


def shown_by(result: Result) -> str:
    """All that a task shows, except the secrets that it returns."""
    return json.dumps({key: value for key, value in result.items() if key not in _SECRET}, ensure_ascii=False)


def output_problems(result: Result, access_token: str, *, check: bool = False) -> Iterator[str]:
    """Promises 4 and 12: no secret except where it is returned, no traceback, a failure has a message and a known kind."""
    shown, secret, failed = shown_by(result), result.get("token", result.get("secret")), bool(result.get("failed"))
    if SECRET.search(shown) or access_token in shown:
        yield f"a secret is shown: {shown}"
    if "Traceback" in shown or "exception" in result:
        yield f"a traceback is shown: {shown}"
    if secret is not None and (failed or check or not SECRET.fullmatch(secret)):
        yield "a failed task, or a task in check mode, returns a secret, or the secret is none"
    if any(
        check or not SECRET.fullmatch(each)
        for each in {**result.get("tokens", {}), **result.get("secrets", {})}.values()
    ):
        yield "a task in check mode returns a secret, or one of the secrets is none"
    if failed and not result.get("msg"):
        yield "a failure has no message"
    failures = [result.get("failure", {}), *(error["failure"] for error in result.get("errors", ()))] if failed else []
    if any(failure.get("kind") in _UNFORESEEN for failure in failures):
        yield f"an unforeseen failure: {result.get('msg')}"


def others_touched(before: Tokens, after: Tokens, names: Collection[str]) -> Iterator[str]:
    """Promise 10: a token of a name that the task does not concern is left alone, and no such token appears."""
    for token_id, token in before.items():
        if base_name(token) not in names and after.get(token_id) != token:
            yield f"the task changed {token['name']!r}, which does not concern it: {token}, {after.get(token_id)}"
    for token_id, token in after.items():
        if token_id not in before and base_name(token) not in names:
            yield f"the task created {token['name']!r}, which is not declared"


def outages(moments: Sequence[Collection[str]], working: Collection[str]) -> Iterator[str]:
    """Promise 6: at every moment one of the working tokens is among the usable ones. Both are ids."""
    counts = [len(set(usable) & set(working)) for usable in moments]
    if 0 in counts:
        yield f"for a while no working token existed: {counts}"


def lost_secrets(usable: Iterable[Json], known: Callable[[Json], bool]) -> Iterator[str]:
    """Promise 5: of a usable token, someone holds the secret, or a message has named it."""
    for token in usable:
        if not known(token):
            yield f"nobody has the secret of {token['name']!r} ({token['id']}), and no message names it"


def changed_unmentioned(was: Json, now: Json | None, shown: str, fields: Collection[str]) -> Iterator[str]:
    """Promise 6: a task that fails leaves a token as it was, or its message names the token."""
    same = now is not None and all(now.get(field) == was.get(field) for field in fields)
    if not same and str(was["id"]) not in shown:
        yield f"the task failed, and changed a token that it does not mention: {was}, {now}, {shown}"
