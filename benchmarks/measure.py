"""How everything here is measured: in turns, round after round, with ratios taken within a round.

Each round does every work of a group once, one after the other (A B C A B C), so that noise from
elsewhere meets all of them alike; the ratio of two works is taken within each round, and what is
told is the median of those ratios and the span that eight of ten fall within. A turn is as many
repetitions as take ``SHORTEST``. Each work has a process of its own, as it would in use, so that
none clears up after another; there it is counted in the processor's time. What a work makes is
looked at once beforehand, so that nobody is fast by doing nothing.
"""

from __future__ import annotations

import math
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from typing import NamedTuple

SHORTEST = 0.25  # s of a turn: what is faster is repeated within it


class Broken(Exception):
    """Something that is measured does not do what it should: a fault, whatever the time."""


class Work(NamedTuple):
    """One way of doing something."""

    name: str
    #: does it so many times; the seconds that all of them took
    turn: Callable[[int], float]
    #: does it once; the document, for the look at whether it is right
    output: Callable[[], bytes] | None = None
    #: whether it is done by this program, and is to have a process of its own for it
    own_process: bool = False


class Peer(NamedTuple):
    """Another way of doing the same, and how many times faster than it we mean to be."""

    work: Work
    goal: float = 0


class Group(NamedTuple):
    """Ours and others' ways of doing one thing."""

    name: str
    ours: Work
    peers: Sequence[Peer]
    rounds: int
    #: which of the texts that a document must hold are not in it
    lacks: Callable[[bytes], Sequence[str]] = lambda _: ()


class Beside(NamedTuple):
    """A line of the table: ours beside one peer."""

    work: str
    peer: str
    milliseconds: float
    peer_milliseconds: float
    ratio: float
    least: float
    most: float
    goal: float
    #: what the peer's document lacks, in words
    remark: str = ""

    @property
    def reached(self) -> bool:
        return self.ratio >= self.goal


class Alone(NamedTuple):
    """A line of the table: what we take, and the limit that we keep to."""

    work: str
    figure: float
    unit: str
    limit: float
    #: the 95th percentile or the greatest, where there is one
    worst: float | None = None
    remark: str = ""

    @property
    def reached(self) -> bool:
        return self.figure <= self.limit


def in_process(name: str, make: Callable[[], bytes]) -> Work:
    """A work of this program, counted in the processor's time."""
    return Work(name, lambda times: _seconds(make, times, time.process_time), make, True)


def by_the_clock(name: str, make: Callable[[], object]) -> Work:
    """A work that other processes do too, counted by the clock."""
    return Work(name, lambda times: _seconds(make, times, time.perf_counter))


def _seconds(make: Callable[[], object], times: int, now: Callable[[], float]) -> float:
    start = now()
    for _ in range(times):
        make()
    return now() - start


def beside(group: Group) -> list[Beside]:
    """Ours beside each peer of a group.

    :raises Broken: our document lacks something, or a peer's lacks everything.
    """
    works = [group.ours, *(peer.work for peer in group.peers)]
    remarks = [_looked_at(group, work) for work in works]
    if remarks[0]:
        raise Broken(f"{group.name}: ours {remarks[0]}")
    with ExitStack() as stack:
        housed = [stack.enter_context(_housed(work)) for work in works]
        taken = _rounds(housed, group.rounds)
    return [
        _line(group, peer, taken[0], theirs, remark)
        for peer, theirs, remark in zip(group.peers, taken[1:], remarks[1:], strict=True)
    ]


def _looked_at(group: Group, work: Work) -> str:
    if work.output is None:
        return ""
    missing = group.lacks(work.output())
    if missing and len(missing) == len(group.lacks(b"")):
        raise Broken(f"{group.name}: {work.name} makes a document with none of the answers")
    return f"lacks {', '.join(missing)}" if missing else ""


@contextmanager
def _housed(work: Work) -> Iterator[Work]:
    """The work in a process of its own, where it is to have one."""
    if not work.own_process:
        yield work
        return
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    process = fork.Process(target=_serve, args=(work, there), daemon=True)
    process.start()
    there.close()

    def turn(times: int) -> float:
        here.send(times)
        try:
            return float(here.recv())
        except EOFError:
            raise Broken(f"{work.name} has failed; the reason stands above.") from None

    try:
        yield work._replace(turn=turn)
    finally:
        process.terminate()
        process.join()


def _serve(work: Work, asked: Connection) -> None:
    while True:
        asked.send(work.turn(asked.recv()))


def _rounds(works: Sequence[Work], rounds: int) -> list[list[float]]:
    """The seconds that each work took for one document, in each round."""
    repeats = [_repeats(work) for work in works]
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times, seconds in zip(works, repeats, taken, strict=True):
            seconds.append(work.turn(times) / times)
    return taken


def _repeats(work: Work) -> int:
    work.turn(1)  # warm
    return math.ceil(SHORTEST / max(work.turn(1), SHORTEST / 1000))


def _line(
    group: Group, peer: Peer, ours: Sequence[float], theirs: Sequence[float], remark: str
) -> Beside:
    ratios = sorted(b / a for a, b in zip(ours, theirs, strict=True))
    tenth = len(ratios) // 10
    return Beside(
        group.name,
        peer.work.name,
        statistics.median(ours) * 1000,
        statistics.median(theirs) * 1000,
        statistics.median(ratios),
        ratios[tenth],
        ratios[-1 - tenth],
        peer.goal,
        remark,
    )


def alone(
    name: str, work: Callable[[], object], *, rounds: int, limit: float, warm_up: int = 2
) -> Alone:
    """What one of ours takes by the clock, in milliseconds, after some rounds that do not count."""
    for _ in range(warm_up):
        work()
    taken = sorted(_seconds(work, 1, time.perf_counter) * 1000 for _ in range(rounds))
    worst = taken[min(len(taken) - 1, int(len(taken) * 0.95))]
    return Alone(name, statistics.median(taken), "ms", limit, worst)


def figure(number: float) -> str:
    """Three digits that count, never an exponent."""
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}"
