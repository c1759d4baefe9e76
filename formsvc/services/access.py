"""Who sees what: one rule for lists and single pages alike, asked of the database itself.

An account sees what it wrote and what is shared with it, and so does a program that calls for it.
The coordinating unit also sees the papers that are sent to it. Whoever administers the service sees
no more than anybody else: to keep it running, one need not read what it is about. To the service
itself nothing is shown: what it works at it takes by the id that a job names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeVar, assert_never
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session, joinedload

from formsvc.errors import NotAllowed, NotFound
from formsvc.kinds import KINDS
from formsvc.language import gettext as _
from formsvc.models import Draft, Paper, Share
from formsvc.roles import Role
from formsvc.services import actor
from formsvc.services.actor import Actor, Employee, Program, System

#: ``receive``: reads the papers that are sent to the coordinating unit; ``count``: reads how
#: families answered the evaluation; ``administer``: looks after accounts, and reads who did what
Power = Literal["receive", "count", "administer"]
#: ``own``: share, delete; ``write``: save, finish; ``read``: look at, download
Act = Literal["read", "write", "own"]

#: what a role may do beyond its own papers; which pages that opens, ``web.access`` says
POWERS: Final[Mapping[Role, frozenset[Power]]] = {
    "referent": frozenset(),
    "coordinator": frozenset(),
    "ke": frozenset({"receive", "count"}),
    "admin": frozenset({"administer"}),
}

Shared = TypeVar("Shared", Draft, Paper)


def holders(power: Power) -> frozenset[Role]:
    """The roles that have a power."""
    return frozenset(role for role, powers in POWERS.items() if power in powers)


def has(role: Role, power: Power) -> bool:
    """Whether a role has a power."""
    return power in POWERS[role]


def may(by: Actor, power: Power) -> bool:
    """Whether somebody has a power."""
    match by:
        case Employee(account) | Program(account):
            return has(account.role, power)
        case System():
            return False
        case _:
            assert_never(by)


# What a list may hold


def visible(model: type[Draft | Paper], by: Actor) -> ColumnElement[bool]:
    """What somebody sees of drafts or of papers, as a condition of a query."""
    return or_(*ways(model, by))


def ways(model: type[Draft | Paper], by: Actor) -> list[ColumnElement[bool]]:
    """The ways in which somebody may come to see something, for a list that is long."""
    match by:
        case Employee() | Program():
            seen = [own(model, by), shared(model, by)]
        case System():
            return [false()]
        case _:
            assert_never(by)
    if model is Paper and may(by, "receive"):
        seen.append(received())
    return seen


def own(model: type[Draft | Paper], by: Actor) -> ColumnElement[bool]:
    """What somebody has written themselves."""
    return model.author_id == actor.account_id(by)


def shared(model: type[Draft | Paper], by: Actor) -> ColumnElement[bool]:
    """What a colleague shares with somebody."""
    return model.id.in_(_shared_ids(model, by))


def received() -> ColumnElement[bool]:
    """The papers that are sent to the coordinating unit."""
    return Paper.kind.in_([kind.slug for kind in KINDS if kind.receiver == "ke"])


def _shared_ids(model: type[Draft | Paper], by: Actor) -> Select[UUID | None]:
    of = Share.paper_id if model is Paper else Share.draft_id
    going_on = Share.ended_at.is_(None)
    return select(of).where(Share.account_id == actor.account_id(by), going_on, of.is_not(None))


# What one may do with a single one


def demand(
    session: Session,
    model: type[Shared],
    row_id: UUID,
    by: Actor,
    act: Act = "read",
    *,
    hold: bool = False,
) -> Shared:
    """The draft or paper of that id, for somebody who may do this with it.

    :param hold: nobody else changes it until this transaction ends.
    :raises NotFound: when there is none, or none that they may know of.
    :raises NotAllowed: when they see it, and may not do this.
    """
    statement = select(model).where(model.id == row_id, visible(model, by))
    statement = statement.options(joinedload(model.author))
    if hold:
        statement = statement.with_for_update(of=model).execution_options(populate_existing=True)
    row = session.scalar(statement)
    if row is None:
        raise missing(model)
    if not may_do(session, row, by, act):
        raise NotAllowed(_("Du kan lese dette, men ikke endre det. Spør den som har skrevet det."))
    return row


def may_do(session: Session, row: Draft | Paper, by: Actor, act: Act) -> bool:
    """Whether somebody may do something with what they see."""
    if act == "read" or row.author_id == actor.account_id(by):
        return True
    if act == "own" or isinstance(row, Paper):  # what is finished is not written in any more
        return False
    writers = _shared_ids(Draft, by).where(Share.may_write, Share.draft_id == row.id)
    return session.scalar(writers) is not None


def missing(model: type[Draft | Paper]) -> NotFound:
    """What is said of a draft or paper that is not there, or not for whoever asks."""
    if model is Paper:
        return NotFound(_("Skjemaet finnes ikke, eller du har ikke tilgang til det."))
    return NotFound(_("Kladden finnes ikke lenger. Den kan være sendt eller slettet."))
