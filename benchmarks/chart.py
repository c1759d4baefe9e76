"""Draws how many times faster ours is, as an SVG that needs nothing else: bars on a log scale.

It has its own ground in light and in dark, since nobody knows what it is shown on, and says all
that it shows in words too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from benchmarks.measure import Beside, figure

WIDTH: Final = 800
_LEFT, _RIGHT = 210, 590  # where 1× is, and the end of the scale
_TOP, _LINE, _HEADING = 84, 24, 34
_TICKS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

_STYLE: Final = """\
  svg { font: 13px system-ui, "Segoe UI", "Liberation Sans", sans-serif }
  .ground { fill: #fff } .title { font-size: 18px; font-weight: 600 } .work { font-weight: 600 }
  .work { paint-order: stroke; stroke: #fff; stroke-width: 6px }
  text { fill: #1f2328 } .quiet { fill: #59636e; font-size: 12px }
  .grid { stroke: #d1d9e0 } .one { stroke: #59636e } .bar { fill: #3b82c4 }
  .spread { stroke: #1f2328; stroke-width: 1.5 } .goal { stroke: #bc4c00; stroke-width: 3 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .work { stroke: #0d1117 }
    text { fill: #f0f6fc } .quiet { fill: #9198a1 }
    .grid { stroke: #2f353d } .one { stroke: #9198a1 } .bar { fill: #4493f8 }
    .spread { stroke: #f0f6fc } .goal { stroke: #f0883e }
  }"""


def svg(lines: Sequence[Beside]) -> str:
    """The picture.

    :param lines: in the order of the table; those of one work follow each other
    """
    most = max(line.most for line in lines)
    ticks = [tick for tick in _TICKS if tick <= most * 1.6]
    end = max(most, ticks[-1])
    rows, y = _rows(lines, end)
    grid = "\n".join(_tick(tick, _at(tick, end), y) for tick in ticks)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 44}" role="img" \
aria-labelledby="title description">
<title id="title">How many times faster formsvc is</title>
<desc id="description">{escape(_in_words(lines))}</desc>
<style>
{_STYLE}
</style>
<rect class="ground" width="{WIDTH}" height="{y + 44}" rx="8"/>
<text class="title" x="20" y="34">How many times faster formsvc is</text>
<text class="quiet" x="20" y="54">processor time for one document, checks included; log scale</text>
{grid}
{rows}
{_legend(y + 26)}
</svg>
"""


def _rows(lines: Sequence[Beside], end: float) -> tuple[str, int]:
    """All bars under the names of their works, and how far down they reach."""
    drawn, y = [], _TOP
    for work, beside in groupby(lines, lambda line: line.work):
        y += _HEADING
        drawn.append(f'<text class="work" x="20" y="{y - 6}">{escape(work)}</text>')
        for line in beside:
            drawn.extend(_bar(line, y, end))
            y += _LINE
    return "\n".join(drawn), y + 8


def _bar(line: Beside, y: int, end: float) -> Iterator[str]:
    middle, to = y + 10, _at(line.ratio, end)
    least, most = _at(line.least, end), _at(line.most, end)
    taken = f"{figure(line.milliseconds)} ms, not {figure(line.peer_milliseconds)}"
    yield f'<text x="{_LEFT - 10}" y="{middle + 4}" text-anchor="end">{escape(line.peer)}</text>'
    yield f'<rect class="bar" x="{_LEFT}" y="{y + 2}" width="{to - _LEFT:.1f}" height="16" rx="2"/>'
    yield f'<path class="spread" d="M{least:.1f} {middle}H{most:.1f}"/>'
    if line.goal:
        yield f'<path class="goal" d="M{_at(line.goal, end):.1f} {y - 1}v22"/>'
    yield f'<text x="{_RIGHT + 16}" y="{middle + 4}">{figure(line.ratio)}×</text>'
    yield f'<text class="quiet" x="{_RIGHT + 62}" y="{middle + 4}">{taken}</text>'


def _at(ratio: float, end: float) -> float:
    """How far from the left a ratio lies; slower than the peer is no bar."""
    return _LEFT + (_RIGHT - _LEFT) * math.log(max(ratio, 1)) / math.log(end)


def _tick(tick: int, x: float, bottom: int) -> str:
    line = "one" if tick == 1 else "grid"
    return (
        f'<path class="{line}" d="M{x:.1f} {_TOP}V{bottom}"/>'
        f'<text class="quiet" x="{x:.1f}" y="{_TOP - 8}" text-anchor="middle">{tick}×</text>'
    )


def _legend(y: int) -> str:
    return (
        f'<path class="goal" d="M22 {y - 15}v20"/>'
        f'<text class="quiet" x="32" y="{y}">the goal</text>'
        f'<path class="spread" d="M110 {y - 4}h26"/>'
        f'<text class="quiet" x="144" y="{y}">where eight of ten rounds lie</text>'
    )


def _in_words(lines: Sequence[Beside]) -> str:
    return " ".join(
        f"{line.work}: {figure(line.ratio)} times faster than {line.peer}"
        + (f", where the goal is {line.goal:g}." if line.goal else ".")
        for line in lines
    )
