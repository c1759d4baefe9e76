"""A draft or a paper is shared with a colleague, and the sharing is ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, joinedload

from formsvc import cleaning, clock, db
from formsvc.errors import InvalidAnswers, Problem
from formsvc.language import gettext as _
from formsvc.models import Account, Draft, Paper, Share
from formsvc.services import audit

#: so many colleagues are offered for one search
MOST_OFFERED: Final = 10
#: so much of a name or an e-mail must be typed before anybody is offered
SHORTEST_SEARCH: Final = 2


class Colleague(NamedTuple):
    """Somebody whom one may share with."""

    id: UUID
    name: str
    email: str


def colleagues(session: Session, words: str, by: Account) -> list[Colleague]:
    """Find the colleagues whose name or e-mail has all of these words in it.

    :raises InvalidAnswers: when so little is typed that it says nothing, or it fits nobody or
        too many.
    """
    wanted = _plain(words).split()
    if len("".join(wanted)) < SHORTEST_SEARCH:
        raise _problem(_("Skriv navnet eller e-postadressen til kollegaen."))
    everybody = session.execute(
        select(Account.id, Account.name, Account.email)
        .where(Account.active.is_(True), Account.id != by.id)
        .order_by(Account.name, Account.email)
    )
    # compared here and not by the database: SQLite does not know that Å and å are one letter
    fitting = [
        Colleague(*row)
        for row in everybody
        if all(word in _plain(f"{row.name} {row.email}") for word in wanted)
    ]
    if not fitting:
        raise _problem(_("Ingen kollega har dette navnet eller denne e-postadressen."))
    if len(fitting) > MOST_OFFERED:
        raise _problem(_("Det passer på mange. Skriv mer av navnet, eller e-postadressen."))
    return fitting


def _plain(words: str) -> str:
    """As it is compared: å is one letter, whichever way a keyboard sends it."""
    return cleaning.composed(words).text.casefold()


def give(
    session: Session, what: Draft | Paper, to: UUID | None, by: Account, *, may_write: bool
) -> Share:
    """Share a draft or a paper with a colleague; shared again, only the right to write changes.

    :raises InvalidAnswers: when there is no such colleague.
    """
    colleague = session.get(Account, to) if to else None
    if colleague is None or not colleague.active or colleague.id == what.author_id:
        raise _problem(_("Velg en kollega å dele med."))
    column = "paper_id" if isinstance(what, Paper) else "draft_id"
    may_write = may_write and isinstance(what, Draft)
    statement = (
        db.insert_into(session, Share)
        .values(
            {column: what.id, "account_id": to, "by_id": by.id, "may_write": may_write},
        )
        .on_conflict_do_update(
            index_elements=["account_id", column],
            index_where=Share.ended_at.is_(None),
            set_={"may_write": may_write},
        )
        .returning(Share)
        .execution_options(populate_existing=True)
    )
    given = session.scalars(statement).one()
    kind = "paper" if isinstance(what, Paper) else "draft"
    right = {"to": given.account_id, "may": "write" if may_write else "read"}
    audit.record(session, f"{kind}_shared", account=by, subject=kind, subject_id=what.id, **right)
    return given


def end(session: Session, what: Draft | Paper, share_id: UUID, by: Account) -> None:
    """Take a colleague's access away; where it has ended already, nothing happens."""
    ended = session.scalar(
        update(Share)
        .where(Share.id == share_id, _of(what), Share.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(Share.account_id)
    )
    if ended:
        kind = "paper" if isinstance(what, Paper) else "draft"
        audit.record(session, "share_ended", account=by, subject=kind, subject_id=what.id, to=ended)


def of(session: Session, what: Draft | Paper) -> Sequence[Share]:
    """Who has access beside the author, in the order it was given."""
    return session.scalars(
        select(Share)
        .where(_of(what), Share.ended_at.is_(None))
        .order_by(Share.at, Share.id)
        .options(joinedload(Share.account))
    ).all()


def follow(session: Session, draft_id: UUID, paper: Paper) -> None:
    """Let whoever had access to a draft have it to the paper that the draft becomes."""
    session.execute(
        update(Share)
        .where(Share.draft_id == draft_id)
        .values(draft_id=None, paper_id=paper.id)
        .execution_options(synchronize_session=False)
    )


def _of(what: Draft | Paper) -> ColumnElement[bool]:
    return Share.paper_id == what.id if isinstance(what, Paper) else Share.draft_id == what.id


def _problem(sentence: str) -> InvalidAnswers:
    return InvalidAnswers([Problem("colleague", sentence)])
