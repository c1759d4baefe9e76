"""What families answer is counted, and nobody can tell who answered what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Uuid, bindparam, func, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from formsvc.errors import NotFound
from formsvc.models import EvaluationAnswer, EvaluationText
from formsvc.models.evaluation import SCALES, TEXTS
from formsvc.services import evaluations
from tests.queries import counted

SAMPLE = json.loads((Path(__file__).parents[1] / "samples" / "evaluation.nn.json").read_text())


def answer(session: Session, **changes: Any) -> None:
    evaluations.keep(session, SAMPLE | changes)


def results(session: Session) -> list[evaluations.Result]:
    return evaluations.results(session).results


def written(session: Session, result: evaluations.Result, question: str, **place: Any) -> list[str]:
    return evaluations.texts(session, result.unit_id, result.period, question, **place).texts


def test_an_answer_is_kept_with_unit_and_half_year_only(session: Session) -> None:
    answer(session, name="Nora", sent_at="2027-03-01T10:00")
    columns = set(inspect(EvaluationAnswer).local_table.columns.keys())
    assert columns == {"id", "unit_id", "period", "arena", *SCALES} | {"unit", "texts"}
    kept = session.scalars(select(EvaluationAnswer)).one()
    assert {scale: getattr(kept, scale) for scale in SCALES} == {s: SAMPLE[s] for s in SCALES}
    assert (kept.unit, kept.texts) == (None, None), "an older version's"
    texts = session.scalars(select(EvaluationText)).all()
    assert {text.question: text.text for text in texts} == {
        name: SAMPLE[name] for name in TEXTS if SAMPLE[name]
    }


def test_a_text_does_not_lead_to_what_else_the_family_answered(session: Session) -> None:
    answer(session)
    columns = set(inspect(EvaluationText).local_table.columns.keys())
    assert columns == {"id", "unit_id", "period", "question", "text"}
    ids = {row.id for row in session.scalars(select(EvaluationText))}
    assert session.scalars(select(EvaluationAnswer)).one().id not in ids


def test_the_order_of_the_answers_does_not_tell_when_they_came(session: Session) -> None:
    for number in range(40):
        answer(session, better=str(number))
    session.commit()
    (result,) = results(session)
    shown = written(session, result, "better")
    assert sorted(shown, key=int) == [str(number) for number in range(40)]
    assert shown != sorted(shown, key=int)
    if session.get_bind().dialect.name == "sqlite":
        # no ORDER BY: as they lie in the file
        lying = [row.text for row in session.scalars(select(EvaluationText)) if row.text.isdigit()]
        assert lying != sorted(lying, key=int)


def test_what_few_have_answered_is_not_shown(session: Session) -> None:
    for _ in range(4):
        answer(session)
    assert results(session) == [], "not even the name that one family may have written"
    answer(session)
    (result,) = results(session)
    assert (result.period, result.unit) == ("2027-1", "Heidal skule")
    assert result.answers == 5
    assert result.texts["good"] == len(written(session, result, "good")) == 5
    assert "missing" not in result.texts, "an empty answer is no answer"


def test_small_counts_in_a_large_unit_are_not_shown(session: Session) -> None:
    for figure in [5] * 9 + [4] * 6 + [3] * 5 + [2] * 2:
        answer(session, heard=figure)
    (result,) = results(session)
    assert result.answers == 22
    # 0 and 2 are few; the 5 is hidden with them, or the 2 could be had by subtraction
    assert result.scales["heard"] == (None, None, None, 6, 9)


def test_a_count_that_subtraction_would_give_away_takes_another_with_it(session: Session) -> None:
    for figure in [5] * 9 + [4] * 6 + [3] * 5 + [2] * 7 + [1] * 3:
        answer(session, heard=figure)
    (result,) = results(session)
    assert result.scales["heard"] == (None, 7, None, 6, 9)


def test_large_counts_are_shown_in_full(session: Session) -> None:
    for figure in (1, 2, 3, 4, 5) * 5:
        answer(session, heard=figure)
    (result,) = results(session)
    assert result.scales["heard"] == (5, 5, 5, 5, 5)


@given(st.lists(st.integers(1, 5), min_size=5, max_size=60))
def test_no_small_count_is_shown_or_can_be_worked_out(figures: list[int]) -> None:
    true = [figures.count(figure) for figure in (1, 2, 3, 4, 5)]
    shown = evaluations._counts(true, 5)  # noqa: SLF001 the rule itself
    assert all(count is None or count == real >= 5 for count, real in zip(shown, true, strict=True))
    hidden = shown.count(None)
    if 0 < hidden < 5:
        assert hidden > 1
        assert len(figures) - sum(count or 0 for count in shown) >= 5


def test_a_unit_is_one_unit_however_families_write_it(session: Session) -> None:
    for name in ["Heidal skule"] * 3 + ["heidal  skule ", "HEIDAL SKULE"]:
        answer(session, unit=name)
    (result,) = results(session)
    assert (result.unit, result.answers) == ("Heidal skule", 5)


def test_units_and_half_years_are_counted_apart_the_newest_first(session: Session) -> None:
    for period in ("2026-2", "2027-1", "2026-1"):
        for unit in ("Otta skole", "Heidal skule") * 5:
            answer(session, unit=unit, period=period)
    found = [(result.period, result.unit) for result in results(session)]
    assert found == [
        ("2027-1", "Heidal skule"),
        ("2027-1", "Otta skole"),
        ("2026-2", "Heidal skule"),
        ("2026-2", "Otta skole"),
        ("2026-1", "Heidal skule"),
        ("2026-1", "Otta skole"),
    ]


def test_a_text_of_a_few_is_not_shown_however_many_answered(session: Session) -> None:
    for number in range(9):
        answer(session, good="Alle hørte på oss." if number < 4 else "")
    (result,) = results(session)
    assert "good" not in result.texts
    with pytest.raises(NotFound, match="ikke nok svar"):
        written(session, result, "good")
    answer(session, good="Vi ble trodd.")
    (result,) = results(session)
    assert result.texts["good"] == len(written(session, result, "good")) == 5


def test_texts_are_shown_a_page_at_a_time_each_once(session: Session) -> None:
    for number in range(7):
        answer(session, good=f"Svar {number}")
    (result,) = results(session)
    place, shown = "", []
    for size in (3, 3, 1):
        page = evaluations.texts(session, result.unit_id, result.period, "good", place, 3)
        assert (len(page.texts), bool(page.more)) == (size, size == 3)
        shown += page.texts
        place = page.more
    assert sorted(shown) == [f"Svar {number}" for number in range(7)]


def test_texts_of_one_half_year_unit_and_question_are_not_shown_with_those_of_another(
    session: Session,
) -> None:
    places = [(unit, period) for unit in ("A", "B") for period in ("2026-2", "2027-1")]
    for unit, period in places * 5:
        told = {question: f"{unit} {period} {question}" for question in TEXTS}
        answer(session, unit=unit, period=period, **told)
    for result in results(session):
        for question in TEXTS:
            own = f"{result.unit} {result.period} {question}"
            assert written(session, result, question) == [own] * 5


def test_units_are_shown_a_page_at_a_time_each_once(session: Session) -> None:
    for period in ("2026-2", "2027-1"):
        for unit in range(5):
            for _ in range(5):
                answer(session, unit=f"Skole {unit}", period=period)
    place, shown = "", []
    for size in (4, 4, 2):
        page = evaluations.results(session, place, 4)
        assert (len(page.results), bool(page.older)) == (size, size == 4)
        shown += [(result.period, result.unit) for result in page.results]
        place = page.older
    assert len(set(shown)) == 10
    assert [period for period, _unit in shown] == ["2027-1"] * 5 + ["2026-2"] * 5


@pytest.mark.parametrize(
    "key",
    ["", "x", "2027-1", "2027-1.", "2027-1.zz", "." + "0" * 32, "\0", "2027\0-1." + "0" * 32],
)
def test_a_key_that_nobody_gave_out_harms_nothing(session: Session, key: str) -> None:
    for _ in range(5):
        answer(session)
    assert len(evaluations.results(session, key).results) <= 1
    assert evaluations.results(session).results[0].answers == 5


def old_answer(session: Session, unit: str, **texts: str) -> EvaluationAnswer:
    """An answer as version 0.1 kept it."""
    scales = dict.fromkeys(SCALES, 4)
    kept = EvaluationAnswer(unit=unit, period="2026-1", arena="other", texts=texts, **scales)
    session.add(kept)
    session.flush()
    return kept


def test_answers_of_an_older_version_are_sorted_in_and_counted_with_the_new(
    session: Session,
) -> None:
    for unit in ["Heidal skule"] * 3 + ["HEIDAL SKULE"]:
        old_answer(session, unit, good="Før", better="", missing="")
    answer(session, period="2026-1")
    session.commit()
    assert results(session) == [], "one is few"
    place = evaluations.sort_in(session)
    assert place
    assert evaluations.sort_in(session, place) is None
    session.commit()
    (result,) = results(session)
    assert (result.answers, result.texts["good"]) == (5, 5)
    assert written(session, result, "good").count("Før") == 4
    assert session.scalar(select(func.count(EvaluationAnswer.unit))) == 0
    assert session.scalar(select(func.count(EvaluationAnswer.texts))) == 0
    assert evaluations.sort_in(session) is None


def test_an_old_answer_that_cannot_be_opened_is_left_and_the_others_are_sorted_in(
    session: Session,
) -> None:
    rows = [old_answer(session, "Heidal skule", good="Før") for _ in range(6)]
    spoilt = rows[2].id
    session.execute(
        text("UPDATE evaluation_answer SET unit = :junk WHERE id = :id").bindparams(
            bindparam("junk", b"\x01" * 40), bindparam("id", spoilt, type_=Uuid())
        )
    )
    session.commit()
    session.expunge_all()
    place = None
    while place := evaluations.sort_in(session, place):
        session.commit()
    (result,) = results(session)
    assert result.answers == 5


def test_counting_asks_the_database_and_opens_no_more_than_a_page(session: Session) -> None:
    """However many have answered."""
    asked = []
    for answers in (5, 40):
        for number in range(answers):
            answer(session, unit=f"Skole {number % (answers // 5)}")
        session.commit()
        session.expunge_all()
        with counted(session) as queries:
            evaluations.results(session)
        asked.append(len(queries))
    assert asked == [3, 3]


@pytest.mark.parametrize("figure", [0, 6])
def test_a_figure_beside_the_scale_is_not_stored(session: Session, figure: int) -> None:
    with pytest.raises(IntegrityError):
        answer(session, heard=figure)
