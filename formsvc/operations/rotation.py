"""Keys are changed while the service runs: data keys wrapped anew, and stored texts sealed anew.

Three steps, each in short transactions of its own, which whoever runs them opens and commits:
``begin``, then ``reseal`` column by column until it is through, then ``finish``. What was stopped
half-way is started again from the beginning; everything can be read at any moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Table, delete, func, select, type_coerce, update
from sqlalchemy.orm import Session

from formsvc import clock, keys
from formsvc.keys import BOUND, DataKey, Row, Unreadable
from formsvc.sealing import Ciphertext, SealedText, beginnings, keyring
from formsvc.services import audit

#: how many rows are sealed anew in one transaction: others who write wait for it
BATCH: Final = 20


@dataclass(frozen=True)
class Batch:
    """What was done in one transaction."""

    #: sealed anew
    sealed: int
    #: could not be opened, and were left as they are
    unreadable: int
    #: the last row that was looked at; None when there are no more
    last: UUID | None


def begin(session: Session) -> int:
    """Wrap the data keys under the newest master key, and make a new one to seal texts with.

    :returns: how many were wrapped.
    :raises WrongKey: when a key was wrapped under a master key that is not given.
    """
    masters = keyring(session).masters
    # two that begin together take turns: the second one sees what the first one has made
    session.execute(select(DataKey.id).order_by(DataKey.id).with_for_update())
    rows = session.execute(
        select(DataKey.id, DataKey.purpose, DataKey.wrapped, DataKey.retired_at)
    ).all()
    for row in (Row(*columns) for columns in rows):
        wrapped = masters.wrap(masters.unwrap(row), row.name)
        session.execute(update(DataKey).where(DataKey.id == row.id).values(wrapped=wrapped))
    # this waits for those who are writing with the key; from then on nobody does
    session.execute(
        update(DataKey)
        .where(DataKey.purpose == "store", DataKey.retired_at.is_(None))
        .values(retired_at=clock.now())
    )
    key_id = keys.add(session.connection(), masters, "store")
    audit.record(session, "key_rotated", key=key_id)
    return len(rows)


def reseal(session: Session, column: Column[Ciphertext], after: UUID | None) -> Batch:
    """Seal the next few texts of a column with the new key, in the order of their ids."""
    table, declared = column.table, _declared(column).declared
    outdated = select(table.c.id).where(_begins(column) != _newest(session)).order_by(table.c.id)
    if after is not None:
        outdated = outdated.where(table.c.id > after)
    ids = session.scalars(outdated.limit(BATCH)).all()
    bound = [table.c[name] for name in declared.bound]
    rows = select(column.label("text"), *bound).where(table.c.id.in_(ids)).with_for_update()
    unreadable = 0
    for row in session.execute(rows).mappings().all():
        try:
            plain = row["text"].keys.open(row["text"], declared.place(row), declared.column)
        except Unreadable:
            unreadable += 1
            continue
        sealed = keyring(session).seal(session.connection(), plain, declared.place(row))
        text = Ciphertext(sealed, keyring(session))
        session.execute(
            update(_table(column)).where(table.c.id == row["id"]).values({column: text})
        )
    return Batch(len(ids) - unreadable, unreadable, ids[-1] if len(ids) == BATCH else None)


def finish(session: Session) -> tuple[int, int]:
    """Delete the retired keys that no text needs any more.

    :returns: how many were deleted, and how many are still needed.
    """
    # in this order: whoever wrote with a key that is retired by now has committed by now
    retired = session.scalars(select(DataKey.id).where(DataKey.retired_at.is_not(None))).all()
    needed = {begun[1:].hex() for begun in _all_beginnings(session)}
    idle = [key_id for key_id in retired if key_id not in needed]
    session.execute(delete(DataKey).where(DataKey.id.in_(idle)))
    return len(idle), len(retired) - len(idle)


def _all_beginnings(session: Session) -> set[bytes]:
    """How the texts begin that are stored: the first format has its key's id in four bytes."""
    connection = session.connection()
    first = {begun for begun in beginnings(connection, 5) if begun[:1] == keys.FIRST}
    return first | {begun for begun in beginnings(connection, 9) if begun[:1] == BOUND}


def _newest(session: Session) -> bytes:
    used = select(DataKey.id).where(DataKey.purpose == "store", DataKey.retired_at.is_(None))
    return BOUND + bytes.fromhex(session.scalars(used).one())


def _begins(column: Column[Ciphertext]) -> Any:
    return type_coerce(func.substr(column, 1, 9), LargeBinary)


def _declared(column: Column[Ciphertext]) -> SealedText:
    assert isinstance(column.type, SealedText)  # noqa: S101 it is one of sealing.columns()
    return column.type


def _table(column: Column[Ciphertext]) -> Table:
    assert isinstance(column.table, Table)  # noqa: S101 it is one of sealing.columns()
    return column.table
