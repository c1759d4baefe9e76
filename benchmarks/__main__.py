"""``python3 dev.py bench``: ours beside others, and the limits of the product, in one run.

Prints each line when it is measured, then the tables. A whole run also writes docs/benchmarks.md,
the picture beside it, and the lines of the README. It fails only where something is broken.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from importlib.metadata import version
from pathlib import Path

from benchmarks import batch, chart, docx_engine, form_engine, html_engine, node_engines, product
from benchmarks.measure import Alone, Beside, Broken, Group, Peer, beside, figure, in_process
from benchmarks.node_engines import Node
from benchmarks.table import alone_lines, beside_lines, in_readme, page

ROOT = Path(__file__).parents[1]
PARTS = ("docx", "form", "pdf", "batch", "product")


def main() -> None:
    asked = _asked()
    logging.disable(logging.WARNING)  # pypdf warns of the buttons that it draws wrong
    try:
        lines = list(_measured(asked))
    except Broken as broken:
        sys.exit(f"Broken: {broken}")
    compared = [line for line in lines if isinstance(line, Beside)]
    limits = [line for line in lines if isinstance(line, Alone)]
    print("", *beside_lines(compared), "", *alone_lines(limits), sep="\n")
    if not (asked.only or asked.quick):
        _write(compared, limits, node_engines.own_version() if asked.node else "")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--node", action="store_true", help="the engines of Node too")
    parser.add_argument("--quick", action="store_true", help="few rounds; nothing is written")
    parser.add_argument("--only", choices=PARTS, help="this part alone; nothing is written")
    return parser.parse_args()


def _measured(asked: argparse.Namespace) -> Iterator[Beside | Alone]:
    """Every line of the tables, told as soon as it is there."""
    with ExitStack() as stack:
        node = stack.enter_context(_node()) if asked.node else None
        for part in [asked.only] if asked.only else PARTS:
            for group in _groups(part, node):
                rounds = max(3, group.rounds // 4) if asked.quick else group.rounds
                yield from map(_told, beside(group._replace(rounds=rounds)))
            yield from map(_told, _figures(part, quick=asked.quick))


def _node() -> AbstractContextManager[Node]:
    answers = {of: paper.answers for of, paper in docx_engine.ROWS.items()}
    template = docx_engine.BUSY.read_bytes()
    return node_engines.running(template, answers, form_engine.FORM, form_engine.SAID)


def _groups(part: str, node: Node | None) -> Iterable[Group]:
    if part == "docx":
        return docx_engine.groups(node)
    if part == "form":
        return form_engine.groups(node)
    if part == "pdf":
        return [_papers()]
    return batch.groups() if part == "batch" else []


def _papers() -> Group:
    name = f"WeasyPrint {version('weasyprint')}"
    peers = [
        Peer(in_process(name, html_engine.plain), 1.7),
        Peer(in_process("the same, with our HTML", html_engine.plain_same_html)),
    ]
    ours = in_process("formsvc", html_engine.ours)
    return Group("Minutes of two pages to PDF/A-2a", ours, peers, rounds=11)


def _figures(part: str, *, quick: bool) -> Iterable[Alone]:
    if part == "batch":
        return batch.figures(part=20 if quick else 1)
    return product.figures() if part == "product" else []


def _told(line: Beside | Alone) -> Beside | Alone:
    """Say on the terminal what was just measured."""
    if isinstance(line, Beside):
        span = f"{figure(line.least)}–{figure(line.most)}"
        said = f"{figure(line.milliseconds)} ms, {figure(line.ratio)}× ({span}) {line.peer}"
        goal = f"goal {line.goal:g}×" if line.goal else ""
    else:
        said, goal = f"{figure(line.figure)} {line.unit}", f"limit {line.limit:g} {line.unit}"
    missed = "" if line.reached else ": NOT REACHED"
    print(f"{line.work}: {said}{f'; {goal}{missed}' if goal else ''}", flush=True)
    return line


def _write(compared: Sequence[Beside], limits: Sequence[Alone], node: str) -> None:
    docs, readme = ROOT / "docs", ROOT / "README.md"
    (docs / "benchmarks.md").write_text(page(compared, limits, node=node), "utf-8")
    drawn = [line for line in compared if not line.work.startswith(str(batch.POOLED))]
    (docs / "benchmarks.svg").write_text(chart.svg(drawn), "utf-8")
    readme.write_text(in_readme(readme.read_text("utf-8"), compared), "utf-8")
    print("\nWritten: docs/benchmarks.md, docs/benchmarks.svg and the lines of README.md")


if __name__ == "__main__":
    main()
