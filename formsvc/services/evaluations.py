"""What families thought of the cooperation: kept without a trace of them, and counted.

The database counts; what families wrote is opened only where it is shown, a page at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from formsvc import db, profile
from formsvc.errors import NotFound
from formsvc.language import gettext as _
from formsvc.models import EvaluationAnswer, EvaluationText, EvaluationUnit
from formsvc.models.evaluation import SCALES, TEXTS
from formsvc.sealing import sealed
from formsvc.services import paging

#: how often 1, 2, 3, 4 and 5 were given; None where so few gave it that one could guess who
Counts = tuple[int | None, ...]

#: so many answers of an older version are sorted in at a time
_BATCH: Final = 500
_FIGURES: Final = (1, 2, 3, 4, 5)


class Result(NamedTuple):
    """What one unit's families answered in one half-year."""

    period: str
    unit_id: UUID
    unit: str
    #: how many answered
    answers: int
    #: by the names in SCALES
    scales: dict[str, Counts]
    #: how many wrote something, by the names in TEXTS; without those that few wrote to
    texts: dict[str, int]


class Results(NamedTuple):
    """A page of results; the key leads to the next one, and is "" on the last."""

    results: list[Result]
    older: str


class Texts(NamedTuple):
    """A page of what families wrote; the key leads to the next one, and is "" on the last."""

    unit: str
    texts: list[str]
    more: str


def keep(session: Session, answers: Mapping[str, Any]) -> None:
    """Keep an answer: what is counted in the clear, and each text by itself, sealed."""
    unit_id = _unit_id(session, " ".join(answers["unit"].split()))
    period = answers["period"]
    session.add(
        EvaluationAnswer(
            arena=answers["arena"],
            unit_id=unit_id,
            period=period,
            **{scale: answers.get(scale) for scale in SCALES},
        )
    )
    _keep_texts(session, unit_id, period, answers)
    session.flush()


def _keep_texts(session: Session, unit_id: UUID, period: str, texts: Mapping[str, Any]) -> None:
    for question in TEXTS:
        if text := texts.get(question):
            kept = EvaluationText(unit_id=unit_id, period=period, question=question, text=text)
            session.add(kept)


def _unit_id(session: Session, name: str) -> UUID:
    """The unit of that name, however it is written; known from now on."""
    key = db.keyring(session).hide(name.casefold(), "evaluation unit")
    known = select(EvaluationUnit.id).where(EvaluationUnit.key == key)
    if found := session.scalar(known):
        return found
    unit = EvaluationUnit(id=uuid4())
    values = {"id": unit.id, "key": key, "name": sealed(session, unit, EvaluationUnit.name, name)}
    new = db.insert_into(session, EvaluationUnit).values(values)
    # of two families that name it first at the same moment, the second finds the first one's
    session.execute(new.on_conflict_do_nothing(index_elements=["key"]))
    return session.scalars(known).one()


def sort_in(session: Session, after: UUID | None = None) -> UUID | None:
    """Give answers that an older version kept their unit, and their texts a place of their own.

    Their units and texts are sealed, so it is done here and not where tables are changed. Those
    that cannot be opened are left as they are. Done again, or by two at once, it does no harm.

    :param after: where an earlier call has come to; each call takes some, so that others can
        write in between.
    :returns: where this call has come to, for the next one; None when there are no more.
    """
    old = select(EvaluationAnswer.id).where(EvaluationAnswer.unit_id.is_(None))
    if after:
        old = old.where(EvaluationAnswer.id > after)
    batch = session.scalars(
        old.order_by(EvaluationAnswer.id).limit(_BATCH).with_for_update(skip_locked=True)
    ).all()
    for answer_id in batch:
        _sort_in(session, answer_id)
    session.flush()
    return batch[-1] if batch else None


def _sort_in(session: Session, answer_id: UUID) -> None:
    try:
        answer = session.get_one(EvaluationAnswer, answer_id)
        unit, texts = answer.unit, answer.texts
    except db.Unreadable:
        return
    answer.unit_id = _unit_id(session, unit or "")
    _keep_texts(session, answer.unit_id, answer.period, texts or {})
    answer.unit = answer.texts = None


# The results


def results(session: Session, after: str = "", size: int = paging.SIZE) -> Results:
    """Count the answers unit by unit, the newest half-year first, a page at a time.

    Counts of few are not shown, and a unit that few have answered for is not even named: one
    family may have written its name.
    """
    few = profile.current().limits.few
    by = (EvaluationAnswer.period, EvaluationAnswer.unit_id)
    counted = paging.onward(_counted(few), by, after, size, newest_first=True)
    rows, older = paging.cut(session.execute(counted).all(), by, size)
    names = _names(session, {row.unit_id for row in rows})
    written = _written(session, [(row.unit_id, row.period) for row in rows], few)
    page = [
        Result(
            row.period,
            row.unit_id,
            names[row.unit_id],
            row.answers,
            {scale: _shown(row, scale, few) for scale in SCALES},
            written.get((row.unit_id, row.period), {}),
        )
        for row in rows
    ]
    page.sort(key=lambda result: result.unit.casefold())
    page.sort(key=lambda result: result.period, reverse=True)
    return Results(page, older)


def _counted(few: int) -> Select[*tuple[Any, ...]]:
    """Count the answers of every half-year and unit that at least few families answered for."""
    period, unit_id = EvaluationAnswer.period, EvaluationAnswer.unit_id
    figures = [
        func.count().filter(getattr(EvaluationAnswer, scale) == figure).label(f"{scale}_{figure}")
        for scale in SCALES
        for figure in _FIGURES
    ]
    return (
        select(period, unit_id, func.count().label("answers"), *figures)
        .where(unit_id.is_not(None))
        .group_by(period, unit_id)
        .having(func.count() >= few)
    )


def _names(session: Session, unit_ids: set[UUID]) -> dict[UUID, str]:
    wanted = select(EvaluationUnit).where(EvaluationUnit.id.in_(unit_ids))
    return {unit.id: _name(unit) for unit in session.scalars(wanted)}


def _name(unit: EvaluationUnit) -> str:
    try:
        return unit.name
    except db.Unreadable:
        return _("Navnet kan ikke åpnes. Si fra til administratoren.")


def _shown(row: Row[Any], scale: str, few: int) -> Counts:
    return _counts([getattr(row, f"{scale}_{figure}") for figure in _FIGURES], few)


def _counts(given: Sequence[int], few: int) -> Counts:
    """Hide the small ones of the counts of each figure.

    The number of answers is shown, so what is hidden can be had by subtraction. Larger counts are
    hidden with the small ones until at least two are hidden and together are not few.
    """
    smallest_first = sorted(given)
    hidden = [count for count in smallest_first if count < few]
    while hidden and len(hidden) < len(given) and (len(hidden) == 1 or sum(hidden) < few):
        hidden.append(smallest_first[len(hidden)])
    return tuple(None if count in hidden else count for count in given)


# What families wrote


def texts(
    session: Session,
    unit_id: UUID,
    period: str,
    question: str,
    after: str = "",
    size: int = paging.SIZE,
) -> Texts:
    """What families wrote to a question, a page at a time, in an order that says nothing.

    :raises NotFound: where few wrote something, for one could then guess who; or nobody did.
    """
    few = profile.current().limits.few
    place = (unit_id, period)
    if not _written(session, [place], few).get(place, {}).get(question):
        raise NotFound(_("Det er ikke nok svar til å vise noe ennå."))
    own = EvaluationText
    wanted = select(own).where(
        own.unit_id == unit_id, own.period == period, own.question == question
    )
    rows = session.scalars(paging.onward(wanted, (own.id,), after, size)).all()
    shown, more = paging.cut(rows, (own.id,), size)
    return Texts(_names(session, {unit_id})[unit_id], [_text(row) for row in shown], more)


def _text(row: EvaluationText) -> str:
    try:
        return row.text
    except db.Unreadable:
        return _("Svaret kan ikke åpnes. Si fra til administratoren.")


def _written(
    session: Session, places: Sequence[tuple[UUID, str]], few: int
) -> dict[tuple[UUID, str], dict[str, int]]:
    """How many wrote to each question, by unit and half-year; not where only few did."""
    own = EvaluationText
    counted = (
        select(own.unit_id, own.period, own.question, func.count())
        .where(
            own.unit_id.in_({unit_id for unit_id, _period in places}),
            own.period.in_({period for _unit_id, period in places}),
        )
        .group_by(own.unit_id, own.period, own.question)
        .having(func.count() >= few)
    )
    found: dict[tuple[UUID, str], dict[str, int]] = {}
    for unit_id, period, question, count in session.execute(counted):
        found.setdefault((unit_id, period), {})[question] = count
    return found
