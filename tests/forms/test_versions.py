"""What was written in an earlier form: kept, told, and never dropped."""

from __future__ import annotations

import pytest

from formsvc.errors import FormChanged
from formsvc.forms.base import DocumentForm, Section
from formsvc.forms.fields import Choice, Date, Group, LongText, Number, Part, Rows, Text
from formsvc.kinds import KINDS, Kind
from formsvc.web.drafts import located


class Measure(Part):
    """A row."""

    goal = Text("Mål")


class Plan(DocumentForm):
    """A form as it was once."""

    layout = (Section("Plan", ("name", "arena", "measures")),)
    name = Text("Navn", required="Skriv et navn.")
    arena = Choice("Arena", {"school": "Skole", "home": "Hjemme"})
    measures = Rows(Group(Measure), "Tiltak")


class Renamed(Plan):
    """The same questions in other words."""

    name = Text("Hva heter du?")
    arena = Choice("Hvor?", {"school": "På skolen"})


class More(Plan):
    """A question more."""

    remark = LongText("Merknad")


class Longer(Plan):
    """A question of another kind."""

    name = LongText("Navn")


class MeasureWithDeadline(Measure):
    """A row with a question more."""

    deadline = Text("Frist")


class Deeper(Plan):
    """A question more in each row."""

    measures = Rows(Group(MeasureWithDeadline), "Tiltak")


class NumberedMeasure(Measure):
    """A row with a number in it."""

    number = Number("Nr.")


class Stricter(Plan):
    """Questions that take no other answers than dates and numbers."""

    day = Date("Dag")
    measures = Rows(Group(NumberedMeasure), "Tiltak")


def test_rows_are_the_same_rows_whatever_their_numbers() -> None:
    typed = {"measures-0-goal": ["Lese"], "measures-5-goal": ["Skrive"], "measures-5-": [""]}
    form = Plan.from_typed(typed)
    assert [row.form.goal.text for row in form.measures.entries] == ["Lese", "Skrive"]
    assert not form.leftovers


@pytest.mark.parametrize(
    "name", ["measures-old", "measures-0", "measures-7-old", "measures-00-goal", "measures-x-goal"]
)
def test_whatever_the_name_a_leftover_makes_no_row_and_can_be_told_of(name: str) -> None:
    form = Plan.from_typed({"language": ["nb"], "name": ["Nora"], name: ["Det Nora sa"]})
    assert [leftover.value for leftover in form.leftovers] == ["Det Nora sa"]
    assert not form.measures.entries
    (told,) = located(form)
    assert told[0].startswith("Skjemaet har ikke dette feltet lenger")


def test_a_version_tells_forms_that_ask_otherwise_and_no_others() -> None:
    versions = [form.version() for form in (Plan, More, Longer, Deeper)]
    assert len(set(versions)) == 4
    assert Renamed.version() == Plan.version()


def test_what_was_typed_into_a_field_that_is_gone_is_shown_and_stands_in_the_way() -> None:
    typed = {"language": ["nb"], "name": ["Nora"]}
    form = Plan.from_typed({**typed, "mood": ["God"], "measures-0-effect": ["Bra", "Nå"]})
    assert not form.validate()
    assert [problem.field for problem in form.problems()] == ["mood", "measures.0.effect"]
    assert form.sections[0].fields == form.leftovers
    assert [leftover.value for leftover in form.leftovers] == ["God", "Bra\nNå"]
    assert form.typed()["mood"] == ["God"]
    assert form.find("mood") is form.leftovers[0]
    again = Plan.from_typed(form.typed())
    assert again.typed() == form.typed()
    assert again.answers() == Plan.from_typed(typed).answers()


def test_once_it_is_moved_it_is_gone() -> None:
    typed = {"language": ["nb"], "name": ["Nora"], "mood": ["  "], "measures-0-effect": []}
    form = Plan.from_typed(typed)
    assert form.validate()
    assert not form.leftovers
    assert form.sections[0].title == "Plan"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_nothing_of_what_a_form_gives_is_left_over_when_it_is_read_again(kind: Kind) -> None:
    for language in ("nb", "nn"):
        form = kind.form.from_answers(kind.form.sample(language))
        assert not kind.form.from_typed(form.typed()).leftovers
        assert kind.form.from_stored(form.answers()).answers() == form.answers()


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"mood": "God"}, "mood"),
        (
            {"measures": [{"goal": "Lese"}, {"goal": "Skrive", "effect": "Bra"}]},
            "measures.1.effect",
        ),
        ({"arena": "kindergarten"}, "arena"),
        ({"name": ["Nora"]}, "name"),
        ({"day": "en dag i mai"}, "day"),
        ({"measures": [{"goal": "Lese", "number": "to"}]}, "measures.0.number"),
    ],
)
def test_a_stored_answer_without_a_place_is_named(answers: dict[str, object], told: str) -> None:
    stored: dict[str, object] = {
        "language": "nb",
        "name": "Nora",
        "arena": "home",
        "measures": [],
        "day": None,
    }
    assert Stricter.from_stored(stored).answers() == stored
    with pytest.raises(FormChanged, match=f"^{told}$"):
        Stricter.from_stored({**stored, **answers})
