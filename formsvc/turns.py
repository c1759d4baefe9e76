"""The writers of an SQLite database, one after the other in the order that they came.

SQLite has one place for a writer. It lets the others look again and again until it is free, and
whoever happens to look then has it: of 32 who save at once some wait for two seconds where all
could be served within 0.6. Here they stand in a queue.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from itertools import islice
from threading import Lock
from typing import Any, Final

from formsvc.outages import Busy

#: how long a transaction waits for those of others, in seconds
PATIENCE: Final = 10.0
#: where no turn has ended for so many seconds, something holds the database: then only so many wait
#: on, and the others are told at once. Each who waits holds a thread that could show a page.
STILL: Final = 2.0
FEW: Final = 3


class Turns:
    """A lock that is handed on in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        #: when the turn was last taken or handed over
        self._moved = 0.0
        #: a locked lock for each who waits; it is released as the turn is handed over
        self._waiting: deque[Lock] = deque()

    def take(self, patience: float) -> None:
        """Wait for one's turn.

        :raises Busy: when it has not come within so many seconds; sooner where no turn ends and
            a few wait already.
        """
        until = time.monotonic() + patience
        with self._guard:
            if not self._taken:
                self._taken, self._moved = True, time.monotonic()
                return
            if self._stands_still() and len(self._waiting) >= FEW:
                raise Busy
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        handed_over = False
        try:
            while not handed_over and (left := until - time.monotonic()) > 0:
                handed_over = mine.acquire(timeout=min(left, STILL))
                if not handed_over and self._is_hopeless(mine):
                    break
        finally:
            if not handed_over:  # also where Ctrl+C ends the wait
                self._leave(mine)
        if not handed_over:
            raise Busy

    def _stands_still(self) -> bool:
        return time.monotonic() - self._moved >= STILL

    def _is_hopeless(self, mine: Lock) -> bool:
        with self._guard:
            return self._stands_still() and mine not in islice(self._waiting, FEW)

    def end(self) -> None:
        """Hand the turn on to whoever has waited longest."""
        with self._guard:
            self._moved = time.monotonic()
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

    def begin_writing(self) -> None:
        """Begin a transaction that may write.

        :raises Busy: when others, in this process or another, keep the place for too long.
        """
        until = time.monotonic() + PATIENCE
        if self.turns is not None:
            self.turns.take(PATIENCE)
            self._has_turn = True
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
