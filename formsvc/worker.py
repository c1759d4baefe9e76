"""The worker: does the jobs that are due, one after the other, beside the requests.

It is an edge, as a request is: it opens the sessions and commits. The server has one in a thread;
``formsvc worker`` is one of its own. Any number of them share the work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from datetime import date
from threading import Event, Thread
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, config
from formsvc.documents import docx
from formsvc.models import What
from formsvc.outages import Outage
from formsvc.services import papers, press, retention, work
from formsvc.services.work import Lease

log = logging.getLogger(__name__)

Result = TypeVar("Result")

#: seconds between two looks for what others have added, what is to be tried again, and what was
#: left by a worker that died; what this process adds wakes its worker at once
LOOK_EVERY: Final = 5.0
#: the subject of a job that is about no row by itself
EVERYTHING: Final = UUID(int=0)
#: seconds that a worker which is told to stop may go on with what it has begun
TO_FINISH: Final = 10.0


class Act(NamedTuple):
    """How a kind of job is done."""

    #: what it needs from the database; None where there is nothing to do any more
    read: Callable[[Session, UUID], Any]
    #: does it, outside any transaction
    do: Callable[[Any], Any]
    #: keeps what came of it, in the transaction that ends the job
    keep: Callable[[Session, UUID, Any], object]
    #: what people call the rows that such jobs are about
    names: Callable[[Session, Iterable[UUID]], Mapping[UUID, str]]


DO: Final[Mapping[What, Act]] = {
    "print": Act(papers.order, press.make, papers.keep, papers.document_names),
    "purge": Act(
        read=lambda _session, day: day,
        do=lambda day: day,
        keep=lambda session, _subject, _day: retention.purge(session),
        names=lambda _session, _days: {},
    ),
}


class Listed(NamedTuple):
    """A job in the list of ``formsvc jobs``."""

    id: str
    what: str
    subject: str
    state: str
    attempts: str
    #: when it is tried again, by the clock of Oslo; "" where it is not
    next: str
    error: str


def listed(session: Session) -> list[Listed]:
    """The jobs that are not done, in words for whoever runs the service."""
    jobs = work.unfinished(session)
    names: dict[UUID, str] = {}
    for act in DO.values():
        names |= act.names(session, [job.subject_id for job in jobs])
    return [
        Listed(
            str(job.id),
            job.what,
            names.get(job.subject_id, str(job.subject_id)),
            work.state(job),
            f"{job.attempts} of {work.MOST_ATTEMPTS}",
            "" if job.given_up_at else f"{job.due_at.astimezone(clock.OSLO):%Y-%m-%d %H:%M}",
            job.last_error or "",
        )
        for job in jobs
    ]


class Worker:
    """Sleeps until there is work, then does all that is due."""

    def __init__(self, reading: sessionmaker[Session], writing: sessionmaker[Session]) -> None:
        """:param reading: makes the sessions in which is only read"""
        self._reading = reading
        self._writing = writing
        self._settings = config.current()
        self._wanted = Event()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._planned: date | None = None

    def start(self) -> Future[None]:
        """Work in a thread from now on; what an earlier run left is done first."""
        return self._started(self.run)

    def start_once(self) -> Future[int]:
        """Do in a thread all that is due now, so that it can be stopped; how many jobs that is."""
        return self._started(self._work_off)

    def _started(self, work_off: Callable[[], Result]) -> Future[Result]:
        end: Future[Result] = Future()

        def tell_the_end() -> None:
            try:
                end.set_result(work_off())
            except BaseException as error:  # raised again by whoever waits for the end
                end.set_exception(error)

        self._stopping.clear()
        self._thread = Thread(target=tell_the_end, name="worker", daemon=True)
        self._thread.start()
        return end

    def _work_off(self) -> int:
        self.plan_the_day()
        return self.once()

    def wake(self) -> None:
        """There is something to do; nothing happens where no worker was started."""
        self._wanted.set()

    def stop(self, patience: float = TO_FINISH) -> None:
        """End the thread; what it cannot finish in time is left for another one, at once."""
        self._stopping.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(patience)
            while self._thread.is_alive():
                press.stop()
                self._thread.join(0.1)
            self._thread = None
        press.stop()

    def run(self) -> None:
        """Do what is due, again and again, until told to stop."""
        with config.using(self._settings):
            _warm()
        while not self._stopping.is_set():
            self._wanted.clear()
            try:
                self.plan_the_day()
                self.once()
            except Exception as error:
                # a database that does not answer now may do so later
                log.error("no work could be taken: %s", type(error).__name__)  # noqa: TRY400
            self._wanted.wait(LOOK_EVERY)

    def once(self) -> int:
        """Do all that is due now; how many jobs that was."""
        begun = 0
        while not self._stopping.is_set() and (lease := self._lease()):
            begun += 1
            self.do(lease)
        return begun

    def plan_the_day(self) -> None:
        """Add what is done once a day, whoever of the workers comes first."""
        today = clock.today()
        if self._planned == today:
            return
        with self._writing.begin() as session:
            work.add(session, "purge", EVERYTHING, once=f"purge:{today}")
        self._planned = today

    def _lease(self) -> Lease | None:
        with self._reading() as session:
            if not work.waiting(session):
                return None
        with self._writing.begin() as session:
            return work.lease(session)

    def do(self, lease: Lease) -> None:
        """Do a job that was leased, or leave it for later."""
        try:
            with config.using(self._settings):
                self._act(lease)
        except Exception as error:
            kind = str(getattr(error, "kind", type(error).__name__))
            try:
                self._leave(lease, error, kind)
            except (
                SQLAlchemyError,
                Outage,
            ):  # the database again: when the lease runs out it is due
                log.warning("%s job %s failed: %s", lease.what, lease.job_id, kind)

    def _act(self, lease: Lease) -> None:
        act = DO[lease.what]
        with self._reading() as session:
            needed = act.read(session, lease.subject_id)
        result = None if needed is None else act.do(needed)
        with self._writing.begin() as session:
            if work.done(session, lease) and result is not None:
                act.keep(session, lease.subject_id, result)

    def _leave(self, lease: Lease, error: Exception, kind: str) -> None:
        """Say what hindered a job, and leave it for later; its kind is told, never its words."""
        with self._writing.begin() as session:
            if self._stopping.is_set() and isinstance(error, press.Stopped):
                work.put_back(session, lease)
                return
            given_up = work.again(session, lease, kind)
        if given_up:
            log.error(
                "%s job %s was given up after %s attempts: %s. `formsvc jobs` shows it.",
                *(lease.what, lease.job_id, lease.attempt, kind),
            )
        else:
            log.warning(
                "%s job %s failed: %s (attempt %s)", lease.what, lease.job_id, kind, lease.attempt
            )


def _warm() -> None:
    """Load what the first documents need, so that nobody waits for it.

    The service itself makes Word, the press what takes longer.
    """
    try:
        press.warm()
        docx.warm()
    except Exception as error:  # whatever is wrong, the first job will say so
        log.error("nothing could be loaded beforehand: %s", type(error).__name__)  # noqa: TRY400
