"""What was measured as Markdown: for docs/benchmarks.md, and in short for the README."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Alone, Beside, figure
from formsvc import clock

_SHOWN = re.compile(r"(<!-- benchmarks -->\n).*?(<!-- /benchmarks -->)", re.DOTALL)


def page(beside: Sequence[Beside], alone: Sequence[Alone], *, node: str = "") -> str:
    """The whole of docs/benchmarks.md.

    :param node: the version of Node, where its engines took part
    """
    command = f"python3 dev.py bench{' --node' if node else ''}"
    return f"""\
# How fast it is

{machine()}{f", Node {node}" if node else ""}; {clock.today():%Y-%m-%d}. Made by `{command}`.

![How many times faster formsvc is](benchmarks.svg)

## Beside others

{_joined(beside_lines(beside))}

Each round does every work of a group once, one after the other, each for at least 250 ms and in a
process of its own. The ratio is taken within a round; beside its median stands what lies between
the 10th and the 90th percentile. Times are the processor's for one document (of Node also its own
threads'), but the clock's where two processes work. Ours has the product's checks in it. All Word
engines pack at deflate level 6 and make documents with the same words.

## Ours alone

{_joined(alone_lines(alone))}

Times in milliseconds are by the clock; those of the 10,000 are the processor's. Timing decides no
test: sizes, equality and memory do.
"""


def in_readme(readme: str, beside: Sequence[Beside]) -> str:
    """The README with the lines that have a goal between its two marks."""
    lines = _joined(beside_lines([line for line in beside if line.goal]))
    return _SHOWN.sub(lambda found: f"{found[1]}{lines}\n{found[2]}", readme)


def beside_lines(beside: Sequence[Beside]) -> Iterator[str]:
    yield "| work | ours ms | peer | its ms | times faster (p10–p90) | goal | reached |"
    yield "|---|---:|---|---:|---:|---:|---|"
    for line in beside:
        yield (
            f"| {line.work} | {figure(line.milliseconds)} | {line.peer}{_note(line.remark)}"
            f" | {figure(line.peer_milliseconds)}"
            f" | **{figure(line.ratio)}** ({figure(line.least)}–{figure(line.most)})"
            f" | {f'{line.goal:g}' if line.goal else ''} | {_kept(line)} |"
        )


def alone_lines(alone: Sequence[Alone]) -> Iterator[str]:
    yield "| work | measured | p95 or most | limit | kept |"
    yield "|---|---:|---:|---:|---|"
    for line in alone:
        worst = "" if line.worst is None else f"{figure(line.worst)} {line.unit}"
        yield (
            f"| {line.work}{_note(line.remark)} | {figure(line.figure)} {line.unit} | {worst}"
            f" | {line.limit:g} {line.unit} | {'yes' if line.reached else '**no**'} |"
        )


def machine() -> str:
    """What it was measured on, without anybody's names."""
    described = Path("/proc/cpuinfo")
    text = described.read_text() if described.exists() else ""
    model = re.search(r"model name\s*: (.+)", text)
    name = model[1] if model else platform.machine()
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _kept(line: Beside) -> str:
    if not line.goal:
        return ""
    return "yes" if line.reached else "**no**"


def _note(remark: str) -> str:
    return f" ({remark})" if remark else ""


def _joined(lines: Iterator[str]) -> str:
    return "\n".join(lines)
