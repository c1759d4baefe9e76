"""The worker, with its threads, its press and its faults; nothing of it is replaced."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

import formsvc.worker
from formsvc import clock, db, profile
from formsvc.config import Settings
from formsvc.kinds import find
from formsvc.models import Account, Document, Draft, Job, Paper
from formsvc.services import actor, drafts, finish, press, work
from formsvc.worker import Worker

Issue = Callable[..., Paper]

SQLITE_ONLY = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def own_press() -> Iterator[None]:
    """A press of the test's own, started with the limits and the environment that it sets."""
    press.stop()
    yield
    press.stop()


@pytest.fixture
def short_of_time(monkeypatch: pytest.MonkeyPatch, own_press: None) -> None:
    """A document may take four times as long as one takes here now, with the start of its press."""
    kind = find("invitation")
    began = time.monotonic()
    press.make(press.Order("invitation", kind.form.sample(), "pdf", "", clock.now().isoformat()))
    monkeypatch.setattr(press, "WALL", max(5, 4 * round(time.monotonic() - began)))
    press.stop()


@pytest.fixture
def without_pango(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_press: None) -> None:
    """A press that finds no Pango, as WeasyPrint tells it."""
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library pango')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def worker_of(engine: Engine) -> Worker:
    return Worker(db.session_factory(engine, reading=True), db.session_factory(engine))


@pytest.fixture
def worker(engine: Engine) -> Iterator[Worker]:
    """A worker that has not begun; its thread ends with the test."""
    made = worker_of(engine)
    yield made
    if made._thread is not None:  # noqa: SLF001 - a test may have stopped it, with the press
        made.stop()


@pytest.fixture
def issue(session: Session, kari: Account) -> Issue:
    """Issues and commits a sample paper of Kari's, with some answers changed."""

    def make(slug: str = "invitation", **answers: Any) -> Paper:
        kind = find(slug)
        form = kind.form.from_answers(kind.form.sample() | answers)
        issued = finish.issue(session, kind, form, kari)
        session.commit()
        return issued

    return make


def states(sessions: sessionmaker[Session], issued: Paper) -> dict[str, str]:
    """How the documents of a paper stand, as they are stored now."""
    with sessions() as session:
        found = select(Document.format, Document.state).where(Document.paper_id == issued.id)
        return {row.format: row.state for row in session.execute(found)}


def jobs(sessions: sessionmaker[Session]) -> list[Job]:
    """All documents' jobs, in the order in which they were due."""
    with sessions() as session:
        documents = select(Job).where(Job.what == "print")
        return list(session.scalars(documents.order_by(Job.due_at)))


def until(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for another thread or process; the time only ends a test that has failed already."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@contextmanager
def own_worker(settings: Settings, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """`formsvc worker`, as a process that has ended when the block has.

    It has no patience with what it is at when it is told to end, for the test to be quick.
    """
    environment = {**os.environ, "FORMSVC_DATABASE_URL": settings.database, "FORMSVC_DEMO": "1"}
    program = (
        "from formsvc.cli import main; from formsvc.worker import Worker;"
        " Worker.stop.__defaults__ = (0,); main()"
    )
    other = subprocess.Popen([sys.executable, "-c", program, "worker", *options], env=environment)
    try:
        yield other
    finally:
        other.kill()
        other.wait()


#: takes minutes to lay out: it is the wall clock that ends it
ENDLESS = "Rom " * 100_000


def test_a_woken_worker_makes_what_was_added_and_stops_when_told(
    worker: Worker, issue: Issue, sessions: sessionmaker[Session], monkeypatch: Any
) -> None:
    monkeypatch.setattr(formsvc.worker, "LOOK_EVERY", 3600.0)
    worker.start()
    issued = issue("consent")
    worker.wake()
    until(lambda: set(states(sessions, issued).values()) == {"issued"})
    assert {work.state(job) for job in jobs(sessions)} == {"done"}
    worker.stop()
    assert "worker" not in {thread.name for thread in threading.enumerate()}


def test_a_worker_begins_with_what_was_left_and_looks_for_what_others_add(
    worker: Worker, issue: Issue, sessions: sessionmaker[Session], monkeypatch: Any
) -> None:
    monkeypatch.setattr(formsvc.worker, "LOOK_EVERY", 0.05)
    left = issue()
    worker.start()
    until(lambda: states(sessions, left)["pdf"] == "issued")
    another = issue()
    until(lambda: states(sessions, another)["pdf"] == "issued")


@SQLITE_ONLY
def test_a_worker_has_the_press_ready_before_the_first_document(
    worker: Worker, own_press: None
) -> None:
    worker.start()
    until(lambda: press._press._process is not None)  # noqa: SLF001


def test_an_endless_document_stops_nobody_and_is_given_up_in_the_end(
    worker: Worker,
    issue: Issue,
    sessions: sessionmaker[Session],
    short_of_time: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    poison = issue(place=ENDLESS)
    colleague = issue()
    assert worker.once() == 2
    assert states(sessions, colleague)["pdf"] == "issued"
    assert states(sessions, poison) == {"docx": "issued", "pdf": "pending"}
    tried = next(job for job in jobs(sessions) if not job.done_at)
    assert (tried.attempts, tried.last_error, work.state(tried)) == (1, "Stopped", "tried")
    with sessions.begin() as later:
        later.execute(text("UPDATE job SET attempts = 7 WHERE done_at IS NULL"))
    with clock.moved(timedelta(hours=7)):
        assert worker.once() == 1
    assert work.state(next(job for job in jobs(sessions) if not job.done_at)) == "given up"
    assert "given up" in caplog.text
    assert "Rom" not in caplog.text


def test_a_document_that_takes_too_much_memory_fails_alone(
    worker: Worker,
    issue: Issue,
    sessions: sessionmaker[Session],
    own_press: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(press, "MEMORY", 60_000_000)  # Python has begun, and gets no further
    issued = issue()
    worker.once()
    assert [job.last_error for job in jobs(sessions)] in (["Stopped"], ["MemoryError"])
    monkeypatch.undo()
    press.stop()
    with clock.moved(timedelta(minutes=2)):
        worker.once()
    assert states(sessions, issued)["pdf"] == "issued"


def test_an_unreadable_paper_stops_nobody_and_is_tried_again(
    worker: Worker, issue: Issue, sessions: sessionmaker[Session], caplog: Any
) -> None:
    damaged = issue()
    colleague = issue()
    with sessions.begin() as harm:
        harm.execute(
            text("UPDATE paper SET answers = :answers WHERE reference = :reference"),
            {"answers": b"\x01of another key, long enough", "reference": damaged.reference},
        )
    worker.once()
    assert states(sessions, colleague)["pdf"] == "issued"
    assert [job.last_error for job in jobs(sessions) if not job.done_at] == ["Unreadable"]


def test_without_pango_the_official_form_is_made_all_the_same(
    worker: Worker, issue: Issue, sessions: sessionmaker[Session], without_pango: None
) -> None:
    issued = issue("consent")
    worker.once()
    assert states(sessions, issued) == {
        "docx": "issued",
        "fillable": "issued",
        "pdf": "pending",
    }
    assert [job.last_error for job in jobs(sessions) if not job.done_at] == ["MissingLibrary"]


def test_an_error_is_told_by_its_kind_and_never_by_its_words(
    worker: Worker, issue: Issue, sessions: sessionmaker[Session], caplog: Any
) -> None:
    issue()
    with sessions.begin() as harm:
        # stands for any error whose text quotes something
        harm.scalars(select(Paper)).one().kind = "Nora har det vanskelig hjemme"
    worker.once()
    (job,) = jobs(sessions)
    assert job.last_error == "UnknownKind"
    assert "UnknownKind" in caplog.text
    assert "Nora" not in caplog.text


def test_a_press_that_dies_over_a_document_is_replaced(
    worker: Worker, issue: Issue, sessions: sessionmaker[Session], own_press: None
) -> None:
    issued = issue(place=ENDLESS)
    worker.start()
    until(lambda: any(work.state(job) == "at work" for job in jobs(sessions)))

    def killed() -> bool:
        press.stop()
        return jobs(sessions)[0].last_error == "Stopped"

    until(killed)
    colleague = issue()
    worker.wake()
    until(lambda: states(sessions, colleague)["pdf"] == "issued")
    assert states(sessions, issued)["pdf"] == "pending"


def test_a_worker_that_is_stopped_leaves_what_it_was_at_as_if_not_begun(
    worker: Worker, issue: Issue, sessions: sessionmaker[Session], own_press: None
) -> None:
    issue(place=ENDLESS)
    worker.start()
    until(lambda: any(work.state(job) == "at work" for job in jobs(sessions)))
    worker.stop(patience=0)
    (job,) = jobs(sessions)
    assert (work.state(job), job.attempts) == ("waits", 0)


def test_two_workers_share_the_work(
    engine: Engine, issue: Issue, sessions: sessionmaker[Session]
) -> None:
    issued = [issue() for _paper in range(6)]
    threads = [threading.Thread(target=worker_of(engine).once) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {states(sessions, each)["pdf"] for each in issued} == {"issued"}
    assert [job.attempts for job in jobs(sessions)] == [1] * 6


@SQLITE_ONLY
def test_a_database_that_is_locked_when_a_document_is_kept_loses_nothing(
    settings: Settings, issue: Issue, sessions: sessionmaker[Session], monkeypatch: Any
) -> None:
    issued = issue()
    monkeypatch.setattr(db, "PATIENCE", 100)
    impatient = db.engine(settings)
    worker = worker_of(impatient)
    file = settings.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        with sessions.begin() as taking:
            lease = work.lease(taking)
        assert lease
        other.execute("BEGIN IMMEDIATE")
        worker.do(lease)
        other.execute("ROLLBACK")
    with clock.moved(work.LEASE):
        worker.once()
    impatient.dispose()
    assert states(sessions, issued)["pdf"] == "issued"


@SQLITE_ONLY
def test_a_worker_that_is_killed_leaves_its_job_to_the_next(
    settings: Settings, worker: Worker, issue: Issue, sessions: sessionmaker[Session]
) -> None:
    issued = issue(place=ENDLESS)
    with own_worker(settings) as other:
        until(lambda: any(work.state(job) == "at work" for job in jobs(sessions)))
        other.kill()
    with sessions.begin() as mend:
        row = mend.scalars(select(Paper)).one()
        row.answers = row.answers | {"place": "Møterom 2"}
    worker.once()  # what is done once a day; the document is still leased
    assert states(sessions, issued)["pdf"] == "pending"
    with clock.moved(work.LEASE):
        assert worker.once() == 1
    assert states(sessions, issued)["pdf"] == "issued"
    assert jobs(sessions)[0].attempts == 2


@SQLITE_ONLY
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_of_its_own_works_until_it_is_told_to_end(
    settings: Settings, issue: Issue, sessions: sessionmaker[Session], told: signal.Signals
) -> None:
    issued = issue()
    with own_worker(settings) as other:
        until(lambda: states(sessions, issued)["pdf"] == "issued")
        other.send_signal(told)
        assert other.wait(60) == 0


@SQLITE_ONLY
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("options", [["--once"], []], ids=["once", "for ever"])
def test_a_worker_of_its_own_that_is_told_to_end_puts_back_what_it_is_at(
    settings: Settings,
    issue: Issue,
    sessions: sessionmaker[Session],
    options: list[str],
    told: signal.Signals,
) -> None:
    issue(place=ENDLESS)
    with own_worker(settings, *options) as other:
        until(lambda: any(work.state(job) == "at work" for job in jobs(sessions)))
        other.send_signal(told)
        assert other.wait(60) == 0
    (job,) = jobs(sessions)
    assert (work.state(job), job.attempts) == ("waits", 0)


@SQLITE_ONLY
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sends a signal to one thread")
@pytest.mark.parametrize("options", [["--once"], []], ids=["once", "for ever"])
def test_a_signal_that_does_not_wake_the_main_thread_is_heard_all_the_same(
    settings: Settings, issue: Issue, sessions: sessionmaker[Session], options: list[str]
) -> None:
    issue(place=ENDLESS)
    with own_worker(settings, *options) as other:
        until(lambda: any(work.state(job) == "at work" for job in jobs(sessions)))
        threads = {int(task.name) for task in Path(f"/proc/{other.pid}/task").iterdir()}
        os.kill(max(threads - {other.pid}), signal.SIGTERM)
        assert other.wait(50) == 0, "before the wall clock of the document ends it"


def test_what_is_over_is_deleted_once_a_day_whoever_of_the_workers_comes_first(
    settings: Settings, session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    limits = profile.current().limits
    drafts.begin(session, "minutes", {"note": ["glemt"]}, actor.Employee(kari))
    work.add(session, "print", uuid4())
    lease = work.lease(session)
    assert lease
    assert work.done(session, lease)
    session.commit()
    engine = db.engine(settings)
    hands = [Worker(db.session_factory(engine, reading=True), sessions) for _ in range(2)]
    for days in (limits.draft_days, limits.draft_days + limits.draft_warning_days):
        with clock.moved(timedelta(days=days)):
            for hand in hands:
                hand.plan_the_day()
            assert [hand.once() for hand in hands] == [1, 0]
            for hand in hands:
                hand.plan_the_day()
                assert hand.once() == 0, "once a day"
    engine.dispose()
    session.rollback()
    assert jobs(sessions) == []
    assert session.scalars(select(Draft)).all() == []
