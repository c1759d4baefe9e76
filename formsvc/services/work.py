"""Work beside the requests: added, leased so that two never do the same, done, or tried again.

A job is added in the transaction of what it follows from, so it is there exactly when that is.
Whoever does it (``worker.Worker``) leases it, works outside any transaction, and ends it in
the transaction that keeps the result. A lease that runs out is taken to be a death: the job is
due again, one attempt the poorer. After eight attempts it is given up, for ``formsvc jobs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from formsvc import clock, db
from formsvc.errors import NotFound
from formsvc.models import Job, What

#: longer than any job takes (a document 60 s, its place in the database 10 s), by a margin
LEASE: Final = timedelta(minutes=3)
#: how long one waits after each attempt in vain: a locked file passes in a minute, a full disk or
#: a missing library when somebody has come to work
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 180, 360))
#: with the first; what fails so often within half a day does not mend itself
MOST_ATTEMPTS: Final = len(WAITS) + 1
#: what is due and lies there for so long shows that nobody works
STANDS_STILL: Final = timedelta(minutes=10)
#: how long one can see that a job was done; nothing reads it, and it tells nothing of a paper
DONE_STAYS: Final = timedelta(days=30)
#: so many are forgotten in one go: more than a day brings, and writers wait for no more than that
STEP: Final = 5000

#: «waits» for its turn or for a worker, «tried» and to be tried again
State = Literal["waits", "at work", "tried", "given up", "done"]

_OPEN: Final = (Job.done_at.is_(None), Job.given_up_at.is_(None))


class Lease(NamedTuple):
    """The right to do a job, until it runs out."""

    job_id: UUID
    what: What
    subject_id: UUID
    #: which attempt it is; a later lease of the same job has another number, unless this one is put
    #: back: then it was no attempt
    attempt: int


class Overview(NamedTuple):
    """How the work stands, for whoever runs the service."""

    open: int
    given_up: int
    #: the kinds of error of what is given up
    errors: Sequence[str]
    #: since when the oldest job lies there that somebody should have taken
    overdue_since: datetime | None


def add(session: Session, what: What, subject_id: UUID, *, once: str | None = None) -> None:
    """Have something done; what is to be done once is added once."""
    session.flush()  # the row that it is about comes first
    job = {"id": uuid4(), "what": what, "subject_id": subject_id, "due_at": clock.now()}
    session.execute(
        db.insert_into(session, Job)
        .values(**job, attempts=0, once=once)
        .on_conflict_do_nothing(index_elements=["once"])
    )


def waiting(session: Session) -> bool:
    """Whether anything is due: asked without taking a turn to write."""
    return bool(session.scalar(select(exists().where(*_due(clock.now())))))


def lease(session: Session) -> Lease | None:
    """Take the job that was begun least often, of those the one that has been due for longest.

    Nobody else gets it while the lease lasts. What fails may take a minute each time, so whoever
    waits for a first attempt does not wait for all those that failed before.
    What was begun for the last time and never ended is given up here, since its worker, which
    should have said so, is no more.
    """
    _give_up_the_dead(session)
    # PostgreSQL passes over what another one is just taking; SQLite lets one write at a time
    next_due = (
        select(Job.id)
        .where(*_due(clock.now()))
        .order_by(Job.attempts, Job.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = session.execute(
        update(Job)
        .where(Job.id == next_due)
        .values(leased_until=clock.now() + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.what, Job.subject_id, Job.attempts)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return Lease(*taken) if taken else None


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*_OPEN, _past(Job.due_at, now, WAITS[-1]), _free(now))


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(Job.leased_until.is_(None), _past(Job.leased_until, now, LEASE))


def _past(
    moment: InstrumentedAttribute[Any], now: datetime, longest: timedelta
) -> ColumnElement[bool]:
    """Whether a moment is over, or was set by a clock that ran ahead: no right one sets it so far.

    Otherwise what was begun while the clock stood a year ahead would lie there for a year.
    """
    return or_(moment <= now, moment > now + longest + clock.SKEW)


def _give_up_the_dead(session: Session) -> None:
    now = clock.now()
    session.execute(
        update(Job)
        .where(*_due(now), Job.attempts >= MOST_ATTEMPTS)
        .values(given_up_at=now, leased_until=None, last_error="WorkerDied")
    )


def done(session: Session, lease: Lease) -> bool:
    """End a job; False when the lease ran out and somebody else has it: then keep nothing."""
    return _ended(session, lease, done_at=clock.now(), leased_until=None, last_error=None)


def again(session: Session, lease: Lease, error: str) -> bool:
    """Have a job tried again later, or give it up after the last attempt; whether it was given up.

    :param error: the kind of error; its words may quote a paper.
    """
    last = lease.attempt >= MOST_ATTEMPTS
    now = clock.now()
    when = {"given_up_at": now} if last else {"due_at": now + WAITS[lease.attempt - 1]}
    return _ended(session, lease, **when, leased_until=None, last_error=error[:80]) and last


def put_back(session: Session, lease: Lease) -> None:
    """Leave a job as if it had not been begun: its worker was told to stop."""
    _ended(session, lease, leased_until=None, attempts=lease.attempt - 1)


def _ended(session: Session, lease: Lease, **values: object) -> bool:
    ended = session.execute(
        update(Job)
        .where(Job.id == lease.job_id, Job.attempts == lease.attempt, *_OPEN)
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return ended.one_or_none() is not None


def forget(session: Session) -> int:
    """Delete a step of the jobs that were done long ago; how many.

    What is to be done once stays: its row is how one knows that it was done.
    """
    step = select(Job.id).where(_old()).limit(STEP)
    forgotten = session.scalars(
        delete(Job)
        .where(Job.id.in_(step))
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return len(forgotten.all())


def forgettable(session: Session) -> int:
    """How many jobs :func:`forget` would delete now."""
    step = select(Job.id).where(_old()).limit(STEP).subquery()
    return session.scalar(select(func.count()).select_from(step)) or 0


def _old() -> ColumnElement[bool]:
    return (Job.done_at <= clock.now() - DONE_STAYS) & Job.once.is_(None)


# -- seen and steered -----------------------------------------------------------------------------


def state(job: Job) -> State:
    """How a job stands."""
    if job.done_at:
        return "done"
    if job.given_up_at:
        return "given up"
    now = clock.now()
    if job.leased_until and now < job.leased_until <= now + LEASE + clock.SKEW:
        return "at work"
    return "tried" if job.last_error else "waits"


def unfinished(session: Session) -> Sequence[Job]:
    """What is open or given up, the oldest first."""
    return session.scalars(select(Job).where(Job.done_at.is_(None)).order_by(Job.due_at)).all()


def about(session: Session, what: What, subjects: Iterable[UUID]) -> dict[UUID, Job]:
    """The jobs of some rows, by the row's id."""
    wanted = select(Job).where(Job.what == what, Job.subject_id.in_(list(subjects)))
    return {job.subject_id: job for job in session.scalars(wanted.order_by(Job.due_at))}


def retry(session: Session, job_id: UUID | None = None) -> int:
    """Begin a job anew at once, or all that was given up or waits to be tried again; how many.

    :raises NotFound: when there is no such job, or it is done or being done.
    """
    wanted = and_(_free(clock.now()), Job.id == job_id if job_id else Job.last_error.is_not(None))
    fresh = {"given_up_at": None, "leased_until": None, "due_at": clock.now(), "attempts": 0}
    return _steered(session, job_id, wanted, **fresh)


def give_up(session: Session, job_id: UUID) -> None:
    """Let nobody try a job any more.

    :raises NotFound: when there is no such job, or it is done.
    """
    _steered(session, job_id, Job.id == job_id, given_up_at=clock.now(), leased_until=None)


def _steered(
    session: Session, job_id: UUID | None, wanted: ColumnElement[bool], **values: object
) -> int:
    changed = session.scalars(
        update(Job)
        .where(wanted, Job.done_at.is_(None))
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    if job_id and not changed:
        raise NotFound(f"There is no unfinished job {job_id}. `formsvc jobs` lists them.")
    return len(changed)


def overview(session: Session) -> Overview:
    """How the work stands."""
    given_up = (Job.done_at.is_(None), Job.given_up_at.is_not(None))
    before = clock.now() - STANDS_STILL
    left = or_(Job.leased_until.is_(None), Job.leased_until <= before)
    late = session.scalar(select(func.min(Job.due_at)).where(*_OPEN, Job.due_at <= before, left))
    errors = select(Job.last_error).where(*given_up, Job.last_error.is_not(None)).distinct()
    return Overview(
        session.scalar(select(func.count()).select_from(Job).where(*_OPEN)) or 0,
        session.scalar(select(func.count()).select_from(Job).where(*given_up)) or 0,
        sorted(str(error) for error in session.scalars(errors)),
        late,
    )
