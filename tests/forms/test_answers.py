"""Answers go through a form and come out as they went in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from formsvc import config, profile
from formsvc.cleaning import clean, is_blank
from formsvc.config import Settings
from formsvc.forms.statement import Statement
from formsvc.kinds import KINDS, Kind, find
from formsvc.language import speaking
from tests.samples import SAMPLES, Sample, load


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_sample_is_valid_and_comes_out_as_it_went_in(sample: Sample) -> None:
    form = sample.kind.form.from_answers(sample.answers)
    assert form.validate(), form.problems()
    answers = form.answers()
    assert {key: answers[key] for key in sample.answers} == sample.answers
    assert not any(answers[key] for key in answers.keys() - sample.answers.keys())


def _codes(answers: object) -> set[str]:
    """Each text among the answers."""
    if isinstance(answers, dict):
        return {code for answer in answers.values() for code in _codes(answer)}
    if isinstance(answers, list):
        return {code for answer in answers for code in _codes(answer)}
    return {answers} if isinstance(answers, str) else set()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_the_sample_of_a_kind_is_valid_where_what_it_chooses_is_switched_off(
    kind: Kind, tmp_path: Path
) -> None:
    held = profile.current()
    tables = {"services": set(held.all_services), "arenas": set(held.all_arenas)}
    samples = {language: kind.form.sample(language) for language in ("nb", "nn")}
    chosen = [
        (table, code)
        for table, codes in tables.items()
        for code in sorted(codes & _codes(samples["nb"]))
    ]
    own = tmp_path / "own.toml"
    own.write_text(
        "".join(f"[{table}.{code}]\nenabled = false\n" for table, code in chosen), "utf-8"
    )
    with config.using(Settings(demo=True, profile=own)):
        for language in samples:
            answers = kind.form.sample(language)
            form = kind.form.from_answers(answers)
            assert form.validate(), form.problems()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_what_was_typed_gives_the_same_answers_again(sample: Sample) -> None:
    first = sample.kind.form.from_answers(sample.answers)
    assert sample.kind.form.from_typed(first.typed()).answers() == first.answers()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_fields_make_a_valid_sample_themselves(kind: Kind, language: str) -> None:
    answers = kind.form.sample(language)
    form = kind.form.from_answers(answers)
    assert form.validate(), form.problems()
    assert form.answers() == answers


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_sample_fits_the_json_schema_of_its_form(sample: Sample) -> None:
    schema = sample.kind.form.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(sample.answers, schema)


def test_every_field_stands_under_a_heading_once() -> None:
    for kind in KINDS:
        placed = [field.short_name for section in kind.form().sections for field in section.fields]
        asked = (field for field in kind.form() if not isinstance(field, Statement))
        assert sorted(placed) == sorted(field.short_name for field in asked), kind.slug


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    form = find("minutes").form.from_answers({**load("minutes.nb"), "referant": "Anne Moen"})
    assert not form.validate()
    [problem] = form.problems()
    assert problem.field == "referant"
    assert "«referent»" in problem.message


def test_an_unknown_name_in_a_row_is_named_by_its_path() -> None:
    answers = load("minutes.nb")
    answers["measures"][1]["dedline"] = "2027-03-01"
    assert "measures.1.dedline" in _paths(answers)


@pytest.mark.parametrize("wrong", [7, True, [], {}, [[]], ["x"], 1.5])
@pytest.mark.parametrize(
    "name", ["referent", "date", "child", "participants", "no_absences", "arena"]
)
def test_an_answer_of_the_wrong_shape_is_refused_at_its_field(name: str, wrong: Any) -> None:
    answers = {**load("minutes.nb"), name: wrong}
    fits = (name == "no_absences" and wrong is True) or (name == "participants" and wrong == [])
    if fits or (name == "child" and wrong == {}):
        return
    assert any(path == name or path.startswith(f"{name}.") for path in _paths(answers))


def _paths(answers: dict[str, Any]) -> list[str]:
    form = find("minutes").form.from_answers(answers)
    assert not form.validate()
    return [problem.field for problem in form.problems()]


def test_of_a_wrong_shape_only_the_shape_is_told() -> None:
    assert _paths({**load("minutes.nb"), "child": 7}) == ["child"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1", 1), ("007", 7), ("9998", 9998), ("9999", 9999)]
    + [(wrong, None) for wrong in ("0", "-1", "10000", "1.5", "²", "to")],
)
def test_a_number_is_whole_and_from_one_to_four_figures(typed: str, number: int | None) -> None:
    form = find("minutes").form.from_typed({"meeting_number": [typed]})
    form.validate()
    assert form["meeting_number"].answer() == number
    assert bool(form["meeting_number"].errors) == (number is None)


def test_a_row_with_nothing_typed_is_no_row_and_moves_no_other() -> None:
    answers = load("minutes.nb")
    answers["measures"].insert(0, {})
    form = find("minutes").form.from_answers(answers)
    assert form.validate(), form.problems()
    assert form.answers()["measures"] == load("minutes.nb")["measures"]
    answers["measures"][2]["deadline"] = ""
    assert _paths(answers) == ["measures.2.deadline"]


def test_a_typed_norwegian_date_is_understood_and_stored_as_iso() -> None:
    form = find("minutes").form.from_answers({**load("minutes.nb"), "date": "17.11.2026"})
    assert form.validate()
    assert form.answers()["date"] == "2026-11-17"


def test_a_date_that_cannot_be_read_stays_as_it_was_typed() -> None:
    form: Any = find("minutes").form.from_typed({"date": ["i morgen"]})
    form.validate()
    assert form.date.value == "i morgen"
    assert form.date.input_type == "text"
    assert form.typed()["date"] == ["i morgen"]


def test_replaced_characters_are_told() -> None:
    form = find("minutes").form.from_answers({**load("minutes.nb"), "place": "Rom\x00 2\ud800"})
    assert form.validate()
    assert form.answers()["place"] == "Rom� 2�"
    [notice] = form.notices()
    assert notice.field == "place"
    assert notice.message.startswith("2 tegn")


@given(st.text(st.characters(codec=None), max_size=200))
@example("\u0301")
@example("\u200b\u2060")
@example(" \u00ad x \u200d")
def test_any_text_at_all_comes_out_as_it_was_cleaned(text: str) -> None:
    form = find("minutes").form.from_answers({**load("minutes.nb"), "evaluation": text})
    cleaned = clean(text).text
    wanted = "" if is_blank(cleaned) else cleaned.strip()  # what nobody sees is no answer
    assert form.answers()["evaluation"] == wanted


def test_rows_are_added_and_removed_by_name_also_within_rows() -> None:
    form: Any = find("action_plan").form.from_answers(load("action_plan.nb"))
    assert form.add_row("goals-0-measures") is not None
    assert len(form.goals[0].form.measures.entries) == 3
    assert form.remove_row("goals-0-measures-0") is not None
    names = [row.form.measure.data for row in form.goals[0].form.measures.filled]
    assert names == ["Lekegruppe i SFO"]
    assert form.add_row("child") is None
    assert form.remove_row("goals-7") is None
    assert form.add_row("evaluated_on-x") is form.find("evaluated_on-x") is None


def test_a_unicode_digit_in_a_name_is_no_row() -> None:
    form: Any = find("minutes").form.from_typed({"measures-²-measure": ["x"]})
    assert not form.measures.entries


def test_words_are_read_in_the_papers_language_whatever_the_page_speaks() -> None:
    form = find("minutes").form.from_answers(load("minutes.nb"))
    with speaking("en"):
        words = form.words()
    assert words["date"] == "17. november 2026"
    assert words["measures"][0]["deadline"] == "01.12.2026"
    assert words["absences"][0]["kind"] == "Meldt forfall"
    assert words["feedback_to_family"] is None
    assert words["closing_reason"] == ""


def test_a_phone_number_is_shown_in_pairs() -> None:
    words = find("ip_application").form.from_answers(load("ip_application.nb")).words()
    assert words["person"]["phone"] == "90 90 90 90"
