"""The writers of an SQLite database, one after the other in the order that they came.

SQLite has one place for a writer. It lets the others look again and again until it is free, and
whoever happens to look then has it: of 32 who save at once some wait for two seconds where all
could be served within 0.6. Here they stand in a queue.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from threading import Lock
from typing import Any, Final

from formsvc.outages import Busy

#: how long a transaction waits for those of others, in seconds
PATIENCE: Final = 10.0
#: So many of a process wait for as long as that. One more has the turn: half of the threads that
#: answer requests (``web.connections``), and the others go on showing pages.
WAITING: Final = 3
#: whoever comes beyond them, or in a hurry, waits until nobody has got on for so many seconds
HELD: Final = 2.0
#: and so long waits what can be done the next time as well
BRIEF: Final = 0.1


class Turns:
    """A lock that is handed on in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        #: since when whoever has the turn has it
        self._since = 0.0
        #: a locked lock for each who waits; it is released as the turn is handed over
        self._waiting: deque[Lock] = deque()

    def take(self, patience: float, waiting: int | None = None, held: float | None = None) -> None:
        """Wait for one's turn.

        :param waiting: behind so many one waits only as long as they get on; however many, if None.
        :param held: so many seconds without anybody's getting on are too many then.
        :raises Busy: when it has not come within so many seconds, or they do not get on.
        """
        with self._guard:
            if not self._taken:
                self._taken, self._since = True, time.monotonic()
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        until, handed_over = time.monotonic() + patience, False
        try:
            while not handed_over and (left := self._left(mine, until, waiting, held)) > 0:
                handed_over = mine.acquire(timeout=left)
        finally:
            if not handed_over:  # also where Ctrl+C ends the wait
                self._leave(mine)
        if not handed_over:
            raise Busy

    def _left(self, mine: Lock, until: float, waiting: int | None, held: float | None) -> float:
        """How long one may go on waiting, as the queue is now."""
        with self._guard:
            if waiting is not None and mine in self._waiting:
                beyond = self._waiting.index(mine) >= waiting
                still = self._since + (HELD if held is None else held)
                until = min(until, still) if beyond else until
        return until - time.monotonic()

    def end(self) -> None:
        """Hand the turn on to whoever has waited longest."""
        with self._guard:
            self._since = time.monotonic()
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _leave(self, mine: Lock) -> None:
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return
        self.end()  # handed over at the very moment in which the wait ended


class Connection(sqlite3.Connection):
    """A connection whose writing transactions wait for their turn, and end it with themselves."""

    turns: Turns | None = None
    _has_turn = False

    def begin_writing(self, held: float | None = None) -> None:
        """Begin a transaction that may write.

        :param held: for one in a hurry: after how many seconds in which nobody gets on it is not
            worth waiting any longer.
        :raises Busy: when others, in this process or another, keep the place for too long.
        """
        until = time.monotonic() + PATIENCE
        if self.turns is not None:
            hurried = held is not None
            self.turns.take(PATIENCE, 0 if hurried else WAITING, held)
            self._has_turn = True
        if held is not None:
            until = min(until, time.monotonic() + held)
        try:
            self._wait_at_most(until - time.monotonic())
            self.execute("BEGIN IMMEDIATE")
            self._wait_at_most(PATIENCE)
        except BaseException:
            self._end_turn()
            raise

    def _wait_at_most(self, seconds: float) -> None:
        self.execute(f"PRAGMA busy_timeout={max(0, int(seconds * 1000))}")

    def commit(self) -> None:
        """End the turn once it is on the disk, or has been rolled back because it cannot be.

        SQLAlchemy takes a connection back without a rollback after a commit that failed.
        """
        try:
            super().commit()
        except BaseException:
            self.rollback()
            raise
        self._end_turn()

    def rollback(self) -> None:
        """End the turn, however the rollback went."""
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        """End the turn of a connection that is thrown away."""
        try:
            super().close()
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn and self.turns is not None:
            self._has_turn = False
            self.turns.end()


def connection_of(proxied: Any) -> Connection:
    """The driver's connection behind SQLAlchemy's."""
    found = proxied.driver_connection
    assert isinstance(found, Connection)  # noqa: S101 the engine is made with it as its factory
    return found
