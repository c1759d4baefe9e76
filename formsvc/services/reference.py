"""The numbers that papers are called by: a prefix per kind, the year, and a running number."""

from __future__ import annotations

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
    number = session.execute(statement).scalar_one()
    return f"{prefix}-{year}-{number:04}"
