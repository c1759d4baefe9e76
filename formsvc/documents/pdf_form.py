"""Fills the official PDF forms: a template and plain values in, a finished PDF out.

Each value is drawn with an embedded font, so that every reader shows the same letters, and stands
in the field too, so that the form can be changed and read. ``flatten`` makes it plain pages. Text
that has no room, or letters that the font lacks, is never cut: the field shows the beginning and a
reference, and the whole text is handed back for a continuation page, which ``append`` joins to the
form. Equal input gives equal bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from formsvc.documents import pdf_font, pdf_layout, pdf_tags
from formsvc.documents.pdf_fields import Field, Widget, fields
from formsvc.documents.pdf_font import FormFont
from formsvc.documents.pdf_objects import (
    embed,
    finished,
    opened,
    pdf,
    pdf_text,
    put,
    reader,
    stream,
)
from formsvc.errors import BadTemplate
from formsvc.language import gettext as _

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

#: what the metadata say of PDF/A-2a, PDF/A-2b and PDF/UA-1
_ACCESSIBLE: Final = b"<pdfaid:conformance>A</pdfaid:conformance>"
_BASIC: Final = b"<pdfaid:conformance>B</pdfaid:conformance>"
_UNIVERSAL: Final = b"<pdfuaid:part>1</pdfuaid:part>"
#: the name under which a template carries the font, and each drawing asks for it
FONT: Final = "/FormsvcText"


class Overflow(NamedTuple):
    """A text for the continuation page; the first has number 1 there, and in its reference."""

    field: str
    #: what the field is called in the paper
    label: str
    text: str


@dataclass(frozen=True)
class Filled:
    """A filled form, and what there was no room for in it."""

    data: bytes
    overflow: list[Overflow]


class _Pen(NamedTuple):
    """What text is written with: a font, and where it is in the file."""

    font: FormFont
    reference: Any


def fill(template: bytes, values: Mapping[str, str | bool], *, flatten: bool = False) -> Filled:
    """The template with values: text, True or False for a check box, a code for a radio group.

    References to the continuation page are in the language spoken.

    :raises BadTemplate: naming a value that the template has no field for, or cannot show.
    """
    form = fields(template)
    for name, value in values.items():
        _check(form, name, value)
    writer = opened(template)
    pen = _pen(writer)
    overflow: list[Overflow] = []
    for field in form.values():
        value_here = values.get(field.name)
        if isinstance(value_here, str) and field.kind == "text":
            _write(writer, field, _laid(field, value_here, pen.font, overflow), pen)
        elif value_here is not None:
            _choose(writer, field, value_here)
    if flatten:
        _flatten(writer, form.values())
    return Filled(finished(writer, repr((sorted(values.items()), flatten))), overflow)


def append(filled: bytes, continuation: bytes) -> bytes:
    """The filled form followed by the pages of the continuation, tags and all.

    The file promises no more than both do: where the continuation holds a script whose letters
    cannot all be told from their glyphs, and is PDF/A-2b only, so is the whole.
    """
    writer, other = opened(filled), reader(continuation)
    if _BASIC in _metadata(other):
        basic = _metadata(writer).replace(_ACCESSIBLE, _BASIC).replace(_UNIVERSAL, b"")
        packet = stream(writer, {"/Type": "/Metadata", "/Subtype": "/XML"}, basic)
        put(writer.root_object, {"/Metadata": packet})
    tags = pdf_tags.Tags(writer)
    tags.adopt(other, [writer.add_page(page) for page in other.pages])
    tags.write()
    return finished(writer, hashlib.sha256(filled + continuation).hexdigest())


def _metadata(file: PdfReader | PdfWriter) -> bytes:
    """The XMP packet, which says what standards the file follows; empty where there is none."""
    packet: Any = file.root_object.get("/Metadata")
    return bytes(packet.get_object().get_data()) if packet else b""


def text(data: bytes) -> str:
    """All that a reader finds in a PDF: the text of every page, and what stands in its fields."""
    whole = reader(data)
    values = [str(field.get("/V", "")) for field in (whole.get_fields() or {}).values()]
    # a form feed between pages tells where a long text may have been parted
    pages = "\f".join(page.extract_text() for page in whole.pages)
    return "\n".join([pages, *values])


# -- writing into fields --------------------------------------------------------------------------


def _check(form: Mapping[str, Field], name: str, value: str | bool) -> None:
    field = form.get(name)
    if field is None:
        near = get_close_matches(name, form, n=1)
        hint = f" Did you mean «{near[0]}»?" if near else ""
        raise BadTemplate(f"The PDF template has no field «{name}».{hint} Mend its name there.")
    if isinstance(value, bool) != (field.kind == "check"):
        needs = {"text": "a text", "check": "True or False", "radio": "a code"}[field.kind]
        raise BadTemplate(f"The field «{name}» of the PDF template takes {needs}, not {value!r}.")
    if field.kind == "radio" and value not in ("", *field.states):
        raise BadTemplate(
            f"The radio group «{name}» of the PDF template has no button «{value}»;"
            f" it has {', '.join(field.states)}. Add the button, or choose one of those."
        )


def _pen(writer: PdfWriter) -> _Pen:
    """The font that the template carries, or the bundled one, which is then put in."""
    form: Any = writer.root_object["/AcroForm"]
    fonts = form.get("/DR", {}).get("/Font", {})
    if FONT not in fonts:
        font = pdf_font.bundled()
        return _Pen(font, embed(writer, font))
    program = fonts[FONT]["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"].get_data()
    return _Pen(_font(program), fonts.raw_get(FONT))


_font = lru_cache(maxsize=8)(pdf_font.read)


def _laid(field: Field, value: str, font: FormFont, overflow: list[Overflow]) -> pdf_layout.Laid:
    """The value laid out; what has no room is noted as overflow."""
    widget, number = field.widgets[0], len(overflow) + 1
    box = pdf_layout.Box(widget.width, widget.height, field.multiline, field.cells)
    references = (
        _("… se vedlegg, punkt %(number)s", number=number),
        _("vedlegg %(number)s", number=number),
        f"*{number}",
    )
    laid = pdf_layout.lay(value, box, font, references)
    if not laid.complete:
        overflow.append(Overflow(field.name, field.label, value))
    return laid


def _write(writer: PdfWriter, field: Field, laid: pdf_layout.Laid, pen: _Pen) -> None:
    put(writer.get_object(field.number), {"/V": pdf_text(laid.shown)})
    for widget in field.widgets:
        look = {
            "/Type": "/XObject",
            "/Subtype": "/Form",
            "/BBox": [0, 0, widget.width, widget.height],
            "/Resources": {"/Font": {FONT: pen.reference}},
        }
        drawing = stream(writer, look, _drawing(widget, laid, pen.font))
        put(writer.get_object(widget.number), {"/AP": {"/N": drawing}})


def _drawing(widget: Widget, laid: pdf_layout.Laid, font: FormFont) -> bytes:
    """The content stream that shows a text in its field (ISO 32000-1, 12.7.3.3)."""
    clip = b"1 1 %s %s re W n" % (_number(widget.width - 2), _number(widget.height - 2))
    begin = b"BT %s %s Tf 0 g" % (FONT.encode(), _number(laid.size))
    lines = [
        b"1 0 0 1 %s %s Tm %s Tj" % (_number(line.x), _number(line.y), font.shown(line.text))
        for line in laid.lines
        if line.text
    ]
    return b"\n".join([b"/Tx BMC q", clip, begin, *lines, b"ET Q EMC"])


def _number(value: float) -> bytes:
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()


def _choose(writer: PdfWriter, field: Field, value: str | bool) -> None:
    """Tick a check box, or choose a radio button; every other button of its group is let go."""
    chosen = "/Off"
    for widget in field.widgets:
        state = f"/{widget.state}" if value is True or widget.state == value else "/Off"
        chosen = state if chosen == "/Off" else chosen
        put(writer.get_object(widget.number), {"/AS": state})
    put(writer.get_object(field.number), {"/V": chosen})


# -- plain pages ----------------------------------------------------------------------------------


def _flatten(writer: PdfWriter, form: Iterable[Field]) -> None:
    """Draw every field as part of its page, and take the form away."""
    tags = pdf_tags.Tags(writer)
    drawn: dict[int, list[bytes]] = {}
    for field in form:
        for widget in field.widgets:
            drawing = _onto_page(writer, field, widget, tags)
            drawn.setdefault(widget.page, []).append(drawing)
    for index, page in enumerate(writer.pages):
        _draw_more(writer, page, drawn.get(index, []))
        annotations: Any = page.get("/Annots", ())
        kept = [one for one in annotations if one.get_object().get("/Subtype") != "/Widget"]
        page.pop("/Annots", None)
        if kept:
            put(page, {"/Annots": kept})
    del writer.root_object["/AcroForm"]
    tags.write()


def _onto_page(writer: PdfWriter, field: Field, widget: Widget, tags: pdf_tags.Tags) -> bytes:
    """The operators that draw a widget on its page as it looks now."""
    annotation: Any = writer.get_object(widget.number)
    page = writer.pages[widget.page]
    mark = tags.printed(field, widget, page, annotation)
    look = _look(field, annotation)
    drawing = _drawn_on(page, widget, look) if look is not None else b""
    return mark + drawing + (pdf_tags.END if mark else b"")


def _drawn_on(page: Any, widget: Widget, look: Any) -> bytes:
    """The operators of a drawing in its place.

    Our own text is written into the page, since every drawing apart has its font read anew by
    whoever extracts text. Others become resources of the page, named by the widget's number: two
    widgets with buttons of the same name would otherwise be drawn alike.
    """
    place = b"q 1 0 0 1 %s %s cm " % (_number(widget.x), _number(widget.y))
    fonts = look.get_object().get("/Resources", {}).get("/Font", {})
    if list(fonts) == [FONT]:
        _own_resources(page, "/Font")[pdf(FONT)] = fonts.raw_get(FONT)
        return bytes(place + look.get_object().get_data() + b" Q")
    name = f"/Field{widget.number}"
    _own_resources(page, "/XObject")[pdf(name)] = look
    return place + name.encode() + b" Do Q"


def _look(field: Field, annotation: Any) -> Any:
    """The reference of what a widget is drawn with; None where nothing is drawn."""
    looks = annotation.get("/AP", {})
    if field.kind == "text":
        return looks.raw_get("/N") if looks else None
    state, drawings = annotation.get("/AS", "/Off"), looks.get("/N", {})
    return drawings.raw_get(state) if state in drawings else None


def _own_resources(page: Any, kind: str) -> Any:
    """The page's own resources of a kind; pages often share theirs, so they are copied first."""
    shared = dict(page["/Resources"].items())
    put(page, {"/Resources": {**shared, kind: dict(shared.get(kind, {}).items())}})
    return page["/Resources"][kind]


def _draw_more(writer: PdfWriter, page: Any, drawings: Sequence[bytes]) -> None:
    """Draw more on a page, whatever state its own drawing leaves behind."""
    contents = page.raw_get("/Contents")
    own = list(contents.get_object()) if isinstance(contents.get_object(), list) else [contents]
    more = b"Q\n" + b"\n".join(drawings)
    put(page, {"/Contents": [stream(writer, {}, b"q"), *own, stream(writer, {}, more)]})
