# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A check that did nothing must fail: the guards of `make test`, against what the tools really print and write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import guards
import make_test
import pytest

if TYPE_CHECKING:
    from pathlib import Path

JUNIT = '<testsuites><testsuite><testcase name="{name}">{outcome}</testcase></testsuite></testsuites>'
IMPORTED = """\
Getting doc strings via ansible-doc
Linting collection via ansible-lint 26.10.1...
Importer processing completed successfully
"""


def write_sanity(directory: Path, *names: str, outcome: str = "") -> None:
    for name in names:
        (directory / f"{name}{len(outcome)}.xml").write_text(JUNIT.format(name=name, outcome=outcome), encoding="utf-8")


def test_results_are_counted(tmp_path: Path) -> None:
    write_sanity(tmp_path, "pep8")
    write_sanity(tmp_path, "import", outcome="<failure/>")
    write_sanity(tmp_path, "compile", outcome="<error/>")
    write_sanity(tmp_path, "pslint", outcome='<skipped message="nothing to do"/>')
    (tmp_path / "targets.json").write_text(json.dumps({"passed": ["a", "b"], "failed": ["c"]}), encoding="utf-8")
    assert guards.count_results(tmp_path) == guards.Counts(passed=3, failed=3, skipped=1)


def test_a_run_without_tests(tmp_path: Path) -> None:
    write_sanity(tmp_path, "pslint", outcome="<skipped/>")
    assert "no test was run" in str(guards.no_tests(tmp_path))
    write_sanity(tmp_path, "pep8")
    assert guards.no_tests(tmp_path) is None


def test_sanity_tests_that_were_skipped(tmp_path: Path) -> None:
    assert "pylint" in str(guards.sanity_did_nothing(tmp_path, ()))  # all targets skipped: no result at all
    write_sanity(tmp_path, *(name for name in guards.SANITY_TESTS if name not in {"pylint", "import"}))
    write_sanity(tmp_path, "import-python-3.8")
    write_sanity(tmp_path, "pylint", outcome="<skipped/>")
    assert guards.sanity_did_nothing(tmp_path, ()) == "sanity tests that did not run: pylint"
    assert guards.sanity_did_nothing(tmp_path, ("pylint",)) is None


def test_an_ignore_file(tmp_path: Path) -> None:
    assert guards.sanity_ignores(tmp_path) is None
    (tmp_path / "sanity").mkdir()
    (tmp_path / "sanity" / "ignore-2.19.txt").touch()
    assert guards.sanity_ignores(tmp_path) == "remove ignore-2.19.txt"


@pytest.mark.parametrize("log", ["", "Passed: 0 failure(s), 0 warning(s) in 0 files processed of 1 encountered."])
def test_a_linter_without_files(log: str) -> None:
    assert guards.lint_did_nothing(log)
    assert (
        guards.lint_did_nothing("Passed: 0 failure(s), 0 warning(s) in 78 files processed of 100 encountered.") is None
    )


@pytest.mark.parametrize(
    "log",
    [
        "",
        IMPORTED + "WARNING: ansible-lint not found, skipping lint of collection",
        IMPORTED + "Traceback (most recent call last):",
        IMPORTED.replace("Getting doc strings via ansible-doc\n", ""),
        IMPORTED.replace("Importer processing completed successfully\n", ""),
    ],
)
def test_an_importer_that_complains_or_leaves_something_out(log: str) -> None:
    assert guards.importer_complained(log)
    assert guards.importer_complained(IMPORTED) is None


def test_what_is_packed() -> None:
    assert guards.packed_wrongly(["README.md", "plugins/modules/api_token.py"]) is None
    assert "tests" in str(guards.packed_wrongly(["plugins/modules/api_token.py", "tests/config.yml"]))
    assert guards.packed_wrongly(["README.md"])


@pytest.mark.parametrize("result", ["failed", "skipped", "aborted"])
def test_a_session_without_success_is_a_failure(result: str) -> None:
    assert make_test.count_session({"name": "no-such-session", "result": result}) == guards.Counts(failed=1)
    assert make_test.count_session({"name": "no-such-session", "result": "success"}) == guards.Counts(passed=1)
