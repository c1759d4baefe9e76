"""Long lists a page at a time: from the key of the row where one stands, never by counting rows.

A page deep in a list so costs what the first one does, and a row that comes meanwhile moves none
of the others to another page.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
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
    ways: Sequence[ColumnElement[bool]],
    turn: Turn,
    where: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """Find the rows of one page, the newest first.

    A key that cannot be read, or that nothing lies beyond any more, gives the newest rows.

    :param ways: a row is in the list where one of these holds; each is walked by its own index,
        where one condition of them all would let a database read every row there is.
    :param where: what holds for every row of the list.
    """
    back = _place(turn.before)
    forth = None if back else _place(turn.after)
    beyond = []
    if place := back or forth:
        beyond = [_beyond(at, row_id, place, newer=back is not None)]
    statement = _walked(at, row_id, ways, [*where, *beyond], turn.size + 1, newer=back is not None)
    places = [_Place(*row) for row in session.execute(statement)]
    if not places and (back or forth):
        return page(session, at, row_id, ways, Turn(size=turn.size), where)
    more, shown = len(places) > turn.size, places[: turn.size]
    if back:
        shown.reverse()
    return Page(
        [place.id for place in shown],
        newer=_key(shown[0]) if shown and (more if back else forth) else "",
        older=_key(shown[-1]) if shown and (back or more) else "",
    )


def _walked(
    at: InstrumentedAttribute[datetime],
    row_id: InstrumentedAttribute[UUID],
    ways: Sequence[ColumnElement[bool]],
    where: Sequence[ColumnElement[bool]],
    most: int,
    *,
    newer: bool,
) -> Select[datetime, UUID]:
    order = [at, row_id] if newer else [at.desc(), row_id.desc()]
    each = [
        select(at.label("at"), row_id.label("row_id"))
        .where(way, *where)
        .order_by(*order)
        .limit(most)
        .subquery()
        for way in ways
    ]
    found = union(*(select(way.c.at, way.c.row_id) for way in each)).subquery()
    columns = [found.c.at, found.c.row_id]
    merged = columns if newer else [column.desc() for column in columns]
    return select(found.c.at, found.c.row_id).order_by(*merged).limit(most)


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
        moment = datetime.fromisoformat(at)
        return _Place(moment.astimezone(UTC), UUID(hex=row_id)) if moment.tzinfo else None
    except (binascii.Error, ValueError, OverflowError):  # a year before 1, or after 9999
        return None
