"""The trail: who did what, when and from where, in a chain of rows that tells when one is touched.

An act and its event are one transaction::

    paper.issued_at = …
    audit.record(session, "paper_issued", by=by, subject="paper", subject_id=paper.id)

Each event's hash (an HMAC with a data key, which the database holds wrapped only) covers the one
before it, so a row that is edited, deleted, moved or added by hand breaks the chain; the head,
vouched for in the same way, tells when the last rows are cut off. Whoever sets the whole database
back to an earlier day is told by a number and a hash that are kept outside: each is in the log.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import event, select
from sqlalchemy.orm import Session, SessionTransaction

from formsvc import clock, db, origin
from formsvc.errors import InvalidAnswers, Problem
from formsvc.models import Event, EventHead
from formsvc.services import actor
from formsvc.services.actor import Actor, Program

log = logging.getLogger(__name__)

#: what may be recorded → the names of what may stand beside it
DECLARED: Final[dict[str, frozenset[str]]] = {
    # log-in
    "logged_in": frozenset(),
    "log_in_failed": frozenset({"factor"}),
    "logged_out": frozenset(),
    "refused": frozenset({"endpoint"}),
    # accounts
    "account_created": frozenset({"role"}),
    "account_invited": frozenset({"role"}),
    "account_changed": frozenset({"fields"}),
    "account_closed": frozenset(),
    "account_reopened": frozenset(),
    "password_changed": frozenset(),
    "password_reset": frozenset(),
    "second_factor_added": frozenset({"method"}),
    "second_factor_removed": frozenset({"method"}),
    "session_ended": frozenset({"of", "count"}),
    "token_created": frozenset({"of"}),
    "token_revoked": frozenset({"of"}),
    "link_made": frozenset({"purpose"}),
    # drafts
    "draft_begun": frozenset({"kind"}),
    "draft_viewed": frozenset({"kind"}),
    "draft_saved": frozenset({"kind"}),
    "draft_discarded": frozenset({"kind"}),
    "draft_shared": frozenset({"to", "may"}),
    # papers
    "paper_issued": frozenset({"kind"}),
    "paper_viewed": frozenset({"kind"}),
    "paper_shared": frozenset({"to", "may"}),
    "share_ended": frozenset({"to"}),
    "document_downloaded": frozenset({"kind", "format"}),
    "document_rendered": frozenset({"kind", "format"}),
    "evaluation_viewed": frozenset(),
    # the service
    "trail_viewed": frozenset(),
    "trail_broken": frozenset({"seq"}),
    "profile_changed": frozenset({"sha256"}),
    "templates_changed": frozenset({"sha256"}),
    "key_rotated": frozenset({"key"}),
    "backup_made": frozenset({"sha256"}),
    "restored": frozenset({"sha256"}),
    "purged": frozenset({"what", "count"}),
}

#: what stands beside any act that a program did in an account's name
BY_PROGRAM: Final = {"by": "program"}

#: the chain of what belongs to no case
SERVICE: Final = UUID(int=0)

#: a word, an id, a hash, a path: nothing that somebody wrote has only these letters for long
_WORD: Final = re.compile(r"[A-Za-z0-9_.:+-]{1,100}")
#: how many rows are read at a time
_SOME: Final = 1000

Word = str | int | bool
Words = Word | Sequence[Word] | UUID


@dataclass
class _Told:
    """An event that waits for its transaction's end."""

    what: str
    account_id: UUID | None = None
    subject: str | None = None
    subject_id: UUID | None = None
    keys: dict[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=clock.now)
    origin: str = field(default_factory=origin.current)


class Head(NamedTuple):
    """The end of the chain: what is to be kept outside the database."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


#: what a transaction will leave; what is rolled back leaves nothing
_waiting: WeakKeyDictionary[SessionTransaction, list[_Told]] = WeakKeyDictionary()


# An act is recorded


def record(
    session: Session,
    what: str,
    /,
    *,
    by: Actor | None = None,
    subject: str | None = None,
    subject_id: UUID | None = None,
    **keys: Words,
) -> None:
    """Leave an event of what this transaction does; it is written as the last thing of it.

    As the last thing, since whoever adds to the chain holds it until the commit: no document is
    made and no other row waited for meanwhile.

    :param by: who does it, where that is another than the edge has named (``actor.current``).
    :raises ValueError: for a name or a key that is not in DECLARED, a value that is no plain word,
        a session that only reads, or a savepoint that may be undone by itself.
    """
    _demand(session, what, keys)
    plain = {name: _plain(value) for name, value in keys.items()}
    transaction = session.get_transaction() or session.begin()
    by = by or actor.current()
    if isinstance(by, Program):
        plain |= BY_PROGRAM
    who = actor.account_id(by) if by else None
    _waiting.setdefault(transaction, []).append(_Told(what, who, subject, subject_id, plain))


def _demand(session: Session, what: str, keys: dict[str, Words]) -> None:
    if what not in DECLARED or not DECLARED[what].issuperset(keys):
        raise ValueError(f"«{what}» with {sorted(keys)} is not declared: add it to audit.DECLARED")
    if db.only_reads(session):
        raise ValueError(f"{what}: this session only reads; a view tells web.transaction.seen")
    if session.in_nested_transaction():
        raise ValueError(f"{what}: record it after the savepoint, which may be undone by itself")


def _plain(value: Words) -> Word | list[Word]:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str):
        if not _WORD.fullmatch(value):
            raise ValueError("an event holds words, ids and numbers, nothing that somebody wrote")
        return value
    return [word for each in value if isinstance(word := _plain(each), str | int)]


def recently(session: Session, what: str, by: Actor, subject_id: UUID, within: timedelta) -> bool:
    """Whether the last thing that happened to something was this, by the same person, just now."""
    last = session.execute(
        select(Event.what, Event.account_id, Event.at)
        .where(Event.chain == SERVICE, Event.subject_id == subject_id)
        .order_by(Event.seq.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return False
    is_same: bool = last.what == what and last.account_id == actor.account_id(by)
    return is_same and last.at > clock.now() - within


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    transaction = session.get_transaction()
    if transaction is None or session.in_nested_transaction():
        return
    told = _waiting.pop(transaction, None)
    if told:
        session.flush()  # what is recorded comes first; then the chain is held only for this
        _append(session, told)


def _append(session: Session, told: list[_Told]) -> None:
    head = _locked(session)
    last = _last(session)
    if not _holds(session, head, last):
        log.error("the trail was touched outside the service: run `formsvc audit verify`")
        told = [_Told("trail_broken", keys={"seq": head.seq}), *told]
        head.seq, head.hash = last
    for each in told:
        row = _row(each, head.seq + 1)
        row.hash = _hash(session, head.hash, row)
        session.add(row)
        head.seq, head.hash = row.seq, row.hash
        # outside the database as well, so that the log can tell when that is set back
        by, on = row.account_id or "nobody", (row.subject, row.subject_id)
        about = "".join(f" {each}" for each in on if each)
        log.info("event %s:%s %s by %s%s", row.seq, row.hash, row.what, by, about and f" on{about}")
    head.seal = _seal(session, head)
    session.flush()


def _locked(session: Session) -> EventHead:
    head = session.get(EventHead, SERVICE, with_for_update=True, populate_existing=True)
    if head is not None:
        return head
    first = EventHead(chain=SERVICE, seq=0, hash="")
    values = {"chain": SERVICE, "seq": 0, "hash": "", "seal": _seal(session, first)}
    # two may be the first together
    session.execute(db.insert_into(session, EventHead).values(values).on_conflict_do_nothing())
    return session.get_one(EventHead, SERVICE, with_for_update=True, populate_existing=True)


def _last(session: Session) -> Head:
    rows = select(Event.seq, Event.hash).where(Event.chain == SERVICE).order_by(Event.seq.desc())
    last = session.execute(rows.limit(1)).one_or_none()
    return Head(*last) if last else Head(0, "")


def _holds(session: Session, head: EventHead, last: Head) -> bool:
    return head.seal == _seal(session, head) and (head.seq, head.hash) == last


def _row(told: _Told, seq: int) -> Event:
    return Event(
        chain=SERVICE,
        seq=seq,
        at=told.at,
        account_id=told.account_id,
        what=told.what,
        subject=told.subject,
        subject_id=told.subject_id,
        origin=told.origin,
        keys=told.keys,
    )


def _hash(session: Session, before: str, row: Event) -> str:
    facts = [
        before,
        *(row.chain.hex, row.seq, row.at.astimezone(UTC).isoformat()),
        row.account_id.hex if row.account_id else None,
        *(row.what, row.subject, row.subject_id.hex if row.subject_id else None),
        *(row.origin, row.keys),
    ]
    return _mac(session, "audit event", facts)


def _seal(session: Session, head: EventHead) -> str:
    return _mac(session, "audit head", [head.chain.hex, head.seq, head.hash])


def _mac(session: Session, what: str, facts: list[Any]) -> str:
    message = json.dumps([what, *facts], sort_keys=True, separators=(",", ":"))
    return db.keyring(session).mac("audit", message.encode()).hex()


# The chain is looked through


def kept_outside(text: str) -> Head:
    """Read an end as :func:`verify` has told it.

    :raises InvalidAnswers: when it is none.
    """
    seq, _colon, hash_ = text.partition(":")
    if not (seq.isascii() and seq.isdigit() and re.fullmatch("[0-9a-f]{64}", hash_)):
        told = "Give the number and the hash as `formsvc audit verify` printed them, SEQ:HASH."
        raise InvalidAnswers([Problem("expect", told)])
    return Head(int(seq), hash_)


def head(session: Session) -> Head:
    """The end of the chain."""
    row = session.get(EventHead, SERVICE)
    return Head(row.seq, row.hash) if row else Head(0, "")


def verify(session: Session, expect: Head | None = None) -> list[str]:
    """Say what somebody has done to the trail outside the service; nothing when it is whole.

    :param session: one whose reads are of one moment, where others are at work meanwhile.
    :param expect: an end that was kept outside: the chain must still go through it.
    """
    findings = []
    last = Head(0, "")
    for row in _rows(session):
        findings += _checked(session, last, row)
        last = Head(row.seq, row.hash)
        if expect and row.seq == expect.seq and row.hash != expect.hash:
            findings.append(f"event {row.seq} is not the one whose hash was kept outside")
    if expect and expect.seq > last.seq:
        findings.append(f"event {expect.seq}, whose hash was kept outside, is no longer there")
    return findings + _checked_head(session, last)


def _rows(session: Session) -> Iterator[Event]:
    rows = select(Event).where(Event.chain == SERVICE).order_by(Event.seq)
    for row in session.scalars(rows.execution_options(yield_per=_SOME)):
        session.expunge(row)  # none is kept in memory
        yield row


def _checked(session: Session, last: Head, row: Event) -> list[str]:
    if row.seq != last.seq + 1:
        gone = f"{last.seq + 1} to {row.seq - 1}"
        return [f"events {gone} are gone, so that event {row.seq} cannot be vouched for"]
    if row.hash != _hash(session, last.hash, row):
        return [f"event {row.seq} was changed, moved or put there outside the service"]
    if row.what == "trail_broken":
        return [f"event {row.seq} tells that the service found its trail touched at that moment"]
    return []


def _checked_head(session: Session, last: Head) -> list[str]:
    head = session.get(EventHead, SERVICE)
    if head is None:
        return ["the end of the trail is gone"] if last.seq else []
    if head.seal != _seal(session, head):
        return [f"the end of the trail was changed outside the service: it says {head.seq}"]
    if (head.seq, head.hash) != last:
        return [f"the trail ended with event {head.seq}, and the last that is there is {last.seq}"]
    return []
