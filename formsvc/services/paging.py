"""Long lists a page at a time: from the key of the row where one stands, never by counting rows.

A page deep in a list so costs what the first one does, and a row that comes meanwhile moves none
of the others to another page.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_, union
from sqlalchemy.orm import InstrumentedAttribute, Session

Columns = TypeVarTuple("Columns")
Row = TypeVar("Row")

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
        newer=_key(*shown[0]) if shown and (more if back else forth) else "",
        older=_key(*shown[-1]) if shown and (back or more) else "",
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
    rows = union(*(select(way.c.at, way.c.row_id) for way in each)).subquery()
    columns = [rows.c.at, rows.c.row_id]
    merged = columns if newer else [column.desc() for column in columns]
    return select(rows.c.at, rows.c.row_id).order_by(*merged).limit(most)


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


def onward(
    statement: Select[*Columns],
    by: Sequence[InstrumentedAttribute[Any]],
    after: str,
    size: int = SIZE,
    *,
    newest_first: bool = False,
) -> Select[*Columns]:
    """Ask for one page, and one row more, of a list that is only walked onward.

    :param by: what the rows are ordered by, together different for each.
    :param after: the key that :func:`cut` gave out; one that it did not gives the first page.
    """
    if place := _values(after, [column.type.python_type for column in by]):
        here, there = tuple_(*by), tuple_(*place)
        statement = statement.where(here < there if newest_first else here > there)
    order = [column.desc() for column in by] if newest_first else by
    return statement.order_by(*order).limit(size + 1)


def cut(
    rows: Sequence[Row], by: Sequence[InstrumentedAttribute[Any]], size: int = SIZE
) -> tuple[Sequence[Row], str]:
    """Cut what :func:`onward` asked for to one page; with the key of the next, "" on the last."""
    more, shown = len(rows) > size, rows[:size]
    return shown, _key(*(getattr(shown[-1], column.key) for column in by)) if more else ""


def _key(*values: Any) -> str:
    texts = [each.isoformat() if isinstance(each, datetime) else str(each) for each in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def _values(key: str, types: Sequence[type]) -> list[Any] | None:
    """What a key was made of; None for one that this module has not given out."""
    try:
        texts = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if not isinstance(texts, list) or len(texts) != len(types):
            return None
        return [_READ[each](text) for each, text in zip(types, texts, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)  # a year before 1, or after 9999, is an OverflowError


def _text(text: str) -> str:
    text.encode()  # half a pair of surrogates is a UnicodeEncodeError
    if "\0" in text:  # PostgreSQL cannot compare with it
        raise ValueError
    return text


_READ: Final[dict[type, Callable[[str], Any]]] = {datetime: _moment, UUID: UUID, str: _text}


def _place(key: str) -> _Place | None:
    values = _values(key, [datetime, UUID])
    return _Place(*values) if values else None
