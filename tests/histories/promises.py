# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds after every run, whatever happened before and meanwhile."""

from __future__ import annotations

import json
import re
from datetime import datetime

from ansible_collections.losant.platform.tests.histories.ledger import (
    Ledger,
    base_name,
    is_marked,
    is_over,
    is_usable,
    living,
)
from ansible_collections.losant.platform.tests.histories.world import Json, Run, Tokens

#: All secrets of the sandbox look like this, the access token too.
_SECRET = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
#: What the module says of a token that it could not retire or remove after the new one got its name.
LEFT = re.compile("is left behind, and nobody has its secret")
LATER = re.compile("[Aa] later run")
#: What it says when the old token may still be there under its name, beside one that was made directly.
APART = "can't tell the two apart"


def check_output(run: Run) -> None:
    """It is one JSON object, without a traceback, and without a secret but in ``token``."""
    assert run.errors == ""
    result = run.result
    secret = result.pop("token", None)
    shown = json.dumps([result, run.warnings])
    assert not _SECRET.search(shown)
    assert secret is None or (_SECRET.fullmatch(secret) and not run.failed and not run.check)
    assert "Traceback" not in shown
    assert "exception" not in result
    assert result.get("failure", {}).get("kind") not in ("defect", "read_only"), run.message
    assert not run.failed or run.message


def check_strangers(run: Run) -> None:
    """Tokens of other names are as they were; in check mode all tokens are, and nobody was asked to write."""
    if run.check:
        assert run.writes == []
    for token_id, token in run.before.items():
        if base_name(token) != run.name:
            assert run.after.get(token_id) == token
    for token_id in run.made:
        assert base_name(run.after[token_id]) == run.name


def check_ambiguous(run: Run) -> None:
    """Two living tokens of the name: the run fails, writes nothing, and lists them."""
    ids = living(run.before, run.name, run.moment)
    if len(ids) < 2:
        return
    assert run.failed
    assert run.writes == []
    if not run.disturbed and run.result["failure"]["kind"] != "invalid_option":
        assert all(token_id in run.message for token_id in ids)


def check_failure(run: Run) -> None:
    """A run that failed changed nothing that was usable, unless it names it; one that was refused wrote nothing."""
    if not run.failed:
        return
    if not run.disturbed:
        assert run.writes == []
    for token_id, token in run.before.items():
        if not is_usable(token, run.moment) or _may_go(run, token):
            continue
        after = run.after.get(token_id)
        same = after is not None and after["name"] == token["name"] and is_usable(after, run.moment)
        assert same or token_id in run.message, (token, after, run.message)


def _may_go(run: Run, token: Json) -> bool:
    """Whether a run that fails may have retired it unmentioned: it was to go by itself, and does not come back."""
    if base_name(token) != run.name:
        return False
    # An unfinished ``absent`` goes on in the next run; a superseded token whose time is over is gone for everyone.
    return run.options["state"] == "absent" or is_over(token, run.moment)


def check_success(run: Run) -> None:
    """A run that succeeded made it so."""
    if run.failed or run.check:
        return
    ids = living(run.after, run.name, run.moment)
    if run.options["state"] == "absent":
        assert ids == []
        assert run.result["api_token"] is None
        return
    assert run.result["api_token"]["id"] in ids
    if any(APART in warning for warning in run.warnings):
        assert len(run.made) == 1
        assert all(any(token_id in warning for warning in run.warnings) for token_id in ids)
    else:
        assert len(ids) == 1
    assert len(run.made) <= 1
    assert run.made <= set(ids)
    returns = run.options.get("return_token") is not False
    assert ("token" in run.result) == (bool(run.made) and returns)


def check_secrets(ledger: Ledger, tokens: Tokens, moment: datetime) -> None:
    """No usable token of ours is one that nobody holds and nobody was told of."""
    for token_id in ledger.made & set(tokens):
        token = tokens[token_id]
        if is_usable(token, moment) and not is_marked(token):
            assert token_id in ledger.delivered | ledger.told, token


def check_staged(ledger: Ledger, run: Run) -> None:
    """A token that a staged run made has got its name only after its secret was delivered.

    But where the run fails after that, the secret that was to be in its result is lost: it says so with the id.
    """
    for token_id in run.made & ledger.staged:
        token = run.after[token_id]
        if is_marked(token) or token_id in ledger.delivered:
            continue
        assert run.failed
        assert token_id in run.message, run.message
        assert LEFT.search(run.message), run.message


def check_outage(run: Run, ledger: Ledger, changes: list[set[str]]) -> None:
    """While a token was replaced there was a working one at every moment: the old one, or one whose secret is delivered."""
    ids = living(run.before, run.name, run.moment)
    old = {token_id for token_id in ids if is_usable(run.before[token_id], run.moment)}
    if not old or run.options["state"] == "absent" or run.options["status"] == "inactive":
        return
    for usable in changes:
        assert usable & (old | ledger.delivered | ledger.told)


def check_again(first: Run, second: Run) -> None:
    """The same declaration once more: there is nothing to do, unless the first run said that something was left."""
    if any(APART in warning for warning in first.warnings):
        return
    assert not second.failed, second.message
    if any(LATER.search(warning) for warning in first.warnings):
        return
    assert second.result["changed"] is False, second.result
    assert second.writes == []


def check_preview(preview: Run, real: Run) -> None:
    """Check mode told what the real run did."""
    assert preview.failed == real.failed, (preview.message, real.message)
    for key in ("changed", "changed_fields", "diff", "rotation", "superseded"):
        assert preview.result.get(key) == real.result.get(key), key
