"""Makes an opened template ready to be compiled: every field gets drawings of its own.

It also says what the template holds that a filled paper will not: scripts, XFA, locks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from formsvc.documents.pdf_form import standard_font, typeface
from formsvc.documents.pdf_form.fields import Field, Found
from formsvc.documents.pdf_form.hazards import HazardKind
from formsvc.documents.pdf_form.layout import Font
from formsvc.documents.pdf_form.look import FONT, Look, asked, look
from formsvc.documents.pdf_form.objects import put, stream
from formsvc.documents.pdf_form.parts import OFF, ButtonPart, ChoicePart, Part, TextPart
from formsvc.errors import BadTemplate

if TYPE_CHECKING:
    from pypdf import PdfWriter

_TICK: Final = "q {0:.3f} 0 0 {1:.3f} 0 0 cm 0.13 w 1 J 1 j 0.2 0.52 m 0.42 0.26 l 0.82 0.78 l S Q"


class Prepared(NamedTuple):
    """A field that can be compiled."""

    part: Part
    known: Mapping[str, Any]
    #: the numbers of the drawings of a text field, one for each widget
    drawings: Sequence[int]
    #: what the form calls the font of a text field, and the font
    font_name: str
    font: Any
    #: whether the template's own drawings cannot stay as they are
    redrawn: bool


class Ready(NamedTuple):
    """A prepared template."""

    fields: Sequence[Prepared]
    #: the numbers of objects that are no longer as in the file
    altered: Sequence[int]


def prepared(writer: PdfWriter, found: Sequence[Found]) -> Ready:
    """Every field with its own drawings, in an opened template that asks no reader to draw."""
    root: Any = writer.root_object
    form = root["/AcroForm"]
    stale = _true(form.get("/NeedAppearances"))
    altered: list[int] = []
    if any(form.pop(key, None) is not None for key in ("/NeedAppearances", "/XFA")):
        holder = root.raw_get("/AcroForm")
        altered.append(getattr(holder, "idnum", root.indirect_reference.idnum))
    fonts = form.get("/DR", {}).get("/Font", {})
    altered += _readable(writer, fonts)
    readable = _Fonts(fonts)
    shared = Counter(_own_drawing(writer, w.number) for f in found for w in f.field.widgets)
    fields = []
    for field, known in found:
        if field.kind in ("check", "radio"):
            altered += _with_states(writer, field)
            fields.append(Prepared(ButtonPart(field), known, (), "", None, redrawn=False))
            continue
        drawings, given = _drawings(writer, field, shared)
        altered += given
        redrawn = stale or bool(given)
        fields.append(_text(writer, field, known, readable, drawings, redrawn=redrawn))
    return Ready(fields, altered)


def _own_drawing(writer: PdfWriter, number: int) -> int:
    """The number of what a text field is drawn with; 0 when that is nothing of its own."""
    annotation: Any = writer.get_object(number)
    looks = annotation.get("/AP", {})
    drawing: Any = looks.raw_get("/N") if "/N" in looks else None
    is_stream = hasattr(drawing, "idnum") and hasattr(drawing.get_object(), "get_data")
    return int(drawing.idnum) if is_stream else 0


def _drawings(writer: PdfWriter, field: Field, shared: Counter[int]) -> tuple[list[int], list[int]]:
    """The drawing of each widget, and the widgets that had to be given one."""
    drawings, given = [], []
    for widget in field.widgets:
        own = _own_drawing(writer, widget.number)
        if not own or shared[own] > 1:
            made = stream(writer, {}, b"")
            put(writer.get_object(widget.number), {"/AP": {"/N": made}})
            given.append(widget.number)
            own = made.idnum
        drawings.append(own)
    return drawings, given


def _text(
    writer: PdfWriter,
    field: Field,
    known: Mapping[str, Any],
    fonts: _Fonts,
    drawings: Sequence[int],
    *,
    redrawn: bool,
) -> Prepared:
    annotations: list[Any] = [writer.get_object(widget.number) for widget in field.widgets]
    looks = [
        look(field, widget, known, annotation)
        for widget, annotation in zip(field.widgets, annotations, strict=True)
    ]
    name = asked(str(annotations[0].get("/DA", known.get("/DA", "")))).font
    font = fonts.read(name)
    part = _part(field, looks, font, known, ours=name == FONT and font is not None)
    reference = fonts.named.raw_get(name) if font else None
    return Prepared(part, known, drawings, name, reference, redrawn)


def _part(
    field: Field, looks: Sequence[Look], font: Font | None, known: Mapping[str, Any], *, ours: bool
) -> Part:
    if field.kind == "choice":
        return ChoicePart(field, looks, font, ours, int(known.get("/Ff", 0)))
    return TextPart(field, looks, font, ours)


class _Fonts:
    """The fonts that a form carries, each read once."""

    def __init__(self, named: Any) -> None:
        self.named = named
        self._known: dict[str, Font | None] = {}

    def read(self, name: str) -> Font | None:
        """The font with a name; None when it cannot be written with."""
        if name not in self._known:
            self._known[name] = self._read(name) if name in self.named else None
        return self._known[name]

    def _read(self, name: str) -> Font | None:
        font = self.named[name]
        if name == FONT:
            program = font["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"].get_data()
            return typeface.carried(program)
        return standard_font.read(font)


def _readable(writer: PdfWriter, fonts: Any) -> list[int]:
    """Let our font tell which letter each glyph is, as it does now; the objects that this alters.

    An older template told of a glyph that letters share that it was the rarer one.
    """
    if FONT not in fonts:
        return []
    font = fonts[FONT]
    program = font["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"].get_data()
    telling = typeface.carried(program).to_unicode()
    if font["/ToUnicode"].get_data() == telling:
        return []
    made = stream(writer, {}, telling, packed=True)
    put(font, {"/ToUnicode": made})
    return [font.indirect_reference.idnum, made.idnum]


def _with_states(writer: PdfWriter, field: Field) -> list[int]:
    """Draw a tick for a check box that is drawn in no way; the widgets that were given one."""
    given = []
    for widget in field.widgets:
        annotation: Any = writer.get_object(widget.number)
        states = annotation.get("/AP", {}).get("/N", {})
        if any(state != "/Off" for state in states):
            continue
        plain = {"/Type": "/XObject", "/Subtype": "/Form", "/Resources": {}}
        size = (widget.width, widget.height)
        entries = {**plain, "/BBox": [0, 0, *size]}
        on = stream(writer, entries, _TICK.format(*size).encode())
        off = stream(writer, entries, b"")
        put(annotation, {"/AP": {"/N": {f"/{widget.state}": on, "/Off": off}}})
        given += [widget.number, on.idnum, off.idnum]
    return given


def current(one: Prepared) -> str:
    """The state of a button before anything is filled in."""
    value = str(one.known.get("/V", OFF)).removeprefix("/")
    return value if value in one.part.field.states else OFF


# -- what stays behind ----------------------------------------------------------------------------


def remarks(writer: PdfWriter, held: Set[HazardKind], *, locked: bool) -> list[str]:
    """What a template holds that filling leaves out or leaves alone, in plain sentences.

    :param held: what was found in it that a form should not hold; ``checking`` refuses all that

    :raises BadTemplate: for a form that only Adobe's own programs can show.
    """
    root: Any = writer.root_object
    if not root.get("/AcroForm"):
        raise BadTemplate("The PDF template has no form fields. Save it as a form with fields.")
    form = root["/AcroForm"]
    said = []
    if _true(root.get("/NeedsRendering")) or ("/XFA" in form and not form.get("/Fields")):
        raise BadTemplate(
            "The PDF template is an XFA form, which only Adobe's programs can show."
            " Save it as an AcroForm."
        )
    if "/XFA" in form:
        said.append("The XFA form in it is left out; its AcroForm is filled.")
    if held & {"script", "by itself"}:
        said.append("Its scripts are not run: fields that they would count out stay as they are.")
    if held - {"script", "by itself", "xfa", "signed"}:
        said.append("It holds actions, files or media besides the form; they are left as they are.")
    if locked:
        said.append("It is locked against changes; the filled form is not.")
    if "signed" in held:
        said.append("It is signed: it can only be added to, with incremental=True.")
    return said


def _true(said: Any) -> bool:
    return bool(getattr(said, "value", said))
