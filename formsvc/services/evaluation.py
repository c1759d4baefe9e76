"""What families thought of the cooperation: kept without a trace of them, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import profile
from formsvc.models import EvaluationAnswer
from formsvc.models.evaluation import SCALES, TEXTS

#: how often 1, 2, 3, 4 and 5 were given; None where so few gave it that one could guess who
Counts = tuple[int | None, ...]


@dataclass(frozen=True)
class Result:
    """What one unit's families answered in one half-year."""

    period: str
    unit: str
    #: how many answered
    answers: int
    #: by the names in SCALES
    scales: dict[str, Counts]
    #: by the names in TEXTS, in alphabetical order, which says nothing of who wrote when
    texts: dict[str, list[str]]


def keep(session: Session, answers: Mapping[str, Any]) -> None:
    """Keep an answer, and of it only what is counted."""
    session.add(
        EvaluationAnswer(
            arena=answers["arena"],
            unit=" ".join(answers["unit"].split()),
            period=answers["period"],
            texts={name: answers.get(name) or "" for name in TEXTS},
            **{scale: answers.get(scale) for scale in SCALES},
        )
    )
    session.flush()


def results(session: Session) -> list[Result]:
    """Count the answers unit by unit, the newest half-year first.

    Counts of few are not shown, and a unit that few have answered for is not even named: one
    family may have written its name.
    """
    few = profile.current().limits.few
    rows = sorted(session.scalars(select(EvaluationAnswer)), key=_unit)
    newest_first = sorted(rows, key=lambda row: row.period, reverse=True)
    groups = groupby(newest_first, key=lambda row: (row.period, _unit(row)))
    whole = (list(group) for _key, group in groups)
    return [_result(group, few) for group in whole if len(group) >= few]


def _unit(row: EvaluationAnswer) -> str:
    # families write the unit's name themselves
    return row.unit.casefold()


def _result(rows: list[EvaluationAnswer], few: int) -> Result:
    period = rows[0].period
    unit = Counter(row.unit for row in rows).most_common(1)[0][0]
    return Result(
        period,
        unit,
        len(rows),
        {scale: _counts([getattr(row, scale) for row in rows], few) for scale in SCALES},
        {text: sorted(row.texts[text] for row in rows if row.texts[text]) for text in TEXTS},
    )


def _counts(given: list[int | None], few: int) -> Counts:
    """Count each figure, hiding the small counts.

    The number of answers is shown, so what is hidden can be had by subtraction. Larger counts are
    hidden with the small ones until at least two are hidden and together are not few.
    """
    counts = {figure: given.count(figure) for figure in (1, 2, 3, 4, 5)}
    smallest_first = sorted(counts.values())
    hidden = [count for count in smallest_first if count < few]
    while hidden and len(hidden) < len(counts) and (len(hidden) == 1 or sum(hidden) < few):
        hidden.append(smallest_first[len(hidden)])
    return tuple(None if count in hidden else count for count in counts.values())
