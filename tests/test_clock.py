"""The clock: moments in UTC, days in Oslo, moved by tests only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from formsvc import clock


def at(moment: datetime) -> timedelta:
    """How far the clock has to be moved to stand there."""
    return moment - datetime.now(UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), "2026-06-30"),
        (datetime(2026, 6, 30, 22, 1, tzinfo=UTC), "2026-07-01"),  # summer: two hours ahead
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "2026-12-31"),
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), "2027-01-01"),  # winter: one
    ],
)
def test_today_is_the_day_in_oslo(moment: datetime, day: str) -> None:
    with clock.moved(at(moment)):
        assert clock.today().isoformat() == day


def test_a_moved_clock_goes_on_and_comes_back() -> None:
    with clock.moved(timedelta(days=35)):
        later = clock.now()
        with clock.moved(timedelta(days=-35)):
            assert clock.now() < later
        assert clock.now() >= later
    assert clock.now() < later
    assert clock.now().tzinfo is UTC
