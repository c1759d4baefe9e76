"""What families answer is counted, and nobody can tell who answered what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from formsvc.models import EvaluationAnswer
from formsvc.models.evaluation import SCALES, TEXTS
from formsvc.services import evaluation

SAMPLE = json.loads((Path(__file__).parents[1] / "samples" / "evaluation.nn.json").read_text())


def answer(session: Session, **changes: Any) -> None:
    evaluation.keep(session, SAMPLE | changes)


def test_an_answer_is_kept_with_unit_and_half_year_only(session: Session) -> None:
    answer(session, name="Nora", sent_at="2027-03-01T10:00")
    columns = set(inspect(EvaluationAnswer).local_table.columns.keys())
    assert columns == {"id", "unit", "period", "arena", "texts", *SCALES}
    kept = session.scalars(select(EvaluationAnswer)).one()
    assert {scale: getattr(kept, scale) for scale in SCALES} == {s: SAMPLE[s] for s in SCALES}
    assert kept.texts == {text: SAMPLE[text] for text in TEXTS}


def test_the_order_of_the_answers_does_not_tell_when_they_came(session: Session) -> None:
    for number in range(40):
        answer(session, better=str(number))
    session.commit()
    if session.get_bind().dialect.name == "sqlite":
        # no ORDER BY: as they lie in the file
        lying = [row.texts["better"] for row in session.scalars(select(EvaluationAnswer))]
        assert lying != sorted(lying, key=int)
    (result,) = evaluation.results(session)
    assert result.texts["better"] == sorted(map(str, range(40)))


def test_what_few_have_answered_is_not_shown(session: Session) -> None:
    for _ in range(4):
        answer(session)
    assert evaluation.results(session) == [], "not even the name that one family may have written"
    answer(session)
    (result,) = evaluation.results(session)
    assert (result.period, result.unit) == ("2027-1", "Heidal skule")
    assert result.answers == 5
    assert len(result.texts["good"]) == 5
    assert result.texts["missing"] == [], "an empty answer is no answer"


def test_small_counts_in_a_large_unit_are_not_shown(session: Session) -> None:
    for figure in [5] * 9 + [4] * 6 + [3] * 5 + [2] * 2:
        answer(session, heard=figure)
    (result,) = evaluation.results(session)
    assert result.answers == 22
    # 0 and 2 are few; the 5 is hidden with them, or the 2 could be had by subtraction
    assert result.scales["heard"] == (None, None, None, 6, 9)


def test_a_count_that_subtraction_would_give_away_takes_another_with_it(session: Session) -> None:
    for figure in [5] * 9 + [4] * 6 + [3] * 5 + [2] * 7 + [1] * 3:
        answer(session, heard=figure)
    (result,) = evaluation.results(session)
    assert result.scales["heard"] == (None, 7, None, 6, 9)


def test_large_counts_are_shown_in_full(session: Session) -> None:
    for figure in (1, 2, 3, 4, 5) * 5:
        answer(session, heard=figure)
    (result,) = evaluation.results(session)
    assert result.scales["heard"] == (5, 5, 5, 5, 5)


@given(st.lists(st.integers(1, 5), min_size=5, max_size=60))
def test_no_small_count_is_shown_or_can_be_worked_out(figures: list[int]) -> None:
    shown = evaluation._counts(list(figures), 5)  # noqa: SLF001 the rule itself
    true = [figures.count(figure) for figure in (1, 2, 3, 4, 5)]
    assert all(count is None or count == real >= 5 for count, real in zip(shown, true, strict=True))
    hidden = shown.count(None)
    if 0 < hidden < 5:
        assert hidden > 1
        assert len(figures) - sum(count or 0 for count in shown) >= 5


def test_a_unit_is_one_unit_however_families_write_it(session: Session) -> None:
    for name in ["Heidal skule"] * 3 + ["heidal  skule ", "HEIDAL SKULE"]:
        answer(session, unit=name)
    (result,) = evaluation.results(session)
    assert (result.unit, result.answers) == ("Heidal skule", 5)


def test_units_and_half_years_are_counted_apart_the_newest_first(session: Session) -> None:
    for period in ("2026-2", "2027-1", "2026-1"):
        for unit in ("Otta skole", "Heidal skule") * 5:
            answer(session, unit=unit, period=period)
    found = [(result.period, result.unit) for result in evaluation.results(session)]
    assert found == [
        ("2027-1", "Heidal skule"),
        ("2027-1", "Otta skole"),
        ("2026-2", "Heidal skule"),
        ("2026-2", "Otta skole"),
        ("2026-1", "Heidal skule"),
        ("2026-1", "Otta skole"),
    ]


@pytest.mark.parametrize("figure", [0, 6])
def test_a_figure_beside_the_scale_is_not_stored(session: Session, figure: int) -> None:
    with pytest.raises(IntegrityError):
        answer(session, heard=figure)
