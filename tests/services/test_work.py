"""The queue: claimed once, tried again, given up, steered; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock
from formsvc.errors import NotFound
from formsvc.models import Job
from formsvc.services import work
from formsvc.services.work import LEASE, MOST_ATTEMPTS, WAITS, Lease

SECOND = timedelta(seconds=1)


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], None]]:
    """Moves the clock on, for the rest of the test."""
    with ExitStack() as moves:
        yield lambda by: moves.enter_context(clock.moved(by))


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Lets the clock stand at a moment, for the rest of the test."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def count(session: Session) -> int:
    """How many jobs are stored."""
    return session.scalar(select(func.count()).select_from(Job)) or 0


def add(session: Session, number: int = 1) -> list[UUID]:
    """Jobs, each a second after the one before; the rows that they are about."""
    subjects = [uuid4() for _job in range(number)]
    for place, subject in enumerate(subjects):
        with clock.moved((place - number) * SECOND):
            work.add(session, "print", subject)
    session.commit()
    return subjects


def leased(session: Session) -> Lease:
    """The next job; there must be one."""
    lease = work.lease(session)
    assert lease is not None
    return lease


def only(session: Session) -> Job:
    """The one job there is, as it is stored now."""
    session.expire_all()
    return session.scalars(select(Job)).one()


def test_what_has_been_due_for_longest_is_done_first(session: Session) -> None:
    subjects = add(session, 3)
    assert [leased(session).subject_id for _job in subjects] == subjects


def test_what_failed_before_waits_for_what_has_not_been_tried(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    poisoned = add(session, 5)
    for times in range(len(poisoned)):  # the first fails once, the last five times
        for _job in poisoned[times:]:
            work.again(session, leased(session), "Stopped")
        later(WAITS[times] + SECOND)
    (fresh,) = add(session)
    assert [leased(session).subject_id for _job in range(6)] == [fresh, *poisoned]


def test_nothing_is_leased_where_nothing_is_due(session: Session) -> None:
    assert not work.waiting(session)
    assert work.lease(session) is None
    with clock.moved(SECOND):
        work.add(session, "print", uuid4())
    assert not work.waiting(session)
    assert work.lease(session) is None
    with clock.moved(2 * SECOND):
        assert work.waiting(session)
        assert work.lease(session)


def test_no_two_workers_get_the_same_job(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        subjects = add(session, 40)
    taken: list[UUID] = []
    together = threading.Barrier(4)

    def take() -> None:
        together.wait()
        while True:
            with sessions.begin() as session:
                lease = work.lease(session)
            if lease is None:
                return
            taken.append(lease.subject_id)

    workers = [threading.Thread(target=take) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(subjects)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer
def test_nobody_waits_for_a_job_that_is_just_being_taken(sessions: sessionmaker[Session]) -> None:
    with sessions() as first, sessions() as second:
        subjects = add(first, 2)
        second.execute(text("SET LOCAL lock_timeout = '20s'"))  # fails instead of hanging
        assert leased(first).subject_id == subjects[0]
        assert leased(second).subject_id == subjects[1]


def test_a_lease_that_runs_out_is_a_death_and_another_one_takes_the_job(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    add(session)
    assert leased(session).attempt == 1
    later(LEASE - SECOND)
    assert work.lease(session) is None
    later(2 * SECOND)
    assert leased(session).attempt == 2


def test_whoever_comes_too_late_ends_nothing(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    add(session)
    slow = leased(session)
    later(LEASE + SECOND)
    quick = leased(session)
    assert not work.done(session, slow)
    assert not work.again(session, slow, "Late")
    work.put_back(session, slow)
    assert only(session).attempts == 2
    assert only(session).last_error is None
    assert work.done(session, quick)
    assert not work.done(session, quick)


def test_what_fails_is_tried_again_after_longer_and_longer_and_then_given_up(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    add(session)
    assert list(WAITS) == sorted(WAITS)
    assert (WAITS[0], WAITS[-1]) == (timedelta(minutes=1), timedelta(hours=6))
    for wait in WAITS:
        assert not work.again(session, leased(session), "OSError")
        assert work.state(only(session)) == "tried"
        later(wait - SECOND)
        assert work.lease(session) is None
        later(2 * SECOND)
    last = leased(session)
    assert last.attempt == MOST_ATTEMPTS == 8
    assert work.again(session, last, "OSError")
    assert work.state(only(session)) == "given up"
    later(timedelta(days=9))
    assert work.lease(session) is None


def test_what_its_worker_dies_over_each_time_is_given_up_too(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    add(session)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert leased(session).attempt == attempt
        later(LEASE + SECOND)
    assert work.lease(session) is None
    assert work.state(only(session)) == "given up"
    assert only(session).last_error == "WorkerDied"


def test_a_job_that_was_put_back_is_as_if_it_had_not_been_begun(session: Session) -> None:
    add(session)
    work.put_back(session, leased(session))
    assert work.state(only(session)) == "waits"
    assert leased(session).attempt == 1


def test_what_is_to_be_done_once_is_added_once(session: Session) -> None:
    subject = uuid4()
    for _time in range(2):
        work.add(session, "print", subject, once="print:1")
        work.add(session, "print", uuid4())
    assert len(work.about(session, "print", [subject])) == 1
    assert len(work.unfinished(session)) == 3


def test_a_job_tells_how_it_stands(session: Session) -> None:
    subject = add(session)[0]
    assert work.state(only(session)) == "waits"
    lease = leased(session)
    assert work.state(only(session)) == "at work"
    assert work.about(session, "print", [subject])[subject].id == lease.job_id
    work.done(session, lease)
    assert work.state(only(session)) == "done"
    assert work.unfinished(session) == []


def test_what_failed_can_be_begun_anew(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    add(session)
    failed = leased(session)
    work.again(session, failed, "OSError")
    assert work.retry(session) == 1
    assert leased(session) == failed._replace(attempt=1)
    with pytest.raises(NotFound):
        work.retry(session, failed.job_id)  # somebody is at it
    work.give_up(session, failed.job_id)
    assert work.overview(session).given_up == 1
    assert work.retry(session, failed.job_id) == 1
    assert work.overview(session).given_up == 0
    later(SECOND)
    assert work.done(session, leased(session))


def test_a_job_that_is_given_up_by_hand_keeps_nothing(session: Session) -> None:
    add(session)
    lease = leased(session)
    work.give_up(session, lease.job_id)
    assert not work.done(session, lease)


@pytest.mark.parametrize("steer", [work.retry, work.give_up])
def test_a_job_that_is_not_there_cannot_be_steered(
    session: Session, steer: Callable[[Session, UUID], object]
) -> None:
    add(session)
    lease = leased(session)
    work.done(session, lease)
    for job in (uuid4(), lease.job_id):
        with pytest.raises(NotFound, match="formsvc jobs"):
            steer(session, job)


def test_work_that_nobody_takes_is_seen(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    add(session)
    later(work.STANDS_STILL - 2 * SECOND)
    assert work.overview(session).overdue_since is None
    later(2 * SECOND)
    assert work.overview(session).overdue_since == only(session).due_at
    assert work.overview(session).open == 1


def test_work_whose_worker_died_and_that_nobody_takes_over_is_seen(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    add(session)
    due_at = only(session).due_at
    leased(session)
    later(LEASE + work.STANDS_STILL - 2 * SECOND)
    assert work.overview(session).overdue_since is None
    later(3 * SECOND)
    assert work.overview(session).overdue_since == due_at


def test_of_an_error_no_more_is_kept_than_there_is_room_for(session: Session) -> None:
    add(session)
    work.again(session, leased(session), "E" * 200)
    assert only(session).last_error == "E" * 80


@pytest.mark.parametrize(("after", "stays"), [(-SECOND, 1), (timedelta(), 0), (SECOND, 0)])
def test_a_job_that_was_done_long_ago_is_forgotten(
    after: timedelta, stays: int, session: Session, stand: Callable[[datetime], None]
) -> None:
    add(session)
    work.done(session, leased(session))
    done_at = only(session).done_at
    assert done_at
    stand(done_at + work.DONE_STAYS + after)
    assert work.forget(session) == 1 - stays
    assert count(session) == stays


def test_what_is_open_or_given_up_or_to_be_done_only_once_is_not_forgotten(
    session: Session, later: Callable[[timedelta], None]
) -> None:
    add(session, 2)
    work.give_up(session, leased(session).job_id)
    work.again(session, leased(session), "OSError")
    day = "purge:2026-11-26"
    work.add(session, "purge", uuid4(), once=day)
    work.done(session, leased(session))
    later(2 * work.DONE_STAYS)
    assert work.forget(session) == 0
    work.add(session, "purge", uuid4(), once=day)
    assert count(session) == 3


def test_what_is_forgotten_is_forgotten_in_steps(
    session: Session, later: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "STEP", 2)
    add(session, 3)
    for _job in range(3):
        work.done(session, leased(session))
    later(work.DONE_STAYS + SECOND)
    assert [work.forget(session) for _day in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=400)])
def test_what_failed_while_the_clock_ran_ahead_is_tried_again_when_it_is_right(
    ahead: timedelta, session: Session
) -> None:
    add(session)
    with clock.moved(ahead):
        work.again(session, leased(session), "OSError")
    assert work.waiting(session)
    assert leased(session).attempt == 2


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=400)])
def test_a_lease_of_a_clock_that_ran_ahead_binds_nobody(ahead: timedelta, session: Session) -> None:
    add(session)
    with clock.moved(ahead):
        died = leased(session)
    assert work.state(only(session)) == "waits"
    assert leased(session).attempt == died.attempt + 1
    with clock.moved(ahead):
        leased(session)
    assert work.retry(session, died.job_id) == 1
    assert leased(session).attempt == 1


@pytest.mark.parametrize(("beyond", "taken"), [(-SECOND, 0), (timedelta(), 0), (SECOND, 1)])
def test_a_moment_that_a_right_clock_may_have_set_is_waited_for(
    beyond: timedelta, taken: int, session: Session, stand: Callable[[datetime], None]
) -> None:
    add(session)
    now = clock.now()
    stand(now)
    job = only(session)
    job.due_at = now + WAITS[-1] + clock.SKEW + beyond
    assert work.waiting(session) == bool(taken)
    job.due_at, job.leased_until = now, now + LEASE + clock.SKEW + beyond
    assert work.waiting(session) == bool(taken)
    assert work.state(job) == ("waits" if taken else "at work")


def test_looking_for_work_reads_only_what_is_open(session: Session, engine: Engine) -> None:
    if engine.dialect.name == "postgresql":  # it would read all of an empty table
        session.execute(text("SET LOCAL enable_seqscan = off"))
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    work.lease(session)
    for statement, values in [call for call in asked if call[0].startswith("UPDATE job")]:
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = session.connection().exec_driver_sql(explain + statement, values)
        assert "ix_job_due_at" in str(plan.all()), statement
    assert len(asked) >= 2
