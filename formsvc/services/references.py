"""The numbers that papers are called by: a prefix per kind, the year, and a running number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import db
from formsvc.models import ReferenceCounter


def next_reference(session: Session, prefix: str, year: int) -> str:
    """Give out the next reference, such as ``S-2026-0042``.

    The number belongs to the transaction: nobody else gets it, and whoever asks for the same
    prefix meanwhile waits until this transaction ends. Ask as late as the paper allows.
    """
    statement = (
        db.insert_into(session, ReferenceCounter)
        .values(prefix=prefix, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["prefix", "year"], set_={"last": ReferenceCounter.last + 1}
        )
        .returning(ReferenceCounter.last)
    )
    return _reference(prefix, year, session.execute(statement).scalar_one())


def coming_reference(session: Session, prefix: str, year: int) -> str:
    """What :func:`next_reference` would give out now; nobody is kept from asking for it first."""
    counter = (ReferenceCounter.prefix == prefix, ReferenceCounter.year == year)
    last = session.scalar(select(ReferenceCounter.last).where(*counter)) or 0
    return _reference(prefix, year, last + 1)


def _reference(prefix: str, year: int, number: int) -> str:
    return f"{prefix}-{year}-{number:04}"
