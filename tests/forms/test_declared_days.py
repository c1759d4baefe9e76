"""A date says itself which days it takes: the step before, at and after each of them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest

from formsvc import clock
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import Date, Group, Part, Rows


class Measure(Part):
    """What is due."""

    begun = Date("Begynt")
    deadline = Date("Frist", not_before="held")
    done = Date("Utført", not_before="begun")


class Plan(DocumentForm):
    """Days that stand to each other."""

    printed = False
    layout: ClassVar[Layout] = (
        Section("Alt", ("born", "held", "following", "sent", "told", "measures")),
    )
    born = Date("Født", not_after="held", years=(110, 0))
    held = Date("Dato", workday=True, called="møtet")
    following = Date("Neste møte", after="held", years=(1, 10))
    sent = Date("Sendt", before="held")
    told = Date("Fortalt", not_after="today")
    measures = Rows(Group(Measure), "Tiltak")


HELD = "2027-02-09"
TODAY = "2027-03-01"


def refusals(answers: dict[str, Any]) -> dict[str, str]:
    """Where the plan is refused on the first of March, and why."""
    with clock.moved(date.fromisoformat(TODAY) - clock.today()):
        form = Plan.from_answers(answers)
        form.validate()
        return {problem.field: problem.message for problem in form.problems()}


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("born", {"2027-02-08": "", "2027-02-09": "", "2027-02-10": "born"}),
        ("born", {"1917-02-28": "born", "1917-03-01": "", "1917-03-02": ""}),
        ("following", {"2027-02-08": "following", "2027-02-09": "following", "2027-02-10": ""}),
        ("following", {"2037-02-28": "", "2037-03-01": "", "2037-03-02": "following"}),
        ("sent", {"2027-02-08": "", "2027-02-09": "sent", "2027-02-10": "sent"}),
        ("told", {"2027-02-28": "", "2027-03-01": "", "2027-03-02": "told"}),
    ],
)
def test_a_day_on_the_wrong_side_is_refused(field: str, days: dict[str, str]) -> None:
    for day, refused in days.items():
        assert " ".join(refusals({"held": HELD, field: day})) == refused, day


def test_a_day_in_a_row_stands_to_its_row_and_to_the_form() -> None:
    row = {"begun": "2027-02-12", "deadline": "2027-02-08", "done": "2027-02-11"}
    said = refusals({"held": HELD, "measures": [row]})
    assert said["measures.0.deadline"] == (
        "Datoen kan ikke være før møtet, 9. februar 2027. Rett datoen."
    )
    assert said["measures.0.done"] == (
        "Datoen kan ikke være før «Begynt», 12. februar 2027. Rett datoen."
    )


def test_a_day_is_not_measured_against_what_is_not_there() -> None:
    assert refusals({"following": "2027-02-08", "measures": [{"deadline": "1.1.2027"}]}) == {}
    assert list(refusals({"held": "i går", "following": "2027-02-08"})) == ["held"]


def test_the_future_is_named_as_such() -> None:
    assert refusals({"told": "2027-03-02"})["told"] == (
        "Datoen kan ikke være etter i dag, 1. mars 2027. Rett datoen."
    )
    assert refusals({"born": "1907-02-28"})["born"] == (
        "Dagen er mer enn 110 år siden. Se over årstallet."
    )


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2027-05-16", "første pinsedag"),
        ("2027-05-17", "17. mai"),  # and Whit Monday
        ("2027-05-18", ""),
        ("2027-05-22", ""),
        ("2027-05-23", "søndag"),
        ("2027-05-24", ""),
    ],
)
def test_a_holiday_and_a_sunday_get_advice_by_name(day: str, name: str) -> None:
    form = Plan.from_answers({"held": day, "told": day})
    told = [(advice.field, advice.message) for advice in form.advice()]
    sentence = f"Dagen er {name}. Velg en annen dag hvis dere kan."
    assert told == ([("held", sentence)] if name else [])


class Astray(DocumentForm):
    """A date that stands to nothing."""

    printed = False
    layout: ClassVar[Layout] = (Section("Alt", ("day",)),)
    day = Date("Dag", after="nowhere")


def test_a_date_that_stands_to_nothing_is_told_to_who_made_the_form() -> None:
    with pytest.raises(LookupError, match="nowhere"):
        Astray.from_answers({"day": "2027-02-09"}).validate()


# -- dates as people type them --------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["241126", "24.11.26", "24/11-2026", "24. nov 2026", "2026-11-24", "24112026"]
)
def test_a_date_is_read_as_people_here_type_it(typed: str) -> None:
    assert Plan.from_answers({"held": typed}).answers()["held"] == "2026-11-24"


def test_a_date_that_reads_two_ways_is_asked_about_and_kept_as_typed() -> None:
    assert refusals({"held": "05/03/2015"})["held"] == (
        "Datoen kan leses på flere måter."
        " Skriv 05.03.2015 for 5. mars 2015 eller 03.05.2015 for 3. mai 2015."
    )
    form = Plan.from_answers({"held": "05/03/2015"})
    assert form.answers()["held"] is None
    assert form.held.value == "05/03/2015"
    assert form.typed()["held"] == ["05/03/2015"]


def test_what_is_no_date_is_kept_as_typed() -> None:
    form = Plan.from_answers({"held": "over påske"})
    assert not form.validate()
    assert form.held.value == "over påske"
