"""The blank official PDFs ask for every answer of their papers, in good words, for everyone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page
import pytest
from pypdf import PdfReader

from formsvc.documents.html_pdf import available
from formsvc.documents.pdf_form import FONT
from formsvc.documents.pdf_form.fields import Field, fields
from formsvc.documents.pdf_form.typeface import read
from formsvc.documents.pdf_text import text
from formsvc.forms import wording
from formsvc.forms.fields import AnswerField, Choice, Choices, Group, Rows
from formsvc.kinds import KINDS, Kind
from formsvc.language import speaking
from formsvc.originals.fillable.draw import draw

TEMPLATES = Path(__file__).parents[3] / "docx_templates"
PAPERS = [
    pytest.param(kind, language, id=f"{kind.slug}.{language}")
    for kind in KINDS
    if "fillable" in kind.formats
    for language in ("nb", "nn")
]
every_paper = pytest.mark.parametrize(("kind", "language"), PAPERS)
MEND = "Make the templates anew: python -m formsvc.originals.fillable"


def _template(kind: Kind, language: str) -> bytes:
    return (TEMPLATES / f"{kind.slug}.{language}.pdf").read_bytes()


def _root(data: bytes) -> Any:
    return PdfReader(io.BytesIO(data)).trailer["/Root"]


def _asked(kind: Kind) -> Iterator[tuple[str, AnswerField]]:
    """Each answer of the paper with its path; of rows, those of the first one."""
    for field in kind.form.from_typed(None):
        if field.short_name != "language":
            yield from _below(field.short_name, field)


def _below(path: str, field: AnswerField) -> Iterator[tuple[str, AnswerField]]:
    if field.private is True:  # it is for sending, and stands on no paper
        return
    if isinstance(field, Group):
        for inner in field.fields:
            yield from _below(f"{path}.{inner.short_name}", inner)
    elif isinstance(field, Rows) and isinstance(field.blank_row(), Group):
        yield from _below(f"{path}.0", field.blank_row())
    else:
        yield path, field


def _rows_with_groups(kind: Kind) -> Iterator[tuple[str, Group[Any]]]:
    for field in kind.form.from_typed(None):
        row = field.blank_row(0) if isinstance(field, Rows) else None
        if isinstance(row, Group):
            yield f"{field.short_name}.0", row


def _place(form: dict[str, Field], path: str, field: AnswerField) -> bool:
    if isinstance(field, Choices):
        return all(form.get(f"{path}.{code}") is not None for code in field.labels)
    found = form.get(path)
    if found and isinstance(field, Choice) and found.kind == "radio":
        return set(found.states) == set(field.labels)
    return found is not None


@every_paper
def test_every_answer_of_the_paper_has_a_field(kind: Kind, language: str) -> None:
    form = dict(fields(_template(kind, language)))
    assert [path for path, field in _asked(kind) if not _place(form, path, field)] == []


@every_paper
def test_private_contact_data_has_no_field(kind: Kind, language: str) -> None:
    """All who get a copy would read it."""
    private = [
        f"{path}.{name}"
        for path, field in _rows_with_groups(kind)
        for name, inner in ((one.short_name, one) for one in field.fields)
        if inner.private is True
    ]
    assert set(private).isdisjoint(fields(_template(kind, language)))
    assert kind.slug != "consent" or "signatories.0.email" in private


@every_paper
def test_no_paper_is_longer_than_it_need_be(kind: Kind, language: str) -> None:
    most = {"consent": 5, "ip_application": 4}[kind.slug]
    assert len(PdfReader(io.BytesIO(_template(kind, language))).pages) <= most


@every_paper
def test_where_to_hand_it_in_is_said_once(kind: Kind, language: str) -> None:
    said = re.findall(r"\bLever (?:eller|den|skjemaet)", text(_template(kind, language)))
    assert len(said) == 1


@every_paper
def test_every_table_has_a_place_for_more_rows(kind: Kind, language: str) -> None:
    names = set(fields(_template(kind, language)))
    tables = {name.split(".")[0] for name in names if ".0." in name}
    assert tables
    assert {f"{table}.more" for table in tables} <= names


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "fillable" in kind.formats], ids=str)
def test_both_languages_ask_for_the_same(kind: Kind) -> None:
    assert list(fields(_template(kind, "nb"))) == list(fields(_template(kind, "nn")))


@every_paper
def test_the_blank_paper_is_for_archive_and_screen_reader(kind: Kind, language: str) -> None:
    for profile in ("2a", "ua1"):
        report = page.validate_pdf_bytes(_template(kind, language), profile=profile)
        assert list(report.failures) == []


@every_paper
def test_the_paper_says_its_language_and_title(kind: Kind, language: str) -> None:
    data = _template(kind, language)
    metadata = PdfReader(io.BytesIO(data)).metadata
    assert _root(data)["/Lang"] == language
    assert metadata is not None
    assert metadata.title
    assert metadata.title in text(data)


@every_paper
def test_every_field_is_spoken_with_the_words_of_the_form(kind: Kind, language: str) -> None:
    form = fields(_template(kind, language))
    with speaking(language):
        for path, field in _asked(kind):
            if path in form:
                assert wording.label_of(field) in form[path].label, MEND


@every_paper
def test_every_option_is_printed_with_the_words_of_the_form(kind: Kind, language: str) -> None:
    printed = "".join(text(_template(kind, language)).split())
    form = fields(_template(kind, language))
    with speaking(language):
        options = [
            label
            for path, field in _asked(kind)
            if isinstance(field, (Choice, Choices))
            and (path not in form or form[path].kind == "radio")
            for label in field.labels.values()
        ]
    assert options
    assert [label for label in options if "".join(label.split()) not in printed] == [], MEND


@every_paper
def test_nothing_is_filled_in_beforehand(kind: Kind, language: str) -> None:
    found = PdfReader(io.BytesIO(_template(kind, language))).get_fields() or {}
    assert {field.get("/V", "") for field in found.values()} <= {"", "/Off"}


@every_paper
def test_tab_goes_through_the_paper_as_it_is_read(kind: Kind, language: str) -> None:
    data = _template(kind, language)
    sheets: list[Any] = list(PdfReader(io.BytesIO(data)).pages)
    assert {sheet["/Tabs"] for sheet in sheets} == {"/S"}
    tree = _annotations(_root(data)["/StructTreeRoot"])
    in_tree = [annotation.indirect_reference.idnum for annotation in tree]
    for sheet in sheets:  # a table that goes on to the next page is one table in the tree
        on_page = [annotation.idnum for annotation in sheet.get("/Annots", ())]
        assert [number for number in in_tree if number in on_page] == on_page


def _annotations(node: Any) -> Iterator[Any]:
    """The annotations of the structure tree in its order, which is that of reading."""
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if node.get("/Type") == "/OBJR":
        yield node["/Obj"]
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from _annotations(kid)


@every_paper
def test_readers_draw_what_is_typed_with_the_font_of_the_paper(kind: Kind, language: str) -> None:
    form = _root(_template(kind, language))["/AcroForm"]
    assert "/NeedAppearances" not in form
    assert FONT in form["/DA"]
    font = form["/DR"]["/Font"][FONT]["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"]
    assert read(font.get_data()).draws("æøåÆØÅ áčđŋšŧžÁČĐŊŠŦŽ ïöäâôêéü «»–…")


@every_paper
def test_dates_are_combs_of_eight(kind: Kind, language: str) -> None:
    form = fields(_template(kind, language))
    dates = [path for path, field in _asked(kind) if field.kind == "date" and ".0." not in path]
    assert {form[path].cells for path in dates} == {8}


@pytest.mark.filterwarnings(  # WeasyPrint leaves its own colour profile open
    "ignore:.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.skipif(not available(), reason="WeasyPrint lacks Pango")
def test_the_sources_make_the_papers_that_are_shipped() -> None:
    made = draw("consent", "nb")
    shipped = (TEMPLATES / "consent.nb.pdf").read_bytes()
    assert made == draw("consent", "nb")
    assert list(fields(made)) == list(fields(shipped)), MEND
    assert text(made).split() == text(shipped).split(), MEND
