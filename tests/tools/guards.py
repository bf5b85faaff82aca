# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of test runs, and guards against a check that ends well because it did nothing.

Each guard returns what is wrong, or nothing.
"""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from xml.etree import ElementTree

# The sanity tests that a collection of modules and plugins can't do without.
SANITY_TESTS = ("ansible-doc", "compile", "import", "pep8", "pylint", "validate-modules", "yamllint")
# What galaxy-importer takes from a collection's repository.
PACKED = {
    "CHANGELOG.md",
    "CHANGELOG.rst",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "COPYING",
    "FILES.json",
    "LICENSES",
    "MANIFEST.json",
    "README.md",
    "changelogs",
    "docs",
    "meta",
    "plugins",
    "roles",
}


@dataclasses.dataclass(frozen=True)
class Counts:
    """How many tests passed, failed, and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def count_results(directory: Path) -> Counts:
    """Count the results that a session left in its directory: JUnit XML, or the targets of an integration run."""
    total = Counts()
    for file in directory.rglob("*.xml"):
        for case in ElementTree.parse(file).iter("testcase"):  # noqa: S314 - written by our own run
            outcomes = {child.tag for child in case}
            failed = bool(outcomes & {"failure", "error"})
            skipped = not failed and "skipped" in outcomes
            total += Counts(int(not failed and not skipped), int(failed), int(skipped))
    for file in directory.rglob("targets.json"):
        targets = json.loads(file.read_text(encoding="utf-8"))
        total += Counts(len(targets["passed"]), len(targets["failed"]))
    return total


def no_tests(directory: Path) -> str | None:
    """A run of tests has to run some."""
    counts = count_results(directory)
    return None if counts.passed or counts.failed else f"no test was run: {counts}"


def sanity_did_nothing(junit: Path, left_out: tuple[str, ...]) -> str | None:
    """All targets of a sanity run may be skipped, and single tests too; both end with exit code 0."""
    passed = set(left_out)
    for file in junit.glob("*.xml"):
        for case in ElementTree.parse(file).iter("testcase"):  # noqa: S314 - written by our own run
            if case.find("skipped") is None:
                passed.add(re.sub(r"-python-.*", "", case.get("name", "")))
    missing = [name for name in SANITY_TESTS if name not in passed]
    return f"sanity tests that did not run: {', '.join(missing)}" if missing else None


def sanity_ignores(tests: Path) -> str | None:
    """An error that a sanity test finds is mended, not ignored."""
    found = sorted(path.name for path in tests.glob("sanity/ignore*"))
    return f"remove {', '.join(found)}" if found else None


def lint_did_nothing(log: str) -> str | None:
    """ansible-lint is content with an empty list of files."""
    found = re.search(r" in (\d+) files processed", log)
    return None if found and int(found[1]) > 0 else "ansible-lint processed no file"


def importer_complained(log: str) -> str | None:
    """galaxy-importer ends with exit code 0 after a traceback, and skips the tools that it doesn't find."""
    bad = [line for line in log.splitlines() if re.search(r"ERROR|WARNING|Traceback", line)]
    if bad:
        return "galaxy-importer complained:\n" + "\n".join(bad)
    missing = [
        step
        for step in ("Getting doc strings via ansible-doc", "Linting collection via ansible-lint")
        if step not in log
    ]
    if missing or "Importer processing completed successfully" not in log:
        return f"galaxy-importer did not finish, or left out: {missing}"
    return None


def packed_wrongly(names: list[str]) -> str | None:
    """Nothing that belongs to the repository only may be in the package."""
    top = {name.split("/")[0] for name in names}
    if extra := sorted(top - PACKED):
        return f"the package holds {', '.join(extra)}: see build_ignore in galaxy.yml"
    return None if "plugins" in top else "the package holds no plugins"
