"""The trail as it is read: which events are asked for, page by page, the newest first."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from formsvc.models import Account, Event, Paper
from formsvc.services.audit import SERVICE

#: how many rows are read at a time
_SOME: Final = 1000


class Wanted(NamedTuple):
    """Which events are asked for; what is None does not matter."""

    account_id: UUID | None = None
    what: str | None = None
    subject: str | None = None
    subject_ids: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def find(session: Session, wanted: Wanted, *, before: int | None = None, most: int) -> list[Event]:
    """The events that are asked for, the newest first.

    :param before: only those with a smaller number: the last of the page before this one.
    """
    rows = select(Event).where(Event.chain == SERVICE, *_rules(wanted))
    if before is not None:
        rows = rows.where(Event.seq < before)
    return list(session.scalars(rows.order_by(Event.seq.desc()).limit(most)))


def all_of(session: Session, wanted: Wanted) -> Iterator[Event]:
    """All events that are asked for, the newest first, some at a time."""
    before = None
    while page := find(session, wanted, before=before, most=_SOME):
        yield from page
        before = page[-1].seq


def wanted(account_id: UUID | None, subject: str | None, since: datetime | None) -> Wanted:
    """What is asked for, where the subject is an id or a kind of thing."""
    try:
        return Wanted(account_id, subject_ids=(UUID(subject),) if subject else (), since=since)
    except ValueError:
        return Wanted(account_id, subject=subject, since=since)


def columns(told: Event) -> list[str]:
    """An event as a line of a listing; what is not there is a dash."""
    keys = json.dumps(told.keys, sort_keys=True) if told.keys else None
    columns = (told.seq, told.at.isoformat(timespec="seconds"), told.what, told.account_id)
    return [
        str(each or "-") for each in (*columns, told.subject, told.subject_id, told.origin, keys)
    ]


def _rules(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.account_id:
        # what somebody did, and what was done to their account
        yield or_(Event.account_id == wanted.account_id, Event.subject_id == wanted.account_id)
    if wanted.what:
        yield Event.what == wanted.what
    if wanted.subject:
        yield Event.subject == wanted.subject
    if wanted.subject_ids:
        yield Event.subject_id.in_(wanted.subject_ids)
    if wanted.since:
        yield Event.at >= wanted.since
    if wanted.until:
        yield Event.at < wanted.until


def everybody(session: Session) -> list[tuple[UUID, str]]:
    """All who have, or had, an account, by name."""
    accounts = select(Account.id, Account.name).order_by(Account.name, Account.email)
    return [(account_id, name) for account_id, name in session.execute(accounts)]


def names(session: Session, events: Iterable[Event]) -> dict[UUID, str]:
    """What people call that which some events are about: names of accounts, numbers of papers."""
    ids = {each for told in events for each in _ids(told)}
    accounts = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    papers = session.execute(select(Paper.id, Paper.reference).where(Paper.id.in_(ids)))
    return {row.id: row[1] for row in (*accounts, *papers)}


def _ids(told: Event) -> Iterator[UUID]:
    yield from filter(None, (told.account_id, told.subject_id))
    yield from (UUID(told.keys[name]) for name in ("of", "to") if name in told.keys)


# What has happened to one paper


class Deed(NamedTuple):
    """What somebody has done to a paper, once or several times."""

    name: str
    what: str
    times: int
    last: datetime


def deeds(
    session: Session, subject_ids: Sequence[UUID], *, but: UUID, of: Collection[str], most: int
) -> list[Deed]:
    """What everybody but one has seen of a paper and its draft, and done to them; newest first.

    :param of: which acts are told.
    """
    last = func.max(Event.at)
    rows = (
        select(Account.name, Event.what, func.count(), last)
        .join(Account, Account.id == Event.account_id)
        .where(Event.chain == SERVICE, Event.subject_id.in_(subject_ids), Account.id != but)
        .where(Event.what.in_(of))
        .group_by(Account.id, Account.name, Event.what)
        .order_by(last.desc(), Event.what)
        .limit(most)
    )
    return [Deed(*row) for row in session.execute(rows)]
