"""Who writes to SQLite waits in a queue, and a turn always ends."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from formsvc import db, turns
from formsvc.config import Settings
from formsvc.outages import Busy
from formsvc.turns import Turns

#: a net under tests that would otherwise hang; nothing takes nearly as long
LONG = 60.0


def waiting(queue: Turns, count: int) -> None:
    """Wait until so many stand in the queue."""
    while len(queue._waiting) < count:  # noqa: SLF001 who waits can only be seen from inside
        threading.Event().wait(0.001)


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    queue, order = Turns(), list[int]()

    def work(number: int) -> None:
        queue.take(LONG)
        order.append(number)
        queue.end()

    queue.take(LONG)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for number, thread in enumerate(threads):
        thread.start()
        waiting(queue, number + 1)
    queue.end()
    for thread in threads:
        thread.join()
    assert order == list(range(20))
    queue.take(0)


def test_whoever_loses_patience_leaves_the_queue_and_holds_nobody_up() -> None:
    queue = Turns()
    queue.take(LONG)
    with pytest.raises(Busy):
        queue.take(0.01)
    queue.end()
    queue.take(0)


def test_where_nobody_gets_on_few_go_on_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "HELD", 0.01)
    queue, come = Turns(), list[int]()

    def wait(number: int) -> None:
        queue.take(LONG, waiting=2)
        come.append(number)
        queue.end()

    queue.take(LONG)
    threads = [threading.Thread(target=wait, args=(number,)) for number in range(2)]
    for number, thread in enumerate(threads):
        thread.start()
        waiting(queue, number + 1)
    with pytest.raises(Busy):  # as the third
        queue.take(LONG, waiting=2)
    assert come == []
    queue.end()
    for thread in threads:
        thread.join()
    assert come == [0, 1]
    queue.take(0)


def test_while_the_others_get_on_one_waits_behind_however_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "HELD", LONG)
    queue, come = Turns(), list[int]()

    def wait(number: int) -> None:
        queue.take(LONG, waiting=2)
        come.append(number)
        queue.end()

    queue.take(LONG)
    threads = [threading.Thread(target=wait, args=(number,)) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        waiting(queue, number + 1)
    queue.end()
    for thread in threads:
        thread.join()
    assert come == list(range(8))


def test_one_in_a_hurry_waits_while_the_others_get_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "HELD", LONG)
    queue, come = Turns(), list[str]()

    def wait(who: str, *given: int) -> None:
        queue.take(LONG, *given)
        come.append(who)
        queue.end()

    queue.take(LONG)
    threads = [threading.Thread(target=wait, args=(f"{number}",)) for number in range(4)]
    threads.append(threading.Thread(target=wait, args=("in a hurry", 0)))
    for number, thread in enumerate(threads):
        thread.start()
        waiting(queue, number + 1)
    with pytest.raises(Busy):  # and what can be done the next time as well waits for nobody
        queue.take(LONG, 0, 0)
    queue.end()
    for thread in threads:
        thread.join()
    assert come == ["0", "1", "2", "3", "in a hurry"]


def test_a_turn_that_comes_as_patience_ends_is_handed_on() -> None:
    queue, ended = Turns(), threading.Event()

    def hurry() -> None:
        while not ended.is_set():
            try:
                queue.take(0.0001)
            except Busy:
                continue
            queue.end()

    threads = [threading.Thread(target=hurry) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(300):
        queue.take(LONG)
        queue.end()
    ended.set()
    for thread in threads:
        thread.join()
    queue.take(0)


# --- with SQLite ---------------------------------------------------------------------------------


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """The open database, SQLite only."""
    file = tmp_path / "formsvc.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    opened = db.engine(Settings(demo=True, data=tmp_path))
    yield opened
    opened.dispose()


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another program is writing."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def add_one(session: Session) -> None:
    session.execute(text("UPDATE reference_counter SET last = last + 1"))


def last(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return int(session.scalar(text("SELECT last FROM reference_counter")) or 0)


@pytest.fixture
def counting(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """Makes sessions on a database that has a counter at 0."""
    with sessions.begin() as session:
        session.execute(text("INSERT INTO reference_counter VALUES ('R', 2026, 0)"))
    return sessions


def test_of_many_who_write_at_once_everybody_comes_to_write(
    counting: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "HELD", LONG)  # however slow the machine is
    together, errors = threading.Barrier(12), list[Exception]()

    def work() -> None:
        together.wait()
        try:
            for _ in range(20):
                with counting.begin() as session:
                    add_one(session)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert last(counting) == 240


def test_a_turn_ends_with_a_commit_a_rollback_and_a_session_that_is_closed_or_forgotten(
    counting: sessionmaker[Session],
) -> None:
    with counting() as session:
        add_one(session)
        session.commit()
        add_one(session)
        session.rollback()
        add_one(session)
    forgotten = counting()
    add_one(forgotten)
    del forgotten
    gc.collect()
    with counting.begin() as session:
        add_one(session)
    assert last(counting) == 2


def test_a_turn_ends_where_the_transaction_cannot_even_begin(
    counting: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    with held(tmp_path / "formsvc.sqlite3"):
        for _ in range(3):
            with counting() as session, pytest.raises(Busy):
                add_one(session)
    with counting.begin() as session:
        add_one(session)
    assert last(counting) == 1


def test_a_connection_that_cannot_begin_hands_its_turn_on_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    with held(tmp_path / "own.sqlite3"):
        waited = sqlite3.connect(tmp_path / "own.sqlite3", factory=turns.Connection)
        waited.turns = turns.Turns()
        with pytest.raises(sqlite3.OperationalError):
            waited.begin_writing()
        waited.turns.take(0.05)  # before anybody rolls back or closes what could not begin
    waited.close()


def test_a_turn_ends_where_a_statement_fails(counting: sessionmaker[Session]) -> None:
    with pytest.raises(OperationalError), counting.begin() as session:
        session.execute(text("UPDATE nothing SET x = 1"))
    with counting.begin() as session:
        add_one(session)
    assert last(counting) == 1


def test_a_turn_ends_where_the_commit_itself_fails(counting: sessionmaker[Session]) -> None:
    with counting() as session:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.execute(text("INSERT INTO api_token SELECT 'a','b','nobody','l',0,0,NULL"))
        add_one(session)
        with pytest.raises(IntegrityError):
            session.commit()
    with counting.begin() as session:
        add_one(session)
    assert last(counting) == 1


def test_readers_wait_for_nobody(counting: sessionmaker[Session], engine: Engine) -> None:
    with counting() as writing:
        add_one(writing)
        with db.session_factory(engine, reading=True)() as reading:
            assert reading.scalar(text("SELECT last FROM reference_counter")) == 0


def test_writers_of_several_processes_wait_for_each_other(
    counting: sessionmaker[Session], tmp_path: Path
) -> None:
    program = (
        "import sys, pathlib\n"
        "from sqlalchemy import text\n"
        "from formsvc import db\n"
        "from formsvc.config import Settings\n"
        "engine = db.engine(Settings(demo=True, data=pathlib.Path(sys.argv[1])))\n"
        "for _ in range(50):\n"
        "    with db.session_factory(engine).begin() as session:\n"
        "        session.execute(text('UPDATE reference_counter SET last = last + 1'))\n"
    )
    call = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(call) as one, subprocess.Popen(call) as other:
        for _ in range(50):
            with counting.begin() as session:
                add_one(session)
        assert (one.wait(), other.wait()) == (0, 0)
    assert last(counting) == 150
