# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every session of the noxfile, to the end, and count what passed and what failed.

The last line is ``total: N passed, N failed``; the exit code is 0 only if nothing failed and something passed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from cores import make_plan
from guards import Counts, count_results

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / ".cache" / "results"


def announce() -> None:
    """Say which cores are tested, and which are not and why."""
    plan = make_plan()
    print(f"==> {plan.main.requirement} with {sys.executable}: everything")
    for core, python in plan.others:
        without = f", without {' and '.join(core.no_sanity)}" if core.no_sanity else ""
        more = ", some playbooks and integration tests" if core is plan.others[-1][0] else ""
        print(f"==> {core.requirement} with {python}: unit and sanity tests{without}{more}")
    for reason in plan.left_out:
        print(f"==> left out: {reason}")
    sys.stdout.flush()


def run_sessions() -> tuple[int, list[dict[str, str]]]:
    """Run nox; return its exit code and its report of the sessions."""
    report = RESULTS / "nox.json"
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    command = [sys.executable, "-m", "nox", "--non-interactive", "--error-on-missing-interpreters"]
    nox = subprocess.run([*command, "--report", str(report)], cwd=ROOT, check=False)
    sessions = json.loads(report.read_text(encoding="utf-8"))["sessions"] if report.exists() else []
    return nox.returncode, sessions


def count_session(session: dict[str, str]) -> Counts:
    """Count a session's tests; one that counts none itself is one test. Skipped or aborted is failed."""
    counts = count_results(RESULTS / session["name"])
    if session["result"] == "success":
        return counts if counts.passed else Counts(passed=1)
    return counts if counts.failed else counts + Counts(failed=1)


def main() -> int:
    """Run, print the table and the total, and return the exit code."""
    announce()
    exit_code, sessions = run_sessions()
    total = Counts()
    print("\n==> sessions")
    for session in sessions:
        counts = count_session(session)
        total += counts
        print(
            f"{session['result']:8} {session['name']:18} {counts.passed:5} passed {counts.failed:3} failed"
            f" {counts.skipped:3} skipped"
        )
    if exit_code and not total.failed:
        total += Counts(failed=1)
    announce()
    print(f"total: {total.passed} passed, {total.failed} failed")
    return 0 if total.passed and not total.failed else 1


if __name__ == "__main__":
    sys.exit(main())
