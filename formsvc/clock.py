"""The one clock of the service: moments in UTC, days in Oslo; a test can move it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")

#: how far the clocks of two servers may stand apart, or one's own before and after it was set: what
#: was done later than this from now was done while the clock ran ahead, and before it was set right
SKEW: Final = timedelta(minutes=1)

#: how far the clock stands from the machine's; of the process, so that its threads follow
_shift = timedelta()


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC) + _shift


def today() -> date:
    """Today in Oslo, wherever the server stands."""
    return now().astimezone(OSLO).date()


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Let the whole process live so much later (or earlier, below zero) for a while.

    >>> with moved(timedelta(days=1)):
    ...     (today() - datetime.now(OSLO).date()).days
    1
    """
    global _shift
    before, _shift = _shift, _shift + by
    try:
        yield
    finally:
        _shift = before
