"""How often one address may do what needs no log-in; counted in memory and never kept.

Not in the database: from where and when a family answered would then stand beside its anonymous
answer. So each process counts for itself, and N processes let through at most N times as much.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from formsvc import clock, origin

#: so many are remembered, some megabytes at most; the one that came first is forgotten first
MOST_ADDRESSES: Final = 10_000


class Rate:
    """At most so many from one address in any stretch of that length."""

    def __init__(self, most: int, stretch: timedelta) -> None:
        self._most = most
        self._stretch = stretch
        self._counted: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str) -> int:
        """Count one more from an address: 0, or the seconds until there is room for it."""
        now = clock.now()
        with self._lock:
            times = self._counted.setdefault(origin.household(address), deque())
            # one in the future was counted while the clock was wrong
            while times and not now - self._stretch < times[0] <= now:
                times.popleft()
            if len(times) >= self._most:
                return max(1, math.ceil((times[0] + self._stretch - now).total_seconds()))
            times.append(now)
            self._counted.move_to_end(origin.household(address))
            if len(self._counted) > MOST_ADDRESSES:
                self._counted.popitem(last=False)
            return 0
