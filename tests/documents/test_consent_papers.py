"""A consent and its withdrawal as they come out in each format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from formsvc import profile
from formsvc.config import settings
from formsvc.documents import docx, html_pdf, pdf_text
from formsvc.formats import Format
from formsvc.forms import wording
from formsvc.kinds import find
from formsvc.language import speaking
from formsvc.originals import word
from formsvc.originals.fillable import draw
from formsvc.services import printing
from tests.forms.days import ALONE, MOTHER, changed

FORMATS: Final[tuple[Format, ...]] = ("docx", "pdf", "fillable", "flattened")
WAITS: dict[str, Any] = {
    "signatories": [{**MOTHER, "email": "mor@eksempel.no", "phone": "+4741234567"}],
    "single_signature_reason": "cannot_be_reached",
}


def _text(sample: str, changes: dict[str, Any], wanted: Format) -> str:
    """What a reader finds in the paper, on one line."""
    kind = find(sample.split(".")[0])
    made = printing.make(kind, changed(sample, changes), wanted)
    text = docx.text(made) if wanted == "docx" else pdf_text.text(made)
    return " ".join(text.split())


@pytest.mark.parametrize("wanted", FORMATS)
def test_a_consent_that_waits_says_so_in_its_head_and_a_valid_one_does_not(wanted: Format) -> None:
    waits = _text("consent.nn", WAITS, wanted)
    mark = "Ikkje gyldig enno: Berre éin av to med foreldreansvar skriv under."
    assert mark in waits
    assert waits.index(mark) < waits.index("Heidal skule, 6. trinn")
    assert "Ikkje gyldig enno" not in _text("consent.nn", {}, wanted)


@pytest.mark.parametrize("wanted", FORMATS)
def test_nobody_s_private_contact_data_stands_on_a_consent(wanted: Format) -> None:
    text = _text("consent.nn", WAITS, wanted).replace(" ", "")
    assert "mor@eksempel.no" not in text
    assert "41234567" not in text


@pytest.mark.parametrize("wanted", ["docx", "pdf"])
def test_the_consent_of_an_adult_speaks_of_no_child(wanted: Format) -> None:
    adult = {**ALONE, "child.birth_date": "2005-05-03", "information": ["health"]}
    acts = wording.of(find("consent").form, "nn").phrases["legal"]  # they name children too
    text = _text("consent.nn", adult, wanted).partition(acts)[0]
    assert not re.search(r"\b(barnet|barna|foreldre\w*)\b", text, re.IGNORECASE)
    assert re.search(r"\bbarnet\b", _text("consent.nn", {}, wanted), re.IGNORECASE)


@pytest.mark.parametrize("wanted", ["docx", "pdf"])
@pytest.mark.parametrize(("manner", "times"), [("oral", 1), ("self_service", 1), ("written", 2)])
def test_only_who_withdraws_in_writing_signs_for_it(
    manner: str, times: int, wanted: Format
) -> None:
    text = _text("consent_withdrawal.nb", {"manner": manner}, wanted)
    assert text.count("Máret Čáhci") == times
    assert text.count("Torbjørn Aas") == 2


@pytest.mark.parametrize("wanted", ["docx", "pdf"])
def test_what_a_withdrawal_means_follows_from_how_much_is_withdrawn(wanted: Format) -> None:
    part = _text("consent_withdrawal.nb", {}, wanted)
    whole = _text("consent_withdrawal.nb", {"extent": "all"}, wanted)
    rest, meetings = "Resten av samtykket gjelder som før", "Møter som bygger på samtykket"
    assert (rest in part, meetings in part) == (True, False)
    assert (rest in whole, meetings in whole) == (False, True)


# -- what is declared is as the municipality says it ----------------------------------------------

OWN = """
[[texts.consent.declaration]]
from = 2026-01-01
nb = "Jeg lover ingenting."
nn = "Eg lovar ingenting."
"""


@pytest.fixture
def own_declaration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    file = tmp_path / "own.toml"
    file.write_text(OWN, "utf-8")
    monkeypatch.setenv("FORMSVC_PROFILE", str(file))
    settings.cache_clear()
    profile.of.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
    profile.of.cache_clear()


def _in_word(context: dict[str, Any]) -> str:
    return docx.text(docx.render(word.template("consent", "nn"), context, "nn"))


def _in_print(context: dict[str, Any]) -> str:
    return html_pdf.page("consent", context)


def _in_form(_context: dict[str, Any]) -> str:
    return draw.page("consent", "nn")


@pytest.mark.parametrize("made", [_in_word, _in_print, _in_form])
@pytest.mark.usefixtures("own_declaration")
def test_every_format_has_the_declaration_of_the_municipality(
    made: Callable[[dict[str, Any]], str],
) -> None:
    consent = find("consent")
    form = consent.form.from_answers(changed("consent.nn", {}))
    with speaking("nn"):
        text = made(printing.context(consent, form))
    assert "Eg lovar ingenting." in text
    assert "Eg har lese og forstått" not in text
