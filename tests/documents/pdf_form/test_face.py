"""The official PDF forms are filled so that every reader shows, reads and speaks what was given."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page
import pymupdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from formsvc.documents import html_pdf
from formsvc.documents.html_pdf import standards
from formsvc.documents.pdf_form import Overflow, append, fill, layout, typeface
from formsvc.documents.pdf_form.fields import fields
from formsvc.documents.pdf_form.values import form_values
from formsvc.documents.pdf_text import text
from formsvc.errors import BadTemplate
from formsvc.language import speaking
from formsvc.services import printing
from tests.samples import FILLABLE, Sample

TEMPLATES = Path(__file__).parents[3] / "docx_templates"
CONSENT = (TEMPLATES / "consent.nb.pdf").read_bytes()
NORWEGIAN_AND_SAMI = "æøå ÆØÅ áčđŋšŧž ÁČĐŊŠŦŽ ïöä ǥǧǩǯʒ «–»"
LONG = "Emma trenger mer tid på morgenen. " * 60

both_ways = pytest.mark.parametrize("flatten", [False, True], ids=["editable", "flattened"])
every_sample = pytest.mark.parametrize("sample", FILLABLE, ids=str)


def _values(sample: Sample) -> tuple[bytes, dict[str, str | bool]]:
    template = (TEMPLATES / f"{sample}.pdf").read_bytes()
    with speaking(sample.language):
        form = sample.kind.form.from_answers(sample.answers)
        return template, form_values(form.codes(), form.words(), template)


def _sheets(data: bytes) -> Any:
    """The pages, as MuPDF reads them."""
    return pymupdf.open(stream=data)  # type: ignore[no-untyped-call]


def _bare(read: str) -> str:
    return re.sub(r"\s", "", read)


def _stored(data: bytes) -> dict[str, Any]:
    """What stands in the fields, by pypdf."""
    found = PdfReader(io.BytesIO(data)).get_fields() or {}
    return {name: field.get("/V") for name, field in found.items() if field.get("/FT")}


def _failures(data: bytes) -> list[Any]:
    return [
        failure
        for profile in ("2a", "ua1")
        for failure in page.validate_pdf_bytes(data, profile=profile).failures
    ]


# -- the samples ----------------------------------------------------------------------------------


@every_sample
def test_every_reader_finds_every_text_on_the_plain_pages(sample: Sample) -> None:
    template, values = _values(sample)
    data = fill(template, values, flatten=True).data
    shown = [
        value
        for name, value in values.items()
        if isinstance(value, str) and fields(template)[name].kind == "text"
    ]
    readers = {
        "pypdf": "".join(p.extract_text() for p in PdfReader(io.BytesIO(data)).pages),
        "pdfium": "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(data)),
        "mupdf": "".join(p.get_text() for p in _sheets(data)),
    }
    for reader, found in readers.items():
        lost = [value for value in shown if _bare(value) not in _bare(found)]
        assert not lost, reader


@every_sample
def test_the_form_can_still_be_changed_and_holds_every_value(sample: Sample) -> None:
    template, values = _values(sample)
    data = fill(template, values).data
    form = fields(template)
    expected = {
        name: value if form[name].kind == "text" else f"/{_state(value)}"
        for name, value in values.items()
    }
    stored = _stored(data)
    assert {name: stored[name] for name in expected} == expected
    widgets = {
        widget.field_name: widget.field_value
        for sheet in _sheets(data)
        for widget in sheet.widgets()
    }
    texts = [name for name in expected if form[name].kind == "text"]
    assert {name: widgets[name] for name in texts} == {name: values[name] for name in texts}


def _state(value: str | bool) -> str:
    return value or "Off" if isinstance(value, str) else "Yes" if value else "Off"


@both_ways
@every_sample
def test_filled_forms_are_sound_files_for_archive_and_screen_reader(
    sample: Sample, flatten: bool, tmp_path: Path
) -> None:
    data = fill(*_values(sample), flatten=flatten).data
    assert _failures(data) == []
    assert _qpdf_complains(data, tmp_path) == ""


def _qpdf_complains(data: bytes, folder: Path) -> str:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed: apt install qpdf")
    file = folder / "form.pdf"
    file.write_bytes(data)
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    return checked.stderr if checked.returncode == 0 else checked.stdout + checked.stderr


@both_ways
def test_equal_input_gives_equal_bytes(flatten: bool) -> None:
    values: dict[str, str | bool] = {"child.name": "Emma", "purposes.relay_log": True}
    assert fill(CONSENT, values, flatten=flatten) == fill(CONSENT, values, flatten=flatten)


def test_other_input_gives_another_identifier() -> None:
    trailers: list[Any] = [
        PdfReader(io.BytesIO(fill(CONSENT, {"child.name": name}).data)).trailer
        for name in ("Emma", "Ådne")
    ]
    one, other = (trailer["/ID"] for trailer in trailers)
    assert one[0] == other[0]
    assert one[1] != other[1]


# -- what is drawn --------------------------------------------------------------------------------


def _ink(data: bytes, sheet: int, box: tuple[float, float, float, float]) -> float:
    """How dark a part of a page is, as PDFium draws it with its form: 0 white, 1 black."""
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    drawn = document[sheet].render(scale=4, may_draw_forms=True)
    picture = drawn.to_pil().convert("L")
    x, y, width, height = box
    area = (x * 4, picture.height - (y + height) * 4, (x + width) * 4, picture.height - y * 4)
    grey: bytes = picture.crop(tuple(round(edge) for edge in area)).tobytes()
    return 1 - sum(grey) / len(grey) / 255


@both_ways
@pytest.mark.parametrize("chosen", ["joint", "father", "other"])
def test_only_the_chosen_radio_button_is_drawn(chosen: str, flatten: bool) -> None:
    data = fill(CONSENT, {"parental_responsibility": chosen}, flatten=flatten).data
    ink = {
        button.state: _ink(
            data, button.page, (button.x + 2, button.y + 2, button.width - 4, button.height - 4)
        )
        for button in fields(CONSENT)["parental_responsibility"].widgets
    }
    dark = ink.pop(chosen)
    assert dark > 0.3
    assert all(light < dark / 5 for light in ink.values()), ink


@both_ways
def test_a_ticked_box_is_drawn_and_another_is_not(flatten: bool) -> None:
    values: dict[str, str | bool] = {"purposes.relay_log": True, "purposes.transition": False}
    data = fill(CONSENT, values, flatten=flatten).data
    ink = {}
    for name in values:
        box = fields(CONSENT)[name].widgets[0]
        ink[name] = _ink(data, box.page, (box.x + 1, box.y + 1, box.width - 2, box.height - 2))
    assert ink["purposes.relay_log"] > 0.08
    assert ink["purposes.transition"] < 0.01


def test_letters_of_norwegian_and_sami_are_drawn_and_none_is_a_box() -> None:
    form = fill(CONSENT, {"child.name": NORWEGIAN_AND_SAMI})
    assert form.overflow == []
    stream = _field(form.data, "child.name")["/AP"]["/N"].get_data()
    glyphs = bytes.fromhex(re.findall(rb"<([0-9A-F]+)> Tj", stream)[0].decode())
    numbers = [int.from_bytes(glyphs[at : at + 2], "big") for at in range(0, len(glyphs), 2)]
    assert len(numbers) == len(NORWEGIAN_AND_SAMI)
    assert 0 not in numbers


def _field(data: bytes, name: str) -> Any:
    """The dictionary of a field, found by the parts of its name."""
    found: Any = PdfReader(io.BytesIO(data)).trailer["/Root"]
    level = found["/AcroForm"]["/Fields"]
    for part in name.split("."):
        found = next(kid.get_object() for kid in level if kid.get_object().get("/T") == part)
        level = found.get("/Kids", [])
    return found


@both_ways
def test_letters_of_norwegian_and_sami_are_read_back(flatten: bool) -> None:
    data = fill(CONSENT, {"child.name": NORWEGIAN_AND_SAMI}, flatten=flatten).data
    assert NORWEGIAN_AND_SAMI in text(data)


@both_ways
def test_letters_that_share_a_glyph_are_read_back_as_they_were_written(flatten: bool) -> None:
    alike = "ι ɩ ’ ʼ Δ ∆ «”»"
    data = fill(CONSENT, {"child.name": alike}, flatten=flatten).data
    sheets = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(data)).pages)
    assert _bare(alike) in _bare(sheets if flatten else text(data))
    assert _failures(data) == []


def test_a_date_stands_one_digit_to_a_cell() -> None:
    box = fields(CONSENT)["valid_from"].widgets[0]
    laid = _laid("24112026", layout.Box(box.width, box.height, cells=8), ("*",))
    assert [line.text for line in laid.lines] == list("24112026")
    assert [int(line.x // (box.width / 8)) for line in laid.lines] == list(range(8))


def _laid(text: str, box: layout.Box, references: tuple[str, ...]) -> layout.Laid:
    """A text as a field shows it: whole, or its beginning."""
    font = typeface.bundled()
    return layout.fitted(text, box, font) or layout.shortened(text, box, font, references)


def test_a_template_that_carries_no_font_is_given_one() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(CONSENT))
    form: Any = writer.root_object["/AcroForm"]
    del form[NameObject("/DR")]
    without = io.BytesIO()
    writer.write(without)
    data = fill(without.getvalue(), {"child.name": NORWEGIAN_AND_SAMI}, flatten=True).data
    assert _bare(NORWEGIAN_AND_SAMI) in _bare(text(data))


# -- what has no room -----------------------------------------------------------------------------


def test_a_long_text_shows_its_beginning_and_where_the_whole_stands() -> None:
    filled = fill(CONSENT, {"child_heard_note": LONG})
    shown = _stored(filled.data)["child_heard_note"]
    assert shown.startswith("Emma trenger mer tid på morgenen. Emma")
    assert shown.endswith("… se vedlegg, punkt 1")
    assert [(one.field, one.text) for one in filled.overflow] == [("child_heard_note", LONG)]
    assert filled.overflow[0].label == fields(CONSENT)["child_heard_note"].label


def test_references_are_numbered_in_the_order_of_the_paper() -> None:
    filled = fill(CONSENT, {"child_heard_note": LONG, "child.name": LONG, "exclusions": "Nei"})
    assert [one.field for one in filled.overflow] == ["child.name", "child_heard_note"]
    stored = _stored(filled.data)
    assert stored["child.name"].endswith("punkt 1")
    assert stored["child_heard_note"].endswith("punkt 2")


@pytest.mark.parametrize(
    "beyond",
    ["Hilsen 👋 fra Emma", "اسم الطفل", "Hilsen \u0301uten bokstav", "to\nlinjer", "漢字"],
    ids=["emoji", "arabic", "loose accent", "line break", "chinese"],
)
def test_what_the_field_cannot_show_goes_to_the_continuation_page(beyond: str) -> None:
    filled = fill(CONSENT, {"child.name": beyond})
    assert [one.text for one in filled.overflow] == [beyond]
    assert "vedlegg" in _stored(filled.data)["child.name"]


def test_a_comb_too_short_for_its_text_refers_to_the_continuation_page() -> None:
    filled = fill(CONSENT, {"valid_from": "en dag i desember"})
    assert filled.overflow[0].text == "en dag i desember"
    assert len(_stored(filled.data)["valid_from"]) <= 8


@pytest.mark.filterwarnings(  # WeasyPrint leaves its own colour profile open
    "ignore:.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning"
)
@both_ways
def test_the_whole_text_stands_on_the_continuation_page(flatten: bool, tmp_path: Path) -> None:
    if not html_pdf.available():
        pytest.skip("WeasyPrint lacks Pango")
    hostile = "<script>alert(1)</script> & (ubalansert \\ 👋 )>> endobj"
    values: dict[str, str | bool] = {"child_heard_note": LONG, "child.name": hostile}
    filled = fill(CONSENT, values, flatten=flatten)
    pages = _continuation(filled.overflow)
    data = append(filled.data, pages)
    read = _bare(text(data))
    assert _bare(LONG) in read
    assert _bare(hostile) in read
    assert _failures(data) == []
    assert _qpdf_complains(data, tmp_path) == ""
    assert data == append(filled.data, pages)


@pytest.mark.filterwarnings(  # WeasyPrint leaves its own colour profile open
    "ignore:.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning"
)
def test_a_form_promises_no_more_than_its_continuation_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not html_pdf.available():
        pytest.skip("WeasyPrint lacks Pango")
    # no bundled font has a glyph without letters any more, so one is made believe
    monkeypatch.setattr(standards, "_spell_out_glyphs", lambda _document, _pdf: False)
    filled = fill(CONSENT, {"child.name": "أهلا"})
    pages = _continuation(filled.overflow)
    assert b"<pdfaid:conformance>B" in pages
    data = append(filled.data, pages)
    assert list(page.validate_pdf_bytes(data, profile="2b").failures) == []
    assert b"<pdfaid:conformance>B" in data
    assert b"<pdfaid:conformance>A" not in data
    assert b"<pdfuaid:part>" not in data


def _continuation(overflow: list[Overflow]) -> bytes:
    sample = FILLABLE[0]
    frame = printing.context(sample.kind, sample.kind.form.from_answers(sample.answers))
    entries = [
        {"number": number, "label": one.label, "text": one.text}
        for number, one in enumerate(overflow, start=1)
    ]
    return html_pdf.render("continuation", {**frame, "title": "Vedlegg", "entries": entries})


@pytest.mark.parametrize(
    "hostile",
    ["/Off", "(ubalansert \\", ")>> endobj", "<</JS (app.alert(1))>>", "%PDF-1.7", "{{ 7 * 7 }}"],
)
@both_ways
def test_hostile_text_is_only_text(hostile: str, flatten: bool) -> None:
    data = fill(CONSENT, {"child.name": hostile}, flatten=flatten).data
    assert _bare(hostile) in _bare(text(data))
    assert _failures(data) == []


# -- layout ---------------------------------------------------------------------------------------

_BOXES = st.builds(
    layout.Box,
    width=st.floats(30, 500),
    height=st.floats(14, 200),
    multiline=st.booleans(),
    cells=st.sampled_from([0, 0, 0, 4, 8]),
)
_LETTERS = st.text(
    st.one_of(st.sampled_from("aeiæøåčŋ W.,-\n\t"), st.characters(exclude_categories=["Cs"])),
    max_size=300,
)


@settings(max_examples=150, deadline=None)
@given(written=_LETTERS, box=_BOXES)
def test_any_text_is_shown_whole_or_referred_to(written: str, box: layout.Box) -> None:
    references = ("… se vedlegg, punkt 1", "vedlegg 1", "*1")
    laid = _laid(written, box, references)
    drawn = "".join(line.text for line in laid.lines)
    if laid.complete:
        assert laid.shown == written
        assert drawn == written.replace("\n", "").replace("\t", "    ")
    else:
        assert any(laid.shown.endswith(reference) for reference in references)
        beginning = next(laid.shown.removesuffix(r) for r in references if laid.shown.endswith(r))
        assert written.startswith(beginning.rstrip(" "))


@settings(max_examples=150, deadline=None)
@given(written=_LETTERS, box=_BOXES.filter(lambda box: box.width > 60 and not box.cells))
def test_no_line_leaves_its_box(written: str, box: layout.Box) -> None:
    font = typeface.bundled()
    laid = _laid(written, box, ("vedlegg 1", "*1"))
    for line in laid.lines:
        assert line.x >= 0
        assert line.x + font.width(line.text.rstrip()) * laid.size <= box.width
        assert 0 <= line.y <= box.height


# -- plain pages ----------------------------------------------------------------------------------


def test_plain_pages_hold_no_form_and_every_drawing_is_in_the_structure_tree() -> None:
    data = fill(CONSENT, {"child.name": "Emma", "interpreter": True}, flatten=True).data
    whole = PdfReader(io.BytesIO(data))
    root: Any = whole.trailer["/Root"]
    assert "/AcroForm" not in root
    assert not any(sheet.get("/Annots") for sheet in whole.pages)
    elements = list(_elements(root["/StructTreeRoot"], "/Form"))
    assert len(elements) == sum(len(field.widgets) for field in fields(CONSENT).values())
    assert all(element["/K"]["/Type"] == "/MCR" for element in elements)
    ticked = [e["/A"]["/Desc"] for e in elements if e["/A"].get("/checked") == "/on"]
    assert ticked == [fields(CONSENT)["interpreter"].label]


def _elements(node: Any, kind: str) -> Iterator[Any]:
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if node.get("/S") == kind:
        yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from _elements(kid, kind)


# -- templates that do not match ------------------------------------------------------------------


def test_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(BadTemplate, match=r"«child.nam».*«child.name»"):
        fill(CONSENT, {"child.nam": "Emma"})


def test_a_code_without_a_button_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadTemplate, match=r"«grandmother».*joint, mother"):
        fill(CONSENT, {"parental_responsibility": "grandmother"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("child.name", True), ("interpreter", "ja"), ("child_heard", True)],
)
def test_a_value_of_the_wrong_kind_is_refused(name: str, value: str | bool) -> None:
    with pytest.raises(BadTemplate, match=re.escape(name)):
        fill(CONSENT, {name: value})


@pytest.mark.parametrize("broken", [b"", b"not a PDF", CONSENT[:5000]])
def test_a_broken_template_is_refused(broken: bytes) -> None:
    with pytest.raises(BadTemplate):
        fill(broken, {"child.name": "Emma"})


def test_a_pdf_without_a_form_is_refused() -> None:
    plain = fill(CONSENT, {}, flatten=True).data
    with pytest.raises(BadTemplate, match="no form fields"):
        fill(plain, {"child.name": "Emma"})
