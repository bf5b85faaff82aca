# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The response to POST is checked before anything relies on it, and a token that is not as asked for is deleted again."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.environment import set_time
from ansible_collections.losant.platform.tests.support.times import START
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import ids, shown, text_of, the_token

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from losant_sandbox.client import Sandbox

NEW_ID = "a" * 24
UNUSABLE: dict[str, Any] = {
    "missing": None,
    "empty": "",
    "number": 5,
    "space": "eyJ-part other",
    "line break": "eyJ-part\n",
    "control character": "eyJ-part\x00",
    "not ASCII": "eyJ-pärt",
    "lone surrogate": "eyJ-part\ud800",
    "too long": "x" * 40_000,
}


@pytest.mark.parametrize("secret", UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.parametrize("deliver", [False, True], ids=["to return", "in a file"])
def test_promise_05_a_token_whose_secret_cannot_be_used_is_deleted_again(
    sandbox: Sandbox, failing_either_way: Task, tmp_path: Path, secret: Any, deliver: bool
) -> None:
    old = sandbox.seed_token("x")
    # The token exists, and the response shows a secret that no header and no file can hold.
    sandbox.fault("mutate", method="POST", create=[{"id": NEW_ID, "name": "x ~pending:0123456789abcdef"}])
    body = {"id": NEW_ID, "name": "x", **({} if secret is None else {"token": secret})}
    sandbox.fault("status", method="POST", status=201, body=body)
    file = str(tmp_path / "token") if deliver else None
    result = failing_either_way(name="x", recreate="always", token_file=file)
    assert "sent no secret that can be used" in result["msg"]
    assert f"The new token {NEW_ID} was deleted again." in result["msg"]
    assert (result["failure"]["kind"], result["failure"]["left"]) == ("unfinished", [])
    assert "eyJ-p" not in text_of(result)
    assert [token for token in sandbox.tokens() if token["id"] != old["id"]] == []
    assert {**the_token(sandbox), "lastUpdated": old["lastUpdated"]} == shown(old)
    assert accepts(sandbox, old["token"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("names", "name", "kept"),
    [
        ("trimmed", " x", "x"),
        ("trimmed", "x ", "x"),
        ("normalized", "e\u0301", "\u00e9"),
    ],
    ids=["space before", "space after", "other form of Unicode"],
)
def test_a_name_that_the_server_changes_is_refused(
    sandbox: Sandbox, failing_either_way: Task, names: str, name: str, kept: str
) -> None:
    """No later run could find the token, so each one would create another."""
    sandbox.switch(names=names)
    for _time in range(2):
        result = failing_either_way(name=name, scope=["devices.get"])
        # Staged, the suffix of a pending token follows the name.
        assert re.search(rf"named it '{kept}(?: ~pending:\w+)?' instead of '{name}", result["msg"])
        assert "so that no later run could find it" in result["msg"]
        assert "was deleted again." in result["msg"]
        assert result["failure"]["left"] == []
        assert sandbox.tokens() == []


def test_a_replacement_whose_name_the_server_changes_leaves_the_old_token(
    sandbox: Sandbox, failing_either_way: Task
) -> None:
    old = sandbox.seed_token(" x")
    sandbox.switch(names="trimmed")
    result = failing_either_way(name=" x", recreate="always")
    assert "was deleted again." in result["msg"]
    assert sandbox.tokens() == [shown(old)]
    assert accepts(sandbox, old["token"])


def test_a_token_that_is_expired_from_the_start_is_refused(
    sandbox: Sandbox, failing_either_way: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of the machine is slow, and nothing shows it before the token is created."""
    old = sandbox.seed_token("x")
    sandbox.switch(date_header="absent")
    set_time(monkeypatch, lambda: START - timedelta(hours=2))
    result = failing_either_way(name="x", recreate="always", expires_in="1h")
    assert "shows that it expired at 2026-11-24T07:00:00.000Z, before it was created" in result["msg"]
    assert "was deleted again." in result["msg"]
    assert ids(sandbox.tokens()) == [old["id"]]
    assert accepts(sandbox, old["token"])
