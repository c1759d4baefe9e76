"""A kind's papers say the same in every format: the words of its form, in its order.

Each format is made of a paper in which every answer is given, with a municipality that has a text
and an act, and its headings, labels and declaration are read from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from formsvc import profile
from formsvc.documents import docx, html_pdf
from formsvc.forms import wording
from formsvc.forms.base import DocumentForm
from formsvc.kinds import KINDS, Kind, find
from formsvc.originals import word
from formsvc.originals.fillable import draw
from formsvc.services import templates
from tests import leaving_out
from tests.documents import printed_words
from tests.forms import marked

PAPERS = [
    pytest.param(kind, language, id=f"{kind.slug}.{language}")
    for kind in KINDS
    if "pdf" in kind.formats
    for language in ("nb", "nn")
]
every_paper = pytest.mark.parametrize(("kind", "language"), PAPERS)
#: what only a form to be filled in needs: the numbers of its rows
_AROUND = "Nr."
#: what this municipality says by itself
HEADING = "Alt om dette"
SAYS = {"texts": {"x": ["Les dette."]}, "headings": {"x": HEADING}, "legal": ["En lov"]}


def _paper(kind: Kind, language: str) -> dict[str, Any]:
    frame = (
        templates.frame(kind, kind.form.from_answers({"language": language}), "R-2027-0001") | SAYS
    )
    answers = next(marked.papers(kind.form()))
    return {**answers, "language": language, "paper": frame}


def _in_print(kind: Kind, language: str) -> list[str]:
    return printed_words.of_page(html_pdf.page(kind.slug, _paper(kind, language)))


def _in_word(data: bytes, kind: Kind, language: str) -> list[str]:
    filled = docx.render(data, _paper(kind, language), language)
    return [label for label in printed_words.of_word(filled) if label != HEADING]


def _said(form: type[DocumentForm], language: str = "nb") -> list[str]:
    return list(wording.of(form, language).order)


@every_paper
def test_the_pdf_says_what_the_form_says_in_its_order(kind: Kind, language: str) -> None:
    assert _in_print(kind, language) == _said(kind.form, language)


# a template that was made in Word has words of its own
@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("slug", word.PAPERS)
def test_word_says_what_the_form_says_in_its_order(slug: str, language: str) -> None:
    made, kind = word.template(slug, language), find(slug)
    assert _in_word(made, kind, language) == _said(kind.form, language)


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("kind", list(draw.PAPERS))
def test_the_official_form_says_what_the_form_says_in_its_order(kind: str, language: str) -> None:
    form = find(kind).form
    words, found = wording.of(form, language), _in_form(kind, language)
    assert _left_out(found, words.order) == []
    own = profile.current().headings(kind, language).values()
    assert set(found) <= {*words.order, *words.labels.values(), *own, _AROUND}


def _in_form(kind: str, language: str) -> list[str]:
    return printed_words.of_form(draw.page(kind, language))


def _left_out(found: list[str], wanted: Sequence[str]) -> list[str]:
    """The words that are not there, or not after those before them."""
    rest = iter(found)
    return [words for words in wanted if words not in rest]


# -- what only one of them says -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words", "instead"),
    [
        ("consent.html", '{{ parts.heading("purposes") }}', ""),
        ("consent.html", '{{ parts.heading("purposes") }}', "<h2>Formål</h2>"),
        ("consent.html", '{{ parts.fact("valid_to", valid_to) }}', ""),
        ("consent.html", '"collect": "w20", "share": "w20"', '"share": "w20", "collect": "w20"'),
        ("_parts.html", "{{ paper.phrases.declaration }}", "Jeg samtykker."),
        ("_parts.html", '<th scope="col">{{ paper.phrases.signature }}</th>', ""),
    ],
)
def test_a_word_that_only_the_pdf_has_or_lacks_is_told(
    name: str, words: str, instead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving_out.of_print_html(monkeypatch, name, words, instead)
    assert _in_print(find("consent"), "nb") != _said(find("consent").form)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("consent.html", '{{ write("child.unit") }}'),
        ("consent.html", "5. {{ sections[4].title }}"),
        ("_fields.html", "{{ declaration }}"),
        ("_fields.html", "{{ words.phrases.place_and_date }}"),
    ],
)
def test_a_word_that_only_the_official_form_lacks_or_has_is_told(
    name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = wording.of(find("consent").form, "nb").order
    leaving_out.of_print_html(monkeypatch, name, words, "<p class='question'>Noe annet</p>")
    found = _in_form("consent", "nb")
    assert _left_out(found, order) != []
    assert "Noe annet" in found


@pytest.mark.parametrize(
    "label", ["Gjelder til og med", "Kan gi opplysninger", "Hva samtykket gjelder"]
)
def test_a_word_that_only_word_has_is_told(label: str) -> None:
    consent = find("consent")
    data = word.template("consent", "nb")
    other = leaving_out.of_word(data, f">{label}<", ">Noe annet<")
    assert _in_word(other, consent, "nb") != _said(consent.form)


# -- what a label is ------------------------------------------------------------------------------


def test_a_label_is_the_question_unless_the_field_is_printed_as_something_else() -> None:
    labels = wording.of(find("ke_ip_declined").form, "nb").labels
    assert labels["group_continues"] == "Fortsetter ansvarsgruppa?"
    assert labels["declined_on"] == "Takket nei"
    assert wording.of(find("ke_ip_declined").form, "nn").labels["declined_on"] == "Takka nei"


def test_rows_and_groups_have_their_labels_by_path() -> None:
    labels = wording.of(find("action_plan").form, "nb").labels
    assert labels["goals.measures.deadline"] == "Frist"
    assert labels["child.name"] == "Barnets navn"


def test_who_signs_stands_after_what_must_be_known_first() -> None:
    said = _said(find("consent").form)
    after = said[said.index("Hva dette bygger på") + 1 :]
    declaration = str(find("consent").form.declaration)
    who = ["Navn", "Rolle", "Sted og dato", "Underskrift"]
    assert after[:6] == ["De som skriver under", declaration, *who]


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_box_that_was_not_asked_has_no_label_and_no_answer(language: str) -> None:
    kind = find("ke_group_dissolved")
    label = wording.of(kind.form, language).labels["leader_informed"]
    paper = _paper(kind, language) | {"leader_informed": ""}
    made = word.template(kind.slug, language)
    for said in (
        printed_words.of_page(html_pdf.page(kind.slug, paper)),
        printed_words.of_word(docx.render(made, paper, language)),
    ):
        assert label not in said
        assert wording.of(kind.form, language).labels["partners_informed"] in said
