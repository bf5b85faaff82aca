# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The baseline says what was sent in words that stay the same, and is read as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.losant.platform.tests.faults import comparing
from ansible_collections.losant.platform.tests.faults.cells import UNDISTURBED, Key
from ansible_collections.losant.platform.tests.faults.comparing import RecordedRun
from ansible_collections.losant.platform.tests.faults.observation import Observation
from ansible_collections.losant.platform.tests.faults.scenarios import BY_NAME, Mode, Prepared
from ansible_collections.losant.platform.tests.faults.sent import sent_by
from losant_sandbox.client import Json

_APP = "/applications/575ec8687ae143cd83dc4a97"
_USER, _OLD, _OTHER, _NEW, _NEWER = "user", "a1", "a2", "a3", "a4"
_SENT = ("GET /tokens x2", "POST /tokens [name NAME, scope]")
_RUNS = {
    Key("create", "run", "none", UNDISTURBED, "staged-file"): RecordedRun("done", _SENT),
    Key("create", "1-GET", "cut", "once", "staged-file"): RecordedRun("done", _SENT),
    Key("create", "1-GET", "cut", "once", "direct-file"): RecordedRun("done", _SENT),
    Key("create", "1-GET", "429", "once", "direct-file"): RecordedRun("done", _SENT),
    Key("create", "10-POST", "cut", "once", "direct-file"): RecordedRun("done", _SENT),
    Key("create", "1-GET", "429", "once", "staged-file"): RecordedRun("failed, nothing made", _SENT[:1]),
    Key("create", "1-GET", "killed-after", "once", "staged-file"): RecordedRun("killed, pending token"),
    Key("create", "1-GET", "cut", "ever", "staged-file"): RecordedRun("done, with a warning"),
}


def request(method: str, path: str, body: Any = None, caller: str | None = _USER, **query: str) -> Json:
    return {"method": method, "path": f"{_APP}{path}", "query": query, "body": body, "caller": caller}


def sent(*requests: Json) -> tuple[str, ...]:
    """What is recorded of requests."""
    prepared = Prepared(
        BY_NAME["create"], Mode(staged=True, file=False), {"name": "robot"}, {}, {_OLD: {}, _OTHER: {}}, None, _OLD
    )
    return sent_by(Observation(prepared, {}, [], frozenset(), list(requests), [], None, crashed=False))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", "GET /"),
        ("/tokens", "GET /tokens"),
        (f"/tokens/{_OLD}", "GET /tokens/OLD"),
        (f"/tokens/{_OTHER}", "GET /tokens/OTHER"),
        (f"/tokens/{_NEW}", "GET /tokens/NEW"),
        ("/devices/a/b", f"GET {_APP}/devices/a/b"),
    ],
)
def test_paths_are_recorded_by_their_shape(path: str, line: str) -> None:
    assert sent(request("GET", path)) == (line,)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({}, "[]"),
        ({"status": "inactive", "scope": [], "name": "robot"}, "[name NAME, scope, status inactive]"),
        ({"name": "robot ~pending:0123456789abcdef"}, "[name NAME ~pending:*]"),
        ({"name": "robot ~superseded:2026-11-24T08:00:00Z"}, "[name NAME ~superseded:*]"),
        ({"name": "other ~pending:0123456789abcdef"}, "[name 'other' ~pending:*]"),
        ("text", "[no object]"),
    ],
)
def test_changes_are_recorded_by_their_fields(body: Any, shown: str) -> None:
    assert sent(request("PATCH", f"/tokens/{_OLD}", body)) == (f"PATCH /tokens/OLD {shown}",)


def test_new_tokens_are_distinguished() -> None:
    assert sent(
        request("GET", "/tokens"),
        request("GET", "", caller=_NEW),
        request("DELETE", f"/tokens/{_NEWER}"),
        request("DELETE", f"/tokens/{_NEW}"),
        request("GET", "", caller=None),
        request("GET", "", caller="unknown"),
    ) == (
        "GET /tokens",
        "GET / as NEW",
        "DELETE /tokens/NEW2",
        "DELETE /tokens/NEW",
        "GET / as nobody",
        "GET / as unknown",
    )


def test_equal_requests_in_a_row_are_one_line() -> None:
    pages = [request("GET", "/tokens", page=page) for page in ("0", "0", "1")]
    assert sent(*pages, pages[0]) == ("GET /tokens x2", "GET /tokens page 1", "GET /tokens")


def test_what_is_written_is_read_again() -> None:
    text = comparing.text_of("create", _RUNS)
    assert comparing.read("create", text) == _RUNS
    assert (
        "\n\nonce: done\n    GET /tokens x2\n    POST /tokens [name NAME, scope]\n"
        "1-GET staged-file: cut\n1-GET direct-file: cut 429\n10-POST direct-file: cut\n\n" in text
    )


def test_news_replace_what_was_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "DIRECTORY", tmp_path)
    (tmp_path / "create.txt").write_text(comparing.text_of("create", _RUNS), encoding="utf-8")
    (tmp_path / "no-more.txt").write_text("", encoding="utf-8")
    first, gone, *others = _RUNS
    comparing.recorded.cache_clear()
    try:
        comparing.write((first, *others), {first: RecordedRun("done, with a warning", _SENT)})
        runs = dict(comparing.recorded("create"))
    finally:
        comparing.recorded.cache_clear()
    assert runs.pop(first) == RecordedRun("done, with a warning", _SENT)
    assert runs == {key: _RUNS[key] for key in others}
    assert gone not in runs
    assert [path.name for path in tmp_path.iterdir()] == ["create.txt"]


def test_a_difference_is_shown_line_by_line() -> None:
    seen = RecordedRun("failed, nothing made", _SENT[:1])
    shown = "\n".join(comparing.differences(RecordedRun("done", _SENT), seen, "create"))
    assert "tests/faults/baseline/create.txt" in shown
    assert (
        "    - done\n    + failed, nothing made\n      GET /tokens x2\n    - POST /tokens [name NAME, scope]\n" in shown
    )
    assert "LOSANT_FAULTS_RECORD=1" in shown
    assert not list(comparing.differences(seen, seen, "create"))


@pytest.mark.parametrize("path", sorted(comparing.DIRECTORY.glob("*.txt")), ids=lambda path: path.stem)
def test_files_are_as_they_are_written(path: Path) -> None:
    """Nobody wrote into them by hand what recording would not."""
    text = path.read_text(encoding="utf-8")
    assert comparing.text_of(path.stem, comparing.recorded(path.stem)) == text
