"""Many documents in one go: how even they come, what memory they leave, what a second core brings.

``python -m benchmarks.batch docx 10000`` makes them in a process of its own, whose memory holds
nothing else, and prints what it saw as JSON.
"""

from __future__ import annotations

import gc
import io
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measure import Alone, Broken, Group, Peer, by_the_clock
from formsvc import batch
from formsvc.formats import Format
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

POOLED = 500  # documents in a turn of one process or two


class Seen(NamedTuple):
    """What a long run showed: milliseconds of the processor for a document, and MiB."""

    median: float
    p99: float
    longest: float
    #: what the memory has grown by since the first twentieth were made
    growth: float


def figures(*, part: int = 1) -> Iterator[Alone]:
    """The long runs, or a part of them such as a tenth."""
    words = _long_run("docx", 10_000 // part)
    count = f"{10_000 // part:,} Word documents"
    spread = f"p50 {words.median:.2f}, p99 {words.p99:.2f}, max {words.longest:.2f} ms"
    yield Alone(f"{count}: p99 beside p50", words.p99 / words.median, "×", 2.5, remark=spread)
    yield Alone(f"{count}: growth of memory", words.growth, "MiB", 5)
    papers = _long_run("pdf", 500 // part)
    spread = f"p50 {papers.median:.0f}, p99 {papers.p99:.0f}, max {papers.longest:.0f} ms"
    yield Alone(
        f"{500 // part} PDFs in one process: growth of memory",
        papers.growth,
        "MiB",
        10,
        remark=spread,
    )


def groups() -> Iterator[Group]:
    """Two processes beside one, by the clock."""
    one = by_the_clock("one process", lambda: _by_processes(1))
    two = by_the_clock("two processes", lambda: _by_processes(2))
    yield Group(f"{POOLED} Word documents by two processes", two, [Peer(one, 1.8)], rounds=5)


def _make(number: int, wanted: Format = "docx") -> int:
    """One document of the batch, all the way of the product; no two have the same answers."""
    kind = "minutes" if wanted == "docx" else "invitation"
    return len(printing.make(find(kind), _answers(kind, number), wanted))


def _answers(kind: str, number: int) -> dict[str, Any]:
    return {**load(f"{kind}.nb"), "place": f"Møterom {number}"}


def _by_processes(count: int) -> None:
    """A batch as ``formsvc batch`` makes it, to a folder that is thrown away."""
    lines = "".join(json.dumps(_answers("minutes", number)) + "\n" for number in range(POOLED))
    with tempfile.TemporaryDirectory() as folder:
        source = batch.JsonLines(io.BytesIO(lines.encode()))
        made = batch.run(find("minutes"), source, Path(folder), "docx", count)
        if any(outcome.what != "made" for outcome in made):
            raise Broken(f"{POOLED} documents by {count} processes: not all were made")


def _long_run(wanted: Format, count: int) -> Seen:
    command = [sys.executable, "-m", "benchmarks.batch", wanted, str(count)]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if run.returncode:
        raise Broken(f"{count} documents as {wanted}: not all were made")
    return Seen(*json.loads(run.stdout))


def _seen(wanted: Format, count: int) -> Seen:
    warm = max(count // 20, 10)
    _make(0, wanted)
    gc.collect()
    gc.freeze()  # as every process of a batch begins (``formsvc/batch/workers.py``)
    taken, before = [], 0.0
    for number in range(count):
        if number == warm:
            before = _resident()
        start = time.process_time()
        _make(number, wanted)
        taken.append((time.process_time() - start) * 1000)
    growth = _resident() - before
    taken = sorted(taken[warm:])
    return Seen(taken[len(taken) // 2], taken[int(len(taken) * 0.99)], taken[-1], growth)


def _resident() -> float:
    """MiB of this process in memory, as Linux counts them."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0


if __name__ == "__main__":
    print(json.dumps(_seen("pdf" if sys.argv[1] == "pdf" else "docx", int(sys.argv[2]))))
