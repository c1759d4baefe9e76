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
#: the moment at which it stands still, where it does
_stopped: datetime | None = None


def now() -> datetime:
    """This moment, in UTC."""
    return _stopped or datetime.now(UTC) + _shift


def today() -> date:
    """Today in Oslo, wherever the server stands."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day that a moment belongs to in Oslo."""
    return moment.astimezone(OSLO).date()


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


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Let the whole process live in one moment for a while.

    >>> with stopped(datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)):
    ...     str(today()), now() == now()
    ('2026-12-31', True)
    """
    global _stopped
    before, _stopped = _stopped, at
    try:
        yield
    finally:
        _stopped = before
