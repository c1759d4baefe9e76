"""What is deleted when its time is over, in steps that a wrong clock cannot turn into a loss.

Drafts that nobody touches end. A clock that runs a month ahead for an hour must not end them all,
so a draft is first **announced** to its author, and deleted by a later run, when it has stood
announced for as many days as the profile says. A run deletes a small share at most, and nothing
at all while the clock stands before what is stored. The rows of jobs that were done long ago tell
nobody anything, and end with them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from formsvc import clock, profile
from formsvc.models import Account, Draft, LoginSession, Paper
from formsvc.services import audit, work

#: a run deletes so many drafts, or this share of all where that is more
STEP: Final = 20
SHARE: Final = 0.05


class Plan(NamedTuple):
    """What a run does, or would do."""

    #: drafts whose authors are told from now on
    announced: int
    #: drafts that are deleted
    deleted: int
    #: drafts whose time is over too, and which later runs take
    left: int
    #: jobs that were done long ago, whose rows are deleted
    jobs: int
    #: the newest moment in the database; None where nothing is stored
    newest: datetime | None
    #: the clock stands before it, so nothing is done
    clock_is_behind: bool


def plan(session: Session) -> Plan:
    """Count what :func:`purge` would do now."""
    newest = _newest(session)
    over = _count(session, _over())
    most = max(STEP, int(SHARE * _count(session, Draft.id.is_not(None))))
    behind = newest is not None and newest > clock.now() + clock.SKEW
    if behind:
        return Plan(0, 0, over, 0, newest, clock_is_behind=True)
    deleted = min(over, most)
    due, jobs = _count(session, _due()), work.forgettable(session)
    return Plan(due, deleted, over - deleted, jobs, newest, clock_is_behind=False)


def purge(session: Session) -> Plan:
    """Announce the drafts whose end is near, and delete a step of what is over."""
    wanted = plan(session)
    # a moment that has not been yet was written under a wrong clock: it announced nothing
    _set_announced(session, Draft.announced_at > clock.now() + clock.SKEW, None)
    if wanted.clock_is_behind:
        return wanted
    step = select(Draft.id).where(_over()).order_by(Draft.changed_at).limit(wanted.deleted)
    # asked once more of each row itself: PostgreSQL looks only at that again, where it has waited
    # for somebody who was just saving the draft
    deleted = session.scalars(
        delete(Draft)
        .where(Draft.id.in_(step), _over())
        .returning(Draft.id)
        .execution_options(synchronize_session=False)
    ).all()
    if deleted:
        audit.record(session, "purged", what="drafts", count=len(deleted))
    _set_announced(session, _due(), clock.now())
    return wanted._replace(deleted=len(deleted), jobs=work.forget(session))


def end_of(draft: Draft) -> date:
    """The day, in Oslo, on which a draft may be deleted if nobody saves it before."""
    limits = profile.current().limits
    untouched = draft.changed_at + timedelta(days=limits.draft_days)
    announced = draft.announced_at or clock.now()
    end = max(untouched, announced + timedelta(days=limits.draft_warning_days))
    return end.astimezone(clock.OSLO).date()


def announced(session: Session, author: Account) -> int:
    """How many of an author's drafts will be deleted soon."""
    return _count(session, Draft.author == author, Draft.announced_at.is_not(None))


def _due() -> ColumnElement[bool]:
    limits = profile.current().limits
    near = clock.now() - timedelta(days=limits.draft_days - limits.draft_warning_days)
    return (Draft.changed_at <= near) & Draft.announced_at.is_(None)


def _over() -> ColumnElement[bool]:
    limits, now = profile.current().limits, clock.now()
    untouched = Draft.changed_at <= now - timedelta(days=limits.draft_days)
    return untouched & (Draft.announced_at <= now - timedelta(days=limits.draft_warning_days))


def _newest(session: Session) -> datetime | None:
    moments = (
        session.scalar(select(func.max(column)))
        for column in (Draft.changed_at, Paper.issued_at, LoginSession.created_at)
    )
    return max(filter(None, moments), default=None)


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Draft).where(*which)) or 0


def _set_announced(session: Session, which: ColumnElement[bool], at: datetime | None) -> None:
    session.execute(
        update(Draft)
        .where(which)
        .values(announced_at=at)
        .execution_options(synchronize_session=False)
    )
