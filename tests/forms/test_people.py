"""People are counted as people: the same one twice is found, in a list and between lists."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.forms import people
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import Choice, Group, Part, Rows, Text


class Somebody(Part):
    """One in a list."""

    name = Text("Navn")
    relation = people.Relation()


class Body(Part):
    """A service, and which of several."""

    service = Choice("Tjeneste", {"school": "Skole", "gp": "Fastlege"})
    name = Text("Navn")


class Meeting(DocumentForm):
    """Who was there and who was not."""

    printed = False
    layout: ClassVar[Layout] = (Section("Alt", ("there", "absent", "bodies", "names")),)
    there = Rows(Group(Somebody), "Til stede", distinct="name")
    absent = Rows(Group(Somebody), "Forfall", distinct="name")
    bodies = Rows(Group(Body), "Tjenester", distinct=("service", "name"))
    names = Rows(Text("Navn"), "Navn", distinct=True)


def problems(answers: dict[str, Any]) -> list[tuple[str, str]]:
    form = Meeting.from_answers(answers)
    form.validate()
    return [(problem.field, problem.message) for problem in form.problems()]


@pytest.mark.parametrize("again", ["Máret Čáhci", "máret  čáhci", "Ma\u0301ret C\u030ca\u0301hci "])
def test_the_same_person_twice_is_refused_at_the_second_row(again: str) -> None:
    [(field, sentence)] = problems({"there": [{"name": "Máret Čáhci"}, {"name": again}]})
    assert field == "there.1.name"
    assert sentence.startswith("«")
    assert "står der to ganger" in sentence


def test_other_people_may_be_many() -> None:
    assert problems({"there": [{"name": "Anne Moen"}, {"name": "Anna Moen"}, {"name": ""}]}) == []


def test_a_service_is_the_same_where_all_that_tells_it_is() -> None:
    school = {"service": "school", "name": "Heidal skole"}
    other = {"service": "school", "name": "Otta skole"}
    assert problems({"bodies": [school, other, {"service": "gp", "name": "Heidal skole"}]}) == []
    assert problems({"bodies": [school, other, school]}) == [
        ("bodies.2.service", "«Skole Heidal skole» står der to ganger. Ta bort den ene raden.")
    ]


def test_rows_of_texts_are_told_apart_too() -> None:
    assert [field for field, _ in problems({"names": ["Fastlege", "BUP", "fastlege"]})] == [
        "names.2"
    ]


def test_a_long_text_that_is_there_twice_is_named_by_its_beginning() -> None:
    [(_field, sentence)] = problems({"names": ["a" * 81, "a" * 81]})
    assert sentence.startswith(f"«{'a' * 80}…»")
    [(_field, sentence)] = problems({"names": ["a" * 80, "a" * 80]})
    assert sentence.startswith(f"«{'a' * 80}»")


def test_who_is_in_two_lists_that_exclude_each_other_is_found_in_the_second() -> None:
    form = Meeting.from_answers(
        {"there": [{"name": "Anne Moen"}], "absent": [{"name": "Per"}, {"name": "ANNE MOEN"}]}
    )
    assert [name.path for name in people.in_both(form.there, form.absent)] == ["absent.1.name"]
    assert people.among("anne moen", form.there)
    assert not people.among("", form.there)


NAMES = st.text(st.sampled_from("ABcáÅß ſi̇ǅ"), min_size=1)


@given(NAMES, NAMES)
def test_to_be_the_same_is_mutual(one: str, other: str) -> None:
    assert people.same(one, other) == people.same(other, one)
    assert people.same(one, f"  {one} ") == bool(one.strip())


def test_who_speaks_for_the_family_is_chosen_and_not_guessed() -> None:
    form = Meeting.from_answers(
        {"there": [{"name": str(n), "relation": code} for n, code in enumerate(people.RELATIONS)]}
    )
    holders = {row.form.relation.code for row in form.there.filled if row.form.relation.is_holder}
    assert holders == {"mother", "father", "co_mother", "guardian", "young_person"}
    assert holders == people.HOLDERS
