# Copyright (c) 2026 Losant Platform Collection Contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plots in SVG: bars for single cases, and lines for what grows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

_WIDTH, _BAR, _LABELS, _VALUES = 720, 26, 250, 60
_HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 320, 60, 40, 15, 200
OURS, OTHER = "#2a78c2", "#9aa5b1"
_COLOURS = (OURS, "#d9822b", OTHER)


def bars(title: str, values: Mapping[str, float], notice: Sequence[str]) -> str:
    """One bar for each case. Those of the collection stand out."""
    longest = max(values.values())
    height = _BAR * len(values) + 10
    rows = [*_head(title, height, notice)]
    for number, (kind, seconds) in enumerate(values.items()):
        width = max(1.0, (_WIDTH - _LABELS - _VALUES) * seconds / longest)
        colour = OURS if kind.startswith(("api_token", "losant")) else OTHER
        top = 5 + number * _BAR
        rows += [
            f'<text x="{_LABELS - 8}" y="{top + 17}" text-anchor="end">{kind}</text>',
            f'<rect x="{_LABELS}" y="{top + 3}" width="{width:.1f}" height="{_BAR - 6}" fill="{colour}"/>',
            f'<text x="{_LABELS + width + 6:.1f}" y="{top + 17}">{seconds:.1f} s</text>',
        ]
    return "\n".join([*rows, "</svg>", ""])


def lines(title: str, series: Mapping[str, Mapping[int, float]], notice: Sequence[str]) -> str:
    """Seconds by number, both axes logarithmic. A line of the slope 1 grows in proportion."""
    points = [(size, seconds) for line in series.values() for size, seconds in line.items()]
    across = _Axis([size for size, _seconds in points], _LEFT, _WIDTH - _RIGHT)
    up = _Axis([seconds for _size, seconds in points], _HEIGHT - _BOTTOM, _TOP)
    rows = [*_head(title, _HEIGHT, notice)]
    for tick in across.ticks():
        rows.append(
            f'<text x="{across.at(tick):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{tick:g}</text>'
        )
    for tick in up.ticks():
        y = up.at(tick)
        rows.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        rows.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g} s</text>')
    for colour, (kind, line) in zip(_COLOURS, series.items(), strict=False):
        corners = [(across.at(size), up.at(seconds)) for size, seconds in line.items()]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        rows.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        rows += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in corners]
        rows.append(f'<text x="{corners[-1][0] + 8:.1f}" y="{corners[-1][1] + 4:.1f}" fill="{colour}">{kind}</text>')
    return "\n".join([*rows, "</svg>", ""])


class _Axis:
    """A logarithmic axis between two places of the picture."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        self._least, self._most = min(values), max(values)
        self._begin, self._end = begin, end

    def at(self, value: float) -> float:
        if self._least == self._most:
            return self._begin
        share = math.log(value / self._least) / math.log(self._most / self._least)
        return self._begin + share * (self._end - self._begin)

    def ticks(self) -> Iterator[float]:
        """1, 2 and 5 times the powers of ten within the axis."""
        for power in range(math.floor(math.log10(self._least)), math.ceil(math.log10(self._most)) + 1):
            for step in (1, 2, 5):
                if self._least <= step * 10.0**power <= self._most:
                    yield step * 10.0**power


def _head(title: str, height: int, notice: Sequence[str]) -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13">'
    yield from ("<!--", *notice, "-->")
    yield f"<title>{title}</title>"
    yield f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
