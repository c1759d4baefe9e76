"""Under another municipality's profile nothing of the shipped one stands in any document.

All kinds, all formats, both languages: in the text, in what a screen reader is told, and in the
metadata.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject, TextStringObject

from formsvc import config, profile
from formsvc.config import Settings
from formsvc.documents import docx, html_pdf, pdf_text
from formsvc.formats import Format
from formsvc.kinds import KINDS, Kind
from formsvc.originals.word import PAPERS
from formsvc.services import printing, templates
from tests.documents.validator import failures

FOLDER: Final = Path(__file__).parents[1] / "profiles" / "other"
DOCUMENTS = [
    pytest.param(kind, language, wanted, id=f"{kind.slug}.{language}.{wanted}")
    for kind in KINDS
    for language in ("nb", "nn")
    for wanted in kind.formats
    # a template that somebody made in Word says what it says
    if wanted != "docx" or kind.slug in PAPERS
]
every_document = pytest.mark.parametrize(("kind", "language", "wanted"), DOCUMENTS)
pytestmark = [
    pytest.mark.skipif(not html_pdf.available(), reason="WeasyPrint lacks Pango"),
    pytest.mark.filterwarnings("ignore:.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning"),
]
#: what only one municipality has
FACTS: Final = ("name", "address", "phone", "email", "website", "organisation_number", "colour")


@cache
def other() -> Settings:
    """The other municipality; the forms that are drawn are kept."""
    return Settings(demo=True, profile=FOLDER / "profile.toml", data=Path(mkdtemp()))


@cache
def made(kind: Kind, language: str, wanted: Format) -> bytes:
    with config.using(other()):
        return printing.make(kind, kind.form.sample(language), wanted)


def plain(text: str) -> str:
    return " ".join(text.split())


def read(data: bytes) -> str:
    return plain(docx.text(data) if data.startswith(b"PK") else pdf_text.text(data))


@cache
def everything(data: bytes) -> str:
    """All text that a file holds, wherever it stands."""
    return plain(" ".join([read(data), *(_in_word if data.startswith(b"PK") else _in_pdf)(data)]))


def _in_word(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                xml = package.read(name).decode()
                yield re.sub("<[^>]+>", "", xml)
                yield from re.findall(r'(?:descr|title|val)="([^"]+)"', xml)


def _in_pdf(data: bytes) -> Iterator[str]:
    """Titles, tooltips, descriptions and all other strings of the file's objects."""
    reader = PdfReader(io.BytesIO(data))
    for number in range(1, int(str(reader.trailer["/Size"]))):
        held: Any = reader.get_object(number)
        if isinstance(held, DictionaryObject):
            yield from (str(text) for text in held.values() if isinstance(text, TextStringObject))
        if isinstance(held, StreamObject) and held.get("/Type") == "/Metadata":
            yield held.get_data().decode()


def facts(held: profile.Profile) -> set[str]:
    """What a profile says of its municipality and offices."""
    found = {held.municipality(each)[fact] for each in ("nb", "nn", "en") for fact in FACTS}
    found |= {held.sender.phone, held.sender.organisation_number}
    for key, office in held.offices.items():
        found |= {office.phone, office.email}
        found |= {held._fact(f"offices.{key}.phone", "nb", None)}  # noqa: SLF001 as it is shown
    return found


def words(held: profile.Profile, kind: Kind, language: str) -> set[str]:
    """The words that municipalities choose; what answers an application stands in its papers."""
    return {
        each.say(language)
        for key, each in held.words.items()
        if "compound" not in key and (kind.group == "plan" or not key.startswith("decision"))
    }


def titles(held: profile.Profile, language: str) -> set[str]:
    return {
        held.title(kind.slug, language)
        for kind in KINDS
        if kind.formats and kind.slug in held.titles
    }


def answered(kind: Kind, language: str) -> str:
    """What the sample itself answers, in which any word may stand."""
    return str(kind.form.from_answers(kind.form.sample(language)).words())


@every_document
def test_no_fact_of_the_shipped_municipality_is_anywhere(
    kind: Kind, language: str, wanted: Format
) -> None:
    theirs, ours = facts(profile.of(None)), facts(profile.of(FOLDER / "profile.toml"))
    found = everything(made(kind, language, wanted))
    said = answered(kind, language)
    assert [fact for fact in theirs - ours if fact and fact in found and fact not in said] == []
    assert "Vestbygd kommune" in read(made(kind, language, wanted))


@every_document
def test_no_word_of_the_shipped_municipality_is_anywhere(
    kind: Kind, language: str, wanted: Format
) -> None:
    shipped, own = profile.of(None), profile.of(FOLDER / "profile.toml")
    theirs = {
        **dict.fromkeys(words(shipped, kind, language) - words(own, kind, language), re.IGNORECASE),
        # a title may be an ordinary word too, as innkalling is
        **dict.fromkeys(titles(shipped, language) - titles(own, language), 0),
    }
    found, said = everything(made(kind, language, wanted)), answered(kind, language).casefold()
    assert [
        word
        for word, case in theirs.items()
        if re.search(rf"\b{re.escape(word)}\b", found, case) and word.casefold() not in said
    ] == []


@every_document
def test_every_format_says_the_same_declaration(kind: Kind, language: str, wanted: Format) -> None:
    with config.using(other()):
        phrases = templates.frame(kind, kind.form.from_answers({"language": language}))["phrases"]
    assert plain(phrases["declaration"]) in read(made(kind, language, wanted))


@every_document
def test_every_pdf_is_for_archive_and_screen_reader(
    kind: Kind, language: str, wanted: Format
) -> None:
    if wanted != "docx":
        assert failures(made(kind, language, wanted), "2a", "ua1") == []
