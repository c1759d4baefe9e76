"""What is not asked and what is private: kept, and on no paper."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from formsvc.forms import wording
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import Check, Choice, Choices, Date, Group, Part, Phone, Rows, Text
from formsvc.kinds import find

REASONS = {"death": "Dødsfall", "moved": "Flyttet"}


class Somebody(Part):
    """One whose phone is for sending, unless it is the phone of a place of work."""

    name = Text("Navn", required="Skriv navnet.", example={"nb": "Anne", "nn": "Ånne"})
    employee = Check("Ansatt")
    phone = Phone("Telefon", private=lambda who: not who.employee.data)


class Notice(DocumentForm):
    """What is asked hangs on the reason."""

    printed = False
    layout: ClassVar[Layout] = (
        Section(
            "Alt",
            ("reason", "told", "day", "whose", "place", "partners", "topics", "people", "secret"),
        ),
    )
    reason = Choice("Grunn", REASONS, required="Velg grunnen.", example="death")
    told = Check("Fortalt", required="Fortell.", asked=lambda form: form.reason.code != "death")
    day = Date("Dag", required="Skriv dagen.", asked=lambda form: form.reason.code != "death")
    whose = Group(Somebody, "Om hvem", asked=lambda form: form.reason.code != "death")
    place = Choice(
        "Sted", {"a": "A"}, required="Velg.", asked=lambda form: form.reason.code != "death"
    )
    partners = Rows(
        Group(Somebody),
        "Partnere",
        required="Skriv hvem.",
        asked=lambda form: form.reason.code != "death",
    )
    topics = Choices(
        "Tema", {"a": "A"}, required="Velg.", asked=lambda form: form.reason.code != "death"
    )
    people = Rows(Group(Somebody), "Folk")
    secret = Text("Bare for oss", private=True)


MOVED: dict[str, Any] = {
    "reason": "moved",
    "told": True,
    "day": "2026-11-24",
    "whose": {"name": "Kari", "phone": "+4790909090"},
    "place": "a",
    "partners": [{"name": "Per", "employee": True, "phone": "+4761700200"}],
    "topics": ["a"],
    "people": [{"name": "Mor", "phone": "+4741234567"}],
    "secret": "Ring etter fire.",
}


def refused_at(answers: dict[str, Any]) -> list[str]:
    form = Notice.from_answers(answers)
    form.validate()
    return [problem.field for problem in form.problems()]


def test_what_is_not_asked_is_not_mandatory() -> None:
    assert refused_at({"reason": "death"}) == []
    missing = ["told", "day", "whose.name", "place", "partners", "topics"]
    assert refused_at({"reason": "moved"}) == missing


def test_an_answer_that_is_not_asked_for_is_kept_and_not_printed() -> None:
    form = Notice.from_answers({**MOVED, "reason": "death"})
    assert form.validate()
    assert form.answers()["whose"]["phone"] == "+4790909090"
    assert form.answers()["told"] is True
    words, codes = form.words(), form.codes()
    for name in ("told", "day", "whose", "place", "partners", "topics"):
        assert not words[name], name
        assert not codes[name], name
    assert words["reason"] == "Dødsfall"


def test_what_is_asked_is_printed() -> None:
    form = Notice.from_answers(MOVED)
    assert form.validate()
    words = form.words()
    assert words["day"] == "24. november 2026"
    assert words["whose"]["name"] == "Kari"
    assert words["topics"] == ["A"]


def test_a_private_answer_is_kept_and_stands_on_no_paper() -> None:
    form = Notice.from_answers(MOVED)
    for said in (form.words(), form.codes()):
        assert said["secret"] == ""
        assert said["whose"]["phone"] == ""
        assert said["people"][0]["phone"] == ""
    assert form.words()["partners"][0]["phone"] == "61 70 02 00"
    assert form.answers()["people"][0]["phone"] == "+4741234567"
    assert Notice.from_stored(form.answers()).answers() == form.answers()


def test_who_wrote_a_private_answer_sees_it_again() -> None:
    form = Notice.from_answers(MOVED)
    assert form.secret.shown() == "Ring etter fire."
    assert form.whose.form.phone.shown() == "90 90 90 90"


def test_a_label_of_what_is_always_private_is_not_printed() -> None:
    said = wording.of(Notice, "nb").order
    assert "Bare for oss" not in said
    assert "Fortalt" in said


def test_the_schema_demands_nothing_that_is_not_always_asked() -> None:
    schema = Notice.schema()
    assert schema["required"] == ["reason"]
    assert schema["properties"]["told"]["type"] == ["boolean", "null"]
    assert schema["properties"]["whose"]["type"] == ["object", "null"]


def test_a_sample_has_answers_to_what_is_asked_alone() -> None:
    sample = Notice.sample()
    assert sample["reason"] == "death"
    assert sample["told"] is False
    assert sample["whose"] is None
    assert sample["topics"] == []


class Moved(Notice):
    """The same, where the family has moved."""

    reason = Choice("Grunn", REASONS, required="Velg grunnen.", example="moved")


@pytest.mark.parametrize(("language", "name"), [("nb", "Anne"), ("nn", "Ånne")])
def test_an_example_speaks_the_language_of_the_sample(language: str, name: str) -> None:
    assert Moved.sample(language)["whose"]["name"] == name


def test_the_schema_says_when_an_answer_is_asked_and_printed() -> None:
    fields = Notice.schema()["properties"]
    assert fields["day"]["description"] == (
        "Spørsmålet stilles bare når de andre svarene tilsier det."
    )
    assert fields["secret"]["description"] == (
        "Brukes bare til å sende dokumentet, og står ikke i det."
    )
    assert fields["secret"]["writeOnly"] is True
    phone = fields["people"]["items"]["properties"]["phone"]
    assert phone["description"] == "Står i dokumentet bare når de andre svarene tilsier det."
    assert "writeOnly" not in phone
    assert "description" not in fields["reason"]


def test_what_stands_in_something_private_is_private() -> None:
    class Sealed(DocumentForm):
        layout: ClassVar[Layout] = (Section("Alt", ("who", "all")),)
        who = Group(Somebody, "Hvem", private=True)
        all = Rows(Group(Somebody), "Alle", private=True)

    answers = {"who": {"name": "Kari"}, "all": [{"name": "Per", "employee": True}]}
    form = Sealed.from_answers(answers)
    assert form.words()["who"]["name"] == ""
    assert form.words()["all"] == []
    for each in ("who", "all"):
        schema = Sealed.schema()["properties"][each]
        inner = schema.get("items", schema)["properties"]
        assert inner["name"]["writeOnly"] is True
    assert "Telefon" not in wording.of(Sealed, "nb").order


@pytest.mark.parametrize(("language", "school"), [("nb", "Heidal skole"), ("nn", "Heidal skule")])
def test_the_sample_of_a_paper_speaks_its_language(language: str, school: str) -> None:
    form = find("ke_group_created").form
    assert form.sample(language)["sender"]["service"] == school
    assert form.from_answers(form.sample(language)).validate()
