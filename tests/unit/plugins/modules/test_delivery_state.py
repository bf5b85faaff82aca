# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``token_file``: what it holds decides whether the declaration is met."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.losant.platform.tests.support.times import EARLIER, PAST
from ansible_collections.losant.platform.tests.support.tokens import accepts
from ansible_collections.losant.platform.tests.unit.plugins.modules.helpers import (
    counts,
    ids,
    methods,
    shown,
    text_of,
    the_token,
    writes,
)

if TYPE_CHECKING:
    from ansible_collections.losant.platform.tests.unit.plugins.conftest import Task
    from ansible_collections.losant.platform.tests.unit.plugins.modules.conftest import Rehearsed
    from losant_sandbox.client import Json, Sandbox

Options = dict[str, Any]
SCOPE = ["devices.get"]
#: What the file may hold that is not the token's secret.
#: What a file can hold instead of the secret, as the last parts of the names say, with secrets of either form.
WRONG = ["jwt-missing", "jwt-empty", "jwt-other", "jwt-gone", "jwt-text", "jwt-binary", "jwt-truncated"]
WRONG += ["opaque-other", "opaque-gone"]


@pytest.fixture(params=["jwt", "opaque"])
def token_format(request: pytest.FixtureRequest, sandbox: Sandbox) -> str:
    sandbox.switch(token_format=request.param)
    return str(request.param)


@pytest.fixture
def kind(request: pytest.FixtureRequest, sandbox: Sandbox) -> str:
    """What the file holds. The form of secrets is set for the fixtures that follow."""
    token_format, _dash, kind = str(request.param).partition("-")
    sandbox.switch(token_format=token_format)
    return kind


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token"


@pytest.fixture
def token(sandbox: Sandbox, request: pytest.FixtureRequest) -> Json:
    # The form of secrets has to be set first.
    for name in {"kind", "token_format"} & set(request.fixturenames):
        request.getfixturevalue(name)
    return sandbox.seed_token("x", scope=SCOPE)


def _fill(path: Path, kind: str, sandbox: Sandbox, token: Json) -> None:
    if kind == "missing":
        return
    gone = sandbox.seed_token("gone")
    sandbox.call("DELETE", f"{sandbox.tokens_path}/{gone['id']}")
    contents = {
        "empty": b"",
        "other": sandbox.seed(callers=[{"status": "inactive"}])["callers"][0]["token"].encode(),
        "gone": gone["token"].encode(),
        "text": b"no secret\nat all\n",
        "binary": b"\xff\x00\xfe" * 20,
        "truncated": token["token"].encode()[:-30].rsplit(b".", 1)[0],
    }
    path.write_bytes(contents[kind])
    path.chmod(0o600)


@pytest.mark.parametrize("around", ["", " \r\n\n"], ids=["alone", "lines"])
@pytest.mark.parametrize("recreate", ["never", "state_change"])
def test_a_file_with_the_secret_meets_it(
    sandbox: Sandbox,
    rehearsed: Rehearsed,
    path: Path,
    token: Json,
    token_format: str,
    around: str,
    recreate: str,
) -> None:
    path.write_bytes((token["token"] + around).encode())
    path.chmod(0o600)
    result = rehearsed(name="x", token_file=str(path), recreate=recreate)
    assert not result["changed"]
    assert result["diff"]["before"] == result["diff"]["after"]
    assert result["diff"]["after"]["token_file"]["holds"] == "the secret"
    assert writes(sandbox) == []
    assert path.read_bytes() == (token["token"] + around).encode()


@pytest.mark.parametrize("kind", WRONG, indirect=True)
def test_promise_03_a_file_without_it_is_reported(
    sandbox: Sandbox, failing_api_token: Task, path: Path, token: Json, kind: str
) -> None:
    _fill(path, kind, sandbox, token)
    sandbox.clear_requests()
    before = path.read_bytes() if path.exists() else None
    result = failing_api_token(name="x", token_file=str(path))
    assert failing_api_token(name="x", token_file=str(path), _check=True) == result
    assert token["id"] in result["msg"]
    assert f"token_file {path}" in result["msg"]
    assert ("does not exist" if kind == "missing" else "does not hold") in result["msg"]
    assert "recreate" in result["msg"]
    assert writes(sandbox) == []
    assert (path.read_bytes() if path.exists() else None) == before
    assert token["token"] not in text_of(result)


@pytest.mark.parametrize("kind", WRONG, indirect=True)
def test_recreate_decides(sandbox: Sandbox, rehearsed: Rehearsed, path: Path, token: Json, kind: str) -> None:
    _fill(path, kind, sandbox, token)
    options: Options = {"name": "x", "token_file": str(path), "recreate": "state_change"}
    result = rehearsed(**options)
    assert result["rotation"]["reason"] == "token_file"
    assert result["changed_fields"] == []
    assert result["diff"]["before"]["token_file"]["holds"] == ("nothing" if kind == "missing" else "something else")
    assert result["diff"]["after"]["token_file"]["holds"] == "the secret"
    assert accepts(sandbox, path.read_text(encoding="utf-8"))
    assert the_token(sandbox)["id"] == result["api_token"]["id"]
    assert not rehearsed(**options)["changed"]


@pytest.mark.parametrize("existing", [False, True], ids=["new", "existing"])
@pytest.mark.parametrize("status", ["active", "inactive"])
@pytest.mark.parametrize("recreate", ["never", "always"])
def test_a_file_with_the_secret_of_another_token_is_refused(
    sandbox: Sandbox, failing_api_token: Task, path: Path, existing: bool, status: str, recreate: str
) -> None:
    other = sandbox.seed_token("y", status=status)
    if existing:
        sandbox.seed_token("x")
    path.write_text(other["token"], encoding="utf-8")
    result = failing_api_token(name="x", token_file=str(path), recreate=recreate)
    assert failing_api_token(name="x", token_file=str(path), recreate=recreate, _check=True) == result
    assert f"token_file {path} holds the secret of another token: API token 'y' ({other['id']})" in result["msg"]
    assert f"created {other['creationDate']}, {status}. Nothing was changed." in result["msg"]
    assert result["failure"] == {"kind": "declaration", "ids": [other["id"]]}
    assert writes(sandbox) == []
    assert path.read_text(encoding="utf-8") == other["token"]
    assert other["token"] not in text_of(result)


def test_of_two_tasks_with_one_file_the_second_is_refused(
    sandbox: Sandbox, api_token: Task, failing_api_token: Task, path: Path
) -> None:
    first = api_token(name="first", token_file=str(path))["api_token"]["id"]
    secret = path.read_text(encoding="utf-8")
    assert failing_api_token(name="second", token_file=str(path))["failure"]["ids"] == [first]
    assert path.read_text(encoding="utf-8") == secret
    assert the_token(sandbox)["id"] == first


def test_a_file_with_the_secret_of_another_expired_token_is_written(
    sandbox: Sandbox, rehearsed: Rehearsed, path: Path
) -> None:
    other = sandbox.seed_token("y", creationDate=EARLIER, expirationDate=PAST)
    path.write_text(other["token"], encoding="utf-8")
    rehearsed(name="x", token_file=str(path))
    assert accepts(sandbox, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("suffix", ["~superseded:never", "~pending:0123456789abcdef"], ids=["superseded", "pending"])
def test_a_file_with_the_secret_of_a_former_token_of_the_name_is_written(
    sandbox: Sandbox, rehearsed: Rehearsed, path: Path, suffix: str
) -> None:
    path.write_text(sandbox.seed_token(f"x {suffix}")["token"], encoding="utf-8")
    sandbox.seed_token("x")
    result = rehearsed(name="x", token_file=str(path), recreate="state_change")
    assert result["rotation"]["reason"] == "token_file"


def test_a_secret_that_shows_its_id_is_not_sent(sandbox: Sandbox, api_token: Task, path: Path) -> None:
    path.write_text(sandbox.seed_token("x")["token"], encoding="utf-8")
    path.chmod(0o600)
    api_token(name="x", token_file=str(path))
    assert methods(sandbox) == ["GET"]


def test_one_that_does_not_is_sent_once(sandbox: Sandbox, api_token: Task, path: Path) -> None:
    sandbox.switch(token_format="opaque")
    path.write_text(sandbox.seed_token("x")["token"], encoding="utf-8")
    path.chmod(0o600)
    api_token(name="x", token_file=str(path))
    assert methods(sandbox) == ["GET", "GET"]
    assert len({request["caller"] for request in sandbox.requests()}) == 2


def test_if_losant_cannot_be_asked_nothing_is_done(
    sandbox: Sandbox, failing_api_token: Task, path: Path, token: Json, token_format: str
) -> None:
    path.write_text("opaque-secret", encoding="utf-8")
    sandbox.fault("status", method="GET", path="/applications/[0-9a-f]+", status=500, times=None)
    failing_api_token(name="x", token_file=str(path), recreate="state_change")
    assert writes(sandbox) == []
    assert sandbox.tokens() == [shown(token)]


@pytest.mark.parametrize("selector", ["name", "id"])
def test_by_id_it_is_compared_as_well(
    sandbox: Sandbox, failing_api_token: Task, api_token: Task, path: Path, token: Json, selector: str
) -> None:
    options: Options = {"name": "x"} if selector == "name" else {"api_token_id": token["id"]}
    assert "token_file" in failing_api_token(**options, token_file=str(path))["msg"]
    path.write_text(token["token"], encoding="utf-8")
    path.chmod(0o600)
    assert not api_token(**options, token_file=str(path))["changed"]
    assert writes(sandbox) == []


@pytest.mark.parametrize("superseded", [{}, {"superseded_after": "2h"}, {"superseded": "keep"}], ids=str)
def test_a_rotation_changes_the_file_while_both_secrets_work(
    sandbox: Sandbox, rehearsed: Rehearsed, path: Path, token: Json, superseded: Options
) -> None:
    path.write_text(token["token"], encoding="utf-8")
    rehearsed(name="x", token_file=str(path), recreate="always", **superseded)
    new = path.read_text(encoding="utf-8")
    assert new != token["token"]
    assert accepts(sandbox, new)
    assert accepts(sandbox, token["token"]) is bool(superseded)
    assert min(counts(sandbox)) > 0
    again = rehearsed(name="x", token_file=str(path), **superseded)
    assert not again["changed"]


@pytest.mark.parametrize("expired", [False, True], ids=["unexpired", "expired"])
def test_absent_removes_the_file_with_the_secret(
    sandbox: Sandbox, rehearsed: Rehearsed, path: Path, expired: bool
) -> None:
    fields = {"creationDate": EARLIER, "expirationDate": PAST} if expired else {}
    path.write_text(sandbox.seed_token("x", **fields)["token"], encoding="utf-8")
    result = rehearsed(name="x", token_file=str(path), state="absent")
    assert result["changed"]
    assert list(path.parent.iterdir()) == []
    assert result["diff"]["after"] == {"token_file": {"holds": "nothing"}}
    assert not rehearsed(name="x", token_file=str(path), state="absent")["changed"]


@pytest.mark.parametrize("kind", WRONG, indirect=True)
def test_absent_keeps_any_other_file(
    sandbox: Sandbox, rehearsed: Rehearsed, path: Path, token: Json, kind: str
) -> None:
    _fill(path, kind, sandbox, token)
    before = path.read_bytes() if path.exists() else None
    rehearsed(name="x", token_file=str(path), state="absent")
    assert [found for found in ids(sandbox.tokens()) if found == token["id"]] == []
    assert (path.read_bytes() if path.exists() else None) == before


def test_absent_that_fails_keeps_the_file(sandbox: Sandbox, failing_api_token: Task, path: Path, token: Json) -> None:
    path.write_text(token["token"], encoding="utf-8")
    sandbox.fault("status", method="DELETE", status=403)
    failing_api_token(name="x", token_file=str(path), state="absent")
    assert path.read_text(encoding="utf-8") == token["token"]


@pytest.mark.parametrize(
    "content", [b"", b"a\r\n\n", b"\xff\x00\xfe", b"x" * 65_536], ids=["empty", "lines", "binary", "long"]
)
def test_what_a_file_held_is_restored_byte_by_byte(
    sandbox: Sandbox, failing_api_token: Task, path: Path, content: bytes
) -> None:
    old = sandbox.seed_token("x")
    path.write_bytes(content)
    sandbox.fault("status", method="DELETE", path=f".*/{old['id']}", status=403)
    result = failing_api_token(name="x", token_file=str(path), recreate="state_change")
    assert f"token_file {path} is as it was." in result["msg"]
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_first_token_replaces_what_a_file_held(sandbox: Sandbox, rehearsed: Rehearsed, path: Path) -> None:
    path.write_text("something else", encoding="utf-8")
    rehearsed(name="x", token_file=str(path))
    assert accepts(sandbox, path.read_text(encoding="utf-8"))


def test_a_declaration_that_is_met_creates_no_second_token(sandbox: Sandbox, rehearsed: Rehearsed, path: Path) -> None:
    rehearsed(name="x", token_file=str(path), scope=SCOPE)
    first = the_token(sandbox)
    for _time in range(2):
        assert not rehearsed(name="x", token_file=str(path), scope=SCOPE, recreate="state_change")["changed"]
    assert ids(sandbox.tokens()) == [first["id"]]


@pytest.mark.parametrize("recreate", ["never", "state_change"])
def test_of_an_inactive_token_an_opaque_secret_cannot_be_checked(
    sandbox: Sandbox, api_token: Task, path: Path, recreate: str
) -> None:
    """Promise 1: Losant takes no secret of it, so each run would replace it by a token whose secret it does not take."""
    sandbox.switch(token_format="opaque")
    made = api_token(name="y", token_file=str(path), scope=["devices.get"], status="inactive", recreate=recreate)
    assert (made["changed"], api_token(name="y", token_file=str(path), recreate=recreate)["changed"]) == (True, False)
