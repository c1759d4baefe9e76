"""Makes a proper form of a page that was laid out: names, groups, combs, one embedded font.

WeasyPrint gives the places, the tooltips and the tags. It asks every reader to draw the fields
itself, which PDF/A forbids, numbers radio buttons instead of naming them, and knows no combs.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from formsvc.documents.pdf_form import typeface
from formsvc.documents.pdf_form.look import FONT
from formsvc.documents.pdf_form.objects import add, embed, finished, opened, pdf_text, put, stream
from formsvc.documents.pdf_form.tags import Tags

if TYPE_CHECKING:
    from pypdf import PdfWriter

#: the letters of Europe, and what stands for a letter that no font has
LETTERS: Final = (*typeface.LETTERS, 0xFFFD)
_MULTILINE, _COMB, _NO_TOGGLE, _RADIO = 1 << 12, 1 << 24, 1 << 14, 1 << 15
#: how text looks while it is typed; of several lines (0), the reader finds a size that fits
LOOK: Final = f"{FONT} 10.5 Tf 0 g"
LOOK_OF_SEVERAL_LINES: Final = f"{FONT} 0 Tf 0 g"
#: what WeasyPrint says of a field that stays: what it is, where, its tooltip and its tag
_KEPT: Final = ("/Type", "/Subtype", "/Rect", "/P", "/F", "/TU", "/StructParent")
#: what a field with several places says once: its name and what it holds
_SAID_ONCE: Final = ("/T", "/FT", "/Ff", "/V", "/DA", "/MaxLen")
_Size = tuple[float, float]
#: a tick and a dot, drawn in a square of size 1
TICK: Final = "0.13 w 1 J 1 j 0 0.24 0.42 RG 0.2 0.52 m 0.42 0.26 l 0.82 0.78 l S"
DOT: Final = (
    "0 0.24 0.42 rg 0.78 0.5 m 0.78 0.655 0.655 0.78 0.5 0.78 c 0.345 0.78 0.22 0.655 0.22 0.5 c"
    " 0.22 0.345 0.345 0.22 0.5 0.22 c 0.655 0.22 0.78 0.345 0.78 0.5 c f"
)


def completed(data: bytes) -> bytes:
    """The laid out paper as a form that is PDF/A-2a and PDF/UA-1; equal input, equal bytes."""
    writer = opened(data)
    laid_out: Any = writer.root_object["/AcroForm"]
    options = _options(laid_out)
    tree, tags = _Tree(writer), Tags(writer)
    for page in writer.pages:
        annotations: Any = page.get("/Annots", [])
        for reference in annotations:
            if reference.get_object()["/Subtype"] == "/Widget":
                _place(writer, tree, reference, options)
                tags.keep(reference.get_object())
        put(page, {"/Tabs": "/S"})
    fonts = {"/Font": {FONT: embed(writer, _font())}}
    form = {"/Fields": tree.top, "/DA": pdf_text(LOOK), "/DR": fonts}
    put(writer.root_object, {"/AcroForm": form})
    return finished(writer, hashlib.sha256(data).hexdigest())


@cache
def empty_font() -> bytes:
    """A font with nothing but the space, for the empty fields that WeasyPrint lays out.

    WeasyPrint embeds the font of a field whole, all its letters; the form has its own.
    """
    return _cut((0x20,))


@cache
def _font() -> typeface.FormFont:
    """The bundled font, cut down; whoever types in the paper has it, whatever the machine has."""
    return typeface.read(_cut(LETTERS))


def _cut(letters: Iterable[int]) -> bytes:
    cut = io.BytesIO()
    typeface.subset(typeface.bundled().program, letters).save(cut)
    return cut.getvalue()


def _options(form: Any) -> dict[int, str]:
    """The value of each radio button, by its number in the file."""
    return {
        kid.idnum: str(value)
        for group in form["/Fields"]
        for kid, value in zip(
            group.get_object().get("/Kids", []), group.get_object().get("/Opt", []), strict=True
        )
    }


def _place(writer: PdfWriter, tree: _Tree, reference: Any, options: dict[int, str]) -> None:
    """Give a laid out field its place in the form, and its look."""
    widget = reference.get_object()
    name, _, more = str(widget.get("/T") or widget["/Parent"]["/T"]).partition("#")
    kind, flags = widget["/FT"], int(widget.get("/Ff", 0))
    for key in [key for key in widget if key not in _KEPT]:
        del widget[key]
    x0, y0, x1, y1 = (float(edge) for edge in widget["/Rect"])
    put(widget, {"/Rect": [min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)]})
    size = (abs(x1 - x0), abs(y1 - y0))
    if kind == "/Tx":
        put(widget, _text(writer, size, flags, int(more or 0)))
        tree.hang_text(name, reference)
    elif reference.idnum in options:
        put(widget, _button(writer, size, f"/{options[reference.idnum]}", DOT))
        tree.hang_button(name, more, reference)
    else:
        put(widget, {"/FT": "/Btn", "/V": "/Off", **_button(writer, size, "/Yes", TICK)})
        tree.hang(name, reference)


def _text(writer: PdfWriter, size: _Size, flags: int, cells: int) -> dict[str, Any]:
    look = LOOK_OF_SEVERAL_LINES if flags & _MULTILINE else LOOK
    entries = {
        "/FT": "/Tx",
        "/Ff": flags | (_COMB if cells else 0),
        "/V": pdf_text(""),
        "/DA": pdf_text(look),
        "/AP": {"/N": _look(writer, size, "")},
    }
    return entries | {"/MaxLen": cells} if cells else entries


def _button(writer: PdfWriter, size: _Size, state: str, drawing: str) -> dict[str, Any]:
    looks = {state: _look(writer, size, drawing), "/Off": _look(writer, size, "")}
    return {"/AP": {"/N": looks}, "/AS": "/Off"}


def _look(writer: PdfWriter, size: _Size, drawing: str) -> Any:
    plain = {"/Type": "/XObject", "/Subtype": "/Form", "/BBox": [0, 0, *size], "/Resources": {}}
    scaled = f"q {size[0]:.3f} 0 0 {size[1]:.3f} 0 0 cm {drawing} Q" if drawing else ""
    return stream(writer, plain, scaled.encode())


class _Tree:
    """The fields by their dotted names: each part of a name is a field of its own in the file."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._nodes: dict[str, Any] = {}
        self._texts: dict[str, Any] = {}
        self.top: list[Any] = []

    def hang_text(self, name: str, reference: Any) -> None:
        """Put a field for text where its name says, or beside the places of that name before it."""
        first = self._texts.setdefault(name, reference)
        if first is reference:
            self.hang(name, reference)
            return
        self._share(name, first)
        self._leave_to_parent(reference)
        self._put_under(self._nodes[name], reference)

    def _share(self, name: str, first: Any) -> None:
        """Let a field that had one place have several: what it holds is then said above them."""
        if name in self._nodes:
            return
        place = first.get_object()
        above = place.raw_get("/Parent")
        field = {key: place.raw_get(key) for key in ("/TU", *_SAID_ONCE) if key in place}
        self._nodes[name] = add(self._writer, {**field, "/Parent": above, "/Kids": []})
        kids = [self._nodes[name] if kid == first else kid for kid in above.get_object()["/Kids"]]
        put(above.get_object(), {"/Kids": kids})
        self._leave_to_parent(first)
        self._put_under(self._nodes[name], first)

    @staticmethod
    def _leave_to_parent(reference: Any) -> None:
        place = reference.get_object()
        for key in _SAID_ONCE:
            place.pop(key, None)

    def hang(self, name: str, reference: Any) -> None:
        """Put a field where its name says."""
        above, _, last = name.rpartition(".")
        put(reference.get_object(), {"/T": pdf_text(last)})
        if above:
            self._put_under(self._node(above), reference)
        else:
            self.top.append(reference)

    def hang_button(self, name: str, question: str, reference: Any) -> None:
        """Put a radio button into its group."""
        if name not in self._nodes:
            flags = _NO_TOGGLE | _RADIO
            group = {"/FT": "/Btn", "/Ff": flags, "/V": "/Off", "/TU": pdf_text(question)}
            self._nodes[name] = add(self._writer, {**group, "/Kids": []})
            self.hang(name, self._nodes[name])
        self._put_under(self._nodes[name], reference)

    def _put_under(self, parent: Any, reference: Any) -> None:
        put(reference.get_object(), {"/Parent": parent})
        put(parent.get_object(), {"/Kids": [*parent.get_object()["/Kids"], reference]})

    def _node(self, name: str) -> Any:
        if name not in self._nodes:
            self._nodes[name] = add(self._writer, {"/Kids": []})
            self.hang(name, self._nodes[name])
        return self._nodes[name]
