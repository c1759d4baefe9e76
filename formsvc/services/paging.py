"""Long lists a page at a time: from the key of the row where one stands, never by counting rows.

A page deep in a list so costs what the first one does, and a row that comes meanwhile moves none
of the others to another page.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from formsvc import db

Shown = TypeVar("Shown", bound=db.Base)

#: rows to a page
SIZE: Final = 50


class Turn(NamedTuple):
    """Where one stands in a list, newest first: the keys are those that a page gave out."""

    #: go on from the row of this key to older ones
    after: str = ""
    #: go back from the row of this key to newer ones
    before: str = ""
    size: int = SIZE


class Page(NamedTuple):
    """The ids of the rows to show, and the keys of the pages beside this one."""

    ids: list[UUID]
    #: for ``Turn.before``; "" where there are no newer rows
    newer: str
    #: for ``Turn.after``; "" where there are no older rows
    older: str


class _Place(NamedTuple):
    at: datetime
    id: UUID


def page(
    session: Session,
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[UUID],
    where: Sequence[ColumnElement[bool]],
    turn: Turn,
) -> Page:
    """Find the rows of one page, the newest first.

    A key that cannot be read, or that nothing lies beyond any more, gives the newest rows.
    """
    back = _place(turn.before)
    forth = None if back else _place(turn.after)
    statement = select(at, row_id).where(*where)
    if back:
        statement = statement.where(_beyond(at, row_id, back, newer=True)).order_by(at, row_id)
    else:
        statement = statement.order_by(at.desc(), row_id.desc())
    if forth:
        statement = statement.where(_beyond(at, row_id, forth, newer=False))
    places = [_Place(*row) for row in session.execute(statement.limit(turn.size + 1))]
    if not places and (back or forth):
        return page(session, at, row_id, where, Turn(size=turn.size))
    more, shown = len(places) > turn.size, places[: turn.size]
    if back:
        shown.reverse()
    return Page(
        [place.id for place in shown],
        newer=_key(shown[0]) if shown and (more if back else forth) else "",
        older=_key(shown[-1]) if shown and (back or more) else "",
    )


def _beyond(
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[UUID],
    place: _Place,
    *,
    newer: bool,
) -> ColumnElement[bool]:
    # the first condition, implied by the second, is the one that an index can be walked by
    if newer:
        return and_(at >= place.at, or_(at > place.at, row_id > place.id))
    return and_(at <= place.at, or_(at < place.at, row_id < place.id))


def _key(place: _Place) -> str:
    plain = f"{place.at.isoformat()} {place.id.hex}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _place(key: str) -> _Place | None:
    """The place that a key names; None for one that this module has not given out."""
    try:
        plain = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
        at, _space, row_id = plain.partition(" ")
        place = _Place(datetime.fromisoformat(at), UUID(hex=row_id))
    except (binascii.Error, ValueError):
        return None
    return place if place.at.tzinfo else None
