"""Answers find their fields in a template by its names, and none is left without a place."""

from __future__ import annotations

from typing import Any

import pytest

from formsvc.documents.pdf_form import values as values_module
from formsvc.documents.pdf_form.fields import Field, Kind
from formsvc.documents.pdf_form.values import form_values
from formsvc.errors import BadTemplate


def _field(name: str, kind: Kind = "text", cells: int = 0) -> Field:
    return Field(name=name, label=name, kind=kind, number=1, widgets=(), cells=cells)


@pytest.fixture
def values(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``form_values`` of a template that has just these fields."""

    def of(answers: dict[str, Any], *form: Field, words: Any = None) -> dict[str, str | bool]:
        known = {field.name: field for field in form}
        monkeypatch.setattr(values_module, "fields", lambda _template: known)
        return form_values(answers, answers if words is None else words, b"")

    return of


def test_a_text_is_written_as_a_reader_reads_it(values: Any) -> None:
    answers, words = {"child": {"role": "parent"}}, {"child": {"role": "Forelder"}}
    assert values(answers, _field("child.role"), words=words) == {"child.role": "Forelder"}


def test_a_comb_takes_the_digits_of_a_date(values: Any) -> None:
    assert values({"day": "2026-11-24"}, _field("day", cells=8)) == {"day": "24112026"}


def test_an_unanswered_comb_is_emptied(values: Any) -> None:
    assert values({"day": None}, _field("day", cells=8)) == {"day": ""}


def test_each_code_of_a_list_ticks_its_box(values: Any) -> None:
    boxes = [_field("purposes.plan", "check"), _field("purposes.log", "check")]
    ticked = {"purposes.plan": True, "purposes.log": False}
    assert values({"purposes": ["plan"]}, *boxes) == ticked


def test_one_yes_ticks_one_box(values: Any) -> None:
    row = {"services": [{"share": True, "collect": False}]}
    boxes = [_field("services.0.share", "check"), _field("services.0.collect", "check")]
    assert values(row, *boxes) == {"services.0.share": True, "services.0.collect": False}


def test_a_choice_presses_the_button_of_its_code(values: Any) -> None:
    assert values({"heard": "yes"}, _field("heard", "radio")) == {"heard": "yes"}


def test_a_yes_or_no_presses_a_button_too(values: Any) -> None:
    assert values({"wanted": False}, _field("wanted", "radio")) == {"wanted": "no"}


def test_a_list_in_one_field_is_a_line_each(values: Any) -> None:
    contacts = {"may_contact": ["Fastlege", "BUP Otta"]}
    assert values(contacts, _field("may_contact")) == {"may_contact": "Fastlege\nBUP Otta"}


def test_rows_beyond_the_table_go_where_the_rest_goes(values: Any) -> None:
    people = {"people": [{"name": name, "role": "Forelder"} for name in ("Kari", "Ola", "Máret")]}
    form = [_field("people.0.name"), _field("people.0.role"), _field("people.more")]
    assert values(people, *form) == {
        "people.0.name": "Kari",
        "people.0.role": "Forelder",
        "people.more": "2. Ola, Forelder\n3. Máret, Forelder",
    }


def test_a_ticked_box_beyond_the_table_is_named_as_its_column(values: Any) -> None:
    rows = [{"name": "Skole"}, {"name": "BUP", "share": True, "collect": False}]
    column = Field("services.0.share", "Tjeneste 1: Kan få opplysninger", "check", 1, ())
    form = [_field("services.0.name"), column, _field("services.more")]
    assert values({"services": rows}, *form)["services.more"] == "2. BUP, Kan få opplysninger"


def test_the_rest_is_empty_when_the_table_has_room(values: Any) -> None:
    form = [_field("people.0.name"), _field("people.more")]
    assert values({"people": [{"name": "Kari"}]}, *form)["people.more"] == ""


@pytest.mark.parametrize(
    ("answers", "lost"),
    [
        ({"need": "Hjelp"}, "need"),
        ({"child": {"name": "Emma"}}, "child.name"),
        ({"people": [{"name": "Kari"}, {"name": "Ola"}]}, "people.1.name"),
        ({"purposes": ["plan", "log"]}, "purposes.1"),
        ({"interpreter": True}, "interpreter"),
    ],
)
def test_an_answer_without_a_field_is_refused_by_name(
    values: Any, answers: dict[str, Any], lost: str
) -> None:
    form = [_field("people.0.name"), _field("purposes.plan", "check"), _field("other")]
    with pytest.raises(BadTemplate, match=lost):
        values(answers, *form)


def test_what_is_not_answered_needs_no_field(values: Any) -> None:
    unanswered: dict[str, Any] = {"a": "", "b": None, "c": False, "d": [], "e": {"f": ""}}
    assert values({**unanswered, "language": "nb"}, _field("other")) == {"other": ""}
