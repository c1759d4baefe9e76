"""Forms as other programs make them are filled right: each oddity by itself, in every reader."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pymupdf
import pypdfium2
import pytest
from PIL import ImageChops
from pypdf import PdfReader, PdfWriter

from formsvc.documents import pdf_text
from formsvc.documents.pdf_form import CompiledForm
from formsvc.errors import BadTemplate
from tests.documents.pdf_form.hostile_forms import SOUND, form, packed

Values = dict[str, str | bool]
Way = Mapping[str, bool]
every_way = pytest.mark.parametrize(
    "way", [{}, {"flatten": True}, {"incremental": True}], ids=["editable", "flattened", "added"]
)
EMMA: Final[Values] = {"name": "Emma Åsdatter"}


class Oddity(NamedTuple):
    """A form, what is filled into it, and what its readers are to find."""

    data: bytes
    values: Values
    #: what stands in the fields, by full name
    stored: Mapping[str, str]
    #: what stands on the pages
    shown: tuple[str, ...]


def _text(changed: Mapping[int, bytes], values: Values = EMMA, name: str = "name") -> Oddity:
    (text,) = (str(value) for value in values.values())
    return Oddity(form(changed), values, {name: text}, (text,))


def _field(old: bytes, new: bytes) -> dict[int, bytes]:
    return {5: SOUND[5].replace(old, new)}


def _look(drawing: bytes) -> bytes:
    return packed(b"/Type/XObject/Subtype/Form/BBox[0 0 16 16]", drawing)


_DOT: Final = _look(b"4 4 8 8 re f")
_RING: Final = _look(b"1 1 14 14 re S")


def _box(state: bytes, place: bytes, more: bytes = b"") -> bytes:
    looks = b"/AP<</N<</%s 20 0 R/Off 21 0 R>>>>/AS/Off" % state
    return b"<</Type/Annot/Subtype/Widget/F 4/P 3 0 R/Rect[%s]%s%s>>" % (place, looks, more)


def _radio(states: tuple[bytes, ...], more: bytes = b"") -> bytes:
    kids = b" ".join(b"%d 0 R" % (30 + n) for n in range(len(states)))
    parent = b"<</FT/Btn/Ff 49152/T(choice)/V/Off/Kids[%s]%s>>" % (kids, more)
    places = [b"%d 150 %d 166" % (20 + 40 * n, 36 + 40 * n) for n in range(len(states))]
    buttons = {
        30 + n: _box(state, place, b"/Parent 5 0 R")
        for n, (state, place) in enumerate(zip(states, places, strict=True))
    }
    page = SOUND[3].replace(b"5 0 R", kids)
    return form({3: page, 5: parent, 20: _DOT, 21: _RING, **buttons})


def _two_pages(shared: bytes = b"") -> dict[int, bytes]:
    other = SOUND[3].replace(b"5 0 R", b"9 0 R")
    widget = b"<</Type/Annot/Subtype/Widget/F 4/Parent 5 0 R/Rect[20 %d 200 %d]>>"
    return {
        2: b"<</Type/Pages/Kids[3 0 R 8 0 R]/Count 2%s>>" % shared,
        3: SOUND[3].replace(b"5 0 R", b"10 0 R"),
        5: b"<</FT/Tx/T(name)/Kids[10 0 R 9 0 R]>>",
        8: other,
        9: widget % (40, 60),
        10: widget % (150, 170),
    }


def _oddities() -> Iterator[tuple[str, Oddity]]:
    yield "as plain as can be", _text({})
    yield (
        "names in parts, and all else from above",
        _text(
            {
                4: SOUND[4].replace(b"5 0 R", b"8 0 R"),
                8: b"<</T(person)/FT/Tx/Q 2/Ff 4096/DA(/Helv 9 Tf 1 0 0 rg)/Kids[5 0 R]>>",
                5: SOUND[5].replace(b"/FT/Tx", b"/Parent 8 0 R"),
            },
            {"person.name": "Emma Åsdatter"},
            "person.name",
        ),
    )
    yield (
        "a dot within a name",
        _text(_field(b"(name)", b"(child.name)"), {"child.name": "Emma"}, "child.name"),
    )
    yield (
        "a name in UTF-16",
        _text(_field(b"(name)", b"<FEFF00C50142014B>"), {"Åłŋ": "Emma"}, "Åłŋ"),
    )
    yield (
        "a name in PDFDocEncoding",
        _text(_field(b"(name)", b"(\\345r)"), {"år": "Emma"}, "år"),
    )
    yield "a page turned right", _text({3: SOUND[3].replace(b"/Annots", b"/Rotate 90/Annots")})
    yield "a page upside down", _text({3: SOUND[3].replace(b"/Annots", b"/Rotate 180/Annots")})
    yield (
        "a page that begins elsewhere",
        _text({3: SOUND[3].replace(b"[0 0 300 200]", b"[-50 -20 300 200]")}),
    )
    yield (
        "a page that is cropped",
        _text({3: SOUND[3].replace(b"/Annots", b"/CropBox[10 100 250 190]/Annots")}),
    )
    yield (
        "a page in units of its own",
        _text({3: SOUND[3].replace(b"/Annots", b"/UserUnit 2/Annots")}),
    )
    yield (
        "annotations in an object of their own",
        _text({3: SOUND[3].replace(b"[5 0 R]", b" 8 0 R"), 8: b"[5 0 R]"}),
    )
    yield "corners the other way round", _text(_field(b"20 150 200 170", b"200 170 20 150"))
    yield (
        "a page that leaves its state behind",
        _text({7: packed(b"", b"q 0 0 1 rg 0.2 0 0 0.2 90 90 cm 3 Tr")}),
    )
    yield (
        "a page drawn in pieces",
        _text(
            {
                3: SOUND[3].replace(b"/Contents 7 0 R", b"/Contents[7 0 R 8 0 R]"),
                7: packed(b"", b"q 0.5 g 10 10 20 "),
                8: packed(b"", b"20 re f Q"),
            }
        ),
    )
    yield "a page without a drawing", _text({3: SOUND[3].replace(b"/Contents 7 0 R", b"")})
    inherited = b"/MediaBox[0 0 300 200]/Resources<</Font<</F 6 0 R>>>>"
    yield (
        "what a page has from above",
        Oddity(
            form(
                {
                    2: b"<</Type/Pages/Kids[3 0 R]/Count 1%s>>" % inherited,
                    3: SOUND[3]
                    .replace(b"/MediaBox[0 0 300 200]", b"")
                    .replace(b"/Resources<<>>", b""),
                    7: packed(b"", b"BT /F 12 Tf 20 20 Td (Skjema) Tj ET"),
                }
            ),
            EMMA,
            {"name": "Emma Åsdatter"},
            ("Emma Åsdatter", "Skjema"),
        ),
    )
    yield (
        "one field on two pages",
        Oddity(
            form(_two_pages()), EMMA, {"name": "Emma Åsdatter"}, ("Emma Åsdatter", "Emma Åsdatter")
        ),
    )
    yield (
        "ground, frame and a turn",
        _text(_field(b"/F 4", b"/F 4/MK<</BG[0.9 0.9 1]/BC[1 0 0]/R 180>>/BS<</W 2/S/D/D[3]>>")),
    )
    yield "a size that is left to the reader", _text(_field(b"/F 4", b"/F 4/DA(/Helv 0 Tf 0 g)"))
    yield "no font at all", _text({4: b"<</Fields[5 0 R]>>"})
    yield "a font that is not there", _text(_field(b"/F 4", b"/F 4/DA(/Ukjent 10 Tf 0 g)"))
    yield (
        "a font with a name in code",
        _text(
            {
                4: SOUND[4].replace(b"/Helv 6", b"/Helv#2c 6").replace(b"(/Helv ", b"(/Helv#2c "),
            }
        ),
    )
    yield (
        "another value, and a look of it",
        _text(
            {
                5: SOUND[5].replace(b"/F 4", b"/F 4/V(Gammel)/AP<</N 8 0 R>>"),
                8: packed(b"/Subtype/Form/BBox[0 0 180 20]", b"/Tx BMC q BT ET Q EMC"),
            }
        ),
    )
    yield (
        "rich text beside the value",
        _text(_field(b"/F 4", b"/F 4/Ff 33554432/RV(<p>Gammel</p>)/DS(font:9pt)/V(Gammel)")),
    )
    yield "a comb", _text(_field(b"/F 4", b"/F 4/Ff 16777216/MaxLen 11"), {"name": "01010112345"})
    yield "a limit on the length", _text(_field(b"/F 4", b"/F 4/MaxLen 20"))
    yield "odd spaces, and a comment", _text(_field(b"/FT/Tx", b"%(x)>>\n/FT\t/Tx\r\n\f"))


def _buttons() -> Iterator[tuple[str, Oddity, list[int]]]:
    """Forms with buttons, and which of them are to be drawn as chosen."""
    codes = _radio((b"joint", b"mother", b"father"))
    yield "codes", Oddity(codes, {"choice": "mother"}, {"choice": "/mother"}, ()), [1]
    exported = _radio((b"0", b"1", b"2"), b"/Opt[(joint)(mother)(father)]")
    yield "numbers for codes", Oddity(exported, {"choice": "father"}, {"choice": "/2"}, ()), [2]
    alike = _radio((b"yes", b"no", b"yes"))
    yield "two that go together", Oddity(alike, {"choice": "yes"}, {"choice": "/yes"}, ()), [0, 2]
    coded = _radio((b"for#20eldre", b"\xc3\xa5pen"))
    yield (
        "a code with a space",
        Oddity(coded, {"choice": "for eldre"}, {"choice": "/for eldre"}, ()),
        [0],
    )
    none = _radio((b"a", b"b"))
    yield "nothing chosen", Oddity(none, {"choice": ""}, {"choice": "/Off"}, ()), []


def _named(cases: Any) -> Any:
    return [pytest.param(*case[1:], id=case[0]) for case in cases]


# -- in every reader ------------------------------------------------------------------------------


def _stored(data: bytes) -> dict[str, str]:
    found = PdfReader(io.BytesIO(data)).get_fields() or {}
    return {name: str(field.get("/V", "")) for name, field in found.items()}


def _bare(read: str) -> str:
    return re.sub(r"\s", "", read)


def _read(data: bytes, folder: Path) -> Iterator[tuple[str, str]]:
    yield "pypdf", "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(data)).pages)
    yield (
        "pdfium",
        "".join(s.get_textpage().get_text_range() for s in pypdfium2.PdfDocument(data)),
    )
    opened: Any = pymupdf.open(stream=data)  # type: ignore[no-untyped-call]
    yield "mupdf", "".join(sheet.get_text() for sheet in opened)
    if shutil.which("pdftotext"):
        file = folder / "form.pdf"
        file.write_bytes(data)
        command = ["pdftotext", "-raw", str(file), "-"]
        read = subprocess.run(command, capture_output=True, text=True, check=True)
        assert read.stderr == ""
        yield "poppler", read.stdout


def _pictures(data: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    return [s.render(scale=3, may_draw_forms=True).to_pil().convert("L") for s in document]


def _differing(one: bytes, other: bytes) -> list[int]:
    """How many points of each page are light in one picture and dark in the other."""
    pairs = zip(_pictures(one), _pictures(other), strict=True)
    differences = (ImageChops.difference(a, b).tobytes() for a, b in pairs)
    return [sum(level > 100 for level in points) for points in differences]


@every_way
@pytest.mark.parametrize("oddity", _named(_oddities()))
def test_every_reader_finds_what_was_filled_in(oddity: Oddity, way: Way, tmp_path: Path) -> None:
    compiled = CompiledForm(oddity.data)
    filled = compiled.fill(oddity.values, **way)
    assert filled.overflow == []
    file = tmp_path / "checked.pdf"
    file.write_bytes(filled)
    if shutil.which("qpdf"):
        checked = subprocess.run(["qpdf", "--check", file], capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, b"")
    if "flatten" not in way:
        stored = _stored(filled)
        assert {name: stored[name] for name in oddity.stored} == oddity.stored
        return
    for reader, found in _read(filled, tmp_path):
        for text in oddity.shown:
            assert _bare(found).count(_bare(text)) >= oddity.shown.count(text), reader


@pytest.mark.parametrize("oddity", _named(_oddities()))
def test_the_three_ways_give_the_same_picture_and_it_has_the_text(oddity: Oddity) -> None:
    compiled = CompiledForm(oddity.data)
    editable = compiled.fill(oddity.values)
    flattened = compiled.fill(oddity.values, flatten=True)
    added = compiled.fill(oddity.values, incremental=True)
    empty = compiled.fill(dict.fromkeys(oddity.values, ""))
    assert all(points > 150 for points in _differing(empty, editable))
    assert max(_differing(editable, flattened)) < 30
    assert max(_differing(editable, added)) == 0


@every_way
@pytest.mark.parametrize(("oddity", "chosen"), _named(_buttons()))
def test_only_the_chosen_buttons_are_drawn(oddity: Oddity, chosen: list[int], way: Way) -> None:
    compiled = CompiledForm(oddity.data)
    filled = compiled.fill(oddity.values, **way)
    if "flatten" not in way:
        stored = _stored(filled)
        assert {name: stored[name] for name in oddity.stored} == oddity.stored
    (picture,) = _pictures(filled)
    drawn = []
    for index, widget in enumerate(compiled.fields["choice"].widgets):
        x, y = widget.x + widget.width / 2, widget.y + widget.height / 2
        if picture.getpixel((round(x * 3), round(picture.height - y * 3))) < 100:
            drawn.append(index)
    assert drawn == chosen


# -- files as other programs write them -----------------------------------------------------------

_BENCH = Path(__file__).parents[3] / "benchmarks" / "data"


@every_way
@pytest.mark.parametrize(
    "options",
    [
        ["--object-streams=generate"],
        ["--linearize"],
        ["--linearize", "--object-streams=generate"],
        ["--qdf", "--object-streams=disable"],
        ["--min-version=2.0", "--recompress-flate"],
    ],
    ids=" ".join,
)
def test_a_file_that_qpdf_wrote_anew_is_filled_like_the_first(
    options: list[str], way: Way, tmp_path: Path
) -> None:
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not installed: apt install qpdf")
    first, anew, filled = tmp_path / "1.pdf", tmp_path / "2.pdf", tmp_path / "3.pdf"
    first.write_bytes(form())
    subprocess.run(["qpdf", *options, first, anew], check=True)
    compiled = CompiledForm(anew.read_bytes())
    data = compiled.fill(EMMA, **way)
    filled.write_bytes(data)
    checked = subprocess.run(["qpdf", "--check", filled], capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")
    assert compiled.unsure(EMMA, data, **way) == []
    assert "Emma Åsdatter" in pdf_text.text(data)


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
@pytest.mark.parametrize("way", [{}, {"flatten": True}], ids=["editable", "flattened"])
def test_a_form_locked_in_any_way_is_filled_without_its_lock(algorithm: str, way: Way) -> None:
    pytest.importorskip("cryptography")
    writer = PdfWriter(clone_from=io.BytesIO(form()))
    writer.encrypt("", "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    assert "Emma Åsdatter" in pdf_text.text(CompiledForm(out.getvalue()).fill(EMMA, **way))


def test_a_form_that_was_filled_twice_keeps_the_newest() -> None:
    once = CompiledForm(form()).fill({"name": "Gammel"}, incremental=True)
    twice = CompiledForm(bytes(once)).fill(EMMA, incremental=True)
    assert twice.startswith(once)
    assert _stored(twice) == {"name": "Emma Åsdatter"}


@pytest.mark.parametrize("shift", [-40, -3, 3, 40, 10_000_000])
def test_a_file_that_does_not_say_where_its_table_is_is_not_added_to(shift: int) -> None:
    compiled = CompiledForm(form(shift=shift))
    assert _stored(compiled.fill(EMMA)) == {"name": "Emma Åsdatter"}
    with pytest.raises(BadTemplate, match="damaged"):
        compiled.fill(EMMA, incremental=True)


def test_a_form_that_mupdf_made_is_filled() -> None:
    mupdf: Any = pymupdf  # it ships no types
    document = mupdf.open()
    sheet = document.new_page()
    kinds = (mupdf.PDF_WIDGET_TYPE_TEXT, mupdf.PDF_WIDGET_TYPE_CHECKBOX)
    for number, kind in enumerate(kinds):
        widget = mupdf.Widget()
        widget.field_name, widget.field_type = f"felt {number}", kind
        widget.rect = mupdf.Rect(50, 50 + 40 * number, 250, 70 + 40 * number)
        sheet.add_widget(widget)
    compiled = CompiledForm(document.tobytes())
    values: Values = {"felt 0": "Emma Åsdatter", "felt 1": True}
    assert _stored(compiled.fill(values))["felt 0"] == "Emma Åsdatter"
    plain = compiled.fill(values, flatten=True)
    assert "Emma Åsdatter" in pdf_text.text(plain)
    assert all(_differing(compiled.fill({"felt 0": "Emma Åsdatter"}, flatten=True), plain))
