# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page about speed is that of the last results."""

from __future__ import annotations

from ansible_collections.losant.platform.tests.benchmarks import plots, report


def test_the_page_has_the_last_results() -> None:
    """If not, ``make bench`` writes both again."""
    assert report.PAGE.read_text(encoding="utf-8") == report.page(report.read_results())


def test_the_plots_have_the_last_results() -> None:
    wanted = report.all_plots(report.read_results())
    assert {path.name: path.read_text(encoding="utf-8") for path in report.PAGES.glob("speed_*.svg")} == wanted


def test_a_ratio_is_that_of_the_medians() -> None:
    seconds = {"quick": [1.0, 9.0, 2.0], "slow": [4.0, 4.0, 4.0]}
    assert report.ratio(seconds, "quick", "slow") == 0.5


def test_lines_grow_from_the_left_to_the_right() -> None:
    svg = plots.lines("growth", {"one": {10: 1.0, 100: 10.0, 1000: 100.0}}, [])
    points = svg.split('points="')[1].split('"')[0].split()
    across, up = zip(*(map(float, point.split(",")) for point in points), strict=True)
    assert sorted(across) == list(across)
    assert sorted(up, reverse=True) == list(up)
    # In proportion, so each step is as long as the one before.
    assert abs((across[1] - across[0]) - (across[2] - across[1])) < 0.2
