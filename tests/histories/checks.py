# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold after every run of a history. Each check fails the test if it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ansible_collections.losant.platform.tests.histories.environment import Run
from ansible_collections.losant.platform.tests.histories.ledger import Ledger, unexpired
from ansible_collections.losant.platform.tests.support import promises
from ansible_collections.losant.platform.tests.support.tokens import (
    Tokens,
    base_name,
    grace_is_over,
    has_suffix,
    id_in,
    is_pending,
    is_usable,
)
from losant_sandbox.client import Json

#: What the module says of a token that it could not retire or remove after the new one got its name.
LEFT = re.compile("remains, and nobody has its secret")
LATER = re.compile("[Aa] later run")
#: What it says when the old token may still be there under its name, beside one that was created directly.
APART = "cannot distinguish them"


def _hold(problems: Iterator[str]) -> None:
    found = list(problems)
    assert not found, found


def check_promises(run: Run, ledger: Ledger, access_token: str) -> None:
    """What every run promises. The ledger knows of the run."""
    assert run.output.stderr == ""
    _hold(promises.output_problems(run.result, access_token, check=run.check))
    _hold(promises.others_touched(run.before, run.after, {run.name}))
    ours = [run.after[token_id] for token_id in ledger.created & set(run.after)]
    usable = [token for token in ours if is_usable(token, run.moment) and not has_suffix(token)]
    _hold(promises.lost_secrets(usable, lambda token: token["id"] in ledger.delivered | ledger.named))
    if run.check:
        assert run.writes == []
        assert run.after == run.before


def check_ambiguous(run: Run) -> None:
    """Two unexpired tokens of the name: the run fails, writes nothing, and lists them."""
    ids = unexpired(run.before, run.name, run.moment)
    if len(ids) < 2 or run.phase == "abort":
        return
    assert run.failed
    assert run.writes == []
    if not run.disturbed and run.result["failure"]["kind"] != "invalid_option":
        assert all(token_id in run.message for token_id in ids)


def check_failure(run: Run) -> None:
    """A run that failed changed nothing that was usable, unless it names it; one that was refused wrote nothing."""
    if not run.failed:
        return
    if not run.disturbed and not run.gave_way:
        assert run.writes == []
    for token_id, token in run.before.items():
        if is_usable(token, run.moment) and not _may_be_deleted(run, token):
            after = run.after.get(token_id)
            _hold(promises.changed_unmentioned(token, after, run.message, ("name", "status")))


def _may_be_deleted(run: Run, token: Json) -> bool:
    """Whether a run that fails may have retired it unmentioned: that was due anyway, and nobody needs it again."""
    if base_name(token) != run.name:
        return False
    # The next run continues an unfinished ``absent``; nobody uses a superseded token whose grace period is over.
    return run.options["state"] == "absent" or grace_is_over(token, run.moment)


def check_success(run: Run) -> None:
    """After a run that succeeded, the state is as declared."""
    if run.failed or run.check or run.phase in ("prepare", "abort"):
        return
    ids = unexpired(run.after, run.name, run.moment)
    if run.options["state"] == "absent":
        assert ids == []
        assert run.result["api_token"] is None
        return
    assert run.result["api_token"]["id"] in ids
    if any(APART in warning for warning in run.warnings):
        assert len(run.created) == 1
        assert all(any(token_id in warning for warning in run.warnings) for token_id in ids)
    else:
        assert len(ids) == 1
    assert len(run.created) <= 1
    assert run.created <= set(ids)
    returns = run.options.get("return_token", not run.options["to_file"])
    assert ("token" in run.result) == (bool(run.created) and returns)


def check_prepare(run: Run) -> None:
    """A prepare creates one pending token at most, and writes nothing else."""
    if run.failed or run.check:
        return
    assert {token_id: run.after.get(token_id) for token_id in run.before} == run.before
    assert run.result["prepared_id"] == next(iter(run.created), None)
    assert len(run.created) <= 1
    for token_id in run.created:
        assert is_pending(run.after[token_id])
        assert run.result["api_token"]["id"] == token_id
        assert id_in(run.result["token"]) == token_id
    if not run.created and not run.disturbed:
        assert run.writes == []


def check_commit(run: Run) -> None:
    """The prepared token gets its name; if the commit fails, it stays, unless another run was first."""
    prepared_id = run.prepared_id
    assert not run.created
    if prepared_id is None or run.check:
        return
    if not run.failed:
        assert run.result["api_token"]["id"] == prepared_id
        assert run.after[prepared_id]["name"] == run.name
    elif prepared_id in run.before and prepared_id not in run.after:
        assert run.gave_way, run.message
        assert prepared_id in run.message


def check_abort(run: Run) -> None:
    """The prepared token is deleted, and no other is touched."""
    gone = {run.prepared_id} & (set(run.before) - set(run.after))
    assert run.after == {token_id: token for token_id, token in run.before.items() if token_id not in gone}
    if not run.failed and not run.check:
        assert run.prepared_id not in run.after
        # A task of many tokens that failed does not say what changed for the others.
        assert run.result.get("changed", bool(gone)) == bool(gone)


def check_staged(ledger: Ledger, run: Run) -> None:
    """A token that a staged run created has its name only after its secret was delivered.

    If the run fails after that, the secret that would have been in its result is lost: the message says so with the id.
    """
    for token_id in run.created & ledger.staged:
        token = run.after[token_id]
        if has_suffix(token) or token_id in ledger.delivered:
            continue
        assert run.failed
        assert token_id in run.message, run.message
        assert LEFT.search(run.message), run.message


def check_outage(run: Run, ledger: Ledger, changes: list[set[str]]) -> None:
    """While a token was replaced, one worked at every moment: the old one, or one whose secret is delivered."""
    ids = unexpired(run.before, run.name, run.moment)
    old = {token_id for token_id in ids if is_usable(run.before[token_id], run.moment)}
    if old and run.options["state"] != "absent" and run.options["status"] != "inactive":
        _hold(promises.outages(changes, old | ledger.delivered | ledger.named))


def check_again(first: Run, second: Run) -> None:
    """Promise 1: the same declaration again has nothing to do, unless the first run named leftovers."""
    if any(APART in warning for warning in first.warnings):
        return
    assert not second.failed, second.message
    if any(LATER.search(warning) for warning in first.warnings):
        return
    assert second.result["changed"] is False, second.result
    assert second.writes == []


def check_preview(preview: Run, real: Run) -> None:
    """Promise 9: check mode showed what the real run did."""
    assert preview.failed == real.failed, (preview.message, real.message)
    for key in ("changed", "changed_fields", "diff", "rotation", "superseded"):
        assert preview.result.get(key) == real.result.get(key), key


def check_many(whole: Run, parts: Sequence[Run], access_token: str) -> None:
    """What a task of many tokens promises beyond what it does for each of them."""
    assert whole.output.stderr == ""
    _hold(promises.output_problems(whole.result, access_token, check=whole.check))
    names = {part.name for part in parts}
    undeclared = {token_id: token for token_id, token in whole.before.items() if base_name(token) not in names}
    gone = {token_id: token for token_id, token in undeclared.items() if token_id not in whole.after}
    _hold(promises.others_touched(whole.before, whole.after, {*names, *map(base_name, gone.values())}))
    assert all(whole.after.get(token_id, token) == token for token_id, token in undeclared.items())
    if gone:
        assert whole.options["prune"]
        assert whole.phase in ("all", "commit")
        assert not any(part.failed for part in parts)
        assert not any(map(is_pending, gone.values())) or _are_old(gone, whole)
    if not whole.failed and not whole.check:
        assert {entry["api_token_id"] for entry in whole.result["pruned"]} == set(gone)
    if any(part.failed for part in parts):
        assert whole.failed


def _are_old(gone: Tokens, whole: Run) -> bool:
    """Whether no pending token can be that of a run at work."""
    created = [datetime.fromisoformat(token["creationDate"]) for token in gone.values() if is_pending(token)]
    return all(whole.moment - moment >= timedelta(hours=1) for moment in created)


def check_many_predicted(preview: Run, real: Run) -> None:
    """Promise 9, for many tokens."""
    assert preview.message == real.message
    for key in ("changed", "created", "pruned", "diff"):
        assert preview.result.get(key) == real.result.get(key), key
