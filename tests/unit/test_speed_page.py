# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page about speed shows what was measured."""

from __future__ import annotations

import pytest

from ansible_collections.losant.platform.tests.benchmarks import report
from ansible_collections.losant.platform.tests.benchmarks.cases import DEBUG, EMPTY, SIZES, TASKS, Size


def test_the_page_has_the_last_results() -> None:
    """If not, ``make bench`` writes both again."""
    results = report.read_results()
    assert report.PAGE.read_text(encoding="utf-8") == report.page(results)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size.title))
def test_each_plot_has_the_last_results(size: Size) -> None:
    plot = (report.PAGES / report.plot_name(size)).read_text(encoding="utf-8")
    assert plot == report.plot(report.read_results(), size)


def test_a_ratio_is_that_of_the_medians() -> None:
    size = SIZES[0]
    seconds = {kind: [1.0, 9.0, 2.0] for kind in (EMPTY, *TASKS)} | {DEBUG: [4.0, 4.0, 4.0]}
    results = report.Results("two cores", 3, 3, {size.title: seconds})
    assert results.ratio(size, EMPTY, DEBUG) == 0.5
