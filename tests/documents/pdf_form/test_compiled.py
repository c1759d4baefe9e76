"""A form that somebody else made is filled at once, right in every reader, or refused in words."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pymupdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from formsvc.cleaning import clean
from formsvc.documents.pdf_form import CompiledForm, Filled, load
from formsvc.documents.pdf_form.fields import Field, Widget
from formsvc.documents.pdf_form.objects import add, pdf, pdf_text, put, stream
from formsvc.errors import BadTemplate

BENCH = Path(__file__).parents[3] / "benchmarks" / "data"
FOREIGN = (BENCH / "consent.pdf").read_bytes()
PACKED = (BENCH / "consent_os.pdf").read_bytes()
SAID = json.loads((BENCH / "consent_values.json").read_text("utf-8"))
VALUES: dict[str, str | bool] = {**SAID["TEXT"], **SAID["CHECK"], **SAID["RADIO"]}
BEYOND_LATIN: dict[str, str | bool] = {
    "vorname": "Łucja Čáhci Đorđe ŋ ž",
    "nachname": "Ελληνικά Кириллица",
    "ort": "žŽšŠłŁ čČ «–» €",
}
LONG = "Emma trenger mer tid på morgenen. " * 80

both_forms = pytest.mark.parametrize("template", [FOREIGN, PACKED], ids=["plain", "packed"])
every_way = pytest.mark.parametrize(
    "way", [{}, {"flatten": True}, {"incremental": True}], ids=["editable", "flattened", "added"]
)
still_a_form = pytest.mark.parametrize(
    "way", [{}, {"incremental": True}], ids=["editable", "added"]
)
Way = Mapping[str, bool]


def _bare(read: str) -> str:
    return re.sub(r"\s", "", read)


def _state(value: str | bool) -> str:
    return value if isinstance(value, str) else "Yes" if value else "Off"


def _stored(data: bytes) -> dict[str, str]:
    found = PdfReader(io.BytesIO(data)).get_fields() or {}
    return {name: str(field.get("/V", "")) for name, field in found.items()}


def _read(data: bytes, folder: Path) -> Iterator[tuple[str, str]]:
    """What each reader finds on the pages."""
    yield "pypdf", "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(data)).pages)
    document = pypdfium2.PdfDocument(data)
    yield "pdfium", "".join(sheet.get_textpage().get_text_range() for sheet in document)
    opened: Any = pymupdf.open(stream=data)  # type: ignore[no-untyped-call]
    assert not opened.is_repaired
    yield "mupdf", "".join(sheet.get_text() for sheet in opened)
    if shutil.which("pdftotext"):
        file = folder / "form.pdf"
        file.write_bytes(data)
        read = subprocess.run(
            ["pdftotext", "-raw", file, "-"], capture_output=True, text=True, check=True
        )
        assert read.stderr == ""
        yield "poppler", read.stdout


def _qpdf_complains(data: bytes, folder: Path) -> str:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed: apt install qpdf")
    file = folder / "checked.pdf"
    file.write_bytes(data)
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    return checked.stderr if checked.returncode == 0 else checked.stdout + checked.stderr


def _ink(data: bytes, widget: Widget, *, inset: float = 2) -> float:
    """How much of a field is as dark as ink, as PDFium draws it with its form."""
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    picture = document[widget.page].render(scale=4, may_draw_forms=True).to_pil().convert("L")
    left, low = widget.x + inset, widget.y + inset
    right, high = widget.x + widget.width - inset, widget.y + widget.height - inset
    box = (left * 4, picture.height - high * 4, right * 4, picture.height - low * 4)
    grey: bytes = picture.crop(tuple(round(edge) for edge in box)).tobytes()
    return sum(level < 110 for level in grey) / len(grey)


def _drawn_as_chosen(data: bytes, buttons: Sequence[Widget]) -> list[str]:
    """The radio buttons with a dot in them: each has a ring, which is some ink too."""
    ink = {button.state: _ink(data, button, inset=5) for button in buttons}
    assert min(ink.values()) < 0.13
    return [state for state, dark in ink.items() if dark > 0.2]


# -- right in every reader ------------------------------------------------------------------------


@every_way
@both_forms
@pytest.mark.parametrize("more", [{}, BEYOND_LATIN], ids=["latin", "beyond"])
def test_the_file_is_sound(
    template: bytes, way: Way, more: dict[str, str | bool], tmp_path: Path
) -> None:
    filled = load(template).fill({**VALUES, **more}, **way)
    assert filled.overflow == []
    assert _qpdf_complains(filled, tmp_path) == ""


@both_forms
def test_every_reader_finds_every_text_on_plain_pages(template: bytes, tmp_path: Path) -> None:
    values = {**VALUES, **BEYOND_LATIN}
    filled = load(template).fill(values, flatten=True)
    texts = [values[name] for name in SAID["TEXT"]]
    for reader, found in _read(filled, tmp_path):
        lost = [text for text in texts if _bare(str(text)) not in _bare(found)]
        assert not lost, reader


@still_a_form
@both_forms
def test_every_reader_finds_values_and_states(template: bytes, way: Way) -> None:
    values = {**VALUES, **BEYOND_LATIN}
    filled = load(template).fill(values, **way)
    expected = {
        name: f"/{_state(value)}" if name not in SAID["TEXT"] else value
        for name, value in values.items()
    }
    stored = _stored(filled)
    assert {name: stored[name] for name in expected} == expected
    opened: Any = pymupdf.open(stream=filled)  # type: ignore[no-untyped-call]
    assert not opened.is_repaired
    widgets = [widget for sheet in opened for widget in sheet.widgets()]
    texts = {w.field_name: w.field_value for w in widgets if w.field_name in SAID["TEXT"]}
    assert texts == {name: values[name] for name in SAID["TEXT"]}
    chosen = {(w.field_name, w.field_value) for w in widgets if w.field_value not in ("Off", "")}
    assert {(name, code) for name, code in SAID["RADIO"].items()} <= chosen


@every_way
@both_forms
def test_the_picture_is_what_was_asked_for(template: bytes, way: Way) -> None:
    form = load(template)
    filled = form.fill(VALUES, **way)
    for name in SAID["TEXT"]:
        assert _ink(filled, form.fields[name].widgets[0], inset=3) > 0.004, name
    for name, ticked in SAID["CHECK"].items():
        assert ticked == (_ink(filled, form.fields[name].widgets[0], inset=3) > 0.02), name
    for name, chosen in SAID["RADIO"].items():
        assert _drawn_as_chosen(filled, form.fields[name].widgets) == [chosen]


def _painted(data: bytes, sheet: int, folder: Path) -> Iterator[tuple[str, Any]]:
    """The picture of a page by each of the painters, in grey, three points to a point."""
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    yield "pdfium", document[sheet].render(scale=3, may_draw_forms=True).to_pil().convert("L")
    mupdf: Any = pymupdf  # it ships no types
    pixels = mupdf.open(stream=data)[sheet].get_pixmap(matrix=mupdf.Matrix(3, 3), colorspace="GRAY")
    yield "mupdf", Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)
    if shutil.which("pdftoppm"):
        file = folder / "form.pdf"
        file.write_bytes(data)
        page_number = str(sheet + 1)
        command = [
            "pdftoppm",
            "-r",
            "216",
            "-gray",
            "-f",
            page_number,
            "-l",
            page_number,
            str(file),
        ]
        painted = subprocess.run(command, capture_output=True, check=True)
        assert painted.stderr == b""
        yield "poppler", Image.open(io.BytesIO(painted.stdout))


def _dark(picture: Any, widget: Widget, inset: float) -> float:
    left, right = widget.x + inset, widget.x + widget.width - inset
    low, high = widget.y + inset, widget.y + widget.height - inset
    box = (left * 3, picture.height - high * 3, right * 3, picture.height - low * 3)
    grey: bytes = picture.crop(tuple(round(edge) for edge in box)).tobytes()
    return sum(level < 110 for level in grey) / len(grey)


@every_way
@both_forms
def test_every_painter_draws_what_was_asked_for_and_nothing_else(
    template: bytes, way: Way, tmp_path: Path
) -> None:
    form = load(template)
    given = {name: value for number, (name, value) in enumerate(VALUES.items()) if number % 2}
    filled = form.fill(given, **way)
    for sheet in (0, 1):
        for painter, picture in _painted(filled, sheet, tmp_path):
            wrong = [
                name
                for name, field in form.fields.items()
                for widget in field.widgets
                if widget.page == sheet and not _is_as_asked(picture, field, widget, given)
            ]
            assert wrong == [], painter


def _is_as_asked(
    picture: Any, field: Field, widget: Widget, given: Mapping[str, str | bool]
) -> bool:
    value = given.get(field.name, "")
    dark = _dark(picture, widget, inset=5 if field.kind == "radio" else 3)
    if field.kind == "radio":
        return (dark > 0.2) == (value == widget.state)
    if field.cells:  # the lines between the cells are some ink too
        return True
    return dark > 0.003 if value else dark == 0


@pytest.mark.parametrize("name", ["vorname", "nachname", "ort"])
@every_way
def test_letters_that_the_form_lacks_are_drawn_with_another_font(name: str, way: Way) -> None:
    form = load(FOREIGN)
    widget = form.fields[name].widgets[0]
    assert _ink(form.fill(BEYOND_LATIN, **way), widget) > 0.02
    assert form.fill(BEYOND_LATIN, **way).data.count(b"+Inter-Regular") > 0
    assert form.fill(VALUES, **way).data.count(b"+Inter-Regular") == 0


@every_way
def test_equal_input_gives_equal_bytes(way: Way) -> None:
    one = CompiledForm(FOREIGN).fill(BEYOND_LATIN, **way)
    assert one == CompiledForm(FOREIGN).fill(dict(reversed(BEYOND_LATIN.items())), **way)
    assert one != CompiledForm(FOREIGN).fill(VALUES, **way)


def test_an_increment_leaves_every_byte_of_the_template() -> None:
    for template in (FOREIGN, PACKED):
        assert load(template).fill(VALUES, incremental=True).startswith(template)


def test_nothing_of_the_template_stands_twice_in_a_whole_file() -> None:
    filled = load(FOREIGN).fill(VALUES)
    numbers = re.findall(rb"^(\d+) 0 obj$", filled, re.MULTILINE)
    assert len(numbers) == len(set(numbers))
    assert filled.count(b"startxref") == 1


# -- text -----------------------------------------------------------------------------------------

_ANY = st.text(
    st.one_of(st.sampled_from("aeiæøåčŋžŁ W.,-()\\\n\t"), st.characters()),
    max_size=200,
)


@settings(max_examples=30, deadline=None)
@given(written=_ANY, name=st.sampled_from(["vorname", "anmerkungen", "iban"]))
def test_any_text_comes_out_again_or_is_handed_back(written: str, name: str) -> None:
    fit = clean(written).text
    filled = load(FOREIGN).fill({name: written})
    assert _stored(filled)[name].replace("\r", "\n") == fit
    plain = load(FOREIGN).fill({name: written}, flatten=True)
    assert [one.text for one in plain.overflow] in ([], [fit])
    added = load(FOREIGN).fill({name: written}, incremental=True)
    assert _stored(added)[name].replace("\r", "\n") == fit
    assert filled.overflow == plain.overflow == added.overflow
    if not plain.overflow:
        assert _bare(fit) in _bare("".join(_drawn_text(plain)))


def _drawn_text(data: bytes) -> Iterator[str]:
    for sheet in PdfReader(io.BytesIO(data)).pages:
        yield sheet.extract_text()


def test_a_long_text_is_wrapped_smaller_and_then_handed_back() -> None:
    form = load(FOREIGN)
    assert form.fill({"anmerkungen": LONG[:600]}).overflow == []
    filled = form.fill({"anmerkungen": LONG}, flatten=True)
    assert [one.text for one in filled.overflow] == [LONG]
    sheet = "".join(_drawn_text(filled))
    assert "Emma trenger mer tid" in sheet
    assert "se vedlegg, punkt 1" in sheet


@pytest.mark.parametrize(("align", "side"), [(0, "left"), (2, "right")])
def test_text_stands_where_the_field_asks(align: int, side: str) -> None:
    def aligned(writer: PdfWriter) -> None:
        put(_named(writer, "vorname"), {"/Q": align})

    form = CompiledForm(_changed(FOREIGN, aligned))
    widget = form.fields["vorname"].widgets[0]
    half = widget.width / 2
    left = Widget(0, 0, widget.x, widget.y, half, widget.height, "")
    right = Widget(0, 0, widget.x + half, widget.y, half, widget.height, "")
    filled = form.fill({"vorname": "Emma"})
    ink = {"left": _ink(filled, left), "right": _ink(filled, right)}
    assert ink.pop(side) > 0.005
    assert list(ink.values()) == [0]


def test_a_size_of_nothing_is_chosen_to_fit() -> None:
    def automatic(writer: PdfWriter) -> None:
        put(_named(writer, "vorname"), {"/DA": pdf_text("/Helv 0 Tf 1 0 0 rg")})

    filled = CompiledForm(_changed(FOREIGN, automatic)).fill({"vorname": "Emma"})
    drawn = _look(filled, "vorname")
    assert b"/Helv 12 Tf 1 0 0 rg" in drawn


def _look(data: bytes, name: str) -> bytes:
    field = next(f for f in _fields(PdfReader(io.BytesIO(data))) if f.get("/T") == name)
    return bytes(field["/AP"]["/N"].get_data())


def _fields(file: Any) -> list[Any]:
    return [field.get_object() for field in file.root_object["/AcroForm"]["/Fields"]]


# -- forms of other makers ------------------------------------------------------------------------


def _changed(template: bytes, *changes: Callable[[PdfWriter], None]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(template))
    for change in changes:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _named(writer: PdfWriter, name: str) -> Any:
    return next(field for field in _fields(writer) if field.get("/T") == name)


def _list(flags: int) -> Callable[[PdfWriter], None]:
    def made(writer: PdfWriter) -> None:
        options = [[pdf_text("s"), pdf_text("Skole")], pdf_text("Barnehage")]
        entries = {"/FT": "/Ch", "/Ff": flags, "/Opt": options, "/V": pdf_text("s")}
        put(_named(writer, "schule"), entries)

    return made


_COMBO, _EDITABLE, _SEVERAL = 1 << 17, 1 << 18, 1 << 21


@every_way
@pytest.mark.parametrize("given", ["s", "Skole"])
@pytest.mark.parametrize("flags", [0, _COMBO], ids=["list", "drop-down"])
def test_a_choice_is_stored_by_its_code_and_shown_by_its_words(
    given: str, flags: int, way: Way, tmp_path: Path
) -> None:
    form = CompiledForm(_changed(FOREIGN, _list(flags)))
    filled = form.fill({"schule": given}, **way)
    if "flatten" in way:
        assert "Skole" in "".join(_drawn_text(filled))
    else:
        assert _stored(filled)["schule"] == "s"
        assert b"(Skole)" in _look(filled, "schule")
    assert _qpdf_complains(filled, tmp_path) == ""


def test_several_may_be_chosen_where_the_list_allows_it() -> None:
    form = CompiledForm(_changed(FOREIGN, _list(_SEVERAL)))
    filled = form.fill({"schule": "s\nBarnehage"})
    field = next(f for f in _fields(PdfReader(io.BytesIO(filled))) if f.get("/T") == "schule")
    assert list(field["/V"]) == ["s", "Barnehage"]


def test_what_a_list_does_not_offer_is_refused_with_what_it_does() -> None:
    form = CompiledForm(_changed(FOREIGN, _list(_COMBO)))
    with pytest.raises(BadTemplate, match=r"«schule».*«Universitet».*Skole, Barnehage"):
        form.fill({"schule": "Universitet"})
    free = CompiledForm(_changed(FOREIGN, _list(_COMBO | _EDITABLE)))
    assert _stored(free.fill({"schule": "Universitet"}))["schule"] == "Universitet"


@every_way
def test_a_field_that_is_drawn_in_no_way_is_drawn(way: Way, tmp_path: Path) -> None:
    def bare(writer: PdfWriter) -> None:
        for name in ("vorname", "einw_foto"):
            del _named(writer, name)[NameObject("/AP")]
        put(writer.root_object["/AcroForm"], {"/NeedAppearances": pdf(1)})

    form = CompiledForm(_changed(FOREIGN, bare))
    filled = form.fill({"vorname": "Emma", "einw_foto": True}, **way)
    for name in ("vorname", "einw_foto"):
        assert _ink(filled, form.fields[name].widgets[0], inset=3) > 0.01, name
    if "flatten" not in way:
        asked: Any = PdfReader(io.BytesIO(filled)).root_object["/AcroForm"]
        assert "/NeedAppearances" not in asked
    assert _qpdf_complains(filled, tmp_path) == ""


@every_way
def test_what_stands_in_the_template_stays_unless_it_is_filled(way: Way) -> None:
    template = load(FOREIGN).fill({"vorname": "Ådne", "ort": "Otta", "sorge": "allein"})
    form = CompiledForm(bytes(template))
    filled = form.fill({"ort": "Vågå"}, **way)
    if "flatten" in way:
        shown = "".join(_drawn_text(filled))
        assert "Ådne" in shown
        assert "Vågå" in shown
        assert "Otta" not in shown
    else:
        stored = _stored(filled)
        assert (stored["vorname"], stored["ort"]) == ("Ådne", "Vågå")
        assert stored["sorge"] == "/allein"
    assert _drawn_as_chosen(filled, form.fields["sorge"].widgets) == ["allein"]


@every_way
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_field_is_drawn_inside_its_place(turn: int, way: Way) -> None:
    def turned(writer: PdfWriter) -> None:
        field = _named(writer, "vorname")
        put(field["/MK"], {"/R": turn})
        put(field, {"/Rect": [20, 300, 40, 420] if turn != 180 else [20, 300, 140, 320]})

    form = CompiledForm(_changed(FOREIGN, turned))
    filled = form.fill({"vorname": "Emma Nordmann"}, **way)
    assert _ink(filled, form.fields["vorname"].widgets[0]) > 0.02


@every_way
def test_two_places_of_one_field_show_the_same(way: Way) -> None:
    def twice(writer: PdfWriter) -> None:
        field = _named(writer, "vorname")
        group = add(writer, {"/FT": "/Tx", "/T": pdf_text("vorname"), "/DA": field["/DA"]})
        other = add(writer, dict(field.items()))
        own = field.indirect_reference
        for widget, place in ((own, field["/Rect"]), (other, [180, 20, 400, 36])):
            for key in ("/T", "/FT", "/V", "/DA"):
                widget.get_object().pop(key, None)
            put(widget.get_object(), {"/Parent": group, "/Rect": place})
        put(group.get_object(), {"/Kids": [own, other]})
        form: Any = writer.root_object["/AcroForm"]
        tops = [group if top == own else top for top in form["/Fields"]]
        put(form, {"/Fields": tops})
        sheet: Any = writer.pages[0]
        put(sheet, {"/Annots": [*sheet["/Annots"], other]})

    form = CompiledForm(_changed(FOREIGN, twice))
    widgets = form.fields["vorname"].widgets
    filled = form.fill({"vorname": "Emma"}, **way)
    assert len(widgets) == 2
    assert all(_ink(filled, widget) > 0.005 for widget in widgets)


def _one_name_twice(writer: PdfWriter) -> None:
    put(_named(writer, "nachname"), {"/T": pdf_text("vorname")})


def _one_drawing_for_two(writer: PdfWriter) -> None:
    put(_named(writer, "nachname"), {"/AP": _named(writer, "vorname")["/AP"]})


def _listed_twice(writer: PdfWriter) -> None:
    form: Any = writer.root_object["/AcroForm"]
    put(form, {"/Fields": [*form["/Fields"], form["/Fields"][0]]})


def _another_font(writer: PdfWriter) -> None:
    form: Any = writer.root_object["/AcroForm"]
    put(form["/DR"]["/Font"]["/Helv"], {"/BaseFont": "/Times-Roman"})
    put(form["/DR"]["/Font"]["/Helv"], {"/Encoding": "/WinAnsiEncoding"})


def _no_fonts(writer: PdfWriter) -> None:
    form: Any = writer.root_object["/AcroForm"]
    del form[NameObject("/DR")]


@every_way
@pytest.mark.parametrize(
    "odd", [_one_name_twice, _one_drawing_for_two, _listed_twice, _another_font, _no_fonts]
)
def test_odd_forms_are_filled_like_others(
    odd: Callable[[PdfWriter], None], way: Way, tmp_path: Path
) -> None:
    form = CompiledForm(_changed(FOREIGN, odd))
    filled = form.fill({"vorname": "Åsne Łuczak", "sorge": "allein"}, **way)
    assert _qpdf_complains(filled, tmp_path) == ""
    if "flatten" in way:
        shown = dict(_read(filled, tmp_path))
        assert {reader for reader, text in shown.items() if "Åsne Łuczak" not in text} == set()
        assert "Åsne Łuczak" in shown["pypdf"]
    else:
        assert _stored(filled)["vorname"] == "Åsne Łuczak"
    assert _drawn_as_chosen(filled, form.fields["sorge"].widgets) == ["allein"]


@pytest.mark.parametrize("before", [b"\n", b"HTTP/1.1 200 OK\r\n\r\n"])
@every_way
def test_what_stands_before_the_file_does_no_harm(before: bytes, way: Way, tmp_path: Path) -> None:
    assert _qpdf_complains(CompiledForm(before + PACKED).fill(VALUES, **way), tmp_path) == ""


# -- what the fast way does not know --------------------------------------------------------------


def test_scripts_are_told_of_and_do_not_run_on_plain_pages() -> None:
    def scripted(writer: PdfWriter) -> None:
        put(writer.root_object, {"/OpenAction": {"/S": "/JavaScript", "/JS": pdf_text("x()")}})

    form = CompiledForm(_changed(FOREIGN, scripted))
    assert "scripts" in " ".join(form.remarks)
    assert form.fill(VALUES, flatten=True).data.count(b"JavaScript") == 0


def test_xfa_is_left_out_and_told_of() -> None:
    def with_xfa(writer: PdfWriter) -> None:
        packet = stream(writer, {}, b"<xdp/>")
        put(writer.root_object["/AcroForm"], {"/XFA": packet})

    form = CompiledForm(_changed(FOREIGN, with_xfa))
    assert "XFA" in " ".join(form.remarks)
    assert form.fill(VALUES).data.count(b"/XFA") == 0


def test_a_form_that_is_only_xfa_is_refused() -> None:
    def only_xfa(writer: PdfWriter) -> None:
        put(writer.root_object["/AcroForm"], {"/XFA": stream(writer, {}, b"<xdp/>"), "/Fields": []})

    with pytest.raises(BadTemplate, match="XFA"):
        load(_changed(FOREIGN, only_xfa))


def test_a_signed_form_is_only_added_to() -> None:
    def sign(writer: PdfWriter) -> None:
        signature = {"/FT": "/Sig", "/T": pdf_text("signature"), "/V": {"/Type": "/Sig"}}
        form: Any = writer.root_object["/AcroForm"]
        put(form, {"/Fields": [*form["/Fields"], add(writer, signature)]})

    template = _changed(FOREIGN, sign)
    form = load(template)
    assert "signed" in " ".join(form.remarks)
    with pytest.raises(BadTemplate, match="incremental=True"):
        form.fill(VALUES)
    assert form.fill(VALUES, incremental=True).startswith(template)


def test_a_form_locked_against_changes_is_filled_without_its_lock(tmp_path: Path) -> None:
    template = _changed(FOREIGN, lambda writer: writer.encrypt("", "owner", algorithm="RC4-128"))
    form = load(template)
    assert "locked" in " ".join(form.remarks)
    filled = form.fill(VALUES)
    assert _stored(filled)["ort"] == VALUES["ort"]
    assert _qpdf_complains(filled, tmp_path) == ""
    with pytest.raises(BadTemplate, match="added"):
        form.fill(VALUES, incremental=True)


def test_a_form_with_a_password_is_refused() -> None:
    template = _changed(FOREIGN, lambda writer: writer.encrypt("hemmelig", algorithm="RC4-128"))
    with pytest.raises(BadTemplate, match="password"):
        load(template)


@pytest.mark.parametrize("cut", [100, 5_000, 40_000, 88_000])
def test_a_damaged_template_is_filled_or_refused_in_words(cut: int) -> None:
    with suppress(BadTemplate):  # any other error fails the test
        assert _stored(load(FOREIGN[:cut]).fill({"ort": "Otta"}))["ort"] == "Otta"


# -- many at once ---------------------------------------------------------------------------------


def test_threads_get_what_one_alone_gets() -> None:
    form = load(FOREIGN)
    many: list[dict[str, str | bool]] = [
        {**VALUES, "vorname": f"Łukasz {number}", "sorge": ("allein", "vormund")[number % 2]}
        for number in range(40)
    ]
    alone = [form.fill(values, flatten=True) for values in many]
    fresh = CompiledForm(FOREIGN)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda values: fresh.fill(values, flatten=True), many)) == alone


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_form_loaded_before_a_fork_is_filled_after_it() -> None:
    form = load(FOREIGN)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, bytes([form.fill(BEYOND_LATIN) == form.fill(BEYOND_LATIN)]))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 1) == b"\1"
    os.close(reading)
    os.close(writing)


def test_a_template_is_read_once_while_it_is_in_use() -> None:
    assert load(FOREIGN) is load(bytes(bytearray(FOREIGN)))


def test_what_is_filled_is_bytes_that_know_what_had_no_room() -> None:
    filled = load(FOREIGN).fill({"vorname": LONG})
    assert isinstance(filled, Filled)
    assert filled.data == filled
    assert [one.field for one in filled.overflow] == ["vorname"]
