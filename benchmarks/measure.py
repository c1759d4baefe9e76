"""Timing: repeat, take the median and the 95th percentile, in milliseconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Times(NamedTuple):
    """What a piece of work took, in milliseconds."""

    median: float
    p95: float


def times(work: Callable[[], object], rounds: int, *, warm_up: int = 2) -> Times:
    """Do the work again and again, after a few rounds that do not count."""
    for _ in range(warm_up):
        work()
    taken = sorted(_milliseconds(work) for _ in range(rounds))
    return Times(statistics.median(taken), taken[min(len(taken) - 1, int(len(taken) * 0.95))])


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
