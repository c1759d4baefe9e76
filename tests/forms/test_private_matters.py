"""What must not go round in a paper's free texts: identity numbers, and where somebody lives."""

from __future__ import annotations

import pytest

from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import Link, NationalId, Phone, Text
from formsvc.kinds import KINDS, Kind, find
from tests.samples import SAMPLES, Sample, load

NUMBER = "058111 50004"


def texts(kind: Kind, sample: Sample) -> list[Text]:
    form = kind.form.from_answers(sample.answers)
    return [leaf for leaf in form.leaves() if isinstance(leaf, Text) and leaf.own_words]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_an_identity_number_is_refused_in_every_text_of_every_paper(sample: Sample) -> None:
    for text in texts(sample.kind, sample):
        typed = sample.kind.form.from_answers(sample.answers).typed()
        typed[text.name] = [f"Nr. {NUMBER}."]
        form = sample.kind.form.from_typed(typed)
        assert not form.validate()
        assert text.path in {problem.field for problem in form.problems()}, text.path


def test_the_application_alone_has_a_field_for_it() -> None:
    asking = {
        kind.slug for kind in KINDS for leaf in kind.form().leaves() if isinstance(leaf, NationalId)
    }
    assert asking == {"ip_application"}


def minutes_with(conclusion: str) -> DocumentForm:
    answers = load("minutes.nb")
    answers["items"][0]["conclusion"] = conclusion
    return find("minutes").form.from_answers(answers)


@pytest.mark.parametrize(
    "conclusion",
    [
        "Far bor på sperret adresse.",
        "Mor bor på hemmelig  Adresse.",
        "Familien har kode 6.",
        "Mor har adressesperre",
        "Far bor på sperra adresse.",
    ],
)
def test_a_protected_address_gets_advice_at_its_field(conclusion: str) -> None:
    form = minutes_with(conclusion)
    assert form.validate()
    [advice] = form.advice()
    assert advice.field == "items.0.conclusion"
    assert "beskyttet" in advice.message


@pytest.mark.parametrize(
    "conclusion",
    ["Far bor i Storgata 12.", "De møtes i Nordre vei 3B.", "Kom til Gamlevegen 114, 2670 Otta."],
)
def test_a_street_address_gets_advice_at_its_field(conclusion: str) -> None:
    [advice] = minutes_with(conclusion).advice()
    assert advice.field == "items.0.conclusion"
    assert "gateadresse" in advice.message


@pytest.mark.parametrize(
    "conclusion",
    ["De er på rett vei.", "Kode 60 gjelder.", "Veien videre er klar.", "På veg 3 timer i uka."],
)
def test_other_texts_get_none(conclusion: str) -> None:
    assert minutes_with(conclusion).advice() == []


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_samples_speak_of_no_address_in_their_texts(sample: Sample) -> None:
    form = sample.kind.form.from_answers(sample.answers)
    assert [advice for advice in form.advice() if "adresse" in advice.message] == []


# -- fields that take one shape alone -------------------------------------------------------------


class Contact(DocumentForm):
    """A link and a phone that may be short."""

    printed = False
    link = Link("Lenke")
    phone = Phone("Telefon", short=True)
    own_phone = Phone("Egen telefon")


def refused(**answers: str) -> list[str]:
    form = Contact.from_answers(answers)
    for field in form:
        field.validate(form)
    return [field.name for field in form if field.errors]


def test_a_link_is_https_and_kept_to_the_letter() -> None:
    link = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d"
    assert Contact.from_answers({"link": link}).answers()["link"] == link
    assert refused(link=link) == []


@pytest.mark.parametrize(
    "link",
    [
        *("teams", "javascript:alert(1)", "http://eksempel.no", "https://", "https://teams"),
        *("https://en to.no/", "https://navn@eksempel.no/", "https://[eksempel.no"),
    ],
)
def test_another_link_is_refused(link: str) -> None:
    assert refused(link=link) == ["link"]


@pytest.mark.parametrize("number", ["113", "116 117", "02800", "61 70 02 00"])
def test_a_service_may_have_a_short_number(number: str) -> None:
    assert refused(phone=number) == []


def test_a_person_has_no_short_number() -> None:
    assert refused(own_phone="116117") == ["own_phone"]
    assert refused(phone="213") == ["phone"]
